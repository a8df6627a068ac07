/* SPDX-License-Identifier: Apache-2.0 */
/* plan_store: writes plans. A month's line in plan_current says which version is
 * published; it is the compare-and-set of publication. */
#include <planvax/store/plan_store.h>

#include <planvax/base/gzip.h>

#include "statement_tables.h"

#include <assert.h>
#include <string.h>

enum {
	INIT_CURRENT, ADVANCE, SET_DRAFT, NO_DRAFT, DROP_VERSION, PUT_VERSION, PUT_BODY, PUT_INPUT, DROP_ITEMS, DROP_STAFF,
	PUT_ITEM, PUT_STAFF, PUT_CHANGE, GET_STATE, RECEIPT, TOUCH, FORGET
};

static const struct statement rows[] = {
	[INIT_CURRENT] = {.name = "init_plan", .sql =
		"INSERT INTO plan_current (service_id, month, published, draft, updated_utc) VALUES ($1, $2, 0, 0, $3)"
		" ON CONFLICT (service_id, month) DO NOTHING"},
	[ADVANCE] = {.name = "advance_plan", .sql =
		"UPDATE plan_current SET published = $1, draft = 0, updated_utc = $2 WHERE service_id = $3 AND month = $4"
		" AND published = $5 RETURNING 1"},
	[SET_DRAFT] = {.name = "set_draft", .sql =
		"UPDATE plan_current SET draft = $1, updated_utc = $2 WHERE service_id = $3 AND month = $4 AND published = $5 RETURNING 1"},
	[NO_DRAFT] = {.name = "no_draft", .sql =
		"UPDATE plan_current SET draft = 0, updated_utc = $1 WHERE service_id = $2 AND month = $3 AND draft > 0 RETURNING 1"},
	[DROP_VERSION] = {.name = "drop_draft", .sql =
		"DELETE FROM plan_version WHERE service_id = $1 AND month = $2 AND state = 'draft'"},
	[PUT_VERSION] = {.name = "put_version", .sql =
		"INSERT INTO plan_version (service_id, month, version, state, revision, plan_digest, input_digest, rules_digest, seed,"
		" actor, now_utc, stored_utc) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"},
	[PUT_BODY] = {.name = "put_body", .sql =
		"INSERT INTO plan_body (service_id, month, version, audience, digest, raw_len, indicators, gzip)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"},
	[PUT_INPUT] = {.name = "put_input", .sql =
		"INSERT INTO plan_input (service_id, month, version, stored_utc, gzip) VALUES ($1, $2, $3, $4, $5)"},
	[DROP_ITEMS] = {.name = "drop_items", .sql = "DELETE FROM plan_item WHERE service_id = $1 AND month = $2"},
	[DROP_STAFF] = {.name = "drop_item_staff", .sql = "DELETE FROM plan_item_staff WHERE service_id = $1 AND month = $2"},
	[PUT_ITEM] = {.name = "put_item", .sql =
		"INSERT INTO plan_item (service_id, offer_id, month, version, type, date, start_utc, end_utc, centre_id, siret,"
		" vehicle_id, capacity, expected, pinned) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"},
	[PUT_STAFF] = {.name = "put_item_staff", .sql =
		"INSERT INTO plan_item_staff (service_id, staff_id, month, offer_id) VALUES ($1, $2, $3, $4)"},
	[PUT_CHANGE] = {.name = "put_change", .sql =
		"INSERT INTO plan_change (service_id, month, version, offer_id, kind, forced, text) VALUES ($1, $2, $3, $4, $5, $6, $7)"},
	[GET_STATE] = {.name = "get_plan_state", .sql =
		"SELECT state, received_utc FROM plan_version WHERE service_id = $1 AND month = $2 AND version = $3"},
	[RECEIPT] = {.name = "plan_receipt", .sql =
		"UPDATE plan_version SET state = $1, received_utc = $2, comment = coalesce($3, comment)"
		" WHERE service_id = $4 AND month = $5 AND version = $6"},
	[TOUCH] = {.name = "touch_plan", .sql = "UPDATE plan_current SET updated_utc = $1 WHERE service_id = $2 AND month = $3"},
	[FORGET] = {.name = "forget_inputs", .sql = "DELETE FROM plan_input WHERE stored_utc < $1 RETURNING 1"},
};
const struct statement_table plan_store_statements = {rows, sizeof(rows) / sizeof(rows[0])};

const struct name plan_store_audience_names[] = {
	{"none", AUDIENCE_NONE},
	{"service", AUDIENCE_SERVICE},
	{"authority", AUDIENCE_AUTHORITY},
	{NULL, 0},
};

const struct name plan_store_state_names[] = {
	{"missing", PLAN_MISSING},
	{"draft", PLAN_DRAFT},
	{"published", PLAN_PUBLISHED},
	{"sent", PLAN_SENT},
	{"received", PLAN_RECEIVED},
	{"accepted", PLAN_ACCEPTED},
	{"returned", PLAN_RETURNED},
	{NULL, 0},
};

