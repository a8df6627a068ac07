/* SPDX-License-Identifier: Apache-2.0 */
/* lagrange_eval: place by place and span by span the best way to hold offers,
 * then the weekly days and agencies that want one, then the visits. */
#include "lagrange_eval.h"

#include <planvax/base/alloc.h>
#include <stdlib.h>
#include <string.h>

#define NEVER 1e15           /* the price of what there is none of */
#define MOST_LEAST 64        /* fewest takers that are minded */

/* The cheapest lot for a class of products. */
struct offer_price {
	double price;
	int32_t lot;
};

/* An option as it is priced in a span. */
struct way {
	int32_t option;
	bool day;
	double fixed, each, least;
	struct offer_price prices[LAGRANGE_MAX_CLASSES];
};

/* The best of a cell in a span: value, option; of any kind and of weekly days. */
struct choice {
	double value;
	int32_t option;          /* -1: none */
};

struct lagrange_eval {
	const struct relaxation *m;
	const struct lagrange_prices *now;
	struct lagrange_prices *left;
	struct choice *best, *day;   /* cell x span */
	double *gain;                /* of the entries of one cell in one span, but for vials and team */
	struct offer_price *prices;  /* source (n_centres: all, then the service's) x span x class */
	struct way *ways;            /* of one cell and span */
	double *a_minute;            /* of the cheapest injector, by span */
};

static size_t at_span(const struct relaxation *m, int32_t row, int32_t w)
{
	return (size_t)row * (size_t)m->n_spans + (size_t)w;
}

static int32_t most_options(const struct relaxation *m)
{
	int32_t most = 0;

	for (int32_t i = 0; i < m->n_cells; i++)
		most = m->cells[i].n_options > most ? m->cells[i].n_options : most;
	return most;
}

struct lagrange_eval *lagrange_eval_new(const struct relaxation *m)
{
	struct lagrange_eval *x = xcalloc(1, sizeof(*x));
	size_t cells = (size_t)m->n_cells * (size_t)m->n_spans + 1;

	x->m = m;
	x->best = xcalloc(cells, sizeof(x->best[0]));
	x->day = xcalloc(cells, sizeof(x->day[0]));
	x->gain = xcalloc(m->entries.len + 1, sizeof(x->gain[0]));
	x->prices = xcalloc((m->p->s->n_centres + 2) * (size_t)m->n_spans * LAGRANGE_MAX_CLASSES, sizeof(x->prices[0]));
	x->ways = xcalloc((size_t)most_options(m) + 1, sizeof(x->ways[0]));
	x->a_minute = xcalloc((size_t)m->n_spans + 1, sizeof(x->a_minute[0]));
	return x;
}

void lagrange_eval_free(struct lagrange_eval *x)
{
	if (!x)
		return;
	free(x->best);
	free(x->day);
	free(x->gain);
	free(x->prices);
	free(x->a_minute);
	free(x->ways);
	free(x);
}

/* ---- prices */

static struct offer_price *prices_at(const struct lagrange_eval *x, int32_t source, int32_t w)
{
	return &x->prices[at_span(x->m, source, w) * LAGRANGE_MAX_CLASSES];
}

static void make_prices(struct lagrange_eval *x)
{
	const struct relaxation *m = x->m;
	int32_t all = (int32_t)m->p->s->n_centres;

	for (int32_t source = 0; source <= all + 1; source++) {
		for (int32_t w = 0; w < m->n_spans; w++) {
			struct offer_price *out = prices_at(x, source, w);

			for (int32_t k = 0; k < m->n_classes; k++)
				out[k] = (struct offer_price){NEVER, -1};
			for (int32_t j = 0; j < m->n_lots; j++) {
				const struct relax_lot *lot = &m->lots[j];

				if (lot->from > m->spans[w].last || lot->to < m->spans[w].first ||
					(source != all && lot->centre >= 0 && lot->centre != source))
					continue;
				for (int32_t k = 1; k < m->n_classes; k++) {
					if ((m->classes[k] >> lot->product & 1) && x->now->unit[j] < out[k].price)
						out[k] = (struct offer_price){x->now->unit[j], j};
				}
			}
		}
	}
	for (int32_t w = 0; w < m->n_spans; w++) {
		x->a_minute[w] = NEVER;
		for (int32_t h = 0; h <= all; h++) {
			double price = x->now->injector[at_span(m, h, w)];

			if (m->injector_supply[at_span(m, h, w)] > 0 && price < x->a_minute[w])
				x->a_minute[w] = price;
		}
	}
}

