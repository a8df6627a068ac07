/* SPDX-License-Identifier: Apache-2.0 */
/* plan_vials: whether lots can serve all openings of a plan (H4), vial by vial. */
#ifndef PLANVAX_TESTS_PLAN_VIALS_H
#define PLANVAX_TESTS_PLAN_VIALS_H

#include <planvax/base/buf.h>
#include <planvax/plan/planner.h>

/* Appends a line for each vial that is missing; returns the wasted doses. */
int64_t plan_vials_check(const struct planner_input *in, const struct plan_service *plan, struct buf *out);

#endif
