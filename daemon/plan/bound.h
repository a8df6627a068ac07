/* SPDX-License-Identifier: Apache-2.0 */
/* bound: what no plan can exceed, by a relaxation: everyone due is served at no
 * distance as early as may be, as far as doses reach. */
#ifndef PLANVAX_PLAN_BOUND_H
#define PLANVAX_PLAN_BOUND_H

#include "solution.h"

struct bound {
	int64_t coverage, total;
};

/* Bounds on weighted_expected + visit_points and on the total; s gives problem, sites and stock. */
struct bound bound_make(const struct solution *s);

#endif
