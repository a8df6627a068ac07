/* SPDX-License-Identifier: Apache-2.0 */
/* weekly: vaccination days, one a week at least. */
#ifndef PLANVAX_PLAN_WEEKLY_H
#define PLANVAX_PLAN_WEEKLY_H

#include "offers.h"

/* Puts the best day of a week in, at any centre that may hold one; false: there is none. */
bool weekly_open(struct solution *s, int32_t week, const struct offers_style *style);

/* Opens a day in each week that wants one, those with the fewest possible days first, with few takers each, so that no
 * week takes the doses of another. */
void weekly_open_all(struct solution *s, const struct offers_style *style);

/* Why a week has no day: the first thing that stands in the way of its best candidate. */
struct plan_missing_week weekly_missing(struct solution *s, int32_t week);

#endif
