/* SPDX-License-Identifier: Apache-2.0 */
/* unserved: companies without a place, or with too few, and what stood in the
 * way of the offer that came nearest to serving them. */
#ifndef PLANVAX_PLAN_UNSERVED_H
#define PLANVAX_PLAN_UNSERVED_H

#include "solution.h"

/* By siret, into arena; *n is their number. */
struct plan_unserved *unserved_make(struct solution *s, struct arena *arena, size_t *n);

#endif
