/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rules/postponement, with the regimes that ship. */
#include <planvax/rules/postponement.h>

#include "rules_fixture.h"

#include <planvax/model/registers.h>
#include <planvax/rules/visit_types.h>

#include <criterion/criterion.h>
#include <string.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))
#define BIT(flag) ((uint64_t)1 << (flag))

static struct date day(const char *text)
{
	struct date d;

	cr_assert_eq(date_parse(text, 10, &d), 0, "%s", text);
	return d;
}

/* Latest new date, or "" where it may not be postponed. */
static const char *ask(const struct ruleset *rules, const struct postponement_case *c, char text[11])
{
	struct postponement_answer answer = {.regime = "untouched"};
	struct fault f = FAULT_NONE;

	if (postponement_ask(rules, c, &answer, &f) < 0) {
		cr_assert_eq(f.code, ERR_DENIED);
		cr_assert_str_eq(answer.regime, "untouched");
		return "";
	}
	cr_assert_gt(strlen(answer.source), 0);
	return date_format(answer.latest, text);
}

Test(postponement, the_vectors_of_the_decree_of_2022_hold)
{
	static const struct {
		const char *due;
		bool before;
		const char *latest;
	} rows[] = {
		{"2022-01-10", false, "2023-01-10"}, {"2021-12-15", false, "2022-12-15"}, {"2022-04-30", false, "2023-04-30"},
		{"2022-03-31", true, "2022-09-30"}, {"2021-12-31", true, "2022-06-30"}, {"2021-12-14", false, ""}, {"2022-05-01", false, ""},
		{"2022-02-28", false, "2023-02-28"}, {"2022-02-28", true, "2022-08-28"},
	};
	struct ruleset *rules = rules_fixture_open("conf/rules");
	char text[11];

	for (size_t i = 0; i < ROWS(rows); i++)
		cr_assert_str_eq(ask(rules, &(struct postponement_case){"VIP_PERIODIQUE", day(rows[i].due), 0, rows[i].before, day("2022-03-25")}, text), rows[i].latest, "%s",
			rows[i].due);
	ruleset_drop(rules);
}

Test(postponement, a_replay_of_january_2022_postpones_nothing)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	size_t n;
	const struct visit_type *types = visit_types_all(rules, &n);
	char text[11], due[11];

	for (struct date today = day("2021-12-20"); today.days <= day("2022-03-24").days; today = date_add_days(today, 1)) {
		for (size_t i = 0; i < n; i++) {
			for (struct date d = day("2021-06-01"); d.days <= day("2022-06-30").days; d = date_add_days(d, 13)) {
				const struct postponement_case c = {types[i].code, d, 0, i % 2, today};

				cr_assert_str_empty(ask(rules, &c, text), "%s due %s on day %d", types[i].code, date_format(d, due), (int)today.days);
			}
		}
	}
	cr_assert_str_not_empty(ask(rules, &(struct postponement_case){"VIP_PERIODIQUE", day("2022-01-10"), 0, false, day("2022-03-25")}, text));
	ruleset_drop(rules);
}

Test(postponement, excluded_visits_are_never_postponed)
{
	static const struct {
		const char *type;
		uint64_t flags;
		bool allowed;
	} rows[] = {
		{"VIP_INITIALE", 0, true}, {"VIP_INITIALE", BIT(FLAG_DISABLED), false}, {"VIP_INITIALE", BIT(FLAG_INVALIDITY_PENSION), false},
		{"VIP_INITIALE", BIT(FLAG_UNDER_18), false}, {"VIP_INITIALE", BIT(FLAG_PREGNANT), false},
		{"VIP_INITIALE", BIT(FLAG_PREGNANT_POSTPARTUM_BREASTFEEDING), false}, {"VIP_INITIALE", BIT(FLAG_NIGHT_WORKER), false},
		{"VIP_INITIALE", BIT(FLAG_EMF_ABOVE_LIMIT), false}, {"VIP_INITIALE", BIT(FLAG_BIO_GROUP_2), false},
		{"VIP_INITIALE", BIT(FLAG_SEVERE_RISK), true}, {"VIP_PERIODIQUE", BIT(FLAG_NIGHT_WORKER), true},
		{"VIP_PERIODIQUE_SIA", BIT(FLAG_NIGHT_WORKER), true}, {"APTITUDE_INITIAL_SIR", 0, false},
		{"APTITUDE_PERIODIQUE_SIR", 0, true}, {"APTITUDE_PERIODIQUE_SIR", BIT(FLAG_IONISING_CAT_A), false},
		{"APTITUDE_ANNUEL_CAT_A", 0, false}, {"INTERMEDIAIRE_SIR", 0, true}, {"PREREPRISE", 0, false}, {"REPRISE", 0, false},
		{"MI_CARRIERE", 0, false}, {"POST_EXPOSITION", 0, false}, {"A_LA_DEMANDE", 0, false}, {"SAISONNIER_EMBAUCHE", 0, false},
		{"INTERIM_VIP", 0, true}, {"UNKNOWN", 0, false},
	};
	struct ruleset *rules = rules_fixture_open("conf/rules");
	char text[11];

	for (size_t i = 0; i < ROWS(rows); i++)
		cr_assert_str_eq(ask(rules, &(struct postponement_case){rows[i].type, day("2022-01-10"), rows[i].flags, false, day("2022-04-01")}, text),
			rows[i].allowed ? "2023-01-10" : "", "%s %llx", rows[i].type, (unsigned long long)rows[i].flags);
	ruleset_drop(rules);
}

