/* SPDX-License-Identifier: Apache-2.0 */
/* premises_load: reads planvax-premises/1. */
#ifndef PREMISES_LOAD_H
#define PREMISES_LOAD_H

#include "rule_parts.h"
#include "rule_read.h"

/* What services of some kinds may use, while in force. */
struct premises_rule {
	struct date from, to; /* to DATE_NONE: no end */
	unsigned services;    /* bit of enum service_kind */
	bool company;
	unsigned centres;     /* bit of enum centre_kind */
};

struct premises_table {
	const struct premises_rule *rules; /* the first one that fits decides */
	size_t n_rules;
};

/* Reads the rules of a file into rules; errors are reported. */
void premises_load(struct rule_read *r, const struct json_value *root, struct ruleset *rules);

#endif
