/* SPDX-License-Identifier: Apache-2.0 */
/* bound: no plan is worth more, whatever was tried. */
#include "plan_world.h"

#include <criterion/criterion.h>

#define SHORT_RUN 1
#define LONG_RUN 400

static void expect_below(const struct plan_service *plan, const struct plan_service *other, uint64_t seed)
{
	int64_t coverage = other->score.weighted_expected + other->score.visit_points;

	cr_expect_geq(plan->bound_total, other->score.total, "seed %llu: total", (unsigned long long)seed);
	cr_expect_geq(plan->bound_coverage, coverage, "seed %llu: coverage", (unsigned long long)seed);
}

Test(bound, of_a_short_run_is_above_what_a_long_run_reaches)
{
	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct plan_world w;
		const struct plan_service *brief, *thorough;

		plan_world_random(&w, seed);
		plan_world_seal(&w, 0);
		w.in.iterations = SHORT_RUN;
		brief = plan_world_plan(&w);
		w.in.iterations = LONG_RUN;
		thorough = plan_world_plan(&w);
		expect_below(brief, thorough, seed);
		expect_below(thorough, brief, seed);
		plan_world_release(&w);
	}
}

Test(bound, holds_where_a_published_plan_stays)
{
	for (uint64_t seed = 1; seed <= 15; seed++) {
		struct plan_world w;
		const struct plan_service *first;

		plan_world_random(&w, seed);
		plan_world_seal(&w, 0);
		first = plan_world_plan(&w);
		w.in.published = first;
		w.in.now.utc_s += (int64_t)9 * 86400;
		expect_below(plan_world_plan(&w), first, seed);
		plan_world_release(&w);
	}
}

Test(bound, is_what_can_be_served_where_vials_are_none)
{
	struct plan_world w;
	const struct plan_service *plan;

	plan_world_small(&w);
	w.stock.len = 0;
	plan_world_seal(&w, 0);
	plan = plan_world_plan(&w);
	cr_expect_leq(plan->bound_coverage, 1, "nobody can be served: %lld", (long long)plan->bound_coverage);
	cr_expect_leq(plan->bound_total - plan->score.total, w.options.weights.travel_km + w.options.weights.staff_hour + 2, "%lld and %lld",
		(long long)plan->bound_total, (long long)plan->score.total);
	plan_world_release(&w);
}

Test(bound, falls_with_the_vials)
{
	int64_t before = INT64_MAX;

	for (int32_t vials = 3; vials >= 0; vials--) {
		struct plan_world w;
		const struct plan_service *plan;

		plan_world_small(&w);
		w.stock.items[0].vials = vials;
		plan_world_seal(&w, 0);
		plan = plan_world_plan(&w);
		cr_expect_leq(plan->bound_coverage, before, "%d vials", (int)vials);
		before = plan->bound_coverage;
		plan_world_release(&w);
	}
}
