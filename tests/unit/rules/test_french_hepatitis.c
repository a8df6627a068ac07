/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the hepatitis A and B rules that ship: serology decides what is asked and when it is enough. */
#include "rules_fixture.h"

#include <criterion/criterion.h>

#define CHECK(group, rows) cr_expect_eq(rules_fixture_rows(group, rows, sizeof(rows) / sizeof((rows)[0])), 0)
#define ADULT "1980-01-01"
#define HB ": ENGERIX-B20 1, HBVAXPRO10 1"
#define HA ": HAVRIX-1440 1, AVAXIM-160 0.5, VAQTA-50 1"
#define FIRST "undetermined needs dosage des anticorps anti-HBc et anti-HBs avant la vaccination"
#define LEVEL "undetermined needs dosage des anticorps anti-HBs, un à deux mois après la dernière injection"
#define SPECIAL "undetermined needs avis spécialisé : anticorps anti-HBc détectés (recherche de l'antigène HBs et de l'ADN viral)"
#define POST "undetermined needs avis du médecin du travail : exposition au virus de l'hépatite B (EXPOSITION-VHB) à évaluer"
#define THREE "2021-01-04 43, 2021-02-04 ENGERIX-B20, 2021-07-04 HBVAXPRO10"

Test(french_hepatitis, workers_are_tested_then_take_three_doses)
{
	static const struct rules_fixture_row rows[] = {
		{ADULT, "2022-01-10", "", "", "no answer"},
		{ADULT, "2022-01-10", "", "HEALTH_WORKER", FIRST},
		{ADULT, "2022-01-10", "", "CARE_WORKER", FIRST},
		{ADULT, "2022-01-10", "", "EXPOSITION-VHB", FIRST},
		{ADULT, "2022-01-10", "", "LABORATORY", POST},
		{ADULT, "2022-01-10", "", "LABORATORY, AVIS-HB", "not_complete 1 primary 1998-01-01" HB},
		{ADULT, "2022-01-10", "", "LABORATORY, EXPOSITION-VHB, HBC-NEG", "not_complete 1 primary 1998-01-01" HB},
		{ADULT, "2022-01-10", "", "HEALTH_WORKER, HBC-NEG", "not_complete 1 primary 1998-01-01" HB},
		{"2004-01-11", "2022-01-10", "", "HEALTH_WORKER, HBC-NEG", "no answer"},
		{"2004-01-10", "2022-01-10", "", "HEALTH_WORKER, HBC-NEG", "not_complete 1 primary 2022-01-10" HB},
		{"2004-01-10", "2022-01-10", "", "CARE_WORKER, HBC-NEG", "not_complete 1 primary 2022-01-10" HB},
		{"2004-01-11", "2022-01-10", "", "CARE_WORKER, HBC-NEG", "no answer"},
		{"2004-01-11", "2022-01-10", "", "EXPOSITION-VHB, HBC-NEG", "no answer"},
		{"2004-01-11", "2022-01-10", "", "LABORATORY, AVIS-HB", "no answer"},
		{"2004-01-11", "2022-01-10", "", "HBC-POS", "no answer"},
		{ADULT, "2022-01-10", "", "HBC-POS", SPECIAL},
		{ADULT, "2022-01-10", "", "HEALTH_WORKER, HBC-POS", SPECIAL},
		{ADULT, "2022-01-10", "", "HEALTH_WORKER, HBC-POS, AVIS-HB", "not_complete 1 primary 1998-01-01" HB},
		{ADULT, "2022-01-10", "", "HEALTH_WORKER, HBC-POS, VHB-IMMUN", "immune"},
		{ADULT, "2022-01-10", "", "HEALTH_WORKER, HBS-GT100 2009-03-02", "immune"},
		{ADULT, "2022-01-10", "", "HEALTH_WORKER, HBC-NEG, CONTRE-INDICATION-HB", "contraindicated"},
		{ADULT, "2022-01-10", "2022-01-03 43", "HEALTH_WORKER", "not_complete 2 primary 2022-02-03" HB},
		{ADULT, "2022-03-10", "2022-01-03 43, 2022-02-02 43", "HEALTH_WORKER", "not_complete 2 primary 2022-03-02" HB},
		{ADULT, "2022-03-10", "2022-01-03 43, 2022-02-03 43", "HEALTH_WORKER", "not_complete 3 primary 2022-07-03" HB},
		{ADULT, "2022-07-10", "2022-01-03 43, 2022-02-03 43, 2022-07-02 104", "HEALTH_WORKER", "not_complete 3 primary 2022-12-02" HB},
		{ADULT, "2022-07-10", "2022-01-03 43, 2022-02-03 43, 2022-07-03 45", "HEALTH_WORKER", LEVEL},
	};

	CHECK("HEPATITE-B", rows);
}

