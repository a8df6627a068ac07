/* SPDX-License-Identifier: Apache-2.0 */
/* lagrange_model: items, vials, visits and supplies of the relaxation; places
 * and what offers cost there are lagrange_cells.c's. */
#include "lagrange_model.h"

#include "lagrange_cells.h"

#include <planvax/base/alloc.h>
#include <planvax/rules/vials.h>
#include <stdlib.h>
#include <string.h>

/* ---- days and vials */

static void make_spans(struct relaxation *m)
{
	const struct problem *p = m->p;

	m->spans = xcalloc((size_t)p->n_days, sizeof(m->spans[0]));
	for (int32_t d = 0; d < p->n_days; d++) {
		const struct problem_day *day = &p->days[d];

		if (d == 0 || day->week != p->days[d - 1].week || day->delay != p->days[d - 1].delay) {
			int64_t factor = 100 - p->o->delay_pct * day->delay;

			m->spans[m->n_spans++] = (struct relax_span){.first = d, .week = day->week, .factor = factor > 0 ? (double)factor : 0};
		}
		m->spans[m->n_spans - 1].last = d;
	}
}

static void make_lots(struct relaxation *m)
{
	const struct problem *p = m->p;

	m->lots = xcalloc(p->s->n_stock + 1, sizeof(m->lots[0]));
	for (size_t i = 0; i < p->s->n_stock; i++) {
		const struct stock_lot *row = &p->s->stock[i];
		struct relax_lot lot = {.product = problem_product(p, row->product), .centre = row->centre, .to = INT32_MAX};
		struct date last;

		if (lot.product < 0 || row->vials <= 0)
			continue;
		last = vials_last_day(&p->products[lot.product], row->delivered_on, row->expires_on);
		lot.from = date_is_none(row->delivered_on) ? 0 : row->delivered_on.days - p->in->from.days;
		if (!date_is_none(last))
			lot.to = last.days - p->in->from.days;
		lot.units = (double)row->vials * p->products[lot.product].units_per_vial;
		if (lot.from < p->n_days && lot.to >= 0 && lot.from <= lot.to)
			m->lots[m->n_lots++] = lot;
	}
}

/* ---- who asks */

/* Class of what any of those products may serve; 0: none that is in stock. */
static int32_t class_of(struct relaxation *m, uint32_t products)
{
	products &= m->classes[1];
	if (products == 0)
		return 0;
	for (int32_t k = 1; k < m->n_classes; k++) {
		if (m->classes[k] == products)
			return k;
	}
	if (m->n_classes == LAGRANGE_MAX_CLASSES)
		return 1;
	m->classes[m->n_classes] = products;
	return m->n_classes++;
}

static void make_classes(struct relaxation *m)
{
	m->n_classes = 2;
	for (int32_t j = 0; j < m->n_lots; j++)
		m->classes[1] |= 1u << m->lots[j].product;
}

/* What a company's takers may get, some of them at least. */
static uint32_t company_products(const struct problem *p, int32_t c)
{
	const struct problem_company *pc = &p->companies[c];
	uint32_t products = pc->n_due == 0 ? PROBLEM_ALL_PRODUCTS : 0;

	for (int32_t i = 0; i < pc->n_due; i++)
		products |= p->classes[p->due[pc->first_due + i].class].products;
	return products;
}

/* Takers that an offer of the published plan has, whatever is asked for now. */
static int32_t fixed_takers(const struct solution *s, int32_t c)
{
	return s->p->in->published ? s->given[c] : 0;
}

static void add_company(struct relaxation *m, int32_t c)
{
	const struct problem *p = m->p;
	struct relax_item item = {.company = c, .visitor = -1, .class = class_of(m, company_products(p, c))};
	double *takers = m->takers + (size_t)m->n_items * (size_t)m->n_spans;
	int32_t fixed = fixed_takers(m->s, c);
	int32_t least = INT32_MAX;
	int32_t most = fixed;

	for (int32_t d = 0; d < p->n_days; d++) {
		int32_t n = problem_demand(p, c, d);

		most = n > most ? n : most;
		least = n > 0 && n < least ? n : least;
	}
	if (most == 0 || item.class == 0)
		return;
	item.most = most;
	for (int32_t w = 0; w < m->n_spans; w++) {
		int32_t n = fixed;

		for (int32_t d = m->spans[w].first; d <= m->spans[w].last; d++)
			n = problem_demand(p, c, d) > n ? problem_demand(p, c, d) : n;
		takers[w] = n;
	}
	/* Who is served in part, or as few as are asked for then, may take the whole company off the list. */
	if (p->companies[c].isolated && m->costs)
		item.bonus = (double)p->o->weights.isolated_taker * problem_demand(p, c, p->n_days - 1) / (fixed > 0 ? 1 : least);
	m->items[m->n_items++] = item;
}

