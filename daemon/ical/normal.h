/* SPDX-License-Identifier: Apache-2.0 */
/* normal: the lines of one VEVENT to times in known zones, numbers and flags
 * (RFC 5545 3.6.1), with the place of whatever does not fit. */
#ifndef PLANVAX_ICAL_NORMAL_H
#define PLANVAX_ICAL_NORMAL_H

#include "component.h"

#define NORMAL_MAX_RULES 4

/* An RDATE. */
struct normal_date {
	struct instant at;
	int64_t length_s;            /* of a period; -1: as the event */
};

/* An EXDATE: an instant, or a whole day in the event's zone. */
struct normal_exception {
	bool is_date;
	struct date date;
	struct instant at;
};

/* A VEVENT in order. Texts and arrays lie in an arena. */
struct normal {
	int64_t line;
	const char *uid;
	bool cancelled, transparent;
	bool has_time;               /* false only for a cancellation */
	bool all_day;
	struct zone_name *zone;      /* of DTSTART */
	struct recurrence_local start; /* in that zone */
	struct instant start_at;
	int64_t length_s;            /* of the first instance */
	int32_t length_days;         /* of whole days */
	bool has_recurrence_id, recurrence_is_date, this_and_future;
	struct recurrence_local recurrence; /* as written; the day, where it is a date */
	struct instant recurrence_at;
	int32_t sequence;
	struct instant stamp;
	const char *rules[NORMAL_MAX_RULES]; /* vetted RRULEs, as written */
	size_t n_rules;
	int64_t rule_line;           /* place of the first, for reports */
	int32_t rule_column;
	const struct normal_date *dates;
	size_t n_dates;
	const struct normal_exception *exceptions;
	size_t n_exceptions;
	const struct event_property *properties;
	size_t n_properties;
};

/* Reads a component; arena owns what out points to, besides the component's own memory. 0; ERR_NOT_FOUND: a zone
 * that is not known (yet); other codes: it is to be rejected. *problem is set on failure; its uid may be NULL. */
int normal_read(const struct component *c, struct zone_names *zones, struct arena *arena, struct normal *out,
	struct event_problem *problem);

/* End of an instance that starts at that instant. */
struct instant normal_end(const struct normal *n, struct instant start);

#endif
