/* SPDX-License-Identifier: Apache-2.0 */
/* pool: threads that take jobs from one ring. */
#include <planvax/base/pool.h>

#include <assert.h>
#include <planvax/base/alloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

struct task {
	pool_job job;
	void *arg;
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t not_empty;
	pthread_cond_t not_full;
	pthread_cond_t idle; /* nothing queued, nothing running */
	struct task *ring;
	size_t capacity;
	size_t first; /* oldest task */
	size_t len;
	size_t running;
	bool closing;
	pthread_t *threads;
	size_t n_threads;
};

static void *work(void *arg)
{
	struct pool *pool = arg;

	pthread_mutex_lock(&pool->lock);
	for (;;) {
		while (pool->len == 0 && !pool->closing)
			pthread_cond_wait(&pool->not_empty, &pool->lock);
		if (pool->len == 0)
			break;
		struct task task = pool->ring[pool->first];
		pool->first = (pool->first + 1) % pool->capacity;
		pool->len--;
		pool->running++;
		pthread_cond_signal(&pool->not_full);
		pthread_mutex_unlock(&pool->lock);
		task.job(task.arg);
		pthread_mutex_lock(&pool->lock);
		pool->running--;
		if (pool->running == 0 && pool->len == 0)
			pthread_cond_broadcast(&pool->idle);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

/* Signals are the loop thread's: the pool's threads block them all. */
static void start_threads(struct pool *pool, size_t n)
{
	sigset_t all;
	sigset_t before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (size_t i = 0; i < n; i++) {
		if (pthread_create(&pool->threads[i], NULL, work, pool) != 0)
			abort();
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pool->n_threads = n;
}

struct pool *pool_new(size_t threads, size_t capacity)
{
	struct pool *pool = xcalloc(1, sizeof(*pool));

	assert(capacity >= 1);
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->not_empty, NULL);
	pthread_cond_init(&pool->not_full, NULL);
	pthread_cond_init(&pool->idle, NULL);
	pool->capacity = capacity;
	pool->ring = xcalloc(capacity, sizeof(*pool->ring));
	pool->threads = xcalloc(threads, sizeof(*pool->threads));
	start_threads(pool, threads);
	return pool;
}

void pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->closing = true;
	pthread_cond_broadcast(&pool->not_empty);
	pthread_mutex_unlock(&pool->lock);
	for (size_t i = 0; i < pool->n_threads; i++)
		pthread_join(pool->threads[i], NULL);
	pthread_cond_destroy(&pool->idle);
	pthread_cond_destroy(&pool->not_full);
	pthread_cond_destroy(&pool->not_empty);
	pthread_mutex_destroy(&pool->lock);
	free(pool->threads);
	free(pool->ring);
	free(pool);
}

void pool_run(struct pool *pool, pool_job job, void *arg)
{
	if (pool->n_threads == 0) {
		job(arg);
		return;
	}
	pthread_mutex_lock(&pool->lock);
	while (pool->len == pool->capacity)
		pthread_cond_wait(&pool->not_full, &pool->lock);
	pool->ring[(pool->first + pool->len++) % pool->capacity] = (struct task){job, arg};
	pthread_cond_signal(&pool->not_empty);
	pthread_mutex_unlock(&pool->lock);
}

void pool_drain(struct pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	while (pool->len > 0 || pool->running > 0)
		pthread_cond_wait(&pool->idle, &pool->lock);
	pthread_mutex_unlock(&pool->lock);
}

size_t pool_threads(const struct pool *pool)
{
	return pool->n_threads;
}
