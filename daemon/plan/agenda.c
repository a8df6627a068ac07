/* SPDX-License-Identifier: Apache-2.0 */
/* agenda: see agenda.h. */
#include "agenda.h"

#include <assert.h>
#include <planvax/base/alloc.h>
#include <stdlib.h>
#include <string.h>

static agenda_list *list_of(const struct agenda *a, int32_t staff, int32_t day)
{
	return &a->days[(size_t)staff * (size_t)a->p->n_days + (size_t)day];
}

/* Busy time may span days; each gets its part. */
static void add_busy(struct agenda *a, int32_t staff, struct instant start, struct instant end)
{
	int32_t from, to;
	int32_t first = problem_local(a->p, start, &from);
	int32_t last = problem_local(a->p, (struct instant){end.utc_s + 59}, &to);

	for (int32_t d = first < 0 ? 0 : first; d <= last && d < a->p->n_days; d++) {
		struct agenda_item item = {.kind = AGENDA_BUSY, .ref = -1};

		item.from = (int16_t)(d == first ? from : 0);
		item.to = (int16_t)(d == last ? to : 1440);
		if (item.from < item.to)
			VEC_PUSH(list_of(a, staff, d), item);
	}
}

void agenda_init(struct agenda *a, const struct problem *p)
{
	*a = (struct agenda){.p = p};
	a->days = xcalloc(p->s->n_staff * (size_t)p->n_days + 1, sizeof(a->days[0]));
	a->gaps = xmalloc((p->s->n_staff * (size_t)p->n_days + 1) * sizeof(a->gaps[0]));
	memset(a->gaps, -1, (p->s->n_staff * (size_t)p->n_days + 1) * sizeof(a->gaps[0]));
	for (size_t i = 0; i < p->s->n_busy; i++) {
		if (p->s->busy[i].staff >= 0)
			add_busy(a, p->s->busy[i].staff, p->s->busy[i].start, p->s->busy[i].end);
	}
	for (int32_t i = 0; i < p->n_visits; i++) {
		const struct problem_visit *v = &p->visits[i];

		if (v->staff >= 0 && v->start < v->end)
			VEC_PUSH(list_of(a, v->staff, v->day),
				((struct agenda_item){(int16_t)v->start, (int16_t)v->end, AGENDA_VISIT, i}));
		if (v->staff >= 0 && v->end == 1440)
			add_busy(a, v->staff, problem_instant(p, v->day + 1, 0), p->s->visits[v->visit].end);
	}
}

void agenda_release(struct agenda *a)
{
	for (size_t i = 0; a->days && i < a->p->s->n_staff * (size_t)a->p->n_days; i++)
		VEC_RELEASE(&a->days[i]);
	free(a->days);
	free(a->gaps);
	*a = (struct agenda){.days = NULL};
}

const agenda_list *agenda_day(const struct agenda *a, int32_t staff, int32_t day)
{
	return list_of(a, staff, day);
}

void agenda_add(struct agenda *a, int32_t staff, int32_t day, struct agenda_item item)
{
	VEC_PUSH(list_of(a, staff, day), item);
	a->gaps[(size_t)staff * (size_t)a->p->n_days + (size_t)day] = -1;
}

void agenda_remove(struct agenda *a, int32_t staff, int32_t day, struct agenda_item item)
{
	agenda_list *list = list_of(a, staff, day);
	size_t i = 0;

	while (i < list->len && (list->items[i].from != item.from || list->items[i].to != item.to ||
		list->items[i].kind != item.kind || list->items[i].ref != item.ref))
		i++;
	assert(i < list->len);
	list->items[i] = list->items[--list->len];
	a->gaps[(size_t)staff * (size_t)a->p->n_days + (size_t)day] = -1;
}

void agenda_ghost(struct agenda *a, const struct problem_visit *v, int32_t ref, bool ghost)
{
	agenda_list *list = list_of(a, v->staff, v->day);
	size_t i = 0;

	while (i < list->len && (list->items[i].ref != ref || list->items[i].kind != (ghost ? AGENDA_VISIT : AGENDA_GHOST)))
		i++;
	assert(i < list->len);
	list->items[i].kind = ghost ? AGENDA_GHOST : AGENDA_VISIT;
}

/* Refs are sorted, so that the result does not depend on the order of the bookings. */
static void insert_sorted(int32_t *refs, int32_t n, int32_t ref)
{
	while (n > 0 && refs[n - 1] > ref) {
		refs[n] = refs[n - 1];
		n--;
	}
	refs[n] = ref;
}

int32_t agenda_displaces(const struct agenda *a, const struct agenda_span *span, int32_t *refs, int32_t max)
{
	const agenda_list *list = list_of(a, span->staff, span->day);
	int32_t n = 0;

	for (size_t i = 0; i < list->len; i++) {
		const struct agenda_item *item = &list->items[i];

		if (item->to <= span->from || item->from >= span->to)
			continue;
		if (item->kind != AGENDA_VISIT || n == max)
			return -1;
		insert_sorted(refs, n++, item->ref);
	}
	return n;
}

int32_t agenda_first_free(const struct agenda *a, const struct agenda_span *span, int32_t minutes, int32_t but)
{
	const agenda_list *list = list_of(a, span->staff, span->day);
	int32_t at = span->from;

	for (size_t i = 0; i < list->len; ) {
		const struct agenda_item *item = &list->items[i++];

		if (item->to <= at || item->from >= at + minutes || (item->kind == AGENDA_GHOST && item->ref == but))
			continue;
		at = item->to;
		if (at + minutes > span->to)
			return -1;
		i = 0;
	}
	return at + minutes <= span->to ? at : -1;
}

/* Longest free time within from..to. */
static int32_t gap_in(const struct agenda *a, struct agenda_span span)
{
	const agenda_list *list = list_of(a, span.staff, span.day);
	int32_t longest = 0;

	for (int32_t at = span.from; at < span.to; ) {
		int32_t next = span.to; /* first booking from `at` on */
		int32_t busy = at;      /* end of the bookings at `at` */

		for (size_t i = 0; i < list->len; i++) {
			const struct agenda_item *item = &list->items[i];

			if (item->from <= at && item->to > busy)
				busy = item->to;
			if (item->from > at && item->from < next)
				next = item->from;
		}
		if (busy > at) {
			at = busy;
			continue;
		}
		longest = next - at > longest ? next - at : longest;
		at = next;
	}
	return longest;
}

int32_t agenda_gap(struct agenda *a, int32_t staff, int32_t day)
{
	int16_t *known = &a->gaps[(size_t)staff * (size_t)a->p->n_days + (size_t)day];
	const struct hours *h = &a->p->s->staff[staff].hours;
	int weekday = a->p->days[day].weekday;

	if (*known >= 0)
		return *known;
	*known = 0;
	for (int i = 0; i < h->n[weekday]; i++) {
		int32_t gap = gap_in(a, (struct agenda_span){staff, day, h->range[weekday][i].from_min, h->range[weekday][i].to_min});
		*known = (int16_t)(gap > *known ? gap : *known);
	}
	return *known;
}

void agenda_know_gap(struct agenda *a, int32_t staff, int32_t day, int32_t gap)
{
	a->gaps[(size_t)staff * (size_t)a->p->n_days + (size_t)day] = (int16_t)gap;
}
