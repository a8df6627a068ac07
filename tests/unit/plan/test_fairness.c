/* SPDX-License-Identifier: Apache-2.0 */
/* fairness: load over the staff. */
#include <planvax/plan/fairness.h>

#include "model_build.h"
#include "plan_world.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *const team_a[] = {"N1", "P1"}, *const team_b[] = {"N1"};

static struct plan_offer offer(const char *id, const char *date, const char *from, const char *to)
{
	return (struct plan_offer){.id = id, .type = OFFER_DAY, .date = model_build_date(date), .start = model_build_instant(date, from),
		.end = model_build_instant(date, to), .centre_id = "C1", .staff = team_a, .n_staff = 2};
}

static const struct fairness_row *row_of(const struct fairness *f, const struct snapshot *s, const char *staff_id)
{
	return &f->rows[snapshot_find_staff(s, staff_id)];
}

Test(fairness, days_evenings_saturdays_and_shares_are_counted)
{
	struct plan_world w;
	struct fairness f;
	/* In UTC: Paris is an hour later. */
	const struct plan_offer days[] = {offer("d1", "2022-01-11", "08:00", "11:00"), offer("d2", "2022-01-11", "13:00", "17:30"),
		offer("d3", "2022-01-15", "08:00", "10:00")};
	struct plan_offer sessions[] = {offer("s1", "2022-01-18", "09:00", "10:00")};
	struct plan_move move = {.visit_id = "V1", .staff_id = "P1"};

	plan_world_small(&w);
	VEC_PUSH(&w.staff, model_build_staff("P2", STAFF_PHYSICIAN, "C1"));
	w.companies.items[0].has_position = true;
	w.companies.items[0].at = (struct geo_point){48.2, -1.6794};
	plan_world_seal(&w, 0);
	sessions[0].centre_id = NULL;
	sessions[0].siret = w.companies.items[0].siret;
	sessions[0].staff = team_b;
	sessions[0].n_staff = 1;
	const struct plan_service plan = {.days = days, .n_days = 3, .sessions = sessions, .n_sessions = 1, .moves = &move, .n_moves = 1};
	fairness_count(&plan, w.snapshot, 130, &w.result, &f);
	cr_assert_eq(f.n, 4);
	const struct fairness_row *p1 = row_of(&f, w.snapshot, "P1"), *n1 = row_of(&f, w.snapshot, "N1"), *p2 = row_of(&f, w.snapshot, "P2");
	cr_expect_eq(p1->offers, 3);
	cr_expect_eq(p1->days, 2);
	cr_expect_eq(p1->evenings, 1, "an offer that ends at 18:30");
	cr_expect_eq(p1->saturdays, 1);
	cr_expect_eq(p1->minutes, 180 + 270 + 120);
	cr_expect_eq(p1->taken_over, 1);
	cr_expect_eq(p1->travel_m, 0);
	cr_expect_eq(p1->share_pct, 200, "two days where two physicians have one on the average");
	cr_expect_eq(n1->days, 3);
	cr_expect_eq(n1->travel_m, 2 * geo_road_m(w.snapshot->centres[0].at, (struct geo_point){48.2, -1.6794}, 130));
	cr_expect_eq(p2->days, 0);
	cr_expect_eq(p2->share_pct, 0);
	cr_expect_eq(f.roles[STAFF_PHYSICIAN].members, 2);
	cr_expect_eq(f.roles[STAFF_PHYSICIAN].least, 0);
	cr_expect_eq(f.roles[STAFF_PHYSICIAN].most, 2);
	plan_world_release(&w);
}

Test(fairness, a_tour_counts_its_length_once_a_member)
{
	struct plan_world w;
	struct fairness f;
	struct plan_offer stops[] = {offer("t1", "2022-01-18", "08:00", "09:00"), offer("t2", "2022-01-18", "10:00", "11:00")};
	const struct plan_stop order[] = {{.session_id = "t1"}, {.session_id = "t2"}};
	const struct plan_tour tour = {.vehicle_id = "V1", .date = model_build_date("2022-01-18"), .distance_m = 41000, .stops = order, .n_stops = 2};

	plan_world_small(&w);
	VEC_PUSH(&w.vehicles, model_build_vehicle("V1", "C1"));
	plan_world_seal(&w, 0);
	stops[0].vehicle_id = stops[1].vehicle_id = "V1";
	const struct plan_service plan = {.sessions = stops, .n_sessions = 2, .tours = &tour, .n_tours = 1};
	fairness_count(&plan, w.snapshot, 130, &w.result, &f);
	cr_expect_eq(row_of(&f, w.snapshot, "P1")->travel_m, 41000);
	cr_expect_eq(row_of(&f, w.snapshot, "P1")->days, 1);
	cr_expect_eq(row_of(&f, w.snapshot, "P1")->offers, 2);
	plan_world_release(&w);
}

Test(fairness, a_plan_without_offers_lists_everybody)
{
	struct plan_world w;
	struct fairness f;
	struct buf out = BUF_INIT;
	struct json_writer json;

	plan_world_small(&w);
	plan_world_seal(&w, 0);
	fairness_count(&(struct plan_service){.service_id = "S001"}, w.snapshot, 130, &w.result, &f);
	json_writer_init(&json, &out);
	json_begin_object(&json);
	fairness_write(&f, w.snapshot, &json);
	json_end_object(&json);
	cr_assert_not_null(strstr(buf_str(&out), "{\"staff_id\":\"P1\",\"role\":\"physician\",\"centre_id\":\"C1\",\"vaccinates\":true,\"offers\":0,\"days\":0,"));
	cr_assert_not_null(strstr(buf_str(&out), "{\"role\":\"nurse\",\"members\":1,\"days\":0,\"mean_hundredths\":0,\"least\":0,\"most\":0}"));
	buf_release(&out);
	plan_world_release(&w);
}
