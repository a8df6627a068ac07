/* SPDX-License-Identifier: Apache-2.0 */
/* Queues between threads: nothing is lost or doubled, full and empty queues
 * make their callers wait, closing wakes all. */
#include <planvax/base/err.h>
#include <planvax/base/queue.h>

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

enum { PRODUCERS = 3, CONSUMERS = 3, ITEMS = 20000 };

static struct queue *queue;
static int items[PRODUCERS * ITEMS];
static atomic_int taken[PRODUCERS * ITEMS];
static atomic_int n_closed;

static void *produce(void *arg)
{
	int *first = arg;

	for (int i = 0; i < ITEMS; i++) {
		int rc = queue_put(queue, first + i);
		assert(rc == 0);
	}
	return NULL;
}

/* Items of one producer arrive in its order. */
static void *consume(void *arg)
{
	long last[PRODUCERS] = {-1, -1, -1};
	void *item;
	int rc;

	(void)arg;
	while ((rc = queue_take(queue, &item)) == 0) {
		long index = (int *)item - items;
		assert(index > last[index / ITEMS]);
		last[index / ITEMS] = index;
		atomic_fetch_add(&taken[index], 1);
		assert(queue_len(queue) <= 5);
	}
	assert(rc == ERR_CLOSED);
	return NULL;
}

static void every_item_is_taken_once(void)
{
	pthread_t producers[PRODUCERS], consumers[CONSUMERS];

	queue = queue_new(5);
	for (int i = 0; i < CONSUMERS; i++)
		pthread_create(&consumers[i], NULL, consume, NULL);
	for (int i = 0; i < PRODUCERS; i++)
		pthread_create(&producers[i], NULL, produce, items + i * ITEMS);
	for (int i = 0; i < PRODUCERS; i++)
		pthread_join(producers[i], NULL);
	queue_close(queue);
	for (int i = 0; i < CONSUMERS; i++)
		pthread_join(consumers[i], NULL);
	for (int i = 0; i < PRODUCERS * ITEMS; i++)
		assert(atomic_load(&taken[i]) == 1);
	queue_free(queue);
}

static void *put_until_closed(void *arg)
{
	while (queue_put(queue, arg) == 0)
		;
	atomic_fetch_add(&n_closed, 1);
	return NULL;
}

static void *take_until_closed(void *arg)
{
	void *item;

	(void)arg;
	while (queue_take(queue, &item) == 0)
		;
	atomic_fetch_add(&n_closed, 1);
	return NULL;
}

static void closing_wakes_all_who_wait(void *(*wait)(void *))
{
	pthread_t threads[4];

	atomic_store(&n_closed, 0);
	queue = queue_new(1);
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, wait, items);
	while (wait == put_until_closed && queue_len(queue) == 0)
		;
	queue_close(queue);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert(atomic_load(&n_closed) == 4);
	queue_free(queue);
}

int main(void)
{
	every_item_is_taken_once();
	closing_wakes_all_who_wait(put_until_closed);
	closing_wakes_all_who_wait(take_until_closed);
	puts("threads_queue: 3 passed, 0 failed");
	return 0;
}
