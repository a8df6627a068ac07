/* SPDX-License-Identifier: Apache-2.0 */
/* queue: a bounded first-in first-out line of pointers between threads, which
 * can be closed. It never owns what it carries. Any thread. */
#ifndef PLANVAX_BASE_QUEUE_H
#define PLANVAX_BASE_QUEUE_H

#include <stddef.h>

struct queue;

/* An empty, open queue with room for capacity items (>= 1). Owned by the caller. */
struct queue *queue_new(size_t capacity);

/* Frees it; nobody may wait in it or use it any more. Items left in it are not freed. NULL allowed. */
void queue_free(struct queue *q);

/* Appends an item (not NULL); waits while the queue is full. 0; ERR_CLOSED: it was or became closed, the item stays the caller's. */
int queue_put(struct queue *q, void *item);

/* Appends an item without waiting. 0; ERR_BUSY: full; ERR_CLOSED. */
int queue_try_put(struct queue *q, void *item);

/* Takes the oldest item into *item; waits while the queue is empty and open. 0; ERR_CLOSED: closed and empty. */
int queue_take(struct queue *q, void **item);

/* Takes the oldest item without waiting. 0; ERR_AGAIN: empty; ERR_CLOSED: closed and empty. */
int queue_try_take(struct queue *q, void **item);

/* Refuses further items and wakes all who wait; what is in it can still be taken. May be called again. */
void queue_close(struct queue *q);

/* Items waiting now; out of date at once where others use the queue. */
size_t queue_len(struct queue *q);

#endif
