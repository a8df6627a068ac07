/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rules/beneficiaries: who may be offered what, from which day, where. */
#include "rules_fixture.h"

#include <planvax/rules/beneficiaries.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char *ask(const struct ruleset *rules, enum person_kind kind, struct date birth, const char *group, struct date day)
{
	struct beneficiary_answer a;

	return beneficiaries_ask(rules, &(struct beneficiary_person){kind, birth, group}, day, &a, NULL) ? a.id : "no";
}

Test(beneficiaries, the_shipped_rules_open_by_kind_and_date)
{
	static const struct {
		enum person_kind kind;
		struct { int y, m, d; } birth, day;
		const char *group, *answer;
	} rows[] = {
		{PERSON_EMPLOYEE, {1980, 1, 1}, {2021, 2, 24}, "COVID-19", "salaries-risques"},
		{PERSON_EMPLOYEE, {1980, 1, 1}, {2022, 1, 10}, "COVID-19", "salaries-covid"},
		{PERSON_TEMPORARY, {1980, 1, 1}, {2022, 1, 10}, "COVID-19", "interimaires-covid"},
		{PERSON_HEAD, {1980, 1, 1}, {2022, 1, 10}, "COVID-19", "chefs-covid"},
		{PERSON_SELF_EMPLOYED, {1980, 1, 1}, {2022, 1, 10}, "COVID-19", "chefs-covid"},
		{PERSON_CONTRACTOR, {1980, 1, 1}, {2021, 8, 9}, "COVID-19", "no"},
		{PERSON_CONTRACTOR, {1980, 1, 1}, {2021, 8, 10}, "COVID-19", "exterieurs-covid"},
		{PERSON_RELATIVE, {1980, 1, 1}, {2021, 8, 9}, "COVID-19", "no"},
		{PERSON_RELATIVE, {1980, 1, 1}, {2021, 8, 10}, "COVID-19", "proches-covid"},
		{PERSON_RELATIVE, {2004, 1, 11}, {2022, 1, 10}, "COVID-19", "no"},
		{PERSON_RELATIVE, {2004, 1, 10}, {2022, 1, 10}, "COVID-19", "proches-covid"},
		{PERSON_RELATIVE, {2004, 2, 29}, {2022, 2, 28}, "COVID-19", "no"},
		{PERSON_RELATIVE, {2004, 2, 29}, {2022, 3, 1}, "COVID-19", "proches-covid"},
	};
	struct ruleset *rules = rules_fixture_open("conf/rules");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_str_eq(ask(rules, rows[i].kind, date_of(rows[i].birth.y, rows[i].birth.m, rows[i].birth.d), rows[i].group,
			date_of(rows[i].day.y, rows[i].day.m, rows[i].day.d)), rows[i].answer, "row %zu", i);
	cr_expect_str_eq(ask(rules, PERSON_RELATIVE, DATE_NONE, "COVID-19", date_of(2022, 1, 10)), "no");
	ruleset_drop(rules);
}

Test(beneficiaries, a_refusal_names_the_rule_that_would_hold_and_the_day_of_change)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	const struct beneficiary_person who = {PERSON_RELATIVE, date_of(2004, 1, 20), "COVID-19"};
	struct beneficiary_answer a;
	struct date change = date_of(2022, 2, 1);

	cr_expect_not(beneficiaries_ask(rules, &who, date_of(2022, 1, 10), &a, &change));
	cr_expect_str_eq(a.id, "proches-covid");
	cr_expect_not_null(strstr(a.ground, "mineurs"));
	cr_expect_eq(a.places, 0);
	cr_expect_eq(change.days, date_of(2022, 1, 20).days);
	cr_expect(beneficiaries_ask(rules, &who, change, &a, NULL));
	cr_expect_eq(a.places, (1u << (BENEFICIARY_VEHICLE + 1)) - 1);
	ruleset_drop(rules);
}

Test(beneficiaries, who_is_none_is_ineligible_in_a_horizon_until_the_day_comes)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	const struct person minor = {.person_ref = "p", .birth = date_of(2004, 1, 20), .sex = 'F', .kind = PERSON_RELATIVE};
	const struct forecast_person who = {&minor, NULL, date_of(2022, 1, 1), date_of(2022, 1, 31), NULL};
	struct forecast_spans spans;
	struct arena arena = ARENA_INIT;

	forecast_follow(rules, &who, &arena, &spans);
	cr_assert_geq(spans.n, 2);
	cr_expect_eq(spans.items[0].status, FORECAST_NOT_RECOMMENDED);
	cr_expect_str_eq(spans.items[0].group, "COVID-19");
	cr_assert_eq(spans.items[0].n_why, 1);
	cr_expect_str_eq(spans.items[0].why[0].rule, "proches-covid");
	cr_expect_eq(spans.items[0].last.days, date_of(2022, 1, 19).days);
	cr_expect_neq(spans.items[1].status, FORECAST_NOT_RECOMMENDED);
	arena_release(&arena);
	ruleset_drop(rules);
}

Test(beneficiaries, files_are_checked)
{
	static const char *const rows[][2] = {
		{"'kinds':['boss'],'places':['day']", "/rules/0/kinds/0: unknown word \"boss\""},
		{"'kinds':['head'],'places':['beach']", "/rules/0/places/0: unknown word \"beach\""},
		{"'kinds':['head'],'places':['day'],'groups':['Z']", "unknown group \"Z\""},
		{"'kinds':['head'],'places':['day'],'from':'2022-02-01','to':'2022-01-01'", "\"from\" lies after \"to\""},
		{"'kinds':['head'],'places':['day'],'max_age':'9 years'", "unknown key \"max_age\""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rules_fixture fx;
		struct ruleset *rules = NULL;
		char text[512];

		rules_fixture_init(&fx);
		rules_fixture_quoted(&fx, "schedule.json", "{'format':'planvax-schedule/1','vaccines':{},'observations':{},'groups':{},'group_antigens':{},'conflicts':[]}");
		snprintf(text, sizeof(text), "{'format':'planvax-beneficiaries/1','rules':[{'id':'a','ground':'g','source':'s',%s}]}", rows[i][0]);
		rules_fixture_quoted(&fx, "beneficiaries/b.json", text);
		cr_expect_eq(rules_fixture_load(&fx, &rules), ERR_INVALID);
		cr_expect_not_null(strstr(buf_str(&fx.errors), rows[i][1]), "%s: %s", rows[i][0], buf_str(&fx.errors));
		ruleset_drop(rules);
		rules_fixture_release(&fx);
	}
}
