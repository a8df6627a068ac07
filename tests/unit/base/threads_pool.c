/* SPDX-License-Identifier: Apache-2.0 */
/* The work pool fed by several threads: every job runs once, draining sees
 * what jobs wrote, a full queue makes its callers wait. */
#include <planvax/base/pool.h>

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

enum { FEEDERS = 3, JOBS = 5000 };

static struct pool *pool;
static int plain[FEEDERS][JOBS]; /* no atomics: draining must order them */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static atomic_int fed;

static void mark(void *arg)
{
	++*(int *)arg;
}

static void *feed(void *arg)
{
	int *mine = arg;

	for (int i = 0; i < JOBS; i++)
		pool_run(pool, mark, mine + i);
	return NULL;
}

static void every_job_runs_once(void)
{
	pthread_t threads[FEEDERS];

	pool = pool_new(4, 7);
	for (int i = 0; i < FEEDERS; i++)
		pthread_create(&threads[i], NULL, feed, plain[i]);
	for (int i = 0; i < FEEDERS; i++)
		pthread_join(threads[i], NULL);
	pool_drain(pool);
	for (int i = 0; i < FEEDERS; i++)
		for (int k = 0; k < JOBS; k++)
			assert(plain[i][k] == 1);
	pool_free(pool);
}

static void hold(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
}

static void *feed_four(void *arg)
{
	for (int i = 0; i < 4; i++) {
		pool_run(arg, hold, NULL);
		atomic_fetch_add(&fed, 1);
	}
	return NULL;
}

/* One job runs and holds, two wait: the fourth call must not return before the gate opens. */
static void a_full_queue_makes_callers_wait(void)
{
	pthread_t feeder;

	pool = pool_new(1, 2);
	pthread_mutex_lock(&gate);
	pthread_create(&feeder, NULL, feed_four, pool);
	while (atomic_load(&fed) < 3)
		;
	for (int i = 0; i < 1000; i++) {
		sched_yield();
		assert(atomic_load(&fed) == 3);
	}
	pthread_mutex_unlock(&gate);
	pthread_join(feeder, NULL);
	pool_drain(pool);
	assert(atomic_load(&fed) == 4);
	pool_free(pool);
}

int main(void)
{
	every_job_runs_once();
	a_full_queue_makes_callers_wait();
	puts("threads_pool: 2 passed, 0 failed");
	return 0;
}
