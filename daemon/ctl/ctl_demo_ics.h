/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_ics: the text of one member's calendar (RFC 5545) with the properties of
 * INTERFACE.md 2. Writes what it is given; knows nothing of services. */
#ifndef PLANVAX_CTL_DEMO_ICS_H
#define PLANVAX_CTL_DEMO_ICS_H

#include <planvax/base/buf.h>
#include <planvax/base/civil.h>
#include <planvax/base/zone.h>
#include <stdbool.h>

/* One event; texts that are NULL are left out. */
struct ctl_demo_ics_event {
	const char *uid, *summary;
	struct date day;
	int start_min, end_min;      /* minutes of the day; unused where whole_days > 0 */
	int whole_days;              /* number of whole days, 0: a timed event */
	bool in_utc, by_duration;    /* how the times are written */
	bool cancelled, transparent;
	const char *category, *person, *place, *due;
	const char *attendees[4];    /* mail addresses; NULL ends */
	const char *rrule;           /* "FREQ=WEEKLY;BYDAY=TU" */
	struct date excluded;        /* EXDATE at start_min; DATE_NONE: none */
	struct date replaces;        /* RECURRENCE-ID on that day at replaces_min; DATE_NONE: none */
	int replaces_min;
};

/* Begins a calendar with its time zone. `month` says which offset a zone without summer time has. */
void ctl_demo_ics_begin(struct buf *out, const struct zone *zone, struct date month);

/* Appends an event; `stamp` is the day of its DTSTAMP. */
void ctl_demo_ics_event(struct buf *out, const struct zone *zone, struct date stamp, const struct ctl_demo_ics_event *e);

/* Ends the calendar. */
void ctl_demo_ics_end(struct buf *out);

#endif