static void add_visitor(struct relaxation *m, int32_t v)
{
	const struct problem *p = m->p;
	double *takers = m->takers + (size_t)m->n_items * (size_t)m->n_spans;
	bool placed = p->visitor_was_placed[v];
	uint32_t products = placed ? PROBLEM_ALL_PRODUCTS : 0;
	bool any = placed;

	for (int32_t w = 0; w < m->n_spans; w++) {
		takers[w] = placed;
		for (int32_t d = m->spans[w].first; d <= m->spans[w].last; d++) {
			int8_t span = p->named_span[(size_t)v * (size_t)p->n_days + (size_t)d];

			if (span < 0)
				continue;
			products |= problem_products(p, &p->visitors[v].spans[span]);
			takers[w] = 1;
			any = true;
		}
	}
	struct relax_item item = {.company = -1, .visitor = v, .most = 1, .class = class_of(m, products)};

	if (any && item.class != 0)
		m->items[m->n_items++] = item;
}

static void make_items(struct relaxation *m)
{
	const struct problem *p = m->p;
	size_t most = p->s->n_companies + (size_t)p->n_visitors + 1;

	m->items = xcalloc(most, sizeof(m->items[0]));
	m->takers = xcalloc(most * (size_t)m->n_spans, sizeof(m->takers[0]));
	m->item_of_company = xcalloc(p->s->n_companies + 1, sizeof(m->item_of_company[0]));
	m->item_of_visitor = xcalloc((size_t)p->n_visitors + 1, sizeof(m->item_of_visitor[0]));
	for (size_t c = 0; c < p->s->n_companies; c++) {
		int32_t before = m->n_items;

		add_company(m, (int32_t)c);
		m->item_of_company[c] = m->n_items > before ? before : -1;
	}
	for (int32_t v = 0; v < p->n_visitors; v++) {
		int32_t before = m->n_items;

		add_visitor(m, v);
		m->item_of_visitor[v] = m->n_items > before ? before : -1;
	}
}

/* ---- doses at visits */

static int compare_visits(const void *a, const void *b)
{
	const struct relax_visit *x = a;
	const struct relax_visit *y = b;

	if (x->slot != y->slot)
		return x->slot < y->slot ? -1 : 1;
	return x->visit < y->visit ? -1 : x->visit > y->visit;
}

static int32_t span_of(const struct relaxation *m, int32_t day)
{
	int32_t w = 0;

	while (m->spans[w].last < day)
		w++;
	return w;
}

static void make_visits(struct relaxation *m)
{
	const struct problem *p = m->p;
	const struct plan_weights *w = &p->o->weights;

	m->visits = xcalloc((size_t)p->n_visits + 1, sizeof(m->visits[0]));
	for (int32_t i = 0; i < p->n_visits; i++) {
		const struct problem_visit *v = &p->visits[i];
		struct relax_visit *out = &m->visits[m->n_visits];
		int32_t item = v->visitor >= 0 ? m->item_of_visitor[v->visitor] : -1;

		if (item < 0)
			continue;
		*out = (struct relax_visit){.visit = i, .item = item, .slot = -1, .centre = v->centre, .span = span_of(m, v->day)};
		out->points = (double)(w->visit_dose * p->visitors[v->visitor].weight);
		out->movable = v->movable || p->in->published;
		if (v->staff >= 0 && p->staff[v->staff].injector && m->takers[(size_t)item * (size_t)m->n_spans + (size_t)out->span] > 0)
			out->slot = v->staff * p->n_days + v->day;
		/* Others move into the free places of a practitioner, and moves of the published plan may be none any more. */
		m->n_visits += out->slot >= 0 || out->movable;
	}
	qsort(m->visits, (size_t)m->n_visits, sizeof(m->visits[0]), compare_visits);
}

/* ---- what offers use */

