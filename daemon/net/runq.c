/* SPDX-License-Identifier: Apache-2.0 */
/* runq: a binary heap of pointers to items that know their place in it. */
#include <planvax/base/alloc.h>
#include <planvax/net/runq.h>

#include <assert.h>
#include <stdlib.h>

void runq_init(struct runq *q)
{
	*q = (struct runq){.heap = NULL};
}

void runq_release(struct runq *q)
{
	for (size_t i = 0; i < q->len; i++)
		q->heap[i]->place = 0;
	free(q->heap);
	runq_init(q);
}

static bool before(const struct runq_item *a, const struct runq_item *b)
{
	if (a->due != b->due)
		return a->due < b->due;
	return a->entry < b->entry;
}

static void place(struct runq *q, size_t i, struct runq_item *item)
{
	q->heap[i] = item;
	item->place = i + 1;
}

static void sift_up(struct runq *q, size_t i)
{
	struct runq_item *item = q->heap[i];

	while (i > 0 && before(item, q->heap[(i - 1) / 2])) {
		place(q, i, q->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	place(q, i, item);
}

static void sift_down(struct runq *q, size_t i)
{
	struct runq_item *item = q->heap[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < q->len && before(q->heap[child + 1], q->heap[child]))
			child++;
		if (child >= q->len || !before(q->heap[child], item))
			break;
		place(q, i, q->heap[child]);
		i = child;
	}
	place(q, i, item);
}

void runq_put(struct runq *q, struct runq_item *item, int64_t due)
{
	runq_remove(q, item);
	if (q->len == q->cap) {
		q->cap = q->cap > 0 ? q->cap * 2 : 16;
		q->heap = xreallocarray(q->heap, q->cap, sizeof(struct runq_item *));
	}
	item->due = due;
	item->entry = q->entries++;
	q->heap[q->len++] = item;
	sift_up(q, q->len - 1);
}

void runq_remove(struct runq *q, struct runq_item *item)
{
	struct runq_item *last;
	size_t i;

	if (item->place == 0)
		return;
	i = item->place - 1;
	assert(i < q->len && q->heap[i] == item);
	last = q->heap[--q->len];
	item->place = 0;
	if (last == item)
		return;
	place(q, i, last);
	sift_up(q, i);
	sift_down(q, last->place - 1);
}

bool runq_holds(const struct runq_item *item)
{
	return item->place != 0;
}

struct runq_item *runq_first(const struct runq *q)
{
	return q->len > 0 ? q->heap[0] : NULL;
}

struct runq_item *runq_take(struct runq *q, int64_t now)
{
	struct runq_item *first = runq_first(q);

	if (first == NULL || first->due > now)
		return NULL;
	runq_remove(q, first);
	return first;
}
