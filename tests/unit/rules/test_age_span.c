/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rules/age_span. */
#include "age_span.h"

#include <planvax/base/err.h>

#include <criterion/criterion.h>
#include <string.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

Test(age_span, durations_are_sums_of_terms)
{
	static const struct {
		const char *text;
		int years, months, days;
	} rows[] = {
		{"0 days", 0, 0, 0}, {"1 day", 0, 0, 1}, {"28 days - 4 days", 0, 0, 24}, {"2 weeks", 0, 0, 14}, {"1 week", 0, 0, 7},
		{"18 years + 1 month", 18, 1, 0}, {"18 years+1 month", 18, 1, 0}, {"7 months + 4 weeks", 0, 7, 28}, {"1 yr", 1, 0, 0},
		{"2 yrs - 3 months + 5 days", 2, -3, 5}, {"9 years - 4 days", 9, 0, -4}, {"3  months", 0, 3, 0},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct age_span s = AGE_SPAN_NONE;

		cr_assert_eq(age_span_parse(rows[i].text, strlen(rows[i].text), &s), 0, "%s", rows[i].text);
		cr_assert(s.years == rows[i].years && s.months == rows[i].months && s.days == rows[i].days, "%s: %d %d %d", rows[i].text,
			s.years, s.months, (int)s.days);
	}
}

Test(age_span, what_is_no_duration_is_refused_and_leaves_the_output)
{
	static const char *const rows[] = {"", "days", "4", "4 jours", "92 jours", "-4 days", "+4 days", "4 days -", "4 days - ",
		"4 days 3 days", " 4 days", "4 days ", "4days", "4 Days", "4 dayss", "1.5 years", "1 month and 2 days", "999999 days",
		"4 days * 2 days", "4\tdays"};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct age_span s = {.years = 77};

		cr_assert_lt(age_span_parse(rows[i], strlen(rows[i]), &s), 0, "\"%s\"", rows[i]);
		cr_assert_eq(s.years, 77, "\"%s\"", rows[i]);
	}
	cr_assert_eq(age_span_parse("99999 years", 11, &(struct age_span){0}), ERR_LIMIT);
}

Test(age_span, absent_durations_are_told_from_zero)
{
	struct age_span zero;

	cr_assert_eq(age_span_parse("0 days", 6, &zero), 0);
	cr_assert(age_span_given(zero));
	cr_assert_not(age_span_given(AGE_SPAN_NONE));
}

Test(age_span, days_that_do_not_exist_become_the_first_of_the_next_month)
{
	static const struct {
		const char *date, *span, *sum;
	} rows[] = {
		{"2021-03-31", "6 months", "2021-10-01"}, {"2004-02-29", "1 year", "2005-03-01"}, {"2021-03-31", "0 days - 1 month", "2021-03-01"},
		{"2004-02-29", "4 years", "2008-02-29"}, {"2004-02-29", "1 year + 1 month", "2005-04-01"}, {"2021-12-31", "1 day", "2022-01-01"},
		{"2021-08-31", "18 years - 4 days", "2039-08-27"}, {"2022-01-10", "28 days - 4 days", "2022-02-03"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct date d;
		struct age_span s;
		char text[11];

		cr_assert_eq(date_parse(rows[i].date, 10, &d), 0);
		cr_assert_eq(age_span_parse(rows[i].span, strlen(rows[i].span), &s), 0);
		cr_assert_str_eq(date_format(age_span_add(d, s), text), rows[i].sum, "%s + %s", rows[i].date, rows[i].span);
	}
}
