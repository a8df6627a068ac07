/* SPDX-License-Identifier: Apache-2.0 */
/* event: the VEVENTs of a calendar that comes in blocks (RFC 5545), normalised:
 * instants in UTC, zones resolved, recurrences expanded. Each VEVENT that begins
 * ends as occurrences or as one problem with line, column and reason; other
 * components are skipped, time zone definitions are used.
 *
 * A file cut short gives its complete events and one problem. Every limit is
 * below; what exceeds one is reported where it stands. One thread a reader.
 * Prefixes: event_, event_reader_. */
#ifndef PLANVAX_ICAL_EVENT_H
#define PLANVAX_ICAL_EVENT_H

#include <planvax/base/buf.h>
#include <planvax/base/civil.h>
#include <planvax/base/err.h>
#include <planvax/base/zone.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EVENT_MAX_LINE_BYTES (1 << 20)      /* of one unfolded line that matters */
#define EVENT_MAX_DEPTH 16                  /* nested components */
#define EVENT_MAX_COMPONENT_BYTES (4 << 20) /* of the properties that matter in one VEVENT */
#define EVENT_MAX_PROPERTIES 60000           /* that matter, in one VEVENT */
#define EVENT_MAX_DATES 50000               /* RDATE and EXDATE values of one VEVENT */
#define EVENT_MAX_OCCURRENCES 10000         /* of one recurring event inside the window */
#define EVENT_MAX_HELD_BYTES (8 << 20)      /* recurring events kept to the file's end in memory; more lie in a temporary file */

/* Where there is no instant; older than every other. */
#define EVENT_NO_INSTANT ((struct instant){INT64_MIN})

struct event_param {
	const char *name;  /* upper case */
	const char *value; /* unquoted, RFC 6868 decoded; a list as it stands */
};

/* A property that the caller wants to see. */
struct event_property {
	const char *name;  /* upper case */
	const char *value; /* raw: TEXT escapes not undone (event_text) */
	const struct event_param *params;
	size_t n_params;
	int64_t line;      /* where its value begins */
	int32_t column;    /* in characters, from 1 */
	size_t wish;       /* 1 + the index of its name in event_reader_options.keep; 0: it is not named there, or unknown */
};

/* An occurrence. Valid until the callback returns. */
struct event {
	int64_t line;          /* of its BEGIN:VEVENT */
	const char *uid;
	const char *id;        /* UID, or UID/original start in UTC for an instance or override */
	bool recurring;        /* an instance of a recurring event */
	bool has_recurrence_id; /* an instance or an override */
	struct instant recurrence_id; /* its original start */
	bool series;           /* cancelled: the whole UID */
	bool has_time;         /* always, but for cancellations without DTSTART */
	struct instant start, end;
	bool all_day;
	const char *zone;      /* name of the zone of DTSTART; NULL without time */
	int32_t sequence;      /* 0 where absent */
	struct instant stamp;  /* DTSTAMP, else LAST-MODIFIED, else EVENT_NO_INSTANT */
	bool cancelled;        /* STATUS:CANCELLED, or METHOD:CANCEL around it */
	bool transparent;
	const struct event_property *properties; /* those of keep, in file order */
	size_t n_properties;
};

/* A component that is left out, or (as a warning) something odd. */
struct event_problem {
	enum err code;
	int64_t line;        /* where, from 1 */
	int32_t column;      /* from 1; 0: the line as a whole */
	int64_t component;   /* line of its BEGIN:VEVENT; 0: the file as a whole */
	const char *uid;     /* or NULL; valid until the callback returns */
	char what[320];
	char hint[192];      /* may be empty */
};

struct event_reader_options {
	const struct zone *zone;   /* of floating times and whole days; NULL: UTC */
	/* Names of properties wanted, upper case; borrowed. "VCALENDAR.X-WR-CALNAME" is one of the calendar itself, given
	 * with each of its events under that name; "*" is all. */
	const char *const *keep;
	size_t n_keep;             /* at most 48 */
	bool has_window;           /* from..to bounds recurrences; else 366 days from DTSTART */
	struct instant from, to;   /* an occurrence that overlaps from <= t < to is given */
	void (*occurrence)(void *arg, const struct event *event);
	void (*rejected)(void *arg, const struct event_problem *problem); /* a VEVENT left out */
	void (*warning)(void *arg, const struct event_problem *problem);  /* may be NULL */
	void *arg;
};

struct event_counts {
	int64_t components; /* VEVENTs begun */
	int64_t rejected;   /* VEVENTs left out */
	int64_t bytes;
};

struct event_reader;

/* Starts a calendar; options are copied. Owned by the caller. */
struct event_reader *event_reader_new(const struct event_reader_options *options);

/* Takes the next len bytes. */
void event_reader_feed(struct event_reader *r, const char *bytes, size_t len);

/* Ends the calendar: recurring events are expanded now, in the order of the file unless they were too many for memory.
 * May be called once. */
void event_reader_finish(struct event_reader *r);

/* What was seen so far. */
struct event_counts event_reader_counts(const struct event_reader *r);

/* Frees it; NULL allowed. */
void event_reader_free(struct event_reader *r);

/* Sets a problem's code and text (printf form; cut when too long, always UTF-8) and clears its hint. */
void event_problem_set(struct event_problem *p, enum err code, const char *what, ...) __attribute__((format(printf, 3, 4)));

/* Sets its hint (printf form). */
void event_problem_hint(struct event_problem *p, const char *hint, ...) __attribute__((format(printf, 2, 3)));

/* Appends a raw TEXT value of len bytes with its escapes undone (RFC 5545 3.3.11). */
void event_text(const char *value, size_t len, struct buf *out);

/* Value of a parameter by upper-case name, or NULL. */
const char *event_param(const struct event_property *property, const char *name);

#endif
