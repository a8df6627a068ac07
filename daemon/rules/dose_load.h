/* SPDX-License-Identifier: Apache-2.0 */
/* dose_load: reads a target dose (RULES.md 6 and 9). */
#ifndef DOSE_LOAD_H
#define DOSE_LOAD_H

#include "entry_load.h"

/* Reads target n (from 1) of a series into t; source is the series'. Errors are reported. */
void dose_load(struct entry_file *f, const struct json_value *v, int32_t n, const char *series, const char *source,
	struct target_rule *t);

#endif
