/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of view/indicators and view/status_document. */
#include <criterion/criterion.h>
#include <planvax/view/indicators.h>
#include <planvax/view/status_document.h>

#include "model_build.h"
#include "view_plan.h"

#include <string.h>

Test(indicators, count_the_six_actions)
{
	static const struct { const char *key; int64_t value; } expected[INDICATORS] = {
		{"action_1_visits", 4}, {"action_1_proposed", 3}, {"action_1_at_visit", 1}, {"action_2_days", 2}, {"action_2_expected", 144},
		{"action_3_sessions", 1}, {"action_3_expected", 9}, {"action_3_rural_sessions", 1}, {"action_4_sessions", 1},
		{"action_4_expected", 8}, {"action_5_temporary", 60}, {"action_5_contractor", 8}, {"action_5_head", 4},
		{"action_5_relative", 3}, {"action_6_tours", 1}, {"action_6_stops", 1},
	};
	const struct snapshot *s = model_build_sealed();
	struct plan_indicators sum = {0};
	struct indicator list[INDICATORS];

	indicators_add(view_plan(), s, &sum);
	indicators_list(&sum, list);
	for (size_t i = 0; i < INDICATORS; i++) {
		cr_expect_str_eq(list[i].key, expected[i].key);
		cr_expect_eq(list[i].value, expected[i].value, "%s is %lld", list[i].key, (long long)list[i].value);
	}
	indicators_add(view_plan(), s, &sum);
	cr_assert_eq(sum.action_2_expected, 288, "services add up");
	snapshot_free(s);
}

Test(indicators, named_people_count_by_their_kind)
{
	static const char *const contractor[] = {"E005"}; /* the fifth works for the contractor */
	const struct snapshot *s = model_build_sealed();
	struct plan_service *plan = view_plan();
	struct plan_indicators sum = {0};

	view_plan_day()->people = contractor;
	view_plan_day()->n_people = 1;
	indicators_add(plan, s, &sum);
	cr_assert_eq(sum.action_5_contractor, 9);
	snapshot_free(s);
}

static const char *write_item(const struct status_item *item)
{
	static struct buf out;
	struct json_writer w;

	buf_reset(&out);
	json_writer_init(&w, &out);
	status_document_item(item, &w);
	return buf_str(&out);
}

Test(status_document, an_item_without_a_plan_has_nulls)
{
	const struct status_item item = {.service_id = "S001", .name = "Service", .region = "53", .month = "2022-01", .state = "missing",
		.deadline = model_build_date("2021-12-29")};

	cr_assert_str_eq(write_item(&item), "{\"service_id\":\"S001\",\"name\":\"Service\",\"region\":\"53\",\"month\":\"2022-01\",\"state\":\"missing\","
		"\"version\":null,\"plan_digest\":null,\"deadline\":\"2021-12-29\",\"received_at\":null,\"indicators\":null}");
}

Test(status_document, an_item_shows_the_stored_indicators_as_they_are)
{
	const struct status_item item = {.service_id = "S001", .name = "Service", .region = "53", .month = "2022-01", .state = "received",
		.version = 2, .plan_digest = "sha256:00", .deadline = DATE_NONE, .received_at = model_build_instant("2021-12-28", "10:00"),
		.indicators_json = "{\"action_2_days\":4,\"action_5_head\":null}"};

	cr_assert_str_eq(write_item(&item), "{\"service_id\":\"S001\",\"name\":\"Service\",\"region\":\"53\",\"month\":\"2022-01\",\"state\":\"received\","
		"\"version\":2,\"plan_digest\":\"sha256:00\",\"deadline\":null,\"received_at\":\"2021-12-28T10:00:00Z\","
		"\"indicators\":{\"action_2_days\":4,\"action_5_head\":null}}");
}
