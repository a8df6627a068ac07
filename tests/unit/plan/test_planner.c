/* SPDX-License-Identifier: Apache-2.0 */
/* planner: whole runs, judged by a checker of their own. */
#include <planvax/plan/planner.h>

#include "plan_check.h"
#include "plan_print.h"
#include "plan_world.h"
#include "model_build.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_valid(const struct plan_world *w, const struct plan_service *plan, uint64_t seed)
{
	struct buf out = BUF_INIT;

	plan_check_run(&w->in, plan, &out);
	cr_expect(out.len == 0, "seed %llu:\n%s", (unsigned long long)seed, buf_str(&out));
	buf_release(&out);
}

Test(planner, plans_of_random_services_keep_every_rule)
{
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct plan_world w;

		plan_world_random(&w, seed);
		plan_world_seal(&w, 0);
		expect_valid(&w, plan_world_plan(&w), seed);
		plan_world_release(&w);
	}
}

Test(planner, replanning_a_published_plan_keeps_every_rule_and_what_is_frozen)
{
	for (uint64_t seed = 1; seed <= 25; seed++) {
		struct plan_world w;
		struct buf frozen = BUF_INIT;
		const struct plan_service *first, *second;

		plan_world_random(&w, seed);
		plan_world_seal(&w, 0);
		first = plan_world_plan(&w);
		w.in.published = first;
		w.in.now = model_build_instant("2022-01-06", "12:00");
		w.in.seed = 2;
		second = plan_world_plan(&w);
		expect_valid(&w, second, seed);
		cr_expect_eq(second->version, 2);
		cr_expect_eq(second->n_forced, 0, "seed %llu: %s", (unsigned long long)seed, second->n_forced ? second->forced[0].id : "");
		for (size_t i = 0; i < first->n_days; i++) {
			bool found = first->days[i].date.days > model_build_date("2022-01-13").days;

			for (size_t k = 0; k < second->n_days; k++)
				found |= strcmp(first->days[i].id, second->days[k].id) == 0 && first->days[i].expected == second->days[k].expected &&
					first->days[i].start.utc_s == second->days[k].start.utc_s && first->days[i].n_people == second->days[k].n_people;
			cr_expect(found, "seed %llu: %s is gone", (unsigned long long)seed, first->days[i].id);
		}
		buf_release(&frozen);
		plan_world_release(&w);
	}
}

static void print_plan(uint64_t seed, uint64_t shuffle, struct buf *out)
{
	struct plan_world w;

	plan_world_random(&w, seed);
	plan_world_seal(&w, shuffle);
	plan_print_service(plan_world_plan(&w), out);
	plan_world_release(&w);
}

Test(planner, equal_input_in_any_order_of_rows_gives_equal_plans)
{
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct buf a = BUF_INIT;
		struct buf b = BUF_INIT;

		print_plan(seed, 0, &a);
		print_plan(seed, seed + 100, &b);
		cr_expect_str_eq(buf_str(&a), buf_str(&b));
		buf_release(&a);
		buf_release(&b);
	}
}

Test(planner, holds_a_weekly_day_in_every_week_of_a_mobilised_service)
{
	struct plan_world w;
	const struct plan_service *plan;

	plan_world_small(&w);
	w.companies.items[0].expected_takers = 40;
	plan_world_seal(&w, 0);
	plan = plan_world_plan(&w);
	expect_valid(&w, plan, 0);
	cr_expect_eq(plan->score.missing_weekly_days, 0);
	cr_expect_geq(plan->n_days, 4);
	plan_world_release(&w);
}

Test(planner, tells_why_a_week_has_no_day)
{
	struct plan_world w;
	const struct plan_service *plan;

	plan_world_small(&w);
	w.staff.len = 0;
	plan_world_seal(&w, 0);
	plan = plan_world_plan(&w);
	cr_expect_eq(plan->score.missing_weekly_days, 4);
	cr_assert_eq(plan->n_missing_weeks, 4);
	cr_expect_eq(plan->missing_weeks[0].reason, UNSERVED_STAFF);
	cr_assert_eq(plan->n_unserved, 1);
	cr_expect_eq(plan->unserved[0].reason, UNSERVED_STAFF);
	plan_world_release(&w);
}

