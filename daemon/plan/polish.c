/* SPDX-License-Identifier: Apache-2.0 */
/* polish: budgets are iterations, so that time cannot change a result; each
 * iteration is taken back unless the whole is as good as before. */
#include "polish.h"

#include "assign.h"
#include "at_visit.h"
#include "offers.h"
#include "onsite.h"
#include "saved.h"
#include "tours.h"
#include "weekly.h"

#include <planvax/base/clock.h>
#include <planvax/base/err.h>
#include <stdlib.h>

#define SMALL_SERVICE 3000
#define LARGE_SERVICE 20000
#define DEFAULT_ITERATIONS 9000 /* where places are given anew bit by bit */
#define LEAST_ITERATIONS 1500
#define LARGE_ITERATIONS 700    /* where everybody's place is */
#define LEAST_LARGE 100
#define USUAL_PEOPLE 2000
#define MAX_REFILLED 4
#define SWEEP_TIMES 4 /* that a sweep may take longer than the first plan */
#define HOTTEST_POINTS 150 /* that a step may lose at the start of a round */
#define ROUND_STEPS 2000
#define LARGE_ROUND 500    /* large steps of a round */
#define LARGE_INSERT_PCT 50 /* of large steps: the poorest vials are given back for something new */
#define LARGE_MOVE_PCT 30   /* something goes to another day; else something is replaced */
#define LARGE_DROP 1500    /* points that the offers alone may lose */
#define ASSIGN_MOVES 2000
#define ASSIGN_LAST 100000 /* moves at the end, and points that each may lose at first */
#define ASSIGN_HOT 80
#define SPARE_PCT 30       /* of offers: with time for more takers */
#define SPARE_TAKERS 24
#define REFILL_PCT 85      /* of steps: places given anew */
#define INSERT_PCT 2       /* something is added; else something is replaced */

struct search {
	struct solution *s;
	const struct planner_input *in;
	struct rng rng;
	struct saved best;
	int64_t made, wanted;
	int64_t price;          /* of a dose, as the best first plan had it */
};

/* Prices tried for the first plan, of a dose and of a displaced visit: where one is scarce, those who bring little wait.
 * The first is built quickly; a large service has no other, one of medium size has no other kind. */
static const struct start {
	int64_t price, slot_price;
	bool quick;
} starts[] = {{0, 500, true}, {60, 200, false}, {0, 0, false}, {100, 0, false}, {140, 0, false}, {180, 0, false}, {220, 0, false}, {0, 500, false}};
#define MEDIUM_STARTS 4 /* quick ones */
#define QUICK_STEP 60
#define USUAL_STEP 30

static bool ended(const struct search *x)
{
	return x->made >= x->wanted || solution_halted(x->s);
}

/* The search ends so long before the deadline that the last sweep has its time. */
static int64_t end_of_search(const struct search *x, int64_t first_ms)
{
	int64_t left = x->in->deadline_ms - clock_monotonic_ms();
	int64_t sweep = SWEEP_TIMES * first_ms < left / 4 ? SWEEP_TIMES * first_ms : left / 4;

	return x->in->deadline_ms > 0 ? x->in->deadline_ms - (sweep > 0 ? sweep : 0) : 0;
}

/* Whether everybody's place is decided anew with each step: not where a published plan is to change little, and not in
 * a large service. */
static bool assigns(const struct search *x)
{
	return !x->in->published && x->s->p->s->n_people <= LARGE_SERVICE;
}

static int64_t round_steps(const struct search *x)
{
	return assigns(x) ? LARGE_ROUND : ROUND_STEPS;
}

/* About two seconds for a service of two thousand people; a step costs more in a larger one, which gets fewer. */
static int64_t default_iterations(const struct search *x)
{
	int64_t size = (int64_t)x->s->p->s->n_people + 1;
	int64_t usual = assigns(x) ? LARGE_ITERATIONS : DEFAULT_ITERATIONS;
	int64_t least = assigns(x) ? LEAST_LARGE : LEAST_ITERATIONS;
	int64_t steps = usual * USUAL_PEOPLE / (size > USUAL_PEOPLE ? size : USUAL_PEOPLE);

	return steps > least ? steps : least;
}

