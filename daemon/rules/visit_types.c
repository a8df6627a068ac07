/* SPDX-License-Identifier: Apache-2.0 */
/* visit_types: look-ups in the types of medical visit. */
#include <planvax/rules/visit_types.h>

#include "rule_parts.h"

#include <string.h>

const struct visit_type *visit_types_all(const struct ruleset *rules, size_t *n)
{
	*n = rules->n_visit_types;
	return rules->visit_types;
}

const struct visit_type *visit_types_find(const struct ruleset *rules, const char *code)
{
	const struct visit_type *found = NULL;

	for (size_t i = 0; i < rules->n_visit_types; i++) {
		if (strcmp(rules->visit_types[i].code, code) == 0)
			found = &rules->visit_types[i]; /* the last one is the newest */
	}
	return found;
}

const struct visit_type *visit_types_on(const struct ruleset *rules, const char *code, struct date day)
{
	for (size_t i = 0; i < rules->n_visit_types; i++) {
		const struct visit_type *t = &rules->visit_types[i];

		if (strcmp(t->code, code) == 0 && t->valid_from.days <= day.days &&
			(date_is_none(t->valid_to) || day.days <= t->valid_to.days))
			return t;
	}
	return NULL;
}
