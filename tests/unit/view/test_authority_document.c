/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of view/authority_document. */
#include <criterion/criterion.h>
#include <planvax/base/json.h>
#include <planvax/view/authority_document.h>

#include "model_build.h"
#include "view_plan.h"

#include <string.h>

static const struct snapshot *snapshot;
static struct buf out, indicators;
static struct json_doc *doc;

static void seal(void)
{
	static struct model_sample sample;
	struct snapshot_builder *b = snapshot_builder_new();
	struct fault f = FAULT_NONE;

	model_build_sample(&sample);
	for (size_t i = 0; i < 5; i++)
		sample.companies[i].name = i == 1 ? "Ferme des Essais" : "Entreprise";
	model_build_add(b, &sample);
	cr_assert_eq(snapshot_seal(b, NULL, NULL, &snapshot, &f), 0);
}

static void release(void)
{
	json_free(doc);
	snapshot_free(snapshot);
	buf_release(&out);
	buf_release(&indicators);
}

TestSuite(authority_document, .init = seal, .fini = release);

static const struct json_value *write_document(const struct plan_service *plan)
{
	const struct authority_document d = {.plan = plan, .snapshot = snapshot, .plan_digest = "sha256:ab", .month = "2022-01",
		.now = model_build_instant("2021-12-31", "12:00"), .limits = PRIVACY_LIMITS_DEFAULT};
	struct fault f = FAULT_NONE;

	buf_reset(&out);
	buf_reset(&indicators);
	json_free(doc);
	authority_document_write(&d, &out, &indicators);
	cr_assert_eq(json_parse(out.data, out.len, "document", &doc, &f), 0, "%s", f.what);
	return json_root(doc);
}

static const struct json_value *offer(const struct json_value *root, const char *id)
{
	const struct json_value *offers = json_get(root, "offers");

	for (size_t i = 0; i < json_len(offers); i++)
		if (!strcmp(json_text(json_get(json_at(offers, i), "id")), id))
			return json_at(offers, i);
	return NULL;
}

/* A number of an object; -1: null; -2: not there. */
static int64_t number(const struct json_value *object, const char *key)
{
	const struct json_value *v = json_get(object, key);
	int64_t value = -2;

	if (v && json_kind(v) == JSON_NULL_VALUE)
		return -1;
	return json_int(v, 0, INT64_MAX, &value) ? value : -2;
}

Test(authority_document, names_no_person_no_staff_no_visit_and_no_siret)
{
	write_document(view_plan());
	for (size_t i = 0; i < snapshot->n_people; i++)
		cr_expect_null(strstr(out.data, snapshot->people[i].person_ref), "%s", snapshot->people[i].person_ref);
	for (size_t i = 0; i < snapshot->n_companies; i++)
		cr_expect_null(strstr(out.data, snapshot->companies[i].siret), "%s", snapshot->companies[i].siret);
	for (size_t i = 0; i < snapshot->n_visits; i++)
		cr_expect_null(strstr(out.data, snapshot->visits[i].visit_id));
	static const char *const never[] = {"\"P1\"", "\"N1\"", "proposals", "siret", "staff", "visit_", "people", "birth", "V1\""};
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		cr_expect_null(strstr(out.data, never[i]), "%s", never[i]);
}

Test(authority_document, small_counts_are_null_and_large_ones_and_zero_are_shown)
{
	const struct json_value *root = write_document(view_plan()), *o = offer(root, "S1");

	cr_assert_eq(number(o, "expected"), -1);
	cr_assert_eq(number(json_get(o, "doses"), "SPIKEVAX/booster"), -1, "doses tell the takers");
	cr_assert_eq(number(json_get(o, "kinds"), "relative"), -1);
	cr_assert_eq(number(json_get(o, "kinds"), "employee"), -1);
	cr_assert_eq(number(o, "companies"), -1, "one company");
	cr_assert_eq(number(o, "capacity"), 120);
	o = offer(root, "D1");
	cr_assert_eq(number(o, "expected"), 104);
	cr_assert_eq(number(o, "companies"), 3);
	cr_assert_eq(number(json_get(o, "kinds"), "head"), -1);
	cr_assert_eq(number(json_get(o, "doses"), "COMIRNATY/primary"), -1);
	cr_assert_eq(number(json_get(o, "doses"), "COMIRNATY/booster"), -1, "else the other followed from what is expected");
	o = offer(root, "D2");
	cr_assert_eq(number(o, "expected"), 40);
	cr_assert_eq(number(json_get(o, "kinds"), "employee"), 40);
	cr_assert_eq(number(json_get(o, "doses"), "COMIRNATY/booster"), 40);
}

