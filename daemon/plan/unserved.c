/* SPDX-License-Identifier: Apache-2.0 */
/* unserved: for each company left out, what bars each offer of the plan and
 * each new one that could take it in; the one with the fewest bars is told. */
#include "unserved.h"

#include "demand.h"
#include "explain.h"
#include "offers.h"
#include "shell.h"
#include "tours.h"

#include <planvax/base/alloc.h>
#include <stdlib.h>

#define REACHED_MOST 72      /* takers that are counted as reached */

/* A new offer at a site on one day, whoever it would take in. */
struct outlook {
	unsigned bars;
	uint32_t products;   /* with vials enough for the least offer */
	int32_t doses;       /* takers for whom they would do */
	int32_t takers;      /* who could be had, at most REACHED_MOST */
	int64_t cost;        /* of the cheapest team found, in points; INT64_MAX: none */
};

struct looking {
	struct solution *s;
	struct outlook *days; /* of one site */
	struct explain_finding *companies;
	bool *found;
};

static bool usable(const struct site *site)
{
	return site->day_kind || site->car || site->stop;
}

static int32_t least_of(const struct problem *p, const struct site *site)
{
	return site->car || site->stop ? site->min_expected : (int32_t)p->o->day_min_expected;
}

static int32_t vials_for(const struct problem *p, int32_t product, int32_t takers)
{
	int32_t per = p->products[product].units_per_vial;

	return (takers * p->products[product].units_other + per - 1) / per;
}

/* Products of which the slot could have doses for so many takers; *doses: at least for how many the fullest one would
 * do, up to REACHED_MOST. */
static uint32_t products_in(const struct solution *s, int32_t slot, int32_t takers, int32_t *doses)
{
	uint32_t products = 0;

	for (int32_t k = 0; k < s->p->n_products; k++) {
		int32_t per = s->p->products[k].units_per_vial;
		int32_t spare = supply_vials(s->supply, slot, k) * per - supply_units(s->supply, slot, k);
		int32_t room = supply_room(s->supply, slot, k, vials_for(s->p, k, takers > REACHED_MOST ? takers : REACHED_MOST));
		int32_t enough = (spare + room * per) / s->p->products[k].units_other;

		products |= enough >= takers ? 1u << k : 0;
		*doses = enough > *doses ? enough : *doses;
	}
	return products;
}

/* ---- new offers */

/* A team by car: whether there is one, and what its vials would be. */
static bool team_by_car(struct looking *l, int32_t i, int32_t day, struct outlook *out)
{
	const struct problem *p = l->s->p;
	const struct site *site = &l->s->sites->items[i];
	struct shell_request r = {.site = i, .day = day, .type = site->day_kind ? BLOCK_DAY : BLOCK_SESSION, .posts = 1, .step = 30};
	struct block *b = block_new(r.type, day);
	bool found;

	r.minutes = site->day_kind ? (int32_t)p->o->day_min_minutes
				   : (int32_t)((site->min_expected * 60 + p->o->rate_per_hour - 1) / p->o->rate_per_hour);
	found = shell_find(l->s, &r, b) == SHELL_OK;
	if (found)
		out->cost = shell_cost(p, b) - offers_bonus(l->s, b);
	if (found && solution_attach(l->s, b)) {
		out->products |= products_in(l->s, b->slot, least_of(p, site), &out->doses);
		solution_detach(l->s, b);
	}
	block_free(b);
	return found;
}

/* Of a tour with that stop alone, a crew of the least size and the least takers. */
static int64_t tour_cost(const struct problem *p, const struct site *site, const struct vehicle *v)
{
	const struct plan_weights *w = &p->o->weights;
	int64_t minutes = 2 * site->centre_min[v->centre] + v->setup_min + v->pack_min + site->min_expected * 60 / p->o->rate_per_hour;
	int64_t crew = p->o->team_min > 2 ? p->o->team_min : 2;

	return w->tour + w->stop + w->travel_km * 2 * site->centre_m[v->centre] / 1000 + w->staff_hour * crew * minutes / 60;
}