/* Words of the offers' types in plan_item. */
static const struct name offer_type_names[] = {
	{"day", OFFER_DAY},
	{"session", OFFER_SESSION},
	{NULL, 0},
};

static struct stmt *statement(struct tx *tx, size_t i)
{
	return tx_stmt(tx, &plan_store_statements, i);
}

/* Runs a statement that gives at most one row of one column; true if it did. */
static bool gives_row(struct stmt *q)
{
	if (!stmt_one(q))
		return false;
	stmt_skip(q);
	stmt_end(q);
	return true;
}

static void bind_version(struct stmt *q, const struct publication *p)
{
	stmt_text(q, p->service_id);
	stmt_text(q, p->month);
	stmt_int(q, p->base + 1);
}

void plan_store_seal(enum audience audience, const void *raw, size_t len, struct arena *arena, struct plan_body *out)
{
	struct buf gzip = BUF_INIT;
	struct plan_body body = {.audience = audience, .raw_len = len, .indicators = "{}"};

	digest_sha256(raw, len, body.digest);
	gzip_compress(raw, len, &gzip);
	body.gzip = arena_memdup(arena, gzip.data, gzip.len);
	body.gzip_len = gzip.len;
	buf_release(&gzip);
	*out = body;
}

int plan_store_expand(const struct plan_body *body, struct buf *out)
{
	unsigned char digest[DIGEST_BYTES];
	struct buf raw = BUF_INIT;
	int rc = gzip_expand(body->gzip, body->gzip_len, body->raw_len, &raw);

	if (rc == 0) {
		digest_sha256(raw.data, raw.len, digest);
		if (raw.len != body->raw_len || memcmp(digest, body->digest, sizeof(digest)) != 0)
			rc = ERR_CORRUPT;
	}
	if (rc == 0)
		buf_put(out, raw.data, raw.len);
	buf_release(&raw);
	return rc < 0 ? ERR_CORRUPT : 0;
}

/* ---- versions ---- */

/* Makes sure that the month has its line, then moves it by one of the compare-and-set statements. */
static void move_current(struct tx *tx, const struct publication *p, size_t move)
{
	struct stmt *q = statement(tx, INIT_CURRENT);

	stmt_text(q, p->service_id);
	stmt_text(q, p->month);
	stmt_int(q, tx_now(tx).utc_s);
	stmt_run(q);
	q = statement(tx, move);
	stmt_int(q, p->base + 1);
	stmt_int(q, tx_now(tx).utc_s);
	stmt_text(q, p->service_id);
	stmt_text(q, p->month);
	stmt_int(q, p->base);
	if (!gives_row(q))
		tx_fail(tx, ERR_CONFLICT);
}

static void drop_draft(struct tx *tx, const char *service_id, const char *month)
{
	struct stmt *q = statement(tx, DROP_VERSION);

	stmt_text(q, service_id);
	stmt_text(q, month);
	stmt_run(q);
}

static void put_version(struct tx *tx, const struct publication *p, enum plan_state state)
{
	struct stmt *q;

	drop_draft(tx, p->service_id, p->month);
	q = statement(tx, PUT_VERSION);
	bind_version(q, p);
	stmt_word(q, plan_store_state_names, (int)state);
	stmt_int(q, p->revision);
	stmt_text(q, p->plan_digest);
	stmt_text(q, p->input_digest);
	stmt_text(q, p->rules_digest);
	stmt_int(q, p->seed);
	stmt_text(q, p->actor);
	stmt_int(q, p->now.utc_s);
	stmt_int(q, tx_now(tx).utc_s);
	stmt_run(q);
	for (size_t i = 0; i < sizeof(p->bodies) / sizeof(p->bodies[0]); i++) {
		const struct plan_body *body = &p->bodies[i];

		if (body->audience == AUDIENCE_NONE)
			continue;
		q = statement(tx, PUT_BODY);
		bind_version(q, p);
		stmt_word(q, plan_store_audience_names, (int)body->audience);
		stmt_blob(q, body->digest, DIGEST_BYTES);
		stmt_int(q, (int64_t)body->raw_len);
		stmt_text(q, body->indicators != NULL ? body->indicators : "{}");
		stmt_blob(q, body->gzip, body->gzip_len);
		stmt_run(q);
	}
	if (p->input == NULL)
		return;
	q = statement(tx, PUT_INPUT);
	bind_version(q, p);
	stmt_int(q, tx_now(tx).utc_s);
	stmt_blob(q, p->input, p->input_len);
	stmt_run(q);
}

void plan_store_advance(struct tx *tx, const struct publication *p)
{
	move_current(tx, p, ADVANCE);
}

void plan_store_put(struct tx *tx, const struct publication *p)
{
	put_version(tx, p, PLAN_PUBLISHED);
}

