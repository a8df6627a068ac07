/* SPDX-License-Identifier: Apache-2.0 */
/* replacement: up to three ways to replace an offer that cannot be held as it
 * was published: the same place and day with another team, the same place on
 * another day, another place. Each is a run of the planner from the published
 * plan with a prohibition more, as replanning would make it once that
 * prohibition is a fact; so accepting a proposal is to write its facts. Pure;
 * any thread. */
#ifndef PLANVAX_PLAN_REPLACEMENT_H
#define PLANVAX_PLAN_REPLACEMENT_H

#include <planvax/base/json.h>
#include <planvax/plan/plan_diff.h>
#include <planvax/plan/planner.h>

#define REPLACEMENT_MAX 3

enum replacement_kind { REPLACEMENT_TEAM, REPLACEMENT_DATE, REPLACEMENT_PLACE };
extern const struct name replacement_kind_names[];

struct replacement_request {
	const struct planner_input *planner; /* its published plan is the one that stands */
	const struct plan_offer *offer;      /* as it was published */
	const char *const *staff;            /* who cannot come that day; none: the offer's physicians */
	size_t n_staff;
};

struct replacement {
	enum replacement_kind kind;
	const struct plan_forbid *forbid;  /* the facts that lead there */
	size_t n_forbid;
	const struct plan_offer *offer;    /* what replaces it, in the new plan */
	int32_t served, expected;          /* of those expected in the offer: who has a place in the new plan; all */
	size_t n_changes;                  /* against the plan that stands */
	int64_t gain;                      /* score of the new plan less that of the one that stands */
	const char *text;                  /* French */
};

struct replacement_answer {
	struct replacement items[REPLACEMENT_MAX]; /* best score first */
	size_t n;
	const char *refused[REPLACEMENT_MAX];      /* why a way leads nowhere, French */
	size_t n_refused;
};

/* Tries the ways. Answer and texts in arena. 0; the planner's errors. */
int replacement_find(const struct replacement_request *r, struct arena *arena, struct replacement_answer *answer, struct fault *f);

/* Appends "proposals":[{"number","kind","offer","date","start","end","centre_id","siret","staff":[],"served","expected","changes","gain","text",
 * "facts":[{"centre_id","siret","staff_id","date"}]}], "refused":[TEXT] to an open object. */
void replacement_write(const struct replacement_answer *answer, const struct zone *zone, struct json_writer *w);

#endif
