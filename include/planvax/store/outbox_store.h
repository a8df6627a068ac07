/* SPDX-License-Identifier: Apache-2.0 */
/* outbox_store: sealed letters and their states (model/letter). A letter is put
 * in the transaction of what it tells; delivery claims it for a while (a lease),
 * so that a killed daemon's letters come back by themselves. Letters of one
 * calendar item (UID) to one recipient leave in the order of their SEQUENCE. */
#ifndef PLANVAX_STORE_OUTBOX_STORE_H
#define PLANVAX_STORE_OUTBOX_STORE_H

#include <planvax/base/arena.h>
#include <planvax/model/letter.h>
#include <planvax/store/db.h>
#include <stdbool.h>
#include <stddef.h>

/* What a letter belongs to. */
struct outbox_origin {
	const char *service_id;
	const char *month;
	int32_t version;
};

/* Puts a pending letter, due at once. One that is there already (same letter_id) with the same bytes is left alone;
 * with others the transaction's error is ERR_EXISTS. */
void outbox_store_put(struct tx *tx, const struct outbox_origin *origin, const struct letter *letter);

struct outbox_letter {
	struct letter letter;       /* bytes NULL, len as stored, unless said */
	const char *service_id, *month;
	int32_t version;
	enum letter_state state;
	int32_t attempts;           /* begun */
	struct instant created_at;
	struct instant due_at;      /* when it may be claimed; of LETTER_SENDING: when the lease ends */
	struct instant done_at;     /* delivered or given up; utc_s 0: neither */
	const char *note;           /* last outcome in words, or NULL */
};

/* In: what to claim. Out: rows. */
struct outbox_claim {
	struct instant now;
	int lease_s;                /* longer than an attempt may take */
	size_t limit;
	bool mails, pushes;         /* kinds wanted */
	const struct outbox_letter *rows; /* bytes included; oldest first; in the arena */
	size_t n;
};

/* Claims letters that are due: they become LETTER_SENDING and count an attempt. Letters whose lease ended are due again. Writer. */
int outbox_store_claim(struct tx *tx, struct outbox_claim *claim, struct arena *arena);

/* Ends all leases: nobody delivers but the one daemon that has the store, and it has just started. The letters are due again,
 * under the same ids. Writer. */
int outbox_store_resume(struct tx *tx);

/* What became of a claimed letter. */
struct outbox_outcome {
	const char *service_id, *letter_id;
	enum letter_state state;    /* LETTER_DONE, LETTER_RETRY or LETTER_DEAD */
	struct instant due_at;      /* LETTER_RETRY: not before */
	const char *note;           /* "250 2.0.0", "503 Service Unavailable"; no person, no address */
};

/* Records it. 0; ERR_NOT_FOUND; ERR_CONFLICT: the letter is not LETTER_SENDING (any more). Writer. */
int outbox_store_outcome(struct tx *tx, const struct outbox_outcome *outcome);

enum outbox_verb { OUTBOX_HOLD, OUTBOX_RELEASE, OUTBOX_RETRY, OUTBOX_DROP };
extern const struct name outbox_store_verb_names[];

/* An operator's word: hold (pending, retry -> held), release (held -> pending), retry (retry, dead -> pending, due now, attempts
 * start again), drop (pending, retry, held -> dead). 0; ERR_NOT_FOUND; ERR_CONFLICT: not in that state, or
 * its bytes are forgotten. Writer. */
int outbox_store_verb(struct tx *tx, const char *letter_id, enum outbox_verb verb);

/* Pushes of older versions of that month that still wait are dead, "superseded": the newer document tells more. Writer. */
int outbox_store_supersede(struct tx *tx, const struct outbox_origin *newer);

/* When the next letter is due (may be past). 0; ERR_NOT_FOUND: none waits. */
int outbox_store_next_due(struct tx *tx, struct instant *due);

struct outbox_sequence {
	int32_t sequence;
	bool cancelled;             /* the letter was a CANCEL */
};

/* The last SEQUENCE put for a UID and recipient, and whether that was a CANCEL. 0; ERR_NOT_FOUND: none. */
int outbox_store_last_sequence(struct tx *tx, const char *service_id, const char *recipient, const char *uid,
	struct outbox_sequence *out);

/* One letter. with_bytes: its bytes too. 0; ERR_NOT_FOUND. */
int outbox_store_letter(struct tx *tx, const char *letter_id, bool with_bytes, struct arena *arena, struct outbox_letter *out);

struct outbox_query {
	const char *service_id;     /* NULL: all */
	int state;                  /* enum letter_state, or -1: any */
	const char *after;          /* letter_id of the last line seen; NULL: from the start */
	size_t limit;               /* 1 to 1000 */
};

/* Letters by letter_id (version 7 UUIDs: by age), without bytes. */
int outbox_store_list(struct tx *tx, const struct outbox_query *query, struct arena *arena, const struct outbox_letter **rows, size_t *n);

/* Letters in each state; counts has LETTER_DEAD + 1 members. */
int outbox_store_count(struct tx *tx, int64_t *counts);

/* Forgets the bytes of letters done or dead before `before`; their lines stay (SEQUENCE, Message-ID). Writer. */
int outbox_store_forget(struct tx *tx, struct instant before, int64_t *n);

#endif
