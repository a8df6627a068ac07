/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ingest/register_columns. */
#include <criterion/criterion.h>
#include <planvax/base/map.h>
#include <planvax/ingest/register_columns.h>
#include <string.h>

#include "fold.h"

Test(register_columns, knows_registers_by_file_name)
{
	enum register_kind kind;

	cr_assert(register_columns_kind("people.csv", &kind) && kind == REGISTER_PEOPLE);
	cr_assert(register_columns_kind("/spool/S001/Staff.CSV", &kind) && kind == REGISTER_STAFF);
	cr_assert(!register_columns_kind("people.txt", &kind));
	cr_assert(!register_columns_kind("people2.csv", &kind));
	cr_assert(!register_columns_kind(".csv", &kind));
	cr_assert(!register_columns_kind("a_very_long_name_that_is_no_register_of_ours.csv", &kind));
}

Test(register_columns, every_kind_has_a_word_and_columns_named_once)
{
	for (int kind = 0; kind < REGISTER_KINDS; kind++) {
		size_t n;
		const struct register_column *columns = register_columns_of((enum register_kind)kind, &n);
		cr_assert_not_null(names_word(register_columns_kinds, kind));
		cr_assert(n >= 4 && n <= 32, "kind %d", kind);
		for (size_t i = 0; i < n; i++) {
			for (size_t k = i + 1; k < n; k++)
				cr_assert_str_neq(columns[i].name, columns[k].name);
			cr_assert(columns[i].type != CELL_WORD || columns[i].words != NULL, "%s", columns[i].name);
		}
	}
}

Test(register_columns, no_two_columns_of_a_register_share_a_name_and_words_have_one_meaning)
{
	for (int kind = 0; kind < REGISTER_KINDS; kind++) {
		size_t n;
		const struct register_column *columns = register_columns_of((enum register_kind)kind, &n);
		struct map seen = MAP_INIT;

		for (size_t i = 0; i < n; i++) {
			char key[FOLD_MAX_BYTES];
			const char *at = columns[i].aliases != NULL ? columns[i].aliases : "";
			cr_expect(map_put_str(&seen, fold_key(columns[i].name, strlen(columns[i].name), key), i), "%s", columns[i].name);
			for (; *at != '\0'; at += strspn(at, " ")) {
				size_t len = strcspn(at, " "), other = i;
				fold_key(at, len, key);
				cr_expect(!map_get_str(&seen, key, &other) || other == i, "%s: %s", columns[i].name, at);
				map_put_str(&seen, key, i);
				at += len;
			}
			for (const struct name *w = columns[i].also; w != NULL && w->word != NULL; w++)
				cr_expect_not_null(names_word(columns[i].words, w->value), "%s", w->word);
		}
		map_release(&seen);
	}
}
