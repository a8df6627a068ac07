/* SPDX-License-Identifier: Apache-2.0 */
/* source_store: what is known of a configured source of calendars between its
 * runs: tags and tokens, outcomes, when it is due, and the resources that it
 * held. It stores what it is told; it decides nothing. Prefix: source_store_. */
#ifndef PLANVAX_STORE_SOURCE_STORE_H
#define PLANVAX_STORE_SOURCE_STORE_H

#include <planvax/base/arena.h>
#include <planvax/base/digest.h>
#include <planvax/store/db.h>
#include <stdbool.h>
#include <stddef.h>

/* Which source. */
struct source_key {
	const char *service_id;
	const char *name;          /* of the section [source.NAME] */
};

/* What the last run that took something counted. */
struct source_counts {
	int64_t read, created, changed, unchanged, cancelled, rejected;
};

struct source_state {
	struct source_key key;
	unsigned char section[DIGEST_BYTES];  /* of its configuration */
	unsigned char identity[DIGEST_BYTES]; /* of all that decides what the same events become */
	const char *etag, *last_modified;     /* of a feed's last answer that was taken; NULL: none */
	const char *collection;               /* URL of the calendar behind a CalDAV address; NULL: not looked for */
	const char *ctag, *sync_token;        /* of a CalDAV collection, all of whose changes are in the store; NULL: none */
	struct instant tried_at;              /* end of the last run */
	struct instant good_at;               /* end of the last good one; utc_s 0: none yet */
	struct instant next_at;               /* when it is due */
	int32_t failures;                     /* runs that failed since the last good one */
	bool held;                            /* the last run would have removed suspiciously much: it waits for the operator */
	struct source_counts counts;
	const char *problem, *hint;           /* what is wrong now, in words; NULL: nothing */
	const char *report;                   /* lines on single events, or NULL */
};

/* One resource and one UID in it; uid "" where it holds no event. */
struct source_item {
	const char *href;
	const char *uid;
	const char *etag;
};

/* The state of one source; texts in arena. 0; ERR_NOT_FOUND. */
int source_store_get(struct tx *tx, const struct source_key *key, struct arena *arena, struct source_state *out);

/* All states, by service and name. Not for the loop's thread. */
int source_store_list(struct tx *tx, struct arena *arena, const struct source_state **rows, size_t *n);

/* Stores a state in place of what is known. Writer. */
int source_store_put(struct tx *tx, const struct source_state *state);

/* The resources of a source by href and uid; texts in arena. */
int source_store_items(struct tx *tx, const struct source_key *key, struct arena *arena, const struct source_item **rows, size_t *n);

/* Forgets a resource. Writer. */
int source_store_drop_item(struct tx *tx, const struct source_key *key, const char *href);

/* Adds a resource's row; one that is known gets the tag. Writer. */
int source_store_put_item(struct tx *tx, const struct source_key *key, const struct source_item *item);

/* Forgets a source and its resources. Writer. */
int source_store_drop(struct tx *tx, const struct source_key *key);

/* Forgets all resources of a source. Writer. */
int source_store_drop_items(struct tx *tx, const struct source_key *key);

#endif
