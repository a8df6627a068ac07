/* SPDX-License-Identifier: Apache-2.0 */
/* Facts, letters, tokens, imports, explanations and the stand of the service. */
#include "api_fixture.h"

#include <planvax/store/audit_store.h>
#include <planvax/store/fact_store.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct api_fixture f;

static void setup(void)
{
	api_fixture_open(&f);
	api_fixture_publish(&f, "S001", false);
}

static void teardown(void)
{
	api_fixture_close(&f);
}

TestSuite(api_facts, .init = setup, .fini = teardown);

#define FACTS "/v1/services/S001/facts"

static int64_t revision(void)
{
	struct tx *tx = store_temp_read(&f.store);
	int64_t n = -1;

	fact_store_revision(tx, "S001", &n);
	store_temp_end(&f.store, tx);
	return n;
}

static const struct audit_line *last_audit(void)
{
	struct tx *tx = store_temp_read(&f.store);
	const struct audit_line *rows = NULL;
	size_t n = 0;

	audit_store_list(tx, &(struct audit_query){.limit = 1000}, &f.arena, &rows, &n);
	store_temp_end(&f.store, tx);
	cr_assert_gt(n, 0);
	return &rows[n - 1];
}

Test(api_facts, a_prohibition_names_a_vehicle_of_the_service)
{
	cr_assert_eq(api_fixture_post(&f, FACTS, NULL, "{\"kind\":\"forbid\",\"vehicle_id\":\"nope\"}"), 422);
	cr_assert_str_eq(api_fixture_text(&f, "errors.0.pointer"), "#/vehicle_id");
	cr_assert_eq(f.changed, 0);
	cr_assert_eq(api_fixture_post(&f, FACTS, NULL, "{\"kind\":\"forbid\",\"vehicle_id\":\"V1\"}"), 200, "%s", buf_str(&f.body));
}

Test(api_facts, members_that_do_not_go_with_the_kind_are_refused)
{
	cr_assert_eq(api_fixture_post(&f, FACTS, NULL, "{\"kind\":\"pin\",\"offer\":\"day-1\",\"date\":\"2022-13-01\"}"), 422);
	cr_assert_str_eq(api_fixture_text(&f, "errors.0.pointer"), "#/date");
	cr_assert_eq(api_fixture_post(&f, FACTS, NULL, "{\"kind\":\"forbid\",\"offer\":\"day-1\",\"date\":\"2022-01-12\"}"), 422);
	cr_assert_eq(f.changed, 0);
}

Test(api_facts, a_pin_raises_the_revision_and_is_audited)
{
	int64_t before = revision();

	cr_assert_eq(api_fixture_post(&f, FACTS, NULL, "{\"kind\":\"pin\",\"offer\":\"day-1\"}"), 200);
	cr_assert_gt(revision(), before);
	cr_assert_eq(f.changed, 1);
	cr_assert_eq(last_audit()->action, AUDIT_PINNED);
	cr_assert_str_eq(last_audit()->subject, "day-1");
	cr_assert_eq(api_fixture_get(&f, FACTS, NULL), 200);
	cr_assert_str_eq(api_fixture_text(&f, "pins.0"), "day-1");
	cr_assert_eq(api_fixture_post(&f, FACTS, NULL, "{\"kind\":\"unpin\",\"offer\":\"day-1\"}"), 200);
	api_fixture_get(&f, FACTS, NULL);
	cr_assert_null(api_fixture_text(&f, "pins.0"));
}

Test(api_facts, a_decline_forbids_the_member_on_that_day)
{
	cr_assert_eq(api_fixture_post(&f, FACTS, NULL, "{\"kind\":\"decline\",\"offer\":\"day-1\",\"staff\":\"P1\",\"reason\":\"congés\"}"), 200);
	api_fixture_get(&f, FACTS, NULL);
	cr_assert_str_eq(api_fixture_text(&f, "answers.0.staff"), "P1");
	cr_assert_str_eq(api_fixture_text(&f, "answers.0.answer"), "declined");
	cr_assert_str_eq(api_fixture_text(&f, "answers.0.date"), "2022-01-12");
}

