/* SPDX-License-Identifier: Apache-2.0 */
/* assign: moves are an item to another place, pushing somebody out if need be, or a vial from one pool to another; who
 * was pushed out takes the best place that is open, and what is left open takes the best of those without a place. */
#include "assign.h"

#include "assign_model.h"

#include <planvax/base/alloc.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PUSHED 24
#define VIALS_DRAWN 12
#define MOST_LOST 900 /* points of a vial that is given back: less than what an offer that falls short costs */

struct assigning {
	struct assign_model m;
	struct rng *rng;
	int32_t pushed[MAX_PUSHED]; /* items without a place for the moment */
	int32_t n_pushed;
	int32_t loose[MAX_PUSHED];  /* pools that lost somebody */
	int32_t n_loose;
};

static struct assign_place *place_of(struct assigning *a, int32_t item)
{
	int32_t at = a->m.items.items[item].at;

	return at >= 0 ? &a->m.places.items[at] : NULL;
}

static void note_loose(struct assigning *a, int32_t pool)
{
	for (int32_t i = 0; i < a->n_loose; i++) {
		if (a->loose[i] == pool)
			return;
	}
	if (a->n_loose < MAX_PUSHED)
		a->loose[a->n_loose++] = pool;
}

/* Takes an item out; false: it may not be without a place. */
static bool push_out(struct assigning *a, int32_t item)
{
	struct assign_item *x = &a->m.items.items[item];

	if (x->must || x->locked || x->at < 0 || a->n_pushed == MAX_PUSHED)
		return false;
	note_loose(a, a->m.places.items[x->at].pool);
	(void)assign_model_put(&a->m, item, -1);
	a->pushed[a->n_pushed++] = item;
	return true;
}

/* The best place of an item that needs no vial to be opened, and brings more than `least`; -1 none. */
static int32_t best_open(struct assigning *a, int32_t item, int64_t least)
{
	const struct assign_item *x = &a->m.items.items[item];
	int32_t best = -1;

	for (int32_t k = x->first; k < x->first + x->n; k++) {
		const struct assign_place *place = &a->m.places.items[k];
		const struct assign_bin *bin = &a->m.bins.items[place->bin];

		if (place->value <= least || k == x->at || bin->takers + place->n > bin->cap || assign_model_spare(&a->m, place->pool) < place->units)
			continue;
		least = place->value;
		best = k;
	}
	return best;
}

/* Who was pushed out takes what is open, the first first. */
static void settle_pushed(struct assigning *a)
{
	for (int32_t i = 0; i < a->n_pushed; i++) {
		int32_t to = a->m.items.items[a->pushed[i]].at < 0 ? best_open(a, a->pushed[i], 0) : -1;

		if (to >= 0)
			(void)assign_model_put(&a->m, a->pushed[i], to);
	}
	a->n_pushed = 0;
}

/* The place in a pool that gains most, of those that fit in `units`; from elsewhere an item costs what it brings there but
 * for the worth of the dose that it frees. */
static int32_t best_for(struct assigning *a, int32_t pool, int32_t units, int64_t worth)
{
	const struct assign_pool *x = &a->m.pools.items[pool];
	int64_t most = 0;
	int32_t best = -1;

	for (int32_t i = x->first; i < x->first + x->n; i++) {
		const struct assign_place *place = &a->m.places.items[a->m.by_pool[i]];
		const struct assign_item *item = &a->m.items.items[place->item];
		const struct assign_bin *bin = &a->m.bins.items[place->bin];
		int64_t gain = place->value;

		if (item->locked || place->units > units || bin->takers + place->n > bin->cap)
			continue;
		if (item->at >= 0) {
			const struct assign_place *now = &a->m.places.items[item->at];

			if (now->pool == pool || (item->must && place->visit >= 0))
				continue;
			gain += worth * now->n - now->value;
		}
		if (gain > most * place->n) {
			most = gain / place->n;
			best = a->m.by_pool[i];
		}
	}
	return best;
}

/* Fills what is open in a pool, at most so many doses beyond. */
static void fill_pool(struct assigning *a, int32_t pool, int32_t more, int64_t worth)
{
	int32_t left = assign_model_spare(&a->m, pool) + more;

	for (int tries = 0; left > 0 && tries < MAX_PUSHED; tries++) {
		int32_t best = best_for(a, pool, left, worth);
		int32_t from;

		if (best < 0)
			return;
		from = a->m.items.items[a->m.places.items[best].item].at;
		if (!assign_model_put(&a->m, a->m.places.items[best].item, best))
			return;
		if (from >= 0)
			note_loose(a, a->m.places.items[from].pool);
		left -= a->m.places.items[best].units;
	}
}

static void fill_loose(struct assigning *a)
{
	for (int32_t i = 0; i < a->n_loose; i++)
		fill_pool(a, a->loose[i], 0, 0);
	a->n_loose = 0;
}

/* ---- moves */

/* Makes room at a place: somebody of its bin, or of its pool. */
static bool make_room(struct assigning *a, const struct assign_place *place, int32_t but)
{
	const struct assign_bin *bin = &a->m.bins.items[place->bin];
	const struct assign_pool *pool = &a->m.pools.items[place->pool];
	bool full = bin->takers + place->n > bin->cap;
	uint32_t n = (uint32_t)pool->members.len;

	for (int tries = 0; n > 0 && tries < 8; tries++) {
		int32_t item = pool->members.items[rng_below(a->rng, n)];
		const struct assign_place *there = place_of(a, item);

		if (item == but || there->units < place->units || (full && (there->bin != place->bin || there->n < place->n)))
			continue;
		if (push_out(a, item))
			return true;
	}
	return false;
}

