/* SPDX-License-Identifier: Apache-2.0 */
/* working_day: French public holidays (Code du travail L3133-1; L3134-13 for
 * Alsace-Moselle; law 83-550 and its decrees for overseas), computed. Easter by
 * the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, ch. 8). */
#include <planvax/rules/working_day.h>

#include <assert.h>
#include <string.h>

struct date working_day_easter(int year)
{
	assert(year >= 1583 && year <= 9999);

	int a = year % 19, b = year / 100, c = year % 100;
	int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
	int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
	int m = (a + 11 * h + 22 * l) / 451;
	int n = h + l - 7 * m + 114;

	return date_of(year, n / 31, n % 31 + 1);
}

static bool is_in(const char *departement, const char *const *list)
{
	for (; *list; list++) {
		if (strcmp(departement, *list) == 0)
			return true;
	}
	return false;
}

static const char *fixed_holiday(int month, int day)
{
	static const struct {
		int month, day;
		const char *name;
	} table[] = {{1, 1, "1er janvier"}, {5, 1, "1er mai"}, {5, 8, "8 mai"}, {7, 14, "14 juillet"}, {8, 15, "Assomption"},
		{11, 1, "Toussaint"}, {11, 11, "11 novembre"}, {12, 25, "Jour de Noël"}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].month == month && table[i].day == day)
			return table[i].name;
	}
	return NULL;
}

static const char *movable_holiday(int after_easter)
{
	switch (after_easter) {
	case 1:
		return "Lundi de Pâques";
	case 39:
		return "Ascension";
	case 50:
		return "Lundi de Pentecôte";
	}
	return NULL;
}

/* Commemoration of the abolition of slavery, by place (decree 83-1003; Saint-Martin by its own resolution since 2018). */
static bool is_abolition(struct date_parts p, const char *departement)
{
	static const struct {
		const char *departement;
		int month, day;
	} table[] = {{"971", 5, 27}, {"972", 5, 22}, {"973", 6, 10}, {"974", 12, 20}, {"976", 4, 27}, {"977", 10, 9}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(table[i].departement, departement) == 0)
			return table[i].month == p.month && table[i].day == p.day;
	}
	return strcmp(departement, "978") == 0 && p.month == 5 && p.day == (p.year >= 2018 ? 28 : 27);
}

const char *working_day_holiday(struct date day, const char *departement)
{
	static const char *const alsace_moselle[] = {"57", "67", "68", NULL};
	struct date_parts p = date_split(day);
	const char *name = fixed_holiday(p.month, p.day);
	int after_easter;

	if (name || p.year < 1583)
		return name;
	after_easter = day.days - working_day_easter(p.year).days;
	name = movable_holiday(after_easter);
	if (name)
		return name;
	if (!departement)
		return NULL;
	if (is_in(departement, alsace_moselle)) {
		if (after_easter == -2)
			return "Vendredi saint";
		if (p.month == 12 && p.day == 26)
			return "2ème jour de Noël";
	}
	return is_abolition(p, departement) ? "Abolition de l'esclavage" : NULL;
}

bool working_day_is(struct date day, const char *departement, unsigned weekday_mask)
{
	return (weekday_mask & 1u << date_weekday(day)) && !working_day_holiday(day, departement);
}
