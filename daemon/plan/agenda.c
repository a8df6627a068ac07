/* SPDX-License-Identifier: Apache-2.0 */
/* agenda: see agenda.h. */
#include "agenda.h"

#include <assert.h>
#include <planvax/base/alloc.h>
#include <stdlib.h>

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
	a->days = NULL;
}

const agenda_list *agenda_day(const struct agenda *a, int32_t staff, int32_t day)
{
	return list_of(a, staff, day);
}

void agenda_add(struct agenda *a, int32_t staff, int32_t day, struct agenda_item item)
{
	VEC_PUSH(list_of(a, staff, day), item);
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

bool agenda_free(const struct agenda *a, const struct agenda_span *span, int32_t but)
{
	const agenda_list *list = list_of(a, span->staff, span->day);

	for (size_t i = 0; i < list->len; i++) {
		const struct agenda_item *item = &list->items[i];

		if (item->to <= span->from || item->from >= span->to)
			continue;
		if (item->kind != AGENDA_GHOST || item->ref != but)
			return false;
	}
	return true;
}
