/* SPDX-License-Identifier: Apache-2.0 */
/* route: each iteration takes strings of stops out around a site that was drawn, and puts absent sites in again. */
#include "route_tours.h"

#include <planvax/base/alloc.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Tuned on Chao's, Solomon's and Cordeau's instances. */
#define NEAR_SITES 50          /* neighbours of a site that a ruin looks at */
#define FEW_ABSENT 20          /* up to here every absent site is tried */
#define MORE_ABSENT 10         /* else the near ones, and so many of the others */
#define STRING_STOPS 10.0      /* longest string */
#define GREEDY_SHARE 0.1       /* of iterations that put in the most profitable by the minute first */
#define GREEDY_MOST 500        /* candidates for that: each site put in looks at all of them again */
#define EVERYWHERE_SHARE 0.02  /* that try all absent sites in all tours */
#define MANY_SITES 400         /* above, such an iteration is as much rarer as it takes longer */
#define LENGTH_WEIGHT 0.1      /* a site's fair share of the drivers' time is worth so many mean profits */
#define ORDERS 6

struct search {
	const struct route_task *task;
	struct route_tours tours;
	struct rng rng;
	double removals;            /* mean stops taken out */
	double hot, cold;           /* temperature at first and at last */
	double mean_profit, weight; /* of a site that can be visited; of a tick */
	int32_t n_reachable;
	int32_t *reachable;
	int32_t n_near, *near;      /* n rows, nearest first, itself included */
	int32_t n_orders, *order[ORDERS]; /* sites, by profit, distance, windows */
	int32_t *rank[ORDERS];      /* of a site in each */
	int32_t n_candidates, *candidates;
	int32_t n_removed, *removed;
	bool *was_removed, *is_candidate;
	bool everywhere;
	int32_t *cost, *position;   /* of candidates by tour */
	double *wish;
	double value;               /* of the present tours */
	int64_t best_profit, best_spent;
	int32_t *best_n, *best;
	struct ranked { int64_t key; int32_t site; } *ranked;
};

static int32_t travel(const struct search *s, int32_t from, int32_t to)
{
	return s->task->travel[(size_t)from * (size_t)(s->task->n + 2) + (size_t)to];
}

static double draw(struct search *s)
{
	return (double)(rng_next(&s->rng) >> 11) * 0x1p-53;
}

/* ---- preparation */

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return x->key != y->key ? (x->key < y->key ? -1 : 1) : x->site - y->site;
}

/* Puts site into the row of the nearest found so far, *n of most. */
static void note_near(struct ranked *row, int32_t *n, int32_t most, struct ranked site)
{
	int32_t k = *n < most ? (*n)++ : most - 1;

	for (; k > 0 && compare_ranked(&row[k - 1], &site) > 0; k--)
		row[k] = row[k - 1];
	row[k] = site;
}

static void find_near(struct search *s)
{
	int32_t n = s->task->n;

	s->n_near = n < NEAR_SITES ? n : NEAR_SITES;
	s->near = xcalloc((size_t)n * (size_t)s->n_near + 1, sizeof(int32_t));
	for (int32_t i = 0; i < n; i++) {
		int32_t found = 0;

		for (int32_t j = 0; j < n; j++) {
			struct ranked site = {i == j ? -1 : travel(s, i, j), j};

			if (found < s->n_near || compare_ranked(&site, &s->ranked[found - 1]) < 0)
				note_near(s->ranked, &found, s->n_near, site);
		}
		for (int32_t j = 0; j < s->n_near; j++)
			s->near[(size_t)i * (size_t)s->n_near + (size_t)j] = s->ranked[j].site;
	}
}

static int64_t order_key(const struct search *s, int32_t order, int32_t site)
{
	const struct route_site *at = &s->task->sites[site];
	int64_t distance = (int64_t)travel(s, s->task->n, site) + travel(s, site, s->task->n + 1);

	switch (order) {
	case 0:
		return -(int64_t)at->profit;
	case 1:
		return -distance;
	case 2:
		return distance;
	case 3:
		return (int64_t)at->close - at->open;
	case 4:
		return at->open;
	}
	return at->close;
}

