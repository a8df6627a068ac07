/* SPDX-License-Identifier: Apache-2.0 */
/* plan_check: reads a plan against its snapshot by PLANNING.md alone, knowing
 * nothing of how the planner works: H1 to H12 and the score, plainly counted. */
#ifndef PLANVAX_TESTS_PLAN_CHECK_H
#define PLANVAX_TESTS_PLAN_CHECK_H

#include <planvax/base/buf.h>
#include <planvax/plan/planner.h>

/* Appends a line for each violation, nothing if there is none. */
void plan_check_run(const struct planner_input *in, const struct plan_service *plan, struct buf *out);

#endif