static bool team_by_vehicle(struct looking *l, int32_t i, int32_t day, struct outlook *out)
{
	const struct problem *p = l->s->p;
	const struct site *site = &l->s->sites->items[i];
	bool found = false;

	for (size_t v = 0; v < p->s->n_vehicles; v++) {
		int32_t slot;

		if (!tours_crew(l->s, (int32_t)v, day))
			continue;
		slot = supply_centre_slot(l->s->supply, p->s->vehicles[v].centre, day);
		out->products |= products_in(l->s, slot, least_of(p, site), &out->doses);
		found = true;
		if (out->cost > tour_cost(p, site, &p->s->vehicles[v]))
			out->cost = tour_cost(p, site, &p->s->vehicles[v]);
	}
	return found;
}

/* Vials that any team could bring: of those in stock whoever has them. */
static uint32_t products_anywhere(const struct solution *s, int32_t day, int32_t takers, int32_t *doses)
{
	uint32_t products = 0;

	for (int32_t centre = -1; centre < (int32_t)s->p->s->n_centres; centre++) {
		bool any = false;

		for (int32_t k = 0; k < s->p->n_products; k++)
			any |= supply_stocked(s->supply, centre, day, k);
		if (any)
			products |= products_in(s, supply_centre_slot(s->supply, centre, day), takers, doses);
	}
	return products;
}

/* Whether the company's takers may get the product that day. */
static bool may_get(const struct problem *p, int32_t c, int32_t n, int32_t day, int32_t product)
{
	struct line line = {c, n, 0};
	struct dose doses[2];

	return fill_line_doses(p, &line, day, product, doses);
}

static bool any_product(const struct problem *p, uint32_t products, int32_t c, int32_t n, int32_t day)
{
	for (int32_t k = 0; k < p->n_products; k++) {
		if ((products >> k & 1) && may_get(p, c, n, day, k))
			return true;
	}
	return false;
}

/* Whether those who may get one of the products are enough for an offer at the site. */
static bool enough_for(const struct solution *s, int32_t i, int32_t day, uint32_t products)
{
	const struct problem *p = s->p;
	const struct site *site = &s->sites->items[i];
	int32_t least = least_of(p, site);

	for (int32_t k = 0; k < site->n_reach && least > 0; k++) {
		const struct reach *reach = &site->reach[k];

		if (reach->person) {
			int8_t span = p->named_span[(size_t)reach->index * (size_t)p->n_days + (size_t)day];

			if (span >= 0 && s->visitors[reach->index].place == VISITOR_NONE)
				least -= (problem_products(p, &p->visitors[reach->index].spans[span]) & products) != 0;
		} else {
			int32_t n = solution_asks(s, reach->index, day);

			if (n > 0 && any_product(p, products, reach->index, n, day))
				least -= n;
		}
	}
	return least <= 0;
}

static unsigned closed_bars(const struct problem *p, uint8_t state, int32_t day)
{
	switch ((enum site_day)state) {
	case SITE_OPEN:
		return 0;
	case SITE_CLOSED:
		return p->days[day].works ? EXPLAIN_HOURS : EXPLAIN_HOURS | EXPLAIN_STAFF;
	case SITE_NOTICE:
		return EXPLAIN_NOTICE;
	case SITE_FORBIDDEN:
		return EXPLAIN_PINNED;
	}
	return 0;
}

/* A day of a site: as though it were open, if it is not. */
static void look_at_day(struct looking *l, int32_t i, int32_t day)
{
	const struct problem *p = l->s->p;
	const struct site *site = &l->s->sites->items[i];
	struct outlook *out = &l->days[day];
	uint8_t state = site->day[day];
	int64_t points;
	bool team = state == SITE_CLOSED;

	*out = (struct outlook){.bars = closed_bars(p, state, day), .cost = INT64_MAX};
	out->takers = fill_potential(l->s, i, day, REACHED_MOST, &points);
	if (out->takers < least_of(p, site))
		out->bars |= EXPLAIN_TOO_SMALL;
	if (!team) {
		site->day[day] = SITE_OPEN;
		if (site->car || site->day_kind)
			team = team_by_car(l, i, day, out);
		if (site->stop && (!team || out->products == 0))
			team |= team_by_vehicle(l, i, day, out);
		site->day[day] = state;
	}
	if (out->cost < INT64_MAX && points <= out->cost)
		out->bars |= EXPLAIN_NOT_WORTH;
	if (!team || state == SITE_CLOSED)
		out->products = products_anywhere(l->s, day, least_of(p, site), &out->doses);
	/* Vials that too few may get are none. */
	if (!(out->bars & EXPLAIN_TOO_SMALL) && !enough_for(l->s, i, day, out->products))
		out->products = 0;
	if (!team)
		out->bars |= EXPLAIN_STAFF;
}

