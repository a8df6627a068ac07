/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/option. */
#include <criterion/criterion.h>
#include <planvax/base/option.h>
#include <signal.h>
#include <string.h>

enum level { LEVEL_LOW, LEVEL_HIGH, LEVEL_EXTREME };

static const struct name levels[] = {{"low", LEVEL_LOW}, {"high", LEVEL_HIGH}, {"extreme", LEVEL_EXTREME}, {NULL, 0}};

struct sample {
	int64_t days;
	bool on;
	const char *title;
	const char *file;
	struct option_list hosts;
	int level;
	int64_t wait_ms;
	int64_t body_bytes;
	const char *token;
	int64_t pin;
};

#define AT(member) offsetof(struct sample, member)

static const struct option_row rows[] = {
	{"plan", "days", OPTION_INT, AT(days), "30", 1, 62, "days", 0, NULL, "Days."},
	{"plan", "on", OPTION_BOOL, AT(on), "yes", 0, 0, NULL, 0, NULL, "On."},
	{"plan", "title", OPTION_TEXT, AT(title), NULL, 0, 0, NULL, 0, NULL, "Title."},
	{"plan", "file", OPTION_PATH, AT(file), "/var/lib/x", 0, 0, NULL, 0, NULL, "File."},
	{"net", "hosts", OPTION_LIST, AT(hosts), "a, b", 0, 0, NULL, 0, NULL, "Hosts."},
	{"net", "level", OPTION_WORD, AT(level), "high", 0, 0, NULL, 0, levels, "Level."},
	{"net", "wait", OPTION_DURATION, AT(wait_ms), "90 s", 1000, 86400000, NULL, 0, NULL, "Wait."},
	{"net", "body", OPTION_BYTES, AT(body_bytes), "2 MiB", 1, INT64_C(1) << 30, NULL, 0, NULL, "Body."},
	{"net", "token", OPTION_TEXT, AT(token), NULL, 0, 0, NULL, OPTION_SECRET, NULL, "Token."},
	{"net", "pin", OPTION_INT, AT(pin), "1", 1, 9999, NULL, OPTION_SECRET, NULL, "Pin."},
};

enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

static const struct option_row *row_of(const char *key)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		if (strcmp(rows[i].key, key) == 0)
			return &rows[i];
	}
	cr_assert_fail("no row %s", key);
	return NULL;
}

static void assert_printed(const struct sample *s, const char *key, const char *want)
{
	struct buf out = BUF_INIT;

	option_print(row_of(key), s, &out);
	cr_assert_str_eq(buf_str(&out), want);
	buf_release(&out);
}

Test(option, defaults_fill_every_member)
{
	struct arena arena = ARENA_INIT;
	struct sample s;

	memset(&s, 0xee, sizeof(s));
	option_defaults(rows, N_ROWS, &s, &arena);
	cr_assert_eq(s.days, 30);
	cr_assert(s.on);
	cr_assert_null(s.title);
	cr_assert_str_eq(s.file, "/var/lib/x");
	cr_assert_eq(s.hosts.len, 2);
	cr_assert_str_eq(s.hosts.items[1], "b");
	cr_assert_eq(s.level, LEVEL_HIGH);
	cr_assert_eq(s.wait_ms, 90000);
	cr_assert_eq(s.body_bytes, 2 << 20);
	cr_assert_null(s.token);
	for (size_t i = 0; i < N_ROWS; i++)
		cr_assert(option_is_default(&rows[i], &s), "%s", rows[i].key);
	arena_release(&arena);
}

Test(option, good_values_are_set_and_printed)
{
	static const struct {
		const char *key, *text, *printed;
	} cases[] = {
		{"days", "62", "62"}, {"days", " 1 ", "1"}, {"on", "no", "no"}, {"on", "TRUE", "yes"}, {"on", "0", "no"},
		{"title", " Élan; # x ", "Élan; # x"}, {"title", "", ""}, {"file", "/a b", "/a b"},
		{"hosts", "x", "x"}, {"hosts", " x ,y,  z", "x, y, z"}, {"hosts", "", ""}, {"level", "extreme", "extreme"},
		{"level", "low", "low"}, {"wait", "1s", "1 s"}, {"wait", "2 h", "2 h"}, {"wait", "1500ms", "1500 ms"},
		{"wait", "1 day", "1 day"}, {"wait", "120 min", "2 h"}, {"body", "1000", "1000"}, {"body", "64 KiB", "64 KiB"},
		{"body", "1024 MiB", "1 GiB"}, {"token", "s3cret", "(secret)"}, {"token", "", ""}, {"pin", "1234", "(secret)"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = ARENA_INIT;
		struct fault f = FAULT_NONE;
		struct sample s;
		option_defaults(rows, N_ROWS, &s, &arena);
		cr_assert_eq(option_set(row_of(cases[i].key), &s, cases[i].text, &arena, &f), 0, "%s=%s: %s", cases[i].key, cases[i].text, f.what);
		assert_printed(&s, cases[i].key, cases[i].printed);
		arena_release(&arena);
	}
}

Test(option, what_is_printed_sets_the_same_value_again)
{
	static const char *const waits[] = {"1 s", "61 s", "1001 ms", "90 min", "5 h", "1 day", "86399999 ms"};
	struct arena arena = ARENA_INIT;

	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
		struct sample a = {0}, b = {0};
		struct buf out = BUF_INIT;
		cr_assert_eq(option_set(row_of("wait"), &a, waits[i], &arena, NULL), 0);
		option_print(row_of("wait"), &a, &out);
		cr_assert_eq(option_set(row_of("wait"), &b, buf_str(&out), &arena, NULL), 0);
		cr_assert_eq(a.wait_ms, b.wait_ms, "%s", waits[i]);
		buf_release(&out);
	}
	arena_release(&arena);
}