/* Vials that the option may use: its source's, those of the centre where it is, the service's. */
static void option_prices(const struct lagrange_eval *x, const struct relax_cell *cell, const struct relax_option *o, int32_t w,
	struct offer_price out[LAGRANGE_MAX_CLASSES])
{
	const struct offer_price *source = prices_at(x, o->source, w);
	const struct offer_price *own = cell->centre >= 0 ? prices_at(x, cell->centre, w) : source;

	for (int32_t k = 0; k < x->m->n_classes; k++)
		out[k] = own[k].price < source[k].price ? own[k] : source[k];
}

/* Points by taker and by offer for the time of the team. */
static double time_each(const struct lagrange_eval *x, const struct relax_option *o, int32_t w)
{
	double a_taker = 60.0 / (double)x->m->p->o->rate_per_hour;

	if (o->vehicle < 0)
		return o->each + x->a_minute[w] * a_taker;
	return o->each + x->now->vehicle[at_span(x->m, o->vehicle, w)] * o->vehicle_each +
		x->now->injector[at_span(x->m, x->m->p->s->vehicles[o->vehicle].centre, w)] * a_taker;
}

static double time_fixed(const struct lagrange_eval *x, const struct relax_option *o, int32_t w)
{
	if (o->vehicle < 0)
		return o->fixed;
	return o->fixed + (x->now->vehicle[at_span(x->m, o->vehicle, w)] +
		x->now->injector[at_span(x->m, x->m->p->s->vehicles[o->vehicle].centre, w)]) * o->vehicle_min;
}

/* ---- one offer */

/* Takers below the worth of a place who fill an offer up to its least: the cheapest, each at least one. */
struct filler {
	double loss[MOST_LEAST], n[MOST_LEAST];
	int32_t len, most;
};

static void keep_filler(struct filler *f, double loss, double n)
{
	bool full = f->len == f->most;
	int32_t at = full ? f->most - 1 : f->len++;

	if (full && f->loss[at] <= loss)
		return;
	for (; at > 0 && f->loss[at - 1] > loss; at--) {
		f->loss[at] = f->loss[at - 1];
		f->n[at] = f->n[at - 1];
	}
	f->loss[at] = loss;
	f->n[at] = n;
}

static double fill_up(const struct filler *f, double need)
{
	double loss = 0;

	for (int32_t i = 0; i < f->len && need > 0; i++) {
		double n = f->n[i] < need ? f->n[i] : need;

		loss += n * f->loss[i];
		need -= n;
	}
	/* Not enough in reach: none at all is possible. */
	return need > 1e-9 ? NEVER : loss;
}

static double value_of(const struct lagrange_eval *x, const struct relax_cell *cell, const struct way *o, int32_t w)
{
	const struct relaxation *m = x->m;
	const struct offer_price *prices = o->prices;
	struct filler filler = {.len = 0};
	double each = o->each;
	double value = -o->fixed;
	double takers = 0;
	double least = o->least < MOST_LEAST ? o->least : MOST_LEAST;

	filler.most = least > 1 ? (int32_t)least : 1;
	for (int32_t e = 0; e < cell->n; e++) {
		int32_t item = m->entries.items[cell->first + e].item;
		double n = m->takers[at_span(m, item, w)];
		double price = prices[m->items[item].class].price;
		double net = x->gain[e] - price - each;

		if (n <= 0 || price >= NEVER)
			continue;
		if (net > 0) {
			value += n * net;
			takers += n;
		} else if (takers < least) {
			keep_filler(&filler, -net, n);
		}
	}
	return takers < least ? value - fill_up(&filler, least - takers) : value;
}

