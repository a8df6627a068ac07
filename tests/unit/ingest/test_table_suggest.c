/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ingest/table_suggest. */
#include <criterion/criterion.h>
#include <planvax/ingest/table_suggest.h>
#include <string.h>

static struct mapping *lexicon(void)
{
	static const char *const codes[] = {"REPRISE"};
	struct mapping *m = mapping_new();
	struct fault f = FAULT_NONE;

	mapping_set_types(m, codes, 1);
	cr_assert_eq(mapping_set(m, "type.REPRISE", "visite de reprise", &f), 0);
	return m;
}

Test(table_suggest, knows_columns_by_name_or_by_what_they_hold)
{
	static const char text[] = "N° rdv;service_id;medecin;Quand;Fin;Client;Quoi\n1;S1;a@x.example;03/01/2022 08:30;03/01/2022 09:00;P41;Visite de REPRISE\n"
		"2;S1;a@x.example;03/01/2022 09:30;03/01/2022 10:00;P42;Zorbaluk\n3;S1;a@x.example;03/01/2022 10:30;03/01/2022 11:00;P43;Reprise (visite de reprise)\n";
	struct mapping *m = lexicon();
	const struct table_suggest_input in = {"t.csv", text, sizeof(text) - 1, m};
	struct table_suggest_counts c;
	struct fault f = FAULT_NONE;
	struct buf out = BUF_INIT;

	cr_assert_eq(table_suggest_text(&in, &out, &c, &f), 0);
	cr_assert_eq(c.rows, 3);
	cr_assert_eq(c.missing, 0);
	cr_assert_not_null(strstr(buf_str(&out), "#   visit_id: column \"N° rdv\", 3 of 3 rows filled, 3 values\n"), "%s", buf_str(&out));
	cr_assert_not_null(strstr(buf_str(&out), "#   start: column \"Quand\", 3 of 3 rows filled, 3 values; by what it holds: RENAME it\n"));
	cr_assert_not_null(strstr(buf_str(&out), "#   person_ref: column \"Client\""));
	cr_assert_not_null(strstr(buf_str(&out), "#   type: column \"Quoi\", 3 of 3 rows filled, 3 values; by what it holds: RENAME it\n#     1 rows hold no words of a known type\n"));
	cr_assert_null(strstr(buf_str(&out), "orbaluk"));
	buf_release(&out);
	mapping_free(m);
}

Test(table_suggest, counts_what_is_missing_and_refuses_what_is_no_table)
{
	struct mapping *m = lexicon();
	const struct table_suggest_input poor = {"t.csv", "a;b\n1;2\n", 8, m}, empty = {"t.csv", "", 0, m};
	struct table_suggest_counts c;
	struct fault f = FAULT_NONE;
	struct buf out = BUF_INIT;

	cr_assert_eq(table_suggest_text(&poor, &out, &c, &f), 0);
	cr_assert_geq(c.missing, 4);
	cr_assert_not_null(strstr(buf_str(&out), "#   start: MISSING: add this column\n"));
	cr_assert_lt(table_suggest_text(&empty, &out, &c, &f), 0);
	cr_assert_neq(f.code, ERR_NONE);
	buf_release(&out);
	mapping_free(m);
}
