/* SPDX-License-Identifier: Apache-2.0 */
/* dataset_calendars: the calendar files of one service into a snapshot builder.
 * Of several versions of a component the newest counts. One thread. */
#ifndef PLANVAX_INGEST_DATASET_CALENDARS_H
#define PLANVAX_INGEST_DATASET_CALENDARS_H

#include <planvax/base/map.h>
#include <planvax/base/zone.h>
#include <planvax/ingest/calendar_read.h>
#include <planvax/ingest/dataset.h>

/* A service's staff as calendars name them. */
struct dataset_staff {
	struct map by_text;          /* staff_id, e-mail address, name -> index; lower case but for the id */
	const char *const *ids;      /* staff_ids, borrowed */
};

struct dataset_calendars {
	const char *directory;       /* calendars/SERVICE_ID with its path */
	const char *name;            /* as reports call it: "calendars/SERVICE_ID" */
	const struct service *service;
	const struct zone *zone;
	struct dataset_staff *staff;
	struct map *ids;             /* filled: ids of visits that are held or cancelled */
	const struct dataset_options *options;
	const struct mapping *mapping;
	struct dataset_counts *counts;
};

/* staff_id of an e-mail address, id or name (any case); NULL: not on the register. arg is a struct dataset_staff. */
const char *dataset_calendars_staff(void *arg, const char *text);

/* Reads *.ics of the directory by name and adds visits and busy time. A directory that is not there is none. 0; ERR_IO (f). */
int dataset_calendars_read(const struct dataset_calendars *c, struct snapshot_builder *builder, struct fault *f);

#endif
