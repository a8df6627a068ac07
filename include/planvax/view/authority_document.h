/* SPDX-License-Identifier: Apache-2.0 */
/* authority_document: planvax-authority/1 (INTERFACE.md 3): what leaves a service for
 * an authority. No person, no staff, no visit, no SIRET; counts of persons below
 * min_persons and of companies below min_companies are null, and with them as many
 * other counts as it takes that none can be derived from totals (DOMAIN.md 5.7).
 * Pure; any thread. */
#ifndef PLANVAX_VIEW_AUTHORITY_DOCUMENT_H
#define PLANVAX_VIEW_AUTHORITY_DOCUMENT_H

#include <planvax/base/buf.h>
#include <planvax/model/plan.h>
#include <planvax/model/snapshot.h>
#include <planvax/view/privacy.h>

struct authority_document {
	const struct plan_service *plan;
	const struct snapshot *snapshot;
	const char *plan_digest;     /* of the full plan */
	const char *month;           /* "2022-01" */
	struct instant now;          /* the plan's */
	struct privacy_limits limits;
};

/* Appends the document and one newline to out, and its masked "indicators" object alone (what status lists show to
 * authorities) to indicators. Equal input gives equal bytes. */
void authority_document_write(const struct authority_document *d, struct buf *out, struct buf *indicators);

#endif