static void make_orders(struct search *s)
{
	int32_t n = s->task->n;

	s->n_orders = s->tours.windows ? ORDERS : 3;
	for (int32_t o = 0; o < s->n_orders; o++) {
		s->order[o] = xcalloc((size_t)n + 1, sizeof(int32_t));
		s->rank[o] = xcalloc((size_t)n + 1, sizeof(int32_t));
		for (int32_t i = 0; i < n; i++)
			s->ranked[i] = (struct ranked){order_key(s, o, i), i};
		qsort(s->ranked, (size_t)n, sizeof(*s->ranked), compare_ranked);
		for (int32_t i = 0; i < n; i++) {
			s->order[o][i] = s->ranked[i].site;
			s->rank[o][s->ranked[i].site] = i;
		}
	}
}

static void prepare(struct search *s, const struct route_task *task, uint64_t seed)
{
	size_t n = (size_t)task->n, m = (size_t)task->vehicles;
	double profit = 0;

	s->task = task;
	rng_init(&s->rng, seed, "route");
	route_tours_init(&s->tours, task, &s->rng);
	s->ranked = xcalloc(n + 1, sizeof(*s->ranked));
	s->reachable = xcalloc(n + 1, sizeof(int32_t));
	s->candidates = xcalloc(n + 1, sizeof(int32_t));
	s->removed = xcalloc(n + 1, sizeof(int32_t));
	s->was_removed = xcalloc(n + 1, sizeof(bool));
	s->is_candidate = xcalloc(n + 1, sizeof(bool));
	s->cost = xcalloc(n * m + 1, sizeof(int32_t));
	s->position = xcalloc(n * m + 1, sizeof(int32_t));
	s->wish = xcalloc(n + 1, sizeof(double));
	s->best_n = xcalloc(m + 1, sizeof(int32_t));
	s->best = xcalloc(n + 1, sizeof(int32_t));
	for (int32_t i = 0; i < task->n; i++) {
		if (s->tours.tour_of[i] == ROUTE_NEVER)
			continue;
		s->reachable[s->n_reachable++] = i;
		profit += task->sites[i].profit;
	}
	if (s->n_reachable == 0)
		return;
	s->mean_profit = profit / s->n_reachable;
	s->weight = LENGTH_WEIGHT * s->mean_profit * s->n_reachable / (((double)task->back - task->depart + 1) * task->vehicles);
	s->removals = s->tours.windows ? 12 : 20;
	s->hot = (s->tours.windows ? 1 : 2) * s->mean_profit;
	s->cold = (s->tours.windows ? 0.01 : 0.05) * s->mean_profit;
	s->value = -s->weight * (double)s->tours.spent;
	find_near(s);
	make_orders(s);
}

static void release(struct search *s)
{
	route_tours_release(&s->tours);
	for (int32_t o = 0; o < s->n_orders; o++) {
		free(s->order[o]);
		free(s->rank[o]);
	}
	free(s->ranked);
	free(s->reachable);
	free(s->candidates);
	free(s->removed);
	free(s->was_removed);
	free(s->is_candidate);
	free(s->cost);
	free(s->position);
	free(s->wish);
	free(s->best_n);
	free(s->best);
	free(s->near);
}

/* ---- ruin */

/* Takes a string around a stop out; every second time, all but a part in its middle ("split string"). */
static void remove_string(struct search *s, int32_t site, double longest)
{
	const struct route_tour *tour = &s->tours.tours[s->tours.tour_of[site]];
	int32_t n = tour->n, at = 1, spared = 0;
	int32_t out = 1 + (int32_t)(draw(s) * (longest < n ? longest : n));

	out = out > n ? n : out;
	while (tour->stop[at] != site)
		at++;
	if (out > 1 && out < n && rng_below(&s->rng, 2)) {
		spared = 1;
		while (out + spared < n && rng_below(&s->rng, 100))
			spared++;
	}
	int32_t span = out + spared, low = at - span + 1, high = at + span - 1 > n ? n - span + 1 : at;
	low = low < 1 ? 1 : low;
	int32_t first = low + (int32_t)rng_below(&s->rng, (uint32_t)(high - low + 1));
	int32_t spare = first + (int32_t)rng_below(&s->rng, (uint32_t)out + 1);
	struct route_cut cut = {s->tours.tour_of[site], first, first + span - 1, spare, spare + spared};

	for (int32_t i = cut.first; i <= cut.last; i++) {
		if (i >= cut.keep_first && i < cut.keep_last)
			continue;
		s->removed[s->n_removed++] = tour->stop[i];
		s->was_removed[tour->stop[i]] = true;
	}
	route_tours_cut(&s->tours, &cut);
}

