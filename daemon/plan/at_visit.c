/* SPDX-License-Identifier: Apache-2.0 */
/* at_visit: centre by centre, the heaviest people first, vial by vial. */
#include "at_visit.h"

#include <planvax/base/alloc.h>
#include <stdlib.h>

#define MAX_CANDIDATES 512

struct candidate {
	int32_t visit, centre, weight;
	uint32_t products;
	bool booster;
};

/* The candidate visits of one day. */
struct candidates {
	struct candidate list[MAX_CANDIDATES];
	int32_t n;
};

bool at_visit_has_time(const struct solution *s, int32_t visit)
{
	const struct visit_state *state = &s->visits[visit];

	return state->staff >= 0 && !state->postponed && s->p->staff[state->staff].injector &&
		s->doses_at[(size_t)state->staff * (size_t)s->p->n_days + (size_t)state->day] < s->p->o->visit_places_per_day;
}

static void consider(struct candidates *c, const struct solution *s, int32_t visit)
{
	const struct problem *p = s->p;
	int32_t v = p->visits[visit].visitor;
	const struct forecast_span *span;
	int8_t named;

	if (v < 0 || s->visits[visit].day < p->today || c->n == MAX_CANDIDATES || s->visitors[v].place != VISITOR_NONE || !at_visit_has_time(s, visit))
		return;
	named = p->named_span[(size_t)v * (size_t)p->n_days + (size_t)s->visits[visit].day];
	if (named < 0)
		return;
	span = &p->visitors[v].spans[named];
	c->list[c->n++] = (struct candidate){
		visit, p->visits[visit].centre, p->visitors[v].weight, p->visitors[v].span_products[named], span->kind == DOSE_BOOSTER};
}

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a;
	const struct candidate *y = b;

	if (x->centre != y->centre)
		return x->centre < y->centre ? -1 : 1;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->visit < y->visit ? -1 : x->visit > y->visit;
}

/* First visit of a day in day order; visits_by_day of the problem. */
static void collect(struct candidates *c, const struct solution *s, int32_t day)
{
	const struct problem *p = s->p;

	c->n = 0;
	for (int32_t i = p->first_of_day[day]; i < p->first_of_day[day + 1]; i++) {
		if (s->visits[p->visits_by_day[i]].day == day)
			consider(c, s, p->visits_by_day[i]);
	}
	for (size_t i = 0; i < s->blocks.len; i++) {
		const struct block *b = s->blocks.items[i];

		for (size_t k = 0; k < b->moves.len; k++) {
			if (!b->moves.items[k].postponed && b->moves.items[k].day == day &&
				p->visits[b->moves.items[k].visit].day != day)
				consider(c, s, b->moves.items[k].visit);
		}
	}
	if (c->n > 1)
		qsort(c->list, (size_t)c->n, sizeof(c->list[0]), compare_candidates);
}

/* Gives doses of a product to candidates first..end-1 while units last; returns the units used. With `dry` nothing is
 * done but *points summed; places a day of practitioners are then minded too. */
struct dosing {
	struct solution *s;
	const struct candidates *c;
	int32_t first, end, product;
};

static bool takes(const struct dosing *d, int32_t i)
{
	const struct candidate *x = &d->c->list[i];

	return (x->products >> d->product & 1) && d->s->visitors[d->s->p->visits[x->visit].visitor].place == VISITOR_NONE;
}

static int32_t give(const struct dosing *d, int32_t units, bool dry, int64_t *points)
{
	struct { int32_t staff, n; } used[64];
	int32_t n_used = 0;
	int32_t spent = 0;

	*points = 0;
	for (int32_t i = d->first; i < d->end; i++) {
		const struct candidate *x = &d->c->list[i];
		int32_t each = vials_units(&d->s->p->products[d->product], x->booster ? DOSE_BOOSTER : DOSE_PRIMARY);
		int32_t staff = d->s->visits[x->visit].staff;
		int32_t k = 0;

		if (spent + each > units || !takes(d, i) || !at_visit_has_time(d->s, x->visit))
			continue;
		if (dry) {
			while (k < n_used && used[k].staff != staff)
				k++;
			if (k == 64)
				continue;
			if (k == n_used) {
				used[n_used].staff = staff;
				used[n_used++].n = d->s->doses_at[(size_t)staff * (size_t)d->s->p->n_days + (size_t)d->s->visits[x->visit].day];
			}
			if (used[k].n++ >= d->s->p->o->visit_places_per_day)
				continue;
		} else if (!solution_dose(d->s, x->visit, d->product, x->booster)) {
			continue;
		}
		spent += each;
		*points += d->s->p->o->weights.visit_dose * x->weight;
	}
	return spent;
}

