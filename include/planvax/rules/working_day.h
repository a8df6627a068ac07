/* SPDX-License-Identifier: Apache-2.0 */
/* working_day: French public holidays, computed (Easter, Alsace-Moselle, overseas). Pure; any thread. */
#ifndef PLANVAX_RULES_WORKING_DAY_H
#define PLANVAX_RULES_WORKING_DAY_H

#include <planvax/base/civil.h>
#include <stdbool.h>

/* Easter Sunday of a year (Gregorian, 1583 to 9999). */
struct date working_day_easter(int year);

/* French name of the public holiday in that department ("57"), or NULL. Static text. */
const char *working_day_holiday(struct date day, const char *departement);

/* Whether day's weekday is in mask (bit 0 Monday) and no public holiday of the department. */
bool working_day_is(struct date day, const char *departement, unsigned weekday_mask);

#endif
