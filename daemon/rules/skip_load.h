/* SPDX-License-Identifier: Apache-2.0 */
/* skip_load: reads conditional skips (RULES.md 7). */
#ifndef SKIP_LOAD_H
#define SKIP_LOAD_H

#include "entry_load.h"

/* Reads the list of skips into t; errors are reported. */
void skip_load(struct entry_file *f, const struct json_value *list, struct target_rule *t);

#endif