static void make_gains(struct lagrange_eval *x, const struct relax_cell *cell, int32_t w)
{
	const struct relaxation *m = x->m;

	for (int32_t e = 0; e < cell->n; e++) {
		const struct relax_entry *entry = &m->entries.items[cell->first + e];
		x->gain[e] = entry->base * m->spans[w].factor + m->items[entry->item].bonus - x->now->item[entry->item];
	}
}

/* Whether y is never better than z. */
static bool beaten(const struct relaxation *m, const struct way *y, const struct way *z)
{
	if ((y->day && !z->day) || z->fixed > y->fixed || z->each > y->each || z->least > y->least)
		return false;
	for (int32_t k = 1; k < m->n_classes; k++) {
		if (z->prices[k].price > y->prices[k].price)
			return false;
	}
	return true;
}

/* The ways to hold an offer in a cell and a span that no other beats; returns their number. */
static int32_t list_ways(const struct lagrange_eval *x, const struct relax_cell *cell, int32_t w, struct way *ways)
{
	const struct relaxation *m = x->m;
	int32_t n = 0;

	for (int32_t k = 0; k < cell->n_options; k++) {
		const struct relax_option *o = &m->options[cell->first_option + k];
		struct way *way = &ways[n];
		bool any = o->vehicle < 0 || m->vehicle_supply[at_span(m, o->vehicle, w)] > 0;

		if (!any)
			continue;
		*way = (struct way){.option = cell->first_option + k, .day = o->day, .least = o->least};
		way->fixed = time_fixed(x, o, w);
		way->each = time_each(x, o, w);
		option_prices(x, cell, o, w, way->prices);
		for (int32_t i = 0; i < n && any; i++)
			any = !beaten(m, way, &ways[i]);
		n += any;
	}
	return n;
}

static void choose(struct lagrange_eval *x, int32_t i, int32_t w)
{
	const struct relaxation *m = x->m;
	const struct relax_cell *cell = &m->cells[i];
	struct choice best = {-NEVER, -1};
	struct choice day = {-NEVER, -1};
	int32_t n = 0;

	if (m->open[at_span(m, i, w)]) {
		make_gains(x, cell, w);
		n = list_ways(x, cell, w, x->ways);
	}
	for (int32_t k = 0; k < n; k++) {
		double value = value_of(x, cell, &x->ways[k], w);

		if (value > best.value)
			best = (struct choice){value, x->ways[k].option};
		if (x->ways[k].day && value > day.value)
			day = (struct choice){value, x->ways[k].option};
	}
	x->best[at_span(m, i, w)] = best;
	x->day[at_span(m, i, w)] = day;
}

/* ---- what it uses */

static void use_time(struct lagrange_eval *x, const struct relax_option *o, int32_t w, double takers)
{
	const struct relaxation *m = x->m;
	double a_taker = 60.0 / (double)m->p->o->rate_per_hour;
	int32_t home = 0;

	if (o->vehicle >= 0) {
		x->left->vehicle[at_span(m, o->vehicle, w)] -= o->vehicle_min + takers * o->vehicle_each;
		x->left->injector[at_span(m, m->p->s->vehicles[o->vehicle].centre, w)] -= o->vehicle_min + takers * a_taker;
		return;
	}
	while (home < (int32_t)m->p->s->n_centres && (m->injector_supply[at_span(m, home, w)] <= 0 ||
		x->now->injector[at_span(m, home, w)] > x->a_minute[w]))
		home++;
	x->left->injector[at_span(m, home, w)] -= takers * a_taker;
}

static void take(struct lagrange_eval *x, int32_t lot, int32_t item, double n)
{
	x->left->item[item] -= n;
	x->left->unit[lot] -= n;
}

