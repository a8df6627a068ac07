/* SPDX-License-Identifier: Apache-2.0 */
/* settings: configuration and compiled rules as one immutable, counted set. Jobs hold a
 * reference while they work; a reload builds a new set and swaps one pointer. Any thread. */
#ifndef PLANVAX_JOBS_SETTINGS_H
#define PLANVAX_JOBS_SETTINGS_H

#include <planvax/base/civil.h>
#include <planvax/base/digest.h>
#include <planvax/base/fault.h>
#include <planvax/deliver/authority_options.h>
#include <planvax/deliver/mail_options.h>
#include <planvax/deliver/push_request.h>
#include <planvax/ingest/mapping.h>
#include <planvax/ingest/mapping_options.h>
#include <planvax/jobs/job_options.h>
#include <planvax/plan/plan_options.h>
#include <planvax/rules/ruleset.h>
#include <planvax/view/privacy_options.h>
#include <stdatomic.h>

/* What a set is made of; borrowed from owner, which release frees with the set. */
struct settings_parts {
	const struct job_options *jobs;
	const struct plan_options *plan;
	const struct privacy_options *privacy;
	const struct mail_options *mail;
	const struct authority_options *authorities;
	size_t n_authorities;
	const struct mapping_options *mappings;
	size_t n_mappings;
	const struct source_options *sources;
	size_t n_sources;
	void *owner;
	void (*release)(void *owner);
};

struct settings {
	struct settings_parts parts;
	struct ruleset *rules;
	struct mapping *mapping;      /* the default one, of calendars */
	struct mapping **mappings;    /* by parts.mappings; [mapping.default] is `mapping` again */
	const char **visit_types;     /* codes that the rules know */
	size_t n_visit_types;
	struct push_keys **keys;      /* by authority; NULL where it has no url */
	struct instant planning_now;  /* utc_s 0: real time */
	char digest[DIGEST_TEXT_BYTES]; /* of what changes plans: rules, planning options, seed, effort */
	atomic_int references;
};

/* Hears of each error, all of them in one run. */
typedef void (*settings_report)(void *arg, const struct fault *f);

/* Loads rules and keys, builds the mapping. *settings has one reference, the caller's; it owns parts->owner from then on, not on
 * failure. 0; ERR_INVALID: errors were reported; ERR_NOT_FOUND: no rule directory (reported). */
int settings_new(const struct settings_parts *parts, settings_report report, void *arg, struct settings **settings);

/* One more reference. Returns s. */
struct settings *settings_hold(struct settings *s);

/* Drops one; the last frees. NULL allowed. */
void settings_drop(struct settings *s);

/* The mapping of a name, or of NULL the default; a name without section is the default too (config_check refuses it before). */
const struct mapping *settings_mapping(const struct settings *s, const char *name);

/* The planning clock: fixed by the configuration, else real. */
struct instant settings_now(const struct settings *s);

/* The month that is planned now. */
struct settings_month {
	char text[8];             /* "2022-01" */
	struct date first, last;  /* calendar days, both included */
	struct date deadline;     /* when authorities expect the plan */
};

/* Tells it, from the configuration and the planning clock. */
void settings_month(const struct settings *s, struct settings_month *out);

/* First and last day of "2022-01". 0; ERR_INVALID. */
int settings_month_days(const char *text, struct date *first, struct date *last);

/* Index of a region's authority ("default" for those without their own); -1: nothing is pushed. */
int settings_authority(const struct settings *s, const char *region);

#endif
