/* SPDX-License-Identifier: Apache-2.0 */
/* skips: whether a target dose is to be skipped (RULES.md 7). */
#ifndef SKIPS_H
#define SKIPS_H

#include "course.h"

/* Whether any skip of a target is met, in evaluation or in forecast. */
bool skips_met(const struct course_view *v, const struct target_rule *t, bool forecast);

#endif
