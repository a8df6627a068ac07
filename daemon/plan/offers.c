/* SPDX-License-Identifier: Apache-2.0 */
/* offers: see offers.h. */
#include "offers.h"

#include "at_visit.h"

#include <assert.h>
#include <planvax/base/alloc.h>
#include <stdlib.h>

#define LONGEST_MIN 480
#define MOST_TAKERS 240
#define QUICK_MOVES 6
#define MOST_POSTS 4
#define MOST_PROMISING 4 /* shells that get places */

int32_t offers_least(const struct solution *s, const struct block *b, const struct stop *stop)
{
	return b->type == BLOCK_DAY ? (int32_t)s->p->o->day_min_expected : s->sites->items[stop->site].min_expected;
}

int64_t offers_bonus(const struct solution *s, const struct block *b)
{
	const struct problem *p = s->p;
	int32_t week = p->days[b->day].week;
	int64_t bonus = 0;

	if (b->type == BLOCK_DAY && p->weeks[week].wanted && s->week_days[week] == 0)
		bonus += p->o->weights.missing_weekly_day;
	for (int32_t i = 0; i < b->n_stops; i++) {
		int32_t centre = s->sites->items[b->stops[i].site].centre;
		if (centre >= 0 && p->s->centres[centre].kind == CENTRE_MSA && s->centre_offers[centre] == 0)
			bonus += p->o->weights.missing_msa;
	}
	return bonus;
}

static void keep_better(struct offers_choice *best, struct block *b, int64_t value)
{
	if (best->block && value <= best->value) {
		block_free(b);
		return;
	}
	block_free(best->block);
	best->block = b;
	best->value = value;
}

/* Places for a block that has team and times; consumed. */
static void try_places(struct solution *s, struct block *b, const struct offers_style *style, struct offers_choice *best)
{
	struct stop *stop = &b->stops[0];
	struct fill_request fill = {.stop = 0, .cap = stop->capacity, .least = offers_least(s, b, stop), .price = style->price};
	int64_t value = 0;
	bool filled;

	if (!solution_attach(s, b)) {
		block_free(b);
		return;
	}
	if (style->most > 0 && style->most < fill.cap)
		fill.cap = style->most;
	fill_begin(s);
	filled = fill_stop(s, b, &fill, &value);
	solution_detach(s, b);
	if (!filled) {
		block_free(b);
		return;
	}
	shell_trim(s, b, style->spare);
	keep_better(best, b, value - shell_cost(s->p, b) + offers_bonus(s, b) - style->slot_price * (int64_t)b->moves.len);
}

/* The shells that promise most at one site on one day. */
struct promising {
	struct solution *s;
	const struct offers_style *style;
	struct shell_request try;
	int64_t points[MOST_TAKERS + 1]; /* of so many takers */
	int32_t takers;                  /* to be had, as far as is known */
	bool doses_known;
	struct { struct block *block; int64_t value; } list[MOST_PROMISING];
	int32_t n, most;
};

static void learn_doses(struct promising *x, struct block *b)
{
	if (x->doses_known || !solution_attach(x->s, b))
		return;
	x->takers = fill_doses(x->s, b, x->takers);
	x->doses_known = true;
	solution_detach(x->s, b);
}

static void keep_promising(struct promising *x, struct block *b)
{
	int32_t cap = b->stops[0].capacity;
	int64_t value;
	int32_t at;

	cap = cap < x->takers ? cap : x->takers;
	if (x->style->most > 0 && x->style->most < cap)
		cap = x->style->most;
	value = x->points[cap] - x->style->price * cap - shell_cost(x->s->p, b) - x->style->slot_price * (int64_t)b->moves.len;
	if (x->n == x->most && x->list[x->n - 1].value >= value) {
		block_free(b);
		return;
	}
	at = x->n < x->most ? x->n++ : x->n - 1;
	if (at == x->most - 1)
		block_free(x->list[at].block);
	for (; at > 0 && x->list[at - 1].value < value; at--)
		x->list[at] = x->list[at - 1];
	x->list[at].block = b;
	x->list[at].value = value;
}

static void try_shell(struct promising *x)
{
	struct block *b = block_new(x->try.type, x->try.day);

	if (shell_find(x->s, &x->try, b) != SHELL_OK) {
		block_free(b);
		return;
	}
	learn_doses(x, b);
	keep_promising(x, b);
}

/* Lengths from what all takers need down to an eighth of it. */
static void try_lengths(struct promising *x)
{
	const struct problem *p = x->s->p;
	int32_t least = x->try.type == BLOCK_DAY ? (int32_t)p->o->day_min_minutes : 10;
	int32_t lowest = x->style->quick ? 4 : 1;
	int32_t before = -1;

	for (int32_t eighths = 8; eighths >= lowest; ) {
		bool known = x->doses_known;
		int64_t an_hour = x->try.posts * p->o->rate_per_hour;
		int64_t full = ((int64_t)x->takers * 60 + an_hour - 1) / an_hour;
		int32_t minutes = (int32_t)(((full < LONGEST_MIN ? full : LONGEST_MIN) * eighths / 8 + 4) / 5 * 5);

		x->try.minutes = minutes < least ? least : minutes;
		if (x->try.minutes != before)
			try_shell(x);
		before = x->try.minutes;
		/* Fewer doses than takers: the full length anew. */
		if (known || !x->doses_known)
			eighths -= x->style->thorough ? 1 : eighths / 2 > 0 ? (eighths + 1) / 2 : 1;
	}
}

