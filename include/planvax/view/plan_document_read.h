/* SPDX-License-Identifier: Apache-2.0 */
/* plan_document_read: reads planvax-plan/1 back, for re-planning and for
 * differences. Strict about what it uses, silent about keys it does not know.
 * Pure; any thread. Prefixes: plan_document_read, plan_document_find. */
#ifndef PLANVAX_VIEW_PLAN_DOCUMENT_READ_H
#define PLANVAX_VIEW_PLAN_DOCUMENT_READ_H

#include <planvax/base/arena.h>
#include <planvax/base/fault.h>
#include <planvax/model/plan.h>

/* A document's text, len bytes; `name` is what faults call it. */
struct plan_document_text {
	const char *name;
	const char *json;
	size_t len;
};

/* Reads a document. *plan and all it holds live in arena; the text may go away after.
 * 0; ERR_INVALID: not such a document (f: name:line: pointer: what, hint). */
int plan_document_read(const struct plan_document_text *text, struct arena *arena, struct plan *plan, struct fault *f);

/* The plan of a service in a document; NULL if it has none. */
const struct plan_service *plan_document_find(const struct plan *plan, const char *service_id);

#endif
