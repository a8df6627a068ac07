/* SPDX-License-Identifier: Apache-2.0 */
/* explain: a reason why a company is left out, and the least that would serve
 * it, in words. */
#ifndef PLANVAX_PLAN_EXPLAIN_H
#define PLANVAX_PLAN_EXPLAIN_H

#include "solution.h"

/* What stands in the way of one offer, as bits; of ways that are barred as often, the first of these is told: more
 * doses would serve even where an offer is possible that is not worth it. */
enum explain_bar {
	EXPLAIN_DOSES = 1, EXPLAIN_CAPACITY = 2, EXPLAIN_STAFF = 4, EXPLAIN_NOT_WORTH = 8, EXPLAIN_NOTICE = 16, EXPLAIN_HOURS = 32,
	EXPLAIN_PINNED = 64, EXPLAIN_TOO_SMALL = 128, EXPLAIN_DISTANCE = 256, EXPLAIN_NO_HOST = 512
};

/* The offer, of the plan or new, that comes nearest to serving a company. */
struct explain_finding {
	unsigned bars;       /* EXPLAIN_NOT_WORTH alone: it could be held, and would cost more than it brings */
	int32_t site, day;   /* -1 none */
	int32_t distance_m;
	int32_t product;     /* of EXPLAIN_DOSES, with the vials that are missing; -1 */
	int32_t vials;
	int32_t missing;     /* places or takers */
	int32_t reached;     /* takers whom the offer would have; 0: not counted */
	bool fresh;          /* a new offer */
	bool vehicle;        /* by vehicle alone */
};

/* Whether x is nearer to serving than y. */
bool explain_nearer(const struct explain_finding *x, const struct explain_finding *y);

/* Reason and detail of a finding; texts in arena. */
void explain_tell(const struct solution *s, struct arena *arena, const struct explain_finding *x, struct plan_unserved *out);

#endif
