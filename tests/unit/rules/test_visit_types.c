/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rules/visit_types, with the types that ship. */
#include <planvax/rules/visit_types.h>

#include "rules_fixture.h"

#include <criterion/criterion.h>
#include <string.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

Test(visit_types, all_fourteen_codes_are_known)
{
	static const struct {
		const char *code;
		enum visit_delegable delegable;
		int interval_months;
		bool never_earlier;
	} rows[] = {
		{"VIP_INITIALE", DELEGABLE_YES, 0, false}, {"VIP_PERIODIQUE", DELEGABLE_YES, 60, false},
		{"VIP_PERIODIQUE_SIA", DELEGABLE_YES, 36, false}, {"APTITUDE_INITIAL_SIR", DELEGABLE_NO, 0, false},
		{"APTITUDE_PERIODIQUE_SIR", DELEGABLE_NO, 48, false}, {"APTITUDE_ANNUEL_CAT_A", DELEGABLE_NO, 12, false},
		{"INTERMEDIAIRE_SIR", DELEGABLE_YES, 24, false}, {"PREREPRISE", DELEGABLE_PROTOCOL, 0, true},
		{"REPRISE", DELEGABLE_PROTOCOL, 0, true}, {"MI_CARRIERE", DELEGABLE_YES, 0, false},
		{"POST_EXPOSITION", DELEGABLE_NO, 0, false}, {"A_LA_DEMANDE", DELEGABLE_YES, 0, false},
		{"SAISONNIER_EMBAUCHE", DELEGABLE_NO, 0, false}, {"INTERIM_VIP", DELEGABLE_YES, 24, false},
	};
	struct ruleset *rules = rules_fixture_open("conf/rules");

	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct visit_type *t = visit_types_find(rules, rows[i].code);

		cr_assert_not_null(t, "%s", rows[i].code);
		cr_assert_eq(t->delegable, rows[i].delegable, "%s", rows[i].code);
		cr_assert_eq(t->interval_months, rows[i].interval_months, "%s", rows[i].code);
		cr_assert_eq(t->never_earlier, rows[i].never_earlier, "%s", rows[i].code);
		cr_assert_eq(t->physician_only, rows[i].delegable == DELEGABLE_NO, "%s", rows[i].code);
		cr_assert(t->default_minutes >= 30 && t->default_minutes <= 45, "%s", rows[i].code);
	}
	cr_assert_null(visit_types_find(rules, "AUTRE"));
	ruleset_drop(rules);
}

Test(visit_types, the_law_in_force_on_the_day_counts)
{
	static const struct {
		const char *code, *day;
		int delegable; /* -1: no such visit yet */
		const char *trigger_basis;
	} rows[] = {
		{"REPRISE", "2021-09-29", DELEGABLE_PROTOCOL, "R4624-31"}, {"REPRISE", "2021-09-30", DELEGABLE_NO, "R4624-31"},
		{"REPRISE", "2022-01-10", DELEGABLE_NO, "antérieure au 31/03/2022"}, {"REPRISE", "2022-03-30", DELEGABLE_NO, "antérieure"},
		{"REPRISE", "2022-03-31", DELEGABLE_NO, "R4624-31"}, {"REPRISE", "2022-04-27", DELEGABLE_NO, "R4624-31"},
		{"REPRISE", "2022-04-28", DELEGABLE_PROTOCOL, "26/04/2022"}, {"PREREPRISE", "2022-01-10", DELEGABLE_NO, "R4624-29"},
		{"PREREPRISE", "2022-04-28", DELEGABLE_PROTOCOL, "L4624-2-4"}, {"MI_CARRIERE", "2022-03-30", -1, NULL},
		{"MI_CARRIERE", "2022-03-31", DELEGABLE_YES, "L4624-2-2"}, {"VIP_INITIALE", "2022-01-10", DELEGABLE_YES, "R4624-10"},
	};
	struct ruleset *rules = rules_fixture_open("conf/rules");

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct date d;
		const struct visit_type *t;

		cr_assert_eq(date_parse(rows[i].day, 10, &d), 0);
		t = visit_types_on(rules, rows[i].code, d);
		cr_assert_eq(t ? (int)t->delegable : -1, rows[i].delegable, "%s on %s", rows[i].code, rows[i].day);
		if (t)
			cr_assert_neq(strstr(t->legal_basis, rows[i].trigger_basis), NULL, "%s on %s: %s", rows[i].code, rows[i].day,
				t->legal_basis);
	}
	ruleset_drop(rules);
}

