/* SPDX-License-Identifier: Apache-2.0 */
/* api: answers the HTTP requests of INTERFACE.md 6 from stored bytes. Routes,
 * roles, bodies and documents are its own; listeners and connections are net's,
 * and everything it needs is handed over. A request runs so:
 *
 *   head     route, bearer token, role; what is wrong is answered before the body
 *   run      the loop's thread, within a short read of the store
 *   work     what takes longer, on the pool, with a reader of its own
 *   write    what changes the store, as one job of the writer
 *   reply    again on the loop's thread
 *
 * All calls belong to the loop's thread. */
#ifndef PLANVAX_API_API_H
#define PLANVAX_API_API_H

#include <planvax/base/buf.h>
#include <planvax/base/metrics.h>
#include <planvax/base/pool.h>
#include <planvax/jobs/settings.h>
#include <planvax/net/loop.h>
#include <planvax/net/server.h>
#include <planvax/store/readers.h>
#include <planvax/store/writer.h>
#include <stdbool.h>
#include <stdint.h>

#define API_LISTENERS_MAX 16

/* What only the daemon's frame knows; quick to gather, no store. */
struct api_status {
	bool ready;              /* takes requests that need the store, and will plan: /readyz */
	int64_t spool_files;     /* that wait in the drop folder; -1: it cannot be read */
	int64_t jobs;            /* intakes and plannings that run or are queued now */
	int64_t failing;         /* services whose last planning failed and that wait for another fact */
	int64_t sending;         /* letters on their way */
	int64_t sources_ok, sources_failing, sources_held; /* sources of calendars; those never looked at are in none */
	struct instant started_at;
	char listen[API_LISTENERS_MAX][128]; /* "127.0.0.1:8080", TCP before the Unix socket's path */
	size_t n_listen;
};

/* What the api works with; all borrowed, outlives it. */
struct api_context {
	struct loop *loop;
	struct db *reader;       /* a reading connection for the loop's thread alone */
	struct readers *readers; /* for work on the pool */
	struct writer *writer;   /* with room for more than API_WRITER_PLACES jobs */
	struct pool *pool;       /* small, for bulk answers and imports; not the planner's. 0 threads: inline */
	size_t pool_places;      /* works at once, at most the pool's capacity; beyond, 503 */
	struct metrics *metrics;
	const char *version;     /* of the program */
	void *arg;               /* handed to the calls below; each runs on the loop's thread */
	struct settings *(*settings)(void *arg);          /* those in force, with a reference for the caller */
	void (*status)(void *arg, struct api_status *out); /* fills a zeroed struct */
	void (*measure)(void *arg);                        /* brings gauges up to date before /metrics; NULL: nothing to do */
	int (*reload)(void *arg, struct buf *report);      /* 0; ERR_INVALID: the old settings stay. Lines go to report either way */
	void (*changed)(void *arg);                        /* a request changed facts, plans, letters or registers: look again soon */
	void (*plan_now)(void *arg);                       /* dirty services are to be planned without settling first */
	int (*fetch_source)(void *arg, const char *name);  /* a source is to be looked at now: 0; ERR_NOT_FOUND; ERR_STOPPED. NULL: none is known */
};

/* Jobs in line at the writer beyond which a change is answered 503. */
#define API_WRITER_PLACES 64

struct api;

/* Makes one. Owned by the caller. */
struct api *api_new(const struct api_context *context);

/* Frees it; no request may be under way (api_pending). NULL allowed. */
void api_free(struct api *api);

/* What a server is to call. Borrows api. */
struct server_handler api_handler(struct api *api);

/* Requests that wait for pool or writer. After server_free: drain the pool, then turn the loop until this is 0. */
size_t api_pending(const struct api *api);

#endif
