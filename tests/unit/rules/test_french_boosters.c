/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the dTP and pertussis rules that ship: fixed ages and how people come back to them. */
#include "rules_fixture.h"

#include <criterion/criterion.h>

#define CHECK(group, rows) cr_expect_eq(rules_fixture_rows(group, rows, sizeof(rows) / sizeof((rows)[0])), 0)
#define DTP ": REVAXIS 0.5, REPEVAX 0.5, BOOSTRIX-TETRA 0.5"
#define YOUNG_DTP ": REPEVAX 0.5, BOOSTRIX-TETRA 0.5, REVAXIS 0.5"
#define CA ": REPEVAX 0.5, BOOSTRIX-TETRA 0.5"
#define PROOF "undetermined needs preuve de la primovaccination dTP (PRIMO-DTP), ou avis du médecin de la commencer"

Test(french_boosters, the_examples_of_the_calendar_of_2013_hold)
{
	static const struct rules_fixture_row rows[] = {
		/* 33 years, last booster at 30: at 45 */
		{"1989-01-01", "2022-01-10", "2019-06-01 REVAXIS", "", "not_complete 2 booster 2034-01-01" DTP},
		/* 43 years, last at 40: at 65, not at 45 */
		{"1978-06-01", "2022-01-10", "2018-07-01 REVAXIS", "", "not_complete 2 booster 2043-06-01" DTP},
		/* 35 years, last at 18: now, then at 45 */
		{"1986-06-01", "2022-01-10", "2004-07-01 REVAXIS", "", "not_complete 2 booster 2011-06-01" YOUNG_DTP},
		{"1986-06-01", "2022-01-11", "2004-07-01 REVAXIS, 2022-01-10 REVAXIS", "", "not_complete 3 booster 2031-06-01" DTP},
		/* 43 years, last at 18: now, then at 65 */
		{"1978-06-01", "2022-01-10", "1996-07-01 REVAXIS", "", "not_complete 2 booster 2003-06-01: REVAXIS 0.5"},
		{"1978-06-01", "2022-01-11", "1996-07-01 REVAXIS, 2022-01-10 REVAXIS", "", "not_complete 3 booster 2043-06-01" DTP},
		/* 66 years, last at 61: at 75; last at 59: now, then at 75 */
		{"1955-06-01", "2022-01-10", "2016-07-01 REVAXIS", "", "not_complete 2 booster 2030-06-01" DTP},
		{"1955-06-01", "2022-01-10", "2014-07-01 REVAXIS", "", "not_complete 2 booster 2020-06-01" DTP},
		{"1955-06-01", "2022-01-11", "2014-07-01 REVAXIS, 2022-01-10 REVAXIS", "", "not_complete 3 booster 2030-06-01" DTP},
		/* 58 years, last at 45: at 65 */
		{"1963-06-01", "2022-01-10", "2008-07-01 REVAXIS", "", "not_complete 2 booster 2028-06-01" DTP},
	};

	CHECK("DTP", rows);
}

