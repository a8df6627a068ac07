/* SPDX-License-Identifier: Apache-2.0 */
/* sites: the places where offers can be, when they are open, and whom each
 * reaches, best first: found when first asked for. One thread alone uses them. */
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
	bool scout;              /* one of the few that stand for all in a quick plan */
	int32_t min_expected;    /* of a session (H12) */
	int32_t *centre_m;       /* road metres from each centre of the service */
	int32_t *centre_min;     /* minutes */
	uint8_t *day;            /* enum site_day by day */
	struct reach *reach;     /* by key descending, then company before person, then index */
	int32_t n_reach;         /* -1: not known yet, see sites_know */
};

struct reaching;

struct sites {
	struct site *items;      /* centres first, then companies, by index */
	int32_t n, n_centres;
	int32_t *of_company;     /* company -> site, or -1 */
	const struct problem *p;
	struct reaching *reaching; /* how reach is found */
};

/* Makes them in the problem's arena. */
void sites_make(struct sites *sites, const struct problem *p);

/* Finds whom a site reaches, if that is not known yet; it does not change afterwards. All: of every site. */
void sites_know(const struct sites *sites, int32_t site);
void sites_know_all(const struct sites *sites);

/* Road metres between two sites. */
int32_t sites_metres(const struct problem *p, const struct site *a, const struct site *b);

#endif
