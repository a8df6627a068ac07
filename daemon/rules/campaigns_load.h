/* SPDX-License-Identifier: Apache-2.0 */
/* campaigns_load: reads planvax-campaign/1. */
#ifndef CAMPAIGNS_LOAD_H
#define CAMPAIGNS_LOAD_H

#include "rule_parts.h"
#include "rule_read.h"

/* Reads the campaign of a file; errors are reported. The schedule is loaded already. */
void campaigns_load(struct rule_read *r, const struct json_value *root, struct ruleset *rules, struct campaign *out);

/* Sorts the campaigns and gives them to rules. */
void campaigns_load_all(struct rule_read *r, struct ruleset *rules, struct campaign *campaigns, size_t n);

#endif
