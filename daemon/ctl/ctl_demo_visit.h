/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_visit: who comes to which visit: people drawn without return, the visit
 * type that fits person and practitioner, its length and due date. */
#ifndef PLANVAX_CTL_DEMO_VISIT_H
#define PLANVAX_CTL_DEMO_VISIT_H

#include "ctl_demo_world.h"

/* The people of a service in the order in which they come. */
struct ctl_demo_visit_pool {
	const struct ctl_demo_service *service; /* borrowed */
	uint32_t *order;       /* people who have visits; owned */
	size_t n, next;
	uint32_t strangers;    /* unknown persons named so far */
};

/* One visit. */
struct ctl_demo_visit {
	const char *type;      /* code; static */
	char person[CTL_DEMO_ID + 16];
	int minutes;
	struct date due;       /* DATE_NONE: no statutory date */
};

/* Shuffles the people who have visits: employees, temporary workers and contractors. */
void ctl_demo_visit_pool_init(struct ctl_demo_visit_pool *pool, const struct ctl_demo_service *s, struct rng *r);

/* Frees it. */
void ctl_demo_visit_pool_release(struct ctl_demo_visit_pool *pool);

/* Draws a visit for a practitioner on a day; false where the service has nobody. */
bool ctl_demo_visit_draw(struct ctl_demo_visit_pool *pool, struct rng *r, enum staff_role role, struct date day,
	struct ctl_demo_visit *visit);

#endif
