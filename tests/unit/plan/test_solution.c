/* SPDX-License-Identifier: Apache-2.0 */
/* solution: what goes with what is taken out. */
#include "model_build.h"
#include "plan_world.h"
#include "shell.h"
#include "solution.h"

#include <criterion/criterion.h>

struct bench {
	struct plan_world w;
	struct arena arena;
	struct problem p;
	struct sites sites;
	struct solution s;
};

static void set_up(struct bench *x)
{
	struct fault f = FAULT_NONE;

	plan_world_seal(&x->w, 0);
	arena_init(&x->arena);
	cr_assert_eq(problem_make(&x->p, &x->w.in, &x->arena, &f), 0);
	sites_make(&x->sites, &x->p);
	solution_init(&x->s, &x->p, &x->sites);
}

static void tear_down(struct bench *x)
{
	solution_release(&x->s);
	arena_release(&x->arena);
	plan_world_release(&x->w);
}

/* A session at one company for the takers of another. */
static struct block *session(struct bench *x, int32_t host, int32_t guest, int32_t day)
{
	struct shell_request r = {.site = x->sites.of_company[host], .day = day, .type = BLOCK_SESSION, .posts = 1, .minutes = 60, .step = 30};
	struct block *b = block_new(BLOCK_SESSION, day);
	struct stop *stop = &b->stops[0];

	cr_assert_eq(shell_find(&x->s, &r, b), SHELL_OK);
	stop->published = -1;
	stop->product = problem_product(&x->p, "COMIRNATY");
	stop->expected = 8;
	VEC_PUSH(&stop->lines, ((struct line){guest, 8, 0}));
	VEC_PUSH(&stop->doses, ((struct dose){stop->product, 8, false}));
	cr_assert(solution_attach(&x->s, b));
	cr_assert(solution_supply(&x->s, b));
	solution_add(&x->s, b);
	return b;
}

Test(solution, two_hosts_whose_takers_are_each_in_the_other_ones_session_go_together)
{
	struct company other = model_build_company("90000043500011", "35238", 20);
	struct bench x;
	struct block *b;

	plan_world_small(&x.w);
	other.expected_takers = 8;
	other.can_host = true;
	VEC_PUSH(&x.w.companies, other);
	x.w.companies.items[0].can_host = true;
	set_up(&x);
	b = session(&x, 0, 1, 9);
	(void)session(&x, 1, 0, 16);
	solution_accept(&x.s);
	cr_expect(solution_remove(&x.s, b));
	cr_expect_eq(x.s.blocks.len, 0);
	solution_rollback(&x.s, 0);
	cr_expect_eq(x.s.blocks.len, 2);
	tear_down(&x);
}
