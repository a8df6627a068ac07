/* SPDX-License-Identifier: Apache-2.0 */
/* campaign_report: what the rule files tell about a campaign besides whom it plans: cumulative counts with
 * their as-of date, the appointments offered before it, the uptake to expect (conf/rules/campaigns). Texts
 * live as long as the ruleset. Any thread. */
#ifndef PLANVAX_RULES_CAMPAIGN_REPORT_H
#define PLANVAX_RULES_CAMPAIGN_REPORT_H

#include <planvax/base/civil.h>
#include <planvax/model/registers.h>
#include <planvax/rules/ruleset.h>
#include <stdbool.h>
#include <stdint.h>

/* A published cumulative count. */
struct campaign_report_figure {
	const char *what;    /* "doses", "first", "complete", "booster" */
	const char *scope;   /* of whom or where */
	int64_t n;
	struct date as_of;
	const char *source;  /* or NULL */
};

/* Appointments offered before the campaign. */
struct campaign_report_offer {
	struct date from, to; /* both included */
	const char *per;      /* "day", "week", "month" */
	int64_t n;            /* of them in each */
	const char *source;   /* or NULL */
};

struct campaign_report_key {
	const char *id;      /* of the campaign */
	const char *what;
	const char *scope;   /* NULL: the first by bytes */
	struct date day;
};

/* The last count on or before a day. False if there is none. */
bool campaign_report_count(const struct ruleset *rules, const struct campaign_report_key *key, struct campaign_report_figure *out);

/* The offer before a campaign; false if the rules tell none. */
bool campaign_report_baseline(const struct ruleset *rules, const char *id, struct campaign_report_offer *out);

/* Uptake to expect of a kind of person by the campaign of that group that is open on a day, per cent; -1: not said. */
int campaign_report_uptake(const struct ruleset *rules, const char *group, enum person_kind kind, struct date day);

#endif
