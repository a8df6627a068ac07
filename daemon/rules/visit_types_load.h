/* SPDX-License-Identifier: Apache-2.0 */
/* visit_types_load: reads planvax-visit-types/1. */
#ifndef VISIT_TYPES_LOAD_H
#define VISIT_TYPES_LOAD_H

#include "rule_parts.h"
#include "rule_read.h"

/* Reads the types of a file into rules; errors are reported. */
void visit_types_load(struct rule_read *r, const struct json_value *root, struct ruleset *rules);

#endif
