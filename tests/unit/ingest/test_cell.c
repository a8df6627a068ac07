/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ingest/cell. */
#include <criterion/criterion.h>
#include <planvax/model/registers.h>
#include <math.h>
#include <string.h>

#include "cell.h"

Test(cell, reads_dates_in_the_usual_forms)
{
	static const char *const rows[] = {
		"2022-01-03", "20220103", "03/01/2022", "3/1/2022", "03-01-2022", "03.01.2022", "2022-01-03 00:00:00", "2022-01-03T00:00:00", "03/01/2022 00:00", "3/1/2022 0:00",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct date d;
		struct fault f = FAULT_NONE;
		cr_assert_eq(cell_date(rows[i], &d, &f), 0, "%s: %s", rows[i], f.what);
		cr_assert_eq(d.days, date_of(2022, 1, 3).days, "%s", rows[i]);
	}
}

Test(cell, refuses_dates_that_are_none_with_a_hint)
{
	static const char *const rows[][2] = {
		{"31/02/1980", ""}, {"03/01/22", ", the year with four digits"}, {"03-01-22", ", the year with four digits"},
		{"3.1.22", ", the year with four digits"}, {"2022-13-01", ""}, {"01/31/2022", ""},
		{"44564", "; a spreadsheet's day number is not read: format the column as a date"}, {"03/01-2022", ""}, {"03/01/2022x", ""},
		{"2022-01-03 08:30:00", ""}, {"hier", ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct date d;
		struct fault f = FAULT_NONE;
		cr_assert_eq(cell_date(rows[i][0], &d, &f), ERR_INVALID, "%s", rows[i][0]);
		cr_assert_not_null(strstr(f.what, "is not a date"), "%s", f.what);
		cr_assert(strncmp(f.hint, "expected YYYY-MM-DD or DD/MM/YYYY", 33) == 0 && strcmp(f.hint + 33, rows[i][1]) == 0, "%s: %s", rows[i][0], f.hint);
	}
}

Test(cell, puts_back_zeros_that_a_spreadsheet_ate)
{
	struct arena a = ARENA_INIT;
	const char *text = NULL;

	cr_assert_eq(cell_insee("1004", &a, &text, NULL), 0);
	cr_assert_str_eq(text, "01004");
	cr_assert_eq(cell_insee("2A004", &a, &text, NULL), 0);
	cr_assert_str_eq(text, "2A004");
	cr_assert_eq(cell_area("1", &a, &text, NULL), 0);
	cr_assert_str_eq(text, "01");
	cr_assert_eq(cell_area("2B", &a, &text, NULL), 0);
	cr_assert_eq(cell_area("2a", &a, &text, NULL), 0);
	cr_assert_str_eq(text, "2A");
	cr_assert_eq(cell_area("974", &a, &text, NULL), 0);
	cr_assert_str_eq(text, "974");
	cr_assert_eq(cell_area("1,0", &a, &text, NULL), 0);
	cr_assert_str_eq(text, "01");
	cr_assert_eq(cell_insee("2b033", &a, &text, NULL), 0);
	cr_assert_str_eq(text, "2B033");
	cr_assert_eq(cell_insee("75056.0", &a, &text, NULL), 0);
	cr_assert_str_eq(text, "75056");
	cr_assert_eq(cell_insee("97 411", &a, &text, NULL), 0);
	cr_assert_str_eq(text, "97411");
	cr_assert_eq(cell_siret("558004800022", &a, &text, NULL), 0, "a zero was eaten");
	cr_assert_str_eq(text, "00558004800022");
	cr_assert_eq(cell_rpps("10 002 909 371", &a, &text, NULL), 0);
	cr_assert_str_eq(text, "10002909371");
	cr_assert_eq(cell_rpps("810002909371", &a, &text, NULL), 0);
	cr_assert_str_eq(text, "10002909371");
	cr_assert_eq(cell_siret("386 033 542 00021", &a, &text, NULL), 0);
	cr_assert_str_eq(text, "38603354200021");
	cr_assert_eq(cell_siret("386\xc2\xa0" "033\xe2\x80\xaf" "54200021", &a, &text, NULL), 0);
	cr_assert_str_eq(text, "38603354200021");
	arena_release(&a);
}

Test(cell, refuses_identifiers_that_are_none)
{
	struct arena a = ARENA_INIT;
	struct fault f = FAULT_NONE;
	const char *text = "untouched";

	cr_assert_eq(cell_siret("38603354200022", &a, &text, &f), ERR_INVALID);
	cr_assert_not_null(strstr(f.what, "check digit"));
	fault_clear(&f);
	cr_assert_eq(cell_siret("3,86034E+13", &a, &text, &f), ERR_INVALID);
	cr_assert_not_null(strstr(f.what, "rounded"));
	fault_clear(&f);
	static const char *const bad[][2] = {
		{"7328293200007", "digits are missing"}, {"1.23457E+13", "rounded"}, {"1,2E+13", "rounded"}, {"732829320", "9 digits of a SIREN"},
		{"FR73282932000074", "is not a SIRET"}, {"35600000009073", "check digit"},
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fault_clear(&f);
		cr_assert_eq(cell_siret(bad[i][0], &a, &text, &f), ERR_INVALID, "%s", bad[i][0]);
		cr_assert_not_null(strstr(f.what, bad[i][1]), "%s: %s", bad[i][0], f.what);
	}
	fault_clear(&f);
	cr_assert_eq(cell_insee("20004", &a, &text, &f), ERR_INVALID);
	cr_assert_not_null(strstr(f.hint, "2A or 2B"), "%s", f.hint);
	cr_assert_eq(cell_insee("7.5E+04", &a, &text, NULL), ERR_INVALID);
	cr_assert_eq(cell_rpps("1.00029E+10", &a, &text, NULL), ERR_INVALID);
	fault_clear(&f);
	cr_assert_eq(cell_insee("750560", &a, &text, &f), ERR_INVALID);
	cr_assert_eq(cell_area("Bretagne", &a, &text, NULL), ERR_INVALID);
	cr_assert_eq(cell_rpps("10000000075", &a, &text, NULL), ERR_INVALID);
	cr_assert_eq(cell_key("S 001", &text, NULL), ERR_INVALID);
	cr_assert_eq(cell_text("two\nlines", &text, NULL), ERR_INVALID);
	cr_assert_str_eq(text, "untouched");
	arena_release(&a);
}

Test(cell, reads_numbers_with_their_range)
{
	struct fault f = FAULT_NONE;
	int32_t n = -7;
	double degrees = -7;

	cr_assert_eq(cell_int("12", 0, 20, &n, &f), 0);
	cr_assert_eq(n, 12);
	cr_assert_eq(cell_int("21", 0, 20, &n, &f), ERR_INVALID);
	cr_assert_str_eq(f.what, "21 is out of range");
	cr_assert_str_eq(f.hint, "expected 0 to 20");
	cr_assert_eq(cell_int("1.5", 0, 20, &n, NULL), ERR_INVALID);
	cr_assert_eq(cell_int("1E+3", 0, 2000, &n, NULL), ERR_INVALID);
	cr_assert_eq(cell_int("-5", 0, 2000, &n, NULL), ERR_INVALID);
	static const char *const thousands[] = {"1 250", "1\xc2\xa0" "250", "1\xe2\x80\xaf" "250", "1250,00", "1250.0"};
	for (size_t i = 0; i < sizeof(thousands) / sizeof(thousands[0]); i++) {
		int32_t many = 0;
		cr_assert_eq(cell_int(thousands[i], 0, 2000, &many, NULL), 0, "%s", thousands[i]);
		cr_assert_eq(many, 1250);
	}
	cr_assert_eq(cell_degrees("45,25", 90, &degrees, NULL), 0);
	cr_assert_float_eq(degrees, 45.25, 1e-12);
	cr_assert_eq(cell_degrees("-181", 180, &degrees, NULL), ERR_INVALID);
	cr_assert_eq(n, 12);
}

Test(cell, knows_the_words_people_write)
{
	bool b = false;
	char sex = '?';
	int kind = -1;
	struct fault f = FAULT_NONE;

	cr_assert(cell_bool("Oui", &b, NULL) == 0 && b);
	cr_assert(cell_bool("0", &b, NULL) == 0 && !b);
	cr_assert_eq(cell_bool("maybe", &b, NULL), ERR_INVALID);
	cr_assert(cell_sex("f", &sex, NULL) == 0 && sex == 'F');
	cr_assert(cell_word(centre_kind_names, "Town_Hall", 9, &kind) && kind == CENTRE_TOWN_HALL);
	cell_word_fault(person_kind_names, "employe", &f);
	cr_assert_not_null(strstr(f.hint, "did you mean employee?"), "%s", f.hint);
}

Test(cell, reads_local_times_in_their_zone)
{
	static const char *const rows[] = {
		"2022-01-03T08:30", "2022-01-03 08:30:00", "03/01/2022 8:30", "2022-01-03T07:30:00Z", "2022-01-03T08:30:00+01:00",
		"03/01/2022 8h30", "2022-01-03 08h30", "03/01/2022 8 h 30", "03/01/2022 08H30min",
	};
	struct zone *paris;

	cr_assert_eq(zone_load("Europe/Paris", &paris), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct instant at;
		cr_assert_eq(cell_local_time(rows[i], paris, &at, NULL), 0, "%s", rows[i]);
		cr_assert_eq(at.utc_s, INT64_C(1641195000), "%s", rows[i]);
	}
	static const char *const bad[] = {"2022-01-03", "08:30", "2022-01-03T25:00", "2022-01-03T8", "2022-01-03T08:30:61", "2022-01-03 25h00",
		"2022-01-03 8h60", "2022-01-03 8:", "2022-01-03 h30"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct instant at;
		cr_assert_eq(cell_local_time(bad[i], paris, &at, NULL), ERR_INVALID, "%s", bad[i]);
	}
	zone_free(paris);
}

Test(cell, times_that_the_clocks_skip_are_refused_and_the_first_of_two_is_meant)
{
	struct zone *paris;
	struct instant at = {0};
	struct fault f = FAULT_NONE;

	cr_assert_eq(zone_load("Europe/Paris", &paris), 0);
	cr_assert_eq(cell_local_time("2022-03-27 02:30", paris, &at, &f), ERR_INVALID);
	cr_assert_not_null(strstr(f.what, "does not exist"), "%s", f.what);
	cr_assert_eq(at.utc_s, 0);
	cr_assert_eq(cell_local_time("2022-10-30 02:30", paris, &at, NULL), 0);
	cr_assert_eq(at.utc_s, INT64_C(1667089800)); /* 00:30 UTC, still summer time */
	zone_free(paris);
}

Test(cell, an_end_may_be_a_time_alone)
{
	struct zone *paris;
	struct instant start, end;

	cr_assert_eq(zone_load("Europe/Paris", &paris), 0);
	cr_assert_eq(cell_local_time("2022-01-03 08:30", paris, &start, NULL), 0);
	cr_assert_eq(cell_end_time("9h15", paris, start, &end, NULL), 0);
	cr_assert_eq(end.utc_s - start.utc_s, 2700);
	cr_assert_eq(cell_end_time("2022-01-03 09:00", paris, start, &end, NULL), 0);
	cr_assert_eq(end.utc_s - start.utc_s, 1800);
	cr_assert_eq(cell_end_time("later", paris, start, &end, NULL), ERR_INVALID);
	zone_free(paris);
}

Test(cell, words_are_known_without_accents_case_and_signs)
{
	static const struct name table[] = {{"town_hall", 1}, {"chef_d_entreprise", 2}, {"salarie", 3}, {NULL, 0}};
	static const struct { const char *word; int value; } rows[] = {
		{"Town hall", 1}, {"TOWN-HALL", 1}, {"Chef d'entreprise", 2}, {"chef d\xe2\x80\x99" "Entreprise", 2}, {"Salari\xc3\xa9", 3},
		{"SALARIE\xcc\x81", 3}, {"salari", 0}, {"", 0}, {"'", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int value = 0;
		cr_expect_eq(cell_word_folded(table, rows[i].word, &value), rows[i].value != 0, "%s", rows[i].word);
		cr_expect_eq(value, rows[i].value, "%s", rows[i].word);
	}
}

Test(cell, shows_whole_characters_of_a_long_text)
{
	struct fault f = FAULT_NONE;
	char text[201];
	struct date d;

	for (size_t i = 0; i < 200; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	text[200] = '\0';
	memmove(text + 1, text, 199);
	text[0] = 'x';
	cr_assert_eq(cell_date(text, &d, &f), ERR_INVALID);
	cr_assert_eq(strlen(f.what), strlen("\"\" is not a date") + 79);
}

Test(cell, a_mailbox_has_a_name_and_a_domain)
{
	static const char *const good[] = {"a@b.example", "s001-p01@s001.example", "prenom.nom+agenda@sante.example"};
	static const char *const bad[] = {"nobody", "@b.example", "a@", "a@b@c.example", "a b@c.example", "<a@b.example>", "a@b.example,c@d.example"};
	const char *out;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct fault f = FAULT_NONE;
		cr_assert_eq(cell_mail(good[i], &out, &f), 0, "%s: %s", good[i], f.what);
		cr_assert_str_eq(out, good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct fault f = FAULT_NONE;
		cr_assert_eq(cell_mail(bad[i], &out, &f), ERR_INVALID, "%s", bad[i]);
		cr_assert(strlen(f.hint) > 0);
	}
}
