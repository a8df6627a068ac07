/* SPDX-License-Identifier: Apache-2.0 */
/* Absences over HTTP, and who may ask questions about plans. */
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

TestSuite(api_absences, .init = setup, .fini = teardown);

#define ABSENCES "/v1/services/S001/absences"
#define AWAY "{\"kind\":\"staff\",\"id\":\"P1\",\"from\":\"2022-01-10\",\"to\":\"2022-01-14\",\"reason\":\"formation\"}"

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

Test(api_absences, one_is_said_listed_and_withdrawn)
{
	cr_assert_eq(api_fixture_post(&f, ABSENCES, NULL, AWAY), 200, "%s", buf_str(&f.body));
	cr_expect_str_eq(api_fixture_text(&f, "subject"), "P1");
	cr_expect_str_eq(api_fixture_text(&f, "month"), API_FIXTURE_MONTH);
	cr_expect_eq(api_fixture_number(&f, "version"), 1);
	cr_expect_eq(f.changed, 1);
	cr_expect_eq(last_audit()->action, AUDIT_ABSENT);
	cr_expect_str_eq(last_audit()->detail, "staff P1 2022-01-10 2022-01-14");
	char target[128];
	snprintf(target, sizeof(target), ABSENCES "/%s", api_fixture_text(&f, "id"));
	cr_assert_eq(api_fixture_post(&f, ABSENCES, NULL, AWAY), 200);
	cr_assert_eq(api_fixture_get(&f, ABSENCES, NULL), 200);
	cr_expect_str_eq(api_fixture_text(&f, "items.0.to"), "2022-01-14");
	cr_expect_null(api_fixture_text(&f, "items.1.id"), "the same absence said twice is one");
	cr_assert_eq(api_fixture_ask(&f, &(struct api_fixture_ask){.method = "DELETE", .target = target}), 200, "%s", buf_str(&f.body));
	cr_expect_eq(last_audit()->action, AUDIT_RETURNED);
	cr_assert_eq(api_fixture_ask(&f, &(struct api_fixture_ask){.method = "DELETE", .target = target}), 404);
}

Test(api_absences, what_makes_no_sense_is_refused_by_member)
{
	static const struct {
		const char *body, *pointer;
	} rows[] = {
		{"{\"kind\":\"staff\",\"id\":\"nobody\",\"from\":\"2022-01-10\",\"to\":\"2022-01-14\"}", "#/id"},
		{"{\"kind\":\"vehicle\",\"id\":\"P1\",\"from\":\"2022-01-10\",\"to\":\"2022-01-14\"}", "#/id"},
		{"{\"kind\":\"centre\",\"id\":\"P1\",\"from\":\"2022-01-10\",\"to\":\"2022-01-14\"}", "#/id"},
		{"{\"kind\":\"weather\",\"id\":\"P1\",\"from\":\"2022-01-10\",\"to\":\"2022-01-14\"}", "#/kind"},
		{"{\"kind\":\"staff\",\"id\":\"P1\",\"from\":\"2022-01-14\",\"to\":\"2022-01-10\"}", "#/to"},
		{"{\"kind\":\"staff\",\"id\":\"P1\",\"from\":\"2022-01-10\",\"to\":\"2024-01-10\"}", "#/to"},
		{"{\"kind\":\"staff\",\"id\":\"P1\",\"from\":\"2022-02-30\",\"to\":\"2022-03-10\"}", "#/from"},
		{"{\"kind\":\"staff\",\"id\":\"P1\",\"from\":\"2022-01-10\"}", "#/to"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_eq(api_fixture_post(&f, ABSENCES, NULL, rows[i].body), 422, "row %zu: %s", i, buf_str(&f.body));
		cr_expect_str_eq(api_fixture_text(&f, "errors.0.pointer"), rows[i].pointer, "row %zu", i);
	}
	cr_expect_eq(f.changed, 0);
}

Test(api_absences, services_are_found_by_what_their_registers_have)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/services?kind=vehicle&id=V1", NULL), 200, "%s", buf_str(&f.body));
	cr_expect_str_eq(api_fixture_text(&f, "items.0.service_id"), "S001");
	cr_expect_null(api_fixture_text(&f, "items.1.service_id"));
	cr_assert_eq(api_fixture_get(&f, "/v1/services?kind=staff&id=nobody", NULL), 200);
	cr_expect_null(api_fixture_text(&f, "items.0.service_id"));
	cr_assert_eq(api_fixture_get(&f, "/v1/services", NULL), 200);
	cr_expect_not_null(api_fixture_text(&f, "items.1.service_id"));
	cr_expect_eq(api_fixture_get(&f, "/v1/services?id=V1", NULL), 400);
}

Test(api_absences, questions_are_for_the_service_itself_and_its_operator)
{
	static const char *const paths[] = {
		"/v1/plans/S001/2022-01/calls", "/v1/plans/S001/2022-01/fairness", "/v1/plans/S001/2022-01/orders",
		"/v1/plans/S001/2022-01/replacements/day-1", ABSENCES,
	};
	const char *own = api_fixture_token(&f, TOKEN_SERVICE, "S001"), *other = api_fixture_token(&f, TOKEN_SERVICE, "S002");
	const char *region = api_fixture_token(&f, TOKEN_REGION, "53");

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		cr_expect_eq(api_fixture_get(&f, paths[i], other), 404, "%s", paths[i]);
		cr_expect_eq(api_fixture_get(&f, paths[i], region), 403, "%s", paths[i]);
		cr_expect_eq(api_fixture_get(&f, paths[i], ""), 401, "%s", paths[i]);
	}
	cr_expect_eq(api_fixture_get(&f, ABSENCES, own), 200);
	cr_expect_eq(api_fixture_get(&f, "/v1/territory?region=53", own), 403);
	cr_expect_eq(api_fixture_get(&f, "/v1/territory?region=53", region), 403);
	cr_expect_eq(api_fixture_get(&f, "/v1/services", own), 403);
}

Test(api_absences, wrong_questions_are_told)
{
	cr_expect_eq(api_fixture_get(&f, "/v1/territory", NULL), 400);
	cr_expect_eq(api_fixture_get(&f, "/v1/plans/S001/2022-01/orders?short=COMIRNATY", NULL), 400);
	cr_expect_eq(api_fixture_get(&f, "/v1/plans/S001/2022-01/calls?version=x", NULL), 400);
	cr_expect_eq(api_fixture_get(&f, "/v1/plans/S001/2022-13/fairness", NULL), 400);
	cr_expect_eq(api_fixture_post(&f, "/v1/plans/S001/2022-05/replan", NULL, NULL), 409, "another month is planned");
}
