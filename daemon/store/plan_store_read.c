/* SPDX-License-Identifier: Apache-2.0 */
/* plan_store_read: reads plans by key, and status lines. */
#include <planvax/store/plan_store.h>

#include "row_list.h"
#include "statement_tables.h"

#include <assert.h>
#include <string.h>

enum {
	PUBLISHED, DRAFT, VERSION, VERSIONS, DIGEST, BODY, INPUT, STATUS, STATUS_REGION, COUNT, COUNT_REGION,
	ITEM, ITEMS, ITEMS_OF_STAFF, CHANGES
};

#define KEY_IS "service_id = $1 AND month = $2 AND version = $3"
#define VERSION_COLUMNS \
	"version, state, revision, plan_digest, input_digest, rules_digest, actor, now_utc, stored_utc, received_utc"
#define ITEM_COLUMNS \
	"i.month, i.version, i.offer_id, i.type, i.date, i.start_utc, i.end_utc, i.centre_id, i.siret, i.vehicle_id, i.capacity," \
	" i.expected, i.pinned"

/* The published version of a month decides its state; a month with a draft alone is a draft. */
#define STATUS_COLUMNS \
	"SELECT s.service_id, s.name, s.region, coalesce(v.state, 'missing'), coalesce(v.version, 0), v.plan_digest, v.received_utc," \
	" c.updated_utc, b.indicators FROM service s"
#define STATUS_JOINS \
	" LEFT JOIN plan_current c ON c.service_id = s.service_id AND c.month = $1" \
	" LEFT JOIN plan_version v ON v.service_id = s.service_id AND v.month = c.month" \
	" AND v.version = CASE WHEN c.published > 0 THEN c.published ELSE c.draft END" \
	" LEFT JOIN plan_body b ON b.service_id = s.service_id AND b.month = c.month AND b.version = v.version AND b.audience = $2"
#define STATUS_FILTERS \
	" AND ($4 IS NULL OR s.service_id = $4) AND ($5 IS NULL OR coalesce(v.state, 'missing') = $5)" \
	" AND ($6 = 0 OR c.updated_utc >= $6)"

static const struct statement rows[] = {
	[PUBLISHED] = {.name = "published", .sql = "SELECT published FROM plan_current WHERE service_id = $1 AND month = $2"},
	[DRAFT] = {.name = "draft", .sql = "SELECT draft FROM plan_current WHERE service_id = $1 AND month = $2"},
	[VERSION] = {.name = "version", .sql = "SELECT " VERSION_COLUMNS " FROM plan_version WHERE " KEY_IS},
	[VERSIONS] = {.name = "versions", .sql =
		"SELECT " VERSION_COLUMNS " FROM plan_version WHERE service_id = $1 AND month = $2 ORDER BY version DESC"},
	[DIGEST] = {.name = "body_digest", .sql = "SELECT digest FROM plan_body WHERE " KEY_IS " AND audience = $4"},
	[BODY] = {.name = "body", .sql =
		"SELECT digest, raw_len, indicators, gzip FROM plan_body WHERE " KEY_IS " AND audience = $4"},
	[INPUT] = {.name = "input", .sql = "SELECT gzip FROM plan_input WHERE " KEY_IS},
	[STATUS] = {.name = "status", .sql =
		STATUS_COLUMNS STATUS_JOINS " WHERE s.service_id > $3" STATUS_FILTERS " ORDER BY s.service_id LIMIT $7"},
	[STATUS_REGION] = {.name = "status_region", .sql =
		STATUS_COLUMNS STATUS_JOINS " WHERE s.service_id > $3" STATUS_FILTERS
		" AND s.region = $7 ORDER BY s.service_id LIMIT $8"},
	[COUNT] = {.name = "count_plans", .sql =
		"SELECT coalesce(v.state, 'missing'), count(*) FROM service s LEFT JOIN plan_current c ON c.service_id = s.service_id"
		" AND c.month = $1 LEFT JOIN plan_version v ON v.service_id = s.service_id AND v.month = c.month"
		" AND v.version = CASE WHEN c.published > 0 THEN c.published ELSE c.draft END GROUP BY coalesce(v.state, 'missing')"},
	[COUNT_REGION] = {.name = "count_plans_region", .sql =
		"SELECT coalesce(v.state, 'missing'), count(*) FROM service s LEFT JOIN plan_current c ON c.service_id = s.service_id"
		" AND c.month = $1 LEFT JOIN plan_version v ON v.service_id = s.service_id AND v.month = c.month"
		" AND v.version = CASE WHEN c.published > 0 THEN c.published ELSE c.draft END"
		" WHERE s.region = $2 GROUP BY coalesce(v.state, 'missing')"},
	[ITEM] = {.name = "item", .sql =
		"SELECT " ITEM_COLUMNS " FROM plan_item i WHERE i.service_id = $1 AND i.offer_id = $2 ORDER BY i.month DESC LIMIT 1"},
	[ITEMS] = {.name = "items", .sql =
		"SELECT " ITEM_COLUMNS " FROM plan_item i WHERE i.service_id = $1 AND i.month = $2 ORDER BY i.date, i.offer_id"},
	[ITEMS_OF_STAFF] = {.name = "items_of_staff", .sql =
		"SELECT " ITEM_COLUMNS " FROM plan_item_staff t JOIN plan_item i ON i.service_id = t.service_id"
		" AND i.offer_id = t.offer_id AND i.month = t.month WHERE t.service_id = $1 AND t.staff_id = $2"
		" AND ($3 IS NULL OR t.month = $3)"
		" ORDER BY i.date, i.offer_id"},
	[CHANGES] = {.name = "changes", .sql =
		"SELECT kind, offer_id, forced, text FROM plan_change WHERE " KEY_IS " ORDER BY offer_id"},
};
const struct statement_table plan_store_read_statements = {rows, sizeof(rows) / sizeof(rows[0])};

