/* SPDX-License-Identifier: Apache-2.0 */
/* saved: a copy of a solution's free decisions, to come back to. */
#ifndef PLANVAX_PLAN_SAVED_H
#define PLANVAX_PLAN_SAVED_H

#include "solution.h"

struct saved_dose {
	int32_t visit, product;
	bool booster;
};

struct saved {
	VEC(struct block *) blocks;
	VEC(struct saved_dose) doses;
	int64_t total;
	bool any;
};

/* Copies the solution's blocks that are not fixed, and its doses at visits; what was saved before is freed. */
void saved_take(struct saved *saved, const struct solution *s);

/* Makes the solution that; its log must be empty and is empty after. saved_put: copies that were changed; false: it no longer
 * fits, some of it is missing. */
bool saved_put(const struct saved *saved, struct solution *s);
void saved_restore(const struct saved *saved, struct solution *s);

/* Frees the copy. */
void saved_release(struct saved *saved);

#endif
