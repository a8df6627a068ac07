/* SPDX-License-Identifier: Apache-2.0 */
/* plan_document: writes planvax-plan/1 (INTERFACE.md 3): equal plans are equal
 * bytes. The document of many services is put together from parts, one per
 * service, so that a national plan never lies in memory twice. Pure; any thread. */
#ifndef PLANVAX_VIEW_PLAN_DOCUMENT_H
#define PLANVAX_VIEW_PLAN_DOCUMENT_H

#include <planvax/base/buf.h>
#include <planvax/base/digest.h>
#include <planvax/base/zone.h>
#include <planvax/model/plan.h>

/* One service's object of the "services" array. */
struct plan_document_part {
	const char *service_id;
	const char *json;
	size_t len;
};

/* Appends the object of one service, instants with the offset of zone. */
void plan_document_service(const struct plan_service *s, const struct zone *zone, struct buf *out);

/* Appends the whole document: head and indicators of `plan` (its services are not looked at), the n parts,
 * sorted by service_id. Sets plan->plan_digest: SHA-256 of the document with an empty plan_digest. */
void plan_document_write(struct plan *plan, const struct plan_document_part *parts, size_t n, struct buf *out);

/* Input digest of a document of n services: of the snapshots' digests in order of service_id. */
void plan_document_input_digest(const unsigned char (*digests)[DIGEST_BYTES], size_t n, char text[DIGEST_TEXT_BYTES]);

struct json_writer;

/* Writes the "indicators" object as a value. */
void plan_document_indicators(const struct plan_indicators *i, struct json_writer *w);

#endif
