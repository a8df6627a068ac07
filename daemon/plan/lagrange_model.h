/* SPDX-License-Identifier: Apache-2.0 */
/* lagrange_model: the relaxed problem behind the bound: who asks, where offers
 * could be, what an offer costs at the very least, and what it uses. Each
 * number errs on the side of the plan, so that no valid plan is worth more. */
#ifndef PLANVAX_PLAN_LAGRANGE_MODEL_H
#define PLANVAX_PLAN_LAGRANGE_MODEL_H

#include "solution.h"

#define LAGRANGE_MAX_CLASSES 32

/* Days between which neither the ISO week nor the delay changes. */
struct relax_span {
	int32_t first, last, week;
	double factor;       /* of points, by the delay */
};

/* A company's takers or a visitor. */
struct relax_item {
	int32_t company, visitor; /* one is -1 */
	double most;         /* takers over the horizon */
	double bonus;        /* points a taker besides distance and delay */
	int32_t class;       /* which products may serve it */
};

/* An item within reach of a cell. */
struct relax_entry {
	int32_t item;
	double base;         /* points of one taker but for the delay */
};

/* One way to hold an offer. */
struct relax_option {
	bool day;            /* a weekly day */
	int32_t source;      /* prices that hold: of a centre's vials, or n_centres: of all */
	int32_t vehicle;     /* -1: by car */
	double fixed, each;  /* points an offer, a taker */
	double vehicle_min, vehicle_each; /* minutes of the vehicle */
	double least;        /* fewest takers */
};

/* Places that are one to the relaxation. */
struct relax_cell {
	struct geo_point at;
	int32_t radius_m;
	int32_t centre;      /* -1: companies */
	int32_t site;        /* of the plan's sites, of a cell of one place; -1 */
	double least;        /* of a session or stop */
	bool day_kind, car, stop;
	bool msa;            /* its first offer is rewarded */
	int32_t first, n;    /* entries */
	int32_t first_option, n_options;
	int32_t nearest_m;   /* to another cell or the base, at least */
};

struct relax_lot {
	int32_t product, centre, from, to;
	double units;
};

/* A visit at which a dose may be given. */
struct relax_visit {
	int32_t visit, item, slot, centre, span; /* slot: practitioner and day; -1: only when moved */
	double points;
	bool movable;
};

struct relaxation {
	const struct problem *p;
	const struct solution *s;
	bool costs;          /* false: what is served alone counts */
	int32_t n_spans, n_items, n_cells, n_options, n_lots, n_visits, n_classes;
	struct relax_span *spans;
	struct relax_item *items;
	double *takers;      /* item x span: most in one */
	int32_t *item_of_company, *item_of_visitor; /* -1 none */
	struct relax_cell *cells;
	bool *open;          /* cell x span */
	VEC(struct relax_entry) entries;
	struct relax_option *options;
	struct relax_lot *lots;
	struct relax_visit *visits; /* by slot */
	uint32_t classes[LAGRANGE_MAX_CLASSES]; /* products, as bits */
	double *vehicle_supply;  /* vehicle x span, minutes */
	double *injector_supply; /* home (n_centres: none) x span, minutes */
	bool by_neighbours;  /* how a tour's driving is shared out */
	int32_t n_listed;    /* scratch: cell that is being listed */
	double constant;     /* points of the plan that serves nobody */
};

/* Makes it; lagrange_model_release frees. */
void lagrange_model_make(struct relaxation *m, const struct solution *s, bool costs);
void lagrange_model_release(struct relaxation *m);

#endif