/* One centre and product: what is open, then the best number of whole vials. */
static void dose_centre(const struct dosing *d, int32_t day, int64_t price)
{
	struct solution *s = d->s;
	int32_t slot = supply_centre_slot(s->supply, d->c->list[d->first].centre, day);
	int32_t per = s->p->products[d->product].units_per_vial;
	int32_t each = s->p->products[d->product].units_other;
	int32_t spare = supply_vials(s->supply, slot, d->product) * per - supply_units(s->supply, slot, d->product);
	int32_t want = ((d->end - d->first) * each - spare + per - 1) / per;
	int32_t room = want > 0 ? supply_room(s->supply, slot, d->product, want) : 0;
	int64_t best = 0;
	int32_t best_units = 0;
	int64_t points;

	for (int32_t v = 0; v <= room; v++) {
		int32_t spent = give(d, spare + v * per, true, &points);
		int32_t opened = spent > spare ? (spent - spare + per - 1) / per : 0;
		int64_t net = points - s->p->o->weights.wasted_dose * ((int64_t)opened * per - spent) - price * opened * per / each;

		if (net > best) {
			best = net;
			best_units = spent;
		}
	}
	if (best_units > 0)
		(void)give(d, best_units, false, &points);
}

void at_visit_fill(struct solution *s, int32_t day, int64_t price)
{
	struct candidates c;

	collect(&c, s, day);
	for (int32_t i = 0; i < c.n; ) {
		struct dosing d = {.s = s, .c = &c, .first = i, .end = i};

		while (d.end < c.n && c.list[d.end].centre == c.list[i].centre)
			d.end++;
		for (d.product = 0; d.product < s->p->n_products; d.product++) {
			if (supply_total(s->supply, d.product) > 0)
				dose_centre(&d, day, price);
		}
		i = d.end;
	}
}

void at_visit_fill_all(struct solution *s, int64_t price)
{
	for (int32_t d = 0; d < s->p->n_days; d++)
		at_visit_fill(s, d, price);
}

static void clear_one(struct solution *s, int32_t visit)
{
	int32_t v = s->p->visits[visit].visitor;

	if (v >= 0 && s->visitors[v].place == VISITOR_AT_VISIT && s->visitors[v].visit == visit)
		solution_undose(s, v);
}

void at_visit_clear(struct solution *s, int32_t day)
{
	const struct problem *p = s->p;

	for (int32_t i = p->first_of_day[day]; i < p->first_of_day[day + 1]; i++) {
		if (s->visits[p->visits_by_day[i]].day == day)
			clear_one(s, p->visits_by_day[i]);
	}
	for (size_t i = 0; i < s->blocks.len; i++) {
		const struct block *b = s->blocks.items[i];

		for (size_t k = 0; k < b->moves.len; k++) {
			if (!b->moves.items[k].postponed && b->moves.items[k].day == day)
				clear_one(s, b->moves.items[k].visit);
		}
	}
}

bool at_visit_has_dose(struct solution *s, int32_t visit)
{
	const struct problem *p = s->p;
	int32_t v = p->visits[visit].visitor;
	int32_t day = s->visits[visit].day;
	int32_t slot = supply_centre_slot(s->supply, p->visits[visit].centre, day);
	const struct forecast_span *span = problem_span(p, v, day);
	uint32_t products = problem_products(p, span);

	for (int32_t k = 0; k < p->n_products; k++) {
		int32_t each = vials_units(&p->products[k], span->kind);
		int32_t spare = supply_vials(s->supply, slot, k) * p->products[k].units_per_vial - supply_units(s->supply, slot, k);

		if ((products >> k & 1) && (spare >= each || supply_room(s->supply, slot, k, 1) > 0))
			return true;
	}
	return false;
}