Test(authority_document, indicators_below_the_limit_are_null_in_both_places)
{
	const struct json_value *sums = json_get(write_document(view_plan()), "indicators");

	cr_assert_eq(number(sums, "action_2_days"), 2, "offers are no persons");
	cr_assert_eq(number(sums, "action_2_expected"), 144);
	cr_assert_eq(number(sums, "action_3_expected"), -1);
	cr_assert_eq(number(sums, "action_4_expected"), -1);
	cr_assert_eq(number(sums, "action_5_head"), -1);
	cr_assert_eq(number(sums, "action_1_visits"), -1);
	cr_assert_eq(number(sums, "action_5_temporary"), 60);
	cr_assert_not_null(strstr(out.data, buf_str(&indicators)), "the status list shows the same");
}

Test(authority_document, unserved_companies_are_summed_by_commune_and_reason)
{
	const struct json_value *list = json_get(write_document(view_plan()), "unserved");

	cr_assert_eq(json_len(list), 2);
	cr_assert_str_eq(json_text(json_get(json_at(list, 0), "insee")), "35012");
	cr_assert_eq(number(json_at(list, 0), "expected"), -1);
	cr_assert_eq(number(json_at(list, 1), "expected"), 20);
	cr_assert_null(strstr(out.data, "Trop peu"), "details stay with the service");
}

Test(authority_document, differences_of_nested_counts_are_masked_too)
{
	static struct plan_proposal many[60];
	struct plan_service *plan = view_plan();

	for (size_t i = 0; i < 60; i++) {
		many[i] = (struct plan_proposal){.visit_id = "x", .person_ref = "y", .date = plan->proposals[0].date,
			.status = i < 40 ? PROPOSAL_PROPOSE : PROPOSAL_NOT_DUE, .place = i < 37 ? PLACE_VISIT : PLACE_DAY, .offer_id = "D1"};
	}
	plan->proposals = many;
	plan->n_proposals = 60;
	const struct json_value *sums = json_get(write_document(plan), "indicators");
	cr_assert_eq(number(sums, "action_1_visits"), 60);
	cr_assert_eq(number(sums, "action_1_proposed"), 40);
	cr_assert_eq(number(sums, "action_1_at_visit"), -1, "3 of 40 would follow");
	for (size_t i = 20; i < 37; i++)
		many[i].place = PLACE_DAY;
	sums = json_get(write_document(plan), "indicators");
	cr_assert_eq(number(sums, "action_1_at_visit"), 20);
}

Test(authority_document, a_company_is_named_from_the_limit_on)
{
	const struct json_value *root = write_document(view_plan());

	cr_assert_str_eq(json_text(json_get(json_get(offer(root, "S1"), "place"), "name")), "Ferme des Essais");
	struct plan_service *plan = view_plan();
	view_plan_session()->siret = MODEL_SIRET_SMALL;
	root = write_document(plan);
	cr_assert_null(json_text(json_get(json_get(offer(root, "S1"), "place"), "name")));
	cr_assert_str_eq(json_text(json_get(json_get(offer(root, "S1"), "place"), "insee")), "35012");
}

Test(authority_document, tells_missing_weeks_types_and_head)
{
	const struct json_value *root = write_document(view_plan()), *week = json_at(json_get(root, "missing_weeks"), 0);

	cr_assert_str_eq(json_text(json_get(root, "format")), "planvax-authority/1");
	cr_assert_str_eq(json_text(json_get(root, "plan_digest")), "sha256:ab");
	cr_assert_eq(number(root, "version"), 3);
	cr_assert_str_eq(json_text(json_get(week, "week")), "2022-W04");
	cr_assert_str_eq(json_text(json_get(week, "reason")), "doses");
	cr_assert_str_eq(json_text(json_get(offer(root, "D1"), "type")), "day");
	cr_assert_str_eq(json_text(json_get(offer(root, "S1"), "type")), "session");
	cr_assert_str_eq(json_text(json_get(offer(root, "S2"), "type")), "stop");
	cr_assert_str_eq(json_text(json_get(offer(root, "S2"), "kind")), "msa");
	cr_assert_str_eq(json_text(json_get(offer(root, "S1"), "kind")), "company");
}
