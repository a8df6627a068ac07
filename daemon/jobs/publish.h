/* SPDX-License-Identifier: Apache-2.0 */
/* publish: the transaction that makes a plan the published one. Private to jobs. */
#ifndef PLANVAX_JOBS_PUBLISH_H
#define PLANVAX_JOBS_PUBLISH_H

#include <planvax/store/plan_store.h>
#include <planvax/store/writer.h>

/* Writes version p->base + 1, its documents, offers, changes and letters, and the audit line; all or nothing. Waits for the commit.
 * 0; ERR_CONFLICT: base is no longer the published version; else the store's error. */
int publish_plan(struct writer *writer, const struct publication *p);

/* Stores it as the draft of its month instead. Errors as publish_plan. */
int publish_draft(struct writer *writer, const struct publication *p);

/* Notes that the service was planned from that revision and nothing changed; base + 1 is the version that stands, plan its content. */
int publish_nothing(struct writer *writer, const struct publication *p);

#endif
