/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/civil. Expected values come from Python's datetime. */
#include <planvax/base/civil.h>

#include <planvax/base/err.h>

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static struct date day(const char *text)
{
	struct date d = DATE_NONE;

	cr_assert_eq(date_parse(text, strlen(text), &d), 0, "%s", text);
	return d;
}

static void expect_date(struct date d, const char *text, size_t row)
{
	char got[11];

	cr_assert_str_eq(date_format(d, got), text, "row %zu: %s, not %s", row, got, text);
}

Test(civil, days_are_counted_from_1970)
{
	static const struct {
		const char *text;
		int32_t days;
	} rows[] = {
		{"0001-01-01", -719162}, {"1582-10-15", -141427}, {"1900-02-28", -25509}, {"1900-03-01", -25508},
		{"1969-12-31", -1}, {"1970-01-01", 0}, {"2000-02-29", 11016}, {"2000-03-01", 11017},
		{"2022-01-10", 19002}, {"2038-01-19", 24855}, {"9999-12-31", 2932896},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		cr_assert_eq(day(rows[i].text).days, rows[i].days, "%s", rows[i].text);
		expect_date((struct date){rows[i].days}, rows[i].text, i);
	}
}

/* Walks the whole calendar by its definition. */
Test(civil, every_day_splits_and_joins)
{
	int year = 1, month = 1, number = 1;

	for (int32_t days = -719162; days <= 2932896; days++) {
		struct date_parts p = date_split((struct date){days});

		cr_assert(p.year == year && p.month == month && p.day == number, "day %d", (int)days);
		cr_assert_eq(date_of(year, month, number).days, days);
		number++;
		if (!date_exists(year, month, number)) {
			number = 1;
			month = month % 12 + 1;
			year += month == 1;
		}
	}
	cr_assert_eq(year, 10000);
}

