/* SPDX-License-Identifier: Apache-2.0 */
/* repair: published offers under changed facts. */
#include <planvax/plan/planner.h>

#include "model_build.h"
#include "plan_check.h"
#include "plan_world.h"

#include <criterion/criterion.h>
#include <string.h>

/* A service with one company that is served whole or not at all, as it is published. */
static const struct plan_service *publish(struct plan_world *w)
{
	const struct plan_service *plan;

	plan_world_small(w);
	w->companies.items[0].expected_takers = 10;
	plan_world_seal(w, 0);
	plan = plan_world_plan(w);
	cr_assert_geq(plan->n_days, 1);
	return plan;
}

static void begin_again(struct plan_world *w)
{
	plan_world_small(w);
	w->companies.items[0].expected_takers = 10;
}

static const struct plan_service *plan_again(struct plan_world *w, const struct plan_service *published, struct instant now)
{
	const struct plan_service *plan;
	struct buf out = BUF_INIT;

	plan_world_seal(w, 0);
	w->in.published = published;
	w->in.now = now;
	plan = plan_world_plan(w);
	plan_check_run(&w->in, plan, &out);
	cr_expect(out.len == 0, "%s", buf_str(&out));
	buf_release(&out);
	return plan;
}

static const struct plan_offer *day_of(const struct plan_service *plan, const char *id)
{
	for (size_t i = 0; i < plan->n_days; i++) {
		if (strcmp(plan->days[i].id, id) == 0)
			return &plan->days[i];
	}
	return NULL;
}

static const char *told(const struct plan_service *plan, const char *id)
{
	for (size_t i = 0; i < plan->n_forced; i++) {
		if (strcmp(plan->forced[i].id, id) == 0)
			return plan->forced[i].constraint;
	}
	return "nothing";
}

static struct instant days_before(struct date date, int days)
{
	struct instant noon = model_build_instant("2022-01-02", "12:00");

	noon.utc_s += (int64_t)(date.days - days - model_build_date("2022-01-02").days) * 86400;
	return noon;
}

Test(repair, a_frozen_day_that_another_product_fills_to_the_same_number_is_told_as_it_is_now)
{
	struct plan_world before, after;
	const struct plan_service *first = publish(&before);
	const struct plan_service *second;
	const struct plan_offer *day;

	begin_again(&after);
	after.stock.items[0] = model_build_stock("C1", "SPIKEVAX", "2022-01-01", 60);
	second = plan_again(&after, first, days_before(first->days[0].date, 5));
	day = day_of(second, first->days[0].id);
	cr_assert_not_null(day);
	cr_expect_eq(day->expected, first->days[0].expected);
	cr_expect_eq(strncmp(day->doses[0].key, "SPIKEVAX", 8), 0);
	cr_expect_str_eq(told(second, day->id), "H4");
	plan_world_release(&before);
	plan_world_release(&after);
}

Test(repair, nobody_new_comes_into_a_frozen_day_at_too_short_notice)
{
	struct plan_world before, after;
	const struct plan_service *first = publish(&before);
	const struct plan_service *second;

	begin_again(&after);
	after.stock.items[0] = model_build_stock("C1", "SPIKEVAX", "2022-01-01", 60);
	second = plan_again(&after, first, days_before(first->days[0].date, 1));
	cr_expect_null(day_of(second, first->days[0].id));
	cr_expect_str_neq(told(second, first->days[0].id), "nothing");
	plan_world_release(&before);
	plan_world_release(&after);
}

Test(repair, a_frozen_day_of_which_too_few_minutes_count_goes)
{
	struct plan_world before, after;
	const struct plan_service *first = publish(&before);
	const struct plan_service *second;

	begin_again(&after);
	for (size_t i = 0; i < after.staff.len; i++) {
		struct hours *h = &after.staff.items[i].hours;

		for (int d = 0; d < 7; d++) {
			if (h->n[d] < 2)
				continue;
			h->range[d][0].to_min = h->range[d][0].from_min + 80;
			h->range[d][1].from_min = h->range[d][1].to_min - 80;
		}
	}
	second = plan_again(&after, first, days_before(first->days[0].date, 5));
	cr_expect_null(day_of(second, first->days[0].id));
	cr_expect_str_neq(told(second, first->days[0].id), "nothing");
	plan_world_release(&before);
	plan_world_release(&after);
}
