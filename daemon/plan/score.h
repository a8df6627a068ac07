/* SPDX-License-Identifier: Apache-2.0 */
/* score: the terms of PLANNING.md 4. */
#ifndef PLANVAX_PLAN_SCORE_H
#define PLANVAX_PLAN_SCORE_H

#include "solution.h"

/* The solution's running totals as the plan tells them. */
void score_take(const struct solution *s, struct plan_score *out);

/* The same, counted anew from the blocks and doses: the running totals must agree. */
void score_recount(const struct solution *s, struct plan_score *out);

#endif
