/* SPDX-License-Identifier: Apache-2.0 */
/* Ways of a request: tokens, roles, methods, media types, bodies, metrics. */
#include "api_fixture.h"
#include "routes.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct api_fixture f;

static void setup(void)
{
	api_fixture_open(&f);
}

static void teardown(void)
{
	api_fixture_close(&f);
}

TestSuite(api, .init = setup, .fini = teardown);

Test(api, who_sends_no_token_is_asked_for_one)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/plans", ""), 401);
	cr_assert_str_eq(api_fixture_header(&f, "WWW-Authenticate"), "Bearer realm=\"planvax\"");
	cr_assert_str_eq(api_fixture_header(&f, "Content-Type"), "application/problem+json");
	cr_assert_eq(api_fixture_number(&f, "status"), 401);
}

Test(api, an_unknown_token_is_refused_and_told_so)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/plans", "planvax_nobody"), 401);
	cr_assert_not_null(strstr(api_fixture_header(&f, "WWW-Authenticate"), "invalid_token"));
}

Test(api, an_unknown_path_is_told_to_callers_only)
{
	cr_assert_eq(api_fixture_get(&f, "/v2/plans", ""), 401);
	cr_assert_eq(api_fixture_get(&f, "/v2/plans", api_fixture_token(&f, TOKEN_NATIONAL, NULL)), 404);
}

Test(api, a_role_that_may_not_gets_403)
{
	const char *national = api_fixture_token(&f, TOKEN_NATIONAL, NULL), *region = api_fixture_token(&f, TOKEN_REGION, "53");

	cr_assert_eq(api_fixture_get(&f, "/v1/status", national), 403);
	cr_assert_eq(api_fixture_get(&f, "/v1/tokens", region), 403);
	cr_assert_eq(api_fixture_post(&f, "/v1/services/S001/facts", region, "{}"), 403);
	cr_assert_eq(api_fixture_get(&f, "/v1/outbox", api_fixture_token(&f, TOKEN_SERVICE, "S001")), 403);
}

Test(api, another_method_gets_405_with_the_allowed_ones)
{
	cr_assert_eq(api_fixture_ask(&f, &(struct api_fixture_ask){.method = "PUT", .target = "/v1/tokens"}), 405);
	cr_assert_str_eq(api_fixture_header(&f, "Allow"), "GET, HEAD, POST, OPTIONS");
	cr_assert_eq(api_fixture_ask(&f, &(struct api_fixture_ask){.method = "OPTIONS", .target = "/v1/plans"}), 204);
	cr_assert_str_eq(api_fixture_header(&f, "Allow"), "GET, HEAD, OPTIONS");
}

Test(api, the_accept_header_is_obeyed)
{
	static const struct {
		const char *accept;
		int status;
	} rows[] = {
		{"application/json", 200}, {"*/*", 200}, {"text/html, application/*;q=0.5", 200}, {"APPLICATION/JSON", 200},
		{"text/html", 406}, {"application/json;q=0, text/html", 406}, {"application/json;q=0, */*", 406}, {"", 200},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char header[100];

		snprintf(header, sizeof(header), "Accept: %s\r\n", rows[i].accept);
		cr_expect_eq(api_fixture_ask(&f, &(struct api_fixture_ask){.method = "GET", .target = "/v1/tokens", .headers = header}),
			rows[i].status, "%s: %d", rows[i].accept, f.code);
	}
}

Test(api, unknown_query_parameters_are_named)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/plans?regoin=53", NULL), 400);
	cr_assert_str_eq(api_fixture_text(&f, "errors.0.pointer"), "#/query/regoin");
	cr_assert_str_eq(api_fixture_text(&f, "errors.0.parameter"), "regoin");
	cr_assert_not_null(strstr(api_fixture_text(&f, "detail"), "region"));
}

Test(api, a_query_parameter_that_comes_twice_is_refused)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/plans?month=2022-01&month=2022-02", NULL), 400);
	cr_assert_str_eq(api_fixture_text(&f, "errors.0.parameter"), "month");
	cr_assert_eq(api_fixture_get(&f, "/v1/plans?month=2022-01&limit=5", NULL), 200);
}

Test(api, a_dry_run_that_is_misspelt_imports_nothing)
{
	const struct api_fixture_ask ask = {.method = "POST", .target = "/v1/import?name=people.csv&dry_run=yes",
		.body = "person_ref;service_id;birth_date;kind\nP900;S001;1980-01-01;employee\n"};

	cr_assert_eq(api_fixture_ask(&f, &ask), 400);
	cr_assert_str_eq(api_fixture_text(&f, "errors.0.parameter"), "dry_run");
	cr_assert_eq(f.changed, 0);
	cr_assert_eq(api_fixture_get(&f, "/v1/status?summary=yes", NULL), 400);
	cr_assert_eq(api_fixture_get(&f, "/v1/status?summary=true", NULL), 200);
}

Test(api, a_body_that_is_not_json_gets_415_or_400)
{
	const struct api_fixture_ask form = {.method = "POST", .target = "/v1/tokens",
		.headers = "Content-Type: application/x-www-form-urlencoded\r\n", .body = "role=operator"};

	cr_assert_eq(api_fixture_ask(&f, &form), 415);
	cr_assert_eq(api_fixture_post(&f, "/v1/tokens", NULL, "{\"role\":"), 400);
	cr_assert_str_eq(api_fixture_text(&f, "errors.0.pointer"), "#");
	cr_assert_eq(api_fixture_post(&f, "/v1/tokens", NULL, "[]"), 422);
}

