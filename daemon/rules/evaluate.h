/* SPDX-License-Identifier: Apache-2.0 */
/* evaluate: judges the doses given against each relevant series (RULES.md 4, E). */
#ifndef EVALUATE_H
#define EVALUATE_H

#include "course.h"

/* Evaluates all doses, date by date, in every open series of a level. */
void evaluate_level(struct course *c, int level);

/* English text of a reason; NULL for REASON_NONE. Static. */
const char *evaluate_reason(enum outcome_reason reason);

#endif