static const struct name offer_type_names[] = {
	{"day", OFFER_DAY},
	{"session", OFFER_SESSION},
	{NULL, 0},
};

static struct stmt *statement(struct tx *tx, size_t i)
{
	return tx_stmt(tx, &plan_store_read_statements, i);
}

static int nothing(const struct tx *tx)
{
	return tx_error(tx) < 0 ? tx_error(tx) : ERR_NOT_FOUND;
}

/* The version that the month's line names in a column (PUBLISHED, DRAFT); 0 none. */
static int32_t current(struct tx *tx, const char *service_id, const char *month, size_t column)
{
	struct stmt *q = statement(tx, column);
	int32_t version;

	stmt_text(q, service_id);
	stmt_text(q, month);
	if (!stmt_one(q))
		return 0;
	version = stmt_get_int32(q);
	stmt_end(q);
	return version;
}

/* Binds a key whose version 0 means the published one. */
static void bind_key(struct stmt *q, const struct plan_key *key, int32_t version)
{
	stmt_text(q, key->service_id);
	stmt_text(q, key->month);
	stmt_int(q, version);
}

static int32_t version_of(struct tx *tx, const struct plan_key *key)
{
	return key->version != 0 ? key->version : current(tx, key->service_id, key->month, PUBLISHED);
}

static struct plan_version read_version(struct stmt *q, struct arena *arena)
{
	struct plan_version v = {.version = stmt_get_int32(q)};

	v.state = (enum plan_state)stmt_get_word(q, plan_store_state_names);
	v.revision = stmt_get_int(q);
	v.plan_digest = stmt_get_text(q, arena);
	v.input_digest = stmt_get_text(q, arena);
	v.rules_digest = stmt_get_text(q, arena);
	v.actor = stmt_get_text(q, arena);
	v.now = stmt_get_instant(q);
	v.stored_at = stmt_get_instant(q);
	v.received_at = stmt_get_instant(q);
	return v;
}

int plan_store_version(struct tx *tx, const struct plan_key *key, struct arena *arena, struct plan_version *out)
{
	int32_t version = version_of(tx, key);
	struct stmt *q = statement(tx, VERSION);

	bind_key(q, key, version);
	if (!stmt_one(q))
		return nothing(tx);
	*out = read_version(q, arena);
	stmt_end(q);
	return tx_error(tx);
}

int plan_store_draft(struct tx *tx, const char *service_id, const char *month, struct arena *arena, struct plan_version *out)
{
	struct plan_key key = {service_id, month, current(tx, service_id, month, DRAFT)};

	return key.version == 0 ? nothing(tx) : plan_store_version(tx, &key, arena, out);
}

