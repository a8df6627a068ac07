/* SPDX-License-Identifier: Apache-2.0 */
/* dose_load: reads a target dose (RULES.md 6 and 9). */
#ifndef DOSE_LOAD_H
#define DOSE_LOAD_H

#include "entry_load.h"

/* Reads target n (from 1) of f's current series into t. Errors are reported. */
void dose_load(struct entry_file *f, const struct json_value *v, int32_t n, struct target_rule *t);

#endif
