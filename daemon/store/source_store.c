/* SPDX-License-Identifier: Apache-2.0 */
/* source_store: sources and their resources. */
#include <planvax/store/source_store.h>

#include "row_list.h"
#include "statement_tables.h"

enum { GET, LIST, PUT, ITEMS, DROP_ITEM, PUT_ITEM, DROP_ITEMS, DROP };

#define COLUMNS \
	"service_id, name, section, identity, etag, last_modified, collection, ctag, sync_token, tried_utc, good_utc, next_utc, failures, held," \
	" n_read, n_created, n_changed, n_unchanged, n_cancelled, n_rejected, problem, hint, report"
#define KEY_IS "service_id = $1 AND name = $2"

static const struct statement rows[] = {
	[GET] = {.name = "get_source", .sql = "SELECT " COLUMNS " FROM source WHERE " KEY_IS},
	[LIST] = {.name = "list_sources", .flags = STATEMENT_SCANS, .sql = "SELECT " COLUMNS " FROM source ORDER BY service_id, name"},
	[PUT] = {.name = "put_source", .sql =
		"INSERT INTO source (" COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,"
		" $20, $21, $22, $23) ON CONFLICT (service_id, name) DO UPDATE SET section = excluded.section, identity = excluded.identity, etag = excluded.etag,"
		" last_modified = excluded.last_modified, collection = excluded.collection, ctag = excluded.ctag,"
		" sync_token = excluded.sync_token, tried_utc = excluded.tried_utc, good_utc = excluded.good_utc,"
		" next_utc = excluded.next_utc, failures = excluded.failures, held = excluded.held, n_read = excluded.n_read,"
		" n_created = excluded.n_created, n_changed = excluded.n_changed, n_unchanged = excluded.n_unchanged,"
		" n_cancelled = excluded.n_cancelled, n_rejected = excluded.n_rejected, problem = excluded.problem,"
		" hint = excluded.hint, report = excluded.report"},
	[ITEMS] = {.name = "source_items", .sql = "SELECT href, uid, etag FROM source_item WHERE " KEY_IS " ORDER BY href, uid"},
	[DROP_ITEM] = {.name = "drop_source_item", .sql = "DELETE FROM source_item WHERE " KEY_IS " AND href = $3"},
	[PUT_ITEM] = {.name = "put_source_item", .sql =
		"INSERT INTO source_item (service_id, name, href, uid, etag) VALUES ($1, $2, $3, $4, $5)"
		" ON CONFLICT (service_id, name, href, uid) DO UPDATE SET etag = excluded.etag"},
	[DROP] = {.name = "drop_source", .sql = "DELETE FROM source WHERE " KEY_IS},
	[DROP_ITEMS] = {.name = "drop_source_items", .sql = "DELETE FROM source_item WHERE " KEY_IS},
};
const struct statement_table source_store_statements = {rows, sizeof(rows) / sizeof(rows[0])};

static struct stmt *statement(struct tx *tx, const struct source_key *key, size_t i)
{
	struct stmt *q = tx_stmt(tx, &source_store_statements, i);

	if (key) {
		stmt_text(q, key->service_id);
		stmt_text(q, key->name);
	}
	return q;
}

static struct source_state read_state(struct stmt *q, struct arena *arena)
{
	struct source_state s = {.key.service_id = stmt_get_text(q, arena)};

	s.key.name = stmt_get_text(q, arena);
	stmt_get_bytes(q, s.section, DIGEST_BYTES);
	stmt_get_bytes(q, s.identity, DIGEST_BYTES);
	s.etag = stmt_get_text(q, arena);
	s.last_modified = stmt_get_text(q, arena);
	s.collection = stmt_get_text(q, arena);
	s.ctag = stmt_get_text(q, arena);
	s.sync_token = stmt_get_text(q, arena);
	s.tried_at = stmt_get_instant(q);
	s.good_at = stmt_get_instant(q);
	s.next_at = stmt_get_instant(q);
	s.failures = stmt_get_int32(q);
	s.held = stmt_get_bool(q);
	s.counts.read = stmt_get_int(q);
	s.counts.created = stmt_get_int(q);
	s.counts.changed = stmt_get_int(q);
	s.counts.unchanged = stmt_get_int(q);
	s.counts.cancelled = stmt_get_int(q);
	s.counts.rejected = stmt_get_int(q);
	s.problem = stmt_get_text(q, arena);
	s.hint = stmt_get_text(q, arena);
	s.report = stmt_get_text(q, arena);
	return s;
}

