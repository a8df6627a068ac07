/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/pool; threads_pool.c has those for the race detector. */
#include <criterion/criterion.h>
#include <planvax/base/pool.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

static void append(void *arg)
{
	int *log = arg;

	log[0]++;
	log[log[0]] = log[0];
}

static void count(void *arg)
{
	atomic_fetch_add((atomic_int *)arg, 1);
}

static void note_thread(void *arg)
{
	*(pthread_t *)arg = pthread_self();
}

Test(pool, without_threads_a_job_runs_before_run_returns)
{
	struct pool *pool = pool_new(0, 1);
	pthread_t where;
	int log[8] = {0};

	cr_assert_eq(pool_threads(pool), 0);
	for (int i = 1; i <= 5; i++) {
		pool_run(pool, append, log);
		cr_assert_eq(log[0], i);
	}
	pool_run(pool, note_thread, &where);
	cr_assert(pthread_equal(where, pthread_self()));
	pool_drain(pool);
	pool_free(pool);
}

Test(pool, one_thread_runs_jobs_in_the_order_they_came)
{
	struct pool *pool = pool_new(1, 2);
	int log[101] = {0};
	pthread_t where;

	for (int i = 0; i < 100; i++)
		pool_run(pool, append, log);
	pool_run(pool, note_thread, &where);
	pool_drain(pool);
	cr_assert_eq(log[0], 100);
	for (int i = 1; i <= 100; i++)
		cr_assert_eq(log[i], i);
	cr_assert(!pthread_equal(where, pthread_self()));
	pool_free(pool);
}

Test(pool, freeing_runs_what_is_queued)
{
	atomic_int done = 0;
	struct pool *pool = pool_new(2, 64);

	for (int i = 0; i < 60; i++)
		pool_run(pool, count, &done);
	pool_free(pool);
	cr_assert_eq(atomic_load(&done), 60);
	pool_free(NULL);
}

Test(pool, draining_an_idle_pool_returns_and_it_works_on)
{
	atomic_int done = 0;
	struct pool *pool = pool_new(3, 1);

	pool_drain(pool);
	for (int round = 1; round <= 50; round++) {
		pool_run(pool, count, &done);
		pool_run(pool, count, &done);
		pool_drain(pool);
		cr_assert_eq(atomic_load(&done), 2 * round);
	}
	cr_assert_eq(pool_threads(pool), 3);
	pool_free(pool);
}

static void note_mask(void *arg)
{
	pthread_sigmask(SIG_SETMASK, NULL, arg);
}

Test(pool, its_threads_block_signals_and_the_caller_does_not)
{
	struct pool *pool = pool_new(1, 1);
	sigset_t inside, outside;

	pool_run(pool, note_mask, &inside);
	pool_drain(pool);
	note_mask(&outside);
	cr_assert(sigismember(&inside, SIGTERM) == 1);
	cr_assert(sigismember(&inside, SIGHUP) == 1);
	cr_assert(sigismember(&outside, SIGTERM) == 0);
	pool_free(pool);
}
