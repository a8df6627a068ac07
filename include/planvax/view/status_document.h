/* SPDX-License-Identifier: Apache-2.0 */
/* status_document: one item of GET /v1/plans (INTERFACE.md 6). Pure; any thread. */
#ifndef PLANVAX_VIEW_STATUS_DOCUMENT_H
#define PLANVAX_VIEW_STATUS_DOCUMENT_H

#include <planvax/base/civil.h>
#include <planvax/base/json.h>

struct status_item {
	const char *service_id, *name, *region, *month;
	const char *state;           /* missing, draft, published, sent, received, accepted, returned */
	int32_t version;             /* 0: no plan, written as null */
	const char *plan_digest;     /* NULL: no plan */
	struct date deadline;        /* DATE_NONE: none */
	struct instant received_at;  /* utc_s 0: not received */
	const char *indicators_json; /* stored object, masked or whole by audience; NULL: no plan */
};

/* Writes one item as a JSON object. */
void status_document_item(const struct status_item *item, struct json_writer *w);

#endif
