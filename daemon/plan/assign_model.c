/* SPDX-License-Identifier: Apache-2.0 */
/* assign_model: see assign_model.h. */
#include "assign_model.h"

#include "at_visit.h"
#include "fill.h"
#include "offers.h"

#include <assert.h>
#include <planvax/base/alloc.h>
#include <stdlib.h>
#include <string.h>

#define LACK_POINTS 1000 /* of a taker too few in an offer: more than any brings */

/* ---- making it */

static int32_t pool_at(struct assign_model *m, int32_t slot, int32_t product)
{
	size_t key = (size_t)slot * (size_t)m->s->p->n_products + (size_t)product;

	while (m->pool_of.len <= key)
		VEC_PUSH(&m->pool_of, -1);
	if (m->pool_of.items[key] < 0) {
		m->pool_of.items[key] = (int32_t)m->pools.len;
		VEC_PUSH(&m->pools, ((struct assign_pool){.slot = slot, .product = product, .per = m->s->p->products[product].units_per_vial,
			.units = supply_units(m->s->supply, slot, product)}));
	}
	return m->pool_of.items[key];
}

static int32_t item_of(struct assign_model *m, int32_t index, bool person)
{
	int32_t *at = person ? &m->visitor_item[index] : &m->company_item[index];

	if (*at < 0) {
		*at = (int32_t)m->items.len;
		VEC_PUSH(&m->items, ((struct assign_item){.index = index, .person = person, .at = -1}));
	}
	return *at;
}

static void add_company(struct assign_model *m, const struct block *b, const struct reach *reach, struct assign_place *x)
{
	const struct problem *p = m->s->p;
	const struct problem_company *pc = &p->companies[reach->index];
	struct line line = {reach->index, problem_demand(p, reach->index, b->day), reach->distance_m};
	const struct vial *vial;
	struct dose doses[2];
	int32_t product = m->pools.items[x->pool].product;

	if (pc->split || line.n == 0 || !fill_line_doses(p, &line, b->day, product, doses))
		return;
	vial = &p->products[product];
	x->item = item_of(m, reach->index, false);
	x->n = line.n;
	x->distance_m = line.distance_m;
	x->units = doses[0].n * vials_units(vial, DOSE_PRIMARY) + doses[1].n * vials_units(vial, DOSE_BOOSTER);
	x->value = problem_points(p, line.n, pc->weight, line.distance_m, b->day);
	if (pc->isolated)
		x->value += p->o->weights.isolated_taker * problem_demand(p, reach->index, p->n_days - 1);
	VEC_PUSH(&m->places, *x);
}

static void add_person(struct assign_model *m, const struct block *b, const struct reach *reach, struct assign_place *x)
{
	const struct problem *p = m->s->p;
	const struct visitor *v = &p->visitors[reach->index];
	int8_t span = p->named_span[(size_t)reach->index * (size_t)p->n_days + (size_t)b->day];
	int32_t product = m->pools.items[x->pool].product;

	if (span < 0 || !(v->span_products[span] >> product & 1))
		return;
	x->item = item_of(m, reach->index, true);
	x->n = 1;
	x->distance_m = reach->distance_m;
	x->booster = v->spans[span].kind == DOSE_BOOSTER;
	x->units = vials_units(&p->products[product], v->spans[span].kind);
	x->value = problem_points(p, 1, 100 * (int64_t)v->weight, reach->distance_m, b->day);
	VEC_PUSH(&m->places, *x);
}

static void add_stop(struct assign_model *m, int32_t block, const struct block *real, int32_t k)
{
	const struct block *b = m->saved.blocks.items[block];
	const struct stop *stop = &b->stops[k];
	const struct site *site = &m->s->sites->items[stop->site];
	struct assign_bin bin = {.block = block, .stop = k, .takers = stop->expected, .cap = stop->capacity, .least = offers_least(m->s, b, stop)};
	int32_t pool = pool_at(m, real->slot, stop->product);

	if (site->company >= 0) {
		int32_t host = item_of(m, site->company, false);

		m->items.items[host].must = true;
	}
	sites_know(m->s->sites, stop->site);
	for (int32_t i = 0; i < site->n_reach; i++) {
		struct assign_place x = {.bin = (int32_t)m->bins.len, .pool = pool, .visit = -1};

		if (site->reach[i].person)
			add_person(m, b, &site->reach[i], &x);
		else
			add_company(m, b, &site->reach[i], &x);
	}
	VEC_PUSH(&m->bins, bin);
}

