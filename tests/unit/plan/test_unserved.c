/* SPDX-License-Identifier: Apache-2.0 */
/* unserved: what stands in the way, and what would serve, told for one company. */
#include "plan_world.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct plan_unserved *only(struct plan_world *w)
{
	const struct plan_service *plan;

	plan_world_seal(w, 0);
	plan = plan_world_plan(w);
	cr_assert_eq(plan->n_unserved, 1, "%zu left out", plan->n_unserved);
	return &plan->unserved[0];
}

static void expect(struct plan_world *w, enum unserved_reason reason, const char *words)
{
	const struct plan_unserved *x = only(w);

	cr_expect_eq(x->reason, reason, "reason %d: %s", (int)x->reason, x->detail);
	cr_expect(strstr(x->detail, words) != NULL, "%s", x->detail);
	plan_world_release(w);
}

Test(unserved, names_the_vials_that_are_missing)
{
	struct plan_world w;

	plan_world_small(&w);
	w.stock.items[0].vials = 1;
	/* Eight takers at six doses a vial. */
	expect(&w, UNSERVED_DOSES, "il manque 2 flacons de COMIRNATY");
}

Test(unserved, names_no_product_where_nobody_knows_which)
{
	struct plan_world w;

	plan_world_small(&w);
	w.stock.len = 0;
	expect(&w, UNSERVED_DOSES, "aucune dose en stock");
}

Test(unserved, asks_for_a_team_where_nobody_works)
{
	struct plan_world w;

	plan_world_small(&w);
	w.staff.len = 0;
	expect(&w, UNSERVED_STAFF, "une équipe de plus");
}

Test(unserved, counts_the_people_that_an_offer_lacks)
{
	struct plan_world w;

	plan_world_small(&w);
	w.options.day_min_expected = 20;
	w.options.session_min_expected = 11;
	w.companies.items[0].can_host = true;
	expect(&w, UNSERVED_TOO_SMALL, "il en manque 3");
}

Test(unserved, tells_that_the_notice_is_over)
{
	struct plan_world w;

	plan_world_small(&w);
	w.options.notice_days = 60;
	w.options.centre_notice_days = 60;
	expect(&w, UNSERVED_NOTICE, "le délai d'annonce");
}