Test(postponement, earlier_regimes_hold_on_their_own_days_only)
{
	static const struct {
		const char *due, *today, *latest;
	} rows[] = {
		{"2020-03-12", "2020-04-09", "2020-12-31"}, {"2020-03-12", "2020-04-08", ""}, {"2020-08-31", "2020-08-31", "2020-12-31"},
		{"2020-03-11", "2020-04-09", ""}, {"2020-09-01", "2020-08-31", ""}, {"2020-08-31", "2020-09-01", ""},
		{"2021-04-16", "2021-01-24", "2022-04-16"}, {"2021-04-16", "2021-01-23", ""}, {"2021-04-17", "2021-06-08", ""},
		{"2021-08-01", "2021-06-09", "2022-08-01"}, {"2021-08-02", "2021-06-09", ""}, {"2021-09-29", "2021-09-30", "2022-09-29"},
		{"2021-09-30", "2021-09-30", ""}, {"2021-09-29", "2021-10-01", ""},
	};
	struct ruleset *rules = rules_fixture_open("conf/rules");
	char text[11];

	for (size_t i = 0; i < ROWS(rows); i++)
		cr_assert_str_eq(ask(rules, &(struct postponement_case){"VIP_PERIODIQUE", day(rows[i].due), 0, false, day(rows[i].today)}, text), rows[i].latest, "due %s on %s",
			rows[i].due, rows[i].today);
	ruleset_drop(rules);
}

Test(postponement, a_visit_without_due_date_or_rules_is_not_postponed)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	const struct postponement_case c = {.type = "VIP_PERIODIQUE", .due = DATE_NONE, .today = day("2022-04-01")};
	struct postponement_answer answer;
	struct fault f = FAULT_NONE;

	cr_assert_eq(postponement_ask(rules, &c, &answer, &f), ERR_DENIED);
	cr_assert_neq(strstr(f.what, "aucun régime"), NULL);
	ruleset_drop(rules);
}

Test(postponement, the_physician_decides_within_the_cap)
{
	const struct postponement_answer answer = {"r", "s", day("2023-01-10")};
	struct date out = DATE_NONE;
	struct fault f = FAULT_NONE;

	cr_expect_eq(postponement_settle(&answer, &(struct postponement_choice){POSTPONEMENT_PENDING, day("2022-01-10"), day("2022-06-01")}, &out, NULL), ERR_DENIED);
	cr_expect_eq(postponement_settle(&answer, &(struct postponement_choice){POSTPONEMENT_REFUSED, day("2022-01-10"), day("2022-06-01")}, &out, &f), ERR_DENIED);
	cr_expect_not_null(strstr(f.what, "indispensable"));
	cr_expect_eq(postponement_settle(&answer, &(struct postponement_choice){POSTPONEMENT_GRANTED, day("2022-01-10"), day("2022-01-10")}, &out, &f), ERR_INVALID);
	cr_expect_eq(postponement_settle(&answer, &(struct postponement_choice){POSTPONEMENT_GRANTED, day("2022-01-10"), day("2023-01-11")}, &out, &f), ERR_INVALID);
	cr_expect(date_is_none(out));
	cr_assert_eq(postponement_settle(&answer, &(struct postponement_choice){POSTPONEMENT_GRANTED, day("2022-01-10"), day("2023-01-10")}, &out, &f), 0);
	cr_expect_eq(out.days, day("2023-01-10").days);
}

Test(postponement, employer_and_worker_are_told_the_new_date_and_no_more)
{
	const struct postponement_notice notice = {"examen de reprise", day("2022-01-10"), day("2022-07-10"), "Loi 2022-46, art. 10", true};
	struct buf employer = BUF_INIT, worker = BUF_INIT;

	postponement_tell(&notice, POSTPONEMENT_EMPLOYER, &employer);
	postponement_tell(&notice, POSTPONEMENT_WORKER, &worker);
	cr_expect_str_eq(buf_str(&employer), "Le médecin du travail reporte une visite de l'un de vos salariés (examen de reprise), due le 10/01/2022. "
		"Elle aura lieu au plus tard le 10/07/2022. Fondement : Loi 2022-46, art. 10. Ce report ne fait obstacle ni à l'embauche ni à la reprise du travail. "
		"Le service n'a pas pu joindre le salarié : merci de lui transmettre cette information.");
	cr_expect_not_null(strstr(buf_str(&worker), "votre visite"));
	cr_expect_not_null(strstr(buf_str(&worker), "10/07/2022"));
	cr_expect_null(strstr(buf_str(&worker), "transmettre"));
	cr_expect_null(strstr(buf_str(&employer), "vaccin"));
	buf_release(&employer);
	buf_release(&worker);
}
