/* SPDX-License-Identifier: Apache-2.0 */
/* proposals: what each visit is told (PLANNING.md 2.1). */
#ifndef PLANVAX_PLAN_PROPOSALS_H
#define PLANVAX_PLAN_PROPOSALS_H

#include "solution.h"

/* One proposal a visit of the horizon, by visit_id, in arena. offer_ids gives a block's stop's id: the caller's. */
struct proposals_ids {
	const char *(*id)(void *arg, const struct block *b, int32_t visitor, enum plan_place *place);
	void *arg;
};
struct plan_proposal *proposals_make(struct solution *s, const struct proposals_ids *ids, struct arena *arena);

#endif
