/* SPDX-License-Identifier: Apache-2.0 */
/* fairness: how the load of a plan lies on the staff: days with offers,
 * evenings, Saturdays, hours, kilometres, visits taken over; each member's
 * share of the mean of its role. Pure; any thread. */
#ifndef PLANVAX_PLAN_FAIRNESS_H
#define PLANVAX_PLAN_FAIRNESS_H

#include <planvax/base/arena.h>
#include <planvax/base/json.h>
#include <planvax/model/plan.h>
#include <planvax/model/snapshot.h>

#define FAIRNESS_EVENING_MIN 1080 /* an offer that ends later than 18:00 is an evening */

struct fairness_row {
	int32_t staff;       /* in the snapshot */
	int32_t offers, days, evenings, saturdays;
	int32_t minutes;     /* of offers, travel not counted */
	int64_t travel_m;    /* twice the way from the own centre for days and sessions by car, the tour's length on a tour */
	int32_t taken_over;  /* visits of others, or of its own, that the plan moves to it */
	int32_t share_pct;   /* its days x 100 / mean of its role; 0 where the role has none */
};

struct fairness_role {
	int32_t members, days, least, most; /* days: sum over members; least and most of one member */
};
#define FAIRNESS_ROLES 6

struct fairness {
	const struct fairness_row *rows; /* one a member, in the snapshot's order */
	size_t n;
	struct fairness_role roles[FAIRNESS_ROLES]; /* by enum staff_role */
};

/* Counts; rows in arena. detour_pct: the option of that name. */
void fairness_count(const struct plan_service *plan, const struct snapshot *s, int detour_pct, struct arena *arena, struct fairness *out);

/* Appends "staff":[{"staff_id","role","centre_id","vaccinates","offers","days","evenings","saturdays","minutes","km","taken_over","share_pct"}],
 * "roles":[{"role","members","days","mean_hundredths","least","most"}] to an open object; km are whole. */
void fairness_write(const struct fairness *f, const struct snapshot *s, struct json_writer *w);

#endif
