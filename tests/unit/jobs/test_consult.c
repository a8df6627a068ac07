/* SPDX-License-Identifier: Apache-2.0 */
/* consult, and absences on their way into a plan. */
#include <planvax/jobs/consult.h>

#include "jobs_fixture.h"

#include <planvax/base/json.h>
#include <planvax/store/absence_store.h>
#include <planvax/store/fact_store.h>
#include <planvax/store/plan_store.h>

#include <criterion/criterion.h>
#include <string.h>

#define MONTH JOBS_FIXTURE_MONTH

static struct jobs_fixture fx;
static struct arena arena;
static struct json_doc *doc;

static void setup(void)
{
	static struct model_sample sample;

	jobs_fixture_open(&fx);
	model_build_sample(&sample);
	store_temp_fill(&fx.store, &sample);
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
}

static void teardown(void)
{
	json_free(doc);
	arena_release(&arena);
	jobs_fixture_close(&fx);
}

TestSuite(consult, .init = setup, .fini = teardown);

static struct replan job(void)
{
	return (struct replan){.writer = fx.store.writer, .readers = fx.store.readers, .settings = fx.settings};
}

static struct replan_result plan(void)
{
	const struct replan r = job();
	struct replan_result result;
	struct fault f = FAULT_NONE;

	cr_assert_eq(replan_service(&r, "S001", MONTH, &result, &f), 0, "%s", f.what);
	return result;
}

static const struct json_value *parse(struct buf *out)
{
	json_free(doc);
	doc = NULL;
	cr_assert_eq(json_parse(buf_str(out), out->len, "answer", &doc, NULL), 0, "%s", buf_str(out));
	buf_release(out);
	return json_root(doc);
}

static int put(struct tx *tx, void *arg)
{
	return absence_store_put(tx, "S001", arg, NULL);
}

static int withdraw(struct tx *tx, void *arg)
{
	return absence_store_withdraw(tx, "S001", arg);
}

static const struct plan_item *items(size_t *n)
{
	struct tx *tx = store_temp_read(&fx.store);
	const struct plan_item *rows = NULL;

	cr_assert_eq(plan_store_items(tx, &(struct plan_item_query){.service_id = "S001", .month = MONTH}, &arena, &rows, n), 0);
	store_temp_end(&fx.store, tx);
	return rows;
}

static size_t offers_of(const char *staff_id, struct date day)
{
	struct tx *tx = store_temp_read(&fx.store);
	const struct plan_item *rows = NULL;
	size_t n = 0, found = 0;

	cr_assert_eq(plan_store_items(tx, &(struct plan_item_query){.service_id = "S001", .staff_id = staff_id}, &arena, &rows, &n), 0);
	store_temp_end(&fx.store, tx);
	for (size_t i = 0; i < n; i++)
		found += rows[i].date.days == day.days;
	return found;
}

/* The last published offer at a centre: nothing freezes it. */
static struct plan_item last_offer(void)
{
	size_t n = 0;
	const struct plan_item *rows = items(&n);

	while (n > 0 && !rows[n - 1].centre_id)
		n--;
	cr_assert_gt(n, 0);
	return rows[n - 1];
}

Test(consult, a_closed_centre_holds_no_offer_on_its_days_and_does_again_once_withdrawn)
{
	plan();
	struct plan_item o = last_offer();
	struct absence row = {.absence_id = "A1", .kind = ABSENCE_CENTRE, .subject_id = o.centre_id, .from = o.date, .to = o.date, .actor = "operator"};
	size_t n = 0;

	cr_assert_eq(store_temp_run(&fx.store, put, &row), 0);
	struct replan_result r = plan();
	cr_assert_eq(r.outcome, REPLAN_PUBLISHED);
	const struct plan_item *rows = items(&n);
	for (size_t i = 0; i < n; i++)
		cr_expect_not(rows[i].date.days == o.date.days && rows[i].centre_id && !strcmp(rows[i].centre_id, o.centre_id));
	cr_assert_eq(store_temp_run(&fx.store, withdraw, (void *)"A1"), 0);
	plan();
}

Test(consult, a_member_who_is_away_is_in_no_team_and_the_change_tells_whom_to_call)
{
	plan();
	struct plan_item o = last_offer();
	const char *staff = offers_of("P1", o.date) ? "P1" : offers_of("P2", o.date) ? "P2" : "N1";
	struct absence row = {.absence_id = "A1", .kind = ABSENCE_STAFF, .subject_id = staff, .from = o.date, .to = o.date, .actor = "operator"};
	const struct replan job_ = job();
	const struct consult q = {&job_, "S001", MONTH};
	struct fault f = FAULT_NONE;
	struct buf out = BUF_INIT;

	cr_assert_gt(offers_of(staff, o.date), 0);
	cr_assert_eq(store_temp_run(&fx.store, put, &row), 0);
	struct replan_result r = plan();
	cr_assert_eq(r.outcome, REPLAN_PUBLISHED);
	cr_expect_eq(offers_of(staff, o.date), 0);
	cr_assert_eq(consult_changes(&q, &(struct consult_versions){.last = true}, &out, &f), 0, "%s", f.what);
	const struct json_value *root = parse(&out);
	int64_t from = 0, version = 0;
	cr_expect(json_int(json_get(root, "from"), 1, 1, &from) && json_int(json_get(root, "version"), 2, 2, &version));
	cr_expect_gt(json_len(json_get(root, "changes")), 0);
	bool leaves = false;
	for (size_t i = 0; i < json_len(json_get(root, "changes")); i++) {
		const struct json_value *team = json_get(json_get(json_at(json_get(root, "changes"), i), "tell"), "staff");

		for (size_t k = 0; k < json_len(team); k++)
			leaves = leaves || (!strcmp(json_text(json_get(json_at(team, k), "staff_id")), staff) &&
				!strcmp(json_text(json_get(json_at(team, k), "what")), "leaves"));
	}
	cr_expect(leaves);
	cr_expect_gt(json_len(json_get(root, "letters")), 0, "who leaves gets a CANCEL");
	cr_assert_eq(consult_changes(&q, &(struct consult_versions){.from = 2, .to = 2}, &out, &f), 0);
	cr_expect_eq(json_len(json_get(parse(&out), "changes")), 0);
	cr_expect_eq(consult_changes(&q, &(struct consult_versions){.to = 9}, &out, &f), ERR_NOT_FOUND);
	cr_expect_eq(out.len, 0, "nothing is written where there is no answer");
}