static int32_t visit_bin(struct assign_model *m, int32_t staff, int32_t day)
{
	size_t key = (size_t)staff * (size_t)m->s->p->n_days + (size_t)day;

	if (m->day_bin[key] < 0) {
		m->day_bin[key] = (int32_t)m->bins.len;
		VEC_PUSH(&m->bins, ((struct assign_bin){.block = -1, .takers = m->s->doses_at[key], .cap = (int32_t)m->s->p->o->visit_places_per_day}));
	}
	return m->day_bin[key];
}

static void add_visit(struct assign_model *m, int32_t visit)
{
	struct solution *s = m->s;
	const struct problem *p = s->p;
	const struct visit_state *state = &s->visits[visit];
	int32_t v = p->visits[visit].visitor;

	if (v < 0 || state->postponed || state->staff < 0 || state->day < p->today || !p->staff[state->staff].injector)
		return;
	int8_t span = p->named_span[(size_t)v * (size_t)p->n_days + (size_t)state->day];

	for (int32_t k = 0; k < p->n_products && span >= 0; k++) {
		if (supply_total(s->supply, k) == 0 || !(p->visitors[v].span_products[span] >> k & 1))
			continue;
		struct assign_place x = {.item = item_of(m, v, true), .bin = visit_bin(m, state->staff, state->day), .visit = visit, .n = 1};

		x.pool = pool_at(m, supply_centre_slot(s->supply, p->visits[visit].centre, state->day), k);
		x.booster = p->visitors[v].spans[span].kind == DOSE_BOOSTER;
		x.units = vials_units(&p->products[k], p->visitors[v].spans[span].kind);
		x.value = p->o->weights.visit_dose * p->visitors[v].weight;
		VEC_PUSH(&m->places, x);
	}
}

/* Places in the order of their items. */
static void order_places(struct assign_model *m)
{
	struct assign_place *sorted = xcalloc(m->places.len + 1, sizeof(sorted[0]));
	int32_t next = 0;

	for (size_t i = 0; i < m->places.len; i++)
		m->items.items[m->places.items[i].item].n++;
	for (size_t i = 0; i < m->items.len; i++) {
		m->items.items[i].first = next;
		next += m->items.items[i].n;
		m->items.items[i].n = 0;
	}
	for (size_t i = 0; i < m->places.len; i++) {
		struct assign_item *item = &m->items.items[m->places.items[i].item];
		sorted[item->first + item->n++] = m->places.items[i];
	}
	if (m->places.len > 0)
		memcpy(m->places.items, sorted, m->places.len * sizeof(sorted[0]));
	free(sorted);
}

static void order_pools(struct assign_model *m)
{
	int32_t next = 0;

	m->by_pool = xcalloc(m->places.len + 1, sizeof(m->by_pool[0]));
	for (size_t i = 0; i < m->places.len; i++)
		m->pools.items[m->places.items[i].pool].n++;
	for (size_t i = 0; i < m->pools.len; i++) {
		m->pools.items[i].first = next;
		next += m->pools.items[i].n;
		m->pools.items[i].n = 0;
	}
	for (size_t i = 0; i < m->places.len; i++) {
		struct assign_pool *pool = &m->pools.items[m->places.items[i].pool];
		m->by_pool[pool->first + pool->n++] = (int32_t)i;
	}
}

/* The item has that place from the start; without it, it stays out of the model. */
static void begin_at(struct assign_model *m, int32_t item, const struct assign_place *like)
{
	struct assign_item *x = item >= 0 ? &m->items.items[item] : NULL;

	for (int32_t k = 0; x && k < x->n; k++) {
		const struct assign_place *place = &m->places.items[x->first + k];

		if (place->bin != like->bin || place->visit != like->visit || place->n != like->n || m->pools.items[place->pool].product != like->pool)
			continue;
		x->at = x->first + k;
		x->member = (int32_t)m->pools.items[place->pool].members.len;
		VEC_PUSH(&m->pools.items[place->pool].members, item);
		return;
	}
	if (x)
		x->locked = true;
}