Test(api_facts, prohibitions_that_belong_together_are_stored_together_or_not_at_all)
{
	cr_assert_eq(api_fixture_post(&f, FACTS, NULL, "{\"kind\":\"forbid\",\"date\":\"2022-01-18\",\"also\":[{\"staff_id\":\"nobody\"}]}"), 422);
	cr_assert_eq(api_fixture_post(&f, FACTS, NULL, "{\"kind\":\"forbid\",\"date\":\"2022-01-18\",\"also\":[{}]}"), 422);
	cr_assert_eq(api_fixture_post(&f, FACTS, NULL, "{\"kind\":\"forbid\",\"date\":\"2022-01-18\",\"also\":\"V1\"}"), 422);
	cr_assert_eq(api_fixture_post(&f, FACTS, NULL, "{\"kind\":\"pin\",\"offer\":\"day-1\",\"also\":[]}"), 422);
	cr_assert_eq(api_fixture_get(&f, FACTS, NULL), 200);
	cr_assert_null(api_fixture_text(&f, "forbids.0.id"));
	cr_assert_eq(api_fixture_post(&f, FACTS, NULL,
		"{\"kind\":\"forbid\",\"date\":\"2022-01-18\",\"staff_id\":\"P1\",\"also\":[{\"vehicle_id\":\"V1\",\"date\":\"2022-01-18\"}]}"), 200, "%s", buf_str(&f.body));
	cr_assert_eq(api_fixture_get(&f, FACTS, NULL), 200);
	cr_assert_not_null(api_fixture_text(&f, "forbids.1.id"));
	cr_assert_null(api_fixture_text(&f, "forbids.2.id"));
}

Test(api_facts, a_prohibition_said_twice_is_one_and_can_be_lifted)
{
	char body[100];

	cr_assert_eq(api_fixture_post(&f, FACTS, NULL, "{\"kind\":\"forbid\",\"staff_id\":\"P1\",\"date\":\"2022-01-18\"}"), 200);
	snprintf(body, sizeof(body), "{\"kind\":\"allow\",\"id\":\"%s\"}", api_fixture_text(&f, "id"));
	cr_assert_eq(api_fixture_post(&f, FACTS, NULL, "{\"kind\":\"forbid\",\"staff_id\":\"P1\",\"date\":\"2022-01-18\"}"), 200);
	api_fixture_get(&f, FACTS, NULL);
	cr_assert_str_eq(api_fixture_text(&f, "forbids.0.staff_id"), "P1");
	cr_assert_null(api_fixture_text(&f, "forbids.1.id"));
	cr_assert_eq(api_fixture_post(&f, FACTS, NULL, body), 200);
	cr_assert_eq(api_fixture_post(&f, FACTS, NULL, body), 422);
	cr_assert_str_eq(api_fixture_text(&f, "errors.0.pointer"), "#/id");
}

