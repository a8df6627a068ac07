/* SPDX-License-Identifier: Apache-2.0 */
/* bound: the Lagrangian bound, rounded up. */
#include "bound.h"

#include "lagrange.h"

#include <math.h>

/* Rounding of doubles is far less than this share. */
#define ROUNDING 1e-9

static int64_t bound_of(const struct solution *s, bool costs)
{
	struct relaxation m;
	double reached = (double)(costs ? solution_total(s) : s->totals.weighted + s->totals.visit_points);
	double value;

	lagrange_model_make(&m, s, costs);
	value = lagrange_bound(&m, reached, NULL);
	lagrange_model_release(&m);
	return (int64_t)floor(value + fabs(value) * ROUNDING) + 1;
}

struct bound bound_make(const struct solution *s)
{
	return (struct bound){.coverage = bound_of(s, false), .total = bound_of(s, true)};
}