static void begin(struct assign_model *m)
{
	const struct problem *p = m->s->p;

	for (size_t i = 0; i < m->bins.len; i++) {
		const struct assign_bin *bin = &m->bins.items[i];
		const struct stop *stop = bin->block >= 0 ? &m->saved.blocks.items[bin->block]->stops[bin->stop] : NULL;

		for (size_t k = 0; stop && k < stop->lines.len; k++)
			begin_at(m, m->company_item[stop->lines.items[k].company],
				&(struct assign_place){.bin = (int32_t)i, .visit = -1, .n = stop->lines.items[k].n, .pool = stop->product});
		for (size_t k = 0; stop && k < stop->people.len; k++)
			begin_at(m, m->visitor_item[stop->people.items[k].visitor],
				&(struct assign_place){.bin = (int32_t)i, .visit = -1, .n = 1, .pool = stop->people.items[k].product});
	}
	for (size_t i = 0; i < m->saved.doses.len; i++) {
		const struct saved_dose *dose = &m->saved.doses.items[i];
		const struct visit_state *state = &m->s->visits[dose->visit];
		int32_t bin = m->day_bin[(size_t)state->staff * (size_t)p->n_days + (size_t)state->day];

		begin_at(m, m->visitor_item[p->visits[dose->visit].visitor],
			&(struct assign_place){.bin = bin, .visit = dose->visit, .n = 1, .pool = dose->product});
	}
	/* Who is in a fixed offer stays there. */
	for (size_t i = 0; i < m->items.len; i++) {
		struct assign_item *x = &m->items.items[i];

		if (x->at < 0)
			x->locked |= x->person ? m->s->visitors[x->index].place != VISITOR_NONE : m->s->given[x->index] > 0;
		x->locked |= x->must && x->at < 0;
	}
}

bool assign_model_make(struct assign_model *m, struct solution *s)
{
	const struct problem *p = s->p;
	size_t days = p->s->n_staff * (size_t)p->n_days;
	int32_t block = 0;

	*m = (struct assign_model){.s = s};
	assert(s->log.len == 0);
	saved_take(&m->saved, s);
	m->visitor_item = xcalloc((size_t)p->n_visitors + 1, sizeof(int32_t));
	m->company_item = xcalloc(p->s->n_companies + 1, sizeof(int32_t));
	m->day_bin = xcalloc(days + 1, sizeof(int32_t));
	memset(m->visitor_item, -1, ((size_t)p->n_visitors + 1) * sizeof(int32_t));
	memset(m->company_item, -1, (p->s->n_companies + 1) * sizeof(int32_t));
	memset(m->day_bin, -1, (days + 1) * sizeof(int32_t));
	for (size_t i = 0; i < s->blocks.len; i++) {
		if (s->blocks.items[i]->fixed)
			continue;
		for (int32_t k = 0; k < s->blocks.items[i]->n_stops; k++)
			add_stop(m, block, s->blocks.items[i], k);
		block++;
	}
	for (int32_t v = 0; v < p->n_visits; v++)
		add_visit(m, v);
	order_places(m);
	order_pools(m);
	begin(m);
	return m->items.len > 0 && m->pools.len > 1;
}

void assign_model_release(struct assign_model *m)
{
	for (size_t i = 0; i < m->pools.len; i++)
		VEC_RELEASE(&m->pools.items[i].members);
	saved_release(&m->saved);
	VEC_RELEASE(&m->items);
	VEC_RELEASE(&m->places);
	VEC_RELEASE(&m->bins);
	VEC_RELEASE(&m->pools);
	VEC_RELEASE(&m->pool_of);
	VEC_RELEASE(&m->trail);
	free(m->by_pool);
	free(m->visitor_item);
	free(m->company_item);
	free(m->day_bin);
}

/* ---- changes */

