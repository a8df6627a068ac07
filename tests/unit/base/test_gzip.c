/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/gzip. */
#include <criterion/criterion.h>
#include <planvax/base/err.h>
#include <planvax/base/gzip.h>
#include <planvax/base/rng.h>
#include <string.h>

/* "planvax" as Python's gzip module writes it. */
static const unsigned char foreign[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x2b, 0xc8, 0x49, 0xcc,
	0x2b, 0x4b, 0xac, 0x00, 0x00, 0xb3, 0xa9, 0xdd, 0x03, 0x07, 0x00, 0x00, 0x00,
};

static void fill(struct buf *text, size_t len, bool random)
{
	struct rng rng;

	rng_init(&rng, 7, "gzip");
	while (text->len < len)
		buf_putc(text, random ? (char)rng_next(&rng) : (char)('a' + text->len % 26));
}

Test(gzip, what_is_compressed_expands_to_the_same)
{
	static const size_t sizes[] = {0, 1, 2, 100, 65535, 65536, 65537, 200000, 1000003};

	for (size_t i = 0; i < 2 * sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct buf text = BUF_INIT, packed = BUF_INIT, back = BUF_INIT;
		fill(&text, sizes[i / 2], i % 2);
		gzip_compress(text.data, text.len, &packed);
		cr_assert(gzip_is(packed.data, packed.len));
		cr_assert_eq(packed.data[packed.len], '\0');
		cr_assert_eq(gzip_expand(packed.data, packed.len, text.len, &back), 0, "size %zu", text.len);
		cr_assert_eq(back.len, text.len);
		cr_assert(text.len == 0 || memcmp(back.data, text.data, text.len) == 0);
		buf_release(&text);
		buf_release(&packed);
		buf_release(&back);
	}
}

Test(gzip, text_shrinks_and_equal_input_gives_equal_bytes)
{
	struct buf text = BUF_INIT, first = BUF_INIT, second = BUF_INIT;

	fill(&text, 100000, false);
	gzip_compress(text.data, text.len, &first);
	gzip_compress(text.data, text.len, &second);
	cr_assert_lt(first.len, 2000);
	cr_assert_eq(first.len, second.len);
	cr_assert(memcmp(first.data, second.data, first.len) == 0);
	cr_assert(memcmp(first.data + 3, "\0\0\0\0\0", 5) == 0, "no flags, no time");
	buf_release(&text);
	buf_release(&first);
	buf_release(&second);
}

Test(gzip, results_are_appended)
{
	struct buf packed = BUF_INIT, out = BUF_INIT;

	buf_puts(&packed, "..");
	gzip_compress("abc", 3, &packed);
	cr_assert(memcmp(packed.data, "..\x1f\x8b", 4) == 0);
	buf_puts(&out, "<");
	cr_assert_eq(gzip_expand(packed.data + 2, packed.len - 2, 3, &out), 0);
	cr_assert_str_eq(buf_str(&out), "<abc");
	buf_release(&packed);
	buf_release(&out);
}

Test(gzip, files_of_others_are_read_also_several_in_a_row)
{
	unsigned char twice[2 * sizeof(foreign)];
	struct buf out = BUF_INIT;

	cr_assert_eq(gzip_expand(foreign, sizeof(foreign), 100, &out), 0);
	cr_assert_str_eq(buf_str(&out), "planvax");
	memcpy(twice, foreign, sizeof(foreign));
	memcpy(twice + sizeof(foreign), foreign, sizeof(foreign));
	buf_reset(&out);
	cr_assert_eq(gzip_expand(twice, sizeof(twice), 14, &out), 0);
	cr_assert_str_eq(buf_str(&out), "planvaxplanvax");
	cr_assert_eq(gzip_expand(twice, sizeof(twice), 13, &out), ERR_LIMIT);
	buf_release(&out);
}

Test(gzip, every_cut_is_truncated_and_leaves_the_output_alone)
{
	struct buf out = BUF_INIT;

	buf_puts(&out, "kept");
	for (size_t len = 0; len < sizeof(foreign); len++) {
		cr_assert_eq(gzip_expand(foreign, len, 100, &out), ERR_TRUNCATED, "cut at %zu", len);
		cr_assert_str_eq(buf_str(&out), "kept");
	}
	buf_release(&out);
}

Test(gzip, damage_is_found)
{
	static const struct {
		const char *label;
		size_t at;
		unsigned char bits;
	} rows[] = {
		{"magic", 0, 1}, {"method", 2, 1}, {"reserved flag", 3, 0x80}, {"block type", 10, 6}, {"text", 12, 1},
		{"check sum", 19, 1}, {"length", 23, 1},
	};
	struct buf out = BUF_INIT;

	buf_puts(&out, "kept");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned char bytes[sizeof(foreign)];
		memcpy(bytes, foreign, sizeof(foreign));
		bytes[rows[i].at] ^= rows[i].bits;
		cr_assert_eq(gzip_expand(bytes, sizeof(bytes), 100, &out), ERR_CORRUPT, "%s", rows[i].label);
		cr_assert_str_eq(buf_str(&out), "kept");
	}
	buf_release(&out);
}

Test(gzip, bytes_after_the_end_are_refused)
{
	unsigned char bytes[sizeof(foreign) + 2] = {0};
	struct buf out = BUF_INIT;

	memcpy(bytes, foreign, sizeof(foreign));
	cr_assert_eq(gzip_expand(bytes, sizeof(bytes), 100, &out), ERR_CORRUPT);
	cr_assert_eq(out.len, 0);
	buf_release(&out);
}

Test(gzip, a_bomb_stops_at_the_limit)
{
	struct buf zeros = BUF_INIT, packed = BUF_INIT, out = BUF_INIT;

	memset(buf_reserve(&zeros, 32U << 20), 0, 32U << 20);
	gzip_compress(zeros.data, 32U << 20, &packed);
	cr_assert_lt(packed.len, 100000);
	cr_assert_eq(gzip_expand(packed.data, packed.len, 1U << 20, &out), ERR_LIMIT);
	cr_assert_eq(out.len, 0);
	cr_assert_lt(out.cap, 4U << 20);
	cr_assert_eq(gzip_expand(packed.data, packed.len, 32U << 20, &out), 0);
	cr_assert_eq(out.len, 32U << 20);
	buf_release(&zeros);
	buf_release(&packed);
	buf_release(&out);
}

Test(gzip, is_tells_by_the_first_two_bytes)
{
	cr_assert(gzip_is(foreign, 2));
	cr_assert(!gzip_is(foreign, 1));
	cr_assert(!gzip_is("PK", 2));
	cr_assert(!gzip_is(NULL, 0));
}
