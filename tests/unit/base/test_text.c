/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/text. */
#include <planvax/base/text.h>

#include <planvax/base/err.h>

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

Test(text, integers_are_strict)
{
	static const struct {
		const char *text;
		int rc;
		int64_t value;
	} rows[] = {
		{"0", 0, 0}, {"-0", 0, 0}, {"007", 0, 7}, {"-12", 0, -12},
		{"9223372036854775807", 0, INT64_MAX}, {"-9223372036854775808", 0, INT64_MIN},
		{"9223372036854775808", ERR_LIMIT, 0}, {"-9223372036854775809", ERR_LIMIT, 0},
		{"99999999999999999999999", ERR_LIMIT, 0}, {"9999999999999999999999x", ERR_INVALID, 0},
		{"", ERR_INVALID, 0}, {"-", ERR_INVALID, 0}, {"+1", ERR_INVALID, 0}, {" 1", ERR_INVALID, 0},
		{"1 ", ERR_INVALID, 0}, {"1.0", ERR_INVALID, 0}, {"0x1", ERR_INVALID, 0}, {"--1", ERR_INVALID, 0},
		{"\xd9\xa1", ERR_INVALID, 0},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		int64_t value = 4711;

		cr_assert_eq(text_int(rows[i].text, strlen(rows[i].text), INT64_MIN, INT64_MAX, &value), rows[i].rc, "%s", rows[i].text);
		cr_assert_eq(value, rows[i].rc == 0 ? rows[i].value : 4711, "%s", rows[i].text);
	}
}

Test(text, integers_keep_to_their_range_and_length)
{
	int64_t value = 0;

	cr_assert_eq(text_int("59", 2, 0, 59, &value), 0);
	cr_assert_eq(text_int("60", 2, 0, 59, &value), ERR_LIMIT);
	cr_assert_eq(text_int("-1", 2, 0, 59, &value), ERR_LIMIT);
	cr_assert_eq(text_int("123456", 3, 0, 999, &value), 0);
	cr_assert_eq(value, 123);
}

Test(text, decimals_take_point_or_comma)
{
	static const struct {
		const char *text;
		int rc;
		double value;
	} rows[] = {
		{"0.1", 0, 0.1}, {"0,1", 0, 0.1}, {"48.85661", 0, 48.85661}, {"-61.0588", 0, -61.0588}, {"12", 0, 12},
		{"-0.0", 0, 0}, {"123456789.123456", 0, 123456789.123456}, {"0.000000000000001", ERR_INVALID, 0},
		{"0.00000000000001", 0, 1e-14}, {"1234567890123456", ERR_INVALID, 0},
		{"", ERR_INVALID, 0}, {"-", ERR_INVALID, 0}, {".", ERR_INVALID, 0}, {"1.", ERR_INVALID, 0}, {".5", ERR_INVALID, 0},
		{"1.2.3", ERR_INVALID, 0}, {"1,2.3", ERR_INVALID, 0}, {"1e3", ERR_INVALID, 0}, {"nan", ERR_INVALID, 0},
		{" 1", ERR_INVALID, 0}, {"1 ", ERR_INVALID, 0}, {"+1", ERR_INVALID, 0}, {"-.5", ERR_INVALID, 0},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		double value = 4711;

		cr_assert_eq(text_decimal(rows[i].text, strlen(rows[i].text), &value), rows[i].rc, "%s", rows[i].text);
		cr_assert_eq(value, rows[i].rc == 0 ? rows[i].value : 4711, "%s", rows[i].text);
	}
}

Test(text, decimals_round_as_the_compiler_does)
{
	double value;

	cr_assert_eq(text_decimal("2.35222190000002", 16, &value), 0);
	cr_assert_eq(value, 2.35222190000002);
	cr_assert_eq(text_decimal("-0.0", 4, &value), 0);
	cr_assert(signbit(value));
}