Test(french_boosters, five_years_before_each_age_decide_to_the_day)
{
	static const struct rules_fixture_row rows[] = {
		{"1980-03-01", "2022-01-10", "2000-02-29 REVAXIS", "", "not_complete 2 booster 2005-03-01: REVAXIS 0.5"},
		{"1980-03-01", "2022-01-10", "2000-03-01 REVAXIS", "", "not_complete 2 booster 2025-03-01" DTP},
		{"1980-03-01", "2022-01-10", "2020-02-29 REVAXIS", "", "not_complete 2 booster 2025-03-01" DTP},
		{"1980-03-01", "2022-01-10", "2020-03-01 REVAXIS", "", "not_complete 2 booster 2045-03-01" DTP},
		{"1960-03-01", "2022-01-10", "2020-02-29 REVAXIS", "", "not_complete 2 booster 2025-03-01" DTP},
		{"1960-03-01", "2022-01-10", "2020-03-01 REVAXIS", "", "not_complete 2 booster 2035-03-01" DTP},
		{"1950-03-01", "2022-01-10", "2020-02-29 REVAXIS", "", "not_complete 2 booster 2025-03-01" DTP},
		{"1950-03-01", "2022-01-10", "2020-03-01 REVAXIS", "", "not_complete 2 booster 2035-03-01" DTP},
		{"1940-03-01", "2022-01-10", "2020-02-29 REVAXIS", "", "not_complete 2 booster 2025-03-01" DTP},
		{"1940-03-01", "2022-01-10", "2020-03-01 REVAXIS", "", "not_complete 2 booster 2035-03-01" DTP},
		{"1930-03-01", "2022-01-10", "2020-02-29 REVAXIS", "", "not_complete 2 booster 2025-03-01" DTP},
		{"1930-03-01", "2022-01-10", "2020-03-01 REVAXIS", "", "not_complete 2 booster 2035-03-01" DTP},
		{"1920-03-01", "2022-01-10", "2020-02-29 REVAXIS", "", "not_complete 2 booster 2025-03-01" DTP},
		{"1920-03-01", "2022-01-10", "2020-03-01 REVAXIS", "", "complete"},
		/* born on 29 February: of age on 1 March */
		{"1980-02-29", "2022-01-10", "2000-02-29 REVAXIS", "", "not_complete 2 booster 2025-03-01" DTP},
		{"1996-02-29", "2022-01-10", "2008-05-01 REVAXIS", "", "not_complete 2 booster 2021-03-01" YOUNG_DTP},
	};

	CHECK("DTP", rows);
}

Test(french_boosters, what_nobody_has_proved_waits_for_the_physician)
{
	static const struct rules_fixture_row rows[] = {
		{"1980-01-01", "2022-01-10", "", "", PROOF},
		{"1980-01-01", "2022-01-10", "", "AVIS-DTP", "not_complete 1 primary 1998-01-01: REVAXIS 0.5"},
		{"1980-01-01", "2022-01-10", "", "PRIMO-DTP", "not_complete 1 booster 2005-01-01: REVAXIS 0.5"},
		{"2000-01-01", "2022-01-10", "", "PRIMO-DTP", "not_complete 1 booster 2025-01-01" YOUNG_DTP},
		{"1982-01-11", "2022-01-10", "", "PRIMO-DTP", "not_complete 1 booster 2007-01-11" YOUNG_DTP},
		{"1982-01-10", "2022-01-10", "", "PRIMO-DTP", "not_complete 1 booster 2007-01-10: REVAXIS 0.5"},
		{"1980-01-01", "2022-01-10", "", "PRIMO-DTP, CONTRE-INDICATION-DTP", "contraindicated"},
		{"2005-01-11", "2022-01-10", "", "AVIS-DTP", "not_complete 1 primary 2023-01-11: REVAXIS 0.5"},
		{"1980-01-01", "2013-04-18", "", "PRIMO-DTP", "no answer"},
		{"1980-01-01", "2013-04-19", "", "PRIMO-DTP", "not_complete 1 booster 2005-01-01" YOUNG_DTP},
		{"2000-01-01", "2022-01-10", "2006-02-01 DTCAP-AUTRE, 2011-06-01 REPEVAX", "", "not_complete 3 booster 2025-01-01" YOUNG_DTP},
	};

	CHECK("DTP", rows);
}

