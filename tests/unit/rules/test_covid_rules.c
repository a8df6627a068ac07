/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the COVID-19 rules that ship: each figure on its day, one before and one after. */
#include "rules_fixture.h"

#include <criterion/criterion.h>
#include <string.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))
#define ADULT "1980-01-01"
#define SENIOR "1950-01-01"
#define YOUNG "1998-01-01"
#define FULL "SPIKEVAX 0.5, COMIRNATY 0.3"
#define SECOND "COMIRNATY 0.3, SPIKEVAX 0.5"
#define BOOST "SPIKEVAX 0.25, COMIRNATY 0.3"

struct row {
	const char *birth, *assessed, *doses, *facts, *answer;
};

static void check(const struct row *rows, size_t n)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct arena arena = ARENA_INIT;

	for (size_t i = 0; i < n; i++) {
		const struct rules_fixture_case c = {rows[i].birth, rows[i].assessed, rows[i].doses, rows[i].facts, 'F'};
		const char *answer = rules_fixture_ask(rules, &c, "COVID-19", &arena);

		cr_expect_str_eq(answer, rows[i].answer, "born %s, on %s, %s [%s]:\n got  %s\n want %s", rows[i].birth, rows[i].assessed,
			rows[i].doses, rows[i].facts, answer, rows[i].answer);
	}
	arena_release(&arena);
	ruleset_drop(rules);
}

Test(covid_rules, first_doses_go_to_adults_with_products_by_age)
{
	static const struct row rows[] = {
		{ADULT, "2022-01-10", "", "", "not_complete 1 primary 1998-01-01: " FULL},
		{YOUNG, "2022-01-10", "", "", "not_complete 1 primary 2016-01-01: COMIRNATY 0.3"},
		{"1992-01-11", "2022-01-10", "", "", "not_complete 1 primary 2010-01-11: COMIRNATY 0.3"},
		{"1992-01-10", "2022-01-10", "", "", "not_complete 1 primary 2010-01-10: " FULL},
		{"1967-01-11", "2022-01-10", "", "", "not_complete 1 primary 1985-01-11: " FULL},
		{"1967-01-10", "2022-01-10", "", "", "not_complete 1 primary 1985-01-10: " FULL ", VAXZEVRIA 0.5"},
		{"2004-01-11", "2022-01-10", "", "", "not_complete 1 primary 2022-01-11: COMIRNATY 0.3"},
		{"2004-01-10", "2022-01-10", "", "", "not_complete 1 primary 2022-01-10: COMIRNATY 0.3"},
		{ADULT, "2022-02-15", "", "", "not_complete 1 primary 1998-01-01: " FULL},
		{ADULT, "2021-08-31", "", "", "no answer"},
	};

	check(rows, ROWS(rows));
}

Test(covid_rules, second_doses_keep_their_distance)
{
	static const struct row rows[] = {
		{ADULT, "2022-01-10", "2021-12-20 COMIRNATY", "", "not_complete 2 primary 2022-01-10 past 2022-02-07: " SECOND},
		{ADULT, "2022-01-10", "2021-12-20 SPIKEVAX", "", "not_complete 2 primary 2022-01-17 past 2022-02-07: " FULL},
		{YOUNG, "2022-01-10", "2021-12-20 SPIKEVAX", "", "not_complete 2 primary 2022-01-17 past 2022-02-07: COMIRNATY 0.3"},
		{SENIOR, "2022-01-10", "2021-12-20 VAXZEVRIA", "", "not_complete 2 primary 2022-01-17: " SECOND},
		{ADULT, "2022-01-10", "2021-12-20 NUVAXOVID", "", "not_complete 2 primary 2022-01-10: " SECOND},
		{ADULT, "2022-02-20", "2021-12-20 COMIRNATY", "", "not_complete 2 primary 2022-01-10 past 2022-02-07: " SECOND},
		/* a second dose a day too soon does not count, on the day it does */
		{ADULT, "2022-01-10", "2021-10-01 COMIRNATY, 2021-10-21 COMIRNATY", "", "not_complete 2 primary 2021-11-11 past 2021-12-09: " SECOND},
		{ADULT, "2022-01-10", "2021-10-01 COMIRNATY, 2021-10-22 COMIRNATY", "",
			"not_complete 3 booster 2022-01-22 open 2022-01-22 limit 2022-05-24: " BOOST},
		{ADULT, "2022-01-10", "2021-10-01 SPIKEVAX, 2021-10-28 SPIKEVAX", "", "not_complete 2 primary 2021-11-25 past 2021-12-16: " FULL},
		{ADULT, "2022-01-10", "2021-10-01 SPIKEVAX, 2021-10-29 SPIKEVAX", "",
			"not_complete 3 booster 2022-01-29 open 2022-01-29 limit 2022-05-31: " BOOST},
		{ADULT, "2022-01-10", "2021-10-01 VAXZEVRIA, 2021-10-28 COMIRNATY", "", "not_complete 2 primary 2021-11-18 past 2021-12-16: " SECOND},
		{ADULT, "2022-01-10", "2021-10-01 VAXZEVRIA, 2021-10-29 COMIRNATY", "",
			"not_complete 3 booster 2022-01-29 open 2022-01-29 limit 2022-05-31: " BOOST},
	};

	check(rows, ROWS(rows));
}

