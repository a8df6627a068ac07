/* SPDX-License-Identifier: Apache-2.0 */
/* fill: for each number of vials the best places are taken in order of value;
 * the number with the best balance wins. */
#include "fill.h"

#include "demand.h"

#include <assert.h>
#include <planvax/base/alloc.h>
#include <stdlib.h>

/* Candidates looked at beyond the cap: what does not fit makes room for the next. */
#define MORE_TAKERS 48
#define MAX_ITEMS 1024
/* Numbers of vials looked at below the best one. */
#define MOST_WORSE 6

struct item {
	const struct reach *reach;
	int32_t n;            /* takers */
	int32_t units, boosters;
	bool whole;           /* all or nothing */
	bool host;            /* must be in */
	int64_t value;        /* of all n */
};

struct filling {
	struct solution *s;
	struct block *b;
	struct stop *stop;
	const struct site *site;
	const struct fill_request *r;
	int32_t product;
	struct item *items;
	int32_t n_items;
	int32_t *taken;       /* takers by item, of the present choice */
	int32_t *best_taken;
};

void fill_begin(struct solution *s)
{
	s->mark++;
}

void fill_mark(struct solution *s, const struct stop *stop)
{
	for (size_t i = 0; i < stop->lines.len; i++)
		s->mark_company[stop->lines.items[i].company] = s->mark;
	for (size_t i = 0; i < stop->people.len; i++)
		s->mark_visitor[stop->people.items[i].visitor] = s->mark;
}

bool fill_line_doses(const struct problem *p, const struct line *line, int32_t day, int32_t product, struct dose out[2])
{
	const struct problem_company *pc = &p->companies[line->company];
	const struct vial *vial = &p->products[product];
	int32_t boosters = 0;

	if (!(pc->products >> product & 1) || (pc->boosters_differ && vial->units_booster != vial->units_other)) {
		struct demand_share share = demand_share(p, line->company, day, product);

		if (share.due > 0 && (2 * line->n * share.may + share.due) / (2 * share.due) < line->n)
			return false;
		if (share.due > 0 && vial->units_booster != vial->units_other)
			boosters = line->n * share.boosters / share.due;
	}
	out[0] = (struct dose){product, line->n - boosters, false};
	out[1] = (struct dose){product, boosters, true};
	return true;
}

void fill_add_doses(struct stop *stop, const struct dose *dose)
{
	if (dose->n == 0)
		return;
	for (size_t i = 0; i < stop->doses.len; i++) {
		if (stop->doses.items[i].product == dose->product && stop->doses.items[i].booster == dose->booster) {
			stop->doses.items[i].n += dose->n;
			return;
		}
	}
	VEC_PUSH(&stop->doses, *dose);
}

static int64_t line_points(const struct problem *p, const struct block *b, const struct line *line)
{
	return problem_points(p, line->n, p->companies[line->company].weight, line->distance_m, b->day);
}

int64_t fill_points(const struct problem *p, const struct block *b, const struct stop *stop)
{
	int64_t points = 0;

	for (size_t i = 0; i < stop->lines.len; i++)
		points += line_points(p, b, &stop->lines.items[i]);
	for (size_t i = 0; i < stop->people.len; i++) {
		const struct named *x = &stop->people.items[i];
		points += problem_points(p, 1, 100 * (int64_t)p->visitors[x->visitor].weight, x->distance_m, b->day);
	}
	return points;
}

static const struct site *known_site(const struct solution *s, int32_t site)
{
	sites_know(s->sites, site);
	return &s->sites->items[site];
}

/* ---- candidates */

static int32_t units_of(const struct problem *p, int32_t product, bool booster)
{
	return vials_units(&p->products[product], booster ? DOSE_BOOSTER : DOSE_PRIMARY);
}

/* What n takers of a company bring. */
static int64_t line_value(const struct filling *f, const struct reach *reach, int32_t n)
{
	const struct problem *p = f->s->p;
	const struct problem_company *pc = &p->companies[reach->index];
	struct line line = {reach->index, n, reach->distance_m};
	int64_t value = line_points(p, f->b, &line);

	if (pc->isolated)
		value += p->o->weights.isolated_taker * n;
	if (pc->was_placed && f->s->given[reach->index] == 0)
		value += p->o->weights.dropped;
	return value;
}

