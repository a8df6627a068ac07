/* SPDX-License-Identifier: Apache-2.0 */
/* skips: whether a target dose is to be skipped (RULES.md 7). */
#ifndef SKIPS_H
#define SKIPS_H

#include "course.h"

/* Whether any skip of a target is met at a moment. Doses before index `before` count. */
bool skips_met(const struct course *c, const struct series_run *run, const struct target_rule *t, bool forecast, int before,
	struct moment m);

#endif
