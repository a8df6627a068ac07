/* SPDX-License-Identifier: Apache-2.0 */
/* reconcile: what a component that arrives does to the one that is known under
 * the same key (source, UID, RECURRENCE-ID in UTC): a pure decision by SEQUENCE,
 * then DTSTAMP (RFC 5546 2.1.5), so that versions may come in any order. */
#ifndef PLANVAX_INGEST_RECONCILE_H
#define PLANVAX_INGEST_RECONCILE_H

#include <planvax/base/clock.h>
#include <planvax/base/digest.h>
#include <planvax/base/names.h>
#include <planvax/ingest/calendar_read.h>
#include <stdbool.h>
#include <stdint.h>

/* One version of a component. A known one is kept after its cancellation, so that an older request cannot revive it. */
struct reconcile_version {
	int32_t sequence;           /* 0 where absent */
	struct instant stamp;       /* EVENT_NO_INSTANT where absent: older than any */
	bool cancelled;
	unsigned char digest[DIGEST_BYTES]; /* of what matters (reconcile_digest) */
};

enum reconcile_verdict {
	RECONCILE_CREATED,   /* nothing was known */
	RECONCILE_CHANGED,   /* replaces the known one */
	RECONCILE_UNCHANGED, /* the same: nothing to write, but for a newer version number */
	RECONCILE_CANCELLED, /* removes the known one, or comes before it: keep the mark */
	RECONCILE_IGNORED    /* older than the known one */
};
extern const struct name reconcile_verdict_names[];

/* Order of two versions: < 0 if a is older, > 0 if newer, 0 if neither says. */
int reconcile_order(const struct reconcile_version *a, const struct reconcile_version *b);

/* What `seen` does to `known` (NULL: nothing known). Of two versions that neither number tells apart the cancelled
 * one stays; otherwise the one that arrives wins, since sources exist that never raise them. */
enum reconcile_verdict reconcile_decide(const struct reconcile_version *known, const struct reconcile_version *seen);

/* Version of a row of a calendar: its numbers and the digest of its times, staff, person, type, place and due date. */
void reconcile_version_of(const struct calendar_row *row, struct reconcile_version *out);

/* How a run over a full snapshot of a source looks beside what is known of it. */
struct reconcile_run {
	int64_t known; /* components known of the source, cancelled ones not counted */
	int64_t gone;  /* of these, not seen in this run */
};

/* Whether the run is suspiciously empty and to be held for the operator: more than half of at least 20 gone. */
bool reconcile_suspicious(const struct reconcile_run *run);

#endif