int source_store_get(struct tx *tx, const struct source_key *key, struct arena *arena, struct source_state *out)
{
	struct stmt *q = statement(tx, key, GET);

	if (!stmt_one(q))
		return tx_error(tx) < 0 ? tx_error(tx) : ERR_NOT_FOUND;

	struct source_state s = read_state(q, arena);

	stmt_end(q);
	if (tx_error(tx) < 0)
		return tx_error(tx);
	*out = s;
	return 0;
}

int source_store_list(struct tx *tx, struct arena *arena, const struct source_state **out, size_t *n)
{
	VEC(struct source_state) list = VEC_INIT;
	struct stmt *q = statement(tx, NULL, LIST);

	while (stmt_next(q))
		VEC_PUSH(&list, read_state(q, arena));
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

int source_store_put(struct tx *tx, const struct source_state *s)
{
	struct stmt *q = statement(tx, &s->key, PUT);

	stmt_blob(q, s->section, DIGEST_BYTES);
	stmt_blob(q, s->identity, DIGEST_BYTES);
	stmt_text(q, s->etag);
	stmt_text(q, s->last_modified);
	stmt_text(q, s->collection);
	stmt_text(q, s->ctag);
	stmt_text(q, s->sync_token);
	stmt_int(q, s->tried_at.utc_s);
	if (s->good_at.utc_s)
		stmt_int(q, s->good_at.utc_s);
	else
		stmt_null(q);
	stmt_int(q, s->next_at.utc_s);
	stmt_int(q, s->failures);
	stmt_int(q, s->held);
	stmt_int(q, s->counts.read);
	stmt_int(q, s->counts.created);
	stmt_int(q, s->counts.changed);
	stmt_int(q, s->counts.unchanged);
	stmt_int(q, s->counts.cancelled);
	stmt_int(q, s->counts.rejected);
	stmt_text(q, s->problem);
	stmt_text(q, s->hint);
	stmt_text(q, s->report);
	stmt_run(q);
	return tx_error(tx);
}

int source_store_items(struct tx *tx, const struct source_key *key, struct arena *arena, const struct source_item **out, size_t *n)
{
	VEC(struct source_item) list = VEC_INIT;
	struct stmt *q = statement(tx, key, ITEMS);

	while (stmt_next(q)) {
		struct source_item item = {.href = stmt_get_text(q, arena)};

		item.uid = stmt_get_text(q, arena);
		item.etag = stmt_get_text(q, arena);
		VEC_PUSH(&list, item);
	}
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

int source_store_drop_item(struct tx *tx, const struct source_key *key, const char *href)
{
	struct stmt *q = statement(tx, key, DROP_ITEM);

	stmt_text(q, href);
	stmt_run(q);
	return tx_error(tx);
}

int source_store_put_item(struct tx *tx, const struct source_key *key, const struct source_item *item)
{
	struct stmt *q = statement(tx, key, PUT_ITEM);

	stmt_text(q, item->href);
	stmt_text(q, item->uid);
	stmt_text(q, item->etag);
	stmt_run(q);
	return tx_error(tx);
}

int source_store_drop_items(struct tx *tx, const struct source_key *key)
{
	stmt_run(statement(tx, key, DROP_ITEMS));
	return tx_error(tx);
}

int source_store_drop(struct tx *tx, const struct source_key *key)
{
	source_store_drop_items(tx, key);
	stmt_run(statement(tx, key, DROP));
	return tx_error(tx);
}