Test(api_facts, facts_about_what_is_not_there_are_refused_with_a_pointer)
{
	static const struct {
		const char *body, *pointer;
	} rows[] = {
		{"{\"kind\":\"pin\",\"offer\":\"day-9\"}", "#/offer"},
		{"{\"kind\":\"pin\"}", "#/offer"},
		{"{\"kind\":\"jump\"}", "#/kind"},
		{"{}", "#/kind"},
		{"{\"kind\":\"decline\",\"offer\":\"day-1\",\"staff\":\"P9\"}", "#/staff"},
		{"{\"kind\":\"decline\",\"offer\":\"day-1\",\"staff\":\"P2\"}", "#/staff"},
		{"{\"kind\":\"decline\",\"offer\":\"day-1\"}", "#/staff"},
		{"{\"kind\":\"forbid\"}", "#"},
		{"{\"kind\":\"forbid\",\"centre_id\":\"C9\"}", "#/centre_id"},
		{"{\"kind\":\"forbid\",\"siret\":\"1\"}", "#/siret"},
		{"{\"kind\":\"forbid\",\"date\":\"18/01\"}", "#/date"},
		{"{\"kind\":\"forbid\",\"staff_id\":\"P9\"}", "#/staff_id"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_eq(api_fixture_post(&f, FACTS, NULL, rows[i].body), 422, "%s", rows[i].body);
		cr_expect_str_eq(api_fixture_text(&f, "errors.0.pointer"), rows[i].pointer, "%s", rows[i].body);
	}
	cr_assert_eq(f.changed, 0);
}

Test(api_facts, a_service_speaks_for_itself_only)
{
	const char *other = api_fixture_token(&f, TOKEN_SERVICE, "S002"), *own = api_fixture_token(&f, TOKEN_SERVICE, "S001");

	cr_assert_eq(api_fixture_post(&f, FACTS, other, "{\"kind\":\"pin\",\"offer\":\"day-1\"}"), 404);
	cr_assert_eq(api_fixture_get(&f, FACTS, other), 404);
	cr_assert_eq(api_fixture_post(&f, FACTS, own, "{\"kind\":\"pin\",\"offer\":\"day-1\"}"), 200);
}

Test(api_facts, tokens_are_made_used_listed_and_revoked)
{
	char target[100];

	cr_assert_eq(api_fixture_post(&f, "/v1/tokens", NULL, "{\"role\":\"region\",\"region\":\"53\",\"note\":\"test\"}"), 201);
	const char *token = arena_strdup(&f.arena, api_fixture_text(&f, "token"));
	snprintf(target, sizeof(target), "/v1/tokens/%s", api_fixture_text(&f, "token_id"));
	cr_assert_eq(last_audit()->action, AUDIT_TOKEN_ADDED);
	cr_assert_eq(api_fixture_get(&f, "/v1/plans", token), 200);
	cr_assert_eq(api_fixture_get(&f, "/v1/tokens", NULL), 200);
	cr_assert_str_eq(api_fixture_text(&f, "items.0.role"), "region");
	cr_assert_null(strstr(f.body.data, token));
	cr_assert_eq(api_fixture_ask(&f, &(struct api_fixture_ask){.method = "DELETE", .target = target}), 204);
	cr_assert_eq(api_fixture_get(&f, "/v1/plans", token), 401);
	cr_assert_eq(api_fixture_ask(&f, &(struct api_fixture_ask){.method = "DELETE", .target = target}), 404);
}

Test(api_facts, tokens_need_a_scope_that_fits)
{
	static const struct {
		const char *body, *pointer;
	} rows[] = {
		{"{\"role\":\"region\"}", "#/region"}, {"{\"role\":\"service\"}", "#/service"},
		{"{\"role\":\"service\",\"service\":\"S999\"}", "#/service"}, {"{\"role\":\"national\",\"region\":\"53\"}", "#/region"},
		{"{\"role\":\"region\",\"region\":\"Bretagne\"}", "#/region"}, {"{\"role\":\"operator\",\"expires\":\"2020-01-01\"}", "#/expires"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_eq(api_fixture_post(&f, "/v1/tokens", NULL, rows[i].body), 422, "%s", rows[i].body);
		cr_expect_str_eq(api_fixture_text(&f, "errors.0.pointer"), rows[i].pointer, "%s", rows[i].body);
	}
}

Test(api_facts, letters_are_listed_read_and_held)
{
	api_fixture_letter(&f, "letter-1", LETTER_MAIL);
	api_fixture_letter(&f, "letter-2", LETTER_PUSH);
	cr_assert_eq(api_fixture_get(&f, "/v1/outbox?limit=1", NULL), 200);
	cr_assert_str_eq(api_fixture_text(&f, "items.0.letter_id"), "letter-1");
	cr_assert_not_null(api_fixture_text(&f, "next"));
	cr_assert_eq(api_fixture_get(&f, "/v1/outbox/letter-1?bytes=1", NULL), 200);
	cr_assert_str_eq(api_fixture_header(&f, "Content-Type"), "message/rfc822");
	cr_assert_eq(f.body.len, 18);
	cr_assert_eq(api_fixture_post(&f, "/v1/outbox/letter-1/hold", NULL, NULL), 200);
	cr_assert_str_eq(api_fixture_text(&f, "state"), "held");
	cr_assert_eq(last_audit()->action, AUDIT_LETTER_VERB);
	cr_assert_eq(api_fixture_post(&f, "/v1/outbox/letter-1/hold", NULL, NULL), 409);
	cr_assert_eq(api_fixture_get(&f, "/v1/outbox?state=held", NULL), 200);
	cr_assert_str_eq(api_fixture_text(&f, "items.0.letter_id"), "letter-1");
	cr_assert_null(api_fixture_text(&f, "items.1.letter_id"));
	cr_assert_eq(api_fixture_post(&f, "/v1/outbox/letter-1/drop", NULL, NULL), 200);
	cr_assert_eq(api_fixture_post(&f, "/v1/outbox/letter-9/drop", NULL, NULL), 404);
	cr_assert_eq(api_fixture_post(&f, "/v1/outbox/letter-1/burn", NULL, NULL), 404);
	cr_assert_eq(api_fixture_get(&f, "/v1/outbox?state=burnt", NULL), 400);
}

static int import(const char *target, const char *body)
{
	return api_fixture_ask(&f, &(struct api_fixture_ask){.method = "POST", .target = target, .headers = "Content-Type: text/csv\r\n", .body = body});
}

Test(api_facts, an_import_takes_the_good_rows_and_tells_the_bad_ones)
{
	static const char rows[] = "service_id;name;kind;region\nS003;Trois;SPSTI;53\nS004;Quatre;CIRCUS;53\n";

	cr_assert_eq(import("/v1/import?name=services.csv", rows), 200, "%s", buf_str(&f.body));
	cr_assert_eq(api_fixture_number(&f, "read"), 2);
	cr_assert_eq(api_fixture_number(&f, "created"), 1);
	cr_assert_eq(api_fixture_number(&f, "rejected"), 1);
	cr_assert_not_null(strstr(api_fixture_text(&f, "report.0"), "services.csv:3"));
	cr_assert_eq(f.changed, 1);
	api_fixture_get(&f, "/v1/plans?service=S003", NULL);
	cr_assert_str_eq(api_fixture_text(&f, "items.0.name"), "Trois");
}

Test(api_facts, a_dry_run_changes_nothing)
{
	cr_assert_eq(import("/v1/import?name=services.csv&dry_run=1", "service_id;name;kind;region\nS003;Trois;SPSTI;53\n"), 200);
	cr_assert_eq(api_fixture_number(&f, "created"), 1);
	cr_assert_eq(f.changed, 0);
	api_fixture_get(&f, "/v1/plans?service=S003", NULL);
	cr_assert_null(api_fixture_text(&f, "items.0.name"));
	cr_assert_eq(import("/v1/import?name=S001/agenda.ics&dry_run=1", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:new\r\nDTSTAMP:20211230T100000Z\r\n"
		"DTSTART:20220112T090000Z\r\nDTEND:20220112T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"), 200, "%s", buf_str(&f.body));
	cr_assert_eq(api_fixture_number(&f, "created"), 1);
	cr_assert_eq(f.changed, 0);
}

Test(api_facts, an_import_of_which_nothing_is_taken_fails)
{
	cr_assert_eq(import("/v1/import?name=services.csv", "service_id;name;kind;region\nS004;Quatre;CIRCUS;53\n"), 422);
	cr_assert_eq(api_fixture_number(&f, "rejected"), 1);
	cr_assert_eq(import("/v1/import?name=services.csv", "colour;size\nred;3\n"), 422);
	cr_assert_eq(import("/v1/import?name=letters.doc", "x"), 400);
	cr_assert_eq(import("/v1/import?name=../services.csv", "x"), 400);
	cr_assert_eq(import("/v1/import", "x"), 400);
	cr_assert_eq(f.changed, 0);
}

Test(api_facts, a_visit_is_explained_with_rule_and_source)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/explain/visit/V001", NULL), 200, "%s", buf_str(&f.body));
	cr_assert_str_eq(api_fixture_text(&f, "proposal.status"), "propose");
	cr_assert_str_eq(api_fixture_text(&f, "proposal.place"), "day:day-1");
	cr_assert_str_eq(api_fixture_text(&f, "proposal.why.0.rule"), "booster-92");
	const char *text = api_fixture_text(&f, "text");
	cr_assert_not_null(strstr(text, "une dose est proposée"));
	cr_assert_not_null(strstr(text, "DGS-URGENT 2021-132"));
	cr_assert_not_null(strstr(text, "Journée de vaccination day-1 du 12/01/2022, 09:00-12:00"), "%s", text);
	cr_assert_eq(api_fixture_get(&f, "/v1/explain/visit/V999", NULL), 404);
	cr_assert_eq(api_fixture_get(&f, "/v1/explain/visit/V002", NULL), 200);
	cr_assert_not_null(strstr(api_fixture_text(&f, "text"), "pas dans la période"));
}

Test(api_facts, companies_and_days_are_explained)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/explain/company/" MODEL_SIRET_HOST, NULL), 200);
	cr_assert_str_eq(api_fixture_text(&f, "offers.0.offer.id"), "day-1");
	cr_assert_eq(api_fixture_get(&f, "/v1/explain/company/" MODEL_SIRET_RURAL "?service=S001", NULL), 200);
	cr_assert_str_eq(api_fixture_text(&f, "unserved.reason"), "distance");
	cr_assert_not_null(strstr(api_fixture_text(&f, "text"), "41 km"));
	cr_assert_eq(api_fixture_get(&f, "/v1/explain/session/day-2", NULL), 200);
	cr_assert_eq(api_fixture_number(&f, "offer.expected"), 13);
	cr_assert_eq(api_fixture_get(&f, "/v1/explain/session/day-9", NULL), 404);
	cr_assert_eq(api_fixture_get(&f, "/v1/explain/session/day-2", api_fixture_token(&f, TOKEN_SERVICE, "S002")), 404);
	cr_assert_eq(api_fixture_get(&f, "/v1/explain/session/day-2", api_fixture_token(&f, TOKEN_REGION, "53")), 403);
}

