/* SPDX-License-Identifier: Apache-2.0 */
/* ical_write: VCALENDAR objects that we send: REQUEST, CANCEL (RFC 5546) and PUBLISH
 * of one-off sessions and of single instances of series. Times are UTC, so no VTIMEZONE is sent. Pure; any thread. */
#ifndef PLANVAX_ICAL_ICAL_WRITE_H
#define PLANVAX_ICAL_ICAL_WRITE_H

#include <planvax/base/buf.h>
#include <planvax/base/clock.h>
#include <planvax/base/names.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ical_write_method { ICAL_WRITE_REQUEST, ICAL_WRITE_CANCEL, ICAL_WRITE_PUBLISH };

/* "REQUEST", "CANCEL", "PUBLISH". */
extern const struct name ical_write_method_names[];

/* A property of our own. */
struct ical_write_extra {
	const char *name;           /* upper case */
	const char *value;          /* NULL: left out */
};

/* One VEVENT. Texts are UTF-8, lines end in '\n'; what is NULL is left out. Other controls become blanks. */
struct ical_write_event {
	const char *uid;
	int32_t sequence;
	struct instant stamp;       /* DTSTAMP */
	struct instant start, end;  /* years 1 to 9999, start <= end */
	const char *summary, *description, *location;
	const char *organizer;      /* mailbox; needed for REQUEST and CANCEL */
	const char *organizer_name;
	const char *attendee;       /* mailbox; needed for REQUEST and CANCEL, not written in a PUBLISH */
	bool cancelled;             /* STATUS:CANCELLED; a CANCEL is that always */
	const struct instant *recurrence; /* RECURRENCE-ID: the event overrides that instance of a series; NULL: none */
	const char *categories;     /* one category */
	const struct ical_write_extra *extra; /* further properties */
	size_t n_extra;
};

/* Appends a VCALENDAR of n events, lines folded at 75 octets outside characters and ended by CRLF. REQUEST and CANCEL
 * hold exactly one event. Equal input gives equal bytes. */
void ical_write_calendar(enum ical_write_method method, const struct ical_write_event *events, size_t n, struct buf *out);

#endif