Test(french_boosters, adults_take_one_dose_against_pertussis_before_forty)
{
	static const struct rules_fixture_row rows[] = {
		{"1997-01-11", "2022-01-10", "", "", "not_complete 1 booster 2022-01-11" CA},
		{"1982-01-11", "2022-01-10", "", "", "not_complete 1 booster 2007-01-11" CA},
		{"1982-01-10", "2022-01-10", "", "", "aged_out"},
		{"1990-01-01", "2022-01-10", "2009-12-31 REPEVAX", "", "not_complete 2 booster 2015-01-01" CA},
		{"1990-01-01", "2022-01-10", "2010-01-01 REPEVAX", "", "complete"},
		{"1990-01-01", "2022-01-10", "2021-12-20 REVAXIS", "", "not_complete 1 booster 2022-01-20" CA},
		{"1990-01-01", "2022-01-10", "2021-12-20 REVAXIS, 2022-01-10 BOOSTRIX-TETRA", "", "complete"},
		{"1990-01-01", "2022-01-10", "2015-06-01 130", "", "complete"},
		{"1982-02-15", "2022-01-20", "2022-01-14 REVAXIS", "", "not_complete 1 booster 2022-02-14" CA},
		{"1982-02-15", "2022-01-20", "2022-01-15 REVAXIS", "", "aged_out"},
		{"1990-01-01", "2022-01-10", "", "CONTRE-INDICATION-DTP", "contraindicated"},
		{"1990-01-01", "2014-02-19", "", "", "no answer"},
		{"1985-01-01", "2014-02-20", "", "", "not_complete 1 booster 2010-01-01" CA},
	};

	CHECK("COQUELUCHE", rows);
}

Test(french_boosters, carers_take_one_now_and_at_each_fixed_age)
{
	static const struct rules_fixture_row rows[] = {
		{"1999-01-01", "2022-01-10", "", "HEALTH_WORKER", "not_complete 1 booster 2017-01-01" CA},
		{"2004-01-10", "2022-01-10", "", "CARE_WORKER", "not_complete 1 booster 2022-01-10" CA},
		{"2004-01-11", "2022-01-10", "", "CARE_WORKER", "not_complete 1 booster 2029-01-11" CA},
		{"2004-01-11", "2022-01-10", "", "HEALTH_WORKER", "not_complete 1 booster 2029-01-11" CA},
		{"2004-01-11", "2022-01-10", "", "PETITE-ENFANCE", "not_complete 1 booster 2029-01-11" CA},
		{"1970-01-01", "2022-01-10", "", "PETITE-ENFANCE", "not_complete 1 booster 1988-01-01" CA},
		{"1970-01-01", "2022-01-10", "2021-12-20 REVAXIS", "HEALTH_WORKER", "not_complete 1 booster 2022-01-20" CA},
		{"1990-01-01", "2022-01-10", "2009-12-31 REPEVAX", "HEALTH_WORKER", "not_complete 2 booster 2015-01-01" CA},
		{"1990-01-01", "2022-01-10", "2010-01-01 REPEVAX", "HEALTH_WORKER", "not_complete 2 booster 2035-01-01" CA},
		{"1975-01-01", "2022-01-10", "2014-12-31 REPEVAX", "HEALTH_WORKER", "not_complete 2 booster 2020-01-01" CA},
		{"1975-01-01", "2022-01-10", "2015-01-01 REPEVAX", "HEALTH_WORKER", "not_complete 2 booster 2040-01-01" CA},
		{"1955-01-01", "2022-01-10", "2014-12-31 REPEVAX", "HEALTH_WORKER", "not_complete 2 booster 2020-01-01" CA},
		{"1955-01-01", "2022-01-10", "2015-01-01 REPEVAX", "HEALTH_WORKER", "complete"},
		{"1990-01-01", "2022-01-10", "2008-01-01 REPEVAX, 2021-12-20 REVAXIS", "HEALTH_WORKER", "not_complete 2 booster 2022-01-20" CA},
		{"1975-01-01", "2022-01-10", "2008-01-01 REPEVAX, 2021-12-20 REVAXIS", "HEALTH_WORKER", "not_complete 2 booster 2022-01-20" CA},
		{"1955-01-01", "2022-01-10", "2008-01-01 REPEVAX, 2021-12-20 REVAXIS", "HEALTH_WORKER", "not_complete 2 booster 2022-01-20" CA},
	};

	CHECK("COQUELUCHE", rows);
}
