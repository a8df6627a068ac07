/* SPDX-License-Identifier: Apache-2.0 */
/* published: the published plan's items by index, and copies of them. */
#ifndef PLANVAX_PLAN_PUBLISHED_H
#define PLANVAX_PLAN_PUBLISHED_H

#include <assert.h>
#include <planvax/base/arena.h>
#include <planvax/model/plan.h>

/* Its days, then its sessions. */
static inline const struct plan_offer *published_offer(const struct plan_service *old, int32_t index)
{
	assert(old);
	return (size_t)index < old->n_days ? &old->days[index] : &old->sessions[(size_t)index - old->n_days];
}

/* A copy that shares nothing with the original. */
void published_copy(const struct plan_offer *offer, struct arena *arena, struct plan_offer *out);

#endif
