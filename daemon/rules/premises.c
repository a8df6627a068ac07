/* SPDX-License-Identifier: Apache-2.0 */
/* premises: which places may be used, by date and kind of service. */
#include <planvax/rules/premises.h>

#include "premises_load.h"

/* The rule that decides; NULL: everything is allowed. */
static const struct premises_rule *deciding(const struct ruleset *rules, enum service_kind kind, struct date day)
{
	const struct premises_table *t = rules->premises;

	for (size_t i = 0; t && i < t->n_rules; i++) {
		const struct premises_rule *p = &t->rules[i];

		if ((p->services & 1u << kind) && p->from.days <= day.days && (date_is_none(p->to) || day.days <= p->to.days))
			return p;
	}
	return NULL;
}

bool premises_company_allowed(const struct ruleset *rules, enum service_kind kind, struct date day)
{
	const struct premises_rule *p = deciding(rules, kind, day);

	return !p || p->company;
}

bool premises_centre_allowed(const struct ruleset *rules, enum service_kind kind, enum centre_kind centre, struct date day)
{
	const struct premises_rule *p = deciding(rules, kind, day);

	return !p || (p->centres & 1u << centre);
}
