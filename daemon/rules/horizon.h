/* SPDX-License-Identifier: Apache-2.0 */
/* horizon: what holds for one person on each day of a horizon, found by as few
 * forecasts as there are days on which something changes. */
#ifndef HORIZON_H
#define HORIZON_H

#include <planvax/rules/forecast.h>

/* As forecast_follow. */
void horizon_make(const struct ruleset *rules, const struct forecast_person *in, struct arena *arena, struct forecast_spans *spans);

/* As forecast_after. */
bool horizon_after(const struct ruleset *rules, const struct forecast_gift *gift, struct arena *arena, struct forecast_next *next);

/* As forecast_join. */
bool *horizon_join(const struct ruleset *rules, const struct stock_lot *stock, size_t n, struct date to, struct arena *arena);

#endif
