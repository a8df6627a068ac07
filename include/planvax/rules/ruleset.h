/* SPDX-License-Identifier: Apache-2.0 */
/* ruleset: one immutable, counted set of dated rules: doses (planvax-rules/1),
 * visit types, postponement regimes, vials, premises, campaigns. Loaded and
 * checked as a whole; on any error nothing is loaded and the old set stays.
 * Any thread may read and hold it. */
#ifndef PLANVAX_RULES_RULESET_H
#define PLANVAX_RULES_RULESET_H

#include <planvax/base/fault.h>
#include <stddef.h>

struct ruleset;

/* Called for each error, all errors of all files in one run. */
typedef void (*ruleset_report)(void *arg, const struct fault *fault);

/* Loads a directory: *.json are dose rules (RULES.md), the sub-directories visits/ premises/ vials/ campaigns/
 * the rest (each may be missing: a set for forecasts alone). *ruleset has one reference, the caller's.
 * 0; ERR_INVALID: errors were reported; ERR_IO: directory unreadable (reported). */
int ruleset_load(const char *directory, ruleset_report report, void *arg, struct ruleset **ruleset);

/* One more reference. Returns r. */
struct ruleset *ruleset_hold(struct ruleset *r);

/* Drops a reference; the last one frees. NULL allowed. */
void ruleset_drop(struct ruleset *r);

/* "sha256:..." of the compiled rules: equal rules in other key order or file names give the same. */
const char *ruleset_digest(const struct ruleset *r);

#endif