Test(api, wrong_members_are_all_told_with_pointers)
{
	cr_assert_eq(api_fixture_post(&f, "/v1/tokens", NULL, "{\"rolle\":\"x\",\"role\":5}"), 422);
	cr_assert_str_eq(api_fixture_text(&f, "errors.0.pointer"), "#/rolle");
	cr_assert_eq(api_fixture_post(&f, "/v1/tokens", NULL, "{\"role\":\"king\",\"expires\":\"soon\"}"), 422);
	cr_assert_str_eq(api_fixture_text(&f, "errors.0.pointer"), "#/role");
	cr_assert_str_eq(api_fixture_text(&f, "errors.1.pointer"), "#/expires");
}

Test(api, bodies_have_limits_by_route_and_socket)
{
	cr_assert_eq(api_fixture_post(&f, "/v1/reload", NULL, NULL), 200);
	cr_assert_eq(f.max_body, 1024);
	api_fixture_post(&f, "/v1/tokens", NULL, "{}");
	cr_assert_eq(f.max_body, 64 * 1024);
	api_fixture_post(&f, "/v1/import?name=people.csv", NULL, "x");
	cr_assert_eq(f.max_body, 256 * 1024 * 1024);
	api_fixture_post(&f, "/v1/import?name=people.csv", api_fixture_token(&f, TOKEN_OPERATOR, NULL), "x");
	cr_assert_eq(f.max_body, 16 * 1024 * 1024);
}

Test(api, life_and_readiness_need_no_token)
{
	cr_assert_eq(api_fixture_get(&f, "/livez", ""), 200);
	cr_assert_eq(api_fixture_get(&f, "/readyz", ""), 200);
	f.status.ready = false;
	cr_assert_eq(api_fixture_get(&f, "/livez", ""), 200);
	cr_assert_eq(api_fixture_get(&f, "/readyz", ""), 503);
	cr_assert_not_null(api_fixture_header(&f, "Retry-After"));
}

Test(api, metrics_count_requests_by_route_in_both_formats)
{
	api_fixture_get(&f, "/v1/plans", "");
	cr_assert_eq(api_fixture_get(&f, "/metrics", ""), 401);
	cr_assert_eq(api_fixture_get(&f, "/metrics", NULL), 200);
	cr_assert_str_eq(api_fixture_header(&f, "Content-Type"), METRICS_PROMETHEUS_TYPE);
	cr_assert_not_null(strstr(f.body.data, "planvax_http_requests_total{route=\"/v1/plans\",method=\"GET\",status=\"401\"} 1"));
	api_fixture_ask(&f, &(struct api_fixture_ask){.method = "GET", .target = "/metrics",
		.headers = "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n"});
	cr_assert_str_eq(api_fixture_header(&f, "Content-Type"), METRICS_OPENMETRICS_TYPE);
	cr_assert_str_eq(f.body.data + f.body.len - 6, "# EOF\n");
}

Test(api, the_openapi_document_holds_every_route_and_no_other)
{
	size_t n = 0, found = 0;
	const struct route *routes = routes_all(&n);

	cr_assert_eq(api_fixture_get(&f, "/openapi.json", ""), 200);
	cr_assert_str_eq(api_fixture_text(&f, "openapi"), "3.1.0");
	const struct json_value *paths = json_get(json_root(f.doc), "paths");
	for (size_t i = 0; i < json_len(paths); i++)
		found += json_len(json_at(paths, i));
	cr_assert_eq(found, n);
	for (size_t i = 0; i < n; i++) {
		char method[16];

		snprintf(method, sizeof(method), "%s", names_word(http_method_names, (int)routes[i].method));
		for (char *p = method; *p; p++)
			*p = (char)(*p | 0x20);
		const struct json_value *operation = json_get(json_get(paths, routes[i].pattern), method);
		cr_expect_not_null(operation, "%s %s", method, routes[i].pattern);
		cr_expect_str_eq(json_text(json_get(operation, "summary")), routes[i].summary);
	}
}

Test(api, head_is_answered_as_get)
{
	cr_assert_eq(api_fixture_ask(&f, &(struct api_fixture_ask){.method = "HEAD", .target = "/v1/plans"}), 200);
	cr_assert_not_null(api_fixture_header(&f, "ETag"));
}

Test(api, a_pool_that_is_full_is_told_with_a_time_to_come_back)
{
	f.context.pool_places = 0;
	api_fixture_renew(&f);
	cr_assert_eq(api_fixture_get(&f, "/v1/status", NULL), 503);
	cr_assert_not_null(api_fixture_header(&f, "Retry-After"));
	cr_assert_eq(api_pending(f.api), 0);
	cr_assert_eq(api_fixture_get(&f, "/v1/plans", NULL), 200);
}

Test(api, reload_and_replan_reach_the_frame)
{
	cr_assert_eq(api_fixture_post(&f, "/v1/reload", NULL, NULL), 200);
	cr_assert_not_null(strstr(api_fixture_text(&f, "report"), "max_body"));
	f.reload_rc = ERR_INVALID;
	cr_assert_eq(api_fixture_post(&f, "/v1/reload", NULL, NULL), 422);
	cr_assert_not_null(strstr(api_fixture_text(&f, "detail"), "planvaxd.conf:3:1"));
	cr_assert_eq(f.reloaded, 2);
	cr_assert_eq(api_fixture_post(&f, "/v1/replan", NULL, NULL), 202);
	cr_assert_eq(f.planned, 1);
}
