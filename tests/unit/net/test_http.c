/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of net/http. */
#include <planvax/base/civil.h>
#include <planvax/base/json.h>
#include <planvax/net/http.h>

#include <criterion/criterion.h>
#include <string.h>

static struct instant at(const char *text)
{
	struct instant when = {0};

	cr_assert_eq(instant_parse(text, strlen(text), &when), 0);
	return when;
}

Test(http, writes_dates_as_the_rfc_does)
{
	static const struct {
		const char *instant, *date;
	} cases[] = {
		{"1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 GMT"},
		{"2022-01-10T00:00:00Z", "Mon, 10 Jan 2022 00:00:00 GMT"},
		{"2000-02-29T23:59:59Z", "Tue, 29 Feb 2000 23:59:59 GMT"},
		{"1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[HTTP_DATE_BYTES];
		struct instant back = {0};

		cr_assert_str_eq(http_date_format(at(cases[i].instant), text), cases[i].date);
		cr_assert_eq(http_date_parse(text, &back), 0);
		cr_assert_eq(back.utc_s, at(cases[i].instant).utc_s);
	}
}

Test(http, refuses_dates_that_are_not_in_the_fixed_form)
{
	static const char *const cases[] = {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
		"Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT "};
	struct instant out = {42};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_assert_eq(http_date_parse(cases[i], &out), ERR_INVALID, "%s", cases[i]);
	cr_assert_eq(out.utc_s, 42);
}

Test(http, reads_retry_after_as_seconds_or_date)
{
	struct instant now = at("2022-01-10T08:00:00Z");
	int64_t s = -1;

	cr_assert_eq(http_retry_after("120", now, &s), 0);
	cr_assert_eq(s, 120);
	cr_assert_eq(http_retry_after("Mon, 10 Jan 2022 08:01:00 GMT", now, &s), 0);
	cr_assert_eq(s, 60);
	cr_assert_eq(http_retry_after("Sun, 09 Jan 2022 08:01:00 GMT", now, &s), 0);
	cr_assert_eq(s, 0);
	cr_assert_eq(http_retry_after("99999999999999999999", now, &s), 0);
	cr_assert_eq(s, INT32_MAX);
	cr_assert_eq(http_retry_after("", now, &s), ERR_INVALID);
	cr_assert_eq(http_retry_after("-1", now, &s), ERR_INVALID);
	cr_assert_eq(http_retry_after("soon", now, &s), ERR_INVALID);
}

Test(http, finds_an_entity_tag_in_a_list)
{
	static const struct {
		const char *value;
		bool listed;
	} cases[] = {
		{NULL, false}, {"", false}, {"*", true}, {"\"a\"", true}, {"W/\"a\"", true}, {"\"b\", \"a\"", true}, {"\"b\",W/\"a\" ", true},
		{"\"ab\"", false}, {"a", false}, {"\"b\" \"a\"", false}, {"\"a", false}, {"\"b\", *", false}, {"\"x,\\\", \"a\"", true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_assert_eq(http_etag_listed(cases[i].value, "\"a\""), cases[i].listed, "case %zu", i);
}

Test(http, takes_one_bearer_token_and_nothing_else)
{
	static const struct {
		const char *value, *token;
	} cases[] = {
		{"Bearer abc", "abc"}, {"bearer   a.b-c_d~e+/f==", "a.b-c_d~e+/f=="}, {"Bearer", NULL}, {"Bearer ", NULL}, {"Bearer a b", NULL},
		{"Bearer a,b", NULL}, {"Basic abc", NULL}, {"Bearerabc", NULL}, {"", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_pair pair = {"authorization", cases[i].value};
		struct http_request request = {.headers = &pair, .n_headers = 1};
		const char *token = http_bearer(&request);

		cr_assert_eq(token == NULL, cases[i].token == NULL, "%s", cases[i].value);
		if (token != NULL)
			cr_assert_str_eq(token, cases[i].token);
	}
}

Test(http, keeps_a_header_value_from_starting_another_line)
{
	struct http_reply reply;
	size_t len = 0;

	http_reply_init(&reply);
	http_reply_header(&reply, "X-Name", "value\r\nSet-Cookie: x");
	cr_assert_str_eq(buf_str(&reply.headers), "X-Name: value\r\n");
	cr_assert_eq(strncmp(http_reply_find(&reply, "x-name", &len), "value", 5), 0);
	cr_assert_eq(len, 5);
	cr_assert_null(http_reply_find(&reply, "x-nam", &len));
	http_reply_release(&reply);
}

static void count_release(void *arg)
{
	(*(int *)arg)++;
}

Test(http, releases_a_borrowed_body_once)
{
	struct http_reply reply;
	int releases = 0;
	size_t len;

	http_reply_init(&reply);
	http_reply_borrow(&reply, "bytes", 5, count_release, &releases);
	cr_assert_str_eq(http_reply_body(&reply, &len), "bytes");
	cr_assert_eq(len, 5);
	http_reply_restart(&reply, 200);
	cr_assert_eq(releases, 1);
	http_reply_release(&reply);
	cr_assert_eq(releases, 1);
}

Test(http, writes_problem_documents_that_replace_what_was_there)
{
	struct http_reply reply;
	struct json_doc *doc;
	size_t len;

	http_reply_init(&reply);
	http_reply_type(&reply, 200, "text/plain");
	buf_puts(&reply.body, "half an answer");
	http_reply_problem(&reply, 404, "no \"such\" plan");
	cr_assert_eq(reply.status, 404);
	cr_assert_str_eq(buf_str(&reply.headers), "Content-Type: application/problem+json\r\n");
	const char *body = http_reply_body(&reply, &len);
	cr_assert_eq(json_parse(body, len, "reply", &doc, NULL), 0);
	cr_assert_str_eq(json_text(json_get(json_root(doc), "title")), "Not Found");
	cr_assert_str_eq(json_text(json_get(json_root(doc), "detail")), "no \"such\" plan");
	json_free(doc);
	http_reply_release(&reply);
}
