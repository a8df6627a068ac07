/* SPDX-License-Identifier: Apache-2.0 */
/* plan_check: the tests' own checker must see what is broken. */
#include "plan_check.h"
#include "plan_world.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum harm {
	HARM_NONE, HARM_CAPACITY, HARM_EXPECTED, HARM_EARLIER, HARM_POSTS, HARM_TEAM, HARM_DOSES, HARM_LINE, HARM_DISPLACED,
	HARM_SCORE, HARM_TWICE, HARM_TOUR, HARMS
};

/* A member that is not const, of a plan that the test owns. */
#define MUTABLE(type, p) ((type *)(uintptr_t)(p))

/* Does one kind of harm to a plan; false: it has nothing to harm. */
static bool do_harm(struct plan_service *plan, enum harm harm)
{
	struct plan_offer *offer = MUTABLE(struct plan_offer, plan->n_days ? plan->days : plan->sessions);

	if (plan->n_days == 0)
		return false;
	switch (harm) {
	case HARM_NONE:
	case HARMS:
		return true;
	case HARM_CAPACITY:
		offer->capacity++;
		return true;
	case HARM_EXPECTED:
		offer->expected++;
		return true;
	case HARM_EARLIER:
		offer->start.utc_s -= 6 * 3600;
		return true;
	case HARM_POSTS:
		offer->posts = 9;
		return true;
	case HARM_TEAM:
		offer->n_staff = 0;
		return true;
	case HARM_DOSES:
		MUTABLE(struct plan_doses, offer->doses)->doses += 500;
		return true;
	case HARM_LINE:
		if (offer->n_companies == 0)
			return false;
		MUTABLE(struct plan_line, offer->companies)->distance_m += 7;
		return true;
	case HARM_DISPLACED:
		if (plan->n_moves == 0)
			return false;
		plan->n_moves--;
		return true;
	case HARM_SCORE:
		plan->score.staff_minutes++;
		return true;
	case HARM_TWICE:
		plan->days = memcpy(malloc(sizeof(*offer) * (plan->n_days + 1)), plan->days, sizeof(*offer) * plan->n_days);
		MUTABLE(struct plan_offer, plan->days)[plan->n_days] = plan->days[0];
		plan->n_days++;
		return true;
	case HARM_TOUR:
		if (plan->n_tours == 0)
			return false;
		MUTABLE(struct plan_tour, plan->tours)->back.utc_s -= 600;
		return true;
	}
	return false;
}

Test(plan_check, sees_every_kind_of_harm)
{
	int seen[HARMS] = {0};
	int done[HARMS] = {0};

	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct plan_world w;

		plan_world_random(&w, seed);
		plan_world_seal(&w, 0);
		w.in.iterations = 1;
		for (int harm = HARM_NONE; harm < HARMS; harm++) {
			struct plan_service plan = *plan_world_plan(&w);
			struct buf out = BUF_INIT;

			if (do_harm(&plan, (enum harm)harm)) {
				done[harm]++;
				plan_check_run(&w.in, &plan, &out);
				seen[harm] += out.len > 0;
			}
			if (harm == HARM_TWICE && plan.n_days > 0)
				free(MUTABLE(struct plan_offer, plan.days));
			buf_release(&out);
		}
		plan_world_release(&w);
	}
	cr_expect_eq(seen[HARM_NONE], 0);
	for (int harm = HARM_NONE + 1; harm < HARMS; harm++) {
		cr_expect_gt(done[harm], 0, "harm %d was never done", harm);
		cr_expect_eq(seen[harm], done[harm], "harm %d: seen %d of %d", harm, seen[harm], done[harm]);
	}
}
