/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/json: reader and writer. */
#include <criterion/criterion.h>
#include <float.h>
#include <planvax/base/clock.h>
#include <planvax/base/json.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct json_doc *parse(const char *text)
{
	struct json_doc *doc = NULL;
	struct fault f = FAULT_NONE;

	cr_assert_eq(json_parse(text, strlen(text), "t.json", &doc, &f), 0, "%s: %s", f.where, f.what);
	cr_assert_eq(f.code, ERR_NONE);
	return doc;
}

static const char rules[] =
	"{\n"
	"  \"version\": 1,\n"
	"  \"series\": [\n"
	"    {\"name\": \"primo\", \"doses\": 2},\n"
	"    {\"name\": \"rappel é\", \"dose/s\": -1.5, \"a~b\": true}\n"
	"  ],\n"
	"\t\"zeta\": null, \"alpha\": false\n"
	"}\n";

Test(json, reads_values_by_key_and_place)
{
	struct json_doc *doc = parse(rules);
	const struct json_value *root = json_root(doc);
	const struct json_value *series = json_get(root, "series");
	int64_t number;
	double real;

	cr_assert_eq(json_kind(root), JSON_OBJECT_VALUE);
	cr_assert_eq(json_kind(series), JSON_ARRAY_VALUE);
	cr_assert_eq(json_len(series), 2);
	cr_assert_str_eq(json_text(json_get(json_at(series, 0), "name")), "primo");
	cr_assert_str_eq(json_text(json_get(json_at(series, 1), "name")), "rappel é");
	cr_assert(json_int(json_get(root, "version"), 1, 1, &number) && number == 1);
	cr_assert(json_double(json_get(json_at(series, 1), "dose/s"), &real) && real == -1.5);
	cr_assert(json_bool(json_get(json_at(series, 1), "a~b")));
	cr_assert(!json_bool(json_get(root, "alpha")));
	cr_assert_eq(json_kind(json_get(root, "alpha")), JSON_BOOL);
	cr_assert_eq(json_kind(json_get(root, "zeta")), JSON_NULL_VALUE);
	json_free(doc);
}

Test(json, members_keep_the_order_of_the_file)
{
	struct json_doc *doc = parse(rules);
	static const char *const keys[] = {"version", "series", "zeta", "alpha"};

	cr_assert_eq(json_len(json_root(doc)), 4);
	for (size_t i = 0; i < 4; i++) {
		cr_assert_str_eq(json_key(json_root(doc), i), keys[i]);
		cr_assert_eq(json_at(json_root(doc), i), json_get(json_root(doc), keys[i]));
	}
	json_free(doc);
}

Test(json, absent_values_are_harmless)
{
	struct json_doc *doc = parse(rules);
	const struct json_value *root = json_root(doc);
	int64_t number = 7;
	double real = 7;
	struct buf pointer = BUF_INIT;

	cr_assert_null(json_get(root, "none"));
	cr_assert_null(json_get(NULL, "x"));
	cr_assert_null(json_get(json_get(root, "series"), "name"));
	cr_assert_null(json_at(root, 4));
	cr_assert_null(json_at(NULL, 0));
	cr_assert_null(json_key(root, 4));
	cr_assert_null(json_key(json_get(root, "series"), 0));
	cr_assert_eq(json_len(NULL), 0);
	cr_assert_eq(json_len(json_get(root, "version")), 0);
	cr_assert_null(json_text(NULL));
	cr_assert_null(json_text(json_get(root, "version")));
	cr_assert_eq(json_kind(NULL), JSON_NULL_VALUE);
	cr_assert_eq(json_line(NULL), 0);
	cr_assert_eq(json_column(NULL), 0);
	cr_assert(!json_bool(NULL));
	cr_assert(!json_int(NULL, 0, 9, &number) && number == 7);
	cr_assert(!json_double(NULL, &real) && real == 7);
	json_pointer(NULL, &pointer);
	cr_assert_str_eq(buf_str(&pointer), "");
	buf_release(&pointer);
	json_free(doc);
	json_free(NULL);
}

