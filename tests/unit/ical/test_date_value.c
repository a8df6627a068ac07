/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ical/date_value. */
#include <criterion/criterion.h>
#include <planvax/base/err.h>
#include <string.h>

#include "date_value.h"

Test(date_value, reads_dates_and_times)
{
	struct date_value v;

	cr_assert_eq(date_value_parse("20220103", 8, &v), 0);
	cr_assert(v.is_date && !v.is_utc && v.date.days == date_of(2022, 1, 3).days);
	cr_assert_eq(date_value_parse("20220103t083015", 15, &v), 0);
	cr_assert(!v.is_date && !v.is_utc && v.second == 30615);
	cr_assert_eq(date_value_parse("20220103T235960Z", 16, &v), 0);
	cr_assert(v.is_utc && v.second == 86399);
}

Test(date_value, tells_wrong_forms_from_days_that_do_not_exist)
{
	static const struct {
		const char *text;
		int want;
	} rows[] = {
		{"2022-01-03", ERR_INVALID}, {"20220103T0830", ERR_INVALID}, {"20220103T083000X", ERR_INVALID}, {"2022010a", ERR_INVALID},
		{"", ERR_INVALID}, {"20220230", ERR_NOT_FOUND}, {"20220103T240000", ERR_NOT_FOUND}, {"00000101", ERR_NOT_FOUND},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct date_value v;
		cr_assert_eq(date_value_parse(rows[i].text, strlen(rows[i].text), &v), rows[i].want, "%s", rows[i].text);
	}
}

Test(date_value, reads_durations)
{
	static const struct {
		const char *text;
		int32_t days, seconds;
	} rows[] = {{"PT30M", 0, 1800}, {"P1DT2H", 1, 7200}, {"-P2W", -14, 0}, {"+PT1H1M1S", 0, 3661}, {"P0D", 0, 0}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int32_t days, seconds;
		cr_assert_eq(date_value_duration(rows[i].text, strlen(rows[i].text), &days, &seconds), 0, "%s", rows[i].text);
		cr_assert(days == rows[i].days && seconds == rows[i].seconds, "%s: %d %d", rows[i].text, (int)days, (int)seconds);
	}
}

Test(date_value, refuses_durations_that_are_none)
{
	static const char *const rows[] = {"", "P", "PT", "30M", "P1H", "PT1D", "P99999999999D", "P1", "PT5M ", "P999999W"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int32_t days, seconds;
		cr_assert_eq(date_value_duration(rows[i], strlen(rows[i]), &days, &seconds), ERR_INVALID, "\"%s\"", rows[i]);
	}
}

Test(date_value, reads_offsets)
{
	int32_t s;

	cr_assert(date_value_offset("+0100", 5, &s) == 0 && s == 3600);
	cr_assert(date_value_offset("-033030", 7, &s) == 0 && s == -12630);
	cr_assert_eq(date_value_offset("0100", 4, &s), ERR_INVALID);
	cr_assert_eq(date_value_offset("+9900", 5, &s), ERR_INVALID);
}
