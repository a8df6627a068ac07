/* SPDX-License-Identifier: Apache-2.0 */
/* held_store: runs over a source that would have removed suspiciously much, with the
 * list of what they would have removed, until the operator decides. */
#ifndef PLANVAX_STORE_HELD_STORE_H
#define PLANVAX_STORE_HELD_STORE_H

#include <planvax/base/arena.h>
#include <planvax/base/digest.h>
#include <planvax/store/visit_store.h>

struct held_run {
	const char *service_id, *source; /* key */
	const char *file;                /* as it was called */
	unsigned char digest[DIGEST_BYTES]; /* of its bytes */
	struct instant held_at;
	int64_t known, gone;             /* live entries known then; of these not in the file */
};

/* Adds a run. Its entries come after it. */
int held_store_put(struct tx *tx, const struct held_run *run);

/* Adds an entry to a run, as it is known. */
int held_store_put_entry(struct tx *tx, const struct agenda_key *key, const struct agenda_version *version);

/* Removes at most limit of a run's entries; with the last, the run. *left (may be NULL): whether some are left. */
int held_store_drop(struct tx *tx, const char *service_id, const char *source, int64_t limit, bool *left);

/* One run; texts in arena. 0; ERR_NOT_FOUND. */
int held_store_get(struct tx *tx, const char *service_id, const char *source, struct arena *arena, struct held_run *out);

/* All runs, by service (NULL: of all) and source. Rows in arena. */
int held_store_runs(struct tx *tx, const char *service_id, struct arena *arena, const struct held_run **rows, size_t *n);

/* How many runs are held. */
int held_store_count(struct tx *tx, int64_t *n);

/* Takes out of the agenda at most limit entries of a run that are still as they were when it was held, and drops them from its
 * list, with the last the run. *removed is added to; *left: whether some are left. Raises the revision. */
int held_store_release(struct tx *tx, const struct held_run *run, int64_t limit, int64_t *removed, bool *left);

#endif