Test(covid_rules, boosters_come_after_153_then_122_then_92_days)
{
	static const struct row rows[] = {
		{ADULT, "2021-12-23", "2021-07-01 COMIRNATY, 2021-08-02 COMIRNATY", "",
			"not_complete 3 booster 2022-01-02 open 2022-01-02 limit 2022-03-04: " BOOST},
		{ADULT, "2021-12-24", "2021-07-01 COMIRNATY, 2021-08-02 COMIRNATY", "",
			"not_complete 3 booster 2021-12-02 open 2021-12-02 limit 2022-03-04: " BOOST},
		{ADULT, "2021-12-27", "2021-07-01 COMIRNATY, 2021-08-02 COMIRNATY", "",
			"not_complete 3 booster 2021-12-02 open 2021-12-02 limit 2022-03-04: " BOOST},
		{ADULT, "2021-12-28", "2021-07-01 COMIRNATY, 2021-08-02 COMIRNATY", "",
			"not_complete 3 booster 2021-11-02 open 2021-11-27 limit 2022-03-04: " BOOST},
		{ADULT, "2022-02-15", "2021-07-01 COMIRNATY, 2021-08-02 COMIRNATY", "",
			"not_complete 3 booster 2021-11-02 open 2021-11-27 limit 2022-02-15: " BOOST},
		/* a booster counts by the rule of its own day */
		{ADULT, "2022-01-10", "2021-06-01 COMIRNATY, 2021-07-01 COMIRNATY, 2021-11-30 COMIRNATY", "",
			"not_complete 3 booster 2022-03-02 open 2022-03-02 limit 2022-07-02: " BOOST},
		{ADULT, "2022-01-10", "2021-06-01 COMIRNATY, 2021-07-01 COMIRNATY, 2021-12-01 COMIRNATY", "", "complete"},
		{ADULT, "2022-01-10", "2021-06-01 COMIRNATY, 2021-08-24 COMIRNATY, 2021-12-23 COMIRNATY", "",
			"not_complete 3 booster 2022-03-25 open 2022-03-25 limit 2022-07-25: " BOOST},
		{ADULT, "2022-01-10", "2021-06-01 COMIRNATY, 2021-08-24 COMIRNATY, 2021-12-24 COMIRNATY", "", "complete"},
		{ADULT, "2022-01-10", "2021-06-01 COMIRNATY, 2021-08-28 COMIRNATY, 2021-12-27 COMIRNATY", "",
			"not_complete 3 booster 2022-03-29 open 2022-03-29 limit 2022-07-29: " BOOST},
		{ADULT, "2022-01-10", "2021-06-01 COMIRNATY, 2021-09-28 COMIRNATY, 2021-12-28 COMIRNATY", "",
			"not_complete 3 booster 2022-03-30 open 2022-03-30 limit 2022-07-30: " BOOST},
		{ADULT, "2022-01-10", "2021-06-01 COMIRNATY, 2021-09-28 COMIRNATY, 2021-12-29 SPIKEVAX", "", "complete"},
		{ADULT, "2022-02-20", "2021-06-01 COMIRNATY, 2021-11-01 COMIRNATY, 2022-01-31 COMIRNATY", "",
			"not_complete 3 booster 2022-05-03 open 2022-05-03 limit 2022-06-02: " BOOST},
		{ADULT, "2022-02-20", "2021-06-01 COMIRNATY, 2021-11-01 COMIRNATY, 2022-02-01 COMIRNATY", "", "complete"},
		{YOUNG, "2022-01-10", "2021-06-01 COMIRNATY, 2021-07-01 COMIRNATY", "",
			"not_complete 3 booster 2021-10-01 open 2021-11-27 limit 2022-01-31: COMIRNATY 0.3"},
		{"2004-03-01", "2022-01-10", "2021-07-01 COMIRNATY, 2021-08-01 COMIRNATY", "",
			"not_complete 3 booster 2022-03-01 open 2022-03-01 limit 2022-04-01: COMIRNATY 0.3"},
	};

	check(rows, ROWS(rows));
}

