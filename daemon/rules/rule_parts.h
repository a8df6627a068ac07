/* SPDX-License-Identifier: Apache-2.0 */
/* rule_parts: what a ruleset consists of. Filled once by ruleset_load, immutable
 * afterwards; every text and array lies in its arena. */
#ifndef RULE_PARTS_H
#define RULE_PARTS_H

#include "campaigns.h"
#include "schedule.h"

#include <planvax/base/arena.h>
#include <planvax/base/digest.h>
#include <planvax/rules/ruleset.h>
#include <planvax/rules/vials.h>
#include <planvax/rules/visit_types.h>

#include <stdatomic.h>

struct postponement_table;
struct premises_table;
struct beneficiaries_table;

struct ruleset {
	atomic_int references;
	struct arena arena;
	struct schedule *schedule;                      /* dose rules */
	const struct visit_type *visit_types;           /* by code, then valid_from */
	size_t n_visit_types;
	const struct postponement_table *postponement;  /* NULL: no regime */
	const struct premises_table *premises;          /* NULL: everything is allowed */
	const struct beneficiaries_table *beneficiaries; /* NULL: everyone */
	const struct vial *vials;                       /* by product */
	size_t n_vials;
	const char *const (*vial_aliases)[2];           /* alias, product; by alias */
	size_t n_vial_aliases;
	const struct campaign *campaigns;               /* by descending priority, then group, then from */
	size_t n_campaigns;
	int16_t flag_observation[64];                   /* observation of each bit of a person's flags; -1 none */
	char digest[DIGEST_TEXT_BYTES];
};

#endif
