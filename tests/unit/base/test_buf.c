/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/buf. */
#include <planvax/base/buf.h>

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

Test(buf, an_empty_one_reads_as_empty_text)
{
	struct buf b = BUF_INIT;

	cr_assert_str_eq(buf_str(&b), "");
	buf_reset(&b);
	buf_truncate(&b, 0);
	buf_consume(&b, 0);
	cr_assert_str_eq(buf_str(&b), "");
	buf_release(&b);
}

Test(buf, pieces_are_appended_in_order)
{
	struct buf b;

	buf_init(&b);
	buf_puts(&b, "abc");
	buf_putc(&b, '-');
	buf_put(&b, "defghi", 3);
	buf_put(&b, NULL, 0);
	buf_printf(&b, "|%05.1f|%s", 3.25, "x");
	cr_assert_str_eq(buf_str(&b), "abc-def|003.2|x");
	cr_assert_eq(b.len, strlen(buf_str(&b)));
	buf_release(&b);
	cr_assert_null(b.data);
	cr_assert_eq(b.len, 0);
}

Test(buf, integers_are_written_in_full)
{
	static const struct {
		int64_t value;
		const char *text;
	} rows[] = {
		{0, "0"}, {7, "7"}, {-1, "-1"}, {10, "10"}, {-100, "-100"},
		{INT64_MAX, "9223372036854775807"}, {INT64_MIN, "-9223372036854775808"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf b = BUF_INIT;

		buf_put_int(&b, rows[i].value);
		cr_assert_str_eq(buf_str(&b), rows[i].text);
		buf_release(&b);
	}
}

Test(buf, bytes_with_nul_are_kept)
{
	struct buf b = BUF_INIT;

	buf_put(&b, "a\0b", 3);
	buf_putc(&b, '\0');
	cr_assert_eq(b.len, 4);
	cr_assert_eq(memcmp(b.data, "a\0b\0", 5), 0);
	buf_release(&b);
}

Test(buf, it_grows_and_stays_terminated)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < 100000; i++) {
		buf_putc(&b, (char)('a' + i % 26));
		cr_assert_eq(b.data[b.len], '\0');
	}
	for (size_t i = 0; i < 100000; i++)
		cr_assert_eq(b.data[i], (char)('a' + i % 26));
	buf_release(&b);
}

Test(buf, printf_takes_what_exceeds_its_room)
{
	struct buf b = BUF_INIT;

	for (int width = 1; width < 700; width++) {
		size_t before = b.len;

		buf_printf(&b, "%*d", width, 1);
		cr_assert_eq(b.len, before + (size_t)width);
		cr_assert_eq(b.data[b.len - 1], '1');
		cr_assert_eq(b.data[b.len], '\0');
	}
	buf_release(&b);
}

Test(buf, reserved_room_needs_no_allocation)
{
	struct buf b = BUF_INIT;

	buf_puts(&b, "abc");

	char *first_free = buf_reserve(&b, 1000);
	const char *data = b.data;

	cr_assert_eq(first_free, b.data + 3);
	for (int i = 0; i < 1000; i++)
		buf_putc(&b, 'x');
	cr_assert_eq(b.data, data);
	buf_release(&b);
}

Test(buf, reset_keeps_the_memory)
{
	struct buf b = BUF_INIT;

	buf_puts(&b, "something");

	const char *data = b.data;

	buf_reset(&b);
	cr_assert_eq(b.len, 0);
	cr_assert_str_eq(buf_str(&b), "");
	buf_puts(&b, "else");
	cr_assert_eq(b.data, data);
	buf_release(&b);
}

Test(buf, truncate_and_consume_cut_the_two_ends)
{
	struct buf b = BUF_INIT;

	buf_puts(&b, "abcdefgh");
	buf_truncate(&b, 6);
	buf_consume(&b, 2);
	cr_assert_str_eq(buf_str(&b), "cdef");
	buf_consume(&b, 4);
	cr_assert_str_eq(buf_str(&b), "");
	buf_release(&b);
}

Test(buf, detached_text_belongs_to_the_caller)
{
	struct buf b = BUF_INIT;
	char *nothing = buf_detach(&b);

	cr_assert_str_eq(nothing, "");
	buf_puts(&b, "text");

	char *text = buf_detach(&b);

	cr_assert_str_eq(text, "text");
	cr_assert_null(b.data);
	cr_assert_eq(b.len, 0);
	free(nothing);
	free(text);
}

Test(buf, cutting_to_more_than_there_is_asserts, .signal = SIGABRT)
{
	struct buf b = BUF_INIT;

	buf_puts(&b, "abc");
	buf_truncate(&b, 4);
}

Test(buf, consuming_more_than_there_is_asserts, .signal = SIGABRT)
{
	struct buf b = BUF_INIT;

	buf_puts(&b, "abc");
	buf_consume(&b, 4);
}

Test(buf, marks_of_xml_are_escaped_and_all_else_stays)
{
	struct buf b = BUF_INIT;

	buf_put_markup(&b, "a<b>&\"c\" é'");
	cr_assert_str_eq(buf_str(&b), "a&lt;b&gt;&amp;&quot;c&quot; é'");
	buf_release(&b);
}
