/* SPDX-License-Identifier: Apache-2.0 */
/* planner: whole runs, judged by a checker of their own. */
#include <planvax/plan/planner.h>

#include "plan_check.h"
#include "plan_print.h"
#include "model_build.h"
#include "plan_world.h"

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
		plan_world_release(&w);
	}
}

/* Facts change: a member leaves, a lot is lost, someone is busy, a company asks for less, a visit goes. */
static void change_facts(struct plan_world *w, uint64_t seed)
{
	struct rng r;

	rng_init(&r, seed, "facts");
	if (w->staff.len > 2 && rng_below(&r, 3) == 0)
		w->staff.items[rng_below(&r, (uint32_t)w->staff.len)].hours = (struct hours){.n = {0}};
	if (w->stock.len > 0 && rng_below(&r, 3) == 0)
		w->stock.items[rng_below(&r, (uint32_t)w->stock.len)].vials = 0;
	for (int i = 0; i < 3; i++) {
		const char *who = w->staff.items[rng_below(&r, (uint32_t)w->staff.len)].staff_id;
		const char *day = plan_world_text(w, "2022-01-%02d", (int)rng_range(&r, 5, 25));

		VEC_PUSH(&w->busy, model_build_busy(plan_world_text(w, "new%d", i), who, day, "09:00", "11:00"));
	}
	if (w->companies.items[0].expected_takers > 0)
		w->companies.items[0].expected_takers--;
	if (w->visits.len > 0)
		w->visits.len--;
}

static const struct plan_offer *find_offer(const struct plan_service *plan, const char *id)
{
	for (size_t i = 0; i < plan->n_days + plan->n_sessions; i++) {
		const struct plan_offer *o = i < plan->n_days ? &plan->days[i] : &plan->sessions[i - plan->n_days];
		if (strcmp(o->id, id) == 0)
			return o;
	}
	return NULL;
}

static bool is_forced(const struct plan_service *plan, const char *id)
{
	for (size_t i = 0; i < plan->n_forced; i++) {
		if (strcmp(plan->forced[i].id, id) == 0)
			return true;
	}
	return false;
}

static bool same_offer(const struct plan_offer *a, const struct plan_offer *b)
{
	bool same = b && a->start.utc_s == b->start.utc_s && a->end.utc_s == b->end.utc_s && a->expected == b->expected &&
		a->capacity == b->capacity && a->n_staff == b->n_staff && a->n_people == b->n_people &&
		a->n_companies == b->n_companies && a->n_displaced == b->n_displaced && a->n_doses == b->n_doses;

	for (size_t i = 0; same && i < a->n_staff; i++)
		same = strcmp(a->staff[i], b->staff[i]) == 0;
	for (size_t i = 0; same && i < a->n_people; i++)
		same = strcmp(a->people[i], b->people[i]) == 0;
	for (size_t i = 0; same && i < a->n_companies; i++)
		same = strcmp(a->companies[i].siret, b->companies[i].siret) == 0 && a->companies[i].expected == b->companies[i].expected;
	return same;
}

Test(planner, after_facts_changed_the_plan_is_valid_and_frozen_offers_are_the_same_or_told)
{
	int forced = 0;
	int same = 0;

	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct plan_world before, after;
		const struct plan_service *first, *second;

		plan_world_random(&before, seed);
		plan_world_seal(&before, 0);
		first = plan_world_plan(&before);
		plan_world_random(&after, seed);
		change_facts(&after, seed);
		plan_world_seal(&after, 0);
		after.in.published = first;
		after.in.now = model_build_instant("2022-01-08", "12:00");
		second = plan_world_plan(&after);
		expect_valid(&after, second, seed);
		for (size_t i = 0; i < first->n_days + first->n_sessions; i++) {
			const struct plan_offer *o = i < first->n_days ? &first->days[i] : &first->sessions[i - first->n_days];

			if (o->date.days > model_build_date("2022-01-15").days)
				continue;
			cr_expect(same_offer(o, find_offer(second, o->id)) || is_forced(second, o->id), "seed %llu: %s", (unsigned long long)seed, o->id);
			same += same_offer(o, find_offer(second, o->id));
		}
		forced += (int)second->n_forced;
		plan_world_release(&before);
		plan_world_release(&after);
	}
	cr_expect_gt(forced, 0);
	cr_expect_gt(same, 10);
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
