/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the monkeypox rules that ship: each figure on its day, one before and one after. */
#include "rules_fixture.h"

#include <criterion/criterion.h>
#include <string.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))
#define ADULT "1980-01-01"
#define BOTH ": IMVANEX 0.5, JYNNEOS 0.5"
#define DATE_NEED "undetermined needs date de la dernière exposition au cas de monkeypox"
#define INFECTION_NEED "undetermined needs avis du médecin : vaccination après une infection à monkeypox"

struct row {
	const char *birth, *assessed, *doses, *facts, *answer;
};

static void check(const struct row *rows, size_t n)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct arena arena = ARENA_INIT;

	for (size_t i = 0; i < n; i++) {
		const struct rules_fixture_case c = {rows[i].birth, rows[i].assessed, rows[i].doses, rows[i].facts, 'F'};
		const char *answer = rules_fixture_ask(rules, &c, "MONKEYPOX", &arena);

		cr_expect_str_eq(answer, rows[i].answer, "born %s, on %s, %s [%s]:\n got  %s\n want %s", rows[i].birth, rows[i].assessed,
			rows[i].doses, rows[i].facts, answer, rows[i].answer);
	}
	arena_release(&arena);
	ruleset_drop(rules);
}

Test(mpox_rules, contacts_are_vaccinated_within_fourteen_days)
{
	static const struct row rows[] = {
		{ADULT, "2022-05-26", "", "EXP-MPOX 2022-05-25", "no answer"},
		{ADULT, "2022-05-27", "", "EXP-MPOX 2022-05-25", "not_complete 1 primary 2022-05-25 open 2022-05-27 past 2022-05-29" BOTH},
		{ADULT, "2022-06-22", "", "EXP-MPOX 2022-06-08", "not_complete 1 primary 2022-06-08 open 2022-06-08 past 2022-06-12" BOTH},
		{ADULT, "2022-06-23", "", "EXP-MPOX 2022-06-08", "no answer"},
		{ADULT, "2022-07-11", "", "EXP-MPOX 2022-07-09", "not_complete 1 primary 2022-07-09 open 2022-07-09 past 2022-07-13" BOTH},
		{ADULT, "2022-07-23", "", "EXP-MPOX 2022-07-09", "not_complete 1 primary 2022-07-09 open 2022-07-09 past 2022-07-13" BOTH},
		{ADULT, "2022-07-24", "", "EXP-MPOX 2022-07-09", "no answer"},
		{ADULT, "2022-07-24", "", "EXP-MPOX 2022-07-09, MPOX_RISK", "not_complete 1 primary 1998-01-01 open 2022-07-11" BOTH},
		{ADULT, "2022-06-10", "", "MPOX_CONTACT", DATE_NEED},
		{ADULT, "2022-07-23", "", "MPOX_CONTACT", DATE_NEED},
		{"2004-06-11", "2022-06-10", "", "EXP-MPOX 2022-06-08", "no answer"},
		{"2004-06-10", "2022-06-10", "", "EXP-MPOX 2022-06-08", "not_complete 1 primary 2022-06-10 open 2022-06-10 past 2022-06-12" BOTH},
		{ADULT, "2022-06-23", "2022-06-10 IMVANEX", "EXP-MPOX 2022-06-08", "not_complete 2 primary 2022-07-08" BOTH},
		{ADULT, "2022-07-10", "2022-06-10 IMVANEX, 2022-07-07 IMVANEX", "EXP-MPOX 2022-06-08", "not_complete 2 primary 2022-08-04" BOTH},
		{ADULT, "2022-07-10", "2022-06-10 206, 2022-07-08 JYNNEOS", "EXP-MPOX 2022-06-08", "complete"},
		{ADULT, "2022-06-23", "2022-06-10 IMVANEX", "EXP-MPOX 2022-06-08, SMALLPOX_VACCINATED", "complete"},
	};

	check(rows, ROWS(rows));
}

Test(mpox_rules, prevention_opens_on_11_july)
{
	static const struct row rows[] = {
		{ADULT, "2022-07-10", "", "MPOX_RISK", "no answer"},
		{ADULT, "2022-07-11", "", "MPOX_RISK", "not_complete 1 primary 1998-01-01 open 2022-07-11" BOTH},
		{ADULT, "2022-07-11", "", "", "no answer"},
		{"2004-07-12", "2022-07-11", "", "MPOX_RISK", "no answer"},
		{ADULT, "2022-07-11", "", "MPOX_RISK, CONTRE-INDICATION-MPOX", "contraindicated"},
		{ADULT, "2022-10-10", "2022-08-20 INF-MPOX", "MPOX_RISK", INFECTION_NEED},
		{ADULT, "2022-10-10", "2022-08-20 INF-MPOX", "MPOX_RISK, AVIS-MPOX", "not_complete 2 primary 2022-08-20 open 2022-08-20" BOTH},
		/* since the advice of 6 October 2022 an infection makes vaccination needless, before or between the doses */
		{ADULT, "2022-10-11", "2022-08-20 INF-MPOX", "MPOX_RISK", "complete"},
		{ADULT, "2022-10-11", "2022-07-20 IMVANEX, 2022-08-20 INF-MPOX", "MPOX_RISK", "complete"},
	};

	check(rows, ROWS(rows));
}

