/* SPDX-License-Identifier: Apache-2.0 */
/* orders: vials needed, what covers them, what is at risk. */
#include <planvax/plan/orders.h>

#include "model_build.h"
#include "plan_world.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *const team[] = {"N1", "P1"};
static struct plan_world w;
static struct plan_doses doses[8];
static size_t n_doses;

static struct plan_offer offer(const char *id, const char *date, const char *key, int32_t n)
{
	doses[n_doses] = (struct plan_doses){key, n};
	return (struct plan_offer){.id = id, .type = OFFER_DAY, .date = model_build_date(date), .start = model_build_instant(date, "08:00"),
		.end = model_build_instant(date, "11:00"), .centre_id = "C1", .staff = team, .n_staff = 2, .expected = n,
		.doses = &doses[n_doses++], .n_doses = 1};
}

static void setup(void)
{
	n_doses = 0;
	plan_world_small(&w);
	VEC_CLEAR(&w.stock);
}

static void teardown(void)
{
	plan_world_release(&w);
}

TestSuite(orders, .init = setup, .fini = teardown);

static struct orders count(const struct plan_service *plan, const struct orders_short *fewer, size_t n)
{
	const struct orders_input in = {.plan = plan, .snapshot = w.snapshot, .rules = w.in.rules, .fewer = fewer, .n_fewer = n};
	struct orders o;
	struct fault f = FAULT_NONE;

	cr_assert_eq(orders_count(&in, &w.result, &o, &f), 0, "%s", f.what);
	return o;
}

Test(orders, offers_of_a_centre_and_a_day_share_vials)
{
	const struct plan_offer days[] = {offer("a", "2022-01-11", "COMIRNATY", 7), offer("b", "2022-01-11", "COMIRNATY", 5),
		offer("c", "2022-01-12", "COMIRNATY", 1)};
	const struct plan_service plan = {.days = days, .n_days = 3};

	VEC_PUSH(&w.stock, model_build_stock("C1", "COMIRNATY", "2022-01-01", 60));
	plan_world_seal(&w, 0);
	struct orders o = count(&plan, NULL, 0);
	cr_assert_eq(o.n_rows, 1);
	cr_expect_eq(o.rows[0].units, 13);
	cr_expect_eq(o.rows[0].vials, 3, "two for twelve doses of one day, one for the other day");
	cr_expect_eq(o.rows[0].own, 3);
	cr_expect_eq(o.rows[0].missing, 0);
	cr_expect_eq(o.rows[0].first.days, model_build_date("2022-01-11").days);
	cr_expect_eq(o.rows[0].week.week, 2);
	cr_expect_eq(o.n_risks, 0);
}

Test(orders, boosters_of_spikevax_are_half_doses)
{
	const struct plan_offer days[] = {offer("a", "2022-01-11", "SPIKEVAX/booster", 20), offer("b", "2022-01-12", "SPIKEVAX", 11)};
	const struct plan_service plan = {.days = days, .n_days = 2};

	VEC_PUSH(&w.stock, model_build_stock("C1", "SPIKEVAX", "2022-01-01", 60));
	plan_world_seal(&w, 0);
	struct orders o = count(&plan, NULL, 0);
	cr_assert_eq(o.n_rows, 1);
	cr_expect_eq(o.rows[0].units, 20 + 22);
	cr_expect_eq(o.rows[0].vials, 1 + 2);
}

Test(orders, a_session_by_car_opens_vials_of_its_own_from_the_centre_of_its_team)
{
	struct plan_offer sessions[] = {offer("a", "2022-01-11", "COMIRNATY", 1), offer("b", "2022-01-11", "COMIRNATY", 1)};
	const struct plan_service plan = {.sessions = sessions, .n_sessions = 2};

	VEC_PUSH(&w.stock, model_build_stock("C1", "COMIRNATY", "2022-01-01", 60));
	plan_world_seal(&w, 0);
	for (int i = 0; i < 2; i++) {
		sessions[i].centre_id = NULL;
		sessions[i].siret = w.companies.items[0].siret;
	}
	struct orders o = count(&plan, NULL, 0);
	cr_assert_eq(o.n_rows, 1);
	cr_expect_eq(o.rows[0].vials, 2);
	cr_expect_eq(o.rows[0].centre, 0);
}