static bool make_line(const struct filling *f, const struct reach *reach, int32_t n, struct item *out)
{
	struct line line = {reach->index, n, reach->distance_m};
	struct dose doses[2];

	if (!fill_line_doses(f->s->p, &line, f->b->day, f->product, doses))
		return false;
	*out = (struct item){.reach = reach, .n = n, .boosters = doses[1].n};
	out->units = doses[0].n * units_of(f->s->p, f->product, false) + doses[1].n * units_of(f->s->p, f->product, true);
	out->whole = !f->s->p->companies[reach->index].split;
	out->value = line_value(f, reach, n);
	return true;
}

static bool make_named(const struct filling *f, const struct reach *reach, struct item *out)
{
	const struct problem *p = f->s->p;
	int8_t span = p->named_span[(size_t)reach->index * (size_t)p->n_days + (size_t)f->b->day];
	const struct forecast_span *forecast;

	if (span < 0 || f->s->visitors[reach->index].place != VISITOR_NONE || f->s->mark_visitor[reach->index] == f->s->mark)
		return false;
	forecast = &p->visitors[reach->index].spans[span];
	if (!(p->visitors[reach->index].span_products[span] >> f->product & 1))
		return false;
	*out = (struct item){.reach = reach, .n = 1, .boosters = forecast->kind == DOSE_BOOSTER, .whole = true};
	out->units = units_of(p, f->product, out->boosters > 0);
	out->value = problem_points(p, 1, 100 * (int64_t)p->visitors[reach->index].weight, reach->distance_m, f->b->day);
	if (p->visitor_was_placed[reach->index])
		out->value += p->o->weights.dropped;
	return true;
}

/* False: the host must be in and cannot. */
static bool gather(struct filling *f)
{
	const struct problem *p = f->s->p;
	int32_t host = f->site->company;
	int32_t takers = 0;
	bool host_in = host < 0 || f->s->given[host] > 0 || f->s->mark_company[host] == f->s->mark ||
		(problem_demand(p, host, f->b->day) == 0 && problem_demand(p, host, p->n_days - 1) == 0);

	f->n_items = 0;
	for (int32_t i = 0; i < f->site->n_reach && f->n_items < MAX_ITEMS; i++) {
		const struct reach *reach = &f->site->reach[i];
		bool is_host = !host_in && !reach->person && reach->index == host;
		struct item *out = &f->items[f->n_items];

		if (takers >= f->r->cap + MORE_TAKERS && !is_host)
			continue;
		if (reach->person) {
			if (!make_named(f, reach, out))
				continue;
		} else {
			int32_t n = f->s->mark_company[reach->index] == f->s->mark ? 0 : solution_asks(f->s, reach->index, f->b->day);

			if (n == 0 || !make_line(f, reach, n, out))
				continue;
		}
		out->host = is_host;
		host_in |= is_host;
		takers += out->n;
		f->n_items++;
	}
	return host_in;
}

/* ---- one number of vials */

struct balance {
	int64_t value;
	int32_t takers, units;
};

static void take(struct filling *f, int32_t i, struct balance *sum, int32_t most_units)
{
	struct item *item = &f->items[i];
	int32_t n = item->n;

	if (sum->takers + n > f->r->cap || sum->units + item->units > most_units) {
		int32_t each = (item->units + item->n - 1) / item->n;
		int32_t room = f->r->cap - sum->takers;

		if (item->whole)
			return;
		if ((most_units - sum->units) / each < room)
			room = (most_units - sum->units) / each;
		n = room < n ? room : n;
	}
	if (n <= 0)
		return;
	f->taken[i] = n;
	sum->takers += n;
	sum->units += n == item->n ? item->units : n * ((item->units + item->n - 1) / item->n);
	sum->value += n == item->n ? item->value : line_value(f, item->reach, n);
}

static struct balance choose(struct filling *f, int32_t most_units)
{
	struct balance sum = {0, 0, 0};

