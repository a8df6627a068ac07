/* SPDX-License-Identifier: Apache-2.0 */
/* lagrange: arithmetic is in doubles in a fixed order; sums of rounding errors
 * are far below the point that the bound adds. */
#include "lagrange.h"

#include "lagrange_eval.h"

#include <planvax/base/alloc.h>
#include <stdlib.h>
#include <string.h>

#define WORK 200000000.0     /* entries looked at, over all steps */
#define FEWEST_STEPS 25
#define MOST_STEPS 600
#define FIRST_THETA 0.05     /* of the way to the plan's points, by Polyak's rule */
#define STALLS 12
#define SHORTER 0.7
#define SHORTEST 0.001
#define INERTIA 0.8          /* of the last direction */

static void copy(const struct relaxation *m, struct lagrange_prices *to, const struct lagrange_prices *from)
{
	size_t spans = (size_t)m->n_spans;

	memcpy(to->item, from->item, (size_t)m->n_items * sizeof(double));
	memcpy(to->unit, from->unit, (size_t)m->n_lots * sizeof(double));
	memcpy(to->vehicle, from->vehicle, m->p->s->n_vehicles * spans * sizeof(double));
	memcpy(to->injector, from->injector, (m->p->s->n_centres + 1) * spans * sizeof(double));
}

static void init(const struct relaxation *m, struct lagrange_prices *x)
{
	size_t spans = (size_t)m->n_spans;

	x->item = xcalloc((size_t)m->n_items + 1, sizeof(double));
	x->unit = xcalloc((size_t)m->n_lots + 1, sizeof(double));
	x->vehicle = xcalloc(m->p->s->n_vehicles * spans + 1, sizeof(double));
	x->injector = xcalloc((m->p->s->n_centres + 1) * spans + 1, sizeof(double));
}

void lagrange_release(struct lagrange_prices *x)
{
	free(x->item);
	free(x->unit);
	free(x->vehicle);
	free(x->injector);
	*x = (struct lagrange_prices){NULL, NULL, NULL, NULL};
}

/* ---- where it begins */

struct ranked {
	double value, n;
	int32_t item;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a;
	const struct ranked *y = b;

	if (x->value > y->value || x->value < y->value)
		return x->value > y->value ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

/* What one taker of each item brings at best. */
static void best_values(const struct relaxation *m, struct ranked *list)
{
	for (int32_t i = 0; i < m->n_items; i++)
		list[i] = (struct ranked){0, m->items[i].most, i};
	for (int32_t k = 0; k < m->n_cells; k++) {
		const struct relax_cell *cell = &m->cells[k];

		for (int32_t w = 0; w < m->n_spans; w++) {
			if (!m->open[(size_t)k * (size_t)m->n_spans + (size_t)w])
				continue;
			for (int32_t e = cell->first; e < cell->first + cell->n; e++) {
				int32_t i = m->entries.items[e].item;
				double value = m->entries.items[e].base * m->spans[w].factor + m->items[i].bonus;

				if (m->takers[(size_t)i * (size_t)m->n_spans + (size_t)w] > 0 && value > list[i].value)
					list[i].value = value;
			}
		}
	}
	for (int32_t k = 0; k < m->n_visits; k++) {
		if (m->visits[k].points > list[m->visits[k].item].value)
			list[m->visits[k].item].value = m->visits[k].points;
	}
}

/* All doses at the price of the first that would be left, the items at what they bring above it. */
static void start(const struct relaxation *m, struct lagrange_prices *x)
{
	struct ranked *list = xcalloc((size_t)m->n_items + 1, sizeof(list[0]));
	double units = 0;
	double price = 0;

	best_values(m, list);
	for (int32_t i = 0; i < m->n_items; i++)
		x->item[i] = list[i].value;
	qsort(list, (size_t)m->n_items, sizeof(list[0]), compare_ranked);
	for (int32_t j = 0; j < m->n_lots; j++)
		units += m->lots[j].units;
	for (int32_t i = 0; i < m->n_items && price <= 0; i++) {
		units -= list[i].n;
		price = units < 0 ? list[i].value : 0;
	}
	for (int32_t i = 0; i < m->n_items; i++)
		x->item[i] = x->item[i] > price ? x->item[i] - price : 0;
	for (int32_t j = 0; j < m->n_lots; j++)
		x->unit[j] = price;
	free(list);
}

/* ---- steps */

/* Prices of one kind, what the last evaluation left, and the direction. */
struct part {
	double *price, *left, *last;
	size_t n;
};

/* What is left over lowers a price, but not below nothing; returns the square of the direction. */
static double aim(struct part *part)
{
	double sum = 0;

	for (size_t i = 0; i < part->n; i++) {
		double g = part->left[i];

		if (g > 0 && part->price[i] <= 0)
			g = 0;
		part->last[i] = g + INERTIA * part->last[i];
		if (part->last[i] > 0 && part->price[i] <= 0)
			part->last[i] = 0;
		sum += part->last[i] * part->last[i];
	}
	return sum;
}

static void go(struct part *part, double step)
{
	for (size_t i = 0; i < part->n; i++) {
		double price = part->price[i] - step * part->last[i];
		part->price[i] = price > 0 ? price : 0;
	}
}

static int32_t steps_of(const struct relaxation *m)
{
	double each = 0;

	for (int32_t i = 0; i < m->n_cells; i++)
		each += 2.0 * m->cells[i].n * m->n_spans;
	each = WORK / (each + 1);
	return each < FEWEST_STEPS ? FEWEST_STEPS : each > MOST_STEPS ? MOST_STEPS : (int32_t)each;
}

double lagrange_bound(const struct relaxation *m, double reached, struct lagrange_prices *prices)
{
	struct lagrange_prices now, left, last, best;
	size_t spans = (size_t)m->n_spans;
	struct lagrange_eval *eval = lagrange_eval_new(m);
	int32_t steps = steps_of(m);
	double theta = FIRST_THETA;
	double least = 0;
	int32_t stalls = 0;

	init(m, &now);
	init(m, &left);
	init(m, &last);
	init(m, &best);
	start(m, &now);
	struct part parts[4] = {
		{now.item, left.item, last.item, (size_t)m->n_items},
		{now.unit, left.unit, last.unit, (size_t)m->n_lots},
		{now.vehicle, left.vehicle, last.vehicle, m->p->s->n_vehicles * spans},
		{now.injector, left.injector, last.injector, (m->p->s->n_centres + 1) * spans}};
	for (int32_t k = 0; k < steps && theta > SHORTEST; k++) {
		double value = lagrange_eval_run(eval, &now, &left);
		double norm = 0;

		if (k == 0 || value < least) {
			stalls = k > 0 && value > least - 1e-4 * (least - reached) ? stalls + 1 : 0;
			least = value;
			copy(m, &best, &now);
		} else {
			stalls++;
		}
		if (stalls >= STALLS) {
			theta *= SHORTER;
			stalls = 0;
			copy(m, &now, &best);
		}
		for (int i = 0; i < 4; i++)
			norm += aim(&parts[i]);
		if (norm <= 0 || value <= reached)
			break;
		for (int i = 0; i < 4; i++)
			go(&parts[i], theta * (value - reached) / norm);
	}
	lagrange_eval_free(eval);
	lagrange_release(&now);
	lagrange_release(&left);
	lagrange_release(&last);
	if (prices)
		*prices = best;
	else
		lagrange_release(&best);
	return least;
}
