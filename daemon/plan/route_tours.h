/* SPDX-License-Identifier: Apache-2.0 */
/* route_tours: the tours of a routing task under construction: the cheapest place of a site in a tour in O(1) a
 * position, putting in, taking out, and the way back to the last kept state. */
#ifndef PLANVAX_PLAN_ROUTE_TOURS_H
#define PLANVAX_PLAN_ROUTE_TOURS_H

#include "route.h"

#include <planvax/base/rng.h>
#include <stdbool.h>

#define ROUTE_TOURS_NEVER INT32_MAX /* cost of what does not fit */

/* One tour. stop[0] is the departure, stop[n + 1] the return. */
struct route_tour {
	int32_t n;       /* sites */
	int32_t load;
	int32_t spent;   /* driving and service, without waiting */
	int32_t *stop;
	int32_t *leg;    /* leg[i]: from stop[i] to stop[i + 1] */
	int32_t *leave;  /* earliest departure; with windows alone */
	int32_t *late;   /* latest begin of service that keeps all that follows; with windows alone */
	int32_t kept_n;  /* as it was kept */
	int32_t *kept;
	bool changed;    /* since it was kept */
};

enum { ROUTE_ABSENT = -1, ROUTE_NEVER = -2 };

struct route_tours {
	const struct route_task *task;
	bool windows;              /* some site opens late or closes early */
	struct route_tour *tours;
	int32_t *tour_of;          /* a site's tour, ROUTE_ABSENT, or ROUTE_NEVER: no tour can visit it */
	int32_t *absent, n_absent; /* sites that could be visited, in no order */
	int32_t *at;               /* of an absent site in absent */
	int32_t *changed, n_changed; /* tours */
	int64_t profit, spent;     /* of all tours */
	int32_t blink;             /* positions until one is overlooked */
	struct rng *rng;           /* borrowed */
	int32_t *memory;
};

/* All tours empty, all sites that alone fit a tour absent. */
void route_tours_init(struct route_tours *t, const struct route_task *task, struct rng *rng);

/* Frees it. */
void route_tours_release(struct route_tours *t);

/* Cheapest additional driving, below `bound`, of site in a tour, behind stop[*position]; ROUTE_TOURS_NEVER: none. One position in a hundred is
 * overlooked ("blinks"), so that the search does not always go the same way. */
int32_t route_tours_cost(struct route_tours *t, int32_t site, int32_t tour, int32_t bound, int32_t *position);

/* Puts an absent site there. */
void route_tours_put(struct route_tours *t, int32_t site, int32_t tour, int32_t position);

/* Takes out the stops first..last but for those keep_first..keep_last - 1. */
struct route_cut {
	int32_t tour, first, last, keep_first, keep_last;
};
void route_tours_cut(struct route_tours *t, const struct route_cut *cut);

/* Accepts what changed. */
void route_tours_keep(struct route_tours *t);

/* Undoes what changed since. */
void route_tours_undo(struct route_tours *t);

#endif
