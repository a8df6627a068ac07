/* SPDX-License-Identifier: Apache-2.0 */
/* move_sheet: the worklist of moved visits, for people (CSV, French, for a
 * spreadsheet) and for calendar software (iCalendar, to be imported into the
 * agenda that the visits came from). Pure; any thread.
 *
 * The CSV begins with a byte order mark, its cells are separated by ';' and its
 * lines end in CRLF, as spreadsheets in France expect. The calendar carries all
 * that intake reads of a visit, since an import replaces the event: person
 * reference, type, staff, place, due date; never a name. */
#ifndef PLANVAX_DELIVER_MOVE_SHEET_H
#define PLANVAX_DELIVER_MOVE_SHEET_H

#include <planvax/base/buf.h>
#include <planvax/base/zone.h>
#include <planvax/ical/ical_write.h>
#include <planvax/model/move.h>

/* What is written: times are those of zone; now, after_s as move_is_overdue. */
struct move_sheet_table {
	const struct move *moves;
	size_t n;
	const struct zone *zone;
	struct instant now;
	int64_t after_s;
};

/* Appends the header and a line a move. */
void move_sheet_csv(const struct move_sheet_table *t, struct buf *out);

/* Which properties tell person, type, place and due date. */
struct move_sheet_names {
	const char *person, *type, *place, *due;
	const char *staff;          /* that holds the mailbox of who takes the visit; NULL: ORGANIZER or ATTENDEE alone */
	const char *(*type_word)(void *arg, const char *code); /* the word that means a type; NULL: the code */
	void *arg;
};

struct move_sheet_calendar {
	const struct move *moves;   /* only open ones that have a new time and a calendar are written */
	size_t n;
	enum ical_write_method method; /* PUBLISH: one VCALENDAR; REQUEST: one a visit (RFC 5546 3.2.2) */
	struct instant now;         /* DTSTAMP */
	const char *organizer;      /* mailbox of ours; of a PUBLISH, who takes the visit is its organizer */
	const struct move_sheet_names *(*names)(void *arg, const struct move *m); /* it, or its answer, NULL: intake's defaults */
	void *arg;
	size_t n_written, n_left;   /* out: moves written, and those that only the table can tell */
};

/* Appends the calendar. Each event has the UID (and RECURRENCE-ID) of the agenda's and a higher SEQUENCE. */
void move_sheet_ics(struct move_sheet_calendar *c, struct buf *out);

#endif
