/* SPDX-License-Identifier: Apache-2.0 */
/* campaigns: the weight of a person, see the header. */
#include "campaigns.h"

static bool holds(const struct campaign_weight *w, const struct person *person, struct date day, bool primary)
{
	if (w->flags & person->flags)
		return true;
	if (w->primary && primary)
		return true;
	return age_span_given(w->age) && !date_is_none(person->birth) && age_span_add(person->birth, w->age).days <= day.days;
}

static const struct campaign *deciding(const struct campaign *campaigns, size_t n, struct date day)
{
	for (size_t i = 0; i < n; i++) {
		if (campaigns[i].from.days <= day.days && (date_is_none(campaigns[i].to) || day.days <= campaigns[i].to.days))
			return &campaigns[i];
	}
	return n > 0 ? &campaigns[0] : NULL;
}

int32_t campaigns_weight(const struct campaign *campaigns, size_t n, const struct person *person, struct date day, bool primary)
{
	const struct campaign *campaign = deciding(campaigns, n, day);

	for (size_t i = 0; campaign && i < campaign->n_weights; i++) {
		if (holds(&campaign->weights[i], person, day, primary))
			return campaign->weights[i].weight;
	}
	return 1;
}
