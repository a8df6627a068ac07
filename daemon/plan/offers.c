/* SPDX-License-Identifier: Apache-2.0 */
/* offers: see offers.h. */
#include "offers.h"

#include "at_visit.h"

#include <assert.h>
#include <planvax/base/alloc.h>
#include <stdlib.h>

#define LONGEST_MIN 480
#define MOST_TAKERS 240
#define MOST_POSTS 4

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

void offers_try(struct solution *s, const struct shell_request *r, const struct offers_style *style, struct offers_choice *best)
{
	struct block *b = block_new(r->type, r->day);
	struct stop *stop = &b->stops[0];
	int64_t value = 0;
	bool filled;

	if (shell_find(s, r, b) != SHELL_OK || !solution_attach(s, b)) {
		block_free(b);
		return;
	}
	struct fill_request fill = {.stop = 0, .cap = stop->capacity, .least = offers_least(s, b, stop), .price = style->price};

	if (style->most > 0 && style->most < fill.cap)
		fill.cap = style->most;
	fill_begin(s);
	filled = fill_stop(s, b, &fill, &value);
	solution_detach(s, b);
	if (!filled) {
		block_free(b);
		return;
	}
	shell_trim(s, b);
	keep_better(best, b, value - shell_cost(s->p, b) + offers_bonus(s, b) - style->slot_price * (int64_t)b->moves.len);
}

void offers_try_site(struct solution *s, const struct shell_request *r, const struct offers_style *style, struct offers_choice *best)
{
	const struct problem *p = s->p;
	const struct site *site = &s->sites->items[r->site];
	struct shell_request try = *r;
	int64_t points;
	int32_t least = r->type == BLOCK_DAY ? (int32_t)p->o->day_min_minutes : 10;
	int32_t takers;

	if (site->day[r->day] != SITE_OPEN)
		return;
	fill_begin(s);
	takers = fill_potential(s, r->site, r->day, MOST_TAKERS, &points);
	if (takers < (r->type == BLOCK_DAY ? p->o->day_min_expected : site->min_expected))
		return;
	try.step = style->step;
	try.offset = style->offset;
	for (try.posts = 1; try.posts <= site->posts && try.posts <= MOST_POSTS; try.posts++) {
		int64_t full = ((int64_t)takers * 60 + try.posts * p->o->rate_per_hour - 1) / (try.posts * p->o->rate_per_hour);
		int32_t before = -1;

		full = full < LONGEST_MIN ? full : LONGEST_MIN;
		for (int32_t eighths = 8; eighths >= 1; eighths -= style->thorough ? 1 : eighths / 2 > 0 ? (eighths + 1) / 2 : 1) {
			int32_t minutes = (int32_t)((full * eighths / 8 + 4) / 5 * 5);

			try.minutes = minutes < least ? least : minutes;
			if (try.minutes != before)
				offers_try(s, &try, style, best);
			before = try.minutes;
		}
	}
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

void offers_refill_all(struct solution *s, int64_t price)
{
	size_t n = s->blocks.len;
	struct block **list = xcalloc(n + 1, sizeof(list[0]));

	for (size_t i = 0; i < n; i++)
		list[i] = s->blocks.items[i];
	for (size_t i = 0; i < n; i++) {
		if (list[i]->at >= 0)
			(void)offers_refill(s, list[i], price, 0);
	}
	free(list);
}
