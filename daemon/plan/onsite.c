/* SPDX-License-Identifier: Apache-2.0 */
/* onsite: values only fall as others are put in, as a rule, so an idea is
 * weighed again only when it comes to the top. */
#include "onsite.h"

#include "at_visit.h"
#include "tours.h"
#include "weekly.h"

#include <planvax/base/alloc.h>
#include <stdlib.h>

/* Ideas weighed in a first plan; the search tries the others by chance. */
#define MAX_IDEAS 1200

struct ranked {
	struct onsite_idea idea;
	int64_t value;
	int32_t order;
};

struct ranking {
	VEC(struct ranked) list; /* a heap, best first */
};

void onsite_try(struct solution *s, const struct onsite_idea *idea, const struct offers_style *style, struct offers_choice *best)
{
	struct shell_request r = {.site = idea->site, .day = idea->day, .type = idea->type};

	switch (idea->type) {
	case BLOCK_DAY:
	case BLOCK_SESSION:
		offers_try_site(s, &r, style, best);
		break;
	case BLOCK_TOUR:
		tours_try(s, idea->vehicle, idea->day, style, best);
		break;
	}
}

static bool before(const struct ranked *a, const struct ranked *b)
{
	return a->value != b->value ? a->value > b->value : a->order < b->order;
}

static void sink(struct ranking *r, size_t at)
{
	struct ranked moving = r->list.items[at];

	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < r->list.len && before(&r->list.items[child + 1], &r->list.items[child]))
			child++;
		if (child >= r->list.len || !before(&r->list.items[child], &moving))
			break;
		r->list.items[at] = r->list.items[child];
		at = child;
	}
	r->list.items[at] = moving;
}

static int64_t weigh(struct solution *s, const struct onsite_idea *idea, const struct offers_style *style, struct block **block)
{
	struct offers_choice best = {NULL, 0};

	onsite_try(s, idea, style, &best);
	*block = best.block;
	return best.block ? best.value : INT64_MIN;
}

static int compare_sites(const void *a, const void *b)
{
	const struct ranked *x = a;
	const struct ranked *y = b;

	return before(x, y) ? -1 : before(y, x) ? 1 : 0;
}

/* Sites for sessions by car and further days, those with most takers first. */
static void collect_sites(struct solution *s, struct ranking *r)
{
	const struct problem *p = s->p;
	struct ranked *list = xcalloc((size_t)s->sites->n + 1, sizeof(list[0]));
	int32_t n = 0;

	fill_begin(s);
	for (int32_t i = 0; i < s->sites->n; i++) {
		const struct site *site = &s->sites->items[i];
		int64_t value;

		if (!site->car && !site->day_kind)
			continue;
		(void)fill_potential(s, i, p->n_days / 2, 96, &value);
		/* Centres are few, and need no host. */
		value += site->centre >= 0 ? INT64_MAX / 2 : 0;
		list[n] = (struct ranked){.idea = {.site = i}, .value = value, .order = n};
		n++;
	}
	qsort(list, (size_t)n, sizeof(list[0]), compare_sites);
	for (int32_t k = 0; k < n; k++) {
		int32_t i = list[k].idea.site;

		for (int32_t d = 0; d < p->n_days && r->list.len < MAX_IDEAS; d++) {
			struct onsite_idea idea = {.site = i, .vehicle = -1, .day = d};

			if (s->sites->items[i].day[d] != SITE_OPEN)
				continue;
			idea.type = s->sites->items[i].day_kind ? BLOCK_DAY : BLOCK_SESSION;
			VEC_PUSH(&r->list, ((struct ranked){idea, 0, (int32_t)r->list.len}));
		}
	}
	free(list);
}

static void collect_tours(struct solution *s, struct ranking *r)
{
	const struct problem *p = s->p;
	int32_t n = 0;

	for (size_t v = 0; v < p->s->n_vehicles; v++) {
		for (int32_t d = 0; d < p->n_days && n < MAX_IDEAS; d++) {
			struct onsite_idea idea = {.type = BLOCK_TOUR, .site = -1, .vehicle = (int32_t)v, .day = d};

			if (!tours_possible(s, (int32_t)v, d))
				continue;
			VEC_PUSH(&r->list, ((struct ranked){idea, 0, (int32_t)r->list.len}));
			n++;
		}
	}
}

void onsite_insert_all(struct solution *s, const struct offers_style *style)
{
	struct ranking r = {.list = VEC_INIT};
	size_t kept = 0;

	collect_sites(s, &r);
	collect_tours(s, &r);
	for (size_t i = 0; i < r.list.len && !problem_stopped(s->p); i++) {
		struct ranked x = r.list.items[i];
		struct block *block;

		x.value = weigh(s, &x.idea, style, &block);
		block_free(block);
		if (x.value > 0)
			r.list.items[kept++] = x;
	}
	r.list.len = kept;
	for (size_t i = r.list.len / 2; i-- > 0; )
		sink(&r, i);
	while (r.list.len > 0 && !problem_stopped(s->p)) {
		struct ranked *top = &r.list.items[0];
		struct block *block;

		top->value = weigh(s, &top->idea, style, &block);
		if (top->value <= 0) {
			block_free(block);
			*top = r.list.items[--r.list.len];
		} else if (r.list.len > 1 && (before(&r.list.items[1], top) || (r.list.len > 2 && before(&r.list.items[2], top)))) {
			block_free(block);
		} else if (!offers_add(s, block)) {
			*top = r.list.items[--r.list.len];
		}
		if (r.list.len > 0)
			sink(&r, 0);
	}
	VEC_RELEASE(&r.list);
}

void onsite_construct(struct solution *s, const struct offers_style *style)
{
	weekly_open_all(s, style);
	offers_refill_all(s, style->price);
	onsite_insert_all(s, style);
	at_visit_fill_all(s, style->price);
	offers_refill_all(s, 0);
	at_visit_fill_all(s, 0);
}