/* ---- first plans */

/* False: stopped before the first. One that is given up for want of time leaves no trace. */
static bool first_plans(struct search *x)
{
	size_t people = x->s->p->s->n_people;
	size_t n = people > LARGE_SERVICE ? 1 : people > SMALL_SERVICE ? MEDIUM_STARTS : sizeof(starts) / sizeof(starts[0]);
	int64_t start_ms = clock_monotonic_ms();

	for (size_t i = 0; i < n && (i == 0 || !ended(x)); i++) {
		struct offers_style style = {.price = starts[i].price, .slot_price = starts[i].slot_price, .quick = starts[i].quick || people > SMALL_SERVICE};

		style.step = style.quick ? QUICK_STEP : USUAL_STEP;
		onsite_construct(x->s, &style);
		if (solution_halted(x->s)) {
			solution_rollback(x->s, 0);
			break;
		}
		x->made++;
		if (!x->best.any || solution_total(x->s) > x->best.total) {
			saved_take(&x->best, x->s);
			x->price = starts[i].price;
		}
		solution_rollback(x->s, 0);
		if (i == 0)
			x->s->give_up_ms = end_of_search(x, clock_monotonic_ms() - start_ms);
	}
	if (x->best.any)
		saved_restore(&x->best, x->s);
	return x->best.any;
}

/* ---- steps */

static struct block *any_block(struct search *x)
{
	struct block *b;

	if (x->s->blocks.len == 0)
		return NULL;
	b = x->s->blocks.items[rng_below(&x->rng, (uint32_t)x->s->blocks.len)];
	return b->fixed ? NULL : b;
}

static struct offers_style any_style(struct search *x)
{
	struct offers_style style = {.rng = &x->rng};

	style.price = x->price * rng_range(&x->rng, 0, 160) / 100;
	style.slot_price = rng_below(&x->rng, 2) == 0 ? 0 : rng_range(&x->rng, 0, 500);
	style.step = 15 * (int32_t)rng_range(&x->rng, 1, 3);
	style.offset = 5 * (int32_t)rng_below(&x->rng, 6);
	style.thorough = rng_below(&x->rng, 4) == 0;
	style.spare = assigns(x) && rng_below(&x->rng, 100) < SPARE_PCT ? (int32_t)rng_range(&x->rng, 1, SPARE_TAKERS) : 0;
	return style;
}

/* Places of some offers are given anew, doses of visits with them. */
static void refill_some(struct search *x)
{
	struct block *list[MAX_REFILLED];
	int32_t n = (int32_t)rng_range(&x->rng, 1, MAX_REFILLED);
	int64_t price = any_style(x).price;
	int32_t visits_first = (int32_t)rng_below(&x->rng, 3);

	for (int32_t d = 0; d < x->s->p->n_days; d++) {
		if (rng_below(&x->rng, 4) == 0)
			at_visit_clear(x->s, d);
	}
	for (int32_t i = 0; i < n; i++)
		list[i] = any_block(x);
	/* What the first gives up the later ones may take. */
	for (int32_t i = 0; i < n; i++) {
		if (list[i] && list[i]->at >= 0 && i + 1 < n)
			(void)offers_refill(x->s, list[i], price, offers_least(x->s, list[i], &list[i]->stops[0]));
	}
	if (visits_first == 0)
		at_visit_fill_all(x->s, price);
	for (int32_t i = 0; i < n; i++) {
		struct block *b = any_block(x);
		if (b)
			(void)offers_refill(x->s, b, price, 0);
	}
	at_visit_fill_all(x->s, price);
}

static bool idea_at(struct search *x, struct onsite_idea *idea)
{
	const struct problem *p = x->s->p;
	uint32_t kinds = p->s->n_vehicles > 0 ? 3 : 2;

	idea->day = (int32_t)rng_below(&x->rng, (uint32_t)p->n_days);
	idea->site = x->s->sites->n > 0 ? (int32_t)rng_below(&x->rng, (uint32_t)x->s->sites->n) : -1;
	idea->vehicle = -1;
	switch (rng_below(&x->rng, kinds)) {
	case 0:
		idea->type = BLOCK_DAY;
		if (x->s->sites->n_centres == 0)
			return false;
		idea->site = (int32_t)rng_below(&x->rng, (uint32_t)x->s->sites->n_centres);
		return x->s->sites->items[idea->site].day_kind;
	case 1:
		idea->type = BLOCK_SESSION;
		return idea->site >= 0 && x->s->sites->items[idea->site].car;
	default:
		idea->type = BLOCK_TOUR;
		idea->vehicle = (int32_t)rng_below(&x->rng, (uint32_t)p->s->n_vehicles);
		return true;
	}
}

