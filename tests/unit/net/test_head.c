/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of net/head. */
#include <planvax/net/head.h>

#include <criterion/criterion.h>
#include <string.h>

#define GET "GET / HTTP/1.1\r\n"
#define POST "POST / HTTP/1.1\r\n"
#define HOST "Host: planvax.example\r\n"

/* Status that refuses the bytes; 0: they are a right head; -1: more bytes are needed. */
static int judge(const char *bytes, size_t len, struct http_request *request, struct arena *arena)
{
	struct head_refusal why = {0};
	size_t seen = 0;
	int64_t end = head_find(bytes, len, &seen, &why);

	*request = (struct http_request){.arena = arena};
	if (end == 0)
		return -1;
	if (end < 0 || head_parse(bytes, (size_t)end, request, &why) != 0) {
		cr_assert_not_null(why.what);
		return why.status;
	}
	return 0;
}

static int status_of(const char *text)
{
	struct arena arena = ARENA_INIT;
	struct http_request request;
	int status = judge(text, strlen(text), &request, &arena);

	arena_release(&arena);
	return status;
}

struct refused {
	int status;
	const char *text;
};

static void check_refused(const struct refused *cases, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cr_expect_eq(status_of(cases[i].text), cases[i].status, "case %zu: %s gives %d", i, cases[i].text, status_of(cases[i].text));
}

#define CHECK_REFUSED(cases) check_refused((cases), sizeof(cases) / sizeof((cases)[0]))

Test(head, takes_a_request_apart)
{
	static const char text[] = "GET /v1/plans/S%C3%A901/a%2Fb/?region=11&month=2022-01&q=a+b%26c&&flag HTTP/1.1\r\n"
		"HOST: Planvax.Example:8080\r\nAccept: text/html\r\nX-Empty:\r\naccept:\t application/json \r\n\r\nrest";
	struct arena arena = ARENA_INIT;
	struct http_request r;

	cr_assert_eq(judge(text, sizeof(text) - 1, &r, &arena), 0);
	cr_assert_eq(r.method, HTTP_GET);
	cr_assert_eq(r.minor, 1);
	cr_assert(r.keep_alive);
	cr_assert_str_eq(r.host, "planvax.example:8080");
	cr_assert_str_eq(r.path, "/v1/plans/S%C3%A901/a%2Fb/");
	cr_assert_eq(r.n_segments, 5);
	cr_assert(http_segment_is(&r, 1, "plans"));
	cr_assert_str_eq(r.segments[2], "S\xc3\xa9" "01");
	cr_assert_str_eq(r.segments[3], "a/b");
	cr_assert_str_eq(r.segments[4], "");
	cr_assert_not(http_segment_is(&r, 5, ""));
	cr_assert_eq(r.n_query, 4);
	cr_assert_str_eq(http_query(&r, "month"), "2022-01");
	cr_assert_str_eq(http_query(&r, "q"), "a b&c");
	cr_assert_str_eq(http_query(&r, "flag"), "");
	cr_assert_null(http_query(&r, "none"));
	cr_assert_eq(r.n_headers, 3);
	cr_assert_str_eq(http_header(&r, "accept"), "text/html, application/json");
	cr_assert_str_eq(http_header(&r, "x-empty"), "");
	cr_assert_eq(r.content_length, 0);
	arena_release(&arena);
}

