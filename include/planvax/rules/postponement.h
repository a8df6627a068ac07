/* SPDX-License-Identifier: Apache-2.0 */
/* postponement: dated regimes under which a visit may be put off (DOMAIN.md 3). Any thread. */
#ifndef PLANVAX_RULES_POSTPONEMENT_H
#define PLANVAX_RULES_POSTPONEMENT_H

#include <planvax/base/buf.h>
#include <planvax/base/civil.h>
#include <planvax/base/fault.h>
#include <planvax/rules/ruleset.h>
#include <stdbool.h>
#include <stdint.h>

struct postponement_case {
	const char *type;       /* visit type code */
	struct date due;        /* statutory due date */
	uint64_t flags;         /* person's, bits of enum person_flag */
	bool postponed_before;  /* under ordonnance 2020-1502 */
	struct date today;      /* the planning clock's date: the regime must be in force */
};

struct postponement_answer {
	const char *regime;     /* id ("fr-2022-covid"); static while the ruleset lives */
	const char *source;
	struct date latest;     /* last allowed new due date */
};

/* May this visit be postponed? 0 and *out; ERR_DENIED: no regime in force covers it, or it is excluded
 * (f says why, French). The physician still decides, case by case. */
int postponement_ask(const struct ruleset *rules, const struct postponement_case *c, struct postponement_answer *out, struct fault *f);

enum postponement_decision { POSTPONEMENT_PENDING, POSTPONEMENT_GRANTED, POSTPONEMENT_REFUSED };

struct postponement_choice {
	enum postponement_decision decision;
	struct date due, wanted;
};

/* The physician's decision, case by case: with POSTPONEMENT_GRANTED, `wanted` becomes the new due date if it lies after
 * `due` and not beyond what the answer allows. 0 and *new_due; ERR_DENIED: not decided, or the physician holds the visit
 * indispensable; ERR_INVALID: a date that the regime does not allow (f, French). */
int postponement_settle(const struct postponement_answer *answer, const struct postponement_choice *choice, struct date *new_due,
	struct fault *f);

/* Who is told of a postponement. */
enum postponement_reader { POSTPONEMENT_EMPLOYER, POSTPONEMENT_WORKER };

struct postponement_notice {
	const char *visit;       /* French name of the visit; NULL: "visite médicale" */
	struct date due, new_due;
	const char *source;      /* of the regime */
	bool worker_unreachable; /* the employer is asked to pass it on */
};

/* Appends the notice, French, to *out: the postponement, its new date, its ground; to the worker also that they may ask for a
 * visit at any time. Says nothing of health, vaccination or the reasons of the physician. */
void postponement_tell(const struct postponement_notice *notice, enum postponement_reader reader, struct buf *out);

#endif