Test(covid_rules, campaign_phases_open_by_age_and_risk)
{
	static const struct row rows[] = {
		{SENIOR, "2022-01-10", "2021-03-01 COMIRNATY, 2021-04-01 COMIRNATY", "",
			"not_complete 3 booster 2021-07-02 open 2021-09-01 limit 2021-12-15: " BOOST},
		{ADULT, "2022-01-10", "2021-03-01 COMIRNATY, 2021-04-01 COMIRNATY", "",
			"not_complete 3 booster 2021-07-02 open 2021-11-27 limit 2022-01-15: " BOOST},
		{ADULT, "2022-01-10", "2021-03-01 COMIRNATY, 2021-04-01 COMIRNATY", "SEVERE_RISK",
			"not_complete 3 booster 2021-07-02 open 2021-09-01 limit 2022-01-15: " BOOST},
		{"1956-11-20", "2022-01-10", "2021-03-01 COMIRNATY, 2021-04-01 COMIRNATY", "",
			"not_complete 3 booster 2021-07-02 open 2021-11-20 limit 2021-12-15: " BOOST},
		{"1956-11-28", "2022-01-10", "2021-03-01 COMIRNATY, 2021-04-01 COMIRNATY", "",
			"not_complete 3 booster 2021-07-02 open 2021-11-27 limit 2021-12-15: " BOOST},
	};

	check(rows, ROWS(rows));
}

Test(covid_rules, infections_count_as_the_sources_say)
{
	static const struct row rows[] = {
		{ADULT, "2022-01-10", "2021-11-10 INF-COVID", "", "not_complete 2 primary 2022-01-10: " SECOND},
		{ADULT, "2022-01-10", "2021-11-11 INF-COVID", "", "not_complete 2 primary 2022-01-11: " SECOND},
		{ADULT, "2022-01-10", "2021-09-01 INF-COVID, 2021-11-01 COMIRNATY", "",
			"not_complete 3 booster 2022-02-01 open 2022-02-01 limit 2022-06-03: " BOOST},
		{ADULT, "2022-01-10", "2021-09-01 INF-COVID, 2021-10-31 COMIRNATY", "",
			"not_complete 2 primary 2021-11-21 past 2021-12-19: " SECOND},
		{ADULT, "2022-01-10", "2021-09-01 COMIRNATY, 2021-09-15 INF-COVID", "",
			"not_complete 2 primary 2021-11-15 past 2021-11-15: " SECOND},
		{ADULT, "2022-01-10", "2021-09-01 COMIRNATY, 2021-09-16 INF-COVID", "",
			"not_complete 3 booster 2021-12-17 open 2021-12-17 limit 2022-04-03: " BOOST},
		{ADULT, "2022-01-10", "2021-09-01 SPIKEVAX, 2021-09-16 INF-COVID", "",
			"not_complete 3 booster 2021-12-17 open 2021-12-17 limit 2022-04-03: " BOOST},
		{ADULT, "2022-01-10", "2021-06-01 COMIRNATY, 2021-07-01 COMIRNATY, 2021-12-20 INF-COVID", "",
			"not_complete 3 booster 2022-03-22 open 2022-03-22 limit 2022-01-31: " BOOST},
		{ADULT, "2022-01-10", "2021-06-01 COMIRNATY, 2021-07-01 COMIRNATY, 2021-12-10 COMIRNATY, 2021-12-20 INF-COVID", "", "complete"},
		{ADULT, "2022-02-20", "2021-12-21 INF-COVID", "", "not_complete 2 primary 2022-02-20: " SECOND},
	};

	check(rows, ROWS(rows));
}