void offers_try_site(struct solution *s, const struct shell_request *r, const struct offers_style *style, struct offers_choice *best)
{
	const struct problem *p = s->p;
	const struct site *site = &s->sites->items[r->site];
	struct promising x = {.s = s, .style = style, .try = *r, .most = style->quick ? 1 : style->thorough ? MOST_PROMISING : 2};
	int32_t posts = site->posts < MOST_POSTS ? site->posts : MOST_POSTS;

	if (site->day[r->day] != SITE_OPEN || !shell_staffed(s, r->day, r->type))
		return;
	fill_begin(s);
	x.takers = fill_curve(s, r->site, r->day, MOST_TAKERS, x.points);
	if (x.takers < (r->type == BLOCK_DAY ? p->o->day_min_expected : site->min_expected))
		return;
	x.try.step = style->step;
	x.try.offset = style->offset;
	x.try.most_moves = style->quick && r->type == BLOCK_SESSION ? QUICK_MOVES : 0;
	/* More posts than fill three hours are seldom worth their staff. */
	if (style->quick)
		posts = posts < 1 + x.takers / 48 ? posts : 1 + x.takers / 48;
	for (x.try.posts = posts; x.try.posts >= 1; x.try.posts--) {
		try_lengths(&x);
		if (style->quick && x.n > 0)
			break;
	}
	for (int32_t i = 0; i < x.n; i++)
		try_places(s, x.list[i].block, style, best);
}

bool offers_add(struct solution *s, struct block *b)
{
	if (!solution_attach(s, b)) {
		block_free(b);
		return false;
	}
	if (!solution_supply(s, b)) {
		for (int32_t i = 0; i < b->n_stops; i++)
			VEC_CLEAR(&b->stops[i].doses);
		solution_detach(s, b);
		block_free(b);
		return false;
	}
	solution_add(s, b);
	return true;
}

bool offers_refill(struct solution *s, struct block *b, int64_t price, int32_t most)
{
	size_t before = s->log.len;
	struct block *copy;
	bool ok = true;
	int64_t value;

	if (b->fixed)
		return false;
	copy = block_copy(b);
	for (int32_t i = 0; i < copy->n_stops; i++)
		block_clear_stop(&copy->stops[i]);
	if (!solution_remove(s, b)) {
		block_free(copy);
		return false;
	}
	/* A dose at the visit is worth more than one beside it, and opens the vial for both. */
	if (copy->type != BLOCK_TOUR && s->sites->items[copy->stops[0].site].centre >= 0)
		at_visit_fill(s, copy->day, price);
	ok = solution_attach(s, copy);
	if (!ok) {
		block_free(copy);
		solution_rollback(s, before);
		return false;
	}
	fill_begin(s);
	for (int32_t i = 0; i < copy->n_stops && ok; i++) {
		struct stop *stop = &copy->stops[i];
		struct fill_request r = {.stop = i, .cap = stop->capacity, .least = offers_least(s, copy, stop), .price = price};

		if (most > 0 && most < r.cap)
			r.cap = most > r.least ? most : r.least;
		ok = fill_stop(s, copy, &r, &value);
	}
	if (ok) {
		solution_add(s, copy);
		return true;
	}
	for (int32_t i = 0; i < copy->n_stops; i++)
		fill_undo(s, copy, i);
	solution_detach(s, copy);
	block_free(copy);
	solution_rollback(s, before);
	return false;
}

bool offers_trim(struct solution *s, struct block *b)
{
	size_t before = s->log.len;
	struct block *copy;

	if (b->fixed || b->type == BLOCK_TOUR || b->moves.len > 0 || b->stops[0].published >= 0)
		return false;
	copy = block_copy(b);
	if (!solution_remove(s, b)) {
		block_free(copy);
		return false;
	}
	shell_trim(s, copy, 0);
	if (offers_add(s, copy) && s->log.len == before + 2)
		return true;
	solution_rollback(s, before);
	return false;
}

void offers_refill_all(struct solution *s, int64_t price)
{
	size_t n = s->blocks.len;
	struct block **list = xcalloc(n + 1, sizeof(list[0]));

	for (size_t i = 0; i < n; i++)
		list[i] = s->blocks.items[i];
	for (size_t i = 0; i < n && !solution_halted(s); i++) {
		if (list[i]->at >= 0)
			(void)offers_refill(s, list[i], price, 0);
	}
	free(list);
}
