/* SPDX-License-Identifier: Apache-2.0 */
/* beneficiaries: who may be offered a vaccination by an occupational-health service, where, from which date and on
 * which legal ground, by kind of person (data under conf/rules/beneficiaries). Any thread. Prefixes: beneficiaries_,
 * beneficiary_. */
#ifndef PLANVAX_RULES_BENEFICIARIES_H
#define PLANVAX_RULES_BENEFICIARIES_H

#include <planvax/base/civil.h>
#include <planvax/base/names.h>
#include <planvax/model/registers.h>
#include <planvax/rules/ruleset.h>
#include <stdbool.h>

/* Where a vaccination is offered; bits 1 << place. The planner asks who and when; where is told to those who ask why. */
enum beneficiary_place { BENEFICIARY_VISIT, BENEFICIARY_DAY, BENEFICIARY_COMPANY, BENEFICIARY_CENTRE, BENEFICIARY_VEHICLE };
extern const struct name beneficiary_place_names[]; /* visit, day, company, centre, vehicle */

struct beneficiary_person {
	enum person_kind kind;
	struct date birth;   /* DATE_NONE: unknown, then no rule with an age holds */
	const char *group;   /* vaccine group that is offered */
};

struct beneficiary_answer {
	const char *id;      /* of the rule; texts live as long as the ruleset */
	const char *ground;  /* legal ground, French */
	const char *source;
	struct date from;    /* the rule's first day; DATE_NONE: open */
	unsigned places;     /* bits of enum beneficiary_place; 0 where nothing may be offered */
};

/* Whether that person may be offered the group on a day: by the first rule that holds. Without a rule that holds false,
 * and *out names the rule of their kind that would hold otherwise ("beneficiaries" if there is none). Rules without a
 * part on beneficiaries allow everyone everywhere. *change (NULL allowed) is lowered to the next later day on which the
 * answer may differ. */
bool beneficiaries_ask(const struct ruleset *rules, const struct beneficiary_person *who, struct date day,
	struct beneficiary_answer *out, struct date *change);

#endif