Test(mpox_rules, second_doses_rest_from_august_to_11_october)
{
	static const struct row rows[] = {
		{ADULT, "2022-07-31", "2022-07-12 IMVANEX", "MPOX_RISK", "not_complete 2 primary 2022-08-09 open 2022-08-09" BOTH},
		{ADULT, "2022-08-01", "2022-07-12 IMVANEX", "MPOX_RISK", "not_recommended"},
		{ADULT, "2022-10-10", "2022-07-12 IMVANEX", "MPOX_RISK", "not_recommended"},
		{ADULT, "2022-10-11", "2022-07-12 IMVANEX", "MPOX_RISK", "not_complete 2 primary 2022-08-09 open 2022-10-11 past 2022-08-16" BOTH},
		{ADULT, "2022-10-12", "2022-09-20 JYNNEOS", "MPOX_RISK", "not_complete 2 primary 2022-10-18 open 2022-10-18 past 2022-10-25" BOTH},
		{ADULT, "2022-11-20", "2022-09-20 JYNNEOS, 2022-10-17 JYNNEOS", "MPOX_RISK",
			"not_complete 2 primary 2022-11-14 open 2022-11-14 past 2022-11-21" BOTH},
		{ADULT, "2022-11-20", "2022-09-20 JYNNEOS, 2022-10-18 JYNNEOS", "MPOX_RISK", "complete"},
		{ADULT, "2022-11-20", "2022-07-12 JYNNEOS, 2022-08-09 JYNNEOS", "MPOX_RISK", "complete"},
		{ADULT, "2022-11-20", "2022-09-20 JYNNEOS", "MPOX_RISK, SMALLPOX_VACCINATED", "complete"},
	};

	check(rows, ROWS(rows));
}

Test(mpox_rules, immunosuppressed_people_at_risk_take_three_doses)
{
	static const struct row rows[] = {
		{ADULT, "2022-07-11", "", "IMMUNOSUPPRESSED", "not_recommended"},
		{ADULT, "2022-07-11", "", "IMMUNOSUPPRESSED, MPOX_RISK", "not_complete 1 primary 1998-01-01 open 2022-07-11" BOTH},
		{ADULT, "2022-07-11", "", "IMMUNOSUPPRESSED, MPOX_CONTACT", DATE_NEED},
		{ADULT, "2022-06-10", "", "IMMUNOSUPPRESSED, EXP-MPOX 2022-06-08",
			"not_complete 1 primary 2022-06-08 open 2022-06-08 past 2022-06-12" BOTH},
		{ADULT, "2022-11-20", "2022-07-12 206, 2022-10-20 206", "IMMUNOSUPPRESSED, MPOX_RISK, SMALLPOX_VACCINATED",
			"not_complete 3 primary 2022-11-17 open 2022-11-17 past 2022-11-24" BOTH},
		{ADULT, "2022-11-20", "2022-07-12 206, 2022-08-10 206, 2022-09-07 206", "IMMUNOSUPPRESSED, MPOX_RISK", "complete"},
		{ADULT, "2022-10-11", "", "IMMUNOSUPPRESSED, MPOX_RISK, EXP-MPOX 2022-08-01",
			"not_complete 1 primary 1998-01-01 open 2022-07-11" BOTH},
		{ADULT, "2022-10-10", "2022-08-20 INF-MPOX", "IMMUNOSUPPRESSED, MPOX_RISK", INFECTION_NEED},
		{ADULT, "2022-10-11", "2022-08-20 INF-MPOX", "IMMUNOSUPPRESSED, MPOX_RISK", "complete"},
	};

	check(rows, ROWS(rows));
}

Test(mpox_rules, its_campaign_decides_from_27_may_where_the_person_is_due)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	struct arena arena = ARENA_INIT;
	struct history_event events[] = {{.person_ref = "p", .date = date_of(2022, 5, 25), .code = "EXP-MPOX"}};
	const struct person exposed = {.birth = date_of(1980, 1, 1), .sex = 'M', .n_events = 1};
	const struct person other = {.birth = date_of(1980, 1, 1), .sex = 'M'};
	struct forecast_spans spans;

	forecast_follow(rules, &(struct forecast_person){&exposed, events, date_of(2022, 5, 26), date_of(2022, 6, 10), NULL}, &arena, &spans);
	cr_assert_eq(spans.n, 3);
	cr_assert_str_eq(spans.items[0].group, "COVID-19");
	cr_assert_str_eq(spans.items[1].group, "MONKEYPOX");
	cr_assert(spans.items[1].due);
	cr_assert_eq(spans.items[1].first.days, date_of(2022, 5, 27).days);
	cr_assert_eq(spans.items[1].last.days, date_of(2022, 6, 8).days);
	cr_assert_str_eq(spans.items[2].group, "COVID-19");
	forecast_follow(rules, &(struct forecast_person){&other, events, date_of(2022, 5, 26), date_of(2022, 6, 10), NULL}, &arena, &spans);
	cr_assert_eq(spans.n, 1);
	cr_assert_str_eq(spans.items[0].group, "COVID-19");
	arena_release(&arena);
	ruleset_drop(rules);
}
