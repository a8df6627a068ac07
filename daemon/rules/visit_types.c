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

struct date visit_types_due(const struct visit_type *t, struct date since, uint64_t flags)
{
	if (date_is_none(since))
		return DATE_NONE;
	if (t->at_once_flags & flags)
		return since;
	if (t->interval_months > 0)
		return date_add_months(since, t->interval_months);
	if (!t->has_due)
		return DATE_NONE;
	return date_add_days(date_add_months(since, t->due_months), t->due_days);
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
