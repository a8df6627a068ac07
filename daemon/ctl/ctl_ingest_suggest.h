/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ingest_suggest: planvaxctl ingest --suggest: proposes a mapping from a sample and
 * tries it on the sample. */
#ifndef PLANVAX_CTL_CTL_INGEST_SUGGEST_H
#define PLANVAX_CTL_CTL_INGEST_SUGGEST_H

#include "ctl_ingest_files.h"

#include <planvax/base/zone.h>
#include <planvax/rules/ruleset.h>

struct ctl_ingest_suggest_options {
	const char *name, *service, *path; /* of the sections; NULL: found, or left open */
	const struct ruleset *rules;       /* whose visit types are looked for */
	const struct zone *zone;
};

/* Prints the proposal on standard output and what it would give below it. Returns the exit code. */
int ctl_ingest_suggest(struct ctl_ingest_files *files, const struct ctl_ingest_suggest_options *options);

#endif
