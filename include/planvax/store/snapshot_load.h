/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_load: one service from the store into a sealed snapshot. */
#ifndef PLANVAX_STORE_SNAPSHOT_LOAD_H
#define PLANVAX_STORE_SNAPSHOT_LOAD_H

#include <planvax/model/snapshot.h>
#include <planvax/store/db.h>

struct snapshot_request {
	const char *service_id;
	struct date from, to;      /* visits and busy time that touch these days of the service; DATE_NONE: all */
	snapshot_report report;    /* rows left out by sealing; may be NULL */
	void *arg;
};

/* Loads and seals, within the caller's read transaction. *revision (may be NULL) is that of the rows read. *snapshot is owned by the
 * caller (snapshot_free). 0; ERR_NOT_FOUND: unknown service or time zone (f); ERR_CORRUPT: a stored row cannot be read (f). */
int snapshot_load(struct tx *tx, const struct snapshot_request *request, int64_t *revision, const struct snapshot **snapshot, struct fault *f);

#endif
