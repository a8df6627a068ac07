/* SPDX-License-Identifier: Apache-2.0 */
/* Plan lists and documents: scope, audience, entity tags, pages, reviews, approval. */
#include "api_fixture.h"

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

TestSuite(api_plans, .init = setup, .fini = teardown);

#define PLAN "/v1/plans/S001/2022-01"

static int get_with(const char *target, const char *headers)
{
	return api_fixture_ask(&f, &(struct api_fixture_ask){.method = "GET", .target = target, .headers = headers});
}

Test(api_plans, the_list_tells_each_service_of_the_planning_month)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/plans", NULL), 200);
	cr_assert_str_eq(api_fixture_text(&f, "items.0.service_id"), "S001");
	cr_assert_str_eq(api_fixture_text(&f, "items.0.state"), "published");
	cr_assert_str_eq(api_fixture_text(&f, "items.0.month"), "2022-01");
	cr_assert_str_eq(api_fixture_text(&f, "items.0.deadline"), "2021-12-29");
	cr_assert_eq(api_fixture_number(&f, "items.0.version"), 1);
	cr_assert_eq(api_fixture_number(&f, "items.0.indicators.action_1_visits"), 1);
	cr_assert_str_eq(api_fixture_text(&f, "items.1.state"), "missing");
	cr_assert_null(api_fixture_text(&f, "items.2.state"));
	cr_assert_null(api_fixture_text(&f, "next"));
}

Test(api_plans, other_months_have_a_deadline_by_the_same_rule)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/plans?month=2022-03", NULL), 200);
	cr_assert_str_eq(api_fixture_text(&f, "items.0.deadline"), "2022-02-26");
	cr_assert_str_eq(api_fixture_text(&f, "items.0.state"), "missing");
}

Test(api_plans, authorities_see_masked_indicators)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/plans?region=53", api_fixture_token(&f, TOKEN_NATIONAL, NULL)), 200);
	cr_assert_eq(api_fixture_number(&f, "items.0.indicators.action_1_visits"), INT64_MIN);
	cr_assert_eq(api_fixture_number(&f, "items.0.indicators.action_2_days"), 2);
	cr_assert_null(api_fixture_text(&f, "items.1.service_id"));
}

Test(api_plans, scope_limits_what_is_listed)
{
	const char *region = api_fixture_token(&f, TOKEN_REGION, "11"), *service = api_fixture_token(&f, TOKEN_SERVICE, "S001");

	cr_assert_eq(api_fixture_get(&f, "/v1/plans", region), 200);
	cr_assert_str_eq(api_fixture_text(&f, "items.0.service_id"), "S002");
	cr_assert_null(api_fixture_text(&f, "items.1.service_id"));
	cr_assert_eq(api_fixture_get(&f, "/v1/plans?region=53", region), 404);
	cr_assert_eq(api_fixture_get(&f, "/v1/plans", service), 200);
	cr_assert_str_eq(api_fixture_text(&f, "items.0.service_id"), "S001");
	cr_assert_null(api_fixture_text(&f, "items.1.service_id"));
	cr_assert_eq(api_fixture_get(&f, "/v1/plans?service=S002", service), 404);
	cr_assert_eq(api_fixture_get(&f, "/v1/plans?region=11", service), 404);
}

