/* SPDX-License-Identifier: Apache-2.0 */
/* dispatch: takes due letters out of the outbox and delivers them: mails into the Maildir
 * (a pool thread), pushes through the fetcher (the loop). Each attempt ends as an outcome in
 * the store: done, retry at a time, or dead with a reason. Mails and pushes do not wait for each other. A letter is claimed for DISPATCH_LEASE_S; after a
 * kill it is due again by itself, under the same id. Loop thread. */
#ifndef PLANVAX_JOBS_DISPATCH_H
#define PLANVAX_JOBS_DISPATCH_H

#include <planvax/base/pool.h>
#include <planvax/jobs/settings.h>
#include <planvax/net/fetch.h>
#include <planvax/net/loop.h>
#include <planvax/store/writer.h>

#define DISPATCH_LEASE_S 300 /* longer than an attempt may take */

struct dispatch;

struct dispatch_parts {
	struct loop *loop;
	struct writer *writer;
	struct pool *pool;        /* for the disk; a small one of its own, so that mails do not wait for plans */
	struct fetcher *fetcher;
	/* The settings in force; the caller of this function holds no reference. */
	struct settings *(*settings)(void *arg);
	void *arg;
};

/* Figures since the start. */
struct dispatch_counts {
	int64_t mails_done, mails_failed, pushes_done, pushes_failed; /* attempts */
	size_t busy;                                                  /* letters on their way now */
};

/* An idle dispatcher. What parts point to outlives it. Owned by the caller. */
struct dispatch *dispatch_new(const struct dispatch_parts *parts);

/* Frees it; nothing may be on its way (dispatch_busy). NULL allowed. */
void dispatch_free(struct dispatch *d);

/* Claims and starts what is due now. Call it every second, and after a publication. */
void dispatch_tick(struct dispatch *d);

/* Starts nothing any more; what is on its way ends by itself. */
void dispatch_stop(struct dispatch *d);

/* Ends pushes whose answer is still awaited: they are due again at once, after the next start. */
void dispatch_abandon(struct dispatch *d);

/* Whether a claim or a letter is on its way. */
bool dispatch_busy(const struct dispatch *d);

/* Figures for metrics and status. */
struct dispatch_counts dispatch_count(const struct dispatch *d);

#endif
