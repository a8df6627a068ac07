/* SPDX-License-Identifier: Apache-2.0 */
/* forecast_line: one line of cases to one line of answers (INTERFACE.md 4). Any thread. */
#ifndef PLANVAX_CTL_FORECAST_LINE_H
#define PLANVAX_CTL_FORECAST_LINE_H

#include <planvax/base/arena.h>
#include <planvax/base/buf.h>
#include <planvax/rules/ruleset.h>
#include <stdbool.h>

struct forecast_line_options {
	const struct ruleset *rules;
	const char *const *groups; /* that are answered; none: all */
	size_t n_groups;
	bool explain;
};

/* Appends the answer to a line of len bytes, and a newline. False if it is an error. arena is scratch memory. */
bool forecast_line(const struct forecast_line_options *o, const char *line, size_t len, struct arena *arena, struct buf *out);

#endif
