/* SPDX-License-Identifier: Apache-2.0 */
/* plan_store: plans by service and month: versions, documents as sent, what
 * queries look up, changes, receipts, and the sealed input of each version.
 *
 * A version is a draft until it is published; publishing is a compare-and-set on
 * the published version. Documents are stored gzipped, whole and once for each
 * audience, and answered as they are. Months are "2022-01". */
#ifndef PLANVAX_STORE_PLAN_STORE_H
#define PLANVAX_STORE_PLAN_STORE_H

#include <planvax/base/arena.h>
#include <planvax/base/digest.h>
#include <planvax/model/change.h>
#include <planvax/model/letter.h>
#include <planvax/model/plan.h>
#include <planvax/store/db.h>
#include <stddef.h>

/* Of one service and month: planvax-plan/1 stays with the service, planvax-authority/1 is masked. */
enum audience { AUDIENCE_NONE, AUDIENCE_SERVICE, AUDIENCE_AUTHORITY };
extern const struct name plan_store_audience_names[];

/* States of INTERFACE.md 6, in the order in which they come; PLAN_MISSING is not stored. */
enum plan_state { PLAN_MISSING, PLAN_DRAFT, PLAN_PUBLISHED, PLAN_SENT, PLAN_RECEIVED, PLAN_ACCEPTED, PLAN_RETURNED };
extern const struct name plan_store_state_names[];

struct plan_key {
	const char *service_id;
	const char *month;
	int32_t version; /* 0: the published one (or, where asked, the draft) */
};

/* A document as stored. */
struct plan_body {
	enum audience audience;
	const void *gzip;        /* one gzip member */
	size_t gzip_len;
	size_t raw_len;          /* bytes when expanded */
	unsigned char digest[DIGEST_BYTES]; /* SHA-256 of the expanded bytes: the ETag */
	const char *indicators;  /* JSON object for status lists, as this audience may see it; UTF-8 */
};

/* Makes a body of a document (compresses, digests). For any thread but the writer's. Memory in arena. */
void plan_store_seal(enum audience audience, const void *raw, size_t len, struct arena *arena, struct plan_body *out);

/* Everything that publishing one version writes. All borrowed until the transaction ends. */
struct publication {
	const char *service_id, *month;
	int32_t base;               /* published version that the plan starts from; 0: none */
	int64_t revision;           /* of the service, that the plan saw */
	const char *actor;          /* "daemon", or who approved */
	struct instant now;         /* the planning clock */
	const char *plan_digest, *input_digest, *rules_digest; /* "sha256:..." */
	int64_t seed;
	const struct plan_service *plan; /* for its offers; version is base + 1 */
	struct plan_body bodies[2]; /* service, authority */
	const struct plan_change *changes;
	size_t n_changes;
	const struct letter *letters;
	size_t n_letters;
	const void *input;          /* sealed input, gzipped; NULL: not kept */
	size_t input_len;
};

/* ---- writing; each sets the transaction's error ---- */

/* Makes version base + 1 the published one. The error is ERR_CONFLICT if base is not the published version (any more). */
void plan_store_advance(struct tx *tx, const struct publication *p);

/* Stores version base + 1 with its bodies and input, instead of a draft of that number. */
void plan_store_put(struct tx *tx, const struct publication *p);

/* Replaces the offers that queries look up by those of the new version. */
void plan_store_put_items(struct tx *tx, const struct publication *p);

/* Stores what changed against the version before. */
void plan_store_put_changes(struct tx *tx, const struct publication *p);

/* Stores version base + 1 as the draft of the month, instead of an older one. ERR_CONFLICT as above. Letters are not stored. */
int plan_store_put_draft(struct tx *tx, const struct publication *p);

/* Drops the draft of a month. 0; ERR_NOT_FOUND. */
int plan_store_drop_draft(struct tx *tx, const char *service_id, const char *month);

/* Moves the state of a published version on after a delivery or an authority's word: PLAN_SENT, PLAN_RECEIVED (at: received_at),
 * PLAN_ACCEPTED, PLAN_RETURNED (comment may be NULL). A state never goes back, but between accepted and returned.
 * 0; ERR_NOT_FOUND: no such version. */
int plan_store_receipt(struct tx *tx, const struct plan_key *key, enum plan_state state, const char *actor, const char *comment);

