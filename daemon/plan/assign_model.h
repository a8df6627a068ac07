/* SPDX-License-Identifier: Apache-2.0 */
/* assign_model: items (people, undivided companies) in bins (offers, a practitioner's day) that draw from pools (opened
 * vials of a product in a slot). Changes are made on the solution's own supply, so that vials are always to be had. */
#ifndef PLANVAX_PLAN_ASSIGN_MODEL_H
#define PLANVAX_PLAN_ASSIGN_MODEL_H

#include "saved.h"
#include "solution.h"

/* A place that an item may have. */
struct assign_place {
	int32_t item, bin, pool;
	int32_t n, units;      /* takers, smallest doses */
	int32_t visit;         /* of the problem; -1: in an offer */
	int32_t distance_m;
	bool booster;
	int64_t value;         /* points */
};

struct assign_item {
	int32_t index;         /* visitor, or company */
	bool person;
	bool locked;           /* stays where it is */
	bool must;             /* hosts an offer: has to be in one */
	int32_t first, n;      /* its places */
	int32_t at;            /* its place now; -1 none */
	int32_t member;        /* its index among the pool's members */
};

struct assign_bin {
	int32_t block, stop;   /* of the saved blocks; -1: visits */
	int32_t takers, cap, least;
};

struct assign_pool {
	int32_t slot, product, per;
	int32_t units;
	int32_t first, n;      /* range of by_pool */
	VEC(int32_t) members;  /* items */
};

struct assign_change {
	int32_t item, before;
};

struct assign_model {
	struct solution *s;
	struct saved saved;    /* where it began; offers in the order of the bins */
	VEC(struct assign_item) items;
	VEC(struct assign_place) places; /* by item */
	VEC(struct assign_bin) bins;
	VEC(struct assign_pool) pools;
	int32_t *by_pool;      /* places by pool */
	int32_t *visitor_item, *company_item; /* -1: none */
	int32_t *day_bin;      /* of visits, staff x day; -1 none */
	VEC(int32_t) pool_of;  /* slot x product; -1 none */
	VEC(struct assign_change) trail;
	int64_t value;         /* of all items, less waste and what bins lack */
};

/* Reads the solution, whose log is empty. False: there is nothing to decide. Release in both cases. */
bool assign_model_make(struct assign_model *m, struct solution *s);
void assign_model_release(struct assign_model *m);

/* Moves an item to a place (-1: none); false: no room there, nothing changed. The trail tells it. */
bool assign_model_put(struct assign_model *m, int32_t item, int32_t place);

/* Takes changes back to a length of the trail. */
void assign_model_back(struct assign_model *m, size_t length);

/* Smallest doses of opened vials that nobody has. */
int32_t assign_model_spare(const struct assign_model *m, int32_t pool);

/* Makes the solution what the model says; `at` is the place of each item. False: it is as it was, for that does not fit or has
 * no more than `least` points. */
bool assign_model_write(struct assign_model *m, const int32_t *at, int64_t least);

#endif