int32_t assign_model_spare(const struct assign_model *m, int32_t pool)
{
	const struct assign_pool *x = &m->pools.items[pool];

	return (x->units + x->per - 1) / x->per * x->per - x->units;
}

/* What is lost by unused doses of a pool and by too few takers in a bin. */
static int64_t loss_at(const struct assign_model *m, const struct assign_place *place)
{
	const struct assign_bin *bin = &m->bins.items[place->bin];
	int64_t lack = bin->takers < bin->least ? bin->least - bin->takers : 0;

	return m->s->p->o->weights.wasted_dose * assign_model_spare(m, place->pool) + LACK_POINTS * lack;
}

static bool set_pool(struct assign_model *m, int32_t pool, int32_t units)
{
	struct assign_pool *x = &m->pools.items[pool];

	if (!supply_set(m->s->supply, x->slot, x->product, units))
		return false;
	x->units = units;
	return true;
}

static bool enter(struct assign_model *m, int32_t item, int32_t at)
{
	const struct assign_place *place = &m->places.items[at];
	struct assign_bin *bin = &m->bins.items[place->bin];
	struct assign_pool *pool = &m->pools.items[place->pool];
	int64_t before = loss_at(m, place);

	if (bin->takers + place->n > bin->cap || !set_pool(m, place->pool, pool->units + place->units))
		return false;
	bin->takers += place->n;
	m->items.items[item].at = at;
	m->items.items[item].member = (int32_t)pool->members.len;
	VEC_PUSH(&pool->members, item);
	m->value += place->value + before - loss_at(m, place);
	return true;
}

static void leave(struct assign_model *m, int32_t item)
{
	struct assign_item *x = &m->items.items[item];
	const struct assign_place *place = &m->places.items[x->at];
	struct assign_pool *pool = &m->pools.items[place->pool];
	int64_t before = loss_at(m, place);
	int32_t last = pool->members.items[--pool->members.len];
	bool done = set_pool(m, place->pool, pool->units - place->units);

	assert(done);
	(void)done;
	m->bins.items[place->bin].takers -= place->n;
	pool->members.items[x->member] = last;
	m->items.items[last].member = x->member;
	x->at = -1;
	m->value += before - loss_at(m, place) - place->value;
}

static bool change(struct assign_model *m, int32_t item, int32_t to)
{
	int32_t before = m->items.items[item].at;
	bool done = true;

	if (before >= 0)
		leave(m, item);
	if (to < 0 || enter(m, item, to))
		return true;
	if (before >= 0)
		done = enter(m, item, before);
	assert(done);
	return false;
}

bool assign_model_put(struct assign_model *m, int32_t item, int32_t place)
{
	int32_t before = m->items.items[item].at;

	if (place == before)
		return true;
	if (!change(m, item, place))
		return false;
	VEC_PUSH(&m->trail, ((struct assign_change){item, before}));
	return true;
}

void assign_model_back(struct assign_model *m, size_t length)
{
	while (m->trail.len > length) {
		struct assign_change last = m->trail.items[--m->trail.len];
		bool done = change(m, last.item, last.before);

		assert(done);
		(void)done;
	}
}

/* ---- writing it */

/* What an item had in a stop goes; what is not the model's stays. */
static void strip_stop(struct assign_model *m, struct stop *stop)
{
	size_t kept = 0;

	stop->expected = 0;
	VEC_CLEAR(&stop->doses);
	for (size_t i = 0; i < stop->lines.len; i++) {
		int32_t item = m->company_item[stop->lines.items[i].company];

		if (item >= 0 && !m->items.items[item].locked)
			continue;
		stop->expected += stop->lines.items[i].n;
		stop->lines.items[kept++] = stop->lines.items[i];
	}
	stop->lines.len = kept;
	kept = 0;
	for (size_t i = 0; i < stop->people.len; i++) {
		int32_t item = m->visitor_item[stop->people.items[i].visitor];

		if (item >= 0 && !m->items.items[item].locked)
			continue;
		stop->expected++;
		stop->people.items[kept++] = stop->people.items[i];
	}
	stop->people.len = kept;
}

