/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ical/splitter. */
#include <criterion/criterion.h>
#include <planvax/ical/event.h>
#include <string.h>

#include "splitter.h"

/* Writes each line as "NUMBER[cut]:text|". */
static void note_line(void *arg, const struct splitter_line *line)
{
	struct buf *out = arg;

	buf_printf(out, "%d%s:", (int)line->folds[0].line, line->cut ? "cut" : "");
	buf_put(out, line->text, line->len > 60 ? 60 : line->len);
	buf_putc(out, '|');
}

/* Splits bytes in blocks of that size (0: whole). */
static void split(const char *bytes, size_t len, size_t block, struct buf *out)
{
	struct splitter s;

	splitter_init(&s, note_line, out);
	for (size_t at = 0; at < len; at += block > 0 ? block : len)
		splitter_feed(&s, bytes + at, block > 0 && block < len - at ? block : len - at);
	splitter_finish(&s);
	splitter_release(&s);
}

/* Every block size must give the same lines. */
static void expect_lines(const char *bytes, size_t len, const char *want)
{
	for (size_t block = 0; block <= 7; block++) {
		struct buf got = BUF_INIT;
		split(bytes, len, block, &got);
		cr_assert_str_eq(buf_str(&got), want, "block %zu: %s", block, buf_str(&got));
		buf_release(&got);
	}
}

#define EXPECT(bytes, want) expect_lines(bytes, sizeof(bytes) - 1, want)

Test(splitter, takes_every_kind_of_line_end_mixed_in_one_text)
{
	EXPECT("A:1\r\nB:2\nC:3\rD:4\r\n", "1:A:1|2:B:2|3:C:3|4:D:4|");
}

Test(splitter, unfolds_lines_with_blank_and_tab_whatever_ends_them)
{
	EXPECT("A:12\r\n 34\r\n\t56\nB:x\n y\rC:p\r q\r", "1:A:123456|4:B:xy|6:C:pq|");
}

Test(splitter, joins_a_character_that_a_fold_cuts)
{
	EXPECT("A:Besan\xc3\r\n \xa7on\r\n", "1:A:Besan\xc3\xa7on|");
}

Test(splitter, an_empty_line_ends_what_came_before)
{
	EXPECT("A:1\r\n\r\n x\r\n", "1:A:1|3: x|");
}

Test(splitter, skips_a_byte_order_mark)
{
	EXPECT("\xef\xbb\xbf" "A:1\r\n", "1:A:1|");
}

Test(splitter, reads_utf_16_of_both_orders)
{
	EXPECT("\xff\xfe" "A\0:\0\xe9\0\r\0\n\0B\0:\0", "1:A:\xc3\xa9|2:B:|");
	EXPECT("\xfe\xff" "\0A\0:\0\xe9\0\n", "1:A:\xc3\xa9|");
	EXPECT("A\0:\0" "1\0\n\0", "1:A:1|");
}

Test(splitter, reads_bytes_that_are_not_utf_8_as_windows_1252)
{
	EXPECT("A:Orl\xe9" "ans \x80\r\nB:\xc3\xa9\r\n", "1:A:Orl\xc3\xa9" "ans \xe2\x82\xac|2:B:\xc3\xa9|");
}

Test(splitter, goes_on_after_a_nul)
{
	EXPECT("A:a\0b\r\nB:2\r\n", "1:A:a\xef\xbf\xbd" "b|2:B:2|");
}

Test(splitter, a_text_of_fewer_than_four_bytes_is_read)
{
	EXPECT("A:1", "1:A:1|");
	EXPECT("", "");
}

Test(splitter, cuts_a_line_beyond_the_limit_and_goes_on)
{
	struct splitter s;
	struct buf got = BUF_INIT;
	char block[4096];

	memset(block, 'x', sizeof(block));
	splitter_init(&s, note_line, &got);
	splitter_feed(&s, "A:", 2);
	for (int i = 0; i < 1000; i++)
		splitter_feed(&s, block, sizeof(block));
	cr_assert(s.logical.cap <= 4 * EVENT_MAX_LINE_BYTES);
	splitter_feed(&s, "\nB:2\n", 5);
	splitter_finish(&s);
	splitter_release(&s);
	cr_assert(strncmp(buf_str(&got), "1cut:A:xxx", 10) == 0);
	cr_assert(strstr(buf_str(&got), "|2:B:2|") != NULL);
	buf_release(&got);
}

static void note_place(void *arg, const struct splitter_line *line)
{
	int64_t *out = arg;
	int32_t column;

	splitter_place(line, 4, &out[0], &column);
	out[1] = column;
	splitter_place(line, 5, &out[2], &column);
	out[3] = column;
}

Test(splitter, knows_line_and_column_of_each_byte_of_a_folded_line)
{
	struct splitter s;
	int64_t place[4];

	splitter_init(&s, note_place, place);
	splitter_feed(&s, "\r\nA:\xc3\xa9\r\n bc\r\n", 13);
	splitter_finish(&s);
	splitter_release(&s);
	cr_assert_eq(place[0], 3); /* b: after the fold's blank */
	cr_assert_eq(place[1], 2);
	cr_assert_eq(place[2], 3);
	cr_assert_eq(place[3], 3);
}

Test(splitter, numbers_the_last_line_that_has_begun)
{
	static const struct {
		const char *text;
		int64_t want;
	} rows[] = {{"A:1", 1}, {"A:1\n", 1}, {"A:1\nB", 2}, {"A:1\r\n\r\n", 2}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct splitter s;
		struct buf got = BUF_INIT;
		splitter_init(&s, note_line, &got);
		splitter_feed(&s, rows[i].text, strlen(rows[i].text));
		splitter_finish(&s);
		cr_assert_eq(splitter_last_line(&s), rows[i].want, "row %zu", i);
		splitter_release(&s);
		buf_release(&got);
	}
}
