/* SPDX-License-Identifier: Apache-2.0 */
/* beneficiaries_load: reads planvax-beneficiaries/1. */
#ifndef BENEFICIARIES_LOAD_H
#define BENEFICIARIES_LOAD_H

#include "rule_parts.h"
#include "rule_read.h"

/* Persons of some kinds to whom some groups may be offered. */
struct beneficiary_rule {
	const char *id, *ground, *source;
	struct date from, to;        /* both included; DATE_NONE: open */
	unsigned kinds, places;      /* bits of enum person_kind, enum beneficiary_place */
	const char *const *groups;   /* of schedule.json; none: all */
	size_t n_groups;
	struct age_span min_age;     /* may be absent */
};

struct beneficiaries_table {
	const struct beneficiary_rule *rules; /* the first that holds decides */
	size_t n_rules;
};

/* Reads the rules of a file into rules; errors are reported. */
void beneficiaries_load(struct rule_read *r, const struct json_value *root, struct ruleset *rules);

#endif
