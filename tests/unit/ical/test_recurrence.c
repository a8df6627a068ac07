/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ical/recurrence. */
#include <criterion/criterion.h>
#include <planvax/base/buf.h>
#include <planvax/ical/recurrence.h>
#include <stdio.h>
#include <string.h>

struct hearing {
	struct buf text;
	int left;
	int skip; /* characters of the date that are not noted */
};

static bool hear(void *arg, struct recurrence_local at)
{
	struct hearing *h = arg;
	char day[11];

	buf_printf(&h->text, "%s%s", h->text.len > 0 ? " " : "", date_format(at.date, day) + h->skip);
	return --h->left > 0;
}

static int expand(const char *text, struct recurrence_span span, int n, struct hearing *h)
{
	struct recurrence rule;
	struct fault f = FAULT_NONE;
	int rc = recurrence_parse(text, strlen(text), &rule, &f);

	*h = (struct hearing){.left = n, .skip = n < 20 ? 5 : 0};
	if (rc == 0)
		rc = recurrence_expand(&rule, &span, hear, h, &f);
	cr_assert(rc == 0 || f.what[0] != '\0');
	return rc;
}

static const struct recurrence_span monday = {.start = {{18995}, 30600}, .from = {INT32_MIN}}; /* 2022-01-03 08:30 */

