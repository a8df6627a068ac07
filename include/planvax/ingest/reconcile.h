/* SPDX-License-Identifier: Apache-2.0 */
/* reconcile: what a component that arrives does to the one that is known under
 * the same key (source, UID, RECURRENCE-ID in UTC), and what absence from a full
 * export means. Pure decisions.
 *
 * Versions. By SEQUENCE, then DTSTAMP (RFC 5546 2.1.5), so that versions may come in any order: a cancellation that
 * comes first stays as a mark which an older request cannot revive. Of two that neither number tells apart a
 * cancellation wins. If both live, then within one file, and among deltas (messages, which arrive in any order), the
 * greater digest wins, whatever came first. A full export, or a resource just fetched, is what its source holds now:
 * there the one that arrives later wins, because sources exist that never raise either number. LAST-MODIFIED only
 * stands in for a DTSTAMP that is missing: exports disagree on what it means.
 *
 * Series. A recurring event has a version of its own (recurrence ""). While it is cancelled, neither instance nor
 * override that is not newer lives. An instance that an older version of the rule gave does not come back, nor does an
 * older override that comes as a message by itself (beside its series in one file it may be older). Where a
 * newer version arrives, what it no longer gives goes; in a full export also what an equal one no longer gives.
 *
 * Absence. A full export removes what it does not hold, but never what is past (rolling exports begin today), nor what one of its
 * rejected components may be. A run that would remove more than half of at least 20, or that is empty where at least
 * five are known, removes nothing before the operator says so. */
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
	bool gone;                  /* a known one: its source has it no longer, nobody cancelled it */
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

/* The same as a total order: a cancellation is newer, then the greater digest. 0: nothing tells them apart. */
int reconcile_compare(const struct reconcile_version *a, const struct reconcile_version *b);

/* Which of two live versions counts that neither number tells apart (see above). */
enum reconcile_tie { RECONCILE_BY_DIGEST, RECONCILE_BY_ARRIVAL };

/* What `seen` does to `known` (NULL: nothing known). */
enum reconcile_verdict reconcile_decide(const struct reconcile_version *known, const struct reconcile_version *seen, enum reconcile_tie tie);

/* Whether an instance or override that arrives is overruled by the version of its series. instance: a rule gave it. */
bool reconcile_blocked(const struct reconcile_version *seen, bool instance, const struct reconcile_version *series);

/* Whether a known instance goes that a version of its series, which arrives in a delta, does not give. */
bool reconcile_dropped(const struct reconcile_version *known, const struct reconcile_version *series, enum reconcile_tie tie);

/* Version of a row of a calendar: its numbers and the digest of its times, staff, person, type, place and due date.
 * digest and scratch: tools, as they are after. */
void reconcile_version_of(const struct calendar_row *row, struct digest *digest, struct buf *scratch, struct reconcile_version *out);

/* How a run over a full export looks beside what is known of its source, from now on. */
struct reconcile_run {
	int64_t known; /* live entries that are not past */
	int64_t gone;  /* of these, not in this run */
	bool empty;    /* the run holds no event at all */
};

/* Whether the run is to be held for the operator. */
bool reconcile_suspicious(const struct reconcile_run *run);

#endif