/* Takes what an offer of the option holds. */
static void use(struct lagrange_eval *x, int32_t i, int32_t w, int32_t option)
{
	const struct relaxation *m = x->m;
	const struct relax_cell *cell = &m->cells[i];
	const struct relax_option *o = &m->options[option];
	struct offer_price prices[LAGRANGE_MAX_CLASSES];
	double each = time_each(x, o, w);
	double takers = 0;

	make_gains(x, cell, w);
	option_prices(x, cell, o, w, prices);
	for (int32_t e = 0; e < cell->n; e++) {
		int32_t item = m->entries.items[cell->first + e].item;
		const struct offer_price *price = &prices[m->items[item].class];
		double n = m->takers[at_span(m, item, w)];

		if (n <= 0 || price->lot < 0 || x->gain[e] - price->price - each <= 0)
			continue;
		take(x, price->lot, item, n);
		takers += n;
	}
	while (takers < o->least - 1e-9) {
		int32_t next = -1;
		double most = -NEVER;

		for (int32_t e = 0; e < cell->n; e++) {
			int32_t item = m->entries.items[cell->first + e].item;
			const struct offer_price *price = &prices[m->items[item].class];
			double net = x->gain[e] - price->price - each;

			if (m->takers[at_span(m, item, w)] > 0 && price->lot >= 0 && net <= 0 && net > most) {
				most = net;
				next = e;
			}
		}
		if (next < 0)
			break;
		int32_t item = m->entries.items[cell->first + next].item;
		double n = m->takers[at_span(m, item, w)];

		n = n < o->least - takers ? n : o->least - takers;
		take(x, prices[m->items[item].class].lot, item, n);
		takers += n;
		x->gain[next] = -NEVER;
	}
	use_time(x, o, w, takers);
}

/* ---- the whole */

/* Offers of a cell over the horizon; an agency's first is rewarded. */
static double cell_value(struct lagrange_eval *x, int32_t i)
{
	const struct relaxation *m = x->m;
	double reward = m->cells[i].msa && m->costs ? (double)m->p->o->weights.missing_msa : 0;
	double sum = 0;
	double most = -NEVER;
	int32_t at = -1;
	bool any = false;

	for (int32_t w = 0; w < m->n_spans; w++) {
		const struct choice *c = &x->best[at_span(m, i, w)];

		if (c->option < 0)
			continue;
		if (c->value > 0) {
			use(x, i, w, c->option);
			sum += c->value;
			any = true;
		}
		if (c->value > most) {
			most = c->value;
			at = w;
		}
	}
	if (any)
		return sum + reward;
	if (reward > 0 && at >= 0 && most + reward > 0) {
		use(x, i, at, x->best[at_span(m, i, at)].option);
		return most + reward;
	}
	return 0;
}

/* What the weekly day of a week adds at best to what its centres do anyway. */
static double week_value(struct lagrange_eval *x, int32_t week)
{
	const struct relaxation *m = x->m;
	double most = -NEVER;
	int32_t cell = -1;
	int32_t span = -1;

	for (int32_t w = 0; w < m->n_spans; w++) {
		for (int32_t i = 0; i < m->n_cells && m->spans[w].week == week; i++) {
			const struct choice *day = &x->day[at_span(m, i, w)];
			double anyway = x->best[at_span(m, i, w)].value;
			double more = day->value - (anyway > 0 ? anyway : 0);

			if (day->option >= 0 && more > most) {
				most = more;
				cell = i;
				span = w;
			}
		}
	}
	most += (double)m->p->o->weights.missing_weekly_day;
	if (cell < 0 || most <= 0)
		return 0;
	if (x->best[at_span(m, cell, span)].value <= 0)
		use(x, cell, span, x->day[at_span(m, cell, span)].option);
	return most;
}

static void give(struct lagrange_eval *x, const struct relax_visit *v, const struct offer_price *price)
{
	take(x, price->lot, v->item, 1);
}

/* What a dose at the visit brings: in its place, or elsewhere at the price of a move. */
struct dosing {
	double here, moved;
	const struct offer_price *here_price, *moved_price;
};

static struct dosing dosing_of(const struct lagrange_eval *x, const struct relax_visit *v)
{
	const struct relaxation *m = x->m;
	int32_t source = v->centre >= 0 ? v->centre : (int32_t)m->p->s->n_centres + 1;
	int32_t class = m->items[v->item].class;
	double worth = v->points - x->now->item[v->item];
	const struct offer_price *here = &prices_at(x, source, v->span)[class];
	struct dosing d = {.here_price = here, .moved_price = here};

