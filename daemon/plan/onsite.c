/* SPDX-License-Identifier: Apache-2.0 */
/* onsite: values only fall as others are put in, as a rule, so an idea is
 * weighed again only when it comes to the top. */
#include "onsite.h"

#include "at_visit.h"
#include "tours.h"
#include "weekly.h"

#include <planvax/base/alloc.h>
#include <stdlib.h>


/* Takers that an offer is first thought to reach. */
#define USUAL_TAKERS 96
#define USUAL_TOUR 144

struct ranked {
	struct onsite_idea idea;
	int64_t value;
	int32_t order;
	bool weighed;   /* the value is that of an offer; else at most so much is hoped for */
};

/* What the ideas of one day brought when they were weighed. */
struct day_known {
	int32_t weighed;
	int64_t best;
};

struct ranking {
	VEC(struct ranked) list; /* a heap, best first */
	struct day_known *days;  /* of a quick plan; else NULL */
};

/* Ideas of a day that a quick plan weighs before it takes the others for alike. */
#define DAY_SAMPLE 2

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

/* What an idea can bring at most, roughly: its best takers without costs. */
static int64_t hope(const struct solution *s, const struct onsite_idea *idea, const int64_t *best_stop)
{
	const struct problem *p = s->p;
	int64_t value = 0;
	int32_t week = p->days[idea->day].week;

	if (idea->type == BLOCK_TOUR)
		return *best_stop;
	if (fill_potential(s, idea->site, idea->day, USUAL_TAKERS, &value) == 0)
		return 0;
	value = value * (100 - p->o->delay_pct * p->days[idea->day].delay) / 100;
	if (idea->type == BLOCK_DAY && p->weeks[week].wanted && s->week_days[week] == 0)
		value += p->o->weights.missing_weekly_day;
	if (s->sites->items[idea->site].centre >= 0)
		value += p->o->weights.missing_msa;
	return value;
}

/* Days and sessions by car wherever they may be. */
static void collect_sites(struct solution *s, struct ranking *r, bool scouts_only)
{
	for (int32_t i = 0; i < s->sites->n; i++) {
		const struct site *site = &s->sites->items[i];

		if ((!site->car && !site->day_kind) || (scouts_only && !site->scout))
			continue;
		for (int32_t d = 0; d < s->p->n_days; d++) {
			struct onsite_idea idea = {.type = site->day_kind ? BLOCK_DAY : BLOCK_SESSION, .site = i, .vehicle = -1, .day = d};

			if (site->day[d] == SITE_OPEN)
				VEC_PUSH(&r->list, ((struct ranked){.idea = idea, .order = (int32_t)r->list.len}));
		}
	}
}

static void collect_tours(struct solution *s, struct ranking *r)
{
	for (size_t v = 0; v < s->p->s->n_vehicles; v++) {
		for (int32_t d = 0; d < s->p->n_days; d++) {
			struct onsite_idea idea = {.type = BLOCK_TOUR, .site = -1, .vehicle = (int32_t)v, .day = d};

			if (tours_possible(s, (int32_t)v, d))
				VEC_PUSH(&r->list, ((struct ranked){.idea = idea, .order = (int32_t)r->list.len}));
		}
	}
}

/* Hopes of all, those without are left out. The potential of a site changes little from day to day, so that it is found
 * once; what is hoped for too low comes a little late. */
static void hope_all(struct solution *s, struct ranking *r, bool scouts_only)
{
	int64_t best_stop = 0;
	int64_t value = 0;
	int32_t site = -1;
	size_t kept = 0;

	fill_begin(s);
	for (int32_t i = 0; i < s->sites->n; i++) {
		if (s->sites->items[i].stop && (s->sites->items[i].scout || !scouts_only)) {
			(void)fill_potential(s, i, s->p->n_days - 1, USUAL_TOUR, &value);
			best_stop = value > best_stop ? value : best_stop;
		}
	}
	for (size_t i = 0; i < r->list.len; i++) {
		struct ranked *x = &r->list.items[i];

		if (x->idea.type == BLOCK_TOUR || x->idea.site != site || s->sites->items[x->idea.site].centre >= 0)
			value = hope(s, &x->idea, &best_stop);
		site = x->idea.site;
		x->value = value;
		if (value > 0)
			r->list.items[kept++] = *x;
	}
	r->list.len = kept;
}

