/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of the leptospirosis and rabies rules that ship: posts that the physician judges, doses by the day. */
#include "rules_fixture.h"

#include <criterion/criterion.h>

#define CHECK(group, rows) cr_expect_eq(rules_fixture_rows(group, rows, sizeof(rows) / sizeof((rows)[0])), 0)
#define ADULT "1980-01-01"
#define SP ": SPIROLEPT 1"
#define RB ": VERORAB 0.5, RABIPUR 1"
#define LEPTO "undetermined needs avis du médecin du travail : poste exposé à la leptospirose"
#define POST "undetermined needs avis du médecin du travail : poste exposé au virus de la rage"
#define LEVEL "undetermined needs contrôle sérologique antirabique (rappel sous 0,5 UI/ml), ou avis du médecin"
#define THREE "2022-01-03 VERORAB, 2022-01-10 VERORAB, 2022-01-24 RABIPUR"

Test(french_exposed, leptospirosis_waits_for_the_physician_then_comes_back)
{
	static const struct rules_fixture_row rows[] = {
		{ADULT, "2022-01-10", "", "", "no answer"},
		{ADULT, "2005-03-17", "", "SEWAGE_WATER", "no answer"},
		{ADULT, "2005-03-18", "", "SEWAGE_WATER", LEPTO},
		{ADULT, "2022-01-10", "", "EAUX-DOUCES", LEPTO},
		{ADULT, "2022-01-10", "", "SEWAGE_WATER, AVIS-LEPTO", "not_complete 1 primary 1998-01-01" SP},
		{"2004-01-11", "2022-01-10", "", "SEWAGE_WATER, AVIS-LEPTO", "no answer"},
		{"2004-01-11", "2022-01-10", "", "EAUX-DOUCES, AVIS-LEPTO", "no answer"},
		{"2004-01-10", "2022-01-10", "", "SEWAGE_WATER, AVIS-LEPTO", "not_complete 1 primary 2022-01-10" SP},
		{ADULT, "2022-01-10", "", "SEWAGE_WATER, AVIS-LEPTO, CONTRE-INDICATION-LEPTO", "contraindicated"},
		{ADULT, "2022-01-10", "2022-01-03 SPIROLEPT", "SEWAGE_WATER", "not_complete 2 primary 2022-01-18" SP},
		{ADULT, "2022-02-10", "2022-01-03 SPIROLEPT, 2022-01-17 SPIROLEPT", "SEWAGE_WATER", "not_complete 2 primary 2022-02-01" SP},
		{ADULT, "2022-02-10", "2022-01-03 SPIROLEPT, 2022-01-18 SPIROLEPT", "SEWAGE_WATER",
			"not_complete 3 booster 2022-05-18 past 2022-07-18" SP},
		{ADULT, "2022-06-10", "2022-01-03 SPIROLEPT, 2022-01-18 SPIROLEPT, 2022-05-17 SPIROLEPT", "SEWAGE_WATER",
			"not_complete 3 booster 2022-09-17 past 2022-11-17" SP},
		{ADULT, "2022-06-10", "2022-01-03 SPIROLEPT, 2022-01-18 SPIROLEPT, 2022-05-18 SPIROLEPT", "SEWAGE_WATER",
			"not_complete 4 booster 2024-05-18" SP},
		{ADULT, "2024-06-10", "2022-01-03 SPIROLEPT, 2022-01-18 SPIROLEPT, 2022-05-18 SPIROLEPT, 2024-05-17 SPIROLEPT", "SEWAGE_WATER",
			"not_complete 4 booster 2026-05-17" SP},
		{ADULT, "2024-06-10", "2022-01-03 SPIROLEPT, 2022-01-18 SPIROLEPT, 2022-05-18 SPIROLEPT, 2024-05-18 SPIROLEPT", "SEWAGE_WATER",
			"not_complete 5 booster 2026-05-18" SP},
	};

	CHECK("LEPTOSPIROSE", rows);
}

Test(french_exposed, rabies_takes_three_doses_then_serology)
{
	static const struct rules_fixture_row rows[] = {
		{ADULT, "2022-01-10", "", "", "no answer"},
		{ADULT, "2013-02-21", "", "ANIMAL_CONTACT", "no answer"},
		{ADULT, "2013-02-22", "", "ANIMAL_CONTACT", POST},
		{ADULT, "2022-01-10", "", "LABORATORY", POST},
		{ADULT, "2022-01-10", "", "FORESTRY", POST},
		{ADULT, "2022-01-10", "", "FORESTRY, AVIS-RAGE", "not_complete 1 primary 1998-01-01" RB},
		{"2004-01-10", "2022-01-10", "", "LABORATORY, AVIS-RAGE", "not_complete 1 primary 2022-01-10" RB},
		{"2004-01-11", "2022-01-10", "", "LABORATORY, AVIS-RAGE", "no answer"},
		{"2004-01-11", "2022-01-10", "", "ANIMAL_CONTACT, AVIS-RAGE", "no answer"},
		{"2004-01-11", "2022-01-10", "", "FORESTRY, AVIS-RAGE", "no answer"},
		{ADULT, "2022-01-10", "", "FORESTRY, AVIS-RAGE, CONTRE-INDICATION-RAGE", "contraindicated"},
		{ADULT, "2022-01-05", "2022-01-03 90", "FORESTRY", "not_complete 2 primary 2022-01-10" RB},
		{ADULT, "2022-01-12", "2022-01-03 90, 2022-01-09 176", "FORESTRY", "not_complete 2 primary 2022-01-16" RB},
		{ADULT, "2022-01-12", "2022-01-03 90, 2022-01-10 176", "FORESTRY", "not_complete 3 primary 2022-01-24 past 2022-01-31" RB},
		{ADULT, "2022-01-25", "2022-01-03 90, 2022-01-10 176, 2022-01-23 176", "FORESTRY", "not_complete 3 primary 2022-01-24 past 2022-01-31" RB},
		{ADULT, "2022-02-25", THREE, "ANIMAL_CONTACT", LEVEL},
		{ADULT, "2022-02-25", THREE, "ANIMAL_CONTACT, RAGE-LT05 2022-01-24", LEVEL},
		{ADULT, "2022-02-25", THREE, "ANIMAL_CONTACT, RAGE-LT05 2022-01-25", "not_complete 4 booster 2022-01-25" RB},
		{ADULT, "2022-02-25", THREE, "ANIMAL_CONTACT, AVIS-RAPPEL-RAGE 2022-02-24", "not_complete 4 booster 2022-01-25" RB},
		{ADULT, "2023-02-25", THREE ", 2023-02-01 VERORAB", "LABORATORY, RAGE-LT05 2023-01-25", LEVEL},
		{ADULT, "2024-02-25", THREE ", 2023-02-01 VERORAB", "LABORATORY, RAGE-LT05 2024-01-25", "not_complete 5 booster 2023-02-02" RB},
		{ADULT, "2024-02-25", THREE ", 2022-01-24 VERORAB", "LABORATORY, RAGE-LT05 2024-01-25", "not_complete 4 booster 2022-01-25" RB},
	};

	CHECK("RAGE", rows);
}
