/* SPDX-License-Identifier: Apache-2.0 */
/* writer: takes jobs from a line, runs those that wait together in one
 * transaction, each but the first under a savepoint of its own, and commits once. */
#include <planvax/store/writer.h>

#include <planvax/base/alloc.h>
#include <planvax/base/clock.h>
#include <planvax/base/pool.h>
#include <planvax/base/queue.h>

#include "tx.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#define GROUP_JOBS 64
#define GROUP_MS 20 /* a transaction takes no further job after that */

struct task {
	writer_job job;
	writer_done done; /* or NULL */
	void *arg;
	int rc;
};

struct writer {
	struct db *db;
	struct pool *pool;   /* of one thread, which runs until the line is closed; NULL: inline */
	struct queue *line;
	bool busy;           /* inline: a job is running */
	atomic_uint_fast64_t jobs, failed, commits;
};

/* The tasks of one transaction. */
struct group {
	struct task *tasks[GROUP_JOBS];
	size_t n;
};

/* Runs one task inside the group's transaction. False: the transaction is lost. */
static bool run_task(struct tx *tx, struct task *task)
{
	int rc = tx_begin_job(tx);

	if (rc == 0) {
		rc = task->job(tx, task->arg);
		if (rc == 0)
			rc = tx_error(tx);
	}
	task->rc = rc < 0 ? rc : 0;
	return tx_end_job(tx, task->rc);
}

static void fail_group(struct group *g, int rc)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->tasks[i]->rc == 0)
			g->tasks[i]->rc = rc;
}

/* Runs the group's first task, which needs no savepoint: if it fails, the transaction holds nothing else. A savepoint
 * copies each page before its first change, a fifth of the time of a large import. False: it failed. */
static bool run_first(struct tx *tx, struct task *task)
{
	int rc;

	tx_begin_first_job(tx);
	rc = task->job(tx, task->arg);
	if (rc == 0)
		rc = tx_error(tx);
	task->rc = rc < 0 ? rc : 0;
	return rc >= 0;
}

/* Runs those that come meanwhile. False: the transaction is lost. */
static bool run_more(struct writer *w, struct tx *tx, struct group *g, int64_t until)
{
	void *next;

	while (w->pool != NULL && g->n < GROUP_JOBS && clock_monotonic_ms() < until && queue_try_take(w->line, &next) == 0) {
		g->tasks[g->n++] = next;
		if (!run_task(tx, next))
			return false;
	}
	return true;
}

static void run_group(struct writer *w, struct task *first)
{
	struct group g = {.tasks = {first}, .n = 1};
	struct tx *tx = NULL;
	int64_t until = clock_monotonic_ms() + GROUP_MS;
	int rc = tx_begin_group(w->db, clock_now(), &tx);

	if (rc < 0) {
		fail_group(&g, rc);
	} else if (!run_first(tx, first)) {
		tx_rollback_group(tx);
	} else if (!run_more(w, tx, &g, until)) {
		tx_rollback_group(tx);
		fail_group(&g, ERR_IO);
	} else {
		rc = tx_commit_group(tx);
		if (rc < 0)
			fail_group(&g, rc);
		atomic_fetch_add(&w->commits, 1);
	}
	for (size_t i = 0; i < g.n; i++) {
		atomic_fetch_add(&w->jobs, 1);
		if (g.tasks[i]->rc < 0)
			atomic_fetch_add(&w->failed, 1);
		if (g.tasks[i]->done != NULL)
			g.tasks[i]->done(g.tasks[i]->arg, g.tasks[i]->rc);
		free(g.tasks[i]);
	}
}

static void run_line(void *arg)
{
	struct writer *w = arg;
	void *task;

	while (queue_take(w->line, &task) == 0)
		run_group(w, task);
}

struct writer *writer_new(struct db *db, size_t threads, size_t capacity)
{
	struct writer *w = xcalloc(1, sizeof(*w));

	assert(threads <= 1);
	w->db = db;
	w->line = queue_new(capacity > 0 ? capacity : 1);
	if (threads == 1) {
		w->pool = pool_new(1, 1);
		pool_run(w->pool, run_line, w);
	}
	return w;
}

void writer_free(struct writer *w)
{
	if (w == NULL)
		return;
	queue_close(w->line);
	pool_free(w->pool);
	queue_free(w->line);
	db_close(w->db);
	free(w);
}

int writer_run(struct writer *w, writer_job job, writer_done done, void *arg)
{
	struct task *task = xcalloc(1, sizeof(*task));

	*task = (struct task){.job = job, .done = done, .arg = arg};
	if (w->pool == NULL) {
		assert(!w->busy);
		w->busy = true;
		run_group(w, task);
		w->busy = false;
		return 0;
	}

	int rc = queue_put(w->line, task);

	if (rc < 0)
		free(task);
	return rc;
}

/* A caller that waits. */
struct call {
	writer_job job;
	void *arg;
	int rc;
	struct queue *answer;
};

static int call_job(struct tx *tx, void *arg)
{
	struct call *call = arg;

	return call->job(tx, call->arg);
}

static void call_done(void *arg, int rc)
{
	struct call *call = arg;

	call->rc = rc;
	queue_try_put(call->answer, call);
}

int writer_call(struct writer *w, writer_job job, void *arg)
{
	struct call call = {.job = job, .arg = arg, .answer = queue_new(1)};
	int rc = writer_run(w, call_job, call_done, &call);
	void *done;

	if (rc == 0) {
		rc = queue_take(call.answer, &done);
		assert(rc == 0);
		rc = call.rc;
	}
	queue_free(call.answer);
	return rc;
}

void writer_count(struct writer *w, struct writer_counts *counts)
{
	counts->jobs = atomic_load(&w->jobs);
	counts->failed = atomic_load(&w->failed);
	counts->commits = atomic_load(&w->commits);
	counts->waiting = queue_len(w->line);
}