/* The product that is missing: one that the service has at all, if there is any. */
static void name_doses(const struct solution *s, int32_t c, int32_t n, struct explain_finding *x)
{
	x->product = -1;
	for (int32_t k = 0; k < s->p->n_products; k++) {
		bool had = x->product >= 0 && supply_total(s->supply, x->product) > 0;

		/* Whose needs nobody knows may get anything: only what there is can be named. */
		if (s->p->companies[c].n_due == 0 && supply_total(s->supply, k) == 0)
			continue;
		if (!may_get(s->p, c, n, x->day, k) || had || (x->product >= 0 && supply_total(s->supply, k) == 0))
			continue;
		x->product = k;
		x->vials = vials_for(s->p, k, x->missing > n ? x->missing : n);
	}
}

static void keep(struct looking *l, int32_t c, const struct explain_finding *x)
{
	if (l->found[c] && !explain_nearer(x, &l->companies[c]))
		return;
	l->companies[c] = *x;
	l->found[c] = true;
}

/* The nearest that a new offer at a site comes to serving a company. */
static void look_for(struct looking *l, int32_t i, const struct reach *reach)
{
	const struct problem *p = l->s->p;
	const struct site *site = &l->s->sites->items[i];
	int32_t c = reach->index;

	for (int32_t d = 0; d < p->n_days; d++) {
		const struct outlook *day = &l->days[d];
		struct explain_finding x = {.bars = day->bars, .site = i, .day = d, .distance_m = reach->distance_m, .fresh = true,
			.vehicle = !site->car && !site->day_kind, .product = -1, .reached = day->takers};
		int32_t asks = solution_asks(l->s, c, d);
		int32_t n = p->companies[c].split ? 1 : asks;

		if (asks == 0)
			x.bars |= EXPLAIN_HOURS;
		else if (n > day->doses || !any_product(p, day->products, c, n, d))
			x.bars |= EXPLAIN_DOSES;
		if (x.bars == 0)
			x.bars = EXPLAIN_NOT_WORTH;
		x.missing = x.bars & EXPLAIN_TOO_SMALL ? least_of(p, site) - day->takers : least_of(p, site);
		keep(l, c, &x);
	}
}

static void look_from_sites(struct looking *l)
{
	for (int32_t i = 0; i < l->s->sites->n; i++) {
		const struct site *site = &l->s->sites->items[i];
		bool looked = false;

		if (!usable(site))
			continue;
		sites_know(l->s->sites, i);
		for (int32_t k = 0; k < site->n_reach; k++) {
			const struct reach *reach = &site->reach[k];

			if (reach->person || solution_unserved(l->s, reach->index) == 0)
				continue;
			fill_begin(l->s);
			for (int32_t d = 0; d < l->s->p->n_days && !looked; d++)
				look_at_day(l, i, d);
			looked = true;
			look_for(l, i, reach);
		}
	}
}

/* ---- offers of the plan */

static void look_at_offer(struct looking *l, const struct block *b, const struct stop *stop, const struct reach *reach)
{
	const struct problem *p = l->s->p;
	int32_t c = reach->index;
	int32_t asks = solution_asks(l->s, c, b->day);
	int32_t n = p->companies[c].split ? 1 : asks;
	int32_t doses = 0;
	struct explain_finding x = {.site = stop->site, .day = b->day, .distance_m = reach->distance_m, .product = -1};

	if (b->fixed)
		x.bars |= EXPLAIN_PINNED;
	if (asks == 0)
		x.bars |= EXPLAIN_HOURS;
	else if (!any_product(p, products_in(l->s, b->slot, n, &doses), c, n, b->day))
		x.bars |= EXPLAIN_DOSES;
	if (stop->expected + n > stop->capacity) {
		x.bars |= EXPLAIN_CAPACITY;
		x.missing = stop->expected + n - stop->capacity;
	}
	/* It was not taken in although it could be. */
	if (x.bars == 0)
		x.bars = EXPLAIN_NOT_WORTH;
	keep(l, c, &x);
}

