/* SPDX-License-Identifier: Apache-2.0 */
/* job_options: sections [spool], [planning] (what is not the planner's own), [moves], [rules]
 * and [clock]. Plain value. Prefixes: job_options_, job_publish_. */
#ifndef PLANVAX_JOBS_JOB_OPTIONS_H
#define PLANVAX_JOBS_JOB_OPTIONS_H

#include <planvax/base/names.h>
#include <planvax/base/option.h>

enum publish_mode { PUBLISH_AUTOMATIC, PUBLISH_APPROVAL };
extern const struct name job_publish_names[];

struct job_options {
	const char *spool;        /* drop folder */
	int64_t spool_keep_ms;    /* how long files stay in its done/ and failed/; 0: for ever */
	const char *month;        /* "current", "next" or "YYYY-MM" */
	int publish;              /* enum publish_mode */
	const char *deadline;     /* date, or days before the month's first day as a negative number */
	int64_t settle_ms;        /* quiet time after a fact before planning */
	int64_t seed;
	int64_t iterations;       /* search effort a service; 0: the planner's default */
	int64_t workers;          /* threads for parsing and planning; 0: as many as cores */
	int move_method;          /* enum ical_write_method: PUBLISH or REQUEST */
	int64_t remind_after_ms;  /* from publication until a move that the agenda does not show is overdue */
	int64_t remind_every_ms;  /* between two reminders */
	const char *rules;        /* directory; NULL: found from the executable */
	const char *communes;     /* communes.csv; NULL: the shipped table */
	const char *planning_now; /* instant that fixes the planning clock; NULL: real time */
};

/* Rows of these sections. */
extern const struct option_row job_options_rows[];
extern const size_t job_options_n_rows;

#endif
