/* SPDX-License-Identifier: Apache-2.0 */
/* postponement_load: reads planvax-postponement/1. */
#ifndef POSTPONEMENT_LOAD_H
#define POSTPONEMENT_LOAD_H

#include "rule_parts.h"
#include "rule_read.h"

/* One type of visit that a regime never postpones, for everyone or for whom any of flags holds. */
struct postponement_exclusion {
	const char *type;
	uint64_t flags;  /* 0: for everyone */
};

/* Due dates that a regime covers while it is in force from..to. */
struct postponement_window {
	struct date from, to;         /* today; to DATE_NONE: no end */
	struct date due_from, due_to; /* both included; due_from DATE_NONE: no beginning */
};

struct postponement_regime {
	const char *id, *source;
	const struct postponement_window *windows;
	size_t n_windows;
	const char *const *types;     /* that may be postponed */
	size_t n_types;
	const struct postponement_exclusion *never;
	size_t n_never;
	int32_t months;               /* after the due date; 0: until */
	int32_t months_again;         /* if postponed before; 0: months */
	struct date until;            /* where months is 0 */
};

struct postponement_table {
	const struct postponement_regime *regimes; /* in file order */
	size_t n_regimes;
};

/* Reads the regimes of a file into rules; errors are reported. */
void postponement_load(struct rule_read *r, const struct json_value *root, struct ruleset *rules);

#endif
