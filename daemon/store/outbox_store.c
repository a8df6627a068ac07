/* SPDX-License-Identifier: Apache-2.0 */
/* outbox_store: letters, their states and who may change them. */
#include <planvax/store/outbox_store.h>

#include <planvax/base/digest.h>

#include "row_list.h"
#include "statement_tables.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define LETTER_COLUMNS \
	"letter_id, kind, recipient, topic, offer_id, uid, sequence, method, service_id, month, version, state, attempts," \
	" created_utc, due_utc, done_utc, note, len"

enum {
	GET_DIGEST, PUT, CLAIM, OUTCOME, GET_STATE, SET_STATE, SUPERSEDE, NEXT_DUE, LAST_SEQUENCE, LETTER, LETTER_BYTES,
	LIST, LIST_SERVICE, COUNT, FORGET, RESUME
};

static const struct statement rows[] = {
	[GET_DIGEST] = {.name = "get_letter_digest", .sql = "SELECT digest FROM outbox WHERE letter_id = $1"},
	[PUT] = {.name = "put_letter", .sql =
		"INSERT INTO outbox (service_id, letter_id, kind, recipient, topic, offer_id, uid, sequence, method, month, version,"
		" state, attempts, created_utc, due_utc, digest, len, body)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'pending', 0, $12, $12, $13, $14, $15)"},
	/* A letter waits for those of its UID and recipient with a smaller SEQUENCE. */
	[CLAIM] = {.name = "claim_letters", .sql =
		"UPDATE outbox SET state = 'sending', due_utc = $1, attempts = attempts + 1 WHERE letter_id IN ("
		"SELECT o.letter_id FROM outbox o WHERE o.due_utc <= $2 AND o.state IN ('pending', 'sending', 'retry')"
		" AND o.kind IN ($3, $4) AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.service_id = o.service_id"
		" AND e.recipient = o.recipient AND e.uid = o.uid AND e.sequence < o.sequence"
		" AND e.state IN ('pending', 'sending', 'retry', 'held')) ORDER BY o.due_utc, o.created_utc, o.letter_id LIMIT $5)"
		" RETURNING " LETTER_COLUMNS ", body"},
	[OUTCOME] = {.name = "letter_outcome", .sql =
		"UPDATE outbox SET state = $1, due_utc = $2, done_utc = $3, note = $4 WHERE service_id = $5 AND letter_id = $6"
		" AND state = 'sending' RETURNING 1"},
	[GET_STATE] = {.name = "get_letter_state", .sql =
		"SELECT state, CASE WHEN body IS NULL THEN 0 ELSE 1 END FROM outbox WHERE letter_id = $1"},
	[SET_STATE] = {.name = "set_letter_state", .sql =
		"UPDATE outbox SET state = $1, due_utc = $2, done_utc = $3, attempts = attempts * $4 WHERE letter_id = $5"},
	[SUPERSEDE] = {.name = "supersede_pushes", .sql =
		"UPDATE outbox SET state = 'dead', done_utc = $1, note = 'superseded' WHERE service_id = $2 AND month = $3"
		" AND version < $4 AND kind = 'push' AND state IN ('pending', 'retry', 'held')"},
	[NEXT_DUE] = {.name = "next_due", .sql =
		"SELECT due_utc FROM outbox WHERE due_utc > $1 AND state IN ('pending', 'sending', 'retry') ORDER BY due_utc LIMIT 1"},
	[LAST_SEQUENCE] = {.name = "last_sequence", .sql =
		"SELECT sequence, method FROM outbox WHERE service_id = $1 AND recipient = $2 AND uid = $3"
		" ORDER BY sequence DESC, created_utc DESC, letter_id DESC LIMIT 1"},
	[LETTER] = {.name = "letter", .sql = "SELECT " LETTER_COLUMNS ", NULL FROM outbox WHERE letter_id = $1"},
	[LETTER_BYTES] = {.name = "letter_bytes", .sql = "SELECT " LETTER_COLUMNS ", body FROM outbox WHERE letter_id = $1"},
	[LIST] = {.name = "list_letters", .sql =
		"SELECT " LETTER_COLUMNS ", NULL FROM outbox WHERE letter_id > $1 AND ($2 IS NULL OR state = $2)"
		" ORDER BY letter_id LIMIT $3"},
	[LIST_SERVICE] = {.name = "list_letters_service", .sql =
		"SELECT " LETTER_COLUMNS ", NULL FROM outbox WHERE service_id = $1 AND letter_id > $2 AND ($3 IS NULL OR state = $3)"
		" ORDER BY letter_id LIMIT $4"},
	[COUNT] = {.name = "count_letters", .flags = STATEMENT_SCANS, .sql = "SELECT state, count(*) FROM outbox GROUP BY state"},
	[FORGET] = {.name = "forget_letters", .sql =
		"UPDATE outbox SET body = NULL WHERE done_utc < $1 AND done_utc IS NOT NULL AND body IS NOT NULL RETURNING 1"},
	[RESUME] = {.name = "resume_letters", .sql = "UPDATE outbox SET due_utc = $1 WHERE state = 'sending' AND due_utc > $1"},
};
const struct statement_table outbox_store_statements = {rows, sizeof(rows) / sizeof(rows[0])};