/* Minutes of a day between a member's first and last, but for busy time. */
static int32_t free_minutes(const struct relaxation *m, int32_t staff, int32_t day)
{
	const struct problem *p = m->p;
	const agenda_list *list = agenda_day(&m->s->agenda, staff, day);
	bool busy[1440] = {false};
	int first, last;
	int32_t n = 0;

	if (!p->days[day].works || !hours_span(&p->s->staff[staff].hours, p->days[day].weekday, &first, &last))
		return 0;
	for (size_t i = 0; i < list->len; i++) {
		for (int32_t t = list->items[i].from; t < list->items[i].to && list->items[i].kind == AGENDA_BUSY; t++)
			busy[t > 0 ? t < 1440 ? t : 1439 : 0] = true;
	}
	for (int32_t t = first; t < last; t++)
		n += !busy[t];
	return n;
}

/* The best days of a member in a span, as many as the week allows. */
static double best_days(const struct relaxation *m, int32_t staff, const struct relax_span *span)
{
	int32_t minutes[7] = {0};
	int32_t n = 0;
	double sum = 0;

	for (int32_t d = span->first; d <= span->last && n < 7; d++) {
		int32_t x = free_minutes(m, staff, d);
		int32_t at = n++;

		for (; at > 0 && minutes[at - 1] < x; at--)
			minutes[at] = minutes[at - 1];
		minutes[at] = x;
	}
	for (int32_t i = 0; i < n && i < m->p->staff[staff].max_days; i++)
		sum += minutes[i];
	return sum;
}

static void make_supplies(struct relaxation *m)
{
	const struct problem *p = m->p;
	size_t spans = (size_t)m->n_spans;

	m->vehicle_supply = xcalloc((p->s->n_vehicles + 1) * spans, sizeof(m->vehicle_supply[0]));
	m->injector_supply = xcalloc((p->s->n_centres + 1) * spans, sizeof(m->injector_supply[0]));
	for (size_t w = 0; w < spans; w++) {
		for (size_t v = 0; v < p->s->n_vehicles; v++) {
			for (int32_t d = m->spans[w].first; d <= m->spans[w].last; d++) {
				if (p->days[d].works && (p->s->vehicles[v].weekdays >> p->days[d].weekday & 1))
					m->vehicle_supply[v * spans + w] += p->s->vehicles[v].max_minutes;
			}
		}
		for (size_t i = 0; i < p->s->n_staff; i++) {
			int32_t home = p->staff[i].centre >= 0 ? p->staff[i].centre : (int32_t)p->s->n_centres;

			if (p->staff[i].injector && p->in->published)
				m->injector_supply[(size_t)home * spans + w] += 1440.0 * 7;
			else if (p->staff[i].injector)
				m->injector_supply[(size_t)home * spans + w] += best_days(m, (int32_t)i, &m->spans[w]);
		}
	}
}

/* Points of a plan that serves nobody. */
static double empty_plan(const struct problem *p)
{
	const struct plan_weights *w = &p->o->weights;
	int64_t points = 0;

	for (int32_t i = 0; i < p->n_weeks; i++)
		points -= p->weeks[i].wanted ? w->missing_weekly_day : 0;
	for (size_t c = 0; c < p->s->n_companies; c++)
		points -= p->companies[c].isolated ? w->isolated_taker * problem_demand(p, (int32_t)c, p->n_days - 1) : 0;
	/* Travel and staff time are counted in whole kilometres and hours. */
	return (double)(points + w->travel_km + w->staff_hour);
}

void lagrange_model_make(struct relaxation *m, const struct solution *s, bool costs)
{
	*m = (struct relaxation){.p = s->p, .s = s, .costs = costs};
	make_spans(m);
	make_lots(m);
	make_classes(m);
	make_items(m);
	make_visits(m);
	make_supplies(m);
	if (costs)
		m->constant = empty_plan(m->p);
	lagrange_cells_make(m);
}

void lagrange_model_release(struct relaxation *m)
{
	free(m->spans);
	free(m->lots);
	free(m->items);
	free(m->takers);
	free(m->item_of_company);
	free(m->item_of_visitor);
	free(m->visits);
	free(m->vehicle_supply);
	free(m->injector_supply);
	free(m->cells);
	free(m->open);
	free(m->options);
	VEC_RELEASE(&m->entries);
	*m = (struct relaxation){.p = NULL};
}
