/* SPDX-License-Identifier: Apache-2.0 */
/* pool: runs jobs on a fixed number of threads in the order they came; with 0
 * threads a job runs inline in pool_run. Bounded queue: pool_run waits when full. */
#ifndef PLANVAX_BASE_POOL_H
#define PLANVAX_BASE_POOL_H

#include <stddef.h>

struct pool;

/* A job; arg is the caller's. */
typedef void (*pool_job)(void *arg);

/* Starts threads (0: inline) with room for capacity waiting jobs (>= 1). Owned by the caller. Aborts if the system gives no thread. */
struct pool *pool_new(size_t threads, size_t capacity);

/* Runs what is queued, ends the threads, frees; NULL allowed. */
void pool_free(struct pool *pool);

/* Queues a job; any thread but the pool's own. Waits while the queue is full. */
void pool_run(struct pool *pool, pool_job job, void *arg);

/* Waits until nothing is queued or running. */
void pool_drain(struct pool *pool);

/* Number of threads. */
size_t pool_threads(const struct pool *pool);

#endif
