/* SPDX-License-Identifier: Apache-2.0 */
/* planner: tells one run; each stage is a module of its own. */
#include <planvax/plan/planner.h>

#include "bound.h"
#include "plan_build.h"
#include "polish.h"
#include "repair.h"
#include "score.h"
#include "unserved.h"
#include "weekly.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The solution's running totals are what a recount gives. */
static void check_score(const struct solution *s, const struct plan_service *out)
{
	struct plan_score again;

	score_recount(s, &again);
	assert(memcmp(&again, &out->score, sizeof(again)) == 0);
	assert(out->bound_coverage >= out->score.weighted_expected + out->score.visit_points);
	assert(out->bound_total >= out->score.total);
}

static void tell_missing_weeks(struct solution *s, struct arena *arena, struct plan_service *out)
{
	const struct problem *p = s->p;
	struct plan_missing_week *weeks = ARENA_NEW(arena, struct plan_missing_week, (size_t)p->n_weeks + 1);

	for (int32_t w = 0; w < p->n_weeks; w++) {
		if (p->weeks[w].wanted && s->week_days[w] == 0)
			weeks[out->n_missing_weeks++] = weekly_missing(s, w);
	}
	out->missing_weeks = weeks;
}

static int compare_forced(const void *a, const void *b)
{
	return strcmp(((const struct plan_forced *)a)->id, ((const struct plan_forced *)b)->id);
}

static void tell_forced(const struct repair *r, struct arena *arena, struct plan_service *out)
{
	struct plan_forced *forced = ARENA_NEW(arena, struct plan_forced, r->forced.len + 1);

	for (size_t i = 0; i < r->forced.len; i++)
		forced[i] = r->forced.items[i];
	qsort(forced, r->forced.len, sizeof(forced[0]), compare_forced);
	out->forced = forced;
	out->n_forced = r->forced.len;
}

/* Search done: the plan as it is told. */
static struct plan_service *tell(struct solution *s, const struct repair *repair, int64_t iterations, struct arena *arena)
{
	struct plan_service *out = ARENA_NEW(arena, struct plan_service, 1);
	sites_know_all(s->sites);
	struct bound bound = bound_make(s);

	plan_build_make(s, arena, out);
	out->bound_coverage = bound.coverage;
	out->bound_total = bound.total;
	out->iterations = iterations;
	check_score(s, out);
	tell_forced(repair, arena, out);
	out->unserved = unserved_make(s, arena, &out->n_unserved);
	tell_missing_weeks(s, arena, out);
	return out;
}

int planner_run(const struct planner_input *in, struct arena *arena, const struct plan_service **plan, struct fault *f)
{
	struct arena run = ARENA_INIT;
	struct problem problem;
	struct sites sites;
	struct solution solution;
	struct repair repair = {.forced = VEC_INIT};
	int64_t iterations;
	int rc = problem_make(&problem, in, &run, f);

	if (rc < 0)
		goto out;
	sites_make(&sites, &problem);
	/* A stage that was cut short must not be built upon. */
	if (problem_stopped(&problem)) {
		rc = fault_set(f, ERR_STOPPED, "stopped before a first plan stood");
		goto out;
	}
	solution_init(&solution, &problem, &sites);
	repair_start(&repair, &solution, arena);
	iterations = polish_run(&solution);
	if (iterations < 0)
		rc = fault_set(f, ERR_STOPPED, "stopped before a first plan stood");
	else
		*plan = tell(&solution, &repair, iterations, arena);
	repair_release(&repair);
	solution_release(&solution);
out:
	arena_release(&run);
	return rc;
}
