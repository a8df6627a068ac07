/* SPDX-License-Identifier: Apache-2.0 */
/* absence_store: rows of the table absence. */
#include <planvax/store/absence_store.h>

#include <planvax/store/fact_store.h>

#include "row_list.h"
#include "statement_tables.h"

enum { PUT, DROP, LIST };

static const struct statement rows[] = {
	[PUT] = {.name = "put_absence", .sql =
		"INSERT INTO absence (service_id, absence_id, kind, subject_id, first_day, last_day, reason, actor)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
		" ON CONFLICT (service_id, absence_id) DO UPDATE SET kind = excluded.kind, subject_id = excluded.subject_id,"
		" first_day = excluded.first_day, last_day = excluded.last_day, reason = excluded.reason, actor = excluded.actor"},
	[DROP] = {.name = "drop_absence", .sql =
		"DELETE FROM absence WHERE service_id = $1 AND absence_id = $2 RETURNING 1"},
	[LIST] = {.name = "list_absences", .sql =
		"SELECT absence_id, kind, subject_id, first_day, last_day, reason, actor FROM absence WHERE service_id = $1"
		" ORDER BY absence_id"},
};
const struct statement_table absence_store_statements = {rows, sizeof(rows) / sizeof(rows[0])};

const struct name absence_kind_names[] = {
	{"staff", ABSENCE_STAFF}, {"vehicle", ABSENCE_VEHICLE}, {"centre", ABSENCE_CENTRE}, {NULL, 0},
};

static struct stmt *statement(struct tx *tx, size_t i)
{
	return tx_stmt(tx, &absence_store_statements, i);
}

int absence_store_put(struct tx *tx, const char *service_id, const struct absence *row, struct fault *f)
{
	int known = fact_store_service(tx, service_id, f);

	if (known < 0)
		return known;

	struct stmt *q = statement(tx, PUT);

	stmt_text(q, service_id);
	stmt_text(q, row->absence_id);
	stmt_word(q, absence_kind_names, (int)row->kind);
	stmt_text(q, row->subject_id);
	stmt_date(q, row->from);
	stmt_date(q, row->to);
	stmt_text(q, row->reason);
	stmt_text(q, row->actor);
	stmt_run(q);
	fact_store_raise(tx, service_id);
	return tx_error(tx);
}

int absence_store_withdraw(struct tx *tx, const char *service_id, const char *absence_id)
{
	struct stmt *q = statement(tx, DROP);

	stmt_text(q, service_id);
	stmt_text(q, absence_id);
	if (!stmt_one(q))
		return tx_error(tx) < 0 ? tx_error(tx) : ERR_NOT_FOUND;
	stmt_skip(q);
	stmt_end(q);
	fact_store_raise(tx, service_id);
	return tx_error(tx);
}

int absence_store_list(struct tx *tx, const char *service_id, struct arena *arena, const struct absence **out, size_t *n)
{
	VEC(struct absence) list = VEC_INIT;
	struct stmt *q = statement(tx, LIST);

	stmt_text(q, service_id);
	while (stmt_next(q)) {
		struct absence row = {.absence_id = stmt_get_text(q, arena)};

		row.kind = (enum absence_kind)stmt_get_word(q, absence_kind_names);
		row.subject_id = stmt_get_text(q, arena);
		row.from = stmt_get_date(q);
		row.to = stmt_get_date(q);
		row.reason = stmt_get_text(q, arena);
		row.actor = stmt_get_text(q, arena);
		VEC_PUSH(&list, row);
	}
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}
