/* SPDX-License-Identifier: Apache-2.0 */
/* jobs_fixture: what jobs need, in a folder of its own: a store with an inline writer, settings with the rules of
 * conf/rules for January 2022, planned at noon of 31 December 2021, and a drop folder. */
#ifndef PLANVAX_TESTS_JOBS_FIXTURE_H
#define PLANVAX_TESTS_JOBS_FIXTURE_H

#include <planvax/jobs/intake.h>
#include <planvax/jobs/replan.h>
#include <planvax/jobs/settings.h>

#include "store_temp.h"

#define JOBS_FIXTURE_MONTH "2022-01"
#define JOBS_FIXTURE_URL "https://authority.example/plans"

struct jobs_fixture {
	struct store_temp store;
	struct arena arena;
	/* Options; jobs_fixture_renew makes settings of them. */
	struct job_options jobs;
	struct plan_options plan;
	struct privacy_options privacy;
	struct mail_options mail;
	struct authority_options authority; /* "default"; url NULL at first: none */
	const struct source_options *sources; /* borrowed; none at first */
	size_t n_sources;
	struct settings *settings;
	struct intake intake;
	struct buf errors;    /* what the last settings_new reported, a line each */
	char folder[64];      /* holds the rest, removed at the end */
	char spool[80];
	char secret[80];      /* a file with a signing key */
};

/* Opens an empty store and makes the settings. Aborts if it cannot. */
void jobs_fixture_open(struct jobs_fixture *f);

/* Makes the settings anew from the options. 0, or the error of settings_new: the old ones stay. */
int jobs_fixture_renew(struct jobs_fixture *f);

/* Frees all, removes the folder. */
void jobs_fixture_close(struct jobs_fixture *f);

/* Takes a text as a file of that name ("people.csv", "S001/P1.ics"). Release result->report. */
int jobs_fixture_take(struct jobs_fixture *f, const char *name, const char *text, struct intake_result *result);

/* The same, without a look at the outcome but that it is 0 and nothing was rejected (aborts). */
void jobs_fixture_put(struct jobs_fixture *f, const char *name, const char *text);

/* Service S001 in Rennes with a centre and the physician P1 (p1@service.example). */
void jobs_fixture_put_service(struct jobs_fixture *f);

/* Writes a file into the folder, and its parent folder; mtime an hour ago. */
void jobs_fixture_write(struct jobs_fixture *f, const char *name, const char *text);

/* Reads a file of the folder into a text of the arena; NULL: it is not there. */
const char *jobs_fixture_read(struct jobs_fixture *f, const char *name);

/* Revision of a service; 0: not known. */
int64_t jobs_fixture_revision(struct jobs_fixture *f, const char *service_id);

/* The service sealed from the store for the month; snapshot_free it. Aborts if it cannot. */
const struct snapshot *jobs_fixture_snapshot(struct jobs_fixture *f);

#endif
