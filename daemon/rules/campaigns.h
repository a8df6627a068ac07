/* SPDX-License-Identifier: Apache-2.0 */
/* campaigns: which vaccine groups are planned when, and with which weights. */
#ifndef CAMPAIGNS_H
#define CAMPAIGNS_H

#include "age_span.h"

#include <planvax/base/civil.h>
#include <planvax/model/registers.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Gives its weight to a person of whom any part holds. */
struct campaign_weight {
	int32_t weight;      /* 1 to 9 */
	uint64_t flags;      /* any of these; 0: none */
	struct age_span age; /* from this age on; may be absent */
	bool primary;        /* a primary series is to be completed */
};

struct campaign {
	const char *id, *group; /* group of schedule.json */
	int32_t group_index;    /* in the schedule */
	int32_t priority;       /* the highest decides */
	struct date from, to;   /* open days, both included; to DATE_NONE: no end */
	const struct campaign_weight *weights; /* the first that holds counts, else 1 */
	size_t n_weights;
	const char *source;
};

/* Weight of a person on a day by the campaign of highest priority that is open (else the first one); 1 without rules. */
int32_t campaigns_weight(const struct campaign *campaigns, size_t n, const struct person *person, struct date day, bool primary);

#endif
