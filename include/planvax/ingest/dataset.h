/* SPDX-License-Identifier: Apache-2.0 */
/* dataset: a directory of registers and calendars (INTERFACE.md 2) as sealed
 * snapshots, service by service, without a store.
 *
 * Opening reads each register once and remembers, per service, where its rows
 * stand; loading reads one service's rows and calendars and seals them. So 800
 * services need the memory of one, plus a small index. The files must not
 * change meanwhile. One thread at a time (plan in a pool, load in one thread). */
#ifndef PLANVAX_INGEST_DATASET_H
#define PLANVAX_INGEST_DATASET_H

#include <planvax/base/fault.h>
#include <planvax/ingest/mapping.h>
#include <planvax/ingest/register_read.h>
#include <planvax/model/snapshot.h>

struct dataset;

struct dataset_options {
	const char *communes;           /* file to use where the directory has no communes.csv; NULL: none */
	const char *const *visit_types; /* visit type codes; NULL: any */
	size_t n_visit_types;
	bool (*known_product)(const void *arg, const char *code); /* products that stock.csv may name; NULL: any */
	const void *product_arg;        /* of known_product; outlives the data set */
	const struct mapping *mapping;  /* of calendars; NULL: the defaults. Outlives the data set */
	struct date from, to;           /* days whose visits and busy time count, both included; DATE_NONE: all, of recurring events 366 days from each start */
	struct date today;              /* births, doses and other facts after it are refused; DATE_NONE or day 0: not looked at */
	/* Hears of each problem: bad rows, unknown columns, rejected calendar components, rows without position. */
	void (*report)(void *arg, enum register_severity severity, const struct fault *fault);
	void *arg;
};

/* What became of the rows read so far. */
struct dataset_counts {
	struct register_counts registers[REGISTER_KINDS]; /* by enum register_kind; rows of services not loaded yet are in read only */
	bool present[REGISTER_KINDS];                     /* the directory has that file */
	struct register_counts calendars;                 /* VEVENT components of the services loaded */
	int64_t calendar_files, visits, busy;             /* files read; occurrences kept */
	int64_t unplaced;                                 /* good rows that sealing left out: no position, no parent */
};

/* Opens a directory. *dataset is owned by the caller; options are copied, but for the mapping. 0; ERR_IO: it cannot be read, or has no services.csv (f);
 * ERR_INVALID: no service could be read (reported, and f). */
int dataset_open(const char *directory, const struct dataset_options *options, struct dataset **dataset, struct fault *f);

/* Frees it; snapshots live on. NULL allowed. */
void dataset_free(struct dataset *d);

/* Number of services. */
size_t dataset_services(const struct dataset *d);

/* The i-th service, by service_id; lives as long as the data set. */
const struct service *dataset_service(const struct dataset *d, size_t i);

/* Index of a service, or -1. */
int32_t dataset_find(const struct dataset *d, const char *service_id);

/* Reads and seals the i-th service. *snapshot is owned by the caller (snapshot_free). Visits and busy time are
 * those that touch the window, as where the daemon reads them from its store: equal rows give equal digests. 0; ERR_IO: a file went away; ERR_NOT_FOUND: its time zone is unknown (f). */
int dataset_load(struct dataset *d, size_t i, const struct snapshot **snapshot, struct fault *f);

/* Counts so far. */
const struct dataset_counts *dataset_counts(const struct dataset *d);

#endif
