/* SPDX-License-Identifier: Apache-2.0 */
/* postponement: dated regimes under which a visit may be put off (DOMAIN.md 3). Any thread. */
#ifndef PLANVAX_RULES_POSTPONEMENT_H
#define PLANVAX_RULES_POSTPONEMENT_H

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

#endif