Test(covid_rules, janssen_has_its_own_series)
{
	static const struct row rows[] = {
		{SENIOR, "2022-01-10", "2021-12-13 JANSSEN", "", "not_complete 2 additional 2022-01-10 open 2022-01-10 limit 2022-02-12: " FULL},
		{ADULT, "2021-12-28", "2021-06-17 JANSSEN", "", "not_complete 2 additional 2021-07-15 open 2021-09-01 limit 2021-12-15: " FULL},
		{SENIOR, "2022-01-10", "2021-06-17 JANSSEN, 2021-07-14 COMIRNATY", "",
			"not_complete 2 additional 2021-08-11 open 2021-09-01 limit 2021-12-15: " FULL},
		{SENIOR, "2022-01-10", "2021-06-17 JANSSEN, 2021-10-15 COMIRNATY", "",
			"not_complete 3 booster 2022-01-15 open 2022-01-15 limit 2022-05-17: " BOOST},
		{SENIOR, "2022-01-10", "2021-06-17 JANSSEN, 2021-07-15 COMIRNATY, 2021-12-28 COMIRNATY", "", "complete"},
		{SENIOR, "2022-03-13", "2021-06-17 JANSSEN", "", "not_complete 2 additional 2021-07-15 open 2021-09-01 limit 2021-12-15: " FULL},
		{SENIOR, "2022-03-14", "2021-06-17 JANSSEN", "", "not_complete 2 additional 2021-07-15 open 2021-09-01: " FULL},
		{SENIOR, "2022-02-15", "2022-01-20 JANSSEN", "", "not_complete 2 additional 2022-02-17 open 2022-02-17 limit 2022-03-22: " FULL},
	};

	check(rows, ROWS(rows));
}