Test(api_plans, filters_that_are_wrong_are_told_by_name)
{
	static const struct {
		const char *query, *parameter;
	} rows[] = {
		{"month=2022-1", "month"}, {"month=2022-13", "month"}, {"state=lost", "state"}, {"limit=0", "limit"}, {"limit=1001", "limit"},
		{"updated_since=yesterday", "updated_since"}, {"cursor=%21", "cursor"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char target[100];

		snprintf(target, sizeof(target), "/v1/plans?%s", rows[i].query);
		cr_expect_eq(api_fixture_get(&f, target, NULL), 400, "%s", rows[i].query);
		cr_expect_str_eq(api_fixture_text(&f, "errors.0.parameter"), rows[i].parameter, "%s", rows[i].query);
	}
}

Test(api_plans, pages_follow_each_other_by_cursor_and_link)
{
	char target[200];

	cr_assert_eq(api_fixture_get(&f, "/v1/plans?limit=1&month=2022-01", NULL), 200);
	cr_assert_str_eq(api_fixture_text(&f, "items.0.service_id"), "S001");
	cr_assert_null(api_fixture_text(&f, "items.1.service_id"));
	snprintf(target, sizeof(target), "/v1/plans?limit=1&month=2022-01&cursor=%s", api_fixture_text(&f, "next"));
	char link[300];
	snprintf(link, sizeof(link), "<%s>; rel=\"next\"", target);
	cr_assert_str_eq(api_fixture_header(&f, "Link"), link);
	cr_assert_eq(api_fixture_get(&f, target, NULL), 200);
	cr_assert_str_eq(api_fixture_text(&f, "items.0.service_id"), "S002");
	cr_assert_null(api_fixture_text(&f, "next"));
	cr_assert_null(api_fixture_header(&f, "Link"));
}

Test(api_plans, long_lists_are_the_pools_work_and_equal)
{
	api_fixture_get(&f, "/v1/plans?limit=10", NULL);
	char *small = arena_strdup(&f.arena, f.body.data);
	cr_assert_eq(api_fixture_get(&f, "/v1/plans?limit=1000", NULL), 200);
	cr_assert_str_eq(f.body.data, small);
}

Test(api_plans, bulk_readers_get_a_line_a_service)
{
	cr_assert_eq(get_with("/v1/plans", "Accept: application/x-ndjson\r\n"), 200);
	cr_assert_str_eq(api_fixture_header(&f, "Content-Type"), "application/x-ndjson");
	char *first = strchr(f.body.data, '\n');
	cr_assert_not_null(first);
	cr_assert_eq(first[1], '{');
	cr_assert_eq(strchr(first + 1, '\n') + 1, f.body.data + f.body.len);
}

Test(api_plans, the_state_filter_is_exact)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/plans?state=missing", NULL), 200);
	cr_assert_str_eq(api_fixture_text(&f, "items.0.service_id"), "S002");
	cr_assert_null(api_fixture_text(&f, "items.1.service_id"));
}

Test(api_plans, a_service_gets_the_whole_plan_and_an_authority_the_masked_one)
{
	cr_assert_eq(api_fixture_get(&f, PLAN, api_fixture_token(&f, TOKEN_SERVICE, "S001")), 200);
	cr_assert_str_eq(api_fixture_text(&f, "format"), "planvax-plan/1");
	cr_assert_eq(api_fixture_get(&f, PLAN, NULL), 200);
	cr_assert_str_eq(api_fixture_text(&f, "format"), "planvax-plan/1");
	cr_assert_eq(api_fixture_get(&f, PLAN, api_fixture_token(&f, TOKEN_REGION, "53")), 200);
	cr_assert_str_eq(api_fixture_text(&f, "format"), "planvax-authority/1");
	cr_assert_eq(api_fixture_get(&f, PLAN, api_fixture_token(&f, TOKEN_NATIONAL, NULL)), 200);
	cr_assert_str_eq(api_fixture_text(&f, "format"), "planvax-authority/1");
}

Test(api_plans, what_is_out_of_scope_looks_like_what_is_not_there)
{
	const char *other = api_fixture_token(&f, TOKEN_SERVICE, "S002"), *region = api_fixture_token(&f, TOKEN_REGION, "11");

	cr_assert_eq(api_fixture_get(&f, "/v1/plans/S999/2022-01", region), 404);
	char *unknown = arena_strdup(&f.arena, f.body.data);
	cr_assert_eq(api_fixture_get(&f, PLAN, other), 404);
	cr_assert_str_eq(f.body.data, unknown);
	cr_assert_eq(api_fixture_get(&f, PLAN, region), 404);
	cr_assert_str_eq(f.body.data, unknown);
	cr_assert_eq(api_fixture_get(&f, PLAN "/changes", other), 404);
	cr_assert_eq(api_fixture_get(&f, PLAN "/changes", region), 403);
}

Test(api_plans, a_month_that_is_none_and_a_plan_that_is_missing)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/plans/S001/january", NULL), 400);
	cr_assert_eq(api_fixture_get(&f, "/v1/plans/S001/2022-02", NULL), 404);
	cr_assert_eq(api_fixture_get(&f, "/v1/plans/S002/2022-01", NULL), 404);
}

