/* SPDX-License-Identifier: Apache-2.0 */
/* calendar_read: a calendar, block by block, to visits, busy time, cancellations
 * and rejects (INTERFACE.md 2 and 5). Every VEVENT that begins ends as occurrences
 * or as one reject with its reason. Memory does not grow with the file: recurring
 * events are kept to its end, beyond a few MiB in an unlinked temporary file
 * ($TMPDIR, else /var/tmp). One thread a reader.
 * Prefixes: calendar_read_, calendar_reader_. */
#ifndef PLANVAX_INGEST_CALENDAR_READ_H
#define PLANVAX_INGEST_CALENDAR_READ_H

#include <planvax/base/fault.h>
#include <planvax/base/zone.h>
#include <planvax/ical/event.h>
#include <planvax/ingest/mapping.h>

enum calendar_status { CALENDAR_VISIT, CALENDAR_BUSY, CALENDAR_FREE, CALENDAR_CANCELLED, CALENDAR_REJECTED };
extern const struct name calendar_read_status_names[];

/* One occurrence, or one rejected component. Texts are valid until the callback returns. */
struct calendar_row {
	enum calendar_status status;
	int64_t line;               /* of BEGIN:VEVENT */
	const char *id;             /* visit id: UID, or UID/original start in UTC ("20220112T083000Z"); NULL without UID */
	const char *uid;            /* NULL where the component has none */
	bool has_recurrence_id;
	bool recurring;             /* an instance of a rule (not an override of one) */
	bool series;                /* CALENDAR_CANCELLED: every instance of the UID goes */
	struct instant recurrence_id; /* original start of an instance or override */
	bool has_time;              /* start and end are set (a cancellation may lack them) */
	struct instant start, end;
	const char *zone;           /* IANA name, or the file's own; "UTC"; NULL without time */
	const char *const *staff;   /* staff ids (texts as named where no register is given), the visit's own first; may be none */
	size_t n_staff;
	const char *person;         /* of a visit */
	const char *type;           /* of a visit */
	const char *place;          /* as given; or NULL */
	struct date due;            /* DATE_NONE */
	int32_t sequence;
	struct instant stamp;       /* DTSTAMP, else LAST-MODIFIED; EVENT_NO_INSTANT without */
	const struct event_problem *problem; /* of a reject; else NULL */
};

struct calendar_counts {
	int64_t components;  /* VEVENTs begun */
	int64_t occurrences; /* visit + busy + free + cancelled */
	int64_t visit, busy, free, cancelled;
	int64_t rejected;    /* components; each has one row */
	int64_t warnings;    /* told, nothing lost */
	int64_t bytes;
};

struct calendar_options {
	const struct mapping *mapping;  /* borrowed */
	const struct zone *zone;        /* of floating times and whole days */
	struct date from, to;           /* window, both included, days of zone; DATE_NONE: 366 days from each start */
	bool window_singles;            /* the window leaves out single events too */
	/* staff_id of an e-mail address, id or name; NULL: nobody on the register. The function may be NULL: texts stay. */
	const char *(*staff)(void *arg, const char *text);
	void *staff_arg;
	const char *default_staff;      /* staff_id for events that name no registered member; or NULL */
	void (*row)(void *arg, const struct calendar_row *row);
	/* Hears of each occurrence that was read well before its row comes (there may be none: outside the window, or an instance
	 * of an event that was rejected). May be NULL. */
	void (*seen)(void *arg, const struct event *event);
	/* A warning: the component is taken, or the file goes on. May be NULL. */
	void (*warning)(void *arg, const struct event_problem *problem);
	void *arg;
};

struct calendar_reader;

/* Starts a calendar; options are copied, what they point to is borrowed. Owned by the caller. */
struct calendar_reader *calendar_reader_new(const struct calendar_options *options);

/* Takes the next len bytes. */
void calendar_reader_feed(struct calendar_reader *r, const char *bytes, size_t len);

/* Ends the calendar: tells what was kept back, a cut file too. Counts are added to *counts (NULL allowed). Frees r. */
void calendar_reader_finish(struct calendar_reader *r, struct calendar_counts *counts);

/* Reads a file to its end (fd is not closed). 0; ERR_IO: read error (f); what came before is told and counted. */
int calendar_read_fd(int fd, const struct calendar_options *options, struct calendar_counts *counts, struct fault *f);

/* Reads a text in memory. */
void calendar_read_text(const char *text, size_t len, const struct calendar_options *options, struct calendar_counts *counts);

#endif
