/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the routing core: every route keeps windows, length and capacity; small tasks reach the optimum. */
#include "route.h"

#include <planvax/base/rng.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SITES 64

struct world {
	struct route_task task;
	struct route_site sites[MAX_SITES];
	int32_t travel[(MAX_SITES + 2) * (MAX_SITES + 2)];
};

enum shape { SHAPE_PLAIN, SHAPE_WINDOWS, SHAPE_CAPACITY };

/* Places on a grid of 60 minutes a side; streets are at right angles. */
static void make_world(struct world *w, int32_t n, enum shape shape, uint64_t seed)
{
	int32_t x[MAX_SITES + 2], y[MAX_SITES + 2];
	struct rng rng;

	rng_init(&rng, seed, "world");
	for (int32_t i = 0; i < n + 2; i++) {
		x[i] = i < n ? (int32_t)rng_below(&rng, 61) : 30;
		y[i] = i < n ? (int32_t)rng_below(&rng, 61) : 30;
	}
	for (int32_t i = 0; i < n + 2; i++)
		for (int32_t j = 0; j < n + 2; j++)
			w->travel[i * (n + 2) + j] = abs(x[i] - x[j]) + abs(y[i] - y[j]);
	for (int32_t i = 0; i < n; i++) {
		int32_t open = shape == SHAPE_WINDOWS ? (int32_t)rng_below(&rng, 100) : 0;

		w->sites[i] = (struct route_site){
			.profit = 1 + (int32_t)rng_below(&rng, 50), .service = (int32_t)rng_below(&rng, 10), .open = open,
			.close = shape == SHAPE_WINDOWS ? open + 40 : 150, .load = 1 + (int32_t)rng_below(&rng, 9),
		};
	}
	w->task = (struct route_task){
		.n = n, .sites = w->sites, .travel = w->travel, .vehicles = 2, .back = 150, .capacity = shape == SHAPE_CAPACITY ? 12 : 1000,
	};
}

static int32_t travel(const struct route_task *t, int32_t from, int32_t to)
{
	return t->travel[from * (t->n + 2) + to];
}

/* End of a tour that goes on from `at` at time now, or -1 where it comes too late. */
static int32_t go(const struct route_task *t, int32_t from, int32_t to, int32_t now)
{
	now += travel(t, from, to);
	if (to > t->n)
		return now <= t->back ? now : -1;
	now = now < t->sites[to].open ? t->sites[to].open : now;
	return now <= t->sites[to].close ? now + t->sites[to].service : -1;
}

static void check_plan(const struct route_task *t, const struct route_plan *plan)
{
	bool seen[MAX_SITES] = {false};
	int64_t profit = 0;

	cr_assert_eq(plan->n_routes, t->vehicles);
	for (int32_t k = 0; k < plan->n_routes; k++) {
		int32_t now = t->depart, here = t->n, load = 0;

		for (int32_t i = 0; i < plan->length[k]; i++) {
			int32_t site = plan->stops[k][i];

			cr_assert(site >= 0 && site < t->n && !seen[site], "a site is visited twice");
			seen[site] = true;
			now = go(t, here, site, now);
			cr_assert_geq(now, 0, "route %d comes too late to stop %d", k, i);
			profit += t->sites[site].profit;
			load += t->sites[site].load;
			here = site;
		}
		cr_assert_geq(go(t, here, t->n + 1, now), 0, "route %d returns too late", k);
		cr_assert_leq(load, t->capacity, "route %d is too full", k);
	}
	cr_assert_eq(profit, plan->profit);
}

/* Best profit of one vehicle for each set of sites, by trying all orders. */
static void try_orders(const struct route_task *t, int32_t here, int32_t now, uint32_t set, int64_t *best)
{
	int64_t profit = 0;
	int32_t load = 0;

	for (int32_t i = 0; i < t->n; i++) {
		profit += set >> i & 1 ? t->sites[i].profit : 0;
		load += set >> i & 1 ? t->sites[i].load : 0;
	}
	if (load > t->capacity)
		return;
	if (go(t, here, t->n + 1, now) >= 0)
		best[set] = profit;
	for (int32_t i = 0; i < t->n; i++) {
		int32_t then = set >> i & 1 ? -1 : go(t, here, i, now);

		if (then >= 0)
			try_orders(t, i, then, set | 1U << i, best);
	}
}

/* The optimum for two vehicles. */
static int64_t optimum(const struct route_task *t)
{
	uint32_t sets = 1U << t->n;
	int64_t *best = calloc(sets, sizeof(*best)), most = 0;

	try_orders(t, t->n, t->depart, 0, best);
	for (uint32_t a = 0; a < sets; a++)
		for (uint32_t b = (sets - 1) & ~a;; b = (b - 1) & ~a) {
			if (best[a] + best[b] > most)
				most = best[a] + best[b];
			if (b == 0)
				break;
		}
	free(best);
	return most;
}