static void drop_top(struct ranking *r)
{
	r->list.items[0] = r->list.items[--r->list.len];
	if (r->list.len > 0)
		sink(r, 0);
}

static bool still_first(const struct ranking *r)
{
	const struct ranked *top = &r->list.items[0];

	return !(r->list.len > 1 && before(&r->list.items[1], top)) && !(r->list.len > 2 && before(&r->list.items[2], top));
}

/* What the same staff brought elsewhere that day tells what to hope for, in a quick plan. */
static int64_t hope_by_day(const struct ranking *r, const struct onsite_idea *idea, int64_t value)
{
	const struct day_known *day = r->days ? &r->days[idea->day] : NULL;

	if (!day || idea->type != BLOCK_SESSION || day->weighed < DAY_SAMPLE)
		return value;
	if (day->best <= 0)
		return 0;
	return value < day->best * 5 / 4 ? value : day->best * 5 / 4;
}

static void note_day(struct ranking *r, const struct ranked *x)
{
	struct day_known *day = r->days ? &r->days[x->idea.day] : NULL;

	if (!day || x->idea.type != BLOCK_SESSION)
		return;
	/* An offer that was put in took staff: the day is another. */
	day->best = day->weighed == 0 || x->value > day->best ? x->value : day->best;
	day->weighed++;
}

/* The best idea is looked at: hoped for anew, weighed, or put in. */
static void look_at_top(struct solution *s, struct ranking *r, const struct offers_style *style)
{
	struct ranked *top = &r->list.items[0];
	struct block *block = NULL;
	int64_t value = 0;

	if (!top->weighed && top->idea.type != BLOCK_TOUR) {
		fill_begin(s);
		value = hope_by_day(r, &top->idea, hope(s, &top->idea, &value));
		if (value < top->value) {
			top->value = value;
			if (value <= 0)
				drop_top(r);
			else
				sink(r, 0);
			return;
		}
	}
	top->value = weigh(s, &top->idea, style, &block);
	top->weighed = true;
	note_day(r, top);
	if (top->value <= 0) {
		block_free(block);
		drop_top(r);
	} else if (!still_first(r)) {
		block_free(block);
		sink(r, 0);
	} else {
		if (r->days)
			r->days[top->idea.day] = (struct day_known){.weighed = 0};
		if (!offers_add(s, block))
			drop_top(r);
	}
}

void onsite_insert_all(struct solution *s, const struct offers_style *style)
{
	struct ranking r = {.list = VEC_INIT};

	collect_sites(s, &r, style->quick);
	collect_tours(s, &r);
	hope_all(s, &r, style->quick);
	if (style->quick)
		r.days = xcalloc((size_t)s->p->n_days, sizeof(r.days[0]));
	for (size_t i = r.list.len / 2; i-- > 0; )
		sink(&r, i);
	while (r.list.len > 0 && !solution_halted(s))
		look_at_top(s, &r, style);
	VEC_RELEASE(&r.list);
	free(r.days);
}

void onsite_construct(struct solution *s, const struct offers_style *style)
{
	weekly_open_all(s, style);
	if (!style->quick && !solution_halted(s))
		offers_refill_all(s, style->price);
	onsite_insert_all(s, style);
	if (!solution_halted(s))
		at_visit_fill_all(s, style->price);
	if (!style->quick && !solution_halted(s))
		offers_refill_all(s, 0);
	if (!solution_halted(s))
		at_visit_fill_all(s, 0);
}
