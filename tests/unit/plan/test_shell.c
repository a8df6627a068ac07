/* SPDX-License-Identifier: Apache-2.0 */
/* shell and displace: teams, times and the visits in their way. */
#include "displace.h"
#include "plan_world.h"
#include "model_build.h"
#include "shell.h"

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

static struct shell_request day_at_centre(int32_t day, int32_t posts, int32_t minutes)
{
	return (struct shell_request){.site = 0, .day = day, .type = BLOCK_DAY, .posts = posts, .minutes = minutes, .step = 30};
}

Test(shell, capacity_is_posts_times_minutes_times_rate_rounded_down)
{
	static const struct { int32_t posts, minutes, capacity; } rows[] = {{1, 180, 36}, {2, 180, 72}, {1, 29, 5}, {3, 61, 36}, {1, 0, 0}};
	struct bench x;

	plan_world_small(&x.w);
	set_up(&x);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(shell_capacity(&x.p, rows[i].posts, rows[i].minutes), rows[i].capacity, "row %zu", i);
	tear_down(&x);
}

Test(shell, a_day_that_spans_the_midday_break_does_not_count_it)
{
	struct shell_request r = day_at_centre(8, 2, 300);
	struct bench x;
	struct block *b = block_new(BLOCK_DAY, 8);

	plan_world_small(&x.w);
	set_up(&x);
	cr_assert_eq(shell_find(&x.s, &r, b), SHELL_OK);
	cr_expect_eq(b->stops[0].usable, 300);
	cr_expect_eq(b->stops[0].end - b->stops[0].start, 360);
	cr_expect_eq(b->stops[0].capacity, 120);
	cr_expect_eq(b->n_staff, 2);
	block_free(b);
	tear_down(&x);
}

Test(shell, a_weekly_day_needs_a_physician_and_as_many_injectors_as_posts)
{
	struct shell_request r = day_at_centre(8, 2, 180);
	struct bench x;
	struct block *b = block_new(BLOCK_DAY, 8);

	plan_world_small(&x.w);
	x.w.staff.items[0].vaccinates = false;
	set_up(&x);
	cr_expect_eq(shell_find(&x.s, &r, b), SHELL_STAFF);
	r.posts = 1;
	cr_expect_eq(shell_find(&x.s, &r, b), SHELL_OK);
	block_free(b);
	tear_down(&x);
}

Test(shell, there_is_no_offer_on_a_day_without_work_nor_before_its_notice)
{
	struct bench x;
	struct block *b = block_new(BLOCK_DAY, 5);
	struct shell_request saturday = day_at_centre(5, 1, 180);
	struct shell_request first = day_at_centre(0, 1, 180);

	plan_world_small(&x.w);
	set_up(&x);
	cr_expect_eq(shell_find(&x.s, &saturday, b), SHELL_CLOSED);
	cr_expect_eq(shell_find(&x.s, &first, b), SHELL_CLOSED);
	cr_expect_eq(x.sites.items[0].day[0], SITE_NOTICE);
	cr_expect_eq(x.sites.items[0].day[1], SITE_OPEN);
	block_free(b);
	tear_down(&x);
}

/* A block of N1 on day 8 (2022-01-11), 08:30-17:30. */
static struct block *nurse_block(const struct bench *x)
{
	struct block *b = block_new(BLOCK_SESSION, 8);

	shell_join(b, snapshot_find_staff(x->p.s, "N1"), 510, 1050);
	return b;
}

static void plan_nurse_visit(struct bench *x, const char *type, const char *due, const char *day)
{
	struct visit v = model_build_visit("v1", "N1", "E1", day, "09:00");

	plan_world_small(&x->w);
	VEC_PUSH(&x->w.people, model_build_person("E1", NULL, "1980-01-01"));
	v.type = type;
	if (due)
		v.due = model_build_date(due);
	VEC_PUSH(&x->w.visits, v);
}

Test(displace, moves_a_visit_to_the_nearest_free_slot)
{
	struct bench x;
	struct block *b;

	plan_nurse_visit(&x, "VIP_PERIODIQUE", NULL, "2022-01-11");
	set_up(&x);
	b = nurse_block(&x);
	cr_assert_eq(displace_plan(&x.s, b), -1);
	cr_assert_eq(b->moves.len, 1);
	cr_expect_eq(b->moves.items[0].day, 9);
	cr_expect_eq(b->moves.items[0].min, 510);
	block_free(b);
	tear_down(&x);
}

Test(displace, never_moves_a_visit_past_its_due_date)
{
	struct bench x;
	struct block *b;

	plan_nurse_visit(&x, "VIP_PERIODIQUE", "2022-01-11", "2022-01-11");
	set_up(&x);
	b = nurse_block(&x);
	cr_assert_eq(displace_plan(&x.s, b), -1);
	cr_expect_eq(b->moves.items[0].day, 7);
	block_free(b);
	tear_down(&x);
}

Test(displace, never_moves_a_return_visit_to_an_earlier_day)
{
	struct bench x;
	struct block *b;

	plan_nurse_visit(&x, "REPRISE", "2022-01-11", "2022-01-11");
	set_up(&x);
	b = nurse_block(&x);
	cr_expect_neq(displace_plan(&x.s, b), -1);
	cr_expect_eq(b->moves.len, 0);
	block_free(b);
	tear_down(&x);
}

Test(displace, leaves_visits_alone_that_are_too_near)
{
	struct bench x;
	struct block *b = block_new(BLOCK_SESSION, 2);

	plan_nurse_visit(&x, "VIP_PERIODIQUE", NULL, "2022-01-05");
	set_up(&x);
	shell_join(b, snapshot_find_staff(x.p.s, "N1"), 510, 1050);
	cr_expect_neq(displace_plan(&x.s, b), -1);
	block_free(b);
	tear_down(&x);
}

Test(displace, busy_time_is_never_displaced)
{
	struct bench x;
	struct block *b;

	plan_world_small(&x.w);
	VEC_PUSH(&x.w.busy, model_build_busy("b1", "N1", "2022-01-11", "09:00", "10:00"));
	set_up(&x);
	b = nurse_block(&x);
	cr_expect_neq(displace_plan(&x.s, b), -1);
	block_free(b);
	tear_down(&x);
}
