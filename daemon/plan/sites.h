/* SPDX-License-Identifier: Apache-2.0 */
/* sites: the places where offers can be, when they are open, and whom each
 * reaches, best first. Immutable once made. */
#ifndef PLANVAX_PLAN_SITES_H
#define PLANVAX_PLAN_SITES_H

#include "problem.h"

/* Why a site cannot be used on a day. */
enum site_day { SITE_OPEN, SITE_CLOSED, SITE_NOTICE, SITE_FORBIDDEN };

/* A company or a visitor that an offer at the site can serve. */
struct reach {
	int32_t index;       /* company, or visitor */
	int32_t distance_m;  /* of the company; of a visitor's company, at most the limit */
	int64_t key;         /* points of one taker but for the delay: the order */
	bool person;
};

struct site {
	int32_t centre, company; /* one of them is -1 */
	struct geo_point at;
	const struct hours *hours;  /* NULL: always open */
	int32_t posts;           /* vaccination posts; INT32_MAX at a company */
	bool day_kind;           /* may hold weekly days */
	bool car;                /* may hold sessions by car */
	bool stop;               /* a vehicle may stop here */
	int32_t min_expected;    /* of a session (H12) */
	int32_t *centre_m;       /* road metres from each centre of the service */
	int32_t *centre_min;     /* minutes */
	uint8_t *day;            /* enum site_day by day */
	struct reach *reach;     /* by key descending, then company before person, then index */
	int32_t n_reach;
};

struct sites {
	struct site *items;      /* centres first, then companies, by index */
	int32_t n, n_centres;
	int32_t *of_company;     /* company -> site, or -1 */
};

/* Makes them in the problem's arena. */
void sites_make(struct sites *sites, const struct problem *p);

/* Road metres between two sites. */
int32_t sites_metres(const struct problem *p, const struct site *a, const struct site *b);

#endif