	if (v->slot >= 0 && d.here_price->lot >= 0 && worth > d.here_price->price)
		d.here = worth - d.here_price->price;
	for (int32_t w = 0; w < m->n_spans && v->movable; w++) {
		const struct offer_price *price = &prices_at(x, source, w)[class];
		double value = worth - price->price - (m->costs ? (double)m->p->o->weights.moved : 0);

		if (price->lot >= 0 && m->takers[at_span(m, v->item, w)] > 0 && value > d.moved) {
			d.moved = value;
			d.moved_price = price;
		}
	}
	return d;
}

/* Visits first..end - 1 of one practitioner and day: the best places are given to those who gain most by them. */
static double slot_value(struct lagrange_eval *x, int32_t first, int32_t end)
{
	const struct relaxation *m = x->m;
	int64_t places = m->visits[first].slot >= 0 ? m->p->o->visit_places_per_day : 0;
	bool given[512] = {false};
	double sum = 0;

	for (; places > 0; places--) {
		double most = 0;
		int32_t best = -1;

		for (int32_t i = first; i < end && i - first < 512; i++) {
			struct dosing d = dosing_of(x, &m->visits[i]);

			if (!given[i - first] && d.here - d.moved > most) {
				most = d.here - d.moved;
				best = i;
			}
		}
		if (best < 0)
			break;
		struct dosing d = dosing_of(x, &m->visits[best]);

		given[best - first] = true;
		give(x, &m->visits[best], d.here_price);
		sum += d.here;
	}
	for (int32_t i = first; i < end; i++) {
		struct dosing d = dosing_of(x, &m->visits[i]);
		bool beyond = i - first >= 512;

		if (!beyond && given[i - first])
			continue;
		if (beyond && d.here > d.moved) {
			sum += d.here;
			give(x, &m->visits[i], d.here_price);
		} else if (d.moved > 0) {
			sum += d.moved;
			give(x, &m->visits[i], d.moved_price);
		}
	}
	return sum;
}

static double visits_value(struct lagrange_eval *x)
{
	const struct relaxation *m = x->m;
	double sum = 0;

	for (int32_t i = 0; i < m->n_visits; ) {
		int32_t end = i + 1;

		while (end < m->n_visits && m->visits[end].slot == m->visits[i].slot && (m->visits[i].slot >= 0 || end - i < 256))
			end++;
		sum += slot_value(x, i, end);
		i = end;
	}
	return sum;
}

/* Worth of all that is priced; all of it is left at first. */
static double endowment(struct lagrange_eval *x)
{
	const struct relaxation *m = x->m;
	size_t spans = (size_t)m->n_spans;
	double sum = m->constant;

	for (int32_t i = 0; i < m->n_items; i++) {
		x->left->item[i] = m->items[i].most;
		sum += x->now->item[i] * m->items[i].most;
	}
	for (int32_t j = 0; j < m->n_lots; j++) {
		x->left->unit[j] = m->lots[j].units;
		sum += x->now->unit[j] * m->lots[j].units;
	}
	for (size_t k = 0; k < m->p->s->n_vehicles * spans; k++) {
		x->left->vehicle[k] = m->vehicle_supply[k];
		sum += x->now->vehicle[k] * m->vehicle_supply[k];
	}
	for (size_t k = 0; k < (m->p->s->n_centres + 1) * spans; k++) {
		x->left->injector[k] = m->injector_supply[k];
		sum += x->now->injector[k] * m->injector_supply[k];
	}
	return sum;
}

double lagrange_eval_run(struct lagrange_eval *x, const struct lagrange_prices *now, struct lagrange_prices *left)
{
	const struct relaxation *m = x->m;
	double sum;

	x->now = now;
	x->left = left;
	sum = endowment(x);
	make_prices(x);
	for (int32_t i = 0; i < m->n_cells; i++) {
		for (int32_t w = 0; w < m->n_spans; w++)
			choose(x, i, w);
		sum += cell_value(x, i);
	}
	for (int32_t week = 0; week < m->p->n_weeks && m->costs; week++) {
		if (m->p->weeks[week].wanted)
			sum += week_value(x, week);
	}
	return sum + visits_value(x);
}
