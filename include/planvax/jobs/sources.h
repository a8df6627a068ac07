/* SPDX-License-Identifier: Apache-2.0 */
/* sources: the configured sources of calendars ([source.NAME]): HTTP feeds, CalDAV
 * collections and folders outside the spool, each looked at when it is due.
 *
 * A run of a source alternates between the loop, which waits for answers, and the
 * pool, which reads them: nothing blocks the loop. Bodies go to a temporary file
 * without a name. Two runs of one source never overlap; at most SOURCES_PARALLEL
 * run at once. What a run learned (tags, tokens, outcome, when it is due again) is
 * stored when all that it took is in the store, so that a run which a kill cut off
 * is made again. Nothing is removed because of an answer that failed, was cut, or is
 * no calendar. After a failure the waits grow (sources_wait_s). Loop thread, but where said. */
#ifndef PLANVAX_JOBS_SOURCES_H
#define PLANVAX_JOBS_SOURCES_H

#include <planvax/base/pool.h>
#include <planvax/jobs/settings.h>
#include <planvax/net/fetch.h>
#include <planvax/net/loop.h>
#include <planvax/store/readers.h>
#include <planvax/store/source_store.h>
#include <planvax/store/writer.h>

#define SOURCES_PARALLEL 4

struct sources;

struct sources_parts {
	struct loop *loop;
	struct writer *writer;
	struct readers *readers;
	struct pool *pool;
	struct fetcher *fetcher;
	const atomic_bool *stop;  /* pool threads look at it; NULL: they run to the end */
	/* The settings in force; the caller of this function holds no reference. */
	struct settings *(*settings)(void *arg);
	void (*changed)(void *arg); /* a run ended: look again soon. NULL: nobody cares */
	void *arg;
};

/* How one source stands. Texts are valid during the call only. */
struct sources_stand {
	const char *name;
	bool running, held;
	int32_t failures;
	struct instant good_at, next_at; /* utc_s 0: never yet */
};

/* At rest. What parts point to outlives it. Owned by the caller. */
struct sources *sources_new(const struct sources_parts *parts);

/* Frees it; nothing may run (sources_busy). NULL allowed. */
void sources_free(struct sources *s);

/* Starts what is due. Call it every second, and after a reload; not while files with registers wait. */
void sources_tick(struct sources *s);

/* Starts nothing any more, ends what waits for an answer; what reads or writes ends by itself. */
void sources_stop(struct sources *s);

/* Runs under way, and sources that are due or were never looked at. */
size_t sources_busy(const struct sources *s);

/* Runs under way. */
size_t sources_running(const struct sources *s);

/* Makes a source due now. 0; ERR_NOT_FOUND: no such section; ERR_STOPPED: the daemon ends. */
int sources_fetch(struct sources *s, const char *name);

/* Calls each(arg) for every configured source, by name. */
void sources_each(struct sources *s, void (*each)(void *arg, const struct sources_stand *stand), void *arg);

/* Seconds to wait after `failures` (>= 1) runs that failed: 1 min, doubled each time, at most 6 h, -20 % to +20 % by jitter
 * (any 32 bits), at least retry_after_s (0: none; capped at 24 h). Pure. */
int64_t sources_wait_s(int32_t failures, int64_t retry_after_s, uint32_t jitter);

/* Appends where a source is, without what may be secret in it. Pure. */
void sources_show(const struct source_options *options, struct buf *out);

#endif
