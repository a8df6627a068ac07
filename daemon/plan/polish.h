/* SPDX-License-Identifier: Apache-2.0 */
/* polish: the search: several first plans, then small pieces of the best one
 * taken out and put in anew for as long as the budget lasts. */
#ifndef PLANVAX_PLAN_POLISH_H
#define PLANVAX_PLAN_POLISH_H

#include "solution.h"

/* Improves the solution (its log is empty before and after). Returns the iterations made; ERR_STOPPED: stopped before
 * the first plan stood. */
int64_t polish_run(struct solution *s);

#endif
