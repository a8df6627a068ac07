/* SPDX-License-Identifier: Apache-2.0 */
/* call_list: who is to be told of a difference. */
#include <planvax/plan/call_list.h>

#include "model_build.h"
#include "plan_world.h"

#include <criterion/criterion.h>
#include <string.h>

static struct plan_world w;

static void setup(void)
{
	plan_world_small(&w);
	VEC_PUSH(&w.people, model_build_person("E1", w.companies.items[0].siret, "1975-06-15"));
	VEC_PUSH(&w.visits, model_build_visit("V1", "P1", "E1", "2022-01-18", "09:00"));
	VEC_PUSH(&w.visits, model_build_visit("V2", "P1", "E1", "2022-01-20", "09:00"));
	VEC_PUSH(&w.visits, model_build_visit("V3", "N1", "E1", "2022-01-18", "09:00"));
	VEC_PUSH(&w.busy, model_build_busy("absence:A1", "P1", "2022-01-18", "00:00", "23:00"));
	VEC_PUSH(&w.busy, model_build_busy("meeting", "N1", "2022-01-18", "00:00", "23:00"));
	plan_world_seal(&w, 0);
}

static void teardown(void)
{
	plan_world_release(&w);
}

TestSuite(call_list, .init = setup, .fini = teardown);


static struct json_doc *calls(const struct plan_service *before, const struct plan_service *after)
{
	struct plan_diff diff;
	struct buf out = BUF_INIT;
	struct json_writer json;
	struct json_doc *doc = NULL;

	plan_diff_run(before, after, &w.result, &diff);
	json_writer_init(&json, &out);
	json_begin_object(&json);
	call_list_write(&(struct call_list){w.snapshot, before, after, &diff}, &json);
	json_end_object(&json);
	cr_assert_eq(json_parse(buf_str(&out), out.len, "calls", &doc, NULL), 0);
	buf_release(&out);
	return doc;
}

Test(call_list, a_removed_offer_tells_its_team_companies_and_persons_and_what_they_have_instead)
{
	const char *team[] = {"N1", "P1"}, *people[] = {"E1", "E2"};
	const char *siret = w.companies.items[0].siret;
	const struct plan_line line = {.siret = siret, .expected = 8}, other = {.siret = siret, .expected = 3};
	const struct plan_offer old[] = {{.id = "a", .date = model_build_date("2022-01-18"), .centre_id = "C1", .staff = team, .n_staff = 2,
		.people = people, .n_people = 2, .companies = &line, .n_companies = 1}};
	const struct plan_offer new[] = {{.id = "b", .date = model_build_date("2022-01-20"), .centre_id = "C1", .staff = team, .n_staff = 1,
		.people = people, .n_people = 1, .companies = &other, .n_companies = 1}};
	const struct plan_proposal proposal = {.visit_id = "V1", .person_ref = "E1", .date = model_build_date("2022-01-20"),
		.status = PROPOSAL_PROPOSE, .place = PLACE_DAY, .offer_id = "b"};
	const struct plan_service before = {.days = old, .n_days = 1}, after = {.days = new, .n_days = 1, .proposals = &proposal, .n_proposals = 1};
	struct json_doc *doc = calls(&before, &after);
	const struct json_value *removed = json_at(json_get(json_root(doc), "changes"), 0), *tell = json_get(removed, "tell");
	const struct json_value *staff = json_get(tell, "staff"), *company = json_at(json_get(tell, "companies"), 0), *who = json_get(tell, "people");

	cr_assert_str_eq(json_text(json_get(removed, "kind")), "removed");
	cr_assert_eq(json_len(staff), 2);
	cr_expect_str_eq(json_text(json_get(json_at(staff, 1), "staff_id")), "P1");
	cr_expect_str_eq(json_text(json_get(json_at(staff, 1), "what")), "leaves");
	cr_expect_str_eq(json_text(json_get(company, "siret")), siret);
	cr_expect_str_eq(json_text(json_get(json_at(json_get(company, "instead"), 0), "offer")), "b");
	cr_assert_eq(json_len(who), 2);
	cr_expect_str_eq(json_text(json_get(json_at(who, 0), "instead")), "day:b");
	cr_expect_null(json_text(json_get(json_at(who, 1), "instead")), "E2 has no place any more");
	json_free(doc);
}

Test(call_list, another_team_is_told_to_members_alone)
{
	const char *was[] = {"N1", "P1"}, *is[] = {"N1", "P2"}, *people[] = {"E1"};
	const struct plan_line line = {.siret = w.companies.items[0].siret, .expected = 8};
	struct plan_offer old = {.id = "a", .date = model_build_date("2022-01-18"), .centre_id = "C1", .staff = was, .n_staff = 2, .people = people,
		.n_people = 1, .companies = &line, .n_companies = 1}, new = old;
	const struct plan_service before = {.days = &old, .n_days = 1}, after = {.days = &new, .n_days = 1};

	new.staff = is;
	struct json_doc *doc = calls(&before, &after);
	const struct json_value *tell = json_get(json_at(json_get(json_root(doc), "changes"), 0), "tell"), *staff = json_get(tell, "staff");
	cr_assert_eq(json_len(staff), 3);
	cr_expect_str_eq(json_text(json_get(json_at(staff, 0), "what")), "leaves");
	cr_expect_str_eq(json_text(json_get(json_at(staff, 1), "what")), "stays");
	cr_expect_str_eq(json_text(json_get(json_at(staff, 2), "what")), "joins");
	cr_expect_eq(json_len(json_get(tell, "companies")), 0);
	cr_expect_eq(json_len(json_get(tell, "people")), 0);
	json_free(doc);
}

Test(call_list, visits_of_members_who_are_away_are_listed)
{
	const struct plan_service plan = {.service_id = "S001"};
	struct json_doc *doc = calls(&plan, &plan);
	const struct json_value *visits = json_get(json_root(doc), "visits_of_absent");

	cr_assert_eq(json_len(visits), 1);
	cr_expect_str_eq(json_text(json_get(json_at(visits, 0), "visit")), "V1");
	cr_expect_str_eq(json_text(json_get(json_at(visits, 0), "staff_id")), "P1");
	json_free(doc);
}
