/* SPDX-License-Identifier: Apache-2.0 */
/* displace: new places for the visits that a block's team cannot hold (H7). */
#ifndef PLANVAX_PLAN_DISPLACE_H
#define PLANVAX_PLAN_DISPLACE_H

#include "solution.h"

/* Fills the moves of a block outside the solution from its team's spans. Returns -1, or the index in the team of a
 * member who is bound otherwise or whose visit can neither be moved nor postponed; moves are empty then. */
int32_t displace_plan(struct solution *s, struct block *b);

/* Whether a visit has a chance to be displaced: far enough from now to be moved, or to be postponed. */
bool displace_possible(const struct solution *s, int32_t visit);

/* Whether a published move may stay: the rules but for notice, and a free place. The visit's own time is a ghost. */
bool displace_may_stay(const struct solution *s, const struct displaced *m);

/* Regime in force under which a visit may be postponed; NULL: none. */
const char *displace_regime(const struct solution *s, int32_t visit);

#endif
