/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ingest/fold. */
#include <criterion/criterion.h>
#include <string.h>

#include "fold.h"

Test(fold, ways_to_write_a_name_are_one)
{
	static const char *const rows[][2] = {
		{"Date de naissance", "datenaissance"}, {"DATE_NAISSANCE", "datenaissance"}, {"date-naissance ", "datenaissance"},
		{"N\xc3\xa9(e) le", "nee"}, {"Pr\xc3\xa9nom", "prenom"}, {"pre\xcc\x81nom", "prenom"}, {"C\xc5\x92UR", "coeur"},
		{"L'effectif", "effectif"}, {"Code de la commune", "codecommune"}, {"D", "d"}, {"", ""}, {"\xc2\xa0nom\xc2\xa0", "nom"},
		{"\xc3\x86rium", "aerium"}, {"a\xc3\x97" "b", "ab"}, {"N\xc2\xb0 SIRET", "numerosiret"}, {"***", ""},
	};
	char out[FOLD_MAX_BYTES];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_str_eq(fold_key(rows[i][0], strlen(rows[i][0]), out), rows[i][1], "%s: %s", rows[i][0], out);
}

Test(fold, long_and_broken_texts_are_cut)
{
	char text[400], out[FOLD_MAX_BYTES];

	memset(text, 'x', sizeof(text));
	cr_assert_eq(strlen(fold_key(text, sizeof(text), out)), FOLD_MAX_BYTES - 1);
	cr_assert_str_eq(fold_key("ab\xc3", 3, out), "ab");
	cr_assert_str_eq(fold_key("\xff\xfe" "ab\xcd", 5, out), "ab");
}