Test(consult, a_lost_vehicle_makes_no_tour)
{
	struct absence row = {.absence_id = "A1", .kind = ABSENCE_VEHICLE, .subject_id = "V1", .from = model_build_date("2021-12-20"),
		.to = model_build_date("2022-02-10"), .actor = "operator"};
	size_t n = 0;

	cr_assert_eq(store_temp_run(&fx.store, put, &row), 0);
	plan();
	const struct plan_item *rows = items(&n);
	cr_assert_gt(n, 0);
	for (size_t i = 0; i < n; i++)
		cr_expect_null(rows[i].vehicle_id);
}

Test(consult, questions_need_a_published_plan)
{
	const struct replan job_ = job();
	const struct consult q = {&job_, "S001", MONTH}, nobody = {&job_, "S404", MONTH};
	struct fault f = FAULT_NONE;
	struct buf out = BUF_INIT;

	cr_expect_eq(consult_fairness(&q, &out, &f), ERR_NOT_FOUND);
	cr_expect_eq(consult_fairness(&nobody, &out, &f), ERR_NOT_FOUND);
	cr_expect_eq(consult_territory(&q, "99", &out, &f), ERR_NOT_FOUND);
	plan();
	cr_expect_eq(consult_fairness(&q, &out, &f), 0);
	cr_expect_gt(json_len(json_get(parse(&out), "staff")), 0);
	cr_expect_eq(consult_replacements(&q, "no-such-offer", NULL, &out, &f), ERR_NOT_FOUND);
	cr_expect_eq(consult_orders(&q, &(struct orders_short){"ASPIRIN", 1}, 1, &out, &f), ERR_INVALID);
	cr_expect_eq(out.len, 0);
}

Test(consult, what_if_publishes_nothing_and_tells_both_sides)
{
	const struct replan job_ = job();
	const struct consult q = {&job_, "S001", MONTH};
	static const char text[] = "{\"day_min_expected\":1000}", wrong[] = "{\"uptakes\":10}";
	struct fault f = FAULT_NONE;
	struct buf out = BUF_INIT;
	size_t before = 0, after = 0;

	plan();
	items(&before);
	int64_t revision = jobs_fixture_revision(&fx, "S001");
	cr_assert_eq(consult_what_if(&q, &(struct plan_options_text){"b", text, sizeof(text) - 1}, true, &out, &f), 0, "%s", f.what);
	const struct json_value *root = parse(&out);
	int64_t a = -1, b = -1;
	cr_assert(json_int(json_get(json_get(root, "a"), "days"), 0, INT64_MAX, &a));
	cr_assert(json_int(json_get(json_get(root, "b"), "days"), 0, INT64_MAX, &b));
	cr_expect_gt(a, 0);
	cr_expect_eq(b, 0, "nowhere are so many expected");
	cr_expect_gt(json_len(json_get(json_get(root, "b"), "missing_weeks")), json_len(json_get(json_get(root, "a"), "missing_weeks")));
	items(&after);
	cr_expect_eq(before, after);
	cr_expect_eq(jobs_fixture_revision(&fx, "S001"), revision);
	cr_assert_eq(consult_what_if(&q, &(struct plan_options_text){"b", wrong, sizeof(wrong) - 1}, true, &out, &f), ERR_INVALID);
	cr_expect_eq(out.len, 0);
}

Test(consult, a_replacement_of_an_offer_that_is_gone_is_found_in_an_older_version)
{
	const struct replan job_ = job();
	const struct consult q = {&job_, "S001", MONTH};
	struct fault f = FAULT_NONE;
	struct buf out = BUF_INIT;

	plan();
	struct plan_item o = last_offer();
	struct absence row = {.absence_id = "A1", .kind = ABSENCE_CENTRE, .subject_id = o.centre_id, .from = o.date, .to = o.date, .actor = "operator"};
	cr_assert_eq(store_temp_run(&fx.store, put, &row), 0);
	plan();
	cr_assert_eq(consult_replacements(&q, o.offer_id, NULL, &out, &f), 0, "%s", f.what);
	cr_expect_str_eq(json_text(json_get(parse(&out), "offer")), o.offer_id);
}