/* Some idea is put in if it brings something. */
static void insert_some(struct search *x, int32_t tries)
{
	struct offers_choice best = {NULL, 0};
	struct offers_style style = any_style(x);

	for (int32_t i = 0; i < tries; i++) {
		struct onsite_idea idea;
		struct offers_choice choice = {NULL, 0};

		if (!idea_at(x, &idea))
			continue;
		onsite_try(x->s, &idea, &style, &choice);
		if (choice.block && choice.value > 0 && (!best.block || choice.value > best.value)) {
			block_free(best.block);
			best = choice;
		} else {
			block_free(choice.block);
		}
	}
	if (best.block)
		(void)offers_add(x->s, best.block);
}

/* A block goes, and something else comes. */
static void replace_some(struct search *x)
{
	struct block *b = any_block(x);
	struct offers_style style = any_style(x);
	struct onsite_idea idea;
	int32_t week;

	if (!b)
		return;
	week = x->s->p->days[b->day].week;
	idea = (struct onsite_idea){b->type, b->stops[0].site, b->vehicle, b->day};
	if (rng_below(&x->rng, 3) == 0)
		at_visit_clear(x->s, b->day);
	if (!solution_remove(x->s, b))
		return;
	if (rng_below(&x->rng, 2) == 0) {
		struct offers_choice same = {NULL, 0};

		onsite_try(x->s, &idea, &style, &same);
		if (same.block && same.value > 0)
			(void)offers_add(x->s, same.block);
		else
			block_free(same.block);
	} else {
		insert_some(x, 3);
	}
	if (x->s->p->weeks[week].wanted && x->s->week_days[week] == 0)
		(void)weekly_open(x->s, week, &style);
	insert_some(x, 1);
}

/* Points that a step may lose now. The search cools in rounds, each of which begins at the best plan; only the number of
 * steps made decides, so that a run can be repeated whatever ended it. */
static int64_t slack(struct search *x)
{
	int64_t round = round_steps(x);
	int64_t hot = HOTTEST_POINTS * (round - x->made % round) / round;

	return rng_range(&x->rng, 0, hot);
}

/* Everybody's place anew, for the offers that stand. */
static void assign(struct search *x, int64_t moves)
{
	struct assign_effort effort = {.moves = moves, .hottest = ASSIGN_HOT, .rng = &x->rng};

	if (assigns(x) && assign_run(x->s, &effort) && solution_total(x->s) > x->best.total)
		saved_take(&x->best, x->s);
}

/* A block goes; one like it comes on another day, or none does. */
static void move_some(struct search *x)
{
	const struct problem *p = x->s->p;
	struct block *b = any_block(x);
	struct offers_style style = any_style(x);
	struct offers_choice best = {NULL, 0};
	struct onsite_idea idea;
	int32_t week;

	if (!b)
		return;
	week = p->days[b->day].week;
	idea = (struct onsite_idea){b->type, b->stops[0].site, b->vehicle, b->day};
	if (!solution_remove(x->s, b))
		return;
	for (int32_t tries = (int32_t)rng_below(&x->rng, 4); tries > 0; tries--) {
		const struct problem_week *w = &p->weeks[week];
		bool near = rng_below(&x->rng, 2) == 0;

		idea.day = (int32_t)(near ? rng_range(&x->rng, w->first, w->last) : rng_range(&x->rng, 0, p->n_days - 1));
		onsite_try(x->s, &idea, &style, &best);
	}
	if (best.block)
		(void)offers_add(x->s, best.block);
	if (p->weeks[week].wanted && x->s->week_days[week] == 0)
		(void)weekly_open(x->s, week, &style);
}

