/* SPDX-License-Identifier: Apache-2.0 */
/* tours: vaccibus days: a crew, and the stops that it can make within its hours. */
#ifndef PLANVAX_PLAN_TOURS_H
#define PLANVAX_PLAN_TOURS_H

#include "offers.h"

/* Builds tours of a vehicle on a day with different crews and windows; keeps the best in *best. */
void tours_try(struct solution *s, int32_t vehicle, int32_t day, const struct offers_style *style, struct offers_choice *best);

/* Whether the vehicle may run that day and is free. */
bool tours_possible(const struct solution *s, int32_t vehicle, int32_t day);

/* Another crew for a tour that has its vehicle, times and posts; fills team and moves. False: none. */
bool tours_recrew(struct solution *s, struct block *b);

/* Whether any crew of the vehicle's base is free for half a day then. */
bool tours_crew(struct solution *s, int32_t vehicle, int32_t day);

#endif