const struct name outbox_store_verb_names[] = {
	{"hold", OUTBOX_HOLD},
	{"release", OUTBOX_RELEASE},
	{"retry", OUTBOX_RETRY},
	{"drop", OUTBOX_DROP},
	{NULL, 0},
};

static struct stmt *statement(struct tx *tx, size_t i)
{
	return tx_stmt(tx, &outbox_store_statements, i);
}

static int nothing(const struct tx *tx)
{
	return tx_error(tx) < 0 ? tx_error(tx) : ERR_NOT_FOUND;
}

/* ---- putting ---- */

static void insert(struct tx *tx, const struct outbox_origin *origin, const struct letter *l, const unsigned char *digest)
{
	struct stmt *q = statement(tx, PUT);

	stmt_text(q, origin->service_id);
	stmt_text(q, l->letter_id);
	stmt_word(q, letter_kind_names, (int)l->kind);
	stmt_text(q, l->recipient);
	stmt_text(q, l->topic);
	stmt_text(q, l->offer_id);
	stmt_text(q, l->uid);
	stmt_int(q, l->sequence);
	stmt_text(q, l->method);
	stmt_text(q, origin->month);
	stmt_int(q, origin->version);
	stmt_int(q, tx_now(tx).utc_s);
	stmt_blob(q, digest, DIGEST_BYTES);
	stmt_int(q, (int64_t)l->len);
	stmt_blob(q, l->bytes, l->len);
	stmt_run(q);
}

void outbox_store_put(struct tx *tx, const struct outbox_origin *origin, const struct letter *letter)
{
	unsigned char digest[DIGEST_BYTES], known[DIGEST_BYTES];
	struct stmt *q = statement(tx, GET_DIGEST);

	digest_sha256(letter->bytes, letter->len, digest);
	stmt_text(q, letter->letter_id);
	if (stmt_one(q)) {
		stmt_get_bytes(q, known, sizeof(known));
		stmt_end(q);
		if (tx_error(tx) == 0 && memcmp(known, digest, sizeof(digest)) != 0)
			tx_fail(tx, ERR_EXISTS);
		return;
	}
	insert(tx, origin, letter, digest);
}

/* ---- reading ---- */

static struct outbox_letter read_letter(struct stmt *q, struct arena *arena)
{
	struct outbox_letter l = {.letter = {.letter_id = stmt_get_text(q, arena)}};
	size_t there;

	l.letter.kind = (enum letter_kind)stmt_get_word(q, letter_kind_names);
	l.letter.recipient = stmt_get_text(q, arena);
	l.letter.topic = stmt_get_text(q, arena);
	l.letter.offer_id = stmt_get_text(q, arena);
	l.letter.uid = stmt_get_text(q, arena);
	l.letter.sequence = stmt_get_int32(q);
	l.letter.method = stmt_get_text(q, arena);
	l.service_id = stmt_get_text(q, arena);
	l.month = stmt_get_text(q, arena);
	l.version = stmt_get_int32(q);
	l.state = (enum letter_state)stmt_get_word(q, letter_state_names);
	l.attempts = stmt_get_int32(q);
	l.created_at = stmt_get_instant(q);
	l.due_at = stmt_get_instant(q);
	l.done_at = stmt_get_instant(q);
	l.note = stmt_get_text(q, arena);
	l.letter.len = (size_t)stmt_get_int(q);
	l.letter.bytes = stmt_get_blob(q, arena, &there);
	return l;
}

