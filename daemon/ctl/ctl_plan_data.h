/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_plan_data: a data set, the rules and a plan document, opened for a question that is answered offline. */
#ifndef PLANVAX_CTL_CTL_PLAN_DATA_H
#define PLANVAX_CTL_CTL_PLAN_DATA_H

#include <planvax/base/arena.h>
#include <planvax/ingest/dataset.h>
#include <planvax/model/plan.h>
#include <planvax/plan/plan_options.h>
#include <planvax/rules/ruleset.h>

struct ctl_plan_data {
	const char *input, *rules_directory, *plan_file; /* set before; the last two may be NULL */
	struct date from, to;         /* set before, or DATE_NONE: the plan's */
	struct arena arena;
	struct ruleset *rules;
	struct dataset *dataset;
	struct plan plan;             /* of plan_file */
	struct plan_options options;  /* the defaults, but detour_pct and distance_limit_m are the plan's */
	bool rejected;                /* a row was */
};

/* Opens all; what is wrong is told on stderr. Returns the exit code; close it either way. */
int ctl_plan_data_open(struct ctl_plan_data *d);

/* Seals a service of the data set; told on stderr where it has none. *snapshot is owned by the caller. Returns the exit code. */
int ctl_plan_data_load(struct ctl_plan_data *d, const char *service_id, const struct snapshot **snapshot);

/* Frees. */
void ctl_plan_data_close(struct ctl_plan_data *d);

#endif
