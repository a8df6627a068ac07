/* SPDX-License-Identifier: Apache-2.0 */
/* vials_load: reads planvax-vials/1. */
#ifndef VIALS_LOAD_H
#define VIALS_LOAD_H

#include "rule_parts.h"
#include "rule_read.h"

/* Reads the products of a file into rules; errors are reported. */
void vials_load(struct rule_read *r, const struct json_value *root, struct ruleset *rules);

#endif
