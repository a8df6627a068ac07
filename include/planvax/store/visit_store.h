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

/* What stands besides visits and busy time is kept for its version only. GONE: its source has it no longer, and no
 * cancellation came. SERIES (recurrence ""): the version of a recurring event, whose instances are entries of their own. */
enum agenda_status { AGENDA_VISIT, AGENDA_BUSY, AGENDA_FREE, AGENDA_CANCELLED, AGENDA_GONE, AGENDA_SERIES };
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
	const char *staff_list;   /* the same as one text, separated by blanks; NULL: made from staff */
};

/* A known entry, as far as reconciliation asks. */
struct agenda_known {
	const char *uid, *recurrence;
	struct agenda_version version;
	struct instant start, end;
};

/* Stores an entry: a new one, another version of a known one, or a cancellation. 0 and *verdict: ROW_UNCHANGED if status and
 * digest are as known (its version number is renewed all the same). ERR_NOT_FOUND: unknown service (f). */
int visit_store_put(struct tx *tx, const struct agenda_entry *entry, enum row_verdict *verdict, struct fault *f);

/* Writes an entry that differs from what is known (NULL: nothing), without looking again. The service must exist. */
int visit_store_write(struct tx *tx, const struct agenda_entry *entry, const struct agenda_version *known);

/* Gives a known entry another status; its version stays. */
int visit_store_mark(struct tx *tx, const struct agenda_key *key, const struct agenda_version *known, enum agenda_status status);

/* Gives a known entry another version number alone. */
int visit_store_renew(struct tx *tx, const struct agenda_key *key, const struct agenda_version *version);

/* The known version of an entry. 0; ERR_NOT_FOUND. */
int visit_store_known(struct tx *tx, const struct agenda_key *key, struct agenda_version *out);

/* Some entries of a source; all is the caller's. */
struct agenda_page {
	struct agenda_known *rows;
	size_t limit;        /* room in rows */
	struct arena *arena; /* of their texts */
	size_t n;            /* rows filled; less than limit: there are no more */
};

/* Fills the page with the entries of a source from a key on, by uid and recurrence (in bytes). */
int visit_store_page(struct tx *tx, const struct agenda_key *from, struct agenda_page *page);

/* Takes out an entry that its source has no longer, keeping its version; adds to *n what was still there. */
int visit_store_gone(struct tx *tx, const struct agenda_key *key, int64_t *n);

/* The same for all entries of key's UID. */
int visit_store_gone_uid(struct tx *tx, const struct agenda_key *key, int64_t *n);

/* One visit by id: the newest version that any source has, unless a newer one is cancelled. Texts in arena. 0; ERR_NOT_FOUND. */
int visit_store_visit(struct tx *tx, const char *service_id, const char *visit_id, struct arena *arena, struct visit *out);

/* How many planned visits of visits.csv a calendar of the service (NULL: of all) has too under their id, cancelled
 * ones too. The calendar counts (snapshot_seal). */
int visit_store_doubles(struct tx *tx, const char *service_id, int64_t *n);

/* What is kept of a source and of the files of its folder. */
struct visit_totals {
	int64_t visits, busy; /* planned */
	int64_t entries;      /* all, marks too */
};

/* Counts it. */
int visit_store_source_totals(struct tx *tx, const char *service_id, const char *source, struct visit_totals *out);

/* Drops at most limit entries of it, without a mark; adds to *n. */
int visit_store_drop_source(struct tx *tx, const char *service_id, const char *source, int64_t limit, int64_t *n);

#endif
