/* SPDX-License-Identifier: Apache-2.0 */
/* planner: one planning run of one service. snapshot + rules + options -> plan.
 * Reads no clock (but the time limit's), no file, no store; equal input gives
 * equal bytes. Any thread.
 *
 * A run derives the problem (who is due on which day, companies' demand, free
 * time, doses), proposes at visits, opens weekly days, on-site sessions and
 * vaccibus tours, re-places the visits they displace, polishes until the budget is
 * spent, bounds what any plan could reach, and explains what is left out. It
 * starts from the published plan, if there is one: what is pinned or frozen stays
 * byte-equal unless facts break it, and other changes cost. */
#ifndef PLANVAX_PLAN_PLANNER_H
#define PLANVAX_PLAN_PLANNER_H

#include <planvax/base/arena.h>
#include <planvax/base/fault.h>
#include <planvax/model/plan.h>
#include <planvax/model/snapshot.h>
#include <planvax/plan/plan_options.h>
#include <planvax/rules/ruleset.h>
#include <stdatomic.h>

struct planner_input {
	const struct snapshot *snapshot;  /* sealed; outlives the plan */
	const struct ruleset *rules;      /* outlives the plan */
	const struct plan_options *options;
	struct date from, to;             /* horizon, both included; at most 400 days */
	struct instant now;               /* the planning clock */
	int64_t seed;
	int64_t iterations;               /* > 0: exactly so many; 0: the default effort */
	int64_t deadline_ms;              /* clock_monotonic_ms at which to stop; 0: none */
	const struct plan_service *published; /* NULL: none. Its version + 1 is the new version */
	const atomic_bool *stop;          /* NULL: run to the budget */
};

/* Plans one service. *plan is owned by arena, untouched on failure; it keeps no pointer into `published`,
 * borrows texts of the snapshot and of the rules.
 * 0; ERR_LIMIT: horizon or data beyond the limits (f); ERR_STOPPED: stopped before a first valid plan. */
int planner_run(const struct planner_input *in, struct arena *arena, const struct plan_service **plan, struct fault *f);

#endif
