/* SPDX-License-Identifier: Apache-2.0 */
/* route: team orienteering with time windows, service times and capacity: which sites a few vehicles visit on one
 * day, and in which order, so that the profit is greatest. Ruin and recreate by strings (Christiaens and Vanden
 * Berghe 2020), accepted by simulated annealing on the profit. Pure: equal task, seed and iterations give
 * equal routes. The inner loop allocates nothing. */
#ifndef PLANVAX_PLAN_ROUTE_H
#define PLANVAX_PLAN_ROUTE_H

#include <stddef.h>
#include <stdint.h>

#define ROUTE_MAX_SITES 20000

/* A site. Times are in the ticks of the task, from the same zero. */
struct route_site {
	int32_t profit;      /* 0 or less: not worth a visit */
	int32_t service;     /* ticks spent there */
	int32_t open, close; /* service begins within; earlier arrivals wait */
	int32_t load;        /* taken from the vehicle's capacity */
};

/* Sites are 0..n-1; the place of departure is n, that of return n + 1. All is borrowed. Times and sums of a tour stay below 2^30. */
struct route_task {
	int32_t n;
	const struct route_site *sites;
	const int32_t *travel;  /* ticks from a row's place to a column's: (n + 2) * (n + 2), at least 0 */
	int32_t vehicles;       /* alike */
	int32_t depart, back;   /* no tour leaves before depart or returns after back */
	int32_t capacity;       /* of each vehicle */
};

/* How long to search. */
struct route_effort {
	int64_t iterations;         /* at most; 0: until told_share says that it is over */
	/* Share of the budget that is spent, 0 to 1; 1 ends the search. NULL: iterations alone count. Asked every 64 iterations. */
	double (*told_share)(void *arg);
	void *arg;
	uint64_t seed;
};

/* Routes found; release frees them. */
struct route_plan {
	int64_t profit;
	int32_t n_routes;     /* the vehicles of the task; some may stay at home */
	int32_t *length;      /* sites of each */
	int32_t **stops;      /* in driving order */
	int64_t iterations;   /* made */
};

/* Solves the task. out is the caller's, to be released. */
void route_solve(const struct route_task *task, const struct route_effort *effort, struct route_plan *out);

/* Frees what route_solve filled. */
void route_release(struct route_plan *plan);

#endif
