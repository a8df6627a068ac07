/* SPDX-License-Identifier: Apache-2.0 */
/* lagrange: what no plan can exceed. Each company once, each person once, the
 * vials of each lot, the minutes of injectors and of vehicles have a price;
 * at any prices the places then decide alone, and what they get, with the
 * worth of all that is priced, is a bound (Geoffrion 1974). Subgradient steps
 * look for the prices that give the least one; they are shadow prices. */
#ifndef PLANVAX_PLAN_LAGRANGE_H
#define PLANVAX_PLAN_LAGRANGE_H

#include "lagrange_model.h"

/* Points that a little more of something would bring at most, at the best prices found. */
struct lagrange_prices {
	double *item;        /* a taker more, by item */
	double *unit;        /* a smallest dose more, by lot of the relaxation */
	double *vehicle;     /* a minute more, vehicle x span */
	double *injector;    /* a minute more, home x span */
};

/* The least bound found on the points of any plan; reached: points of a plan, which set the steps. prices may be NULL,
 * else lagrange_release frees it. */
double lagrange_bound(const struct relaxation *m, double reached, struct lagrange_prices *prices);
void lagrange_release(struct lagrange_prices *prices);

#endif