Test(option, bad_values_are_refused_with_a_hint_and_change_nothing)
{
	static const struct {
		const char *key, *text, *what, *hint;
	} cases[] = {
		{"days", "x", "\"x\" is not a whole number", "expected 1 to 62 days"},
		{"days", "", "\"\" is not a whole number", "expected 1 to 62 days"},
		{"days", "3.5", "\"3.5\" is not a whole number", "expected 1 to 62 days"},
		{"days", "0", "\"0\" is out of range", "expected 1 to 62 days"},
		{"days", "63", "\"63\" is out of range", "expected 1 to 62 days"},
		{"days", "99999999999999999999", "\"99999999999999999999\" is out of range", "expected 1 to 62 days"},
		{"on", "maybe", "\"maybe\" is neither yes nor no", "expected yes or no"},
		{"on", "", "\"\" is neither yes nor no", "expected yes or no"},
		{"hosts", "a,,b", "\"a,,b\" has an empty item", "expected items separated by single commas"},
		{"hosts", "a,", "\"a,\" has an empty item", "expected items separated by single commas"},
		{"hosts", ",", "\",\" has an empty item", "expected items separated by single commas"},
		{"level", "hihg", "\"hihg\" is not known here", "did you mean high?"},
		{"level", "zzzzzzzz", "\"zzzzzzzz\" is not known here", "expected one of low, high, extreme"},
		{"wait", "5 parsecs", "\"5 parsecs\" is not a duration", "expected 1 s to 1 day"},
		{"wait", "999 ms", "\"999 ms\" is out of range", "expected 1 s to 1 day"},
		{"wait", "2 days", "\"2 days\" is out of range", "expected 1 s to 1 day"},
		{"body", "-1", "\"-1\" is not a size in bytes", "expected 1 to 1 GiB"},
		{"body", "2 GiB", "\"2 GiB\" is out of range", "expected 1 to 1 GiB"},
		{"title", "a\nb", "the value of title contains a control character", ""},
		{"title", "\xe9t\xe9", "the value of title is not UTF-8", ""},
		{"pin", "98765", "the value of pin is out of range", "expected 1 to 9999"},
	};
	struct arena arena = ARENA_INIT;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fault f = FAULT_NONE;
		struct sample s;
		option_defaults(rows, N_ROWS, &s, &arena);
		cr_assert_eq(option_set(row_of(cases[i].key), &s, cases[i].text, &arena, &f), ERR_INVALID, "%s=%s", cases[i].key, cases[i].text);
		cr_assert_eq(f.code, ERR_INVALID);
		cr_assert_str_eq(f.what, cases[i].what);
		cr_assert_str_eq(f.hint, cases[i].hint);
		for (size_t k = 0; k < N_ROWS; k++)
			cr_assert(option_is_default(&rows[k], &s), "%s=%s changed %s", cases[i].key, cases[i].text, rows[k].key);
		cr_assert_eq(option_set(row_of(cases[i].key), &s, cases[i].text, &arena, NULL), ERR_INVALID);
	}
	arena_release(&arena);
}

Test(option, texts_outlive_what_they_were_read_from)
{
	struct arena arena = ARENA_INIT;
	struct sample s = {0};
	char text[] = "one, two";

	cr_assert_eq(option_set(row_of("hosts"), &s, text, &arena, NULL), 0);
	cr_assert_eq(option_set(row_of("title"), &s, text, &arena, NULL), 0);
	memset(text, 'x', sizeof(text) - 1);
	cr_assert_str_eq(s.hosts.items[0], "one");
	cr_assert_str_eq(s.hosts.items[1], "two");
	cr_assert_str_eq(s.title, "one, two");
	arena_release(&arena);
}

Test(option, a_changed_value_is_not_the_default_even_if_secret)
{
	struct arena arena = ARENA_INIT;
	struct sample s;

	option_defaults(rows, N_ROWS, &s, &arena);
	s.pin = 2;
	s.token = "x";
	s.hosts.len = 1;
	s.wait_ms++;
	cr_assert(!option_is_default(row_of("pin"), &s));
	cr_assert(!option_is_default(row_of("token"), &s));
	cr_assert(!option_is_default(row_of("hosts"), &s));
	cr_assert(!option_is_default(row_of("wait"), &s));
	cr_assert(option_is_default(row_of("days"), &s));
	arena_release(&arena);
}

Test(option, the_nearest_key_of_the_section_is_found)
{
	cr_assert_str_eq(option_nearest(rows, N_ROWS, "plan", "dasy"), "days");
	cr_assert_str_eq(option_nearest(rows, N_ROWS, "net", "levle"), "level");
	cr_assert_str_eq(option_nearest(rows, N_ROWS, "net", "wait"), "wait");
	cr_assert_null(option_nearest(rows, N_ROWS, "net", "dayss"));
	cr_assert_null(option_nearest(rows, N_ROWS, "net", "something"));
	cr_assert_null(option_nearest(rows, N_ROWS, "none", "days"));
}

Test(option, a_default_out_of_its_own_range_aborts, .signal = SIGABRT)
{
	static const struct option_row bad = {"plan", "days", OPTION_INT, 0, "63", 1, 62, NULL, 0, NULL, "Days."};
	struct arena arena = ARENA_INIT;
	struct sample s;

	option_defaults(&bad, 1, &s, &arena);
}