static void look_from_offers(struct looking *l)
{
	for (size_t i = 0; i < l->s->blocks.len; i++) {
		const struct block *b = l->s->blocks.items[i];

		for (int32_t k = 0; k < b->n_stops; k++) {
			const struct site *site = &l->s->sites->items[b->stops[k].site];

			sites_know(l->s->sites, b->stops[k].site);
			for (int32_t r = 0; r < site->n_reach; r++) {
				const struct reach *reach = &site->reach[r];

				if (!reach->person && solution_unserved(l->s, reach->index) > 0)
					look_at_offer(l, b, &b->stops[k], reach);
			}
		}
	}
}

/* ---- nowhere */

/* Out of reach of all: its own demand would be a session, had it a room; or the nearest place is too far. */
static void look_nowhere(const struct solution *s, int32_t c, int32_t expected, struct explain_finding *x)
{
	const struct problem *p = s->p;
	int64_t least = p->companies[c].isolated ? p->o->small_min_expected : p->o->session_min_expected;

	*x = (struct explain_finding){.bars = EXPLAIN_NO_HOST, .site = -1, .day = -1, .distance_m = INT32_MAX, .product = -1};
	if (expected >= least)
		return;
	for (int32_t i = 0; i < s->sites->n; i++) {
		const struct site *site = &s->sites->items[i];
		int32_t metres = usable(site) ? problem_metres(p, site->at, p->s->companies[c].at) : INT32_MAX;

		if (metres < x->distance_m)
			*x = (struct explain_finding){.bars = EXPLAIN_DISTANCE, .site = i, .day = -1, .distance_m = metres, .product = -1};
	}
}

/* Offers of the plan that have places and doses left, but too far away. */
static void look_farther(struct looking *l, int32_t c)
{
	const struct problem *p = l->s->p;

	for (size_t i = 0; i < l->s->blocks.len; i++) {
		const struct block *b = l->s->blocks.items[i];
		int32_t asks = solution_asks(l->s, c, b->day);
		int32_t n = p->companies[c].split ? 1 : asks;
		int32_t doses = 0;

		for (int32_t k = 0; k < b->n_stops && asks > 0 && !b->fixed; k++) {
			const struct stop *stop = &b->stops[k];
			struct explain_finding x = {.bars = EXPLAIN_DISTANCE, .site = stop->site, .day = b->day, .product = -1};

			x.distance_m = problem_metres(p, l->s->sites->items[stop->site].at, p->s->companies[c].at);
			if (x.distance_m > p->o->distance_limit_m && stop->expected + n <= stop->capacity &&
				any_product(p, products_in(l->s, b->slot, n, &doses), c, n, b->day))
				keep(l, c, &x);
		}
	}
}

struct plan_unserved *unserved_make(struct solution *s, struct arena *arena, size_t *n)
{
	const struct problem *p = s->p;
	struct looking l = {.s = s};
	struct plan_unserved *list = ARENA_NEW(arena, struct plan_unserved, p->s->n_companies + 1);

	*n = 0;
	l.days = xcalloc((size_t)p->n_days, sizeof(l.days[0]));
	l.companies = xcalloc(p->s->n_companies + 1, sizeof(l.companies[0]));
	l.found = xcalloc(p->s->n_companies + 1, sizeof(l.found[0]));
	look_from_offers(&l);
	look_from_sites(&l);
	for (size_t c = 0; c < p->s->n_companies; c++) {
		struct plan_unserved *out = &list[*n];
		struct explain_finding *x = &l.companies[c];
		int32_t expected = solution_unserved(s, (int32_t)c);

		if (expected <= 0)
			continue;
		if (l.found[c] && (x->bars & (x->bars - 1) || x->bars == EXPLAIN_TOO_SMALL))
			look_farther(&l, (int32_t)c);
		if (!l.found[c])
			look_nowhere(s, (int32_t)c, expected, x);
		else if (x->bars & EXPLAIN_DOSES)
			name_doses(s, (int32_t)c, p->companies[c].split ? 1 : expected, x);
		*out = (struct plan_unserved){.siret = p->s->companies[c].siret, .expected = expected};
		explain_tell(s, arena, x, out);
		(*n)++;
	}
	free(l.days);
	free(l.companies);
	free(l.found);
	return list;
}
