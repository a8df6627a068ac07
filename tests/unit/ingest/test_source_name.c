/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ingest/source_name. */
#include <planvax/ingest/source_name.h>

#include <criterion/criterion.h>

Test(source_name, dates_times_and_copies_make_no_other_source)
{
	static const struct {
		const char *name, *want;
	} rows[] = {
		{"agenda.ics", "agenda.ics"},
		{"S001/agenda.ics", "agenda.ics"},
		{"agenda_2022-01-10.ics", "agenda.ics"},
		{"agenda-20220110.ics", "agenda.ics"},
		{"agenda 10.01.2022.ics", "agenda.ics"},
		{"agenda_10012022.ics", "agenda.ics"},
		{"2022-01-10_agenda.ics", "agenda.ics"},
		{"2022_01_10 agenda.ics", "agenda.ics"},
		{"agenda-20220110T0830.ics", "agenda.ics"},
		{"agenda-20220110T083000Z.ics", "agenda.ics"},
		{"agenda_20220110_083000.ics", "agenda.ics"},
		{"agenda_20220110083000.ics", "agenda.ics"},
		{"agenda_2022-01-10_08h30.ics", "agenda.ics"},
		{"agenda 2022-01-10 08-30-15.ics", "agenda.ics"},
		{"agenda (1).ics", "agenda.ics"},
		{"agenda(12).ics", "agenda.ics"},
		{"agenda - Copie.ics", "agenda.ics"},
		{"agenda - Copie (2).ics", "agenda.ics"},
		{"agenda_2022-01-10 (3).ics", "agenda.ics"},
		{"agenda_2022-01-10_P1.ics", "agenda_P1.ics"},
		{"P1.20220110.ics", "P1.ics"},
		{"2022-01-10.ics", "export.ics"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf got = BUF_INIT;

		source_name(rows[i].name, &got);
		cr_assert_str_eq(buf_str(&got), rows[i].want, "%s", rows[i].name);
		buf_release(&got);
	}
}

Test(source_name, digits_that_are_no_date_stay)
{
	static const char *const names[] = {"DR12.ics", "DR12-34.ics", "P1.ics", "12345678.ics", "20221345.ics", "agenda_2022-01.ics", "agenda_2022-13-01.ics",
		"agenda_2022-02-30.ics", "20220110123.ics", "120220110.ics", "agenda 2.ics", "agenda (a).ics", "(1).ics", "10003456789.ics", "agenda-0830.ics",
		"35238_1234.ics", "copie.ics", "agenda_2022-01_10.ics", "1999-01-10.ics", ".ics", "agenda"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct buf got = BUF_INIT;

		source_name(names[i], &got);
		cr_assert_str_eq(buf_str(&got), names[i]);
		buf_release(&got);
	}
}
