/* SPDX-License-Identifier: Apache-2.0 */
/* schedule_load: reads schedule.json (planvax-schedule/1, RULES.md 3). */
#ifndef SCHEDULE_LOAD_H
#define SCHEDULE_LOAD_H

#include "entry_load.h"

/* Reads vaccines, observations, groups, antigens and conflicts into l->schedule; errors are reported. Sets l->r->blind where
 * a whole name space is missing. */
void schedule_load(struct entry_load *l, const struct json_value *root);

#endif