static bool move_item(struct assigning *a)
{
	int32_t item = (int32_t)rng_below(a->rng, (uint32_t)a->m.items.len);
	const struct assign_item *x = &a->m.items.items[item];
	int32_t to;

	if (x->locked || x->n == 0)
		return false;
	to = x->first + (int32_t)rng_below(a->rng, (uint32_t)x->n);
	if (to == x->at || (x->must && a->m.places.items[to].visit >= 0))
		return false;
	if (x->at >= 0)
		note_loose(a, a->m.places.items[x->at].pool);
	if (!assign_model_put(&a->m, item, to) && (!make_room(a, &a->m.places.items[to], item) || !assign_model_put(&a->m, item, to)))
		return false;
	settle_pushed(a);
	fill_loose(a);
	return true;
}

/* The member of a pool that brings least by the dose; -1 none that may go. */
static int32_t least_member(struct assigning *a, int32_t pool, int64_t *worth)
{
	const struct assign_pool *x = &a->m.pools.items[pool];
	int64_t least = INT64_MAX;
	int32_t best = -1;

	for (size_t i = 0; i < x->members.len; i++) {
		int32_t item = x->members.items[i];
		const struct assign_place *place = place_of(a, item);

		if (a->m.items.items[item].must || place->value / place->n >= least)
			continue;
		least = place->value / place->n;
		best = item;
	}
	*worth = least;
	return best;
}

static bool close_vial(struct assigning *a, int32_t pool, int64_t *worth)
{
	const struct assign_pool *x = &a->m.pools.items[pool];
	int32_t most = (x->units + x->per - 1) / x->per * x->per - x->per;

	*worth = 0;
	while (x->units > most) {
		int32_t item = least_member(a, pool, worth);

		if (item < 0 || !push_out(a, item))
			return false;
	}
	return true;
}

static bool move_vial(struct assigning *a)
{
	int32_t from = (int32_t)rng_below(a->rng, (uint32_t)a->m.pools.len);
	int32_t to = (int32_t)rng_below(a->rng, (uint32_t)a->m.pools.len);
	int64_t worth = 0;

	if (from == to || a->m.pools.items[from].units == 0)
		return false;
	if (!close_vial(a, from, &worth))
		return false;
	a->n_loose = 0;
	fill_pool(a, to, a->m.pools.items[to].per, worth);
	settle_pushed(a);
	fill_loose(a);
	return true;
}

/* A vial of the stock that is left. */
static bool open_vial(struct assigning *a)
{
	int32_t to = (int32_t)rng_below(a->rng, (uint32_t)a->m.pools.len);

	fill_pool(a, to, a->m.pools.items[to].per, 0);
	fill_loose(a);
	return true;
}

static bool move(struct assigning *a)
{
	uint32_t kind = rng_below(a->rng, 100);

	a->n_pushed = a->n_loose = 0;
	if (kind < 60)
		return move_item(a);
	return kind < 95 ? move_vial(a) : open_vial(a);
}

/* Points that a move may lose: small losses are likelier. */
static int64_t slack(struct assigning *a, int64_t hot)
{
	int64_t x = rng_range(a->rng, 0, 1000);

	return hot * x / 1000 * x / 1000;
}

bool assign_run(struct solution *s, const struct assign_effort *effort)
{
	struct assigning a = {.rng = effort->rng};
	int64_t best = 0;
	int32_t *at = NULL;
	bool better = false;

	if (assign_model_make(&a.m, s)) {
		at = xcalloc(a.m.items.len, sizeof(at[0]));
		for (int64_t i = 0; i < effort->moves; i++) {
			int64_t before = a.m.value;
			size_t length = a.m.trail.len;

			if (!move(&a) || a.m.value < before - slack(&a, effort->hottest * (effort->moves - i) / effort->moves))
				assign_model_back(&a.m, length);
			if (a.m.value <= best)
				continue;
			best = a.m.value;
			better = true;
			for (size_t k = 0; k < a.m.items.len; k++)
				at[k] = a.m.items.items[k].at;
		}
		assign_model_back(&a.m, 0);
		better = better && assign_model_write(&a.m, at, a.m.saved.total);
	}
	assign_model_release(&a.m);
	free(at);
	return better;
}

/* A pool, of some drawn by chance, whose last vial brings least; -1 none can lose one. */
static int32_t cheapest_vial(struct assigning *a)
{
	int64_t least = MOST_LOST;
	int32_t best = -1;

	for (int tries = 0; tries < VIALS_DRAWN; tries++) {
		int32_t pool = (int32_t)rng_below(a->rng, (uint32_t)a->m.pools.len);
		int64_t before = a->m.value;
		size_t length = a->m.trail.len;
		int64_t worth;

		a->n_pushed = a->n_loose = 0;
		if (a->m.pools.items[pool].units > 0 && close_vial(a, pool, &worth) && before - a->m.value < least) {
			least = before - a->m.value;
			best = pool;
		}
		assign_model_back(&a->m, length);
	}
	return best;
}

bool assign_free(struct solution *s, int32_t vials, struct rng *rng)
{
	struct assigning a = {.rng = rng};
	int32_t *at = NULL;
	bool done = false;

	if (assign_model_make(&a.m, s)) {
		at = xcalloc(a.m.items.len, sizeof(at[0]));
		for (int32_t i = 0; i < vials; i++) {
			int32_t pool = cheapest_vial(&a);
			int64_t worth;

			a.n_pushed = a.n_loose = 0;
			if (pool >= 0)
				done |= close_vial(&a, pool, &worth);
		}
		for (size_t k = 0; k < a.m.items.len; k++)
			at[k] = a.m.items.items[k].at;
		done = done && assign_model_write(&a.m, at, INT64_MIN);
		assign_model_back(&a.m, 0);
	}
	assign_model_release(&a.m);
	free(at);
	return done;
}
