/* SPDX-License-Identifier: Apache-2.0 */
/* visit_store: visits and other calendar entries, by source, UID and
 * RECURRENCE-ID, with the version (SEQUENCE, DTSTAMP, digest) that ingest's
 * reconciliation compares. It stores what it is told; it decides nothing. A
 * cancellation stays as a mark, so that an older version cannot revive an entry.
 * Each change raises the service's revision. Prefixes: visit_store_, agenda_. */
#ifndef PLANVAX_STORE_VISIT_STORE_H
#define PLANVAX_STORE_VISIT_STORE_H

#include <planvax/base/arena.h>
#include <planvax/base/digest.h>
#include <planvax/model/visit.h>
#include <planvax/store/db.h>
#include <planvax/store/register_store.h>
#include <stddef.h>

/* AGENDA_FREE entries are kept for their version only. */
enum agenda_status { AGENDA_VISIT, AGENDA_BUSY, AGENDA_FREE, AGENDA_CANCELLED };
extern const struct name agenda_status_names[];

/* Source of rows of visits.csv; calendars have their file's or feed's name. */
#define AGENDA_SOURCE_TABLE "visits.csv"

/* Which entry. */
struct agenda_key {
	const char *service_id;
	const char *source;     /* at most 200 bytes */
	const char *uid;
	const char *recurrence; /* original start in UTC, "20220112T083000Z"; "" for a single event or a whole series */
};

struct agenda_version {
	enum agenda_status status;
	int32_t sequence;
	struct instant stamp;
	unsigned char digest[DIGEST_BYTES];
};

struct agenda_entry {
	struct agenda_key key;
	struct agenda_version version;
	struct visit visit;      /* visit_id, person_ref, type, start, end, due, place; NULL or 0 where the status has none */
	const char *const *staff; /* busy members, a visit's own first */
	size_t n_staff;
};

/* Stores an entry: a new one, another version of a known one, or a cancellation. 0 and *verdict: ROW_UNCHANGED if status and
 * digest are as known (its version number is renewed all the same). ERR_NOT_FOUND: unknown service (f). */
int visit_store_put(struct tx *tx, const struct agenda_entry *entry, enum row_verdict *verdict, struct fault *f);

/* The known version of an entry; else the cancelled series' that it belongs to. 0; ERR_NOT_FOUND. */
int visit_store_known(struct tx *tx, const struct agenda_key *key, struct agenda_version *out);

/* Calls each(arg) for every entry of a source, by uid and recurrence; texts are valid until it returns. */
int visit_store_each(struct tx *tx, const char *service_id, const char *source,
	void (*each)(void *arg, const struct agenda_key *key, const struct agenda_version *version), void *arg);

/* Marks one entry cancelled, keeping its version number (gone from a full snapshot, or from a series that changed). */
int visit_store_cancel(struct tx *tx, const struct agenda_key *key);

/* Takes out all entries of key's UID that its source has no longer, keeping their versions; adds to *n what was still there. */
int visit_store_gone_uid(struct tx *tx, const struct agenda_key *key, int64_t *n);

/* Cancels all entries of a UID and leaves the mark of the series (recurrence "") with that version. *n (may be NULL): entries. */
int visit_store_cancel_series(struct tx *tx, const struct agenda_key *key, const struct agenda_version *version, int64_t *n);

/* One visit by id, not cancelled. Texts in arena. 0; ERR_NOT_FOUND. */
int visit_store_visit(struct tx *tx, const char *service_id, const char *visit_id, struct arena *arena, struct visit *out);

#endif