/* Strings of several tours around a place. */
static void ruin(struct search *s, int32_t around)
{
	struct route_tours *t = &s->tours;
	int32_t used = 0;

	s->n_removed = 0;
	for (int32_t i = 0; i < s->task->vehicles; i++)
		used += t->tours[i].n > 0;
	if (used == 0)
		return;
	double mean = (double)(s->n_reachable - t->n_absent) / used, longest = mean < STRING_STOPS ? mean : STRING_STOPS;
	double most = 4 * s->removals / (1 + longest) - 1;
	int32_t strings = 1 + (int32_t)(draw(s) * (most < 1 ? 1 : most));
	const int32_t *near = &s->near[(size_t)around * (size_t)s->n_near];
	for (int32_t i = 0; i < s->n_near && strings > 0; i++) {
		int32_t tour = t->tour_of[near[i]];

		if (tour < 0 || t->tours[tour].changed)
			continue;
		remove_string(s, near[i], longest);
		strings--;
	}
}

/* ---- recreate */

static void add_candidate(struct search *s, int32_t site)
{
	s->candidates[s->n_candidates++] = site;
}

/* Of many absent sites those taken out, those near, and a few others. */
static void find_candidates(struct search *s, int32_t around)
{
	struct route_tours *t = &s->tours;
	const int32_t *near = &s->near[(size_t)around * (size_t)s->n_near];

	s->n_candidates = 0;
	if (t->n_absent <= FEW_ABSENT || s->everywhere) {
		memcpy(s->candidates, t->absent, sizeof(int32_t) * (size_t)t->n_absent);
		s->n_candidates = t->n_absent;
		return;
	}
	for (int32_t i = 0; i < s->n_removed; i++)
		add_candidate(s, s->removed[i]);
	for (int32_t i = 0; i < s->n_near; i++)
		if (t->tour_of[near[i]] == ROUTE_ABSENT && !s->was_removed[near[i]])
			add_candidate(s, near[i]);
	for (int32_t k = 0; k < MORE_ABSENT; k++) {
		int32_t site = t->absent[rng_below(&s->rng, (uint32_t)t->n_absent)];
		bool in = s->was_removed[site];

		for (int32_t i = 0; i < s->n_candidates && !in; i++)
			in = s->candidates[i] == site;
		if (!in)
			add_candidate(s, site);
	}
}

static void shuffle_candidates(struct search *s)
{
	for (int32_t i = s->n_candidates - 1; i > 0; i--) {
		int32_t j = (int32_t)rng_below(&s->rng, (uint32_t)i + 1), site = s->candidates[i];

		s->candidates[i] = s->candidates[j];
		s->candidates[j] = site;
	}
}

static void sort_candidates(struct search *s, int32_t order)
{
	const int32_t *rank = s->rank[order];

	if (s->n_candidates > s->task->n / 8) { /* going through all takes fewer steps */
		int32_t k = 0;

		for (int32_t i = 0; i < s->n_candidates; i++)
			s->is_candidate[s->candidates[i]] = true;
		for (int32_t i = 0; i < s->task->n; i++)
			if (s->is_candidate[s->order[order][i]])
				s->candidates[k++] = s->order[order][i];
		for (int32_t i = 0; i < s->n_candidates; i++)
			s->is_candidate[s->candidates[i]] = false;
		return;
	}
	for (int32_t i = 1; i < s->n_candidates; i++) {
		int32_t site = s->candidates[i], k = i;

		for (; k > 0 && rank[s->candidates[k - 1]] > rank[site]; k--)
			s->candidates[k] = s->candidates[k - 1];
		s->candidates[k] = site;
	}
}

