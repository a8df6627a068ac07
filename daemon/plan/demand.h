/* SPDX-License-Identifier: Apache-2.0 */
/* demand: who is due on which day, and what companies therefore ask for. */
#ifndef PLANVAX_PLAN_DEMAND_H
#define PLANVAX_PLAN_DEMAND_H

#include "problem.h"

/* Fills visitors, due records, classes, weights and demand of a problem whose visits are known. */
void demand_make(struct problem *p);

/* Splits n takers of company c on day d by kind of person (largest remainder) into kinds. */
void demand_kinds(const struct problem *p, int32_t c, int32_t d, int32_t n, int32_t kinds[PERSON_KINDS]);


/* Takers of company c on day d, counted in people due without visit: all, those who may get the product, and those of
 * them whose next dose is a booster. */
struct demand_share {
	int32_t due, may, boosters;
};
struct demand_share demand_share(const struct problem *p, int32_t c, int32_t d, int32_t product);

#endif
