/* SPDX-License-Identifier: Apache-2.0 */
/* plan_build: a solution as the plan of a service. */
#ifndef PLANVAX_PLAN_PLAN_BUILD_H
#define PLANVAX_PLAN_PLAN_BUILD_H

#include "solution.h"

/* Offers, tours, moves, proposals and score into *out, in arena; unserved, forced, bound and iterations are the caller's. */
void plan_build_make(struct solution *s, struct arena *arena, struct plan_service *out);

#endif