Test(text, durations_have_units)
{
	static const struct {
		const char *text;
		int rc;
		int64_t ms;
	} rows[] = {
		{"100ms", 0, 100}, {"30s", 0, 30000}, {"30 s", 0, 30000}, {"1 second", 0, 1000}, {"2 seconds", 0, 2000},
		{"5 min", 0, 300000}, {"5  min", 0, 300000}, {"1 minute", 0, 60000}, {"2 h", 0, 7200000}, {"3 hours", 0, 10800000},
		{"90 days", 0, 7776000000}, {"1 day", 0, 86400000}, {"1d", 0, 86400000}, {"1 hour", 0, 3600000}, {"1 sec", 0, 1000}, {"2 minutes", 0, 120000}, {"1 week", 0, 604800000}, {"2 weeks", 0, 1209600000}, {"0", 0, 0}, {"0s", 0, 0},
		{"9223372036854775807ms", 0, INT64_MAX}, {"9223372036854775808ms", ERR_LIMIT, 0}, {"9223372036854775807s", ERR_LIMIT, 0},
		{"", ERR_INVALID, 0}, {"5", ERR_INVALID, 0}, {"5 ", ERR_INVALID, 0}, {"s", ERR_INVALID, 0}, {"-5s", ERR_INVALID, 0},
		{"5 S", ERR_INVALID, 0}, {"5m", ERR_INVALID, 0}, {"1.5h", ERR_INVALID, 0}, {"5s ", ERR_INVALID, 0}, {" 5s", ERR_INVALID, 0},
		{"1h30min", ERR_INVALID, 0},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		int64_t ms = 4711;

		cr_assert_eq(text_duration_ms(rows[i].text, strlen(rows[i].text), &ms), rows[i].rc, "%s", rows[i].text);
		cr_assert_eq(ms, rows[i].rc == 0 ? rows[i].ms : 4711, "%s", rows[i].text);
	}
}

Test(text, bytes_may_have_units)
{
	static const struct {
		const char *text;
		int rc;
		int64_t bytes;
	} rows[] = {
		{"0", 0, 0}, {"1000", 0, 1000}, {"64 KiB", 0, 65536}, {"2MiB", 0, 2097152}, {"3 GiB", 0, 3221225472}, {"10 B", 0, 10},
		{"5 kB", 0, 5000}, {"5 MB", 0, 5000000}, {"1GB", 0, 1000000000}, {"9223372036854775807GiB", ERR_LIMIT, 0},
		{"", ERR_INVALID, 0}, {"12 ", ERR_INVALID, 0}, {"KiB", ERR_INVALID, 0}, {"-1", ERR_INVALID, 0}, {"1 TiB", ERR_INVALID, 0},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		int64_t bytes = 4711;

		cr_assert_eq(text_bytes(rows[i].text, strlen(rows[i].text), &bytes), rows[i].rc, "%s", rows[i].text);
		cr_assert_eq(bytes, rows[i].rc == 0 ? rows[i].bytes : 4711, "%s", rows[i].text);
	}
}

Test(text, starts_and_ends)
{
	cr_assert(text_starts("session-1", "session-"));
	cr_assert(text_starts("abc", ""));
	cr_assert_not(text_starts("ses", "session-"));
	cr_assert_not(text_starts("Session-1", "session-"));
	cr_assert(text_ends("visits.csv", ".csv"));
	cr_assert(text_ends("abc", ""));
	cr_assert(text_ends("abc", "abc"));
	cr_assert_not(text_ends("csv", ".csv"));
	cr_assert_not(text_ends("visits.CSV", ".csv"));
}

Test(text, case_is_ignored_for_letters_only)
{
	cr_assert(text_same_nocase("Content-Type", "content-TYPE"));
	cr_assert(text_same_nocase("", ""));
	cr_assert_not(text_same_nocase("abc", "abcd"));
	cr_assert_not(text_same_nocase("abcd", "abc"));
	cr_assert_not(text_same_nocase("@", "`"), "32 apart, but no letters");
	cr_assert_not(text_same_nocase("[", "{"));
	cr_assert_not(text_same_nocase("\xc3\x89", "\xc3\xa9"), "ASCII only");
}

Test(text, a_word_is_compared_within_its_length)
{
	cr_assert(text_is("month=2", 5, "month"));
	cr_assert_not(text_is("month", 4, "month"));
	cr_assert_not(text_is("month", 5, "mont"));
	cr_assert_not(text_is("mon\0h", 5, "mon"));
	cr_assert(text_is(NULL, 0, ""));
}

Test(text, lowering_touches_ascii_letters)
{
	char text[] = "ABZ[a@{\xc3\x89 9";

	cr_assert_str_eq(text_lower(text), "abz[a@{\xc3\x89 9");
}

