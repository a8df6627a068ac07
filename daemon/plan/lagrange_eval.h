/* SPDX-License-Identifier: Apache-2.0 */
/* lagrange_eval: the best of the relaxation at given prices, and what it leaves of all that is priced. */
#ifndef PLANVAX_PLAN_LAGRANGE_EVAL_H
#define PLANVAX_PLAN_LAGRANGE_EVAL_H

#include "lagrange.h"

struct lagrange_eval;

/* Working memory for a relaxation, which must outlive it. NULL may be freed. */
struct lagrange_eval *lagrange_eval_new(const struct relaxation *m);
void lagrange_eval_free(struct lagrange_eval *x);

/* The bound at these prices; *left: what is left of each, negative where more is used than there is. */
double lagrange_eval_run(struct lagrange_eval *x, const struct lagrange_prices *now, struct lagrange_prices *left);

#endif