/* The own lot would serve both days, the service's only the first: taking the own one first would leave the second day without. */
Test(orders, a_vial_changes_its_lot_to_make_room_for_a_later_one)
{
	const struct plan_offer days[] = {offer("a", "2022-01-11", "COMIRNATY", 6), offer("b", "2022-01-20", "COMIRNATY", 6)};
	const struct plan_service plan = {.days = days, .n_days = 2};
	struct stock_lot service = model_build_stock(NULL, "COMIRNATY", "2022-01-01", 1);

	service.service_id = "S001";
	service.expires_on = model_build_date("2022-01-15");
	VEC_PUSH(&w.stock, model_build_stock("C1", "COMIRNATY", "2022-01-01", 1));
	VEC_PUSH(&w.stock, service);
	plan_world_seal(&w, 0);
	cr_assert_eq(w.snapshot->n_stock, 2);
	struct orders o = count(&plan, NULL, 0);
	cr_assert_eq(o.n_rows, 2);
	cr_expect_eq(o.rows[0].missing + o.rows[1].missing, 0);
	cr_expect_eq(o.rows[0].other, 1);
	cr_expect_eq(o.rows[1].own, 1);
}

Test(orders, where_fewer_come_the_later_offer_is_at_risk)
{
	const struct plan_offer days[] = {offer("a", "2022-01-11", "COMIRNATY", 12), offer("b", "2022-01-20", "COMIRNATY", 12)};
	const struct plan_service plan = {.days = days, .n_days = 2};

	VEC_PUSH(&w.stock, model_build_stock("C1", "COMIRNATY", "2022-01-01", 3));
	VEC_PUSH(&w.stock, model_build_stock("C1", "COMIRNATY", "2022-01-10", 2));
	plan_world_seal(&w, 0);
	cr_assert_eq(count(&plan, NULL, 0).n_risks, 0);
	cr_assert_eq(count(&plan, &(struct orders_short){"COMIRNATY", 1}, 1).n_risks, 0, "one is spare");
	struct orders o = count(&plan, &(struct orders_short){"208", 2}, 1);
	cr_assert_eq(o.n_risks, 1, "a CVX code names the product too");
	cr_expect_str_eq(o.risks[0].offer_id, "b");
	cr_expect_eq(o.risks[0].missing, 1);
	cr_expect_eq(o.risks[0].expected, 12);
	o = count(&plan, &(struct orders_short){"COMIRNATY", 100}, 1);
	cr_assert_eq(o.n_risks, 2);
	cr_expect_str_eq(o.risks[0].offer_id, "a");
	cr_expect_eq(o.risks[0].missing, 2);
}

Test(orders, a_product_nobody_knows_is_told)
{
	const struct orders_short fewer = {"ASPIRIN", 1};
	struct orders o;
	struct fault f = FAULT_NONE;

	plan_world_seal(&w, 0);
	const struct orders_input in = {.plan = &(struct plan_service){.service_id = "S001"}, .snapshot = w.snapshot, .rules = w.in.rules,
		.fewer = &fewer, .n_fewer = 1};
	cr_assert_eq(orders_count(&in, &w.result, &o, &f), ERR_NOT_FOUND);
	cr_assert_not_null(strstr(f.what, "ASPIRIN"));
}

Test(orders, plans_of_the_planner_lack_no_vial)
{
	for (uint64_t seed = 1; seed <= 12; seed++) {
		struct plan_world r;
		struct orders o;
		struct fault f = FAULT_NONE;

		plan_world_random(&r, seed);
		plan_world_seal(&r, 0);
		const struct orders_input in = {.plan = plan_world_plan(&r), .snapshot = r.snapshot, .rules = r.in.rules};
		cr_assert_eq(orders_count(&in, &r.result, &o, &f), 0);
		for (size_t i = 0; i < o.n_rows; i++)
			cr_expect_eq(o.rows[i].missing, 0, "seed %d, %s", (int)seed, o.rows[i].product);
		plan_world_release(&r);
	}
	plan_world_seal(&w, 0);
}