Test(recurrence, expands_the_rules_that_agendas_use)
{
	static const struct {
		const char *rule, *want;
	} rows[] = {
		{"FREQ=DAILY;COUNT=3", "01-03 01-04 01-05"},
		{"freq=weekly; interval=2;byday=tu,mo;COUNT=4", "01-03 01-04 01-17 01-18"},
		{"FREQ=WEEKLY;UNTIL=20220118", "01-03 01-10 01-17"},
		{"FREQ=WEEKLY;UNTIL=20220117T083000", "01-03 01-10 01-17"},
		{"FREQ=WEEKLY;UNTIL=20220117T082959", "01-03 01-10"},
		{"FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", "01-28 02-25"},
		{"FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", "01-31 03-31 05-31"},
		{"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", "01-31 02-28"},
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=1", "02-29"},
		{"FREQ=WEEKLY;BYDAY=TU;COUNT=2;X-EVOLUTION=1", "01-04 01-11"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hearing h;
		cr_assert_eq(expand(rows[i].rule, monday, 10, &h), 0, "%s", rows[i].rule);
		cr_assert_str_eq(buf_str(&h.text), rows[i].want, "%s: %s", rows[i].rule, buf_str(&h.text));
		buf_release(&h.text);
	}
}

Test(recurrence, declines_what_libical_hangs_on_or_gets_wrong)
{
	static const char *const rows[] = {
		"FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=SECONDLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;COUNT=1001",
		"FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "FREQ=DAILY;BYHOUR=6,18;BYSETPOS=3",
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=24", "FREQ=MONTHLY;BYDAY=-31FR;COUNT=12", "FREQ=MONTHLY;BYMONTHDAY=1,2;BYDAY=MO;BYSETPOS=2",
		"FREQ=MONTHLY;BYMONTHDAY=1,2,3;BYDAY=SA,SU;BYSETPOS=3", "FREQ=MONTHLY;BYMONTH=2;BYDAY=MO,TU;BYSETPOS=10", "FREQ=WEEKLY;BYSETPOS=2;BYMONTH=1",
		"FREQ=YEARLY;BYMONTHDAY=1,3", "FREQ=DAILY;COUNT=3;UNTIL=20220110",
		"FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1", "RSCALE=HEBREW;FREQ=YEARLY", "FREQ=DAILY;INTERVAL=5000",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hearing h;
		cr_assert_eq(expand(rows[i], monday, 10, &h), ERR_UNSUPPORTED, "%s", rows[i]);
		buf_release(&h.text);
	}
}

Test(recurrence, refuses_what_is_no_rule)
{
	static const char *const rows[] = {
		"", "COUNT=3", "FREQ=FORTNIGHTLY", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=x", "FREQ=DAILY;BYDAY=XX", "FREQ=DAILY;BYMONTH=13",
		"FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;UNTIL=tomorrow", "FREQ=DAILY;FOO=1", "FREQ", "FREQ=DAILY;BYMONTH=1,,2", "FREQ=WEEKLY;BYDAY=0MO",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hearing h;
		cr_assert_eq(expand(rows[i], monday, 10, &h), ERR_INVALID, "\"%s\"", rows[i]);
		buf_release(&h.text);
	}
}

Test(recurrence, skipping_ahead_gives_the_same_times)
{
	static const char *const rules[] = {
		"FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR", "FREQ=WEEKLY;INTERVAL=3;WKST=SU;BYDAY=SU,SA",
		"FREQ=DAILY;BYMONTH=1,3", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=MONTHLY;INTERVAL=5", "FREQ=MONTHLY;BYDAY=1MO,-1FR",
		"FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1,31", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=MONTHLY;BYMONTH=2,8",
		"FREQ=YEARLY", "FREQ=YEARLY;INTERVAL=3", "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU", "FREQ=YEARLY;INTERVAL=2;BYMONTH=1;BYMONTHDAY=1,15",
		"FREQ=YEARLY;BYYEARDAY=100",
	};
	static const struct date_parts starts[] = {{2001, 5, 9}, {2000, 2, 29}, {2003, 1, 31}, {2011, 12, 30}};

	for (size_t k = 0; k < sizeof(rules) / sizeof(rules[0]) * 4; k++) {
		const char *rule = rules[k / 4];
		struct recurrence_span span = {.start = {date_of(starts[k % 4].year, starts[k % 4].month, starts[k % 4].day), 0}, .all_day = true, .from = DATE_NONE};
		struct hearing whole, skipped;
		const char *tail;
		bool of_days = strstr(rule, "DAILY") != NULL || strstr(rule, "WEEKLY") != NULL;
		int many = of_days ? 8000 : 560;
		if (of_days && k % 4 > 0) /* what months have no matter for */
			continue;
		cr_assert_eq(expand(rule, span, many, &whole), 0, "%s from %d", rule, starts[k % 4].year);
		span.from = date_of(2021, 12, 20);
		cr_assert_eq(expand(rule, span, 20, &skipped), 0);
		/* what was skipped to is a run of the whole, which leaves nothing out that is wanted */
		tail = strstr(buf_str(&whole.text), buf_str(&skipped.text));
		cr_assert_not_null(tail, "%s from %d: %s", rule, starts[k % 4].year, buf_str(&skipped.text));
		cr_assert(tail == buf_str(&whole.text) || strncmp(tail - 11, "2021-12-20", 10) < 0, "%s: %s", rule, buf_str(&skipped.text));
		if (strstr(rule, "BYYEARDAY") == NULL) /* those are not skipped */
			cr_assert(strncmp(buf_str(&skipped.text), "2008", 4) >= 0, "%s: %s", rule, buf_str(&skipped.text));
		buf_release(&whole.text);
		buf_release(&skipped.text);
	}
}

Test(recurrence, a_rule_without_end_stops_at_the_step_limit)
{
	struct hearing h;
	struct recurrence_span span = {.start = {date_of(1900, 1, 1), 0}, .all_day = true, .from = DATE_NONE};

	cr_assert_eq(expand("FREQ=DAILY", span, INT32_MAX, &h), ERR_LIMIT);
	buf_release(&h.text);
}

Test(recurrence, a_rule_whose_day_never_comes_is_declined_without_a_search)
{
	static const struct {
		const char *start, *rule;
		bool comes;
	} rows[] = {
		{"20220103", "FREQ=DAILY;INTERVAL=7;BYDAY=TU", false},
		{"20220103", "FREQ=DAILY;INTERVAL=7;BYDAY=MO", true},
		{"20220103", "FREQ=DAILY;INTERVAL=8;BYDAY=TU", true},
		{"20220603", "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", false},
		{"20220503", "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", true},
		{"20220103", "FREQ=MONTHLY;INTERVAL=6;BYMONTH=2", false},
		{"20220131", "FREQ=MONTHLY;BYMONTH=2", false},
		{"20220131", "FREQ=YEARLY;BYMONTH=4", false},
		{"20220130", "FREQ=YEARLY;BYMONTH=4", true},
		{"20210301", "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29", false},
		{"20200229", "FREQ=YEARLY", true},
		{"20220103", "FREQ=YEARLY;BYWEEKNO=20;BYMONTH=2;BYDAY=MO", false},
		{"20220103", "FREQ=YEARLY;BYWEEKNO=20;BYMONTH=5;BYDAY=MO", true},
		{"20220103", "FREQ=YEARLY;BYWEEKNO=5;BYMONTH=1;BYDAY=MO", true},
		{"20220103", "FREQ=YEARLY;BYWEEKNO=9;BYMONTH=3;BYDAY=SU", true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hearing h;
		struct recurrence_span span = {.start = {.second = 30600}, .from = DATE_NONE};
		cr_assert_eq(date_parse(rows[i].start, 8, &span.start.date), 0);
		int rc = expand(rows[i].rule, span, 1, &h);
		cr_expect_eq(rc, rows[i].comes ? 0 : ERR_UNSUPPORTED, "%s %s: %s", rows[i].start, rows[i].rule, err_name(rc));
		cr_expect_eq(h.text.len > 0, rows[i].comes, "%s %s: %s", rows[i].start, rows[i].rule, buf_str(&h.text));
		buf_release(&h.text);
	}
}

Test(recurrence, long_searches_are_counted_and_then_declined_where_a_rule_may_need_one)
{
	int left = 2;
	struct recurrence_span span = {.start = {.date = date_of(2022, 1, 3), .second = 30600}, .from = DATE_NONE, .searches = &left};
	struct hearing h;

	static const char *const rare = "FREQ=YEARLY;INTERVAL=50;BYMONTH=2;BYMONTHDAY=29;BYDAY=TU";
	for (int n = 2; n > 0; n--) {
		cr_expect_eq(expand(rare, span, 1, &h), 0);
		buf_release(&h.text);
		cr_expect_eq(left, n - 1);
	}
	cr_expect_eq(expand(rare, span, 1, &h), ERR_LIMIT);
	buf_release(&h.text);
	cr_expect_eq(expand("FREQ=WEEKLY;UNTIL=20220201", span, 9, &h), 0, "a plain rule needs no search");
	buf_release(&h.text);
	cr_expect_eq(expand("FREQ=MONTHLY;BYDAY=2MO;COUNT=3", span, 9, &h), 0);
	buf_release(&h.text);
	cr_expect_eq(left, 0);
	left = 1;
	cr_expect_eq(expand("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;UNTIL=20220301", span, 9, &h), 0);
	buf_release(&h.text);
	cr_expect_eq(left, 1, "its end was reached soon");
}