Test(json, integers_are_taken_within_bounds_only)
{
	struct json_doc *doc = parse("[5, 5.0, \"5\", -9223372036854775808, 9223372036854775807, 1e2, true]");
	const struct json_value *root = json_root(doc);
	int64_t out = 99;

	cr_assert(json_int(json_at(root, 0), 5, 5, &out) && out == 5);
	out = 99;
	cr_assert(!json_int(json_at(root, 0), 6, 9, &out));
	cr_assert(!json_int(json_at(root, 0), 0, 4, &out));
	cr_assert(!json_int(json_at(root, 1), 0, 9, &out));
	cr_assert(!json_int(json_at(root, 2), 0, 9, &out));
	cr_assert(!json_int(json_at(root, 5), 0, 900, &out));
	cr_assert(!json_int(json_at(root, 6), 0, 9, &out));
	cr_assert_eq(out, 99);
	cr_assert(json_int(json_at(root, 3), INT64_MIN, INT64_MAX, &out) && out == INT64_MIN);
	cr_assert(json_int(json_at(root, 4), INT64_MIN, INT64_MAX, &out) && out == INT64_MAX);
	double real;
	cr_assert(json_double(json_at(root, 0), &real) && real == 5);
	cr_assert(json_double(json_at(root, 5), &real) && real == 100);
	cr_assert(!json_double(json_at(root, 2), &real));
	json_free(doc);
}

static void assert_place(const struct json_value *v, int line, int column, const char *pointer)
{
	struct buf out = BUF_INIT;

	json_pointer(v, &out);
	cr_assert_str_eq(buf_str(&out), pointer);
	cr_assert_eq(json_line(v), line, "%s: line %d", pointer, json_line(v));
	cr_assert_eq(json_column(v), column, "%s: column %d", pointer, json_column(v));
	buf_release(&out);
}

Test(json, every_value_knows_line_column_and_pointer)
{
	struct json_doc *doc = parse(rules);
	const struct json_value *root = json_root(doc);
	const struct json_value *second = json_at(json_get(root, "series"), 1);

	assert_place(root, 1, 1, "");
	assert_place(json_get(root, "version"), 2, 14, "/version");
	assert_place(json_get(root, "series"), 3, 13, "/series");
	assert_place(json_at(json_get(root, "series"), 0), 4, 5, "/series/0");
	assert_place(second, 5, 5, "/series/1");
	assert_place(json_get(second, "name"), 5, 14, "/series/1/name");
	assert_place(json_get(second, "dose/s"), 5, 36, "/series/1/dose~1s"); /* é counts once */
	assert_place(json_get(second, "a~b"), 5, 49, "/series/1/a~0b");
	assert_place(json_get(root, "alpha"), 7, 25, "/alpha");
	json_free(doc);
}

Test(json, positions_survive_escapes_blanks_and_crlf)
{
	struct json_doc *doc = parse("\r\n [ \"a\\\"],[\\\\\" ,\r\n\t{ } , [ ] ,\"\\u00e9\\ud83d\\ude00\" , 1.5e-3\r\n, {\"k\\\"\" : [ null ] } ] ");
	const struct json_value *root = json_root(doc);

	assert_place(root, 2, 2, "");
	assert_place(json_at(root, 0), 2, 4, "/0");
	assert_place(json_at(root, 1), 3, 2, "/1");
	assert_place(json_at(root, 2), 3, 8, "/2");
	assert_place(json_at(root, 3), 3, 13, "/3");
	assert_place(json_at(root, 4), 3, 36, "/4");
	assert_place(json_at(root, 5), 4, 3, "/5");
	assert_place(json_at(json_get(json_at(root, 5), "k\""), 0), 4, 14, "/5/k\"/0");
	cr_assert_str_eq(json_text(json_at(root, 0)), "a\"],[\\");
	cr_assert_str_eq(json_text(json_at(root, 3)), "é😀");
	json_free(doc);
}

Test(json, any_value_may_be_the_top)
{
	static const struct {
		const char *text;
		enum json_kind kind;
	} rows[] = {
		{"null", JSON_NULL_VALUE}, {" true ", JSON_BOOL}, {"-0", JSON_NUMBER}, {"\"\"", JSON_TEXT},
		{"[]", JSON_ARRAY_VALUE}, {"\xef\xbb\xbf{}", JSON_OBJECT_VALUE}, {"1", JSON_NUMBER},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_doc *doc = parse(rows[i].text);
		cr_assert_eq(json_kind(json_root(doc)), rows[i].kind, "%s", rows[i].text);
		json_free(doc);
	}
}