Test(french_hepatitis, a_level_a_month_after_the_last_dose_decides_until_six)
{
	static const struct rules_fixture_row rows[] = {
		{ADULT, "2022-01-10", THREE, "HEALTH_WORKER", LEVEL},
		{ADULT, "2022-01-10", THREE, "HEALTH_WORKER, HBS-GE10 2021-08-03", LEVEL},
		{ADULT, "2022-01-10", THREE, "HEALTH_WORKER, HBS-GE10 2021-08-04", "complete"},
		{ADULT, "2022-01-10", THREE, "HEALTH_WORKER, HBS-10-100-PARTIEL 2021-03-01", "complete"},
		{ADULT, "2022-01-10", THREE, "HEALTH_WORKER, HBS-LT10 2021-08-03", LEVEL},
		{ADULT, "2022-01-10", THREE, "HEALTH_WORKER, HBS-LT10 2021-08-04", "not_complete 4 additional 2021-08-04" HB},
		{ADULT, "2022-01-10", THREE ", 2021-08-03 43", "HEALTH_WORKER, HBS-LT10 2021-09-03", "not_complete 4 additional 2021-09-03" HB},
		{ADULT, "2022-01-10", THREE ", 2021-08-04 43", "HEALTH_WORKER, HBS-LT10 2021-09-03", LEVEL},
		{ADULT, "2022-01-10", THREE ", 2021-08-04 43", "HEALTH_WORKER, HBS-LT10 2021-09-04", "not_complete 5 additional 2021-09-04" HB},
		{ADULT, "2022-01-10", THREE ", 2021-08-04 43", "HEALTH_WORKER, HBS-GE10 2021-09-03", LEVEL},
		{ADULT, "2022-01-10", THREE ", 2021-08-04 43", "HEALTH_WORKER, HBS-GE10 2021-09-04", "complete"},
		{ADULT, "2022-01-10", THREE ", 2021-08-04 43, 2021-09-03 43", "HEALTH_WORKER, HBS-LT10 2021-10-03",
			"not_complete 5 additional 2021-10-03" HB},
		{ADULT, "2022-01-10", THREE ", 2021-08-04 43, 2021-09-04 43", "HEALTH_WORKER, HBS-LT10 2021-10-03", LEVEL},
		{ADULT, "2022-01-10", THREE ", 2021-08-04 43, 2021-09-04 43", "HEALTH_WORKER, HBS-LT10 2021-10-04",
			"not_complete 6 additional 2021-10-04" HB},
		{ADULT, "2022-01-10", THREE ", 2021-08-04 43, 2021-09-04 43", "HEALTH_WORKER, HBS-GE10 2021-10-03", LEVEL},
		{ADULT, "2022-01-10", THREE ", 2021-08-04 43, 2021-09-04 43", "HEALTH_WORKER, HBS-GE10 2021-10-04", "complete"},
		{ADULT, "2022-01-10", THREE ", 2021-08-04 43, 2021-09-04 43, 2021-10-03 43", "HEALTH_WORKER, HBS-LT10 2021-11-03",
			"not_complete 6 additional 2021-11-03" HB},
		{ADULT, "2022-01-10", THREE ", 2021-08-04 43, 2021-09-04 43, 2021-10-04 43", "HEALTH_WORKER, HBS-LT10 2021-11-04", "complete"},
	};

	CHECK("HEPATITE-B", rows);
}