Test(visit_types, the_list_is_sorted_by_code_and_validity)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	size_t n;
	const struct visit_type *types = visit_types_all(rules, &n);

	cr_assert_gt(n, 14);
	for (size_t i = 1; i < n; i++) {
		int order = strcmp(types[i - 1].code, types[i].code);

		cr_assert(order < 0 || (order == 0 && types[i - 1].valid_from.days < types[i].valid_from.days), "%s", types[i].code);
	}
	ruleset_drop(rules);
}

Test(visit_types, due_dates_follow_the_law_on_the_date)
{
	static const struct {
		const char *code;
		struct { int y, m, d; } on, since;
		uint64_t flags;
		struct { int y, m, d; } due; /* y 0: none */
	} rows[] = {
		{"VIP_INITIALE", {2022, 1, 10}, {2021, 11, 30}, 0, {2022, 2, 28}},
		{"VIP_INITIALE", {2022, 1, 10}, {2021, 11, 30}, (uint64_t)1 << FLAG_NIGHT_WORKER, {2021, 11, 30}},
		{"VIP_INITIALE", {2022, 1, 10}, {2021, 11, 30}, (uint64_t)1 << FLAG_DISABLED, {2022, 2, 28}},
		{"VIP_PERIODIQUE", {2022, 1, 10}, {2017, 1, 31}, 0, {2022, 1, 31}},
		{"VIP_PERIODIQUE_SIA", {2022, 1, 10}, {2020, 2, 29}, 0, {2023, 2, 28}},
		{"APTITUDE_PERIODIQUE_SIR", {2022, 1, 10}, {2018, 3, 1}, 0, {2022, 3, 1}},
		{"APTITUDE_ANNUEL_CAT_A", {2022, 1, 10}, {2021, 2, 1}, 0, {2022, 2, 1}},
		{"INTERMEDIAIRE_SIR", {2022, 1, 10}, {2020, 2, 29}, 0, {2022, 2, 28}},
		{"REPRISE", {2022, 1, 10}, {2022, 1, 10}, 0, {2022, 1, 18}},
		{"A_LA_DEMANDE", {2022, 1, 10}, {2022, 1, 10}, 0, {0, 0, 0}},
		{"PREREPRISE", {2022, 1, 10}, {2022, 1, 10}, 0, {0, 0, 0}},
	};
	struct ruleset *rules = rules_fixture_open("conf/rules");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct visit_type *t = visit_types_on(rules, rows[i].code, date_of(rows[i].on.y, rows[i].on.m, rows[i].on.d));
		struct date due;

		cr_assert_not_null(t, "%s", rows[i].code);
		due = visit_types_due(t, date_of(rows[i].since.y, rows[i].since.m, rows[i].since.d), rows[i].flags);
		cr_expect_eq(due.days, rows[i].due.y ? date_of(rows[i].due.y, rows[i].due.m, rows[i].due.d).days : DATE_NONE.days, "row %zu", i);
	}
	cr_expect_null(visit_types_on(rules, "MI_CARRIERE", date_of(2022, 3, 30)));
	cr_expect_not_null(visit_types_on(rules, "MI_CARRIERE", date_of(2022, 3, 31)));
	cr_expect(date_is_none(visit_types_due(visit_types_find(rules, "VIP_PERIODIQUE"), DATE_NONE, 0)));
	ruleset_drop(rules);
}
