/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ical/scanner. */
#include <criterion/criterion.h>
#include <planvax/base/err.h>
#include <stdio.h>
#include <string.h>

#include "scanner.h"

/* Scans a line to "NAME[PARAM=value]...:value". */
static int scan(const char *text, struct buf *out)
{
	struct scanner s;
	struct scanner_line line;
	int rc;

	scanner_init(&s);
	rc = scanner_scan(&s, text, strlen(text), &line);
	if (rc == 0) {
		buf_puts(out, line.name);
		for (size_t i = 0; i < line.n_params; i++)
			buf_printf(out, "[%s=%s]", line.params[i].name, line.params[i].value);
		buf_printf(out, ":%s", line.value);
		cr_assert_eq(line.value, text + line.value_offset);
	}
	scanner_release(&s);
	return rc;
}

Test(scanner, cuts_name_parameters_and_value)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
		{"UID:a", "UID:a"},
		{"uid:a:b;c", "UID:a:b;c"},
		{"SUMMARY:", "SUMMARY:"},
		{"DTSTART;TZID=Europe/Paris:20220103T083000", "DTSTART[TZID=Europe/Paris]:20220103T083000"},
		{"DTSTART;tzid=\"(UTC+01:00) Brussels, Paris\";VALUE=DATE-TIME:2", "DTSTART[TZID=(UTC+01:00) Brussels, Paris][VALUE=DATE-TIME]:2"},
		{"X;P=a^nb^^c^'d^x:v", "X[P=a\nb^c\"d^x]:v"},
		{"ATTENDEE;CN=Doe; John:mailto:a@b", "ATTENDEE[CN=Doe][JOHN=]:mailto:a@b"},
		{"ATTENDEE;CN=\"Doe: \\\"x\\\" J\";PARTSTAT=ACCEPTED:mailto:a@b", "ATTENDEE[CN=Doe: \\x\\ J][PARTSTAT=ACCEPTED]:mailto:a@b"},
		{"A;P=\"open:v", "A[P=open]:v"},
		{"A;P=\"a^nb\";q=\"\";R=:v", "A[P=a\nb][Q=][R=]:v"},
		{"A;P=\"a;b:c\"d;Q=e\"f\":v", "A[P=a;b:cd][Q=ef]:v"},
		{"A;;P;=x;Q R=1:v", "A[=][P=][=x][QR=1]:v"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf got = BUF_INIT;
		cr_assert_eq(scan(rows[i].line, &got), 0, "%s", rows[i].line);
		cr_assert_str_eq(buf_str(&got), rows[i].want);
		buf_release(&got);
	}
}

Test(scanner, refuses_what_is_no_content_line)
{
	static const char *const rows[] = {"", "no colon", "NAME", ":value", "A B:c", "NAME;P=1", " A:1"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf got = BUF_INIT;
		cr_assert_eq(scan(rows[i], &got), ERR_INVALID, "\"%s\"", rows[i]);
		buf_release(&got);
	}
}

Test(scanner, drops_parameters_beyond_the_limit)
{
	struct buf line = BUF_INIT;
	struct scanner s;
	struct scanner_line out;

	buf_puts(&line, "X");
	for (int i = 0; i < SCANNER_MAX_PARAMS + 50; i++)
		buf_printf(&line, ";P%d=%d", i, i);
	buf_puts(&line, ":v");
	scanner_init(&s);
	cr_assert_eq(scanner_scan(&s, buf_str(&line), line.len, &out), 0);
	cr_assert_eq(out.n_params, (size_t)SCANNER_MAX_PARAMS);
	cr_assert_str_eq(scanner_param(&out, "P255"), "255");
	cr_assert_null(scanner_param(&out, "P256"));
	cr_assert_str_eq(out.value, "v");
	scanner_release(&s);
	buf_release(&line);
}

Test(scanner, gives_a_name_alone_in_upper_case)
{
	char name[8];

	cr_assert_eq(scanner_name("begin:VEVENT", 12, name, sizeof(name)), 5);
	cr_assert_str_eq(name, "BEGIN");
	cr_assert_eq(scanner_name("nothing", 7, name, sizeof(name)), 0);
	cr_assert_eq(scanner_name("LONGERTHANROOM:1", 16, name, sizeof(name)), 7);
	cr_assert_str_eq(name, "LONGERT");
}
