/* SPDX-License-Identifier: Apache-2.0 */
/* bound: a fractional knapsack of takers over all doses in stock. */
#include "bound.h"

#include "published.h"

#include <planvax/base/alloc.h>
#include <stdlib.h>

/* n takers that bring at most value together. */
struct item {
	int64_t value;
	int32_t n;
};

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a;
	const struct item *y = b;
	int64_t left = x->value * y->n;
	int64_t right = y->value * x->n;

	return left > right ? -1 : left < right;
}

/* First day on which an offer can be, and so the least delay; n_days: none. */
static int32_t first_open(const struct solution *s)
{
	const struct problem *p = s->p;

	/* Published offers stay where notice has passed. */
	if (p->in->published)
		return 0;
	for (int32_t d = 0; d < p->n_days; d++) {
		for (int32_t i = 0; i < s->sites->n; i++) {
			if (s->sites->items[i].day[d] == SITE_OPEN)
				return d;
		}
	}
	return p->n_days;
}

/* Whether a dose could be had at some day, whoever gives it. */
static bool ever_named(const struct problem *p, int32_t v)
{
	for (int32_t d = 0; d < p->n_days; d++) {
		if (p->named_span[(size_t)v * (size_t)p->n_days + (size_t)d] >= 0)
			return true;
	}
	return false;
}

static int64_t max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static size_t collect(const struct solution *s, struct item *items)
{
	const struct problem *p = s->p;
	int32_t open = first_open(s);
	size_t n = 0;

	for (int32_t v = 0; v < p->n_visitors; v++) {
		int64_t weight = p->visitors[v].weight;
		int64_t offered = open < p->n_days ? problem_points(p, 1, 100 * weight, 0, open) : 0;

		if (ever_named(p, v))
			items[n++] = (struct item){max64(p->o->weights.visit_dose * weight, offered), 1};
	}
	for (size_t c = 0; c < p->s->n_companies && open < p->n_days; c++) {
		int32_t most = 0;

		for (int32_t d = open; d < p->n_days; d++)
			most = problem_demand(p, (int32_t)c, d) > most ? problem_demand(p, (int32_t)c, d) : most;
		if (most > 0)
			items[n++] = (struct item){problem_points(p, most, p->companies[c].weight, 0, open) + 1, most};
	}
	return n;
}

static int64_t doses_in_stock(const struct solution *s)
{
	const struct problem *p = s->p;
	int64_t doses = 0;

	for (int32_t k = 0; k < p->n_products; k++) {
		const struct vial *v = &p->products[k];
		int32_t each = v->units_booster < v->units_other ? v->units_booster : v->units_other;

		doses += supply_total(s->supply, k) * (v->units_per_vial / each);
	}
	return doses;
}

static int64_t coverage_of(const struct solution *s)
{
	struct item *items = xcalloc((size_t)s->p->n_visitors + s->p->s->n_companies + 1, sizeof(items[0]));
	size_t n = collect(s, items);
	int64_t doses = doses_in_stock(s);
	int64_t coverage = 0;

	qsort(items, n, sizeof(items[0]), compare_items);
	for (size_t i = 0; i < n && doses > 0; i++) {
		int64_t take = items[i].n < doses ? items[i].n : doses;

		if (items[i].value <= 0)
			break;
		coverage += (items[i].value * take + items[i].n - 1) / items[i].n;
		doses -= take;
	}
	free(items);
	return coverage;
}

static bool published_day_in(const struct problem *p, int32_t week)
{
	const struct plan_service *old = p->in->published;

	for (size_t i = 0; old && i < old->n_days; i++) {
		int32_t d = old->days[i].date.days - p->in->from.days;
		if (d >= 0 && d < p->n_days && p->days[d].week == week)
			return true;
	}
	return false;
}

/* What every plan pays: weeks that cannot have a day, the least staff time of the others. */
static int64_t unavoidable(const struct solution *s)
{
	const struct problem *p = s->p;
	const struct plan_options *o = p->o;
	int64_t points = 0;
	int64_t minutes = 0;

	for (int32_t w = 0; w < p->n_weeks; w++) {
		bool possible = published_day_in(p, w);

		for (int32_t i = 0; i < s->sites->n_centres && !possible; i++) {
			for (int32_t d = p->weeks[w].first; d <= p->weeks[w].last; d++)
				possible |= s->sites->items[i].day_kind && s->sites->items[i].day[d] == SITE_OPEN;
		}
		if (p->weeks[w].wanted && !possible)
			points += o->weights.missing_weekly_day;
		else if (p->weeks[w].wanted)
			minutes += o->team_min * o->day_min_minutes;
	}
	/* Only where leaving a week out costs more. */
	if (o->weights.missing_weekly_day > o->weights.staff_hour * (o->team_min * o->day_min_minutes / 60 + 1))
		points += o->weights.staff_hour * (minutes / 60);
	return points;
}

struct bound bound_make(const struct solution *s)
{
	struct bound b = {.coverage = coverage_of(s)};

	b.total = b.coverage - unavoidable(s);
	return b;
}