Test(api_plans, the_entity_tag_is_the_digest_and_gives_304)
{
	unsigned char digest[DIGEST_BYTES];
	char hex[DIGEST_TEXT_BYTES], header[200], tag[100];

	cr_assert_eq(api_fixture_get(&f, PLAN, NULL), 200);
	digest_sha256(f.body.data, f.body.len, digest);
	snprintf(tag, sizeof(tag), "\"%s\"", digest_text(digest, hex) + 7);
	cr_assert_str_eq(api_fixture_header(&f, "ETag"), tag);
	cr_assert_str_eq(api_fixture_header(&f, "Cache-Control"), "private, no-cache");
	snprintf(header, sizeof(header), "If-None-Match: \"x\", %s\r\n", tag);
	cr_assert_eq(get_with(PLAN, header), 304);
	cr_assert_eq(f.body.len, 0);
	cr_assert_str_eq(api_fixture_header(&f, "ETag"), tag);
	cr_assert_eq(get_with(PLAN, "If-None-Match: \"x\"\r\n"), 200);
}

Test(api_plans, gzip_is_sent_as_stored_to_who_takes_it)
{
	char header[200];

	cr_assert_eq(get_with(PLAN, "Accept-Encoding: br, gzip;q=0.5\r\n"), 200);
	cr_assert_str_eq(api_fixture_header(&f, "Content-Encoding"), "gzip");
	cr_assert_str_eq(api_fixture_text(&f, "format"), "planvax-plan/1");
	cr_assert_not_null(strstr(api_fixture_header(&f, "ETag"), "-gzip\""));
	snprintf(header, sizeof(header), "If-None-Match: %s\r\n", api_fixture_header(&f, "ETag"));
	cr_assert_eq(get_with(PLAN, header), 304);
	cr_assert_eq(get_with(PLAN, "Accept-Encoding: gzip;q=0, br\r\n"), 200);
	cr_assert_null(api_fixture_header(&f, "Content-Encoding"));
}

Test(api_plans, versions_and_changes_of_a_month)
{
	api_fixture_publish(&f, "S001", false);
	cr_assert_eq(api_fixture_get(&f, PLAN "/versions", NULL), 200);
	cr_assert_eq(api_fixture_number(&f, "items.0.version"), 2);
	cr_assert_eq(api_fixture_get(&f, PLAN "/versions/1", NULL), 200);
	cr_assert_eq(api_fixture_number(&f, "services.0.version"), 1);
	cr_assert_eq(api_fixture_get(&f, PLAN "/versions/3", NULL), 404);
	cr_assert_eq(api_fixture_get(&f, PLAN "/versions/x", NULL), 404);
	cr_assert_eq(api_fixture_get(&f, PLAN "/changes", NULL), 200);
	cr_assert_eq(api_fixture_number(&f, "version"), 2);
	cr_assert_str_eq(api_fixture_text(&f, "changes.0.offer"), "day-1");
	cr_assert_str_eq(api_fixture_text(&f, "changes.0.kind"), "added");
	cr_assert_eq(api_fixture_get(&f, PLAN "/changes?version=1", NULL), 200);
	cr_assert_eq(api_fixture_number(&f, "version"), 1);
}

Test(api_plans, a_draft_is_the_services_own_until_it_is_published)
{
	const char *national = api_fixture_token(&f, TOKEN_NATIONAL, NULL);

	cr_assert_eq(api_fixture_get(&f, PLAN "/draft", NULL), 404);
	cr_assert_eq(api_fixture_publish(&f, "S001", true), 2);
	cr_assert_eq(api_fixture_get(&f, PLAN "/draft", NULL), 200);
	cr_assert_eq(api_fixture_number(&f, "services.0.version"), 2);
	cr_assert_eq(api_fixture_get(&f, PLAN "/draft", national), 403);
	cr_assert_eq(api_fixture_get(&f, PLAN "/versions/2", national), 404);
	cr_assert_eq(api_fixture_get(&f, PLAN "/versions/1", national), 200);
	cr_assert_eq(api_fixture_get(&f, PLAN "/versions/2", NULL), 200);
}