/* Offers change, then everybody's place. */
static void large_step(struct search *x)
{
	struct saved now = {.any = false};
	int64_t before = solution_total(x->s);

	saved_take(&now, x->s);
	uint32_t kind = rng_below(&x->rng, 100);

	if (kind < LARGE_INSERT_PCT) {
		(void)assign_free(x->s, 1 + (int32_t)rng_below(&x->rng, 3), &x->rng);
		insert_some(x, 4);
	}
	else if (kind < LARGE_INSERT_PCT + LARGE_MOVE_PCT)
		move_some(x);
	else
		replace_some(x);
	at_visit_fill_all(x->s, 0);
	if (solution_total(x->s) < before - LARGE_DROP) {
		solution_rollback(x->s, 0);
		if (solution_total(x->s) != before)
			saved_restore(&now, x->s);
	} else {
		solution_accept(x->s);
		assign(x, ASSIGN_MOVES);
		if (solution_total(x->s) < before - slack(x))
			saved_restore(&now, x->s);
		else if (solution_total(x->s) > x->best.total)
			saved_take(&x->best, x->s);
	}
	saved_release(&now);
}

static void step(struct search *x)
{
	int64_t before = solution_total(x->s);

	uint32_t kind = rng_below(&x->rng, 100);

	if (assigns(x)) {
		large_step(x);
		return;
	}
	/* A refill costs a twentieth of what building anew does. */
	if (kind < REFILL_PCT)
		refill_some(x);
	else if (kind < REFILL_PCT + INSERT_PCT)
		insert_some(x, 4);
	else
		replace_some(x);
	at_visit_fill_all(x->s, rng_below(&x->rng, 2) == 0 ? 0 : x->price);
	if (solution_total(x->s) < before - slack(x)) {
		solution_rollback(x->s, 0);
		return;
	}
	solution_accept(x->s);
	if (solution_total(x->s) > x->best.total)
		saved_take(&x->best, x->s);
}

static void trim_all(struct solution *s)
{
	/* A block that is trimmed goes to the end of the list, and the last comes in its stead. */
	for (size_t i = s->blocks.len; i-- > 0; )
		(void)offers_trim(s, s->blocks.items[i]);
	solution_accept(s);
}

/* What still brings something without more. Where a large service has a budget it is short; it is made whole even if time
 * is out, so that a run that a limit ended can be repeated by the number of steps. */
static void sweep(struct search *x)
{
	int64_t before = solution_total(x->s);
	bool quick = x->s->p->s->n_people > LARGE_SERVICE && (x->in->iterations > 0 || x->in->deadline_ms > 0);

	if (problem_stopped(x->s->p))
		return;
	x->s->give_up_ms = 0;

	offers_refill_all(x->s, 0);
	at_visit_fill_all(x->s, 0);
	if (solution_total(x->s) < before)
		solution_rollback(x->s, 0);
	solution_accept(x->s);
	trim_all(x->s);
	before = solution_total(x->s);
	if (!problem_stopped(x->s->p))
		onsite_insert_all(x->s, &(struct offers_style){.step = quick ? QUICK_STEP : USUAL_STEP, .quick = quick});
	at_visit_fill_all(x->s, 0);
	if (solution_total(x->s) < before)
		solution_rollback(x->s, 0);
	solution_accept(x->s);
}

int64_t polish_run(struct solution *s)
{
	const struct planner_input *in = s->p->in;
	struct search x = {.s = s, .in = in};

	rng_init(&x.rng, (uint64_t)in->seed, s->p->s->service->service_id);
	x.wanted = in->iterations > 0 ? in->iterations : in->deadline_ms > 0 ? INT64_MAX : default_iterations(&x);
	if (!first_plans(&x)) {
		saved_release(&x.best);
		return ERR_STOPPED;
	}
	while (!ended(&x)) {
		if (x.made % round_steps(&x) == 0 && solution_total(s) < x.best.total)
			saved_restore(&x.best, s);
		step(&x);
		x.made++;
	}
	if (solution_total(s) < x.best.total)
		saved_restore(&x.best, s);
	assign(&x, ASSIGN_LAST);
	sweep(&x);
	saved_release(&x.best);
	return x.made;
}