	for (int32_t i = 0; i < f->n_items; i++) {
		f->taken[i] = 0;
		if (f->items[i].host)
			take(f, i, &sum, most_units);
	}
	for (int32_t i = 0; i < f->n_items && sum.takers < f->r->cap && sum.units < most_units; i++) {
		if (!f->items[i].host)
			take(f, i, &sum, most_units);
	}
	return sum;
}

static bool host_taken(const struct filling *f)
{
	for (int32_t i = 0; i < f->n_items; i++) {
		if (f->items[i].host && f->taken[i] == 0)
			return false;
	}
	return true;
}

/* ---- the stop */

static void put_item(struct filling *f, const struct item *item, int32_t n)
{
	const struct problem *p = f->s->p;
	struct dose doses[2] = {{0}};

	if (item->reach->person) {
		VEC_PUSH(&f->stop->people, ((struct named){item->reach->index, item->reach->distance_m, f->product, item->boosters > 0}));
		doses[0] = (struct dose){f->product, 1, item->boosters > 0};
		f->s->mark_visitor[item->reach->index] = f->s->mark;
	} else {
		struct line line = {item->reach->index, n, item->reach->distance_m};

		VEC_PUSH(&f->stop->lines, line);
		(void)fill_line_doses(p, &line, f->b->day, f->product, doses);
		f->s->mark_company[line.company] = f->s->mark;
	}
	fill_add_doses(f->stop, &doses[0]);
	fill_add_doses(f->stop, &doses[1]);
	f->stop->expected += n;
}

/* Best choice over the numbers of vials; false: none reaches the least. */
static bool decide(struct filling *f, int64_t *value)
{
	const struct problem *p = f->s->p;
	int32_t per = p->products[f->product].units_per_vial;
	int32_t used = supply_units(f->s->supply, f->b->slot, f->product);
	int32_t spare = supply_vials(f->s->supply, f->b->slot, f->product) * per - used;
	int32_t each = units_of(p, f->product, false);
	int32_t want = (f->r->cap * each - spare + per - 1) / per;
	int32_t room = want > 0 ? supply_room(f->s->supply, f->b->slot, f->product, want) : 0;
	bool found = false;

	for (int32_t v = room, worse = 0; v >= 0 && worse < MOST_WORSE; v--) {
		struct balance sum = choose(f, spare + v * per);
		int32_t opened = sum.units > spare ? (sum.units - spare + per - 1) / per : 0;
		int64_t waste = (int64_t)opened * per - sum.units;
		int64_t net = sum.value - p->o->weights.wasted_dose * waste - f->r->price * opened * per / each;

		if (sum.takers < f->r->least || !host_taken(f))
			break;
		worse++;
		if (found && net < *value)
			continue;
		found = true;
		worse = 0;
		*value = net;
		for (int32_t i = 0; i < f->n_items; i++)
			f->best_taken[i] = f->taken[i];
	}
	return found;
}

static void clear(struct solution *s, struct stop *stop)
{
	for (size_t i = 0; i < stop->lines.len; i++)
		s->mark_company[stop->lines.items[i].company] = 0;
	for (size_t i = 0; i < stop->people.len; i++)
		s->mark_visitor[stop->people.items[i].visitor] = 0;
	block_clear_stop(stop);
}

static bool fill_by(struct filling *f, int64_t *value)
{
	struct supply *supply = f->s->supply;
	int32_t before = supply_units(supply, f->b->slot, f->product);

	if (!gather(f) || !decide(f, value))
		return false;
	int32_t old_units = block_units(f->s->p, f->b, f->product);

	f->stop->product = f->product;
	for (int32_t i = 0; i < f->n_items; i++) {
		if (f->best_taken[i] > 0)
			put_item(f, &f->items[i], f->best_taken[i]);
	}
	f->stop->points = fill_points(f->s->p, f->b, f->stop);
	int32_t more = block_units(f->s->p, f->b, f->product) - old_units;

	if (supply_set(supply, f->b->slot, f->product, before + more))
		return true;
	/* Partial lines may round to more units than were reckoned. */
	clear(f->s, f->stop);
	return false;
}

