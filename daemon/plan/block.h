/* SPDX-License-Identifier: Apache-2.0 */
/* block: what a solution puts in or takes out as a whole: a weekly day, a
 * session by car, or a tour with its stops. Plain values and their memory. */
#ifndef PLANVAX_PLAN_BLOCK_H
#define PLANVAX_PLAN_BLOCK_H

#include "problem.h"

#define BLOCK_MAX_TEAM 16
#define BLOCK_MAX_STOPS 8

/* Takers of a company in an offer. */
struct line {
	int32_t company, n, distance_m;
};

/* A person named in an offer. */
struct named {
	int32_t visitor, distance_m, product;
	bool booster;
};

/* Doses of an offer by product and volume. */
struct dose {
	int32_t product, n;
	bool booster;
};

/* A visit that a block displaces. */
struct displaced {
	int32_t visit;           /* of the problem */
	bool postponed;
	int32_t day, min, staff; /* where it is moved to */
	struct date new_due;     /* of a postponed one */
	const char *regime;
};

/* One offer. */
struct stop {
	int32_t site;
	int32_t start, end;      /* minutes of the day */
	int32_t arrive, leave;   /* of a vehicle */
	int32_t posts, usable, capacity, expected;
	int32_t product;         /* that companies' takers get first */
	VEC(struct line) lines;  /* in no order */
	VEC(struct named) people;
	VEC(struct dose) doses;
	int64_t points;          /* of lines and people */
	int32_t published;       /* its index among the published days, then sessions; -1 new */
	bool intact;             /* date, time, place, staff and vehicle are the published ones */
	bool verbatim;           /* so is everything else: told as published */
};

enum block_type { BLOCK_DAY, BLOCK_SESSION, BLOCK_TOUR };

struct block {
	enum block_type type;
	int32_t day;
	int32_t n_staff;
	int32_t staff[BLOCK_MAX_TEAM]; /* sorted */
	int32_t from[BLOCK_MAX_TEAM], to[BLOCK_MAX_TEAM]; /* their spans, travel included */
	int32_t n_stops;
	struct stop stops[BLOCK_MAX_STOPS]; /* one but for tours */
	VEC(struct displaced) moves;
	int32_t vehicle, depart, back, distance_m; /* of a tour */
	int32_t travel_m, staff_min; /* as the score counts them */
	bool fixed;              /* pinned or frozen: never taken out by the search */
	int32_t slot;            /* of vials; -1 while detached */
	uint32_t sourced;        /* products for which the slot may use its sources, as bits */
	bool leaving;            /* being taken out with what depends on it */
	int32_t at;              /* index among the solution's blocks; -1 outside */
};

/* A block outside the solution; copies share nothing. block_free: NULL allowed. */
struct block *block_new(enum block_type type, int32_t day);
struct block *block_copy(const struct block *b);
void block_free(struct block *b);

/* Forgets a stop's lines, people and doses. */
void block_clear_stop(struct stop *stop);

/* Smallest doses that a block's offers use of a product. */
int32_t block_units(const struct problem *p, const struct block *b, int32_t product);

#endif
