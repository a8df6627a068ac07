/* SPDX-License-Identifier: Apache-2.0 */
/* Identifiers, by the project's list of published and constructed examples. */
#include <planvax/model/ids.h>

#include <criterion/criterion.h>
#include <string.h>

enum kind { SIREN, SIRET, FINESS, RPPS, INSEE };

static const struct {
	enum kind kind;
	const char *value;
	bool valid;
	const char *note;
} vectors[] = {
	{SIREN, "732829320", true, "Luhn sum multiple of 10"},
	{SIREN, "732829321", false, "bad Luhn"},
	{SIREN, "200034528", true, "published example"},
	{SIREN, "200034582", false, "two digits swapped"},
	{SIRET, "73282932000074", true, "Luhn on 14 and on the first 9"},
	{SIRET, "20003452800014", true, "published example"},
	{SIRET, "20003452800041", false, "two digits swapped"},
	{SIRET, "35600000000048", true, "La Poste head office passes Luhn"},
	{SIRET, "35600000009075", true, "La Poste: fails Luhn, digit sum multiple of 5"},
	{SIRET, "35600000009072", true, "La Poste: passes Luhn"},
	{SIRET, "35600000009073", false, "La Poste: fails both"},
	{SIRET, "34173748400020", true, "published example"},
	{SIRET, "7328293200007", false, "13 digits"},
	{SIRET, "7328293200007X", false, "a letter"},
	{SIRET, "73282932100073", false, "Luhn on 14, not on the first 9"},
	{FINESS, "750712184", true, "plain Luhn over 9"},
	{FINESS, "690781810", true, "plain Luhn over 9"},
	{FINESS, "810004421", false, "fails Luhn"},
	{FINESS, "2A0000014", true, "Corsica: shape only"},
	{FINESS, "2A000001X", false, "Corsica: shape is wrong"},
	{RPPS, "10002909371", true, "11 digits, Luhn"},
	{RPPS, "10100050075", false, "fails Luhn"},
	{RPPS, "1000290937", false, "10 digits"},
	{INSEE, "2A004", true, "Corsica"},
	{INSEE, "75056", true, "a city"},
	{INSEE, "97411", true, "overseas"},
	{INSEE, "20004", false, "Corsica has 2A and 2B, 20 is postal"},
	{INSEE, "00123", false, "no department 00"},
	{INSEE, "7505", false, "4 characters"},
	{INSEE, "2C004", false, "no 2C"},
};

static bool check(enum kind kind, const char *value)
{
	switch (kind) {
	case SIREN:
		return ids_siren(value, strlen(value));
	case SIRET:
		return ids_siret(value, strlen(value));
	case FINESS:
		return ids_finess(value, strlen(value));
	case RPPS:
		return ids_rpps(value, strlen(value));
	case INSEE:
		return ids_insee(value, strlen(value));
	}
	return false;
}

Test(ids, published_examples_are_told_apart)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		cr_expect_eq(check(vectors[i].kind, vectors[i].value), vectors[i].valid, "%s: %s", vectors[i].value,
			vectors[i].note);
}

Test(ids, a_digit_beyond_the_length_is_not_read)
{
	cr_expect(ids_siren("7328293209", 9));
	cr_expect_not(ids_siren("7328293209", 10));
}

Test(ids, departments_have_two_characters_or_three_overseas)
{
	static const char *const rows[][2] = {
		{"35238", "35"}, {"2A004", "2A"}, {"97411", "974"}, {"98818", "988"}, {"01001", "01"}, {"95018", "95"}, {"9", "9"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char out[4];

		ids_departement(rows[i][0], out);
		cr_expect_str_eq(out, rows[i][1], "%s", rows[i][0]);
	}
}

Test(ids, the_check_digit_completes_a_siren)
{
	cr_expect_eq(ids_luhn_digit("73282932", 8), 0);
	cr_expect_eq(ids_luhn_digit("20003452", 8), 8);
	cr_expect_eq(ids_luhn_digit("1000290937", 10), 1);
}

Test(ids, keys_are_short_printable_and_without_separators)
{
	static const char *const bad[] = {"", "a b", "a/b", "a\\b", "a\"b", "a'b", "\xc3\xa9", "a\tb", "a\x7f"};
	char key[66];

	memset(key, 'k', sizeof(key));
	cr_expect(ids_key(key, 64));
	cr_expect_not(ids_key(key, 65));
	cr_expect(ids_key("S001-P.00:1_x", 13));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_not(ids_key(bad[i], strlen(bad[i])), "row %zu", i);
}