Test(json, mistakes_are_refused_with_their_place)
{
	static const struct {
		const char *text, *where;
	} rows[] = {
		{"", "t.json:1:1"},
		{"   \n", "t.json:2:1"},
		{"{\n  \"a\": tru\n}", "t.json:2:10"},
		{"{\"a\": 1,}", "t.json:1:9"},
		{"[1 2]", "t.json:1:4"},
		{"{\"a\": 1}\n{", "t.json:2:1"},
		{"{\"a\": 1, \"b\": {\"a\": 2},\n \"a\": 3}", "t.json:2:4"},
		{"{'a': 1}", "t.json:1:2"},
		{"[01]", "t.json:1:2"},
		{"[1, // no\n 2]", "t.json:1:5"},
		{"[NaN]", "t.json:1:4"},
		{"[99999999999999999999]", "t.json:1:21"},
		{"[1e999]", "t.json:1:6"},
		{"[\"a\tb\"]", "t.json:1:3"},
		{"[\"\\u0000\"]", "t.json:1:9"},
		{"[\"\\ud800\"]", "t.json:1:9"},
		{"[\"\xff\"]", "t.json:1:2"},
		{"[\"\xc3\"]", "t.json:1:2"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_doc *doc = (struct json_doc *)0x1;
		struct fault f = FAULT_NONE;
		cr_expect_eq(json_parse(rows[i].text, strlen(rows[i].text), "t.json", &doc, &f), ERR_INVALID, "%s", rows[i].text);
		cr_expect_eq(f.code, ERR_INVALID);
		cr_expect_str_eq(f.where, rows[i].where, "%s: %s not %s (%s)", rows[i].text, f.where, rows[i].where, f.what);
		cr_expect(f.what[0] != '\0');
		cr_expect_eq(doc, (struct json_doc *)0x1);
		cr_expect_eq(json_parse(rows[i].text, strlen(rows[i].text), "t.json", &doc, NULL), ERR_INVALID);
	}
}

Test(json, a_nul_in_the_text_is_refused)
{
	struct json_doc *doc = NULL;
	struct fault f = FAULT_NONE;

	cr_assert_eq(json_parse("[1]\0", 4, "t.json", &doc, &f), ERR_INVALID);
	fault_clear(&f);
	cr_assert_eq(json_parse("[\"a\0b\"]", 7, "t.json", &doc, &f), ERR_INVALID);
	cr_assert_null(doc);
}

static char *nested(size_t depth, size_t *len)
{
	char *text = malloc(2 * depth + 1);

	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	text[2 * depth] = '\0';
	*len = 2 * depth;
	return text;
}

Test(json, depth_is_limited)
{
	struct json_doc *doc = NULL;
	struct fault f = FAULT_NONE;
	size_t len;

	char *text = nested(JSON_MAX_DEPTH, &len);
	cr_assert_eq(json_parse(text, len, "t.json", &doc, &f), 0);
	json_free(doc);
	free(text);
	doc = NULL;
	text = nested(JSON_MAX_DEPTH + 1, &len);
	cr_assert_eq(json_parse(text, len, "t.json", &doc, &f), ERR_INVALID);
	cr_assert_str_eq(f.where, "t.json:1:65");
	cr_assert_str_eq(f.what, "nested deeper than 64 levels");
	free(text);
	fault_clear(&f);
	text = nested(1000000, &len);
	cr_assert_eq(json_parse(text, len, "t.json", &doc, &f), ERR_INVALID);
	cr_assert_null(doc);
	free(text);
}

Test(json, a_fault_is_placed_at_its_value)
{
	struct json_doc *doc = parse(rules);
	const struct json_value *v = json_get(json_at(json_get(json_root(doc), "series"), 0), "doses");
	struct fault f = FAULT_NONE;

	fault_set(&f, ERR_INVALID, "too many");
	json_fault_at(v, &f);
	cr_assert_str_eq(f.where, "t.json:4:32 (/series/0/doses)");
	json_fault_at(json_root(doc), &f);
	cr_assert_str_eq(f.where, "t.json:4:32 (/series/0/doses)");
	fault_clear(&f);
	fault_set(&f, ERR_INVALID, "no object");
	json_fault_at(json_root(doc), &f);
	cr_assert_str_eq(f.where, "t.json:1:1");
	json_fault_at(v, NULL);
	json_free(doc);
}

Test(json, large_objects_find_every_key_and_keep_order)
{
	enum { N = 10000 };
	struct buf text = BUF_INIT;
	char key[32];

	buf_putc(&text, '{');
	for (int i = 0; i < N; i++) /* 7919 is prime: keys in no sorted order */
		buf_printf(&text, "%s\n\"key-%d\": %d", i > 0 ? "," : "", i * 7919 % N, i);
	buf_puts(&text, "}");
	struct json_doc *doc = parse(buf_str(&text));
	cr_assert_eq(json_len(json_root(doc)), N);
	for (int i = 0; i < N; i++) {
		int64_t value;
		snprintf(key, sizeof(key), "key-%d", i * 7919 % N);
		const struct json_value *v = json_get(json_root(doc), key);
		cr_assert(json_int(v, 0, N, &value) && value == i);
		cr_assert_eq(json_line(v), i + 2);
		cr_assert_eq(v, json_at(json_root(doc), (size_t)i));
	}
	cr_assert_null(json_get(json_root(doc), "key-10000"));
	cr_assert_null(json_get(json_root(doc), ""));
	json_free(doc);
	buf_release(&text);
}

Test(json, megabytes_on_one_line_are_read_in_linear_time)
{
	struct buf text = BUF_INIT;

	buf_putc(&text, '[');
	while (text.len < 4000000)
		buf_printf(&text, "%s{\"ref\":\"P-%zu\",\"é\":[1,2.5,null],\"deep\":{\"x\":true}}", text.len > 1 ? "," : "", text.len);
	buf_putc(&text, ']');
	int64_t before = clock_cpu_us();
	struct json_doc *doc = parse(buf_str(&text));
	cr_assert_lt(clock_cpu_us() - before, 8000000); /* quadratic: minutes */
	const struct json_value *last = json_at(json_root(doc), json_len(json_root(doc)) - 1);
	cr_assert_eq(json_len(last), 3);
	cr_assert_eq(json_line(last), 1);
	json_free(doc);
	buf_release(&text);
}

Test(json, the_writer_puts_commas_where_they_belong)
{
	struct buf out = BUF_INIT;
	struct json_writer w;

	json_writer_init(&w, &out);
	json_begin_object(&w);
	json_text_member(&w, "a", "x");
	json_put_key(&w, "b");
	json_begin_array(&w);
	json_put_int(&w, -1);
	json_begin_object(&w);
	json_end_object(&w);
	json_begin_array(&w);
	json_end_array(&w);
	json_put_bool(&w, true);
	json_put_null(&w);
	json_put_text(&w, NULL);
	json_put_raw(&w, "{\"r\":1}", 7);
	json_end_array(&w);
	json_int_member(&w, "c", INT64_MIN);
	json_bool_member(&w, "d", false);
	json_double_member(&w, "e", 0.1);
	json_put_key(&w, "f");
	json_put_raw(&w, "[]", 2);
	json_end_object(&w);
	cr_assert_str_eq(buf_str(&out), "{\"a\":\"x\",\"b\":[-1,{},[],true,null,null,{\"r\":1}],"
	                                "\"c\":-9223372036854775808,\"d\":false,\"e\":0.1,\"f\":[]}");
	buf_release(&out);
}

Test(json, the_writer_escapes_what_must_be)
{
	struct buf out = BUF_INIT;
	struct json_writer w;

	json_writer_init(&w, &out);
	json_begin_array(&w);
	json_put_text(&w, "");
	json_put_text(&w, "\"\\/\b\f\n\r\t\x01\x1f\x7f é 😀 <&>");
	json_end_array(&w);
	cr_assert_str_eq(buf_str(&out), "[\"\",\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f é 😀 <&>\"]");
	buf_release(&out);
}

Test(json, what_is_written_reads_back_the_same)
{
	static const double numbers[] = {0, 1, -1, 0.1, 1.0 / 3, 1e300, 5e-324, 48.8566, -2.3522, 123456789.125, DBL_MAX};
	struct buf out = BUF_INIT;
	struct json_writer w;
	char every[128];

	for (size_t i = 0; i < sizeof(every) - 1; i++)
		every[i] = (char)(i + 1);
	every[sizeof(every) - 1] = '\0';
	json_writer_init(&w, &out);
	json_begin_array(&w);
	json_put_text(&w, every);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		json_put_double(&w, numbers[i]);
	json_end_array(&w);
	struct json_doc *doc = parse(buf_str(&out));
	cr_assert_str_eq(json_text(json_at(json_root(doc), 0)), every);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		double back;
		cr_assert(json_double(json_at(json_root(doc), i + 1), &back) && back == numbers[i], "%g", numbers[i]);
	}
	json_free(doc);
	buf_release(&out);
}

Test(json, the_writer_nests_to_its_depth)
{
	struct buf out = BUF_INIT;
	struct json_writer w;

	json_writer_init(&w, &out);
	for (int i = 0; i < 63; i++)
		json_begin_array(&w);
	json_put_int(&w, 1);
	json_put_int(&w, 2);
	for (int i = 0; i < 63; i++)
		json_end_array(&w);
	cr_assert_eq(out.len, 63 * 2 + 3);
	cr_assert_not_null(strstr(buf_str(&out), "[1,2]"));
	buf_release(&out);
}

Test(json, the_writer_refuses_an_unpaired_end, .signal = SIGABRT)
{
	struct buf out = BUF_INIT;
	struct json_writer w;

	json_writer_init(&w, &out);
	json_end_object(&w);
}

Test(json, the_writer_refuses_a_key_without_value, .signal = SIGABRT)
{
	struct buf out = BUF_INIT;
	struct json_writer w;

	json_writer_init(&w, &out);
	json_begin_object(&w);
	json_put_key(&w, "a");
	json_end_object(&w);
}
