/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_history: one person's doses, infections and refusals, as days before the
 * first of the month. The shares are those of French adults at the start of 2022. */
#ifndef PLANVAX_CTL_DEMO_HISTORY_H
#define PLANVAX_CTL_DEMO_HISTORY_H

#include "ctl_demo_world.h"

/* Writes the person's history; age in years on the first of the month. */
void ctl_demo_history_write(struct ctl_demo_world *w, const struct ctl_demo_service *s, struct rng *r,
	const struct ctl_demo_person *p, int age);

#endif
