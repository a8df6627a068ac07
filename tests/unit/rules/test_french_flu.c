/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the influenza rules that ship: two seasons, who is served first, one day before and after each date. */
#include "rules_fixture.h"

#include <criterion/criterion.h>

#define CHECK(group, rows) cr_expect_eq(rules_fixture_rows(group, rows, sizeof(rows) / sizeof((rows)[0])), 0)
#define ADULT "1980-01-01"
#define SENIOR "1950-01-01"
#define BOTH "VAXIGRIP-TETRA 0.5, INFLUVAC-TETRA 0.5"
#define STRONG "EFLUELDA 0.7, " BOTH
#define ALL BOTH ", FLUARIX-TETRA 0.5"

Test(french_flu, season_2021_serves_those_at_risk_first)
{
	static const struct rules_fixture_row rows[] = {
		{ADULT, "2021-08-31", "", "HEALTH_WORKER", "no answer"},
		{ADULT, "2021-09-01", "", "HEALTH_WORKER", "not_complete 1 primary 2021-10-18 open 2021-10-18: " BOTH},
		{ADULT, "2021-10-20", "", "CARE_WORKER", "not_complete 1 primary 2021-10-18 open 2021-10-22: " BOTH},
		{ADULT, "2021-10-20", "", "SEVERE_RISK", "not_complete 1 primary 2021-10-18 open 2021-10-22: " BOTH},
		{ADULT, "2021-10-20", "", "IMMUNOSUPPRESSED", "not_complete 1 primary 2021-10-18 open 2021-10-22: " BOTH},
		{ADULT, "2021-10-20", "", "PREGNANT", "not_complete 1 primary 2021-10-18 open 2021-10-22: " BOTH},
		{ADULT, "2021-10-20", "", "PREGNANT_POSTPARTUM_BREASTFEEDING", "not_complete 1 primary 2021-10-18 open 2021-10-22: " BOTH},
		{ADULT, "2021-10-20", "", "ENTOURAGE-FRAGILE", "not_complete 1 primary 2021-10-18 open 2021-10-22: " BOTH},
		{ADULT, "2021-10-20", "", "PRIORITY_OCCUPATION", "not_complete 1 primary 2021-10-18 open 2021-11-23: " BOTH},
		{SENIOR, "2021-10-20", "", "", "not_complete 1 primary 2021-10-18 open 2021-10-22: " STRONG},
		{"1956-10-20", "2021-10-20", "", "", "not_complete 1 primary 2021-10-18 open 2021-10-22: " STRONG},
		{"1956-10-21", "2021-10-20", "", "", "not_complete 1 primary 2021-10-18 open 2021-10-22: " BOTH},
		{"1956-10-25", "2021-10-20", "", "", "not_complete 1 primary 2021-10-18 open 2021-10-25: " BOTH},
		{"1956-11-23", "2021-10-20", "", "", "not_complete 1 primary 2021-10-18 open 2021-11-23: " BOTH},
		{ADULT, "2022-01-10", "", "", "not_complete 1 primary 2021-10-18 open 2021-11-23: " BOTH},
		{"2003-12-20", "2021-12-19", "", "", "not_complete 1 primary 2021-12-20 open 2021-12-20: " BOTH},
		{"2003-12-20", "2021-12-19", "", "HEALTH_WORKER", "not_complete 1 primary 2021-12-20 open 2021-12-20: " BOTH},
		{"2003-12-20", "2021-12-19", "", "SEVERE_RISK", "not_complete 1 primary 2021-12-20 open 2021-12-20: " BOTH},
		{ADULT, "2021-12-19", "", "CONTRE-INDICATION-GRIPPE", "contraindicated"},
	};

	CHECK("GRIPPE", rows);
}

