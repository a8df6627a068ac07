/* SPDX-License-Identifier: Apache-2.0 */
/* comparison: plans of one service made under two sets of options, side by
 * side, as figures: indicators, score term by term, weeks without a day, what
 * stays unserved by reason. Pure; any thread. */
#ifndef PLANVAX_VIEW_COMPARISON_H
#define PLANVAX_VIEW_COMPARISON_H

#include <planvax/base/json.h>
#include <planvax/model/plan.h>
#include <planvax/model/snapshot.h>

/* One side. */
struct comparison_side {
	const struct plan_service *plan;
	const char *options_json; /* as the plan document writes them */
	size_t n_changes;         /* offers that differ from the published plan; 0 without one */
};

/* Appends an object: "options", "indicators", "score" (every term), "bound", "missing_weeks":[{"week","reason","detail"}],
 * "unserved":[{"reason","companies","expected"}], "days", "sessions", "tours", "expected", "changes". */
void comparison_write(const struct comparison_side *side, const struct snapshot *s, struct json_writer *w);

#endif