Test(text, trimming_drops_blanks_at_both_ends)
{
	static const struct {
		const char *text, *trimmed;
	} rows[] = {
		{"", ""}, {"   ", ""}, {"a", "a"}, {" a b ", "a b"}, {"\t\r\n\v\f x\r\n", "x"}, {"\xc2\xa0x", "\xc2\xa0x"}, {"x\x01", "x\x01"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *text = rows[i].text;
		size_t len = strlen(text);

		text_trim(&text, &len);
		cr_assert(text_is(text, len, rows[i].trimmed), "row %zu", i);
	}
}

Test(text, distance_counts_edits)
{
	static const struct {
		const char *a, *b;
		int distance;
	} rows[] = {
		{"", "", 0}, {"", "abc", 3}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "ab", 1}, {"abc", "xabc", 1},
		{"ab", "ba", 1}, {"abcd", "acbd", 1}, {"kitten", "sitting", 3}, {"abc", "ca", 3}, {"a", "b", 1}, {"saturday", "sunday", 3},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		cr_assert_eq(text_distance(rows[i].a, rows[i].b), rows[i].distance, "%s %s", rows[i].a, rows[i].b);
		cr_assert_eq(text_distance(rows[i].b, rows[i].a), rows[i].distance, "%s %s", rows[i].b, rows[i].a);
	}
}

Test(text, distance_of_long_texts_is_the_greatest)
{
	char at_limit[65], beyond[66];

	memset(at_limit, 'a', 64);
	memset(beyond, 'a', 65);
	at_limit[64] = beyond[65] = '\0';
	cr_assert_eq(text_distance(at_limit, at_limit), 0);
	cr_assert_eq(text_distance(at_limit, ""), 64);
	cr_assert_eq(text_distance(beyond, beyond), 64);
	cr_assert_eq(text_distance("a", beyond), 64);
}

Test(text, utf8_is_strict)
{
	static const struct {
		const char *text;
		bool valid;
	} rows[] = {
		{"", true}, {"plain\x7f\x01", true}, {"\xc3\xa9", true}, {"\xe2\x82\xac", true}, {"\xf0\x9f\x98\x80", true},
		{"\xc2\x80", true}, {"\xdf\xbf", true}, {"\xe0\xa0\x80", true}, {"\xed\x9f\xbf", true}, {"\xee\x80\x80", true},
		{"\xef\xbf\xbf", true}, {"\xf0\x90\x80\x80", true}, {"\xf4\x8f\xbf\xbf", true},
		{"\x80", false}, {"\xbf", false}, {"\xc0\xaf", false}, {"\xc1\xbf", false}, {"\xc3", false}, {"\xc3(", false},
		{"\xe0\x9f\xbf", false}, {"\xed\xa0\x80", false}, {"\xed\xbf\xbf", false}, {"\xe2\x82", false}, {"\xe2(\xa1", false},
		{"\xe2\x82(", false}, {"\xf0\x8f\xbf\xbf", false}, {"\xf4\x90\x80\x80", false}, {"\xf5\x80\x80\x80", false},
		{"\xf0\x9f\x98", false}, {"\xf0\x9f\x98(", false}, {"\xff", false}, {"\xfe", false}, {"a\xe9" "b", false},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		cr_assert_eq(text_is_utf8(rows[i].text, strlen(rows[i].text)), rows[i].valid, "row %zu", i);
	cr_assert_not(text_is_utf8("a\0b", 3), "NUL");
}

Test(text, a_character_cut_by_the_length_is_not_read_beyond)
{
	cr_assert(text_is_utf8("a\xc3\xa9", 1));
	cr_assert_not(text_is_utf8("a\xc3\xa9", 2));
	cr_assert_not(text_is_utf8("\xf0\x9f\x98\x80", 3));
}

Test(text, comparison_puts_null_first)
{
	cr_assert_eq(text_compare(NULL, NULL), 0);
	cr_assert_lt(text_compare(NULL, ""), 0);
	cr_assert_gt(text_compare("", NULL), 0);
	cr_assert_lt(text_compare("a", "b"), 0);
	cr_assert_eq(text_compare("a", "a"), 0);
	cr_assert_lt(text_compare("a", "\xc3\xa9"), 0, "by unsigned bytes");
}
