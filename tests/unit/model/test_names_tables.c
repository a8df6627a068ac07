/* SPDX-License-Identifier: Apache-2.0 */
/* Every enum's words: complete, distinct, there and back. */
#include <planvax/model/change.h>
#include <planvax/model/letter.h>
#include <planvax/model/plan.h>
#include <planvax/model/registers.h>

#include <criterion/criterion.h>
#include <string.h>

Test(names_tables, every_value_has_one_word_and_every_word_its_value)
{
	static const struct {
		const char *label;
		const struct name *table;
		int values;
	} rows[] = {
		{"service_kind", service_kind_names, SERVICE_MSA + 1},
		{"centre_kind", centre_kind_names, CENTRE_VACCINATION_CENTRE + 1},
		{"staff_role", staff_role_names, STAFF_INTERPRETER + 1},
		{"company_regime", company_regime_names, REGIME_AGRICULTURAL + 1},
		{"company_kind", company_kind_names, COMPANY_TEMP_AGENCY + 1},
		{"person_kind", person_kind_names, PERSON_KINDS},
		{"person_flag", person_flag_names, FLAG_ANAPHYLAXIS_MRNA + 1},
		{"proposal_status", proposal_status_names, PROPOSAL_NO_TIME + 1},
		{"dose_kind", dose_kind_names, DOSE_BOOSTER + 1},
		{"unserved_reason", unserved_reason_names, UNSERVED_NOT_WORTH + 1},
		{"change_kind", change_kind_names, CHANGE_REMOVED + 1},
		{"letter_kind", letter_kind_names, LETTER_PUSH + 1},
		{"letter_state", letter_state_names, LETTER_DEAD + 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int words = 0;

		while (rows[i].table[words].word != NULL)
			words++;
		cr_expect_eq(words, rows[i].values, "%s", rows[i].label);
		for (int value = 0; value < rows[i].values; value++) {
			const char *word = names_word(rows[i].table, value);
			int back = -1;

			cr_assert_not_null(word, "%s %d", rows[i].label, value);
			cr_expect(names_value(rows[i].table, word, strlen(word), &back));
			cr_expect_eq(back, value, "%s %s", rows[i].label, word);
		}
	}
}

Test(names_tables, regions_overseas_have_their_own_zone)
{
	cr_expect_str_eq(registers_region_zone("04"), "Indian/Reunion");
	cr_expect_str_eq(registers_region_zone("01"), "America/Guadeloupe");
	cr_expect_str_eq(registers_region_zone("53"), "Europe/Paris");
	cr_expect_str_eq(registers_region_zone(NULL), "Europe/Paris");
}