Test(api_plans, a_status_tells_authorities_of_a_draft_but_nothing_of_it)
{
	cr_assert_eq(api_fixture_publish(&f, "S002", true), 1);
	cr_assert_eq(api_fixture_get(&f, "/v1/plans?state=draft", api_fixture_token(&f, TOKEN_NATIONAL, NULL)), 200);
	cr_assert_str_eq(api_fixture_text(&f, "items.0.state"), "draft");
	cr_assert_eq(api_fixture_number(&f, "items.0.version"), INT64_MIN);
	cr_assert_null(api_fixture_text(&f, "items.0.plan_digest"));
	cr_assert_not_null(strstr(buf_str(&f.body), "\"indicators\":null"), "%s", buf_str(&f.body));
	cr_assert_eq(api_fixture_get(&f, "/v1/plans?state=draft", NULL), 200);
	cr_assert_eq(api_fixture_number(&f, "items.0.version"), 1);
	cr_assert_not_null(api_fixture_text(&f, "items.0.plan_digest"));
}

Test(api_plans, approval_publishes_the_draft_once)
{
	cr_assert_eq(api_fixture_post(&f, PLAN "/publish", NULL, NULL), 409);
	cr_assert_eq(f.changed, 0);
	api_fixture_publish(&f, "S001", true);
	cr_assert_eq(api_fixture_post(&f, PLAN "/publish", api_fixture_token(&f, TOKEN_NATIONAL, NULL), NULL), 403);
	cr_assert_eq(api_fixture_post(&f, PLAN "/publish", NULL, NULL), 200, "%s", buf_str(&f.body));
	cr_assert_eq(api_fixture_number(&f, "version"), 2);
	cr_assert_eq(f.changed, 1);
	cr_assert_eq(api_fixture_get(&f, PLAN, NULL), 200);
	cr_assert_eq(api_fixture_number(&f, "services.0.version"), 2);
	cr_assert_eq(api_fixture_post(&f, PLAN "/publish", NULL, NULL), 409);
}

Test(api_plans, reviews_move_the_state)
{
	const char *region = api_fixture_token(&f, TOKEN_REGION, "53");

	cr_assert_eq(api_fixture_post(&f, PLAN "/reviews", region, "{\"decision\":\"returned\",\"comment\":\"semaine 2 ?\"}"), 200);
	cr_assert_str_eq(api_fixture_text(&f, "state"), "returned");
	api_fixture_get(&f, "/v1/plans?service=S001", NULL);
	cr_assert_str_eq(api_fixture_text(&f, "items.0.state"), "returned");
	cr_assert_eq(api_fixture_post(&f, PLAN "/reviews", region, "{\"decision\":\"accepted\",\"version\":1}"), 200);
	cr_assert_str_eq(api_fixture_text(&f, "state"), "accepted");
}

Test(api_plans, reviews_are_checked)
{
	const char *region = api_fixture_token(&f, TOKEN_REGION, "53");
	const struct api_fixture_ask stale = {.method = "POST", .target = PLAN "/reviews", .token = region,
		.headers = "Content-Type: application/json\r\nIf-Match: \"old\"\r\n", .body = "{\"decision\":\"accepted\"}"};

	cr_assert_eq(api_fixture_post(&f, PLAN "/reviews", region, "{\"decision\":\"published\"}"), 422);
	cr_assert_str_eq(api_fixture_text(&f, "errors.0.pointer"), "#/decision");
	cr_assert_eq(api_fixture_post(&f, PLAN "/reviews", region, "{\"decision\":\"accepted\",\"version\":7}"), 409);
	cr_assert_eq(api_fixture_post(&f, PLAN "/reviews", api_fixture_token(&f, TOKEN_REGION, "11"), "{\"decision\":\"accepted\"}"), 404);
	cr_assert_eq(api_fixture_post(&f, PLAN "/reviews", api_fixture_token(&f, TOKEN_SERVICE, "S001"), "{\"decision\":\"accepted\"}"), 403);
	cr_assert_eq(api_fixture_post(&f, "/v1/plans/S002/2022-01/reviews", NULL, "{\"decision\":\"accepted\"}"), 404);
	cr_assert_eq(api_fixture_ask(&f, &stale), 412);
}
