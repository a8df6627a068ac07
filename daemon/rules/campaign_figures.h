/* SPDX-License-Identifier: Apache-2.0 */
/* campaign_figures: reads what a campaign file cites and what was published: sources, counts, baseline. */
#ifndef CAMPAIGN_FIGURES_H
#define CAMPAIGN_FIGURES_H

#include "campaigns.h"
#include "rule_read.h"

/* A campaign file that is being read. */
struct campaign_figures {
	struct rule_read *r;
	const char *(*sources)[2]; /* id, text */
	size_t n_sources;
};

/* Reads the list `sources`; errors are reported, as in all of these. */
void campaign_figures_sources(struct campaign_figures *f, const struct json_value *list);

/* Text of the source that the member `source` names; NULL if it names none. */
const char *campaign_figures_source(struct campaign_figures *f, const struct json_value *object);

/* Reads the list `counts` into c: sorted by what, scope, as-of date; of one kind later ones are not smaller. */
void campaign_figures_counts(struct campaign_figures *f, const struct json_value *list, struct campaign *c);

/* Reads the object `baseline` into c. */
void campaign_figures_baseline(struct campaign_figures *f, const struct json_value *v, struct campaign *c);

#endif
