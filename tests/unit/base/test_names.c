/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/names. */
#include <planvax/base/names.h>

#include <criterion/criterion.h>
#include <string.h>

enum state { STATE_PENDING, STATE_SENT, STATE_REFUSED, STATE_NO };

static const struct name states[] = {
	{"pending", STATE_PENDING}, {"sent", STATE_SENT}, {"refused", STATE_REFUSED}, {"no", STATE_NO}, {NULL, 0},
};

Test(names, a_value_has_its_word)
{
	cr_assert_str_eq(names_word(states, STATE_PENDING), "pending");
	cr_assert_str_eq(names_word(states, STATE_REFUSED), "refused");
	cr_assert_null(names_word(states, 99));
}

Test(names, a_word_has_its_value)
{
	int value = -1;

	cr_assert(names_value(states, "sent, later", 4, &value));
	cr_assert_eq(value, STATE_SENT);
}

Test(names, other_words_have_none)
{
	static const char *const others[] = {"", "sen", "sentx", "Sent", "SENT", " sent"};
	int value = 42;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		cr_assert_not(names_value(states, others[i], strlen(others[i]), &value), "%s", others[i]);
	cr_assert_eq(value, 42);
}

Test(names, the_nearest_word_is_offered)
{
	static const struct {
		const char *word, *nearest;
	} rows[] = {
		{"pendign", "pending"}, {"sennt", "sent"}, {"refuse", "refused"}, {"snet", "sent"}, {"pnding", "pending"},
		{"refusssed", "refused"}, {"delivered", NULL}, {"xyz", NULL}, {"", NULL}, {"ab", NULL}, {"on", "no"},
		{"pexxing", "pending"}, {"pexxxng", NULL}, {"refusedxxx", "refused"}, {"refusedxxxx", NULL}, {"refusxx", "refused"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *nearest = names_nearest(states, rows[i].word);

		if (rows[i].nearest == NULL)
			cr_assert_null(nearest, "%s", rows[i].word);
		else
			cr_assert(nearest != NULL && strcmp(nearest, rows[i].nearest) == 0, "%s", rows[i].word);
	}
}

Test(names, of_equally_near_words_the_first_is_offered)
{
	static const struct name table[] = {{"mail", 1}, {"maid", 2}, {NULL, 0}};

	cr_assert_str_eq(names_nearest(table, "main"), "mail");
	cr_assert_str_eq(names_nearest(table, "maid"), "maid");
}

Test(names, a_long_word_may_differ_by_a_third)
{
	static const struct name table[] = {{"max_companies_per_group", 1}, {NULL, 0}};

	cr_assert_str_eq(names_nearest(table, "max_company_per_groups"), "max_companies_per_group");
	cr_assert_null(names_nearest(table, "least_visits_per_centre"));
}
