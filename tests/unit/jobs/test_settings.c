/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of jobs/settings. */
#include <criterion/criterion.h>

#include "jobs_fixture.h"

#include <string.h>

static struct jobs_fixture fx;

static void open_fixture(void)
{
	jobs_fixture_open(&fx);
}

static void close_fixture(void)
{
	jobs_fixture_close(&fx);
}

TestSuite(settings, .init = open_fixture, .fini = close_fixture);

static struct settings_month month_of(const char *month, const char *deadline, const char *now)
{
	struct settings_month m;

	fx.jobs.month = month;
	fx.jobs.deadline = deadline;
	fx.jobs.planning_now = now;
	cr_assert_eq(jobs_fixture_renew(&fx), 0, "%s", buf_str(&fx.errors));
	settings_month(fx.settings, &m);
	return m;
}

Test(settings, the_month_is_fixed_or_follows_the_planning_clock)
{
	static const struct { const char *month, *now, *text, *first, *last; } cases[] = {
		{"2022-01", "2021-12-31T12:00:00Z", "2022-01", "2022-01-01", "2022-01-31"},
		{"2024-02", "2021-12-31T12:00:00Z", "2024-02", "2024-02-01", "2024-02-29"},
		{"current", "2021-12-31T12:00:00Z", "2021-12", "2021-12-01", "2021-12-31"},
		{"next", "2021-12-31T12:00:00Z", "2022-01", "2022-01-01", "2022-01-31"},
		{"next", "2022-01-01T00:00:00Z", "2022-02", "2022-02-01", "2022-02-28"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct settings_month m = month_of(cases[i].month, "-3", cases[i].now);

		cr_expect_str_eq(m.text, cases[i].text, "case %zu", i);
		cr_expect_eq(m.first.days, model_build_date(cases[i].first).days, "case %zu", i);
		cr_expect_eq(m.last.days, model_build_date(cases[i].last).days, "case %zu", i);
	}
}

Test(settings, the_deadline_is_a_date_or_days_before_the_month)
{
	cr_assert_eq(month_of("2022-01", "-3", NULL).deadline.days, model_build_date("2021-12-29").days);
	cr_assert_eq(month_of("2022-01", "0", NULL).deadline.days, model_build_date("2022-01-01").days);
	cr_assert_eq(month_of("2022-01", "2021-12-20", NULL).deadline.days, model_build_date("2021-12-20").days);
}

Test(settings, a_month_is_four_and_two_digits)
{
	static const char *const wrong[] = {"", "2022", "2022-13", "2022-1", "22-01", "2022-01-01", "2022/01"};
	struct date first, last;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_expect_eq(settings_month_days(wrong[i], &first, &last), ERR_INVALID, "%s", wrong[i]);
	cr_assert_eq(settings_month_days("2022-12", &first, &last), 0);
	cr_assert_eq(last.days, model_build_date("2022-12-31").days);
}

Test(settings, the_digest_covers_what_changes_plans_and_nothing_else)
{
	char before[DIGEST_TEXT_BYTES];

	memcpy(before, fx.settings->digest, sizeof(before));
	fx.jobs.deadline = "-9";
	fx.privacy.min_persons = 20;
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	cr_assert_str_eq(fx.settings->digest, before);
	fx.jobs.seed = 2;
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	cr_assert_str_neq(fx.settings->digest, before);
	memcpy(before, fx.settings->digest, sizeof(before));
	fx.plan.notice_days++;
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	cr_assert_str_neq(fx.settings->digest, before);
}

Test(settings, all_errors_are_told_and_the_old_set_stays)
{
	struct settings *before = fx.settings;

	fx.authority.url = JOBS_FIXTURE_URL;
	fx.authority.secret_file = "/nowhere/first";
	fx.authority.previous_secret_file = "/nowhere/second";
	cr_assert_eq(jobs_fixture_renew(&fx), ERR_INVALID);
	cr_assert_not_null(strstr(buf_str(&fx.errors), "/nowhere/first: cannot be read"), "%s", buf_str(&fx.errors));
	cr_assert_not_null(strstr(buf_str(&fx.errors), "/nowhere/second: cannot be read"), "%s", buf_str(&fx.errors));
	cr_assert_eq(fx.settings, before);
}

Test(settings, a_directory_without_rules_is_told)
{
	fx.jobs.rules = "/nowhere";
	cr_assert_lt(jobs_fixture_renew(&fx), 0);
	cr_assert_not_null(strstr(buf_str(&fx.errors), "/nowhere"), "%s", buf_str(&fx.errors));
}

Test(settings, the_default_authority_serves_regions_without_their_own)
{
	cr_assert_eq(settings_authority(fx.settings, "53"), -1, "none is configured");
	fx.authority.url = JOBS_FIXTURE_URL;
	cr_assert_eq(jobs_fixture_renew(&fx), 0, "%s", buf_str(&fx.errors));
	cr_assert_eq(settings_authority(fx.settings, "53"), 0);
	fx.authority.name = "11";
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	cr_assert_eq(settings_authority(fx.settings, "53"), -1);
	cr_assert_eq(settings_authority(fx.settings, "11"), 0);
}

Test(settings, a_set_lives_as_long_as_somebody_holds_it)
{
	struct settings *held = settings_hold(fx.settings);

	fx.jobs.seed = 5;
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	cr_assert_neq(held, fx.settings);
	cr_assert_gt(held->n_visit_types, 0);
	settings_drop(held);
}
