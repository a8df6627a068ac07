/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of deliver/mime_part. */
#include "mime_part.h"

#include <criterion/criterion.h>
#include <string.h>

Test(mime_part, mailboxes_that_may_stand_in_a_header)
{
	static const struct { const char *text; bool good; } rows[] = {
		{"p1@service.example", true}, {"a.b+c_d'e@x-y.example", true}, {"a@b", true}, {"", false}, {"a", false}, {"@b", false},
		{"a@", false}, {"a@b@c", false}, {"a b@c", false}, {"a@b\r\nBcc: c@d", false}, {"<a@b>", false}, {"a@b,c", false},
		{"\"a\"@b", false}, {"é@b", false}, {"a@b\x7f", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(mime_part_is_mailbox(rows[i].text), rows[i].good, "%s", rows[i].text);

	char longest[256];

	memset(longest, 'a', sizeof(longest));
	longest[1] = '@';
	longest[254] = '\0';
	cr_expect(mime_part_is_mailbox(longest));
	longest[254] = 'a';
	longest[255] = '\0';
	cr_expect_not(mime_part_is_mailbox(longest));
}

Test(mime_part, headers_are_plain_or_encoded_words)
{
	static const struct { const char *value, *line; } rows[] = {
		{"Invitation", "Subject: Invitation\r\n"},
		{"Séance", "Subject: =?UTF-8?B?U8OpYW5jZQ==?=\r\n"},
		{"a\r\nBcc: b", "Subject: a  Bcc: b\r\n"},
		{"=?UTF-8?Q?x?=", "Subject: =?UTF-8?B?PT9VVEYtOD9RP3g/PQ==?=\r\n"},
		{"x\xff", "Subject: x?\r\n"},
		{"éééééééééééééééééééé", "Subject: =?UTF-8?B?w6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6k=?=\r\n =?UTF-8?B?w6k=?=\r\n"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = BUF_INIT;

		mime_part_text_header("Subject", rows[i].value, &out);
		cr_expect_str_eq(buf_str(&out), rows[i].line, "row %zu: %s", i, buf_str(&out));
		buf_release(&out);
	}
}

Test(mime_part, a_mailbox_stands_alone_or_after_a_name)
{
	static const struct { const char *display, *line; } rows[] = {
		{NULL, "From: a@b\r\n"},
		{"", "From: a@b\r\n"},
		{"Plan \"x\" \\", "From: \"Plan \\\"x\\\" \\\\\"\r\n <a@b>\r\n"},
		{"Santé", "From: =?UTF-8?B?U2FudMOp?=\r\n <a@b>\r\n"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = BUF_INIT;

		mime_part_address_header("From", rows[i].display, "a@b", &out);
		cr_expect_str_eq(buf_str(&out), rows[i].line, "row %zu: %s", i, buf_str(&out));
		buf_release(&out);
	}
}

Test(mime_part, dates_are_those_of_rfc_5322)
{
	static const struct { int64_t at; const char *line; } rows[] = {
		{1641124800, "Date: Sun, 02 Jan 2022 12:00:00 +0000\r\n"},
		{0, "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"},
		{1582934399, "Date: Fri, 28 Feb 2020 23:59:59 +0000\r\n"},
		{-1, "Date: Wed, 31 Dec 1969 23:59:59 +0000\r\n"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = BUF_INIT;

		mime_part_date_header((struct instant){rows[i].at}, &out);
		cr_expect_str_eq(buf_str(&out), rows[i].line, "row %zu: %s", i, buf_str(&out));
		buf_release(&out);
	}
}

Test(mime_part, quoted_printable_keeps_lines_and_hides_what_mail_changes)
{
	static const struct { const char *text, *wanted; } rows[] = {
		{"", ""},
		{"a=b", "a=3Db\r\n"},
		{"é\n", "=C3=A9\r\n"},
		{"a \nb\t", "a=20\r\nb=09\r\n"},
		{"a\r\nb\n\nc", "a\r\nb\r\n\r\nc\r\n"},
		{"a\rb", "a=0Db\r\n"},
		{".x\nFrom y\nFro", "=2Ex\r\n=46rom y\r\nFro\r\n"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = BUF_INIT;

		mime_part_quoted(rows[i].text, strlen(rows[i].text), &out);
		cr_expect_str_eq(buf_str(&out), rows[i].wanted, "row %zu: %s", i, buf_str(&out));
		buf_release(&out);
	}
}

Test(mime_part, encoded_lines_are_of_76_bytes_at_most)
{
	struct buf text = BUF_INIT, out = BUF_INIT;

	for (int i = 0; i < 500; i++)
		buf_puts(&text, i % 3 ? "abc " : "é=");
	mime_part_quoted(buf_str(&text), text.len, &out);
	mime_part_base64(text.data, text.len, &out);
	for (const char *line = buf_str(&out); *line;) {
		size_t len = strcspn(line, "\r");

		cr_assert_leq(len, 76);
		cr_assert_eq(strspn(line + len, "\r\n"), 2);
		line += len + 2;
	}
	buf_release(&text);
	buf_release(&out);
}
