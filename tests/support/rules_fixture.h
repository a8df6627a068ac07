/* SPDX-License-Identifier: Apache-2.0 */
/* rules_fixture: rule directories made for a test, and cases written as short texts. */
#ifndef PLANVAX_TESTS_RULES_FIXTURE_H
#define PLANVAX_TESTS_RULES_FIXTURE_H

#include <planvax/base/arena.h>
#include <planvax/base/buf.h>
#include <planvax/rules/forecast.h>

struct rules_fixture {
	char directory[64]; /* made by rules_fixture_init, removed by rules_fixture_release */
	struct buf errors;  /* what the last load reported, a line each */
};

/* Makes an empty rule directory. */
void rules_fixture_init(struct rules_fixture *fx);

/* Removes it. */
void rules_fixture_release(struct rules_fixture *fx);

/* Writes a file ("schedule.json", "vials/vials.json"). */
void rules_fixture_write(struct rules_fixture *fx, const char *name, const char *text);

/* As rules_fixture_write, with single quotes turned into double ones. */
void rules_fixture_quoted(struct rules_fixture *fx, const char *name, const char *text);

/* Loads the directory; errors are collected. As ruleset_load. */
int rules_fixture_load(struct rules_fixture *fx, struct ruleset **rules);

/* Loads a directory of the project ("conf/rules", or what PLANVAX_RULES names instead); aborts with the errors if it has any. */
struct ruleset *rules_fixture_open(const char *directory);

/* A case in short: doses "2021-05-01 COMIRNATY, 2021-06-01 SPIKEVAX/MOD", facts "IMMUNOSUPPRESSED, EXP 2022-01-02". */
struct rules_fixture_case {
	const char *birth, *assessed, *doses, *facts;
	char gender;
};

/* The answers of a group in short, risk and standard joined by " + ":
 * "not_complete 3 booster 2021-09-01 open 2021-11-27 limit 2022-01-15 rec R past P: COMIRNATY 0.3, SPIKEVAX 0.25"
 * (rec where it differs from earliest), "undetermined 3 needs TEXT", "complete", "no answer", "error: TEXT".
 * The text lies in arena. */
const char *rules_fixture_ask(const struct ruleset *rules, const struct rules_fixture_case *c, const char *group,
	struct arena *arena);

/* One line of a table of cases: a person, a day, and the answer expected (rules_fixture_ask). */
struct rules_fixture_row {
	const char *birth, *assessed, *doses, *facts, *answer;
};

/* Asks conf/rules for each row and prints those that are answered otherwise; how many they are. */
int rules_fixture_rows(const char *group, const struct rules_fixture_row *rows, size_t n);

/* The evaluations of a group in short: "1 Valid, 2 Not Valid". The text lies in arena. */
const char *rules_fixture_judge(const struct ruleset *rules, const struct rules_fixture_case *c, const char *group,
	struct arena *arena);

#endif