Test(civil, only_days_of_the_calendar_exist)
{
	static const struct {
		int year, month, day;
		bool exists;
	} rows[] = {
		{2020, 2, 29, true}, {2021, 2, 29, false}, {2000, 2, 29, true}, {1900, 2, 29, false}, {2100, 2, 29, false},
		{2400, 2, 29, true}, {2022, 4, 30, true}, {2022, 4, 31, false}, {2022, 12, 31, true}, {2022, 12, 32, false},
		{2022, 0, 1, false}, {2022, 13, 1, false}, {2022, 1, 0, false}, {2022, 1, -1, false},
		{0, 1, 1, false}, {1, 1, 1, true}, {9999, 12, 31, true}, {10000, 1, 1, false}, {-1, 1, 1, false},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		cr_assert_eq(date_exists(rows[i].year, rows[i].month, rows[i].day), rows[i].exists, "row %zu", i);
}

Test(civil, a_day_that_does_not_exist_asserts, .signal = SIGABRT)
{
	(void)date_of(2021, 2, 29);
}

Test(civil, iso_weeks_and_weekdays)
{
	static const struct {
		const char *text;
		int year, week, weekday;
	} rows[] = {
		{"2020-12-31", 2020, 53, 3}, {"2021-01-01", 2020, 53, 4}, {"2021-01-03", 2020, 53, 6}, {"2021-01-04", 2021, 1, 0},
		{"2015-12-31", 2015, 53, 3}, {"2016-01-03", 2015, 53, 6}, {"2016-01-04", 2016, 1, 0}, {"2009-12-31", 2009, 53, 3},
		{"2010-01-03", 2009, 53, 6}, {"2022-01-01", 2021, 52, 5}, {"2022-01-02", 2021, 52, 6}, {"2022-01-03", 2022, 1, 0},
		{"2024-12-30", 2025, 1, 0}, {"2026-12-31", 2026, 53, 3}, {"2027-01-03", 2026, 53, 6}, {"2000-02-29", 2000, 9, 1},
		{"1900-12-31", 1901, 1, 0}, {"0001-01-01", 1, 1, 0}, {"9999-12-31", 9999, 52, 4}, {"2032-12-31", 2032, 53, 4},
		{"2004-12-31", 2004, 53, 4}, {"1969-12-31", 1970, 1, 2}, {"1970-01-01", 1970, 1, 3},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct date d = day(rows[i].text);
		struct iso_week w = date_iso_week(d);

		cr_assert_eq(w.year, rows[i].year, "%s", rows[i].text);
		cr_assert_eq(w.week, rows[i].week, "%s", rows[i].text);
		cr_assert_eq(date_weekday(d), rows[i].weekday, "%s", rows[i].text);
	}
}

/* A new week begins on each Monday, and 71 of 400 years have 53 weeks. */
Test(civil, weeks_follow_each_other)
{
	struct date d = day("1601-01-01");
	struct iso_week before = date_iso_week((struct date){d.days - 1});
	int long_years = 0;

	for (; d.days < day("2001-01-01").days; d.days++) {
		struct iso_week w = date_iso_week(d);

		if (date_weekday(d) != 0)
			cr_assert(w.week == before.week && w.year == before.year);
		else if (w.week == 1)
			cr_assert(w.year == before.year + 1 && before.week >= 52);
		else
			cr_assert(w.week == before.week + 1 && w.year == before.year);
		long_years += w.week == 53 && date_weekday(d) == 0;
		before = w;
	}
	cr_assert_eq(long_years, 71);
}

Test(civil, rolled_sums_go_to_the_first_of_the_next_month)
{
	static const struct {
		const char *from;
		int years, months, days;
		const char *to;
	} rows[] = {
		{"2022-03-31", 0, 6, 0, "2022-10-01"},
		{"2004-02-29", 1, 0, 0, "2005-03-01"},
		{"2022-03-31", 0, -1, 0, "2022-03-01"},
		{"2004-02-29", 4, 0, 0, "2008-02-29"},
		{"2004-02-29", -1, 0, 0, "2003-03-01"},
		{"2020-02-29", 1, 1, 0, "2021-04-01"},
		{"2020-01-31", 0, 1, 0, "2020-03-01"},
		{"2021-01-31", 0, 1, 0, "2021-03-01"},
		{"2021-01-29", 0, 1, 0, "2021-03-01"},
		{"2020-01-29", 0, 1, 0, "2020-02-29"},
		{"2022-08-31", 0, 1, -1, "2022-09-30"},
		{"2022-01-10", 0, 0, 24, "2022-02-03"},
		{"2022-12-31", 0, 2, 0, "2023-03-01"},
		{"2022-01-31", 0, -2, 0, "2021-12-01"},
		{"2022-01-15", 0, -13, 0, "2020-12-15"},
		{"2022-05-31", 1, -3, 4, "2023-03-05"},
		{"1980-06-15", 65, 0, 0, "2045-06-15"},
		{"2022-01-15", 0, 25, -15, "2024-01-31"},
		{"9990-01-01", 120, 0, 0, "9999-12-31"},
		{"0005-01-01", -10, 0, 0, "0001-01-01"},
		{"9999-12-31", 0, 0, 1, "9999-12-31"},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		expect_date(date_add_rolled(day(rows[i].from), rows[i].years, rows[i].months, rows[i].days), rows[i].to, i);
}

Test(civil, months_end_on_the_last_day)
{
	static const struct {
		const char *from;
		int months;
		const char *to;
	} rows[] = {
		{"2022-01-31", 1, "2022-02-28"}, {"2020-01-31", 1, "2020-02-29"}, {"2022-03-31", 6, "2022-09-30"},
		{"2022-03-31", -1, "2022-02-28"}, {"2022-01-15", 12, "2023-01-15"}, {"2022-11-30", 3, "2023-02-28"},
		{"2022-01-31", -1, "2021-12-31"}, {"2024-02-29", 12, "2025-02-28"}, {"2024-02-29", 48, "2028-02-29"},
		{"2022-05-20", 0, "2022-05-20"}, {"9999-12-01", 1, "9999-12-31"}, {"0001-01-20", -1, "0001-01-01"},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		expect_date(date_add_months(day(rows[i].from), rows[i].months), rows[i].to, i);
}

Test(civil, sums_of_days_stay_in_the_calendar)
{
	expect_date(date_add_days(day("2020-02-28"), 2), "2020-03-01", 0);
	expect_date(date_add_days(day("2022-01-01"), -1), "2021-12-31", 1);
	expect_date(date_add_days(day("9999-12-30"), INT32_MAX), "9999-12-31", 2);
	expect_date(date_add_days(day("0001-01-05"), INT32_MIN), "0001-01-01", 3);
	expect_date(date_add_rolled(day("2022-01-01"), INT32_MAX, INT32_MIN, 0), "0001-01-01", 4);
	expect_date(date_add_months(day("2022-01-01"), INT32_MAX), "9999-12-31", 5);
}

Test(civil, an_unknown_date_stays_unknown)
{
	char text[11] = "x";

	cr_assert(date_is_none(DATE_NONE));
	cr_assert_not(date_is_none(day("1970-01-01")));
	cr_assert(date_is_none(date_add_days(DATE_NONE, 5)));
	cr_assert(date_is_none(date_add_rolled(DATE_NONE, 1, 1, 1)));
	cr_assert(date_is_none(date_add_months(DATE_NONE, -1)));
	cr_assert_str_eq(date_format(DATE_NONE, text), "");
	cr_assert_lt(DATE_NONE.days, day("0001-01-01").days);
}

Test(civil, months_have_ends)
{
	expect_date(date_month_first(day("2022-02-17")), "2022-02-01", 0);
	expect_date(date_month_last(day("2022-02-17")), "2022-02-28", 1);
	expect_date(date_month_last(day("2024-02-01")), "2024-02-29", 2);
	expect_date(date_month_last(day("2022-12-31")), "2022-12-31", 3);
	expect_date(date_month_first(day("2022-12-01")), "2022-12-01", 4);
}

Test(civil, dates_are_read_in_two_forms)
{
	struct date d;

	cr_assert_eq(date_parse("2022-01-10T", 10, &d), 0);
	expect_date(d, "2022-01-10", 0);
	cr_assert_eq(date_parse("20220110", 8, &d), 0);
	expect_date(d, "2022-01-10", 1);
}

Test(civil, other_texts_are_no_dates)
{
	static const char *const texts[] = {
		"", "2022", "2022-1-10", "2022-01-1", "2022-02-30", "2021-02-29", "20210229", "2022-13-01", "2022-00-10",
		"2022-01-00", "0000-01-01", "2022/01/10", "2022-01/10", "10-01-2022", "2022-01-100", " 2022-01-10", "2022-01-10 ",
		"202201101", "2022011", "+202-01-10", "2022-+1-10", "2022-01- 1", "abcdefgh", "-0220110",
	};
	struct date d = {4711};

	for (size_t i = 0; i < ROWS(texts); i++)
		cr_assert_eq(date_parse(texts[i], strlen(texts[i]), &d), ERR_INVALID, "%s", texts[i]);
	cr_assert_eq(d.days, 4711);
}

Test(civil, minutes_of_the_day)
{
	static const struct {
		const char *text;
		int32_t min; /* -1: refused */
	} rows[] = {
		{"00:00", 0}, {"08:30", 510}, {"23:59", 1439}, {"24:00", 1440}, {"24:01", -1}, {"25:00", -1}, {"12:60", -1},
		{"8:30", -1}, {"08:3", -1}, {"08-30", -1}, {"0830", -1}, {"08:30:00", -1}, {" 8:30", -1}, {"+8:30", -1}, {"08: 3", -1}, {"", -1},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct minute m = {4711};

		cr_assert_eq(minute_parse(rows[i].text, strlen(rows[i].text), &m), rows[i].min < 0 ? ERR_INVALID : 0, "%s", rows[i].text);
		cr_assert_eq(m.min, rows[i].min < 0 ? 4711 : rows[i].min, "%s", rows[i].text);
	}
}

Test(civil, instants_are_read_with_their_offset)
{
	static const struct {
		const char *text;
		int64_t utc_s;
	} rows[] = {
		{"2022-01-02T12:00:00Z", 1641124800}, {"2022-01-02T12:00:00+01:00", 1641121200}, {"2022-01-02T12:00:00-09:30", 1641159000},
		{"2022-07-01T00:15:00+05:45", 1656613800}, {"2022-01-02T12:00:00-00:00", 1641124800}, {"1969-12-31T23:59:59Z", -1},
		{"0001-01-01T00:00:00Z", -62135596800}, {"9999-12-31T23:59:59Z", 253402300799}, {"0001-01-01T01:00:00+01:00", -62135596800},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct instant at = {4711};

		cr_assert_eq(instant_parse(rows[i].text, strlen(rows[i].text), &at), 0, "%s", rows[i].text);
		cr_assert_eq(at.utc_s, rows[i].utc_s, "%s", rows[i].text);
	}
}

Test(civil, other_texts_are_no_instants)
{
	static const char *const texts[] = {
		"", "2022-01-02", "2022-01-02T12:00:00", "2022-01-02 12:00:00Z", "2022-01-02t12:00:00Z", "2022-01-02T12:00:00z",
		"2022-01-02T12:00Z", "2022-01-02T24:00:00Z", "2022-01-02T12:60:00Z", "2022-01-02T12:00:60Z", "2022-01-02T12:00:00.5Z",
		"2022-02-30T12:00:00Z", "2022-01-02T12:00:00+0100", "2022-01-02T12:00:00+1:00", "2022-01-02T12:00:00+24:00",
		"2022-01-02T12:00:00+01:60", "2022-01-02T12:00:00Z ", "2022-01-02T12:00:00 01:00", "20220102T120000Z",
		"2022-01-02T-1:00:00Z", "2022-01-02T12-00-00Z", "2022-01-02T12:00:00+01:0", "2022-01-02T12:00:00+01:000",
		"0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "2022-01-02T12:00:00ZZ", "20220102..T12:00:00Z",
	};
	struct instant at = {4711};

	for (size_t i = 0; i < ROWS(texts); i++)
		cr_assert_eq(instant_parse(texts[i], strlen(texts[i]), &at), ERR_INVALID, "%s", texts[i]);
	cr_assert_eq(at.utc_s, 4711);
}

Test(civil, instants_are_written_in_three_forms)
{
	static const struct {
		int64_t utc_s;
		int offset_s;
		const char *utc, *offset, *ical;
	} rows[] = {
		{1641124800, 3600, "2022-01-02T12:00:00Z", "2022-01-02T13:00:00+01:00", "20220102T120000Z"},
		{1641124800, 0, "2022-01-02T12:00:00Z", "2022-01-02T12:00:00+00:00", "20220102T120000Z"},
		{1641124800, -34200, "2022-01-02T12:00:00Z", "2022-01-02T02:30:00-09:30", "20220102T120000Z"},
		{1641124800, -43200 - 1, "2022-01-02T12:00:00Z", "2022-01-02T00:00:00-12:00", "20220102T120000Z"},
		{-1, 7200, "1969-12-31T23:59:59Z", "1970-01-01T01:59:59+02:00", "19691231T235959Z"},
		{-1, 561, "1969-12-31T23:59:59Z", "1970-01-01T00:08:59+00:09", "19691231T235959Z"},
		{253402300799, 3600, "9999-12-31T23:59:59Z", "9999-12-31T23:59:59+01:00", "99991231T235959Z"},
		{INT64_MAX, 3600, "9999-12-31T23:59:59Z", "9999-12-31T23:59:59+01:00", "99991231T235959Z"},
		{INT64_MIN, -3600, "0001-01-01T00:00:00Z", "0001-01-01T00:00:00-01:00", "00010101T000000Z"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct instant at = {rows[i].utc_s};
		char text[32];

		cr_assert_str_eq(instant_format_utc(at, text), rows[i].utc);
		cr_assert_str_eq(instant_format_offset(at, rows[i].offset_s, text), rows[i].offset);
		cr_assert_str_eq(instant_format_ical(at, text), rows[i].ical);
	}
}

Test(civil, what_is_written_is_read_again)
{
	for (int64_t utc_s = -62135596800 + 50400; utc_s < 253402300799 - 50400; utc_s += 86399 * 997) {
		char text[26];
		struct instant at = {0};

		instant_format_offset((struct instant){utc_s}, (int)(utc_s % 50400) / 60 * 60, text);
		cr_assert_eq(instant_parse(text, 25, &at), 0, "%s", text);
		cr_assert_eq(at.utc_s, utc_s, "%s", text);
	}
}

Test(civil, an_instant_has_a_date_in_utc)
{
	static const struct {
		int64_t utc_s;
		const char *date;
	} rows[] = {
		{0, "1970-01-01"}, {86399, "1970-01-01"}, {86400, "1970-01-02"}, {-1, "1969-12-31"}, {-86400, "1969-12-31"},
		{-86401, "1969-12-30"}, {INT64_MIN, "0001-01-01"}, {INT64_MAX, "9999-12-31"},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		expect_date(instant_utc_date((struct instant){rows[i].utc_s}), rows[i].date, i);
}