int plan_store_versions(struct tx *tx, const struct plan_key *key, struct arena *arena, const struct plan_version **out, size_t *n)
{
	VEC(struct plan_version) list = VEC_INIT;
	struct stmt *q = statement(tx, VERSIONS);

	stmt_text(q, key->service_id);
	stmt_text(q, key->month);
	while (stmt_next(q))
		VEC_PUSH(&list, read_version(q, arena));
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

int plan_store_digest(struct tx *tx, const struct plan_key *key, enum audience audience, unsigned char digest[DIGEST_BYTES])
{
	int32_t version = version_of(tx, key);
	struct stmt *q = statement(tx, DIGEST);

	bind_key(q, key, version);
	stmt_word(q, plan_store_audience_names, (int)audience);
	if (!stmt_one(q))
		return nothing(tx);
	stmt_get_bytes(q, digest, DIGEST_BYTES);
	stmt_end(q);
	return tx_error(tx);
}

int plan_store_body(struct tx *tx, const struct plan_key *key, enum audience audience, struct arena *arena, struct plan_body *out)
{
	int32_t version = version_of(tx, key);
	struct stmt *q = statement(tx, BODY);
	struct plan_body body = {.audience = audience};

	bind_key(q, key, version);
	stmt_word(q, plan_store_audience_names, (int)audience);
	if (!stmt_one(q))
		return nothing(tx);
	stmt_get_bytes(q, body.digest, DIGEST_BYTES);
	body.raw_len = (size_t)stmt_get_int(q);
	body.indicators = stmt_get_text(q, arena);
	body.gzip = stmt_get_blob(q, arena, &body.gzip_len);
	stmt_end(q);
	if (tx_error(tx) == 0)
		*out = body;
	return tx_error(tx);
}

int plan_store_input(struct tx *tx, const struct plan_key *key, struct arena *arena, const void **gzip, size_t *len)
{
	int32_t version = version_of(tx, key);
	struct stmt *q = statement(tx, INPUT);

	bind_key(q, key, version);
	if (!stmt_one(q))
		return nothing(tx);
	*gzip = stmt_get_blob(q, arena, len);
	stmt_end(q);
	return tx_error(tx);
}

/* ---- status ---- */

static void bind_status(struct stmt *q, const struct plan_status_query *query)
{
	stmt_text(q, query->month);
	stmt_word(q, plan_store_audience_names, (int)query->audience);
	stmt_text(q, query->after != NULL ? query->after : "");
	stmt_text(q, query->service_id);
	if (query->state >= 0)
		stmt_word(q, plan_store_state_names, query->state);
	else
		stmt_null(q);
	stmt_int(q, query->updated_since.utc_s);
	if (query->region != NULL)
		stmt_text(q, query->region);
	stmt_int(q, (int64_t)query->limit);
}

int plan_store_status(struct tx *tx, const struct plan_status_query *query, struct arena *arena, const struct plan_status **out, size_t *n)
{
	VEC(struct plan_status) list = VEC_INIT;
	struct stmt *q = statement(tx, query->region != NULL ? STATUS_REGION : STATUS);

	assert(query->limit >= 1 && query->limit <= 1000);
	bind_status(q, query);
	while (stmt_next(q)) {
		struct plan_status row = {.service_id = stmt_get_text(q, arena)};

		row.name = stmt_get_text(q, arena);
		row.region = stmt_get_text(q, arena);
		row.state = (enum plan_state)stmt_get_word(q, plan_store_state_names);
		row.version = stmt_get_int32(q);
		row.plan_digest = stmt_get_text(q, arena);
		row.received_at = stmt_get_instant(q);
		row.updated_at = stmt_get_instant(q);
		row.indicators = stmt_get_text(q, arena);
		VEC_PUSH(&list, row);
	}
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

int plan_store_count(struct tx *tx, const char *month, const char *region, int64_t *counts)
{
	struct stmt *q = statement(tx, region != NULL ? COUNT_REGION : COUNT);

	memset(counts, 0, (PLAN_RETURNED + 1) * sizeof(*counts));
	stmt_text(q, month);
	if (region != NULL)
		stmt_text(q, region);
	while (stmt_next(q)) {
		int state = stmt_get_word(q, plan_store_state_names);

		counts[state] = stmt_get_int(q);
	}
	return tx_error(tx);
}

/* ---- items, changes ---- */

static struct plan_item read_item(struct stmt *q, struct arena *arena)
{
	struct plan_item i = {.month = stmt_get_text(q, arena)};

	i.version = stmt_get_int32(q);
	i.offer_id = stmt_get_text(q, arena);
	i.type = (enum offer_type)stmt_get_word(q, offer_type_names);
	i.date = stmt_get_date(q);
	i.start = stmt_get_instant(q);
	i.end = stmt_get_instant(q);
	i.centre_id = stmt_get_text(q, arena);
	i.siret = stmt_get_text(q, arena);
	i.vehicle_id = stmt_get_text(q, arena);
	i.capacity = stmt_get_int32(q);
	i.expected = stmt_get_int32(q);
	i.pinned = stmt_get_bool(q);
	return i;
}

int plan_store_item(struct tx *tx, const char *service_id, const char *offer_id, struct arena *arena, struct plan_item *out)
{
	struct stmt *q = statement(tx, ITEM);

	stmt_text(q, service_id);
	stmt_text(q, offer_id);
	if (!stmt_one(q))
		return nothing(tx);
	*out = read_item(q, arena);
	stmt_end(q);
	return tx_error(tx);
}

int plan_store_items(struct tx *tx, const struct plan_item_query *query, struct arena *arena, const struct plan_item **out, size_t *n)
{
	VEC(struct plan_item) list = VEC_INIT;
	struct stmt *q = statement(tx, query->staff_id != NULL ? ITEMS_OF_STAFF : ITEMS);

	assert(query->staff_id != NULL || query->month != NULL);
	stmt_text(q, query->service_id);
	if (query->staff_id != NULL)
		stmt_text(q, query->staff_id);
	stmt_text(q, query->month);
	while (stmt_next(q))
		VEC_PUSH(&list, read_item(q, arena));
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

int plan_store_changes(struct tx *tx, const struct plan_key *key, struct arena *arena, const struct plan_change_line **out, size_t *n)
{
	VEC(struct plan_change_line) list = VEC_INIT;
	int32_t version = version_of(tx, key);
	struct stmt *q = statement(tx, CHANGES);

	bind_key(q, key, version);
	while (stmt_next(q)) {
		struct plan_change_line row = {.kind = (enum change_kind)stmt_get_word(q, change_kind_names)};

		row.offer_id = stmt_get_text(q, arena);
		row.forced = stmt_get_bool(q);
		row.text = stmt_get_text(q, arena);
		VEC_PUSH(&list, row);
	}
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}