Test(french_hepatitis, the_shortage_of_2017_put_off_third_doses)
{
	static const struct rules_fixture_row rows[] = {
		{ADULT, "2017-03-03", "", "HEALTH_WORKER", "no answer"},
		{ADULT, "2017-03-04", "", "HEALTH_WORKER", FIRST},
		{ADULT, "2017-06-01", "2017-03-06 43", "HEALTH_WORKER", "not_complete 2 primary 2017-04-06" HB},
		{ADULT, "2018-02-28", "2017-03-06 43, 2017-04-06 43", "HEALTH_WORKER", "not_complete 3 primary 2017-09-06 open 2018-03-01" HB},
		{ADULT, "2018-02-28", "2017-03-06 43, 2017-04-05 43", "HEALTH_WORKER", "not_complete 2 primary 2017-05-05" HB},
		{ADULT, "2018-03-01", "2017-03-06 43, 2017-04-06 43", "HEALTH_WORKER", "not_complete 3 primary 2017-09-06" HB},
		{ADULT, "2018-02-28", "", "HEALTH_WORKER, HBS-GT100 2009-03-02", "immune"},
		{ADULT, "2018-02-28", "", "HEALTH_WORKER, HBC-POS", SPECIAL},
		{ADULT, "2018-02-28", "", "LABORATORY", POST},
		{ADULT, "2018-02-28", "", "HEALTH_WORKER, HBC-NEG, CONTRE-INDICATION-HB", "contraindicated"},
		{ADULT, "2018-02-28", "2017-03-06 43, 2017-04-06 43, 2017-09-06 43", "HEALTH_WORKER, HBS-GE10 2017-10-06", "complete"},
	};

	CHECK("HEPATITE-B", rows);
}

Test(french_hepatitis, exposed_posts_take_hepatitis_a_at_six_to_twelve_months)
{
	static const struct rules_fixture_row rows[] = {
		{ADULT, "2022-01-10", "", "", "no answer"},
		{ADULT, "2011-12-31", "", "SEWAGE_WATER", "no answer"},
		{ADULT, "2012-01-01", "", "SEWAGE_WATER", "not_complete 1 primary 1998-01-01" HA},
		{ADULT, "2022-01-10", "", "PETITE-ENFANCE", "not_complete 1 primary 1998-01-01" HA},
		{ADULT, "2022-01-10", "", "ACCUEIL-HANDICAP", "not_complete 1 primary 1998-01-01" HA},
		{ADULT, "2022-01-10", "", "RESTAURATION-COLLECTIVE", "not_complete 1 primary 1998-01-01" HA},
		{"2004-01-10", "2022-01-10", "", "SEWAGE_WATER", "not_complete 1 primary 2022-01-10" HA},
		{"2004-01-11", "2022-01-10", "", "SEWAGE_WATER", "no answer"},
		{ADULT, "2022-01-10", "", "SEWAGE_WATER, ANTI-VHA", "immune"},
		{ADULT, "2022-01-10", "", "SEWAGE_WATER, CONTRE-INDICATION-HA", "contraindicated"},
		{ADULT, "2022-01-10", "2021-08-03 52", "SEWAGE_WATER", "not_complete 2 booster 2022-02-03 past 2022-08-03" HA},
		{ADULT, "2022-03-10", "2021-08-03 AVAXIM-160, 2022-02-02 VAQTA-50", "SEWAGE_WATER", "not_complete 2 booster 2022-08-02 past 2023-02-02" HA},
		{ADULT, "2022-03-10", "2021-08-03 AVAXIM-160, 2022-02-03 VAQTA-50", "SEWAGE_WATER", "complete"},
		{ADULT, "2022-03-10", "2018-08-03 85, 2022-02-03 HAVRIX-1440", "SEWAGE_WATER", "complete"},
		{ADULT, "2022-01-10", "2022-01-03 104", "SEWAGE_WATER", "not_complete 2 primary 2022-02-03: TWINRIX 1"},
		{ADULT, "2022-03-10", "2022-01-03 104, 2022-02-02 TWINRIX", "SEWAGE_WATER", "not_complete 2 primary 2022-03-02: TWINRIX 1"},
		{ADULT, "2022-03-10", "2022-01-03 104, 2022-02-03 TWINRIX", "SEWAGE_WATER", "not_complete 3 primary 2022-07-03: TWINRIX 1"},
		{ADULT, "2022-07-10", "2022-01-03 104, 2022-02-03 TWINRIX, 2022-07-02 104", "SEWAGE_WATER", "not_complete 3 primary 2022-12-02: TWINRIX 1"},
		{ADULT, "2022-07-10", "2022-01-03 104, 2022-02-03 TWINRIX, 2022-07-03 104", "SEWAGE_WATER", "complete"},
	};

	CHECK("HEPATITE-A", rows);
}
