/* SPDX-License-Identifier: Apache-2.0 */
/* visit_types: the types of medical visit, as dated data (conf/rules/visits). Any thread. */
#ifndef PLANVAX_RULES_VISIT_TYPES_H
#define PLANVAX_RULES_VISIT_TYPES_H

#include <planvax/base/civil.h>
#include <planvax/rules/ruleset.h>
#include <stdbool.h>
#include <stddef.h>

enum visit_delegable { DELEGABLE_NO, DELEGABLE_YES, DELEGABLE_PROTOCOL };

struct visit_type {
	const char *code;            /* "VIP_PERIODIQUE" */
	const char *name_fr;
	const char *legal_basis;
	enum visit_delegable delegable; /* may a nurse do it */
	bool never_earlier;          /* examinations of return and before return are never moved to an earlier day */
	bool physician_only;
	int32_t interval_months;     /* longest interval; 0: none */
	int32_t default_minutes;
	struct date valid_from, valid_to; /* DATE_NONE: open */
};

/* All types, by code, then by valid_from: a type whose rules changed stands several times. *n is their number. */
const struct visit_type *visit_types_all(const struct ruleset *rules, size_t *n);

/* The type with that code as last known, or NULL. */
const struct visit_type *visit_types_find(const struct ruleset *rules, const char *code);

/* The type with that code as its rules stand on that day, or NULL. */
const struct visit_type *visit_types_on(const struct ruleset *rules, const char *code, struct date day);

#endif
