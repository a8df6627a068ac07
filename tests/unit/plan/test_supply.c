/* SPDX-License-Identifier: Apache-2.0 */
/* supply: lots, openings and sources on a shelf made by hand. */
#include "plan_world.h"
#include "model_build.h"
#include "supply.h"

#include <criterion/criterion.h>

/* Two centres, C1 and C2; lots are the test's. Days count from 2022-01-03. */
struct shelf {
	struct plan_world w;
	struct arena arena;
	struct problem p;
	struct supply *s;
	int32_t product;
};

static void open_shelf(struct shelf *x, const struct stock_lot *lots, size_t n)
{
	struct fault f = FAULT_NONE;

	plan_world_small(&x->w);
	VEC_PUSH(&x->w.centres, model_build_centre("C2", CENTRE_SERVICE, "35238"));
	x->w.stock.len = 0;
	for (size_t i = 0; i < n; i++)
		VEC_PUSH(&x->w.stock, lots[i]);
	plan_world_seal(&x->w, 0);
	arena_init(&x->arena);
	cr_assert_eq(problem_make(&x->p, &x->w.in, &x->arena, &f), 0);
	x->s = supply_new(&x->p);
	x->product = problem_product(&x->p, "COMIRNATY");
}

static void close_shelf(struct shelf *x)
{
	supply_free(x->s);
	arena_release(&x->arena);
	plan_world_release(&x->w);
}

Test(supply, opens_whole_vials_and_counts_what_is_wasted)
{
	struct stock_lot lot = model_build_stock("C1", "COMIRNATY", "2022-01-01", 2);
	struct shelf x;

	open_shelf(&x, &lot, 1);
	int32_t slot = supply_centre_slot(x.s, 0, 3);

	cr_expect(supply_set(x.s, slot, x.product, 7));
	cr_expect_eq(supply_vials(x.s, slot, x.product), 2);
	cr_expect_eq(supply_waste(x.s), 5);
	cr_expect_not(supply_set(x.s, slot, x.product, 13));
	cr_expect_eq(supply_units(x.s, slot, x.product), 7);
	cr_expect(supply_set(x.s, slot, x.product, 0));
	cr_expect_eq(supply_waste(x.s), 0);
	close_shelf(&x);
}

Test(supply, a_lot_serves_from_its_delivery_to_its_last_day)
{
	struct stock_lot lot = model_build_stock("C1", "COMIRNATY", "2022-01-05", 1);
	static const struct { int32_t day; bool fits; } rows[] = {{1, false}, {2, true}, {5, true}, {6, false}};
	struct shelf x;

	lot.expires_on = model_build_date("2022-01-08");
	open_shelf(&x, &lot, 1);
	for (size_t i = 0; i < 4; i++)
		cr_expect_eq(supply_room(x.s, supply_centre_slot(x.s, 0, rows[i].day), x.product, 1), rows[i].fits, "day %d", (int)rows[i].day);
	close_shelf(&x);
}

Test(supply, a_lot_without_last_day_serves_its_shelf_life_unopened)
{
	static const struct { const char *product; int32_t day; bool fits; } rows[] = {
		{"COMIRNATY", 9, true}, {"COMIRNATY", 10, false}, {"JYNNEOS", 10, true}};
	struct shelf x;

	for (size_t i = 0; i < 3; i++) {
		/* 31 days after 2021-12-12 is 2022-01-12, the tenth day of the horizon from the third */
		struct stock_lot lot = model_build_stock("C1", rows[i].product, "2021-12-12", 1);

		open_shelf(&x, &lot, 1);
		cr_expect_eq(supply_room(x.s, supply_centre_slot(x.s, 0, rows[i].day), problem_product(&x.p, rows[i].product), 1), rows[i].fits, "row %zu", i);
		close_shelf(&x);
	}
}

Test(supply, openings_change_lots_to_make_room)
{
	/* The service's own vial serves both centres, that of C1 only C1. */
	struct stock_lot lots[] = {model_build_stock(NULL, "COMIRNATY", "2022-01-01", 1), model_build_stock("C1", "COMIRNATY", "2022-01-01", 1)};
	struct shelf x;

	lots[0].expires_on = model_build_date("2022-01-20");
	open_shelf(&x, lots, 2);
	cr_expect(supply_set(x.s, supply_centre_slot(x.s, 0, 3), x.product, 6));
	cr_expect(supply_set(x.s, supply_centre_slot(x.s, 1, 4), x.product, 6));
	cr_expect_not(supply_set(x.s, supply_centre_slot(x.s, 1, 5), x.product, 1));
	close_shelf(&x);
}

Test(supply, a_source_that_is_needed_cannot_be_taken_away)
{
	struct stock_lot lot = model_build_stock("C2", "COMIRNATY", "2022-01-01", 1);
	struct shelf x;

	open_shelf(&x, &lot, 1);
	int32_t slot = supply_open(x.s, 2);

	cr_expect_not(supply_set(x.s, slot, x.product, 1));
	cr_expect(supply_add_source(x.s, slot, x.product, 1));
	cr_expect(supply_set(x.s, slot, x.product, 1));
	cr_expect_not(supply_remove_source(x.s, slot, x.product, 1));
	cr_expect_eq(supply_vials(x.s, slot, x.product), 1);
	cr_expect(supply_set(x.s, slot, x.product, 0));
	cr_expect(supply_remove_source(x.s, slot, x.product, 1));
	supply_close(x.s, slot);
	close_shelf(&x);
}
