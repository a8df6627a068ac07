/* SPDX-License-Identifier: Apache-2.0 */
/* demand: uptake, kinds and weights on people made by hand. */
#include "demand.h"
#include "plan_world.h"
#include "model_build.h"

#include <criterion/criterion.h>

#define SIRET "90000037700015"

static void add_people(struct plan_world *w, enum person_kind kind, int n, bool known)
{
	for (int i = 0; i < n; i++) {
		struct person p = model_build_person(plan_world_text(w, "E%03zu", w->people.len), SIRET, "1980-05-01");

		p.kind = kind;
		p.priority = (int32_t)kind + 1;
		if (!known)
			p.history_as_of = DATE_NONE;
		VEC_PUSH(&w->people, p);
	}
}

static void derive(struct plan_world *w, struct problem *p, struct arena *arena)
{
	struct fault f = FAULT_NONE;

	plan_world_seal(w, 0);
	arena_init(arena);
	cr_assert_eq(problem_make(p, &w->in, arena, &f), 0);
}

Test(demand, is_the_share_of_due_people_those_to_verify_by_half)
{
	struct plan_world w;
	struct problem p;
	struct arena arena;

	plan_world_small(&w);
	w.companies.items[0].expected_takers = -1;
	w.options.uptake_pct[PERSON_EMPLOYEE] = 10;
	add_people(&w, PERSON_EMPLOYEE, 30, true);
	add_people(&w, PERSON_EMPLOYEE, 10, false);
	derive(&w, &p, &arena);
	/* 30 x 10 % + 10 x 5 % = 3.5, rounded half up. */
	cr_expect_eq(problem_demand(&p, 0, 0), 4);
	arena_release(&arena);
	plan_world_release(&w);
}

Test(demand, counts_neither_vaccinated_people_nor_those_with_a_visit)
{
	struct plan_world w;
	struct problem p;
	struct arena arena;

	plan_world_small(&w);
	w.companies.items[0].expected_takers = -1;
	w.options.uptake_pct[PERSON_EMPLOYEE] = 100;
	add_people(&w, PERSON_EMPLOYEE, 4, true);
	VEC_PUSH(&w.events, model_build_event("E000", "2021-10-01", "208"));
	VEC_PUSH(&w.events, model_build_event("E000", "2021-11-20", "208"));
	VEC_PUSH(&w.visits, model_build_visit("v1", "P1", "E001", "2022-01-12", "09:00"));
	VEC_PUSH(&w.events, model_build_event("E002", "2021-12-20", "REFUSAL:COVID-19"));
	derive(&w, &p, &arena);
	/* E003 alone; E002 refused less than 90 days ago. */
	cr_expect_eq(problem_demand(&p, 0, 0), 1);
	cr_expect_eq(p.n_visitors, 1);
	arena_release(&arena);
	plan_world_release(&w);
}

Test(demand, a_told_number_replaces_the_model)
{
	struct plan_world w;
	struct problem p;
	struct arena arena;

	plan_world_small(&w);
	add_people(&w, PERSON_EMPLOYEE, 20, true);
	derive(&w, &p, &arena);
	cr_expect_eq(problem_demand(&p, 0, 0), 8);
	cr_expect_eq(problem_demand(&p, 0, 27), 8);
	arena_release(&arena);
	plan_world_release(&w);
}

Test(demand, kinds_are_split_by_largest_remainder)
{
	struct plan_world w;
	struct problem p;
	struct arena arena;
	int32_t kinds[PERSON_KINDS];

	plan_world_small(&w);
	add_people(&w, PERSON_EMPLOYEE, 5, true);
	add_people(&w, PERSON_HEAD, 1, true);
	add_people(&w, PERSON_RELATIVE, 1, true);
	derive(&w, &p, &arena);
	/* 3 of 7: 2.14, 0.43, 0.43: the third goes to the first of equal remainders. */
	demand_kinds(&p, 0, 5, 3, kinds);
	cr_expect_eq(kinds[PERSON_EMPLOYEE], 2);
	cr_expect_eq(kinds[PERSON_HEAD], 1);
	cr_expect_eq(kinds[PERSON_RELATIVE], 0);
	arena_release(&arena);
	plan_world_release(&w);
}

Test(demand, a_company_weighs_the_mean_of_its_people_in_hundredths)
{
	struct plan_world w;
	struct problem p;
	struct arena arena;

	plan_world_small(&w);
	add_people(&w, PERSON_EMPLOYEE, 2, true);
	add_people(&w, PERSON_TEMPORARY, 1, true);
	derive(&w, &p, &arena);
	/* (1 + 1 + 2) / 3 = 1.333 */
	cr_expect_eq(p.companies[0].weight, 133);
	arena_release(&arena);
	plan_world_release(&w);
}

Test(demand, without_people_kinds_follow_the_company)
{
	struct plan_world w;
	struct problem p;
	struct arena arena;
	int32_t kinds[PERSON_KINDS];

	plan_world_small(&w);
	w.companies.items[0].kind = COMPANY_TEMP_AGENCY;
	derive(&w, &p, &arena);
	demand_kinds(&p, 0, 5, 8, kinds);
	cr_expect_eq(kinds[PERSON_TEMPORARY], 8);
	cr_expect_eq(p.companies[0].weight, 100);
	arena_release(&arena);
	plan_world_release(&w);
}