bool fill_stop(struct solution *s, struct block *b, const struct fill_request *r, int64_t *value)
{
	struct item items[MAX_ITEMS];
	int32_t taken[MAX_ITEMS], best_taken[MAX_ITEMS];
	struct filling f = {.s = s, .b = b, .stop = &b->stops[r->stop], .r = r, .items = items, .taken = taken, .best_taken = best_taken};
	int32_t stocked = 0;
	bool found = false;
	int32_t best = -1;

	for (int32_t k = 0; k < s->p->n_products; k++) {
		stocked += supply_total(s->supply, k) > 0;
		f.product = supply_total(s->supply, k) > 0 ? k : f.product;
	}
	f.site = known_site(s, f.stop->site);
	if (stocked == 1)
		return fill_by(&f, value);
	for (f.product = 0; f.product < s->p->n_products; f.product++) {
		int64_t net;

		if (supply_total(s->supply, f.product) == 0 || !fill_by(&f, &net))
			continue;
		if (!found || net > *value) {
			*value = net;
			best = f.product;
		}
		found = true;
		fill_undo(s, b, r->stop);
	}
	if (!found)
		return false;
	f.product = best;
	found = fill_by(&f, value);
	assert(found);
	return true;
}

void fill_undo(struct solution *s, struct block *b, int32_t stop)
{
	struct stop *x = &b->stops[stop];

	for (size_t i = 0; i < x->doses.len; i++) {
		const struct dose *dose = &x->doses.items[i];
		int32_t units = dose->n * units_of(s->p, dose->product, dose->booster);

		(void)supply_set(s->supply, b->slot, dose->product, supply_units(s->supply, b->slot, dose->product) - units);
	}
	clear(s, x);
}

/* Takers of a place of the list who are still to be had on a day. */
static int32_t free_takers(const struct solution *s, const struct reach *reach, int32_t day)
{
	const struct problem *p = s->p;

	if (!reach->person)
		return s->mark_company[reach->index] == s->mark ? 0 : solution_asks(s, reach->index, day);
	return s->mark_visitor[reach->index] != s->mark && s->visitors[reach->index].place == VISITOR_NONE &&
		p->named_span[(size_t)reach->index * (size_t)p->n_days + (size_t)day] >= 0;
}

int32_t fill_potential(const struct solution *s, int32_t site, int32_t day, int32_t cap, int64_t *value)
{
	const struct site *at = known_site(s, site);
	int64_t each = 100 * s->p->o->distance_limit_m;
	int32_t takers = 0;

	*value = 0;
	for (int32_t i = 0; i < at->n_reach && takers < cap; i++) {
		int32_t n = free_takers(s, &at->reach[i], day);

		n = n < cap - takers ? n : cap - takers;
		takers += n;
		*value += n * at->reach[i].key / each;
	}
	return takers;
}

int32_t fill_curve(const struct solution *s, int32_t site, int32_t day, int32_t cap, int64_t *points)
{
	const struct site *at = known_site(s, site);
	int64_t each = 100 * s->p->o->distance_limit_m;
	int32_t takers = 0;

	points[0] = 0;
	for (int32_t i = 0; i < at->n_reach && takers < cap; i++) {
		for (int32_t n = free_takers(s, &at->reach[i], day); n > 0 && takers < cap; n--) {
			takers++;
			points[takers] = points[takers - 1] + at->reach[i].key / each;
		}
	}
	return takers;
}

int32_t fill_doses(struct solution *s, const struct block *b, int32_t most)
{
	const struct problem *p = s->p;
	int32_t best = 0;

	for (int32_t k = 0; k < p->n_products; k++) {
		int32_t per = p->products[k].units_per_vial;
		int32_t each = p->products[k].units_booster < p->products[k].units_other ? p->products[k].units_booster : p->products[k].units_other;

		if (supply_total(s->supply, k) == 0)
			continue;
		int32_t spare = supply_vials(s->supply, b->slot, k) * per - supply_units(s->supply, b->slot, k);
		int32_t want = (most * each - spare + per - 1) / per;
		int32_t doses = (spare + (want > 0 ? supply_room(s->supply, b->slot, k, want) * per : 0)) / each;

		best = doses > best ? doses : best;
	}
	return best < most ? best : most;
}
