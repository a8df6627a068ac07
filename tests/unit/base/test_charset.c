/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/charset. */
#include <criterion/criterion.h>
#include <planvax/base/charset.h>
#include <planvax/base/rng.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BYTES(literal) (literal), (sizeof(literal) - 1)

struct row {
	const char *label;
	enum charset from;
	const char *bytes;
	size_t len;
	const char *want;
	size_t want_len;
	size_t broken;
};

/* Rows whose result does not depend on detection of the whole. */
static const struct row rows[] = {
	{"empty", CHARSET_UNKNOWN, BYTES(""), BYTES(""), 0},
	{"ascii", CHARSET_UNKNOWN, BYTES("nom;pr\n"), BYTES("nom;pr\n"), 0},
	{"utf-8", CHARSET_UNKNOWN, BYTES("Médecin 😀"), BYTES("Médecin 😀"), 0},
	{"utf-8 bom", CHARSET_UNKNOWN, BYTES("\xef\xbb\xbf" "é;b"), BYTES("é;b"), 0},
	{"only a bom", CHARSET_UNKNOWN, BYTES("\xef\xbb\xbf"), BYTES(""), 0},
	{"utf-16le bom", CHARSET_UNKNOWN, BYTES("\xff\xfe" "a\0\xe9\0\xac\x20\x3d\xd8\x00\xde"), BYTES("aé€😀"), 0},
	{"utf-16be bom", CHARSET_UNKNOWN, BYTES("\xfe\xff\0a\0\xe9\x20\xac\xd8\x3d\xde\x00"), BYTES("aé€😀"), 0},
	{"utf-16le by nuls", CHARSET_UNKNOWN, BYTES("B\0E\0\xe9\0"), BYTES("BEé"), 0},
	{"utf-16be by nuls", CHARSET_UNKNOWN, BYTES("\0B\0E\0\xe9"), BYTES("BEé"), 0},
	{"windows-1252", CHARSET_UNKNOWN, BYTES("pr\xe9nom \x80 \x9c\x92"), BYTES("prénom € œ’"), 0},
	{"windows-1252 at the end", CHARSET_UNKNOWN, BYTES("caf\xe9"), BYTES("café"), 0},
	{"windows-1252 like utf-8 cut", CHARSET_UNKNOWN, BYTES("abc\xc3"), BYTES("abcÃ"), 0},
	{"windows-1252 not assigned", CHARSET_UNKNOWN, BYTES("a\x81z\xe9"), BYTES("a\xef\xbf\xbdzé"), 1},
	{"declared windows-1252", CHARSET_WINDOWS_1252, BYTES("\xc3\xa9\xff"), BYTES("Ã©ÿ"), 0},
	{"bom is text in windows-1252", CHARSET_WINDOWS_1252, BYTES("\xef\xbb\xbf"), BYTES("ï»¿"), 0},
	{"declared iso-8859-15", CHARSET_ISO_8859_15, BYTES("\xa4\xa6\xa8\xb4\xb8\xbc\xbd\xbe\xe9\xa5"), BYTES("€ŠšŽžŒœŸé¥"), 0},
	{"declared utf-8, broken", CHARSET_UTF8, BYTES("a\xff" "b\xc3"), BYTES("a\xef\xbf\xbd" "b\xef\xbf\xbd"), 2},
	{"declared utf-8, surrogate", CHARSET_UTF8, BYTES("\xed\xa0\x80."), BYTES("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd."), 3},
	{"declared utf-8, overlong", CHARSET_UTF8, BYTES("\xc0\xaf\xe0\x80."), BYTES("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd."), 4},
	{"declared utf-8, cut inside", CHARSET_UTF8, BYTES("\xf0\x9f\x98X"), BYTES("\xef\xbf\xbdX"), 1},
	{"declared utf-8, beyond unicode", CHARSET_UTF8, BYTES("\xf4\x90."), BYTES("\xef\xbf\xbd\xef\xbf\xbd."), 2},
	{"declared utf-16le", CHARSET_UTF16LE, BYTES("\xe9\0"), BYTES("é"), 0},
	{"declared utf-16be, bom says le", CHARSET_UTF16BE, BYTES("\xff\xfe\xe9\0"), BYTES("é"), 0},
	{"utf-16 odd", CHARSET_UTF16LE, BYTES("a\0b"), BYTES("a\xef\xbf\xbd"), 1},
	{"utf-16 lone high", CHARSET_UTF16LE, BYTES("\x3d\xd8" "a\0"), BYTES("\xef\xbf\xbd" "a"), 1},
	{"utf-16 lone low", CHARSET_UTF16LE, BYTES("\x00\xde" "a\0"), BYTES("\xef\xbf\xbd" "a"), 1},
	{"utf-16 high at the end", CHARSET_UTF16LE, BYTES("a\0\x3d\xd8"), BYTES("a\xef\xbf\xbd"), 1},
	{"nul and controls pass", CHARSET_UTF8, BYTES("a\0b\r\n\x1a\x7f"), BYTES("a\0b\r\n\x1a\x7f"), 0},
};

enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

static void assert_row(const struct row *row, const struct buf *out, size_t broken, size_t block)
{
	cr_assert_eq(out->len, row->want_len, "%s, blocks of %zu: %s", row->label, block, buf_str(out));
	cr_assert(row->want_len == 0 || memcmp(out->data, row->want, row->want_len) == 0, "%s, blocks of %zu: %s", row->label, block, buf_str(out));
	cr_assert_eq(broken, row->broken, "%s, blocks of %zu: broken %zu", row->label, block, broken);
}

Test(charset, whole_texts_become_utf8)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		struct buf out = BUF_INIT;
		size_t broken = charset_to_utf8(rows[i].from, rows[i].bytes, rows[i].len, &out);
		assert_row(&rows[i], &out, broken, 0);
		buf_release(&out);
	}
}

Test(charset, blocks_of_any_size_give_the_same)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		for (size_t block = 1; block <= rows[i].len; block++) {
			struct charset_stream s;
			struct buf out = BUF_INIT;
			charset_start(&s, rows[i].from);
			for (size_t at = 0; at < rows[i].len; at += block) {
				size_t n = rows[i].len - at < block ? rows[i].len - at : block;
				charset_feed(&s, rows[i].bytes + at, n, &out);
			}
			charset_feed(&s, NULL, 0, &out);
			charset_finish(&s, &out);
			assert_row(&rows[i], &out, s.broken, block);
			buf_release(&out);
		}
	}
}

Test(charset, texts_are_appended)
{
	struct buf out = BUF_INIT;

	buf_puts(&out, "<");
	charset_to_utf8(CHARSET_WINDOWS_1252, "\xe9", 1, &out);
	charset_to_utf8(CHARSET_UTF8, ">", 1, &out);
	cr_assert_str_eq(buf_str(&out), "<é>");
	buf_release(&out);
}

Test(charset, detection_looks_at_bom_nuls_and_validity)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum charset want;
	} cases[] = {
		{BYTES(""), CHARSET_UTF8}, {BYTES("abc"), CHARSET_UTF8}, {BYTES("\xef\xbb\xbf\xff"), CHARSET_UTF8},
		{BYTES("é"), CHARSET_UTF8}, {BYTES("\xe9"), CHARSET_WINDOWS_1252}, {BYTES("é\xe9"), CHARSET_WINDOWS_1252},
		{BYTES("\xff\xfe"), CHARSET_UTF16LE}, {BYTES("\xfe\xff"), CHARSET_UTF16BE},
		{BYTES("a\0b\0"), CHARSET_UTF16LE}, {BYTES("\0a\0b"), CHARSET_UTF16BE}, {BYTES("a\0"), CHARSET_UTF8},
		{BYTES("a\0b"), CHARSET_UTF8}, {BYTES("abcdefgh\xc3\xa9ijklmnopq\xc3"), CHARSET_WINDOWS_1252},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_assert_eq(charset_detect(cases[i].bytes, cases[i].len), cases[i].want, "row %zu", i);
}

Test(charset, a_stream_mends_single_bytes_after_valid_utf8)
{
	struct charset_stream s;
	struct buf out = BUF_INIT;

	charset_start(&s, CHARSET_UNKNOWN);
	charset_feed(&s, BYTES("é caf\xe9 \x81 é\xe9"), &out);
	charset_finish(&s, &out);
	cr_assert_str_eq(buf_str(&out), "é café \xef\xbf\xbd éé");
	cr_assert_eq(s.from, CHARSET_UTF8);
	cr_assert_eq(s.broken, 3);
	buf_release(&out);
}

