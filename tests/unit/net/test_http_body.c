/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of net/http_body. */
#include "http_body.h"

#include <criterion/criterion.h>
#include <string.h>

/* Feeds text in pieces of step bytes; returns the last result, *taken the bytes used. */
static int feed(struct http_body *body, const char *text, size_t step, struct buf *out, size_t *taken)
{
	size_t len = strlen(text);
	int rc = ERR_AGAIN;

	*taken = 0;
	while (*taken < len && rc == ERR_AGAIN) {
		size_t n = len - *taken < step ? len - *taken : step;
		size_t used;

		rc = http_body_feed(body, text + *taken, n, &used, out);
		*taken += used;
	}
	return rc;
}

Test(http_body, takes_as_many_bytes_as_announced_and_leaves_the_rest)
{
	struct http_body body;
	struct buf out = BUF_INIT;
	size_t taken;

	http_body_init(&body, 5, 100);
	cr_assert_eq(feed(&body, "helloGET /", 100, &out, &taken), 0);
	cr_assert_str_eq(buf_str(&out), "hello");
	cr_assert_eq(taken, 5);
	buf_release(&out);
}

Test(http_body, refuses_an_announced_length_over_the_limit)
{
	struct http_body body;
	struct buf out = BUF_INIT;
	size_t taken;

	http_body_init(&body, 101, 100);
	cr_assert_eq(feed(&body, "h", 1, &out, &taken), ERR_LIMIT);
	buf_release(&out);
}

Test(http_body, joins_chunks_whatever_the_pieces_they_come_in)
{
	static const char text[] = "5\r\nhello\r\n01;name=\"v\"\r\n,\r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\nGET";

	for (size_t step = 1; step < sizeof(text); step++) {
		struct http_body body;
		struct buf out = BUF_INIT;
		size_t taken;

		http_body_init(&body, -1, 100);
		cr_assert_eq(feed(&body, text, step, &out, &taken), 0, "step %zu", step);
		cr_assert_str_eq(buf_str(&out), "hello,0123456789", "step %zu", step);
		cr_assert_eq(taken, sizeof(text) - 4, "step %zu", step);
		cr_assert_eq(body.received, 16);
		buf_release(&out);
	}
}

Test(http_body, refuses_broken_chunks)
{
	static const char *const cases[] = {
		"\r\n", "x\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\n", "1 \r\n", "1\n", "1\rx", "1\r\nab", "1\r\na\n0\r\n", "1\r\na\r0",
		"1\r\naX\r\n", "1111111111111\r\n", "1;\x01\r\n", "1;a\nb\r\n", "0\r\n\n", "0\r\n folded\r\n\r\n", "0\r\nnocolon\r\n\r\n",
		"0\r\n:empty\r\n\r\n", "0\r\na:\x02\r\n\r\n", "0\r\na: b\n\r\n", "0\r\n\rx", ";ext\r\n", "G\r\n", "1\r\na\r\n\r\n",
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_body body;
		struct buf out = BUF_INIT;
		size_t taken;

		http_body_init(&body, -1, 1 << 20);
		cr_assert_eq(feed(&body, cases[i], 100, &out, &taken), ERR_INVALID, "case %zu: %s", i, cases[i]);
		buf_release(&out);
	}
}

Test(http_body, stops_chunks_at_the_limit_before_their_bytes_come)
{
	struct http_body body;
	struct buf out = BUF_INIT;
	size_t taken;

	http_body_init(&body, -1, 10);
	cr_assert_eq(feed(&body, "8\r\n12345678\r\n3\r\n", 100, &out, &taken), ERR_LIMIT);
	cr_assert_eq(out.len, 8);
	buf_release(&out);
	http_body_init(&body, -1, 10);
	cr_assert_eq(feed(&body, "FFFFFFFFFFFF\r\n", 100, &out, &taken), ERR_LIMIT);
	buf_release(&out);
}

Test(http_body, bounds_extensions_and_trailers)
{
	struct http_body body;
	struct buf text = BUF_INIT;
	struct buf out = BUF_INIT;
	size_t taken;

	for (int i = 0; i < 1000; i++)
		buf_puts(&text, "1;0123456789\r\nx\r\n");
	http_body_init(&body, -1, 1 << 20);
	cr_assert_eq(feed(&body, buf_str(&text), 64, &out, &taken), ERR_INVALID);
	cr_assert_lt(out.len, 1000);
	buf_release(&text);
	buf_release(&out);
}