int outbox_store_letter(struct tx *tx, const char *letter_id, bool with_bytes, struct arena *arena, struct outbox_letter *out)
{
	struct stmt *q = statement(tx, with_bytes ? LETTER_BYTES : LETTER);

	stmt_text(q, letter_id);
	if (!stmt_one(q))
		return nothing(tx);
	*out = read_letter(q, arena);
	stmt_end(q);
	return tx_error(tx);
}

int outbox_store_list(struct tx *tx, const struct outbox_query *query, struct arena *arena, const struct outbox_letter **out, size_t *n)
{
	VEC(struct outbox_letter) list = VEC_INIT;
	struct stmt *q = statement(tx, query->service_id != NULL ? LIST_SERVICE : LIST);

	assert(query->limit >= 1 && query->limit <= 1000);
	if (query->service_id != NULL)
		stmt_text(q, query->service_id);
	stmt_text(q, query->after != NULL ? query->after : "");
	if (query->state >= 0)
		stmt_word(q, letter_state_names, query->state);
	else
		stmt_null(q);
	stmt_int(q, (int64_t)query->limit);
	while (stmt_next(q))
		VEC_PUSH(&list, read_letter(q, arena));
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

int outbox_store_count(struct tx *tx, int64_t *counts)
{
	struct stmt *q = statement(tx, COUNT);

	memset(counts, 0, (LETTER_DEAD + 1) * sizeof(*counts));
	while (stmt_next(q)) {
		int state = stmt_get_word(q, letter_state_names);

		counts[state] = stmt_get_int(q);
	}
	return tx_error(tx);
}

int outbox_store_next_due(struct tx *tx, struct instant *due)
{
	struct stmt *q = statement(tx, NEXT_DUE);

	stmt_int(q, INT64_MIN);
	if (!stmt_one(q))
		return nothing(tx);
	*due = stmt_get_instant(q);
	stmt_end(q);
	return tx_error(tx);
}

int outbox_store_last_sequence(struct tx *tx, const char *service_id, const char *recipient, const char *uid,
	struct outbox_sequence *out)
{
	struct stmt *q = statement(tx, LAST_SEQUENCE);

	stmt_text(q, service_id);
	stmt_text(q, recipient);
	stmt_text(q, uid);
	if (!stmt_one(q))
		return nothing(tx);
	out->sequence = stmt_get_int32(q);

	const char *method = stmt_peek_text(q);

	out->cancelled = method != NULL && strcmp(method, "CANCEL") == 0;
	stmt_end(q);
	return tx_error(tx);
}

/* ---- sending ---- */

static int compare_age(const void *a, const void *b)
{
	const struct outbox_letter *x = a, *y = b;

	if (x->created_at.utc_s != y->created_at.utc_s)
		return x->created_at.utc_s < y->created_at.utc_s ? -1 : 1;
	return strcmp(x->letter.letter_id, y->letter.letter_id);
}

int outbox_store_claim(struct tx *tx, struct outbox_claim *claim, struct arena *arena)
{
	VEC(struct outbox_letter) list = VEC_INIT;
	struct stmt *q = statement(tx, CLAIM);

	assert(claim->lease_s > 0 && (claim->mails || claim->pushes));
	stmt_int(q, claim->now.utc_s + claim->lease_s);
	stmt_int(q, claim->now.utc_s);
	stmt_word(q, letter_kind_names, claim->mails ? LETTER_MAIL : LETTER_PUSH);
	stmt_word(q, letter_kind_names, claim->pushes ? LETTER_PUSH : LETTER_MAIL);
	stmt_int(q, (int64_t)claim->limit);
	while (stmt_next(q))
		VEC_PUSH(&list, read_letter(q, arena));
	if (list.len > 1)
		qsort(list.items, list.len, sizeof(*list.items), compare_age);
	ROW_LIST_TAKE(arena, &list, &claim->rows, &claim->n);
	return tx_error(tx);
}

/* True and *state if the letter is there; *whole: its bytes are not forgotten. */
static bool get_state(struct tx *tx, const char *letter_id, enum letter_state *state, bool *whole)
{
	struct stmt *q = statement(tx, GET_STATE);

	stmt_text(q, letter_id);
	if (!stmt_one(q))
		return false;
	*state = (enum letter_state)stmt_get_word(q, letter_state_names);
	*whole = stmt_get_bool(q);
	stmt_end(q);
	return true;
}

int outbox_store_outcome(struct tx *tx, const struct outbox_outcome *outcome)
{
	struct stmt *q = statement(tx, OUTCOME);
	enum letter_state state;
	bool whole;

	assert(outcome->state == LETTER_DONE || outcome->state == LETTER_RETRY || outcome->state == LETTER_DEAD);
	stmt_word(q, letter_state_names, (int)outcome->state);
	stmt_int(q, outcome->state == LETTER_RETRY ? outcome->due_at.utc_s : tx_now(tx).utc_s);
	if (outcome->state == LETTER_RETRY)
		stmt_null(q);
	else
		stmt_int(q, tx_now(tx).utc_s);
	stmt_text(q, outcome->note);
	stmt_text(q, outcome->service_id);
	stmt_text(q, outcome->letter_id);
	if (stmt_one(q)) {
		stmt_skip(q);
		stmt_end(q);
		return tx_error(tx);
	}
	if (!get_state(tx, outcome->letter_id, &state, &whole))
		return nothing(tx);
	return tx_error(tx) < 0 ? tx_error(tx) : ERR_CONFLICT;
}

/* States from which an operator's word moves a letter, as bits, and where to. */
static const struct {
	unsigned from;
	enum letter_state to;
} verb_moves[] = {
	[OUTBOX_HOLD] = {1u << LETTER_PENDING | 1u << LETTER_RETRY, LETTER_HELD},
	[OUTBOX_RELEASE] = {1u << LETTER_HELD, LETTER_PENDING},
	[OUTBOX_RETRY] = {1u << LETTER_RETRY | 1u << LETTER_DEAD, LETTER_PENDING},
	[OUTBOX_DROP] = {1u << LETTER_PENDING | 1u << LETTER_RETRY | 1u << LETTER_HELD, LETTER_DEAD},
};

int outbox_store_verb(struct tx *tx, const char *letter_id, enum outbox_verb verb)
{
	enum letter_state state;
	bool whole;

	if (!get_state(tx, letter_id, &state, &whole))
		return nothing(tx);
	if ((verb_moves[verb].from >> state & 1) == 0 || (verb == OUTBOX_RETRY && !whole))
		return ERR_CONFLICT;

	struct stmt *q = statement(tx, SET_STATE);

	stmt_word(q, letter_state_names, (int)verb_moves[verb].to);
	stmt_int(q, tx_now(tx).utc_s);
	if (verb == OUTBOX_DROP)
		stmt_int(q, tx_now(tx).utc_s);
	else
		stmt_null(q);
	stmt_int(q, verb == OUTBOX_RETRY ? 0 : 1);
	stmt_text(q, letter_id);
	stmt_run(q);
	return tx_error(tx);
}

int outbox_store_supersede(struct tx *tx, const struct outbox_origin *newer)
{
	struct stmt *q = statement(tx, SUPERSEDE);

	stmt_int(q, tx_now(tx).utc_s);
	stmt_text(q, newer->service_id);
	stmt_text(q, newer->month);
	stmt_int(q, newer->version);
	stmt_run(q);
	return tx_error(tx);
}

int outbox_store_forget(struct tx *tx, struct instant before, int64_t *n)
{
	struct stmt *q = statement(tx, FORGET);
	int64_t count = 0;

	stmt_int(q, before.utc_s);
	while (stmt_next(q)) {
		stmt_skip(q);
		count++;
	}
	if (n != NULL)
		*n = count;
	return tx_error(tx);
}

int outbox_store_resume(struct tx *tx)
{
	struct stmt *q = statement(tx, RESUME);

	stmt_int(q, tx_now(tx).utc_s);
	stmt_run(q);
	return tx_error(tx);
}