Test(api_facts, an_id_that_two_services_know_needs_the_service)
{
	api_fixture_publish(&f, "S002", false);
	cr_assert_eq(api_fixture_get(&f, "/v1/explain/session/day-2", NULL), 409);
	cr_assert_eq(api_fixture_get(&f, "/v1/explain/session/day-2?service=S002", NULL), 200);
	cr_assert_str_eq(api_fixture_text(&f, "service_id"), "S002");
}

Test(api_facts, reading_a_person_leaves_a_line_in_the_audit_trail)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/explain/person/E007", NULL), 200);
	cr_assert_str_eq(api_fixture_text(&f, "offers.0.id"), "day-1");
	cr_assert_eq(last_audit()->action, AUDIT_PERSON_READ);
	cr_assert_str_eq(last_audit()->subject, "E007");
	cr_assert_eq(api_fixture_get(&f, "/v1/explain/person/E999", NULL), 404);
}

Test(api_facts, the_stand_is_idle_only_when_nothing_waits)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/status", NULL), 200);
	cr_assert_str_eq(api_fixture_text(&f, "state"), "busy"); /* S002 was never planned */
	cr_assert_eq(api_fixture_number(&f, "dirty"), 1);
	cr_assert_eq(api_fixture_number(&f, "plans.published"), 1);
	cr_assert_str_eq(api_fixture_text(&f, "listen.0"), "127.0.0.1:8080");
	api_fixture_publish(&f, "S002", false);
	api_fixture_get(&f, "/v1/status", NULL);
	cr_assert_str_eq(api_fixture_text(&f, "state"), "idle");
	f.status.spool_files = 1;
	api_fixture_get(&f, "/v1/status", NULL);
	cr_assert_str_eq(api_fixture_text(&f, "state"), "busy");
	f.status.spool_files = 0;
	api_fixture_letter(&f, "letter-1", LETTER_MAIL);
	api_fixture_get(&f, "/v1/status", NULL);
	cr_assert_str_eq(api_fixture_text(&f, "state"), "busy");
	cr_assert_eq(api_fixture_number(&f, "outbox.pending"), 1);
}

Test(api_facts, the_summary_adds_up_services_letters_and_missing_weeks)
{
	api_fixture_publish(&f, "S002", false);
	api_fixture_letter(&f, "letter-1", LETTER_MAIL);
	api_fixture_letter(&f, "letter-2", LETTER_PUSH);
	cr_assert_eq(api_fixture_get(&f, "/v1/status?summary=1", NULL), 200, "%s", buf_str(&f.body));
	cr_assert_eq(api_fixture_number(&f, "indicators.action_2_days"), 4);
	cr_assert_str_eq(api_fixture_text(&f, "services.1.service_id"), "S002");
	cr_assert_str_eq(api_fixture_text(&f, "services.0.missing_weeks.0.week"), "2022-W02");
	cr_assert_not_null(strstr(api_fixture_text(&f, "services.0.missing_weeks.0.text"), "personnel"));
	cr_assert_eq(api_fixture_number(&f, "letters.mail.pending"), 1);
	cr_assert_eq(api_fixture_number(&f, "letters.push.pending"), 1);
}
