/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of progress: what a line says at a moment. */
#include "progress.h"

#include <criterion/criterion.h>
#include <planvax/base/clock.h>
#include <string.h>

Test(progress, a_line_says_what_is_done_how_fast_and_what_is_left)
{
	static const struct {
		const char *label;
		uint64_t done, total;
		int64_t elapsed_ms;
		const char *line;
	} rows[] = {
		{"begun", 0, 8, 1000, "demo: 0/8 services, 0.0/s"},
		{"half", 4, 8, 10000, "demo: 4/8 services, 0.4/s, 10 s left"},
		{"minutes", 10, 100, 60000, "demo: 10/100 services, 0.1/s, 9 min 00 s left"},
		{"hours", 1, 100, 60000, "demo: 1/100 services, 0.0/s, 1 h 39 min left"},
		{"done", 8, 8, 2000, "demo: 8/8 services, 4.0/s"},
		{"no total", 5, 0, 2000, "demo: 5 services, 2.5/s"},
	};
	char line[256];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct progress p = {.what = "demo", .unit = "services", .total = rows[i].total, .done = rows[i].done};

		cr_expect_str_eq(progress_line(&p, rows[i].elapsed_ms, line, sizeof(line)), rows[i].line, "%s: %s", rows[i].label,
			line);
	}
}

Test(progress, a_bar_fills_on_a_terminal)
{
	struct progress p = {.what = "demo", .unit = "services", .total = 8, .done = 4, .terminal = true};
	char line[256];

	progress_line(&p, 1000, line, sizeof(line));
	cr_assert_not_null(strstr(line, "############............  4/8"), "%s", line);
}

Test(progress, without_a_terminal_a_line_comes_every_ten_seconds)
{
	FILE *out = tmpfile();
	struct progress p;
	char text[512] = "";

	cr_assert_not_null(out);
	clock_fix((struct instant){1000000});
	progress_start(&p, out, "demo", "services", 8);
	progress_set(&p, 1);
	clock_advance(9999);
	progress_set(&p, 2);
	cr_expect_eq(ftell(out), 0);
	clock_advance(1);
	progress_set(&p, 3);
	progress_set(&p, 4);
	progress_end(&p);
	clock_unfix();
	rewind(out);
	cr_assert_not_null(fgets(text, sizeof(text), out));
	cr_expect_str_eq(text, "demo: 3/8 services, 0.3/s, 17 s left\n");
	cr_expect_null(fgets(text, sizeof(text), out));
	fclose(out);
}
