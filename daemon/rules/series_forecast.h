/* SPDX-License-Identifier: Apache-2.0 */
/* series_forecast: the next dose of each relevant series (RULES.md 4, F, and 9). */
#ifndef SERIES_FORECAST_H
#define SERIES_FORECAST_H

#include "course.h"

/* Forecasts every open series of a level, after its evaluation. */
void series_forecast_level(struct course *c, int level);

/* The target that a series waits for, or NULL. */
const struct target_rule *series_forecast_target(const struct series_run *run);

/* The i-th preferable product of a forecast target, if it may be given: not barred, within its window on the later
 * of earliest and the assessment date, named if any is. */
bool series_forecast_offers(struct course *c, const struct series_run *run, size_t i);

/* Whether a need of the target is unmet. */
bool series_forecast_lacks(struct course *c, const struct series_run *run, const struct need_rule *need);

#endif