Test(route, small_tasks_reach_the_optimum)
{
	for (int shape = SHAPE_PLAIN; shape <= SHAPE_CAPACITY; shape++) {
		for (uint64_t seed = 1; seed <= 8; seed++) {
			static struct world w;
			struct route_plan plan;

			make_world(&w, 7, (enum shape)shape, seed);
			route_solve(&w.task, &(struct route_effort){.iterations = 4000, .seed = 1}, &plan);
			check_plan(&w.task, &plan);
			cr_assert_eq(plan.profit, optimum(&w.task), "shape %d, seed %d", shape, (int)seed);
			route_release(&plan);
		}
	}
}

Test(route, larger_tasks_keep_every_rule)
{
	for (int shape = SHAPE_PLAIN; shape <= SHAPE_CAPACITY; shape++) {
		for (uint64_t seed = 1; seed <= 5; seed++) {
			static struct world w;
			struct route_plan plan;

			make_world(&w, MAX_SITES, (enum shape)shape, seed);
			route_solve(&w.task, &(struct route_effort){.iterations = 2000, .seed = seed}, &plan);
			check_plan(&w.task, &plan);
			cr_assert_gt(plan.profit, 0);
			route_release(&plan);
		}
	}
}

Test(route, no_stop_that_fits_stays_out)
{
	static struct world w;
	struct route_plan plan;

	make_world(&w, MAX_SITES, SHAPE_PLAIN, 3);
	route_solve(&w.task, &(struct route_effort){.iterations = 64, .seed = 1}, &plan);
	for (int32_t site = 0; site < w.task.n; site++) {
		bool in = false;

		for (int32_t k = 0; k < plan.n_routes; k++)
			for (int32_t i = 0; i < plan.length[k]; i++)
				in = in || plan.stops[k][i] == site;
		for (int32_t k = 0; k < plan.n_routes && !in; k++) {
			int32_t length = 0;

			for (int32_t i = 0; i <= plan.length[k]; i++) {
				int32_t from = i ? plan.stops[k][i - 1] : w.task.n, to = i < plan.length[k] ? plan.stops[k][i] : w.task.n + 1;

				length += travel(&w.task, from, to) + (to < w.task.n ? w.sites[to].service : 0);
			}
			for (int32_t i = 0; i <= plan.length[k]; i++) {
				int32_t from = i ? plan.stops[k][i - 1] : w.task.n, to = i < plan.length[k] ? plan.stops[k][i] : w.task.n + 1;
				int32_t more = travel(&w.task, from, site) + travel(&w.task, site, to) - travel(&w.task, from, to) + w.sites[site].service;

				cr_assert_gt(length + more, w.task.back, "site %d fits route %d", site, k);
			}
		}
	}
	route_release(&plan);
}

Test(route, equal_seed_and_iterations_give_equal_routes)
{
	static struct world w;
	struct route_plan a, b;

	make_world(&w, MAX_SITES, SHAPE_WINDOWS, 9);
	route_solve(&w.task, &(struct route_effort){.iterations = 3000, .seed = 5}, &a);
	route_solve(&w.task, &(struct route_effort){.iterations = 3000, .seed = 5}, &b);
	cr_assert_eq(a.profit, b.profit);
	for (int32_t k = 0; k < a.n_routes; k++) {
		cr_assert_eq(a.length[k], b.length[k]);
		cr_assert_eq(memcmp(a.stops[k], b.stops[k], sizeof(int32_t) * (size_t)a.length[k]), 0);
	}
	route_release(&a);
	route_release(&b);
}

static double told_share(void *arg)
{
	int *asked = arg;

	return ++*asked > 3 ? 1 : 0.2;
}

Test(route, a_spent_budget_ends_the_search)
{
	static struct world w;
	struct route_plan plan;
	int asked = 0;

	make_world(&w, MAX_SITES, SHAPE_PLAIN, 2);
	route_solve(&w.task, &(struct route_effort){.told_share = told_share, .arg = &asked, .seed = 1}, &plan);
	cr_assert_eq(plan.iterations, 3 * 64);
	check_plan(&w.task, &plan);
	route_release(&plan);
}

Test(route, nothing_to_visit_and_nobody_to_drive_are_no_error)
{
	static struct world w;
	struct route_plan plan;

	make_world(&w, 5, SHAPE_PLAIN, 1);
	w.task.back = 0;
	route_solve(&w.task, &(struct route_effort){.iterations = 100, .seed = 1}, &plan);
	cr_assert_eq(plan.profit, 0);
	route_release(&plan);
	make_world(&w, 5, SHAPE_PLAIN, 1);
	w.task.vehicles = 0;
	route_solve(&w.task, &(struct route_effort){.iterations = 100, .seed = 1}, &plan);
	cr_assert_eq(plan.profit, 0);
	route_release(&plan);
	make_world(&w, 0, SHAPE_PLAIN, 1);
	route_solve(&w.task, &(struct route_effort){.iterations = 100, .seed = 1}, &plan);
	cr_assert_eq(plan.profit, 0);
	route_release(&plan);
}
