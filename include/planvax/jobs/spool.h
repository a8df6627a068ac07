/* SPDX-License-Identifier: Apache-2.0 */
/* spool: the drop folder (INTERFACE.md 7): registers in its root or in SERVICE_ID/,
 * calendars in SERVICE_ID/; parents first. A file that was taken, if in part, moves to done/,
 * one of which nothing was taken to failed/, each with NAME.report.txt beside it. A file stays where it is until all of
 * it is in the store, so a kill only repeats work. Files that still grow wait; those named as partial (.part, .tmp, ~$...) are
 * left to who writes them, and told when an hour old. What is no file (links, FIFOs, folders where none belongs) and what has
 * a name that cannot be reported goes to failed/ unread, with a report. A pool thread's work. */
#ifndef PLANVAX_JOBS_SPOOL_H
#define PLANVAX_JOBS_SPOOL_H

#include <planvax/jobs/intake.h>
#include <stdatomic.h>

struct spool_run {
	const struct intake *intake;
	const char *directory;
	int64_t quiet_ms;          /* a file that changed later than this before now is still being written */
	const atomic_bool *stop;   /* NULL: run to the end */
	/* out */
	int64_t taken, partly, failed, waiting; /* files */
	int64_t rows, rejected;                 /* rows and events */
	struct fault problem;                   /* something that stays and is not taken (a folder that cannot be read); code ERR_NONE: nothing */
};

/* Makes DIR, DIR/done and DIR/failed. 0; ERR_IO (f). */
int spool_prepare(const char *directory, struct fault *f);

/* Takes every complete file. 0; ERR_IO: the folder cannot be read (f); ERR_BUSY: the store cannot be written now, what was
 * not taken stays (f); ERR_CLOSED: the daemon stops. */
int spool_take(struct spool_run *run, struct fault *f);

/* Removes files and reports that came to done/ and failed/ longer ago; 0: none ever. Their number. */
int64_t spool_forget(const char *directory, int64_t keep_ms);

/* Number of files that wait in it now, and problems; -1 if it cannot be read. */
int64_t spool_count(const char *directory);

#endif
