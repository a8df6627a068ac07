/* SPDX-License-Identifier: Apache-2.0 */
/* bound: what no plan can exceed, by Lagrangian relaxation (lagrange.h). */
#ifndef PLANVAX_PLAN_BOUND_H
#define PLANVAX_PLAN_BOUND_H

#include "solution.h"

struct bound {
	int64_t coverage, total;
};

/* Bounds on weighted_expected + visit_points and on the total; s gives problem, sites, stock
 * and the points reached. */
struct bound bound_make(const struct solution *s);

#endif
