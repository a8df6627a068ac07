/* SPDX-License-Identifier: Apache-2.0 */
/* onsite: sessions by car, tours and further days: the first plan, by greedy
 * insertion of what brings most. */
#ifndef PLANVAX_PLAN_ONSITE_H
#define PLANVAX_PLAN_ONSITE_H

#include "offers.h"

/* Something that could be put in. */
struct onsite_idea {
	enum block_type type;
	int32_t site;      /* of a day or session */
	int32_t vehicle;   /* of a tour */
	int32_t day;
};

/* Builds the idea's best block. */
void onsite_try(struct solution *s, const struct onsite_idea *idea, const struct offers_style *style, struct offers_choice *best);

/* Puts ideas in while the best brings something; `done` is asked between insertions whether to end. */
void onsite_insert_all(struct solution *s, const struct offers_style *style);

/* A first plan on an empty or warm-started solution: weekly days, what else pays, doses at visits. */
void onsite_construct(struct solution *s, const struct offers_style *style);

#endif
