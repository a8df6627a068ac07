/* SPDX-License-Identifier: Apache-2.0 */
/* assign: places of random services decided anew, counted again; and that nothing is left to add. */
#include "assign.h"
#include "at_visit.h"
#include "onsite.h"
#include "plan_world.h"
#include "score.h"

#include <criterion/criterion.h>
#include <string.h>

struct bench {
	struct plan_world w;
	struct arena arena;
	struct problem p;
	struct sites sites;
	struct solution s;
	struct rng rng;
};

/* A first plan of a random service. */
static void set_up(struct bench *x, uint64_t seed, const struct offers_style *style)
{
	struct fault f = FAULT_NONE;

	plan_world_random(&x->w, seed);
	plan_world_seal(&x->w, 0);
	arena_init(&x->arena);
	cr_assert_eq(problem_make(&x->p, &x->w.in, &x->arena, &f), 0);
	sites_make(&x->sites, &x->p);
	solution_init(&x->s, &x->p, &x->sites);
	onsite_construct(&x->s, style);
	solution_accept(&x->s);
	rng_init(&x->rng, seed, NULL);
}

static void tear_down(struct bench *x)
{
	solution_release(&x->s);
	arena_release(&x->arena);
	plan_world_release(&x->w);
}

static void expect_counted(const struct bench *x, uint64_t seed)
{
	struct plan_score told, again;

	score_take(&x->s, &told);
	score_recount(&x->s, &again);
	cr_expect_eq(memcmp(&told, &again, sizeof(told)), 0, "seed %llu", (unsigned long long)seed);
	for (size_t i = 0; i < x->s.blocks.len; i++) {
		const struct block *b = x->s.blocks.items[i];

		for (int32_t k = 0; k < b->n_stops; k++)
			cr_expect(b->stops[k].expected >= offers_least(&x->s, b, &b->stops[k]) && b->stops[k].expected <= b->stops[k].capacity,
				"seed %llu: %d expected", (unsigned long long)seed, b->stops[k].expected);
	}
}

Test(assign, a_plan_is_better_and_adds_up_or_is_as_it_was)
{
	int32_t improved = 0;

	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct bench x;

		set_up(&x, seed, &(struct offers_style){.step = 60, .quick = true});
		int64_t before = solution_total(&x.s);
		bool better = assign_run(&x.s, &(struct assign_effort){.moves = 3000, .hottest = 80, .rng = &x.rng});

		cr_expect(better ? solution_total(&x.s) > before : solution_total(&x.s) == before, "seed %llu", (unsigned long long)seed);
		improved += better;
		expect_counted(&x, seed);
		tear_down(&x);
	}
	cr_expect_gt(improved, 5, "%d improved", improved);
}

Test(assign, vials_that_are_given_back_leave_every_offer_its_least)
{
	int32_t freed = 0;

	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct bench x;

		set_up(&x, seed, &(struct offers_style){.step = 60, .quick = true});
		freed += assign_free(&x.s, 2, &x.rng);
		expect_counted(&x, seed);
		tear_down(&x);
	}
	cr_expect_gt(freed, 5, "%d freed", freed);
}

/* Ideas that would still bring something. */
static int32_t open_ideas(struct bench *x, const struct offers_style *style)
{
	int32_t n = 0;

	for (int32_t d = 0; d < x->p.n_days; d++) {
		for (int32_t i = 0; i < x->sites.n; i++) {
			struct onsite_idea idea = {.type = x->sites.items[i].day_kind ? BLOCK_DAY : BLOCK_SESSION, .site = i, .vehicle = -1, .day = d};
			struct offers_choice best = {NULL, 0};

			if (!x->sites.items[i].day_kind && !x->sites.items[i].car)
				continue;
			onsite_try(&x->s, &idea, style, &best);
			n += best.block && best.value > 0;
			block_free(best.block);
		}
	}
	return n;
}

Test(onsite, after_the_sweep_no_offer_that_brings_something_can_be_added)
{
	struct offers_style style = {.step = 30};

	for (uint64_t seed = 1; seed <= 12; seed++) {
		struct bench x;

		set_up(&x, seed, &(struct offers_style){.step = 60, .quick = true, .price = 120});
		onsite_insert_all(&x.s, &style);
		cr_expect_eq(open_ideas(&x, &style), 0, "seed %llu: %d", (unsigned long long)seed, open_ideas(&x, &style));
		tear_down(&x);
	}
}
