/* SPDX-License-Identifier: Apache-2.0 */
/* visit_types: the types of medical visit, as dated data (conf/rules/visits). Any thread. */
#ifndef PLANVAX_RULES_VISIT_TYPES_H
#define PLANVAX_RULES_VISIT_TYPES_H

#include <planvax/base/civil.h>
#include <planvax/rules/ruleset.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum visit_delegable { DELEGABLE_NO, DELEGABLE_YES, DELEGABLE_PROTOCOL };

struct visit_type {
	const char *code;            /* "VIP_PERIODIQUE" */
	const char *name_fr;
	const char *legal_basis;
	enum visit_delegable delegable; /* may a nurse do it */
	bool never_earlier;          /* examinations of return and before return are never moved to an earlier day */
	bool physician_only;
	const char *performed_by, *trigger, *deadline; /* French; the last two may be NULL */
	int32_t interval_months;     /* longest interval; 0: none */
	bool has_due;                /* due that long after the trigger; else by interval, or by nobody but the physician */
	int32_t due_months, due_days;
	uint64_t at_once_flags;      /* people with any of these: before the assignment */
	int32_t default_minutes;
	struct date valid_from, valid_to; /* DATE_NONE: open */
};

/* All types, by code, then by valid_from: a type whose rules changed stands several times. *n is their number. */
const struct visit_type *visit_types_all(const struct ruleset *rules, size_t *n);

/* The type with that code as last known, or NULL. */
const struct visit_type *visit_types_find(const struct ruleset *rules, const char *code);

/* The type with that code as its rules stand on that day, or NULL. */
const struct visit_type *visit_types_on(const struct ruleset *rules, const char *code, struct date day);

/* Last day for a visit of that type of a person with these flags (bits of enum person_flag), counted from `since`: the
 * previous visit where the type has an interval, else its trigger (taking up the post, the return ...). By months as the law
 * counts them: the same day number, else the last of the month. DATE_NONE: no statutory date, the physician sets it. */
struct date visit_types_due(const struct visit_type *t, struct date since, uint64_t flags);

#endif
