/* SPDX-License-Identifier: Apache-2.0 */
/* select: the series that answers for an antigen (RULES.md 4, S). */
#ifndef SELECT_H
#define SELECT_H

#include "course.h"

/* Sets a->standard and a->risk after evaluation and forecast. */
void select_series(struct course *c, struct course_antigen *a);

#endif