Test(covid_rules, severe_immunosuppression_takes_three_primary_doses)
{
	static const struct row rows[] = {
		{ADULT, "2022-01-10", "", "IMMUNOSUPPRESSED", "not_complete 1 primary 1998-01-01: " FULL},
		{ADULT, "2022-01-10", "2021-12-20 COMIRNATY", "IMMUNOSUPPRESSED", "not_complete 2 primary 2022-01-10 past 2022-02-07: " SECOND},
		{ADULT, "2022-01-10", "2021-12-20 SPIKEVAX", "IMMUNOSUPPRESSED", "not_complete 2 primary 2022-01-17 past 2022-02-07: " SECOND},
		{ADULT, "2022-01-10", "2021-12-20 JANSSEN", "IMMUNOSUPPRESSED", "not_complete 2 primary 2022-01-17: " SECOND},
		{ADULT, "2022-01-10", "2021-11-01 COMIRNATY, 2021-12-13 COMIRNATY", "IMMUNOSUPPRESSED",
			"not_complete 3 primary 2022-01-10 limit 2022-07-15: " SECOND},
		{ADULT, "2022-01-10", "2021-09-01 COMIRNATY, 2021-10-01 COMIRNATY, 2021-10-28 COMIRNATY", "IMMUNOSUPPRESSED",
			"not_complete 3 primary 2021-11-25 limit 2022-05-30: " SECOND},
		{ADULT, "2022-01-10", "2021-09-01 COMIRNATY, 2021-10-01 COMIRNATY, 2021-10-29 COMIRNATY", "IMMUNOSUPPRESSED",
			"not_complete 4 booster 2022-01-29 open 2022-01-29 limit 2022-05-31: " BOOST},
		{ADULT, "2022-01-30", "2021-09-01 COMIRNATY, 2021-10-01 COMIRNATY, 2021-10-29 COMIRNATY, 2022-01-29 COMIRNATY", "IMMUNOSUPPRESSED",
			"complete"},
		{ADULT, "2022-01-10", "2021-12-20 INF-COVID", "IMMUNOSUPPRESSED",
			"undetermined needs avis du médecin : schéma d'une personne immunodéprimée après infection ou autre vaccin"},
		{"2004-01-10", "2022-01-10", "2021-12-20 INF-COVID", "IMMUNOSUPPRESSED",
			"undetermined needs avis du médecin : schéma d'une personne immunodéprimée après infection ou autre vaccin"},
		{"2004-01-11", "2022-01-10", "2021-12-20 INF-COVID", "IMMUNOSUPPRESSED", "not_complete 2 primary 2022-02-19: COMIRNATY 0.3"},
		{"2004-01-10", "2022-01-10", "2021-08-01 COMIRNATY, 2021-09-01 COMIRNATY", "IMMUNOSUPPRESSED",
			"not_complete 3 primary 2022-01-10 limit 2022-04-03: COMIRNATY 0.3"},
		{"2004-01-11", "2022-01-10", "2021-08-01 COMIRNATY, 2021-09-01 COMIRNATY", "IMMUNOSUPPRESSED",
			"not_complete 3 booster 2022-01-11 open 2022-01-11 limit 2022-04-03: COMIRNATY 0.3"},
		{ADULT, "2022-01-10", "2021-11-01 INF-COVID", "IMMUNOSUPPRESSED, AVIS-SCHEMA",
			"not_complete 2 primary 2022-01-01: " SECOND},
	};

	check(rows, ROWS(rows));
}

Test(covid_rules, contraindications_bar_products_or_all)
{
	static const struct row rows[] = {
		{ADULT, "2022-01-10", "", "ANAPHYLAXIS_MRNA", "contraindicated"},
		{"1967-01-11", "2022-01-10", "", "ANAPHYLAXIS_MRNA", "contraindicated"},
		{"1967-01-10", "2022-01-10", "", "ANAPHYLAXIS_MRNA", "not_complete 1 primary 1985-01-10: JANSSEN 0.5, VAXZEVRIA 0.5"},
		{SENIOR, "2022-01-10", "", "ANAPHYLAXIS_MRNA, CAPILLARY_LEAK", "contraindicated"},
		{SENIOR, "2022-01-10", "", "CAPILLARY_LEAK", "not_complete 1 primary 1968-01-01: " FULL},
		{SENIOR, "2022-01-10", "2021-09-01 JANSSEN", "ANAPHYLAXIS_MRNA",
			"undetermined needs avis du médecin : suite du schéma après une allergie aux vaccins à ARNm"},
		{SENIOR, "2022-01-10", "2021-12-13 JANSSEN", "ANAPHYLAXIS_MRNA, AVIS-ALLERGIE",
			"not_complete 2 primary 2022-01-10: JANSSEN 0.5, VAXZEVRIA 0.5"},
		{ADULT, "2022-01-10", "", "CONTRE-INDICATION-COVID", "contraindicated"},
		{ADULT, "2022-01-10", "", "CONTRE-INDICATION-COVID 2022-01-11", "not_complete 1 primary 1998-01-01: " FULL},
	};

	check(rows, ROWS(rows));
}

Test(covid_rules, what_the_sources_leave_open_needs_a_physician)
{
	static const char need[] = "undetermined needs avis du médecin : vaccin reçu à l'étranger ou non identifié, suite du schéma";
	const struct row rows[] = {
		{ADULT, "2022-01-10", "2021-09-01 COVID-AUTRE", "", need},
		{ADULT, "2022-01-10", "2021-09-01 213, 2021-10-01 213", "", need},
		{ADULT, "2022-01-10", "2021-09-01 COMIRNATY, 2021-10-01 COVID-AUTRE", "", need},
		{ADULT, "2022-01-10", "2021-09-01 COVID-AUTRE, 2021-10-01 COVID-AUTRE, 2021-12-13 COMIRNATY", "", need},
		{ADULT, "2022-01-10", "2021-12-13 COVID-AUTRE", "AVIS-SCHEMA", "not_complete 2 primary 2022-01-10: " SECOND},
		{ADULT, "2022-01-10", "2021-07-01 COVID-AUTRE, 2021-10-10 COVID-AUTRE", "AVIS-SCHEMA",
			"not_complete 3 booster 2022-01-10 open 2022-01-10: " BOOST},
		{ADULT, "2022-01-10", "2021-03-01 COMIRNATY, 2021-04-01 COMIRNATY, 2021-09-20 COVID-AUTRE", "", need},
	};

	check(rows, ROWS(rows));
}

