/* SPDX-License-Identifier: Apache-2.0 */
/* plan_diff: two plans of one service -> what changed, in the order of the new plan's items. Pure; any thread. */
#ifndef PLANVAX_PLAN_PLAN_DIFF_H
#define PLANVAX_PLAN_PLAN_DIFF_H

#include <planvax/base/arena.h>
#include <planvax/model/change.h>
#include <planvax/model/plan.h>

struct plan_diff {
	const struct plan_change *changes; /* by offer id */
	size_t n_changes;
	const struct plan_move *moved;     /* visits moved now and not, or otherwise, before */
	size_t n_moved;
	const struct plan_move *unmoved;   /* visits that were moved before and keep their old time now */
	size_t n_unmoved;
	size_t n_proposals_changed;        /* visits whose proposal differs */
	bool same;                         /* nothing differs at all, score and version aside */
};

/* Compares; before may be NULL (everything is added). Result and texts live in arena; offers are borrowed from both. */
void plan_diff_run(const struct plan_service *before, const struct plan_service *after, struct arena *arena, struct plan_diff *diff);

#endif
