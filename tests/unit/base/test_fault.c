/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/fault. */
#include <planvax/base/fault.h>

#include <planvax/base/text.h>

#include <criterion/criterion.h>
#include <string.h>

Test(fault, it_tells_where_what_and_hint)
{
	struct fault f = FAULT_NONE;
	struct buf b = BUF_INIT;

	cr_assert_eq(fault_set(&f, ERR_INVALID, "\"%s\" is not a date", "31/02/1980"), ERR_INVALID);
	fault_at(&f, "%s:%d", "people.csv", 1204);
	fault_hint(&f, "expected %s", "YYYY-MM-DD");
	fault_format(&f, &b);
	cr_assert_eq(f.code, ERR_INVALID);
	cr_assert_str_eq(buf_str(&b), "people.csv:1204: \"31/02/1980\" is not a date, expected YYYY-MM-DD");
	buf_release(&b);
}

Test(fault, empty_parts_are_left_out)
{
	static const struct {
		const char *where, *what, *hint, *text;
	} rows[] = {
		{"", "", "", ""},
		{"a:1", "", "", "a:1"},
		{"", "bad", "", "bad"},
		{"", "", "mend it", "mend it"},
		{"a:1", "bad", "", "a:1: bad"},
		{"a:1", "", "mend it", "a:1: mend it"},
		{"", "bad", "mend it", "bad, mend it"},
		{"a:1", "bad", "mend it", "a:1: bad, mend it"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fault f = FAULT_NONE;
		struct buf b = BUF_INIT;

		fault_set(&f, ERR_INVALID, "%s", rows[i].what);
		fault_at(&f, "%s", rows[i].where);
		fault_hint(&f, "%s", rows[i].hint);
		fault_format(&f, &b);
		cr_assert_str_eq(buf_str(&b), rows[i].text, "row %zu", i);
		buf_release(&b);
	}
}

Test(fault, the_origin_wins)
{
	struct fault f = FAULT_NONE;

	fault_set(&f, ERR_LIMIT, "first");
	fault_at(&f, "here");
	fault_hint(&f, "so");
	cr_assert_eq(fault_set(&f, ERR_IO, "second"), ERR_IO, "the caller still gets its own code");
	fault_at(&f, "there");
	fault_hint(&f, "otherwise");
	cr_assert_eq(f.code, ERR_LIMIT);
	cr_assert_str_eq(f.what, "first");
	cr_assert_str_eq(f.where, "here");
	cr_assert_str_eq(f.hint, "so");
}

Test(fault, setting_drops_a_stale_place_and_hint)
{
	struct fault f = FAULT_NONE;

	fault_at(&f, "stale");
	fault_hint(&f, "stale");
	fault_set(&f, ERR_INVALID, "new");
	cr_assert_str_eq(f.where, "");
	cr_assert_str_eq(f.hint, "");
}

Test(fault, a_cleared_one_takes_a_new_mistake)
{
	struct fault f = FAULT_NONE;

	fault_set(&f, ERR_INVALID, "old");
	fault_clear(&f);
	cr_assert_eq(f.code, ERR_NONE);
	cr_assert_str_eq(f.what, "");
	fault_set(&f, ERR_IO, "new");
	cr_assert_str_eq(f.what, "new");
}

Test(fault, null_is_allowed)
{
	cr_assert_eq(fault_set(NULL, ERR_DENIED, "nobody %s", "asks"), ERR_DENIED);
	fault_at(NULL, "nowhere");
	fault_hint(NULL, "nothing");
}

Test(fault, long_text_is_cut_between_characters)
{
	char text[400];

	/* Of every width and at every shift: the cut must leave valid UTF-8. */
	static const char *const characters[] = {"x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};

	for (size_t c = 0; c < 4; c++) {
		for (size_t shift = 0; shift < 4; shift++) {
			struct fault f = FAULT_NONE;
			size_t width = strlen(characters[c]), len = shift;

			memset(text, 'a', sizeof(text));
			for (; len + width < sizeof(text); len += width)
				memcpy(text + len, characters[c], width);
			text[len] = '\0';
			fault_set(&f, ERR_INVALID, "%s", text);
			cr_assert(text_is_utf8(f.what, strlen(f.what)), "width %zu shift %zu", width, shift);
			cr_assert_eq(strncmp(f.what, text, strlen(f.what)), 0);
			cr_assert_gt(strlen(f.what), sizeof(f.what) - 1 - width);
		}
	}
}