Test(french_flu, one_dose_a_season_completes_it)
{
	static const struct rules_fixture_row rows[] = {
		{ADULT, "2022-01-10", "2021-08-31 VAXIGRIP-TETRA", "", "not_complete 1 primary 2021-10-18 open 2021-11-23: " BOTH},
		{ADULT, "2022-01-10", "2021-09-01 VAXIGRIP-TETRA", "", "complete"},
		{ADULT, "2022-01-10", "2020-10-20 150, 2021-11-24 INFLUVAC-TETRA", "", "complete"},
		{ADULT, "2022-01-10", "2020-10-20 88", "", "not_complete 1 primary 2021-10-18 open 2021-11-23: " BOTH},
		{SENIOR, "2022-01-11", "2021-10-22 197", "", "complete"},
		{ADULT, "2022-01-11", "2021-08-31 FLUARIX-TETRA", "", "not_complete 1 primary 2021-10-18 open 2021-11-23: " BOTH},
		{ADULT, "2022-01-11", "2021-09-01 FLUARIX-TETRA", "", "complete"},
		{ADULT, "2022-08-31", "2021-12-01 GRIPPE-AUTRE", "", "complete"},
		{ADULT, "2022-09-01", "2021-12-01 GRIPPE-AUTRE", "", "not_complete 1 primary 2022-10-18 open 2022-11-15: " ALL},
		{ADULT, "2022-12-01", "2022-08-31 VAXIGRIP-TETRA", "", "not_complete 1 primary 2022-10-18 open 2022-11-15: " ALL},
		{ADULT, "2022-12-01", "2022-09-01 VAXIGRIP-TETRA", "", "complete"},
		{ADULT, "2022-12-01", "2021-12-01 150, 2022-11-20 150", "CONTRE-INDICATION-GRIPPE", "complete"},
	};

	CHECK("GRIPPE", rows);
}

Test(french_flu, the_first_season_was_prolonged_on_11_january)
{
	static const struct rules_fixture_row rows[] = {
		{ADULT, "2022-01-11", "", "", "not_complete 1 primary 2021-10-18 open 2021-11-23: " BOTH},
		{ADULT, "2022-01-11", "", "HEALTH_WORKER", "not_complete 1 primary 2021-10-18 open 2021-10-18: " BOTH},
		{ADULT, "2022-01-11", "", "CARE_WORKER", "not_complete 1 primary 2021-10-18 open 2021-10-22: " BOTH},
		{SENIOR, "2022-01-11", "", "", "not_complete 1 primary 2021-10-18 open 2021-10-22: " STRONG},
		{"1957-01-11", "2022-01-11", "", "", "not_complete 1 primary 2021-10-18 open 2021-11-23: " STRONG},
		{"1957-01-12", "2022-01-11", "", "", "not_complete 1 primary 2021-10-18 open 2021-11-23: " BOTH},
		{"1956-11-22", "2022-01-11", "", "", "not_complete 1 primary 2021-10-18 open 2021-11-22: " STRONG},
		{"2004-02-01", "2022-01-31", "", "", "not_complete 1 primary 2022-02-01 open 2022-02-01: " BOTH},
		{"2004-02-01", "2022-01-31", "", "HEALTH_WORKER", "not_complete 1 primary 2022-02-01 open 2022-02-01: " BOTH},
		{ADULT, "2022-01-31", "", "", "not_complete 1 primary 2021-10-18 open 2021-11-23: " BOTH},
		{ADULT, "2022-02-28", "", "", "not_complete 1 primary 2021-10-18 open 2021-11-23: " BOTH},
		{ADULT, "2022-03-01", "", "", "not_recommended"},
		{ADULT, "2022-08-31", "", "HEALTH_WORKER", "not_recommended"},
		{ADULT, "2022-02-28", "", "CONTRE-INDICATION-GRIPPE", "contraindicated"},
	};

	CHECK("GRIPPE", rows);
}

