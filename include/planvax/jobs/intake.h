/* SPDX-License-Identifier: Apache-2.0 */
/* intake: one register file or calendar -> rows in the store and a higher revision of the
 * services that changed. Bad rows are told with their place and left out, the rest is taken; the
 * counts add up. Rows are written at most REGISTER_CHUNK_ROWS a transaction. A pool
 * thread's work: it waits for the writer. */
#ifndef PLANVAX_JOBS_INTAKE_H
#define PLANVAX_JOBS_INTAKE_H

#include <planvax/base/buf.h>
#include <planvax/base/fault.h>
#include <planvax/jobs/settings.h>
#include <planvax/store/readers.h>
#include <planvax/store/writer.h>

struct intake {
	struct writer *writer;
	struct readers *readers;
	const struct settings *settings;
};

struct intake_file {
	const char *name;        /* "people.csv", "S001/agenda.ics": what reports call it; its last part says what it is */
	const char *service_id;  /* of a calendar; NULL: the folder in name */
	const char *source;      /* of a calendar: what its events are kept under; NULL: from the last part of name */
	const char *mapping;     /* of a calendar: a [mapping.NAME]; NULL: the default */
	bool delta;              /* of a calendar: it holds changes alone, what it does not name stays */
	bool latest;             /* of a delta: what it names is so now (resources just fetched), so that of two versions that
	                          * neither SEQUENCE nor DTSTAMP tells apart the later to arrive wins, as in full snapshots */
	const char *text;        /* len bytes, borrowed; NULL: fd is read */
	size_t len;
	int fd;                  /* used where text is NULL; not closed */
	const char *actor;       /* for the audit trail: "drop folder", a token_id */
	bool complete;           /* of a register: rows of its services that it does not name are taken out (services are never, of visits.csv
	                          * what is past is not) */
	bool only_new;           /* communes that are known stay as they are (the table that ships) */
	bool dry_run;            /* says what would happen; writes nothing */
};

/* read = created + changed + unchanged + cancelled + ignored + rejected, always. Of a calendar, read counts its occurrences,
 * its rejected components, and the events that it removes by not holding them. ignored: versions older than what is known,
 * or than another in the same file. Rows of a register that are removed were not read. */
struct intake_result {
	bool calendar;
	int64_t read, created, changed, unchanged, cancelled, rejected, ignored;
	int64_t removed;         /* rows of a register that a complete file no longer names */
	int64_t missing;         /* known before, not named by the file, kept all the same */
	int64_t unlisted;        /* problems that the report has no room for */
	int64_t warnings;
	bool cut;                /* a calendar that ends too early: what it does not hold says nothing */
	bool held;               /* suspiciously much is gone: nothing was removed; of a calendar the operator decides (intake_held) */
	bool unstored;           /* the store cannot be written now (disk full): the file is not to blame, take it again later */
	struct buf report;       /* one line a problem; released by the caller */
};

/* Takes a file. 0, also where rows were rejected (result says); ERR_INVALID: nothing could be read (f, and the report);
 * ERR_NOT_FOUND: the service is unknown; ERR_UNSUPPORTED: no such register; ERR_IO; ERR_CLOSED: the daemon stops. */
int intake_run(const struct intake *in, const struct intake_file *file, struct intake_result *result, struct fault *f);

/* Events that a source no longer has (a resource deleted on a CalDAV server): all that is known of them under that source. */
struct intake_removal {
	const char *service_id, *source;
	const char *const *uids;
	size_t n_uids;
	const char *actor;       /* for the audit trail */
};

/* Takes them out: their visits are no longer planned for, and come back with the next version that arrives. UIDs that are not
 * known are passed over. 0 and *removed: entries taken out; ERR_NOT_FOUND: the service is unknown (f); ERR_IO, ERR_BUSY,
 * ERR_CLOSED as intake_run: nothing tells how far it came, and the same call again does the rest. */
int intake_remove(const struct intake *in, const struct intake_removal *removal, int64_t *removed, struct fault *f);

/* Whether a file name is one that intake knows: NAME.ics or a register's; its order among others, parents first
 * (0 first, calendars last), or -1. */
int intake_order(const char *name);

/* Appends the result in words: counts, then the report. */
void intake_format(const struct intake_file *file, const struct intake_result *result, struct buf *out);

#endif