/* What was absent before has no place in a tour that did not change. */
static bool is_worth_trying(const struct search *s, int32_t site, int32_t tour)
{
	return s->everywhere || s->tours.tours[tour].changed || s->was_removed[site];
}

/* Each candidate in turn at its cheapest place. */
static void insert_in_order(struct search *s)
{
	struct route_tours *t = &s->tours;

	for (int32_t i = 0; i < s->n_candidates; i++) {
		int32_t site = s->candidates[i], best = ROUTE_TOURS_NEVER, tour = -1, position = 0;
		bool empty = false;

		for (int32_t k = 0; k < s->task->vehicles; k++) {
			if (t->tours[k].n == 0 && empty)
				continue;
			empty = empty || t->tours[k].n == 0;
			if (!is_worth_trying(s, site, k))
				continue;
			int32_t at, cost = route_tours_cost(t, site, k, best, &at);
			if (cost < best) {
				best = cost;
				tour = k;
				position = at;
			}
		}
		if (tour >= 0)
			route_tours_put(t, site, tour, position);
	}
}

/* The candidate with most profit by additional tick first; profits are bent and blurred a little each time. */
static void insert_greedily(struct search *s)
{
	struct route_tours *t = &s->tours;
	int32_t m = s->task->vehicles, bend = (int32_t)rng_below(&s->rng, 3);
	double least = ((double)s->task->back - s->task->depart) * 1e-4 + 1;

	for (int32_t i = 0; i < s->n_candidates; i++) {
		double profit = s->task->sites[s->candidates[i]].profit, root = sqrt(profit);

		s->wish[i] = (bend == 0 ? root : bend == 1 ? profit : profit * root) * (1 + 0.2 * draw(s));
		for (int32_t k = 0; k < m; k++)
			s->cost[i * m + k] = is_worth_trying(s, s->candidates[i], k) ?
				route_tours_cost(t, s->candidates[i], k, ROUTE_TOURS_NEVER, &s->position[i * m + k]) : ROUTE_TOURS_NEVER;
	}
	for (;;) {
		double best = 0;
		int32_t pick = -1, tour = -1;

		for (int32_t i = 0; i < s->n_candidates; i++) {
			for (int32_t k = 0; k < m; k++) {
				int32_t cost = s->cost[i * m + k];

				if (cost != ROUTE_TOURS_NEVER && s->wish[i] > best * ((cost > 0 ? cost : 0) + least)) {
					best = s->wish[i] / ((cost > 0 ? cost : 0) + least);
					pick = i;
					tour = k;
				}
			}
		}
		if (pick < 0)
			return;
		route_tours_put(t, s->candidates[pick], tour, s->position[pick * m + tour]);
		s->n_candidates--;
		s->candidates[pick] = s->candidates[s->n_candidates];
		s->wish[pick] = s->wish[s->n_candidates];
		memcpy(&s->cost[pick * m], &s->cost[s->n_candidates * m], sizeof(int32_t) * (size_t)m);
		memcpy(&s->position[pick * m], &s->position[s->n_candidates * m], sizeof(int32_t) * (size_t)m);
		for (int32_t i = 0; i < s->n_candidates; i++)
			s->cost[i * m + tour] = route_tours_cost(t, s->candidates[i], tour, ROUTE_TOURS_NEVER, &s->position[i * m + tour]);
	}
}

static void recreate(struct search *s, int32_t around)
{
	s->everywhere = s->best_profit == 0 || draw(s) * (s->task->n > MANY_SITES ? s->task->n : MANY_SITES) < EVERYWHERE_SHARE * MANY_SITES;
	find_candidates(s, around);
	if (draw(s) < GREEDY_SHARE && s->n_candidates <= GREEDY_MOST) {
		insert_greedily(s);
	} else {
		/* By chance or by profit more often than by the others. */
		int32_t order = (int32_t)rng_below(&s->rng, (uint32_t)s->n_orders + 8) - 4;

		if (order < 0)
			shuffle_candidates(s);
		else
			sort_candidates(s, order < s->n_orders ? order : 0);
		insert_in_order(s);
	}
	for (int32_t i = 0; i < s->n_removed; i++)
		s->was_removed[s->removed[i]] = false;
}

