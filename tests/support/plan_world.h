/* SPDX-License-Identifier: Apache-2.0 */
/* plan_world: services for planner tests: small ones made by hand, and random ones. */
#ifndef PLANVAX_TESTS_PLAN_WORLD_H
#define PLANVAX_TESTS_PLAN_WORLD_H

#include <planvax/base/arena.h>
#include <planvax/base/rng.h>
#include <planvax/base/vec.h>
#include <planvax/plan/planner.h>

/* Rows to be changed before sealing; texts lie in the arena. */
struct plan_world {
	struct arena arena;
	struct service service;
	VEC(struct commune) communes;
	VEC(struct centre) centres;
	VEC(struct staff) staff;
	VEC(struct vehicle) vehicles;
	VEC(struct company) companies;
	VEC(struct person) people;
	VEC(struct history_event) events;
	VEC(struct stock_lot) stock;
	VEC(struct visit) visits;
	VEC(struct busy) busy;
	const struct snapshot *snapshot; /* once sealed */
	struct plan_options options;
	struct planner_input in;         /* January 2022, rules of conf/rules, 40 iterations */
	struct arena result;             /* of plans */
};

/* One service: a centre C1 with two posts in a town; physician P1, nurse N1 and assistant A1; 60 vials of Comirnaty from
 * 2022-01-01; a company of 20 people with 8 expected takers. */
void plan_world_small(struct plan_world *w);

/* A random service: up to 4 centres, 9 members, 2 vehicles, 40 companies, 400 people, 300 visits. */
void plan_world_random(struct plan_world *w, uint64_t seed);

/* Seals the rows, in their order or shuffled by a seed (0: as they are), and fills `in`. Once a world. */
void plan_world_seal(struct plan_world *w, uint64_t shuffle);

/* Plans; the plan lies in w->result. Asserts that it could. */
const struct plan_service *plan_world_plan(struct plan_world *w);

/* Frees everything. */
void plan_world_release(struct plan_world *w);

/* A text in the world's arena. */
const char *plan_world_text(struct plan_world *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