Test(french_flu, season_2022_opens_to_all_after_four_weeks)
{
	static const struct rules_fixture_row rows[] = {
		{ADULT, "2022-10-01", "", "", "not_complete 1 primary 2022-10-18 open 2022-11-15: " ALL},
		{ADULT, "2022-10-01", "", "HEALTH_WORKER", "not_complete 1 primary 2022-10-18 open 2022-10-18: " ALL},
		{ADULT, "2022-10-01", "", "CARE_WORKER", "not_complete 1 primary 2022-10-18 open 2022-10-18: " ALL},
		{ADULT, "2022-10-01", "", "INFLUENZA-ANIMAL", "not_complete 1 primary 2022-10-18 open 2022-10-18: " ALL},
		{ADULT, "2022-10-01", "", "ANIMAL_CONTACT", "not_complete 1 primary 2022-10-18 open 2022-11-15: " ALL},
		{SENIOR, "2022-10-01", "", "", "not_complete 1 primary 2022-10-18 open 2022-10-18: EFLUELDA 0.7, " ALL},
		{"1957-10-20", "2022-10-20", "", "", "not_complete 1 primary 2022-10-18 open 2022-10-20: EFLUELDA 0.7, " ALL},
		{"1957-10-21", "2022-10-20", "", "", "not_complete 1 primary 2022-10-18 open 2022-10-21: " ALL},
		{"2004-12-24", "2022-12-23", "", "", "not_complete 1 primary 2022-12-24 open 2022-12-24: " ALL},
		{"2004-12-24", "2022-12-23", "", "CARE_WORKER", "not_complete 1 primary 2022-12-24 open 2022-12-24: " ALL},
		{ADULT, "2023-01-31", "", "", "not_complete 1 primary 2022-10-18 open 2022-11-15: " ALL},
		{ADULT, "2023-02-01", "", "", "not_recommended"},
		{ADULT, "2023-08-31", "", "", "not_recommended"},
		{ADULT, "2023-09-01", "", "", "no answer"},
		{ADULT, "2022-12-01", "", "CONTRE-INDICATION-GRIPPE", "contraindicated"},
	};

	CHECK("GRIPPE", rows);
}

Test(french_flu, its_campaign_is_planned_where_the_vaccine_is_in_stock_and_tells_refusals)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct arena arena = ARENA_INIT;
	struct history_event events[] = {{.person_ref = "p", .date = date_of(2021, 6, 1), .code = "COMIRNATY"},
		{.person_ref = "p", .date = date_of(2021, 7, 1), .code = "COMIRNATY"},
		{.person_ref = "p", .date = date_of(2021, 12, 20), .code = "COMIRNATY"},
		{.person_ref = "p", .date = date_of(2022, 1, 5), .code = "REFUSAL:GRIPPE"}};
	const struct person person = {.birth = date_of(1980, 1, 1), .sex = 'F', .n_events = 4};
	const struct stock_lot flu = {.product = "VAXIGRIP-TETRA", .delivered_on = date_of(2022, 1, 10), .vials = 5};
	struct forecast_person who = {&person, events, date_of(2022, 1, 3), date_of(2022, 1, 30), NULL};
	struct forecast_spans spans;

	who.joined = forecast_join(rules, NULL, 0, who.to, &arena);
	forecast_follow(rules, &who, &arena, &spans);
	for (size_t i = 0; i < spans.n; i++)
		cr_expect_str_eq(spans.items[i].group, "COVID-19");
	who.joined = forecast_join(rules, &flu, 1, who.to, &arena);
	forecast_follow(rules, &who, &arena, &spans);
	for (size_t i = 0; i < spans.n; i++) {
		cr_expect_str_eq(spans.items[i].group, "GRIPPE");
		cr_expect(spans.items[i].due);
	}
	cr_expect(date_is_none(spans.items[0].refused_on));
	cr_expect_eq(spans.items[spans.n - 1].refused_on.days, date_of(2022, 1, 5).days);
	arena_release(&arena);
	ruleset_drop(rules);
}