int plan_store_put_draft(struct tx *tx, const struct publication *p)
{
	move_current(tx, p, SET_DRAFT);
	put_version(tx, p, PLAN_DRAFT);
	return tx_error(tx);
}

int plan_store_drop_draft(struct tx *tx, const char *service_id, const char *month)
{
	struct stmt *q = statement(tx, NO_DRAFT);

	stmt_int(q, tx_now(tx).utc_s);
	stmt_text(q, service_id);
	stmt_text(q, month);
	if (!gives_row(q))
		return tx_error(tx) < 0 ? tx_error(tx) : ERR_NOT_FOUND;
	drop_draft(tx, service_id, month);
	return tx_error(tx);
}

/* ---- items and changes ---- */

static void put_item(struct tx *tx, const struct publication *p, const struct plan_offer *o)
{
	struct stmt *q = statement(tx, PUT_ITEM);

	stmt_text(q, p->service_id);
	stmt_text(q, o->id);
	stmt_text(q, p->month);
	stmt_int(q, p->base + 1);
	stmt_word(q, offer_type_names, (int)o->type);
	stmt_int(q, o->date.days);
	stmt_int(q, o->start.utc_s);
	stmt_int(q, o->end.utc_s);
	stmt_text(q, o->centre_id);
	stmt_text(q, o->siret);
	stmt_text(q, o->vehicle_id);
	stmt_int(q, o->capacity);
	stmt_int(q, o->expected);
	stmt_int(q, o->pinned);
	stmt_run(q);
	for (size_t i = 0; i < o->n_staff; i++) {
		q = statement(tx, PUT_STAFF);
		stmt_text(q, p->service_id);
		stmt_text(q, o->staff[i]);
		stmt_text(q, p->month);
		stmt_text(q, o->id);
		stmt_run(q);
	}
}

void plan_store_put_items(struct tx *tx, const struct publication *p)
{
	static const size_t drops[] = {DROP_ITEMS, DROP_STAFF};

	for (size_t i = 0; i < sizeof(drops) / sizeof(drops[0]); i++) {
		struct stmt *q = statement(tx, drops[i]);

		stmt_text(q, p->service_id);
		stmt_text(q, p->month);
		stmt_run(q);
	}
	for (size_t i = 0; i < p->plan->n_days; i++)
		put_item(tx, p, &p->plan->days[i]);
	for (size_t i = 0; i < p->plan->n_sessions; i++)
		put_item(tx, p, &p->plan->sessions[i]);
}

void plan_store_put_changes(struct tx *tx, const struct publication *p)
{
	for (size_t i = 0; i < p->n_changes; i++) {
		const struct plan_change *change = &p->changes[i];
		struct stmt *q = statement(tx, PUT_CHANGE);

		bind_version(q, p);
		stmt_text(q, change->offer_id);
		stmt_word(q, change_kind_names, (int)change->kind);
		stmt_int(q, change->forced);
		stmt_text(q, change->text != NULL ? change->text : "");
		stmt_run(q);
	}
}

/* ---- receipts ---- */

/* Whether a version in state `from` moves on to `to`. */
static bool moves_on(enum plan_state from, enum plan_state to)
{
	if (from == PLAN_DRAFT || from == PLAN_MISSING)
		return false;
	return to > from || (from == PLAN_RETURNED && to == PLAN_ACCEPTED);
}

int plan_store_receipt(struct tx *tx, const struct plan_key *key, enum plan_state state, const char *actor, const char *comment)
{
	struct stmt *q = statement(tx, GET_STATE);

	assert(state >= PLAN_SENT && actor != NULL);
	stmt_text(q, key->service_id);
	stmt_text(q, key->month);
	stmt_int(q, key->version);
	if (!stmt_one(q))
		return tx_error(tx) < 0 ? tx_error(tx) : ERR_NOT_FOUND;

	enum plan_state from = (enum plan_state)stmt_get_word(q, plan_store_state_names);
	struct instant received = stmt_get_instant(q);

	stmt_end(q);
	if (from == PLAN_DRAFT)
		return ERR_NOT_FOUND;
	if (!moves_on(from, state))
		return tx_error(tx);
	if (received.utc_s == 0 && state >= PLAN_RECEIVED)
		received = tx_now(tx);
	q = statement(tx, RECEIPT);
	stmt_word(q, plan_store_state_names, (int)state);
	if (received.utc_s != 0)
		stmt_int(q, received.utc_s);
	else
		stmt_null(q);
	stmt_text(q, comment);
	stmt_text(q, key->service_id);
	stmt_text(q, key->month);
	stmt_int(q, key->version);
	stmt_run(q);
	q = statement(tx, TOUCH);
	stmt_int(q, tx_now(tx).utc_s);
	stmt_text(q, key->service_id);
	stmt_text(q, key->month);
	stmt_run(q);
	return tx_error(tx);
}

int plan_store_forget_inputs(struct tx *tx, struct instant before, int64_t *n)
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