Test(head, takes_every_form_of_target)
{
	static const struct {
		const char *line, *path, *host;
		size_t n_segments;
	} cases[] = {
		{"GET / HTTP/1.1", "/", "planvax.example", 0},
		{"GET /a HTTP/1.1", "/a", "planvax.example", 1},
		{"GET // HTTP/1.1", "//", "planvax.example", 2},
		{"GET /?a=/? HTTP/1.1", "/", "planvax.example", 0},
		{"GET http://Other.example/a?b HTTP/1.1", "/a", "other.example", 1},
		{"GET https://other.example:443 HTTP/1.1", "/", "other.example:443", 0},
		{"GET http://[::1]?x=1 HTTP/1.1", "/", "[::1]", 0},
		{"OPTIONS * HTTP/1.1", "*", "planvax.example", 0},
		{"GET /a;b=c,d@e!$&'()*+:~ HTTP/1.1", "/a;b=c,d@e!$&'()*+:~", "planvax.example", 1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = ARENA_INIT;
		struct http_request r;
		char *text = arena_printf(&arena, "%s\r\n" HOST "\r\n", cases[i].line);

		cr_assert_eq(judge(text, strlen(text), &r, &arena), 0, "%s", cases[i].line);
		cr_assert_str_eq(r.path, cases[i].path, "%s", cases[i].line);
		cr_assert_str_eq(r.host, cases[i].host, "%s", cases[i].line);
		cr_assert_eq(r.n_segments, cases[i].n_segments, "%s", cases[i].line);
		arena_release(&arena);
	}
}

Test(head, refuses_request_lines_that_are_not_plain)
{
	static const struct refused cases[] = {
		{400, "GET /\r\n" HOST "\r\n"}, {400, "GET  / HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET /  HTTP/1.1\r\n" HOST "\r\n"},
		{400, "GET / HTTP/1.1 \r\n" HOST "\r\n"}, {400, " GET / HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET\t/\tHTTP/1.1\r\n" HOST "\r\n"},
		{400, "GET / x HTTP/1.1\r\n" HOST "\r\n"}, {400, "G(T / HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET / http/1.1\r\n" HOST "\r\n"},
		{400, "GET / HTTP/1\r\n" HOST "\r\n"}, {400, "GET / HTTP/1.10\r\n" HOST "\r\n"}, {400, "GET / HTTP/11\r\n" HOST "\r\n"},
		{400, "GET / HTTP /1.1\r\n" HOST "\r\n"}, {400, "GET / HTTPS/1.1\r\n" HOST "\r\n"}, {505, "GET / HTTP/2.0\r\n" HOST "\r\n"},
		{505, "GET / HTTP/0.9\r\n" HOST "\r\n"}, {505, "GET / HTTP/1.2\r\n" HOST "\r\n"}, {505, "PRI * HTTP/2.0\r\n\r\n"},
		{400, "\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n"}, {400, "\x16\x03\x01\x02"}, {400, "{\"json\":1}\r\n"}, {400, "\nGET / HTTP/1.1\r\n"},
		{400, "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGH / HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET HTTP/1.1\r\n" HOST "\r\n"},
		{400, "GET / HTTP/1.1\n" HOST "\r\n"}, {400, "GET / HTTP/1.1\r" HOST "\r\n"}, {400, "GET / HTTP/1.1\r\r\n" HOST "\r\n"},
	};

	CHECK_REFUSED(cases);
	cr_assert_eq(status_of("\r\nGET / HTTP/1.1\r\n" HOST "\r\n"), 0, "one empty line before is allowed");
}

Test(head, refuses_targets_that_are_not_plain)
{
	static const struct refused cases[] = {
		{400, "GET a HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET * HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET /a#b HTTP/1.1\r\n" HOST "\r\n"},
		{400, "GET /a%2 HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET /a%zz HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET /a% HTTP/1.1\r\n" HOST "\r\n"},
		{400, "GET /a%00 HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET /a%0d%0ab HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET /%7f HTTP/1.1\r\n" HOST "\r\n"},
		{400, "GET /%ff HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET /\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET /a\\b HTTP/1.1\r\n" HOST "\r\n"},
		{400, "GET /../etc HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET /a/./b HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET /a/%2e%2E/b HTTP/1.1\r\n" HOST "\r\n"},
		{400, "GET /a/.. HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET /a\"b HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET /<a> HTTP/1.1\r\n" HOST "\r\n"},
		{400, "GET /a|b HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET /?a=%0 HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET /?a=%00 HTTP/1.1\r\n" HOST "\r\n"},
		{400, "GET /?a[]=1 HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET ftp://x/ HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET http:/// HTTP/1.1\r\n" HOST "\r\n"},
		{400, "GET http:// HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET http://u@h/ HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET //..// HTTP/1.1\r\n" HOST "\r\n"},
		{400, "CONNECT planvax.example:443 HTTP/1.1\r\n" HOST "\r\n"}, {400, "GET http://[::1/ HTTP/1.1\r\n" HOST "\r\n"},
		{414, "GET /1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25/26/27/28/29/30/31/32/33 HTTP/1.1\r\n" HOST "\r\n"},
	};

	CHECK_REFUSED(cases);
}

Test(head, refuses_header_lines_that_are_not_plain)
{
	static const struct refused cases[] = {
		{400, GET HOST "X: a\r\n b\r\n\r\n"}, {400, GET " X: a\r\n" HOST "\r\n"}, {400, GET HOST "X : a\r\n\r\n"}, {400, GET HOST "X\t: a\r\n\r\n"},
		{400, GET HOST ": a\r\n\r\n"}, {400, GET HOST "X\r\n\r\n"}, {400, GET HOST "X(y): a\r\n\r\n"}, {400, GET HOST "X y: a\r\n\r\n"},
		{400, GET HOST "X: a\nY: b\r\n\r\n"}, {400, GET HOST "X: a\rY: b\r\n\r\n"}, {400, GET HOST "X: a\x01\r\n\r\n"},
		{400, GET HOST "X: a\x7f\r\n\r\n"}, {400, GET HOST "X: a\x0b\r\n\r\n"}, {400, GET HOST "\xc3\xa9: a\r\n\r\n"},
		{400, GET HOST "X: a\n\n"}, {400, GET HOST "\t\r\n\r\n"}, {400, GET HOST "X: a\r\n\t\r\n\r\n"},
		{400, GET HOST "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n"},
		{400, GET HOST "Content-Type: a/b\r\ncontent-type: a/b\r\n\r\n"},
		{417, POST HOST "Content-Length: 1\r\nExpect: 200-ok\r\n\r\n"},
	};

	CHECK_REFUSED(cases);
	cr_assert_eq(status_of(GET HOST "X: \xc3\xa9\t!\r\n\r\n"), 0, "values may hold any visible byte");
}

Test(head, refuses_hosts_that_are_none)
{
	static const struct refused cases[] = {
		{400, GET "\r\n"}, {400, GET HOST HOST "\r\n"}, {400, GET "Host:\r\n\r\n"}, {400, GET "Host: a b\r\n\r\n"}, {400, GET "Host: a/b\r\n\r\n"},
		{400, GET "Host: a@b\r\n\r\n"}, {400, GET "Host: a,b\r\n\r\n"}, {400, GET "Host: a:x\r\n\r\n"}, {400, GET "Host: a:65536\r\n\r\n"},
		{400, GET "Host: a:-1\r\n\r\n"}, {400, GET "Host: a:1:2\r\n\r\n"}, {400, GET "Host: :80\r\n\r\n"}, {400, GET "Host: ::1\r\n\r\n"},
		{400, GET "Host: [::1\r\n\r\n"}, {400, GET "Host: [::g]\r\n\r\n"}, {400, GET "Host: [::1]x\r\n\r\n"}, {400, GET "Host: [1.2.3.4]\r\n\r\n"},
		{400, GET "Host: a%41\r\n\r\n"}, {400, GET "Host: http://a\r\n\r\n"}, {400, GET "Host: a?b\r\n\r\n"}, {400, GET "Host: \"a\"\r\n\r\n"},
		{400, "GET http://a/ HTTP/1.1\r\n\r\n"}, {400, "GET / HTTP/1.0\r\nHost: a b\r\n\r\n"},
	};

	CHECK_REFUSED(cases);
	cr_assert_eq(status_of("GET / HTTP/1.0\r\n\r\n"), 0, "HTTP/1.0 needs none");
	cr_assert_eq(status_of(GET "Host: [2001:db8::1]:8080\r\n\r\n"), 0);
	cr_assert_eq(status_of(GET "Host: 127.0.0.1:\r\n\r\n"), 0);
}

Test(head, refuses_lengths_and_codings_that_two_readers_may_take_differently)
{
	static const struct refused cases[] = {
		{400, POST HOST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n"}, {400, POST HOST "Content-Length: 5\r\nContent-Length: 6\r\n\r\n"},
		{400, POST HOST "Content-Length: 5, 5\r\n\r\n"}, {400, POST HOST "Content-Length: +5\r\n\r\n"}, {400, POST HOST "Content-Length: -5\r\n\r\n"},
		{400, POST HOST "Content-Length: 0x5\r\n\r\n"}, {400, POST HOST "Content-Length: 5 5\r\n\r\n"}, {400, POST HOST "Content-Length: five\r\n\r\n"},
		{400, POST HOST "Content-Length:\r\n\r\n"}, {400, POST HOST "Content-Length: 5.0\r\n\r\n"}, {400, POST HOST "Content-Length: 1e3\r\n\r\n"},
		{413, POST HOST "Content-Length: 9999999999999999999\r\n\r\n"}, {400, POST HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"},
		{400, POST HOST "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n"}, {400, POST HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"},
		{400, POST HOST "Transfer-Encoding: chunked, chunked\r\n\r\n"}, {400, POST HOST "Transfer-Encoding: identity\r\n\r\n"},
		{400, POST HOST "Transfer-Encoding: chunked, gzip\r\n\r\n"}, {501, POST HOST "Transfer-Encoding: gzip, chunked\r\n\r\n"},
		{400, POST HOST "Transfer-Encoding: xchunked\r\n\r\n"}, {400, POST HOST "Transfer-Encoding: \"chunked\"\r\n\r\n"},
		{400, POST HOST "Transfer-Encoding: chunked;q=1\r\n\r\n"}, {400, POST HOST "Transfer-Encoding:\r\n\r\n"},
		{400, POST HOST "Transfer-Encoding: ,chunked\r\nX: y\r\nTransfer-Encoding: x\r\n\r\n"}, {400, POST HOST "Transfer-Encoding : chunked\r\n\r\n"},
		{400, POST HOST "Transfer-Encoding:\x0b" "chunked\r\n\r\n"}, {400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
		{400, GET HOST "Content-Length: 5\r\n\r\n"}, {400, GET HOST "Transfer-Encoding: chunked\r\n\r\n"}, {400, "HEAD / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n"},
	};

	CHECK_REFUSED(cases);
}

Test(head, tells_how_long_the_body_is)
{
	static const struct {
		const char *text;
		int64_t length;
		bool chunked, expects, keeps;
	} cases[] = {
		{POST HOST "\r\n", 0, false, false, true},
		{POST HOST "Content-Length: 007\r\n\r\n", 7, false, false, true},
		{POST HOST "Transfer-Encoding: Chunked\r\nConnection: foo, Close\r\n\r\n", -1, true, false, false},
		{POST HOST "Content-Length: 9\r\nExpect: 100-Continue\r\n\r\n", 9, false, true, true},
		{POST HOST "Expect: 100-continue\r\n\r\n", 0, false, false, true},
		{"POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n", 1, false, false, false},
		{"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 0, false, false, true},
		{GET HOST "Content-Length: 0\r\n\r\n", 0, false, false, true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = ARENA_INIT;
		struct http_request r;

		cr_assert_eq(judge(cases[i].text, strlen(cases[i].text), &r, &arena), 0, "case %zu", i);
		cr_assert_eq(r.content_length, cases[i].length, "case %zu", i);
		cr_assert_eq(r.chunked, cases[i].chunked, "case %zu", i);
		cr_assert_eq(r.expect_continue, cases[i].expects, "case %zu", i);
		cr_assert_eq(r.keep_alive, cases[i].keeps, "case %zu", i);
		arena_release(&arena);
	}
}

Test(head, needs_more_until_the_empty_line_is_there_however_the_bytes_come)
{
	static const char text[] = "\r\nPOST /a HTTP/1.1\r\n" HOST "\r\nBODY";
	size_t head_len = sizeof(text) - 1 - 4;
	struct head_refusal why;
	size_t seen = 0;

	for (size_t len = 0; len < head_len; len++)
		cr_assert_eq(head_find(text, len, &seen, &why), 0, "%zu bytes", len);
	cr_assert_eq(head_find(text, sizeof(text) - 1, &seen, &why), (int64_t)head_len);
}

Test(head, refuses_a_nul_byte_anywhere)
{
	char text[] = "GET /abc HTTP/1.1\r\n" HOST "X: y\r\n\r\n";
	struct arena arena = ARENA_INIT;
	struct http_request r;

	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		char kept = text[i];

		text[i] = '\0';
		cr_assert_eq(judge(text, sizeof(text) - 1, &r, &arena), 400, "NUL at %zu", i);
		text[i] = kept;
	}
	cr_assert_eq(judge(text, sizeof(text) - 1, &r, &arena), 0);
	arena_release(&arena);
}

/* A head with n bytes of filler in the target or in headers. */
static int status_of_long(const char *before, size_t n, const char *after)
{
	struct arena arena = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct http_request r;
	int status;

	buf_puts(&text, before);
	for (size_t i = 0; i < n; i++)
		buf_putc(&text, 'a');
	buf_puts(&text, after);
	status = judge(text.data, text.len, &r, &arena);
	buf_release(&text);
	arena_release(&arena);
	return status;
}

Test(head, bounds_target_and_head)
{
	cr_assert_eq(status_of_long("GET /", HEAD_MAX_TARGET - 1, " HTTP/1.1\r\n" HOST "\r\n"), 0);
	cr_assert_eq(status_of_long("GET /", HEAD_MAX_TARGET, " HTTP/1.1\r\n" HOST "\r\n"), 414);
	cr_assert_eq(status_of_long("GET /", HEAD_MAX_BYTES, ""), 414);
	cr_assert_eq(status_of_long(GET HOST "X: ", HEAD_MAX_BYTES, ""), 431);
	cr_assert_eq(status_of_long(GET HOST "X: ", HEAD_MAX_BYTES - 46, "\r\n\r\n"), 0);
	cr_assert_eq(status_of_long(GET HOST "X: ", HEAD_MAX_BYTES - 45, "\r\n\r\n"), 431);
}

Test(head, bounds_headers_and_parameters)
{
	struct buf headers = BUF_INIT;
	struct buf query = BUF_INIT;

	buf_puts(&headers, GET HOST);
	for (int i = 1; i < HEAD_MAX_HEADERS; i++)
		buf_printf(&headers, "X-%d: y\r\n", i);
	buf_puts(&headers, "\r\n");
	cr_assert_eq(status_of(buf_str(&headers)), 0);
	buf_truncate(&headers, headers.len - 2);
	buf_puts(&headers, "X-1: y\r\n\r\n");
	cr_assert_eq(status_of(buf_str(&headers)), 431);
	buf_puts(&query, "GET /?a=0");
	for (int i = 1; i <= HEAD_MAX_QUERY; i++)
		buf_printf(&query, "&a=%d", i);
	buf_puts(&query, " HTTP/1.1\r\n" HOST "\r\n");
	cr_assert_eq(status_of(buf_str(&query)), 400);
	buf_release(&headers);
	buf_release(&query);
}

Test(head, leaves_unknown_methods_to_the_connection)
{
	struct arena arena = ARENA_INIT;
	static const char text[] = "get / HTTP/1.1\r\n" HOST "\r\n";
	struct http_request r;

	cr_assert_eq(judge(text, sizeof(text) - 1, &r, &arena), 0);
	cr_assert_eq(r.method, HTTP_OTHER);
	cr_assert_str_eq(r.method_word, "get");
	arena_release(&arena);
}
