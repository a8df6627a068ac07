/* SPDX-License-Identifier: Apache-2.0 */
/* campaigns: which vaccine groups are planned when and for whom, and with which weights; what was published
 * about a campaign. */
#ifndef CAMPAIGNS_H
#define CAMPAIGNS_H

#include "age_span.h"

#include <planvax/base/civil.h>
#include <planvax/model/registers.h>
#include <planvax/rules/campaign_report.h>
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

/* A phase: its days, and for whom; what is not named holds for everyone, what is named must hold together. */
struct campaign_phase {
	const char *id, *text, *source; /* text and source may be NULL */
	struct date from, to;           /* both included; to DATE_NONE: no end */
	uint64_t flags;                 /* any of these; 0: everyone */
	unsigned kinds;                 /* bits of enum person_kind; 0: every kind */
	struct age_span from_age, to_age; /* from the one on, before the other; may be absent */
	int32_t priority;
};

struct campaign {
	const char *id, *group; /* group of schedule.json */
	int32_t group_index;    /* in the schedule */
	int32_t priority;       /* the highest decides */
	struct date from, to;   /* open days, both included; to DATE_NONE: no end */
	const struct campaign_weight *weights; /* the first that holds counts, else 1 */
	size_t n_weights;
	const struct campaign_phase *phases;   /* none: for everyone on all open days */
	size_t n_phases;
	bool joined_by_stock;   /* planned only for services that have one of the group's products */
	int32_t uptake[PERSON_KINDS];          /* per cent by kind; -1: not said */
	const struct campaign_report_figure *counts; /* by what, scope, as_of */
	size_t n_counts;
	const struct campaign_report_offer *baseline; /* NULL: none */
	const char *source;
};

/* Weight of a person on a day by the campaign of highest priority that is open (else the first one); 1 without rules. */
int32_t campaigns_weight(const struct campaign *campaigns, size_t n, const struct person *person, struct date day, bool primary);

#endif
