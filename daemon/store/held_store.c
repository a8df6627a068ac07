/* SPDX-License-Identifier: Apache-2.0 */
/* held_store: see held_store.h. */
#include <planvax/store/held_store.h>

#include <planvax/base/vec.h>
#include <planvax/store/fact_store.h>

#include "row_list.h"
#include "statement_tables.h"

enum { PUT, PUT_ENTRY, DROP_ENTRIES, DROP, LEFT, GET, RUNS, RUNS_OF, COUNT, RELEASE };

#define RUN_COLUMNS "service_id, source, file, digest, held_utc, known, gone"
#define FIRST_ENTRIES \
	"(uid, recurrence) IN (SELECT uid, recurrence FROM held_entry WHERE service_id = $1 AND source = $2 ORDER BY uid, recurrence LIMIT $3)"

static const struct statement rows[] = {
	[PUT] = {.name = "put_held", .sql =
		"INSERT INTO held_run (" RUN_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7)"
		" ON CONFLICT (service_id, source) DO UPDATE SET file = excluded.file, digest = excluded.digest,"
		" held_utc = excluded.held_utc, known = excluded.known, gone = excluded.gone"},
	[PUT_ENTRY] = {.name = "put_held_entry", .sql =
		"INSERT INTO held_entry (service_id, source, uid, recurrence, sequence, stamp_utc, digest) VALUES ($1, $2, $3, $4, $5, $6, $7)"
		" ON CONFLICT (service_id, source, uid, recurrence) DO UPDATE SET sequence = excluded.sequence,"
		" stamp_utc = excluded.stamp_utc, digest = excluded.digest"},
	[DROP_ENTRIES] = {.name = "drop_held_entries", .sql =
		"DELETE FROM held_entry WHERE service_id = $1 AND source = $2 AND " FIRST_ENTRIES},
	[DROP] = {.name = "drop_held", .sql = "DELETE FROM held_run WHERE service_id = $1 AND source = $2"},
	[LEFT] = {.name = "held_entry_left", .sql = "SELECT 1 FROM held_entry WHERE service_id = $1 AND source = $2 LIMIT 1"},
	[GET] = {.name = "get_held", .sql = "SELECT " RUN_COLUMNS " FROM held_run WHERE service_id = $1 AND source = $2"},
	[RUNS] = {.name = "held_runs", .sql = "SELECT " RUN_COLUMNS " FROM held_run ORDER BY service_id, source"},
	[RUNS_OF] = {.name = "held_runs_of", .sql = "SELECT " RUN_COLUMNS " FROM held_run WHERE service_id = $1 ORDER BY source"},
	[COUNT] = {.name = "count_held", .sql = "SELECT count(*) FROM held_run"},
	[RELEASE] = {.name = "release_held", .sql =
		"UPDATE agenda SET status = 'gone' WHERE service_id = $1 AND source = $2 AND " FIRST_ENTRIES
		" AND status IN ('visit', 'busy', 'free') AND EXISTS (SELECT 1 FROM held_entry AS h WHERE h.service_id = agenda.service_id"
		" AND h.source = agenda.source AND h.uid = agenda.uid AND h.recurrence = agenda.recurrence"
		" AND h.sequence = agenda.sequence AND h.stamp_utc = agenda.stamp_utc AND h.digest = agenda.digest) RETURNING 1"},
};
const struct statement_table held_store_statements = {rows, sizeof(rows) / sizeof(rows[0])};

static struct stmt *statement(struct tx *tx, size_t i, const char *service_id, const char *source)
{
	struct stmt *q = tx_stmt(tx, &held_store_statements, i);

	stmt_text(q, service_id);
	stmt_text(q, source);
	return q;
}

int held_store_put(struct tx *tx, const struct held_run *run)
{
	struct stmt *q = statement(tx, PUT, run->service_id, run->source);

	stmt_text(q, run->file);
	stmt_blob(q, run->digest, DIGEST_BYTES);
	stmt_int(q, run->held_at.utc_s);
	stmt_int(q, run->known);
	stmt_int(q, run->gone);
	stmt_run(q);
	return tx_error(tx);
}

int held_store_put_entry(struct tx *tx, const struct agenda_key *key, const struct agenda_version *version)
{
	struct stmt *q = statement(tx, PUT_ENTRY, key->service_id, key->source);

	stmt_text(q, key->uid);
	stmt_text(q, key->recurrence);
	stmt_int(q, version->sequence);
	stmt_int(q, version->stamp.utc_s);
	stmt_blob(q, version->digest, DIGEST_BYTES);
	stmt_run(q);
	return tx_error(tx);
}

int held_store_drop(struct tx *tx, const char *service_id, const char *source, int64_t limit, bool *left)
{
	struct stmt *q = statement(tx, DROP_ENTRIES, service_id, source);

	stmt_int(q, limit);
	stmt_run(q);
	q = statement(tx, LEFT, service_id, source);

	bool more = stmt_one(q);

	if (more) {
		stmt_skip(q);
		stmt_end(q);
	} else {
		stmt_run(statement(tx, DROP, service_id, source));
	}
	if (left != NULL)
		*left = more;
	return tx_error(tx);
}

static struct held_run read_run(struct stmt *q, struct arena *arena)
{
	struct held_run run = {.service_id = stmt_get_text(q, arena)};

	run.source = stmt_get_text(q, arena);
	run.file = stmt_get_text(q, arena);
	stmt_get_bytes(q, run.digest, DIGEST_BYTES);
	run.held_at = stmt_get_instant(q);
	run.known = stmt_get_int(q);
	run.gone = stmt_get_int(q);
	return run;
}

int held_store_get(struct tx *tx, const char *service_id, const char *source, struct arena *arena, struct held_run *out)
{
	struct stmt *q = statement(tx, GET, service_id, source);

	if (!stmt_one(q))
		return tx_error(tx) < 0 ? tx_error(tx) : ERR_NOT_FOUND;
	*out = read_run(q, arena);
	stmt_end(q);
	return tx_error(tx);
}

int held_store_runs(struct tx *tx, const char *service_id, struct arena *arena, const struct held_run **out, size_t *n)
{
	VEC(struct held_run) list = VEC_INIT;
	struct stmt *q = tx_stmt(tx, &held_store_statements, service_id != NULL ? RUNS_OF : RUNS);

	if (service_id != NULL)
		stmt_text(q, service_id);
	while (stmt_next(q))
		VEC_PUSH(&list, read_run(q, arena));
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

int held_store_count(struct tx *tx, int64_t *n)
{
	struct stmt *q = tx_stmt(tx, &held_store_statements, COUNT);

	if (stmt_one(q)) {
		*n = stmt_get_int(q);
		stmt_end(q);
	}
	return tx_error(tx);
}

int held_store_release(struct tx *tx, const struct held_run *run, int64_t limit, int64_t *removed, bool *left)
{
	struct stmt *q = statement(tx, RELEASE, run->service_id, run->source);
	int64_t n = 0;

	stmt_int(q, limit);
	while (stmt_next(q)) {
		stmt_skip(q);
		n++;
	}
	if (n > 0)
		fact_store_raise(tx, run->service_id);
	*removed += n;
	return held_store_drop(tx, run->service_id, run->source, limit, left);
}