static void count_doses(const struct problem *p, const struct block *b, struct stop *stop)
{
	for (size_t i = 0; i < stop->lines.len; i++) {
		struct dose doses[2] = {{0}};

		(void)fill_line_doses(p, &stop->lines.items[i], b->day, stop->product, doses);
		fill_add_doses(stop, &doses[0]);
		fill_add_doses(stop, &doses[1]);
	}
	for (size_t i = 0; i < stop->people.len; i++)
		fill_add_doses(stop, &(struct dose){stop->people.items[i].product, 1, stop->people.items[i].booster});
	stop->points = fill_points(p, b, stop);
}

static void write_item(struct assign_model *m, struct saved *to, int32_t item, int32_t at)
{
	const struct assign_place *place = &m->places.items[at];
	const struct assign_bin *bin = &m->bins.items[place->bin];
	int32_t index = m->items.items[item].index;
	int32_t product = m->pools.items[place->pool].product;
	struct stop *stop;

	if (place->visit >= 0) {
		VEC_PUSH(&to->doses, ((struct saved_dose){place->visit, product, place->booster}));
		return;
	}
	stop = &to->blocks.items[bin->block]->stops[bin->stop];
	stop->expected += place->n;
	if (m->items.items[item].person)
		VEC_PUSH(&stop->people, ((struct named){index, place->distance_m, product, place->booster}));
	else
		VEC_PUSH(&stop->lines, ((struct line){index, place->n, place->distance_m}));
}

/* Whether every stop still expects its least (H12), where it did before: the search only pays for a lack. */
static bool keeps_least(const struct assign_model *m, const struct saved *to, const int32_t *before)
{
	int32_t at = 0;

	for (size_t i = 0; i < to->blocks.len; i++) {
		const struct block *b = to->blocks.items[i];

		for (int32_t k = 0; k < b->n_stops; k++, at++) {
			int32_t least = offers_least(m->s, b, &b->stops[k]);

			if (b->stops[k].expected < least && b->stops[k].expected < before[at])
				return false;
		}
	}
	return true;
}

/* What each stop expects, in their order; the caller frees it. */
static int32_t *note_expected(const struct saved *to)
{
	size_t n = 0;

	for (size_t i = 0; i < to->blocks.len; i++)
		n += (size_t)to->blocks.items[i]->n_stops;
	int32_t *list = xcalloc(n + 1, sizeof(*list));
	n = 0;
	for (size_t i = 0; i < to->blocks.len; i++)
		for (int32_t k = 0; k < to->blocks.items[i]->n_stops; k++)
			list[n++] = to->blocks.items[i]->stops[k].expected;
	return list;
}

bool assign_model_write(struct assign_model *m, const int32_t *at, int64_t least)
{
	const struct problem *p = m->s->p;
	struct saved to = {.any = true};
	bool done;

	assign_model_back(m, 0);
	saved_take(&to, m->s);
	size_t kept = 0;

	for (size_t i = 0; i < to.doses.len; i++) {
		int32_t item = m->visitor_item[p->visits[to.doses.items[i].visit].visitor];

		if (item < 0 || m->items.items[item].locked)
			to.doses.items[kept++] = to.doses.items[i];
	}
	to.doses.len = kept;
	int32_t *before = note_expected(&to);
	for (size_t i = 0; i < to.blocks.len; i++) {
		for (int32_t k = 0; k < to.blocks.items[i]->n_stops; k++)
			strip_stop(m, &to.blocks.items[i]->stops[k]);
	}
	for (size_t i = 0; i < m->items.len; i++) {
		if (!m->items.items[i].locked && at[i] >= 0)
			write_item(m, &to, (int32_t)i, at[i]);
	}
	for (size_t i = 0; i < to.blocks.len; i++) {
		for (int32_t k = 0; k < to.blocks.items[i]->n_stops; k++)
			count_doses(p, to.blocks.items[i], &to.blocks.items[i]->stops[k]);
	}
	done = keeps_least(m, &to, before) && saved_put(&to, m->s) && solution_total(m->s) > least;
	free(before);
	if (!done)
		saved_restore(&m->saved, m->s);
	saved_release(&to);
	return done;
}
