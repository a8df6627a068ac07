/* SPDX-License-Identifier: Apache-2.0 */
/* queue: a ring under one mutex with two conditions. */
#include <planvax/base/queue.h>

#include <assert.h>
#include <planvax/base/alloc.h>
#include <planvax/base/err.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t not_empty;
	pthread_cond_t not_full;
	void **ring;
	size_t capacity;
	size_t first; /* oldest item */
	size_t len;
	bool closed;
};

struct queue *queue_new(size_t capacity)
{
	struct queue *q = xcalloc(1, sizeof(*q));

	assert(capacity >= 1);
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->not_empty, NULL);
	pthread_cond_init(&q->not_full, NULL);
	q->ring = xcalloc(capacity, sizeof(*q->ring));
	q->capacity = capacity;
	return q;
}

void queue_free(struct queue *q)
{
	if (q == NULL)
		return;
	pthread_cond_destroy(&q->not_full);
	pthread_cond_destroy(&q->not_empty);
	pthread_mutex_destroy(&q->lock);
	free(q->ring);
	free(q);
}

static int put(struct queue *q, void *item, bool wait)
{
	int rc = 0;

	assert(item != NULL);
	pthread_mutex_lock(&q->lock);
	while (wait && !q->closed && q->len == q->capacity)
		pthread_cond_wait(&q->not_full, &q->lock);
	if (q->closed) {
		rc = ERR_CLOSED;
	} else if (q->len == q->capacity) {
		rc = ERR_BUSY;
	} else {
		q->ring[(q->first + q->len++) % q->capacity] = item;
		pthread_cond_signal(&q->not_empty);
	}
	pthread_mutex_unlock(&q->lock);
	return rc;
}

int queue_put(struct queue *q, void *item)
{
	return put(q, item, true);
}

int queue_try_put(struct queue *q, void *item)
{
	return put(q, item, false);
}

static int take(struct queue *q, void **item, bool wait)
{
	int rc = 0;

	pthread_mutex_lock(&q->lock);
	while (wait && !q->closed && q->len == 0)
		pthread_cond_wait(&q->not_empty, &q->lock);
	if (q->len > 0) {
		*item = q->ring[q->first];
		q->first = (q->first + 1) % q->capacity;
		q->len--;
		pthread_cond_signal(&q->not_full);
	} else {
		rc = q->closed ? ERR_CLOSED : ERR_AGAIN;
	}
	pthread_mutex_unlock(&q->lock);
	return rc;
}

int queue_take(struct queue *q, void **item)
{
	return take(q, item, true);
}

int queue_try_take(struct queue *q, void **item)
{
	return take(q, item, false);
}

void queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->not_empty);
	pthread_cond_broadcast(&q->not_full);
	pthread_mutex_unlock(&q->lock);
}

size_t queue_len(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	size_t len = q->len;
	pthread_mutex_unlock(&q->lock);
	return len;
}
