/* SPDX-License-Identifier: Apache-2.0 */
/* intake_register: a register's rows into the store. Private to intake. */
#ifndef PLANVAX_JOBS_INTAKE_REGISTER_H
#define PLANVAX_JOBS_INTAKE_REGISTER_H

#include <planvax/ingest/register_columns.h>
#include <planvax/ingest/register_keys.h>
#include <planvax/jobs/intake.h>

/* Takes one register. Errors as intake_run. */
int intake_register(const struct intake *in, const struct intake_file *file, enum register_kind kind, struct intake_result *result,
	struct fault *f);

/* A service that a register names. */
struct intake_register_service {
	char id[65];
	int64_t known;   /* rows of that register before the file came */
	int64_t matched; /* of these, rows that the file names and that were taken */
};

/* What a register named. */
struct intake_register_named {
	enum register_kind kind;
	const struct intake_register_service *services;
	size_t n;
	int64_t matched;                  /* rows of the file that were known, of all services */
	const struct register_keys *keys; /* of all its rows; of history and stock where the file is complete */
};

/* Tells of rows known before that the file does not name, and takes them out where it is complete: never services, never visits
 * that are past, and nothing where rows were rejected or more than half of at least 20 are gone. Tells what named the rows that
 * went. 0; errors of the writer. */
int intake_register_missing(const struct intake *in, const struct intake_file *file, const struct intake_register_named *named,
	struct intake_result *result);

/* Number of rows that a service has in a register that may miss some; 0 of others. now: of the planning clock. */
int64_t intake_register_known(struct tx *tx, enum register_kind kind, const char *service_id, struct instant now);

/* Tells how many visits of visits.csv a calendar has too: of all services that the file names. 0; errors of the store. */
int intake_register_doubles(const struct intake *in, const struct intake_file *file, const char *service_id, struct intake_result *result);

#endif
