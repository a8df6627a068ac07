/* SPDX-License-Identifier: Apache-2.0 */
/* runq: what is due when: items ordered by due time, equal times in the order
 * of entry. Pure: reads no clock; times are whatever the caller counts in.
 * One thread at a time. */
#ifndef PLANVAX_NET_RUNQ_H
#define PLANVAX_NET_RUNQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lies inside what is to be run. Zeroed: not queued. */
struct runq_item {
	int64_t due;
	uint64_t entry; /* order of entry */
	size_t place;   /* index in the heap + 1; 0: not queued */
};

struct runq {
	struct runq_item **heap; /* owned; the items are not */
	size_t len, cap;
	uint64_t entries;
};

/* An empty queue. */
void runq_init(struct runq *q);

/* Forgets its items and frees its memory. */
void runq_release(struct runq *q);

/* Queues an item, or moves one that is queued. */
void runq_put(struct runq *q, struct runq_item *item, int64_t due);

/* Takes an item out; one that is not queued is left alone. */
void runq_remove(struct runq *q, struct runq_item *item);

/* Whether the item is queued. */
bool runq_holds(const struct runq_item *item);

/* The earliest item, still queued; NULL when empty. */
struct runq_item *runq_first(const struct runq *q);

/* Takes out the earliest item that is due at now; NULL if none is. */
struct runq_item *runq_take(struct runq *q, int64_t now);

#endif
