/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of rules/vials, with the products that ship. */
#include <planvax/rules/vials.h>

#include "rules_fixture.h"

#include <criterion/criterion.h>

#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

Test(vials, a_vial_holds_so_many_smallest_doses)
{
	static const struct {
		const char *code, *product;
		int units, booster, other;
		const char *key;
	} rows[] = {
		{"COMIRNATY", "COMIRNATY", 6, 1, 1, "COMIRNATY"}, {"208", "COMIRNATY", 6, 1, 1, "COMIRNATY"},
		{"SPIKEVAX", "SPIKEVAX", 20, 1, 2, "SPIKEVAX/booster"}, {"207", "SPIKEVAX", 20, 1, 2, "SPIKEVAX/booster"},
		{"JANSSEN", "JANSSEN", 5, 1, 1, "JANSSEN"}, {"212", "JANSSEN", 5, 1, 1, "JANSSEN"},
		{"NUVAXOVID", "NUVAXOVID", 10, 1, 1, "NUVAXOVID"}, {"211", "NUVAXOVID", 10, 1, 1, "NUVAXOVID"},
		{"VAXZEVRIA", "VAXZEVRIA", 10, 1, 1, "VAXZEVRIA"}, {"210", "VAXZEVRIA", 10, 1, 1, "VAXZEVRIA"},
		{"IMVANEX", "IMVANEX", 1, 1, 1, "IMVANEX"}, {"206", "IMVANEX", 1, 1, 1, "IMVANEX"}, {"JYNNEOS", "JYNNEOS", 1, 1, 1, "JYNNEOS"},
	};
	struct ruleset *rules = rules_fixture_open("conf/rules");

	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct vial *v = vials_find(rules, rows[i].code);

		cr_assert_not_null(v, "%s", rows[i].code);
		cr_assert_str_eq(v->product, rows[i].product);
		cr_assert_eq(v->units_per_vial, rows[i].units, "%s", rows[i].code);
		cr_assert_eq(vials_units(v, DOSE_BOOSTER), rows[i].booster, "%s", rows[i].code);
		cr_assert_eq(vials_units(v, DOSE_PRIMARY), rows[i].other, "%s", rows[i].code);
		cr_assert_eq(vials_units(v, DOSE_ADDITIONAL), rows[i].other, "%s", rows[i].code);
		cr_assert_str_eq(vials_key(v, DOSE_BOOSTER), rows[i].key);
		cr_assert_str_eq(vials_key(v, DOSE_PRIMARY), rows[i].product);
	}
	cr_assert_null(vials_find(rules, "FLUZONE"));
	cr_assert_null(vials_find(rules, ""));
	ruleset_drop(rules);
}

Test(vials, shelf_lives_are_told)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");

	cr_assert_eq(vials_find(rules, "COMIRNATY")->unopened_days, 31);
	cr_assert_eq(vials_find(rules, "COMIRNATY")->opened_hours, 6);
	cr_assert_eq(vials_find(rules, "SPIKEVAX")->opened_hours, 19);
	ruleset_drop(rules);
}

Test(vials, all_products_come_sorted)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	size_t n;
	const struct vial *all = vials_all(rules, &n);

	cr_assert_eq(n, 23);
	for (size_t i = 1; i < n; i++)
		cr_assert_lt(strcmp(all[i - 1].product, all[i].product), 0, "%s", all[i].product);
	ruleset_drop(rules);
}

Test(vials, a_lot_serves_to_its_own_last_day_or_its_shelf_life)
{
	struct ruleset *rules = rules_fixture_open("conf/rules");
	const struct vial *comirnaty = vials_find(rules, "208");

	cr_expect_eq(vials_last_day(comirnaty, date_of(2022, 1, 4), date_of(2022, 3, 1)).days, date_of(2022, 3, 1).days);
	cr_expect_eq(vials_last_day(comirnaty, date_of(2022, 1, 4), DATE_NONE).days, date_of(2022, 2, 4).days);
	cr_expect(date_is_none(vials_last_day(vials_find(rules, "JYNNEOS"), date_of(2022, 1, 4), DATE_NONE)));
	cr_expect_eq(vials_last_day(NULL, date_of(2022, 1, 4), date_of(2022, 3, 1)).days, date_of(2022, 3, 1).days);
	ruleset_drop(rules);
}
