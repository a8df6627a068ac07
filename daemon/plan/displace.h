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

/* Whether a moved visit's new place keeps the rules that do not depend on agendas. */
bool displace_allowed(const struct problem *p, const struct displaced *m);

#endif