Test(charset, a_stream_turns_to_windows_1252_at_its_first_foreign_byte)
{
	struct charset_stream s;
	struct buf out = BUF_INIT;

	charset_start(&s, CHARSET_UNKNOWN);
	charset_feed(&s, BYTES("SUMMARY:visite m\xe9"), &out);
	charset_feed(&s, BYTES("dicale \xc3\xa9"), &out);
	charset_finish(&s, &out);
	cr_assert_str_eq(buf_str(&out), "SUMMARY:visite médicale é"); /* two texts joined: told */
	cr_assert_eq(s.from, CHARSET_WINDOWS_1252);
	cr_assert_eq(s.broken, 1);
	cr_assert_eq(s.mark, strlen("SUMMARY:visite médicale "));
	buf_release(&out);
}

Test(charset, a_stream_can_be_started_again)
{
	struct charset_stream s;
	struct buf out = BUF_INIT;

	charset_start(&s, CHARSET_UNKNOWN);
	charset_feed(&s, BYTES("\xff\xfe" "a"), &out);
	charset_finish(&s, &out);
	buf_reset(&out);
	charset_start(&s, CHARSET_UNKNOWN);
	charset_feed(&s, BYTES("é"), &out);
	charset_finish(&s, &out);
	cr_assert_str_eq(buf_str(&out), "é");
	cr_assert_eq(s.broken, 0);
	buf_release(&out);
}

/* Any bytes, any blocks: the result is UTF-8 and the same as in one block. */
Test(charset, random_bytes_in_random_blocks_give_equal_utf8)
{
	static const unsigned char likely[] = {0, 'a', '\n', 0x80, 0xbf, 0xc3, 0xa9, 0xe2, 0x82, 0xf0, 0x9f, 0xff, 0xfe, 0xd8, 0xdc, 0xef, 0xbb};
	struct rng rng;
	char bytes[64];

	rng_init(&rng, 1, "charset");
	for (int round = 0; round < 20000; round++) {
		enum charset from = (enum charset)rng_below(&rng, CHARSET_ISO_8859_15 + 1);
		size_t len = rng_below(&rng, sizeof(bytes));
		for (size_t i = 0; i < len; i++)
			bytes[i] = (char)likely[rng_below(&rng, sizeof(likely))];
		struct charset_stream whole, parts;
		struct buf a = BUF_INIT;
		struct buf b = BUF_INIT;
		charset_start(&whole, from);
		charset_feed(&whole, bytes, len, &a);
		charset_finish(&whole, &a);
		charset_start(&parts, from);
		for (size_t at = 0; at < len;) {
			size_t n = rng_below(&rng, 6);
			n = n < len - at ? n : len - at;
			charset_feed(&parts, bytes + at, n, &b);
			at += n;
		}
		charset_finish(&parts, &b);
		cr_assert_eq(a.len, b.len, "round %d", round);
		cr_assert(a.len == 0 || memcmp(a.data, b.data, a.len) == 0, "round %d", round);
		cr_assert_eq(whole.broken, parts.broken, "round %d", round);
		struct buf again = BUF_INIT;
		cr_assert_eq(charset_to_utf8(CHARSET_UTF8, a.len > 0 ? a.data : "", a.len, &again), 0, "round %d is not UTF-8", round);
		buf_release(&again);
		buf_release(&a);
		buf_release(&b);
	}
}

Test(charset, names_of_mime_are_known_in_any_case)
{
	static const struct {
		const char *name;
		enum charset want;
	} cases[] = {
		{"utf-8", CHARSET_UTF8}, {"UTF-8", CHARSET_UTF8}, {"US-ASCII", CHARSET_UTF8}, {"ISO-8859-1", CHARSET_WINDOWS_1252},
		{"Windows-1252", CHARSET_WINDOWS_1252}, {"iso-8859-15", CHARSET_ISO_8859_15}, {"UTF-16LE", CHARSET_UTF16LE},
		{"utf-16", CHARSET_UTF16BE}, {"koi8-r", CHARSET_UNKNOWN}, {"", CHARSET_UNKNOWN},
		{"a-name-that-is-much-too-long-to-be-one", CHARSET_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_assert_eq(charset_of_name(cases[i].name, strlen(cases[i].name)), cases[i].want, "%s", cases[i].name);
	cr_assert_eq(charset_of_name("utf-8; x", 5), CHARSET_UTF8);
	cr_assert_str_eq(charset_name(CHARSET_UTF8), "utf-8");
	cr_assert_str_eq(charset_name(CHARSET_WINDOWS_1252), "windows-1252");
	cr_assert_str_eq(charset_name(CHARSET_UNKNOWN), "unknown");
}