/* Forgets sealed inputs of versions published before `before`. *n (may be NULL): how many. */
int plan_store_forget_inputs(struct tx *tx, struct instant before, int64_t *n);

/* ---- reading ---- */

struct plan_version {
	int32_t version;
	enum plan_state state;
	int64_t revision;           /* that it saw */
	const char *plan_digest, *input_digest, *rules_digest, *actor;
	struct instant now;         /* planning clock */
	struct instant stored_at;   /* drafted, then published */
	struct instant received_at; /* utc_s 0: not received */
};

/* A version; version 0: the published one, else ERR_NOT_FOUND. Texts in arena. */
int plan_store_version(struct tx *tx, const struct plan_key *key, struct arena *arena, struct plan_version *out);

/* The draft of a month. 0; ERR_NOT_FOUND. */
int plan_store_draft(struct tx *tx, const char *service_id, const char *month, struct arena *arena, struct plan_version *out);

/* Versions of a month, newest first. */
int plan_store_versions(struct tx *tx, const struct plan_key *key, struct arena *arena, const struct plan_version **rows, size_t *n);

/* Digest alone of a body (ETag, 304). Drafts only where key->version names one. 0; ERR_NOT_FOUND. */
int plan_store_digest(struct tx *tx, const struct plan_key *key, enum audience audience, unsigned char digest[DIGEST_BYTES]);

/* A body; memory in arena. 0; ERR_NOT_FOUND. */
int plan_store_body(struct tx *tx, const struct plan_key *key, enum audience audience, struct arena *arena, struct plan_body *out);

/* The expanded bytes of a body, checked against its digest. 0; ERR_CORRUPT. */
int plan_store_expand(const struct plan_body *body, struct buf *out);

/* Sealed input of a version, gzipped. 0; ERR_NOT_FOUND: none kept. */
int plan_store_input(struct tx *tx, const struct plan_key *key, struct arena *arena, const void **gzip, size_t *len);

/* One line of GET /v1/plans. */
struct plan_status {
	const char *service_id, *name, *region;
	enum plan_state state;      /* PLAN_MISSING: the members below are unset */
	int32_t version;
	const char *plan_digest;
	struct instant received_at; /* utc_s 0: not received */
	struct instant updated_at;
	const char *indicators;     /* JSON, of the audience asked for */
};

struct plan_status_query {
	const char *month;
	const char *region;         /* NULL: all */
	const char *service_id;     /* NULL: all */
	const char *after;          /* service_id of the last line seen; NULL: from the start */
	int state;                  /* enum plan_state, or -1: any */
	struct instant updated_since; /* utc_s 0: any */
	size_t limit;               /* 1 to 1000 */
	enum audience audience;     /* whose indicators */
};

/* Lines by service_id, at most limit. */
int plan_store_status(struct tx *tx, const struct plan_status_query *query, struct arena *arena, const struct plan_status **rows, size_t *n);

/* Number of services of a region (NULL: all) in each state for a month; counts has PLAN_RETURNED + 1 members. */
int plan_store_count(struct tx *tx, const char *month, const char *region, int64_t *counts);

/* An offer of the published version, as looked up. */
struct plan_item {
	const char *month;
	int32_t version;
	const char *offer_id;
	enum offer_type type;
	struct date date;
	struct instant start, end;
	const char *centre_id, *siret, *vehicle_id; /* or NULL */
	int32_t capacity, expected;
	bool pinned;
};

/* An offer by id. 0; ERR_NOT_FOUND. */
int plan_store_item(struct tx *tx, const char *service_id, const char *offer_id, struct arena *arena, struct plan_item *out);

/* Which offers: of a month, of a member of staff, or both. */
struct plan_item_query {
	const char *service_id;
	const char *month;    /* NULL: all (then staff_id is set) */
	const char *staff_id; /* NULL: all (then month is set) */
};

/* Published offers by date and id. */
int plan_store_items(struct tx *tx, const struct plan_item_query *query, struct arena *arena, const struct plan_item **rows, size_t *n);

struct plan_change_line {
	enum change_kind kind;
	const char *offer_id;
	bool forced;
	const char *text;
};

/* What a version changed, by offer. */
int plan_store_changes(struct tx *tx, const struct plan_key *key, struct arena *arena, const struct plan_change_line **rows, size_t *n);

#endif
