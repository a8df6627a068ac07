/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rules/working_day. */
#include <planvax/rules/working_day.h>

#include <criterion/criterion.h>
#include <string.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))
#define MON_FRI 0x1fu

Test(working_day, easter_is_right_from_2006_to_2031_and_at_its_extremes)
{
	static const struct {
		int year, month, day;
	} rows[] = {{2006, 4, 16}, {2007, 4, 8}, {2008, 3, 23}, {2009, 4, 12}, {2010, 4, 4}, {2011, 4, 24}, {2012, 4, 8}, {2013, 3, 31},
		{2014, 4, 20}, {2015, 4, 5}, {2016, 3, 27}, {2017, 4, 16}, {2018, 4, 1}, {2019, 4, 21}, {2020, 4, 12}, {2021, 4, 4},
		{2022, 4, 17}, {2023, 4, 9}, {2024, 3, 31}, {2025, 4, 20}, {2026, 4, 5}, {2027, 3, 28}, {2028, 4, 16}, {2029, 4, 1},
		{2030, 4, 21}, {2031, 4, 13}, {1818, 3, 22}, {1943, 4, 25}, {2285, 3, 22}, {2038, 4, 25}, {1583, 4, 10}};

	for (size_t i = 0; i < ROWS(rows); i++)
		cr_assert_eq(working_day_easter(rows[i].year).days, date_of(rows[i].year, rows[i].month, rows[i].day).days, "%d",
			rows[i].year);
}

Test(working_day, holidays_of_2022_are_named_by_department)
{
	static const struct {
		int month, day;
		const char *departement, *name;
	} rows[] = {
		{1, 1, "75", "1er janvier"}, {4, 18, "75", "Lundi de Pâques"}, {5, 1, "75", "1er mai"}, {5, 8, "75", "8 mai"},
		{5, 26, "75", "Ascension"}, {6, 6, "75", "Lundi de Pentecôte"}, {7, 14, "75", "14 juillet"}, {8, 15, "2A", "Assomption"},
		{11, 1, "75", "Toussaint"}, {11, 11, "75", "11 novembre"}, {12, 25, "75", "Jour de Noël"},
		{4, 15, "57", "Vendredi saint"}, {4, 15, "67", "Vendredi saint"}, {4, 15, "68", "Vendredi saint"}, {4, 15, "54", NULL},
		{12, 26, "67", "2ème jour de Noël"}, {12, 26, "75", NULL},
		{5, 27, "971", "Abolition de l'esclavage"}, {5, 22, "972", "Abolition de l'esclavage"},
		{6, 10, "973", "Abolition de l'esclavage"}, {12, 20, "974", "Abolition de l'esclavage"},
		{4, 27, "976", "Abolition de l'esclavage"}, {10, 9, "977", "Abolition de l'esclavage"},
		{5, 28, "978", "Abolition de l'esclavage"}, {5, 27, "978", NULL}, {5, 22, "971", NULL}, {5, 27, "75", NULL},
		{4, 17, "75", NULL}, {4, 19, "75", NULL}, {5, 25, "75", NULL}, {6, 5, "75", NULL}, {6, 7, "75", NULL}, {1, 2, "75", NULL},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *name = working_day_holiday(date_of(2022, rows[i].month, rows[i].day), rows[i].departement);

		if (rows[i].name)
			cr_assert(name && strcmp(name, rows[i].name) == 0, "%d-%d in %s: %s", rows[i].month, rows[i].day, rows[i].departement,
				name ? name : "none");
		else
			cr_assert_null(name, "%d-%d in %s: %s", rows[i].month, rows[i].day, rows[i].departement, name);
	}
}

Test(working_day, a_year_has_as_many_holidays_as_its_place_commemorates)
{
	static const struct {
		const char *departement;
		int year, n;
	} rows[] = {{"75", 2022, 11}, {"57", 2022, 13}, {"974", 2022, 12}, {"978", 2017, 12}, {"978", 2019, 12}, {"75", 2008, 10},
		{NULL, 2022, 11}};

	for (size_t i = 0; i < ROWS(rows); i++) {
		int n = 0;

		for (struct date d = date_of(rows[i].year, 1, 1); d.days <= date_of(rows[i].year, 12, 31).days; d = date_add_days(d, 1))
			n += working_day_holiday(d, rows[i].departement) != NULL;
		cr_assert_eq(n, rows[i].n, "%s %d: %d", rows[i].departement ? rows[i].departement : "none", rows[i].year, n);
	}
}

Test(working_day, january_2022_has_21_working_days)
{
	int n = 0;

	for (struct date d = date_of(2022, 1, 1); d.days <= date_of(2022, 1, 31).days; d = date_add_days(d, 1))
		n += working_day_is(d, "75", MON_FRI);
	cr_assert_eq(n, 21);
}

Test(working_day, weekdays_outside_the_mask_are_no_working_days)
{
	struct date saturday = date_of(2022, 1, 8);

	cr_assert_not(working_day_is(saturday, "75", MON_FRI));
	cr_assert(working_day_is(saturday, "75", MON_FRI | 1u << 5));
	cr_assert_not(working_day_is(date_of(2022, 4, 18), "75", MON_FRI));
	cr_assert(working_day_is(date_of(2022, 4, 15), "75", MON_FRI));
	cr_assert_not(working_day_is(date_of(2022, 4, 15), "67", MON_FRI));
	cr_assert_not(working_day_is(date_of(2022, 1, 3), "75", 0));
}

Test(working_day, places_without_a_department_have_the_common_holidays)
{
	cr_assert_not_null(working_day_holiday(date_of(2022, 5, 26), NULL));
	cr_assert_null(working_day_holiday(date_of(2022, 4, 15), NULL));
	cr_assert_not_null(working_day_holiday(date_of(1500, 12, 25), "75"));
	cr_assert_null(working_day_holiday(date_of(1500, 4, 15), "75"));
}
