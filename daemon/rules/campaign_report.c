/* SPDX-License-Identifier: Apache-2.0 */
/* campaign_report: figures about campaigns, see the header. */
#include <planvax/rules/campaign_report.h>

#include "rule_parts.h"

#include <string.h>

static const struct campaign *find(const struct ruleset *rules, const char *id)
{
	for (size_t i = 0; i < rules->n_campaigns; i++) {
		if (strcmp(rules->campaigns[i].id, id) == 0)
			return &rules->campaigns[i];
	}
	return NULL;
}

bool campaign_report_count(const struct ruleset *rules, const struct campaign_report_key *key, struct campaign_report_figure *out)
{
	const struct campaign *campaign = find(rules, key->id);
	const char *scope = key->scope;
	bool found = false;

	for (size_t i = 0; campaign && i < campaign->n_counts; i++) {
		const struct campaign_report_figure *c = &campaign->counts[i];

		if (strcmp(c->what, key->what) != 0)
			continue;
		if (!scope)
			scope = c->scope;
		if (strcmp(c->scope, scope) != 0 || c->as_of.days > key->day.days)
			continue;
		*out = *c;
		found = true;
	}
	return found;
}

bool campaign_report_baseline(const struct ruleset *rules, const char *id, struct campaign_report_offer *out)
{
	const struct campaign *campaign = find(rules, id);

	if (!campaign || !campaign->baseline)
		return false;
	*out = *campaign->baseline;
	return true;
}

int campaign_report_uptake(const struct ruleset *rules, const char *group, enum person_kind kind, struct date day)
{
	for (size_t i = 0; i < rules->n_campaigns; i++) {
		const struct campaign *c = &rules->campaigns[i];

		if (strcmp(c->group, group) == 0 && c->from.days <= day.days && (date_is_none(c->to) || day.days <= c->to.days))
			return c->uptake[kind];
	}
	return -1;
}