/* ---- annealing */

static void remember(struct search *s)
{
	int32_t at = 0;

	s->best_profit = s->tours.profit;
	s->best_spent = s->tours.spent;
	for (int32_t k = 0; k < s->task->vehicles; k++) {
		const struct route_tour *tour = &s->tours.tours[k];

		s->best_n[k] = tour->n;
		memcpy(s->best + at, tour->stop + 1, sizeof(int32_t) * (size_t)tour->n);
		at += tour->n;
	}
}

static void step(struct search *s, double temperature)
{
	struct route_tours *t = &s->tours;
	int32_t around = s->reachable[rng_below(&s->rng, (uint32_t)s->n_reachable)];

	ruin(s, around);
	recreate(s, around);
	double value = (double)t->profit - s->weight * (double)t->spent;
	if (value <= s->value + temperature * log(draw(s) + 1e-300)) {
		route_tours_undo(t);
		return;
	}
	s->value = value;
	route_tours_keep(t);
	if (t->profit > s->best_profit || (t->profit == s->best_profit && t->spent < s->best_spent))
		remember(s);
}

static int64_t anneal(struct search *s, const struct route_effort *effort)
{
	double temperature = s->hot;
	int64_t done = 0;

	for (; !effort->iterations || done < effort->iterations; done++) {
		if (done % 64 == 0) {
			double told = effort->told_share ? effort->told_share(effort->arg) : 0;
			double share = effort->iterations ? (double)done / (double)effort->iterations : 0;

			share = told > share ? told : share;
			if (share >= 1)
				break;
			temperature = s->hot * pow(s->cold / s->hot, share);
		}
		step(s, temperature);
	}
	return done;
}

/* Goes back to the best tours and puts in what still fits. */
static void finish(struct search *s)
{
	struct route_tours *t = &s->tours;
	int32_t at = 0;

	for (int32_t k = 0; k < s->task->vehicles; k++)
		if (t->tours[k].n)
			route_tours_cut(t, &(struct route_cut){k, 1, t->tours[k].n, 0, 0});
	for (int32_t k = 0; k < s->task->vehicles; k++)
		for (int32_t i = 0; i < s->best_n[k]; i++)
			route_tours_put(t, s->best[at++], k, i);
	t->blink = INT32_MAX;
	s->n_removed = 0;
	s->everywhere = true;
	find_candidates(s, s->reachable[0]);
	sort_candidates(s, 0);
	insert_in_order(s);
	route_tours_keep(t);
	remember(s);
}

void route_solve(const struct route_task *task, const struct route_effort *effort, struct route_plan *out)
{
	struct search s = {.best_profit = 0};
	int32_t at = 0;

	prepare(&s, task, effort->seed);
	*out = (struct route_plan){.n_routes = task->vehicles};
	if (s.n_reachable && task->vehicles) {
		out->iterations = anneal(&s, effort);
		finish(&s);
	}
	out->profit = s.best_profit;
	out->length = xcalloc((size_t)task->vehicles + 1, sizeof(int32_t));
	out->stops = xcalloc((size_t)task->vehicles + 1, sizeof(int32_t *));
	for (int32_t k = 0; k < task->vehicles; k++) {
		out->length[k] = s.best_n[k];
		out->stops[k] = xcalloc((size_t)s.best_n[k] + 1, sizeof(int32_t));
		memcpy(out->stops[k], s.best + at, sizeof(int32_t) * (size_t)s.best_n[k]);
		at += s.best_n[k];
	}
	release(&s);
}

void route_release(struct route_plan *plan)
{
	for (int32_t k = 0; k < plan->n_routes; k++)
		free(plan->stops[k]);
	free(plan->stops);
	free(plan->length);
	*plan = (struct route_plan){.n_routes = 0};
}
