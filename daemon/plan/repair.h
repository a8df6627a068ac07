/* SPDX-License-Identifier: Apache-2.0 */
/* repair: starts a solution from the published plan (H9): what is pinned or
 * frozen stays as it is unless facts break it, the rest is kept while it can be. */
#ifndef PLANVAX_PLAN_REPAIR_H
#define PLANVAX_PLAN_REPAIR_H

#include "solution.h"

/* What facts broke, in published order. */
struct repair {
	VEC(struct plan_forced) forced; /* texts in the arena of the plan */
};

/* Puts the published plan's items into an empty solution; accepts the log. */
void repair_start(struct repair *r, struct solution *s, struct arena *arena);

/* Frees the list. */
void repair_release(struct repair *r);

#endif