Test(planner, tells_that_doses_are_missing)
{
	struct plan_world w;
	const struct plan_service *plan;

	plan_world_small(&w);
	w.stock.len = 0;
	plan_world_seal(&w, 0);
	plan = plan_world_plan(&w);
	cr_expect_eq(plan->n_days + plan->n_sessions, 0);
	cr_assert_eq(plan->n_unserved, 1);
	cr_expect_eq(plan->unserved[0].reason, UNSERVED_DOSES);
	cr_expect_eq(plan->unserved[0].expected, 8);
	plan_world_release(&w);
}

Test(planner, uses_nothing_that_is_forbidden)
{
	struct plan_world w;
	struct plan_forbid forbid[] = {{.staff_id = "N1", .date = DATE_NONE}, {.centre_id = "C1", .date = model_build_date("2022-01-11")}};
	const struct plan_service *plan;

	plan_world_small(&w);
	w.companies.items[0].expected_takers = 40;
	w.options.forbid = forbid;
	w.options.n_forbid = 2;
	plan_world_seal(&w, 0);
	plan = plan_world_plan(&w);
	cr_assert_geq(plan->n_days, 4);
	for (size_t i = 0; i < plan->n_days; i++) {
		cr_expect_neq(plan->days[i].date.days, model_build_date("2022-01-11").days);
		for (size_t k = 0; k < plan->days[i].n_staff; k++)
			cr_expect_str_neq(plan->days[i].staff[k], "N1");
	}
	plan_world_release(&w);
}

Test(planner, a_declined_member_is_replaced_and_the_change_told)
{
	struct plan_world w;
	struct plan_forbid forbid = {.staff_id = NULL, .date = DATE_NONE};
	const struct plan_service *first, *second;
	bool kept = false;

	plan_world_small(&w);
	w.companies.items[0].expected_takers = 40;
	VEC_PUSH(&w.staff, model_build_staff("P2", STAFF_PHYSICIAN, "C1"));
	plan_world_seal(&w, 0);
	first = plan_world_plan(&w);
	cr_assert_geq(first->n_days, 1);
	for (size_t k = 0; k < first->days[0].n_staff; k++) {
		if (first->days[0].staff[k][0] == 'P')
			forbid.staff_id = first->days[0].staff[k];
	}
	forbid.date = first->days[0].date;
	w.options.forbid = &forbid;
	w.options.n_forbid = 1;
	w.in.published = first;
	second = plan_world_plan(&w);
	expect_valid(&w, second, 0);
	for (size_t i = 0; i < second->n_days; i++)
		kept |= strcmp(second->days[i].id, first->days[0].id) == 0 && second->days[i].start.utc_s == first->days[0].start.utc_s;
	cr_expect(kept);
	cr_assert_geq(second->n_forced, 1);
	cr_expect_str_eq(second->forced[0].id, first->days[0].id);
	cr_expect_str_eq(second->forced[0].constraint, "H9");
	plan_world_release(&w);
}

Test(planner, stops_at_once_when_asked)
{
	struct plan_world w;
	const struct plan_service *plan = NULL;
	struct fault f = FAULT_NONE;
	atomic_bool stop = true;

	plan_world_small(&w);
	plan_world_seal(&w, 0);
	w.in.stop = &stop;
	cr_expect_eq(planner_run(&w.in, &w.result, &plan, &f), ERR_STOPPED);
	cr_expect_null(plan);
	plan_world_release(&w);
}

Test(planner, refuses_a_horizon_beyond_its_limit)
{
	struct plan_world w;
	const struct plan_service *plan = NULL;
	struct fault f = FAULT_NONE;

	plan_world_small(&w);
	plan_world_seal(&w, 0);
	w.in.to = date_add_days(w.in.from, 400);
	cr_expect_eq(planner_run(&w.in, &w.result, &plan, &f), ERR_LIMIT);
	cr_expect_eq(f.code, ERR_LIMIT);
	plan_world_release(&w);
}

Test(planner, makes_as_many_iterations_as_asked)
{
	struct plan_world w;

	plan_world_small(&w);
	plan_world_seal(&w, 0);
	w.in.iterations = 17;
	cr_expect_eq(plan_world_plan(&w)->iterations, 17);
	plan_world_release(&w);
}