Test(covid_rules, pass_limits_follow_their_dates)
{
	static const struct row rows[] = {
		{ADULT, "2022-01-16", "2021-08-01 COMIRNATY, 2021-09-01 COMIRNATY", "",
			"not_complete 3 booster 2021-12-02 open 2021-12-02 limit 2022-04-03: " BOOST},
		{ADULT, "2022-01-17", "2021-08-01 COMIRNATY, 2021-09-01 COMIRNATY", "",
			"not_complete 3 booster 2021-12-02 open 2021-12-02 limit 2022-02-15: " BOOST},
		{ADULT, "2022-01-17", "2021-09-01 COMIRNATY, 2021-11-01 COMIRNATY", "",
			"not_complete 3 booster 2022-02-01 open 2022-02-01 limit 2022-03-03: " BOOST},
		{SENIOR, "2022-01-10", "2021-04-01 COMIRNATY, 2021-05-17 COMIRNATY", "",
			"not_complete 3 booster 2021-08-17 open 2021-09-01 limit 2021-12-17: " BOOST},
		{"2003-12-20", "2022-01-10", "2021-04-01 COMIRNATY, 2021-05-17 COMIRNATY", "",
			"not_complete 3 booster 2021-12-20 open 2021-12-20 limit 2022-01-20: COMIRNATY 0.3"},
		{ADULT, "2022-03-13", "2021-11-01 COMIRNATY, 2021-12-01 COMIRNATY", "",
			"not_complete 3 booster 2022-03-03 open 2022-03-03 limit 2022-04-02: " BOOST},
		{ADULT, "2022-03-14", "2021-11-01 COMIRNATY, 2021-12-01 COMIRNATY", "",
			"not_complete 3 booster 2022-03-03 open 2022-03-03: " BOOST},
	};

	check(rows, ROWS(rows));
}

Test(covid_rules, every_reason_names_its_rule_and_source)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct arena arena = ARENA_INIT;
	const struct forecast_dose doses[] = {{date_of(2021, 6, 1), "COMIRNATY", NULL}, {date_of(2021, 7, 1), "208", NULL}};
	static const char *const group = "COVID-19";
	const struct forecast_case c = {.birth = date_of(1980, 1, 1), .gender = 'F', .assessed = date_of(2022, 1, 10), .doses = doses,
		.n_doses = 2, .groups = &group, .n_groups = 1};
	struct forecast_result result;

	cr_assert_eq(forecast_run(rules, &c, &arena, &result, NULL), 0);
	cr_assert_eq(result.answers[0].n_why, 3);
	for (size_t i = 0; i < 3; i++)
		cr_assert_str_eq(result.answers[0].why[i].rule, "COVID-19/ARNm/3");
	cr_assert_neq(strstr(result.answers[0].why[0].source, "DGS-Urgent 2021-136"), NULL);
	cr_assert_eq(result.answers[0].why[0].date.days, date_of(2021, 10, 1).days);
	cr_assert_neq(strstr(result.answers[0].why[1].source, "27/11/2021"), NULL);
	cr_assert_eq(result.answers[0].why[1].date.days, date_of(2021, 11, 27).days);
	cr_assert_neq(strstr(result.answers[0].why[2].source, "Passe sanitaire"), NULL);
	cr_assert_eq(result.answers[0].why[2].date.days, date_of(2022, 1, 31).days);
	arena_release(&arena);
	ruleset_drop(rules);
}
