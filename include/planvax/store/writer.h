/* SPDX-License-Identifier: Apache-2.0 */
/* writer: the one thread that changes the store. Callers hand it jobs; it runs
 * several in one transaction, so that one disk flush serves them all (group
 * commit). A job that fails is undone alone. With 0 threads jobs run and commit
 * inside writer_run (scenario tests). */
#ifndef PLANVAX_STORE_WRITER_H
#define PLANVAX_STORE_WRITER_H

#include <planvax/store/db.h>
#include <stddef.h>

struct writer;

/* Changes the store. Writer thread; must not wait for other threads. 0: keep; negative: undo this job, and tell its caller. */
typedef int (*writer_job)(struct tx *tx, void *arg);

/* Hears what became of a job, after the commit: 0: on disk; else the job's error or the commit's (nothing is kept then).
 * Writer thread; must only pass the news on (post it to a loop, a queue), never call the writer. */
typedef void (*writer_done)(void *arg, int rc);

struct writer_counts {
	uint64_t jobs, failed, commits;
	size_t waiting; /* jobs in line */
};

/* Takes over an opened writing connection, with 1 thread or 0 (inline) and room for `capacity` waiting jobs. Owned by the caller. */
struct writer *writer_new(struct db *db, size_t threads, size_t capacity);

/* Runs what waits, ends the thread, closes the connection; readers are closed before. NULL allowed. */
void writer_free(struct writer *w);

/* Queues a job; waits while the line is full. done may be NULL; arg is the caller's and outlives done. Any thread but the
 * writer's. 0; ERR_CLOSED: the writer is ending; done is not called then. */
int writer_run(struct writer *w, writer_job job, writer_done done, void *arg);

/* Runs a job and waits for its commit. Any thread but the writer's and the loop's. Returns what done would hear. */
int writer_call(struct writer *w, writer_job job, void *arg);

/* Counts so far. Any thread. */
void writer_count(struct writer *w, struct writer_counts *counts);

#endif
