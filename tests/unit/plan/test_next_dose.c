/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of plan/next_dose: what a proposal tells about the dose after it. */
#include "plan_world.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct plan_offer *find(const struct plan_offer *list, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i].id, id) == 0)
			return &list[i];
	}
	return NULL;
}

Test(next_dose, lies_after_the_dose_and_names_an_offer_inside_its_window_or_none)
{
	size_t told = 0, placed = 0;

	for (uint64_t seed = 1; seed <= 12; seed++) {
		struct plan_world w;
		const struct plan_service *plan;

		plan_world_random(&w, seed);
		plan_world_seal(&w, 0);
		plan = plan_world_plan(&w);
		for (size_t i = 0; i < plan->n_proposals; i++) {
			const struct plan_proposal *p = &plan->proposals[i];
			const struct plan_offer *o;

			if (!p->next)
				continue;
			told++;
			cr_assert(p->status == PROPOSAL_PROPOSE || p->status == PROPOSAL_NOT_DUE);
			cr_assert_gt(p->next->from.days, p->date.days);
			cr_assert(date_is_none(p->next->to) || p->next->from.days <= p->next->to.days);
			cr_assert_gt(p->next->dose, 1);
			if (p->status == PROPOSAL_PROPOSE)
				cr_assert_gt(p->next->dose, p->dose);
			if (p->next->place == PLACE_NONE)
				continue;
			placed++;
			o = p->next->place == PLACE_DAY ? find(plan->days, plan->n_days, p->next->offer_id)
							: find(plan->sessions, plan->n_sessions, p->next->offer_id);
			cr_assert_not_null(o, "%s", p->next->offer_id);
			cr_assert_geq(o->date.days, p->next->from.days);
			cr_assert(date_is_none(p->next->to) || o->date.days <= p->next->to.days);
		}
		plan_world_release(&w);
	}
	cr_assert_gt(told, 10);
	cr_assert_gt(placed, 0);
}
