/* SPDX-License-Identifier: Apache-2.0 */
/* visit_store: calendar entries and their versions. */
#include <planvax/store/visit_store.h>

#include <planvax/store/fact_store.h>

#include "statement_tables.h"
#include "visit_newer.h"

#include <string.h>

enum { GET, PUT, RENEW, MARK, GONE, GONE_UID, PAGE, VISIT, DOUBLES, DOUBLES_OF, SOURCE_TOTALS, DROP_SOURCE };

#define KEY_IS "service_id = $1 AND source = $2 AND uid = $3 AND recurrence = $4"

/* Of a source ($2) or of files of its folder ($3 to $4). */
#define OF_SOURCE "service_id = $1 AND (source = $2 OR (source >= $3 AND source < $4))"

/* A planned visit of the table a, which a calendar has too, under its id. */
#define IS_DOUBLE \
	"a.status = 'visit' AND EXISTS (SELECT 1 FROM agenda AS c WHERE c.service_id = a.service_id AND c.visit_id = a.visit_id" \
	" AND c.source <> 'visits.csv' AND c.status IN ('visit', 'cancelled'))"

static const struct statement rows[] = {
	[GET] = {.name = "get_entry", .sql = "SELECT status, sequence, stamp_utc, digest FROM agenda WHERE " KEY_IS},
	[PUT] = {.name = "put_entry", .sql =
		"INSERT INTO agenda (service_id, source, uid, recurrence, status, visit_id, staff, person_ref, type, start_utc, end_utc,"
		" due, postponed_before, place, sequence, stamp_utc, digest)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
		" ON CONFLICT (service_id, source, uid, recurrence) DO UPDATE SET status = excluded.status,"
		" visit_id = excluded.visit_id, staff = excluded.staff, person_ref = excluded.person_ref, type = excluded.type,"
		" start_utc = excluded.start_utc, end_utc = excluded.end_utc, due = excluded.due,"
		" postponed_before = excluded.postponed_before, place = excluded.place, sequence = excluded.sequence,"
		" stamp_utc = excluded.stamp_utc, digest = excluded.digest"},
	[RENEW] = {.name = "renew_entry", .sql =
		"UPDATE agenda SET sequence = $1, stamp_utc = $2 WHERE service_id = $3 AND source = $4 AND uid = $5"
		" AND recurrence = $6"},
	[MARK] = {.name = "mark_entry", .sql =
		"UPDATE agenda SET status = $1 WHERE service_id = $2 AND source = $3 AND uid = $4 AND recurrence = $5"},
	[GONE] = {.name = "gone_entry", .sql =
		"UPDATE agenda SET status = 'gone' WHERE " KEY_IS " AND status IN ('visit', 'busy', 'free', 'series') RETURNING status"},
	[GONE_UID] = {.name = "gone_uid", .sql =
		"UPDATE agenda SET status = 'gone' WHERE service_id = $1 AND source = $2 AND uid = $3"
		" AND status IN ('visit', 'busy', 'free', 'series') RETURNING recurrence"},
	[PAGE] = {.name = "page_of_entries", .sql =
		"SELECT uid, recurrence, status, sequence, stamp_utc, start_utc, end_utc, digest FROM agenda"
		" WHERE service_id = $1 AND source = $2 AND (uid, recurrence) >= ($3, $4) ORDER BY uid, recurrence LIMIT $5"},
	[VISIT] = {.name = "visit", .sql =
		"SELECT visit_id, staff, person_ref, type, start_utc, end_utc, due, postponed_before, place FROM agenda AS a"
		" WHERE service_id = $1 AND visit_id = $2 AND status = 'visit'"
		" AND NOT EXISTS (" VISIT_STORE_NEWER ") ORDER BY source <> 'visits.csv' DESC, sequence DESC, stamp_utc DESC, source DESC LIMIT 1"},
	[DOUBLES] = {.name = "visit_doubles", .flags = STATEMENT_SCANS, .sql = "SELECT count(*) FROM service AS s JOIN agenda AS a"
		" ON a.service_id = s.service_id AND a.source = 'visits.csv' WHERE " IS_DOUBLE},
	[DOUBLES_OF] = {.name = "visit_doubles_of", .sql =
		"SELECT count(*) FROM agenda AS a WHERE service_id = $1 AND source = 'visits.csv' AND " IS_DOUBLE},
	[SOURCE_TOTALS] = {.name = "source_totals", .sql =
		"SELECT count(*), coalesce(sum(status = 'visit'), 0), coalesce(sum(status = 'busy'), 0) FROM agenda WHERE " OF_SOURCE},
	[DROP_SOURCE] = {.name = "drop_source_entries", .sql =
		"DELETE FROM agenda WHERE " OF_SOURCE " AND (source, uid, recurrence) IN (SELECT source, uid, recurrence FROM agenda WHERE " OF_SOURCE
		" ORDER BY source, uid, recurrence LIMIT $5) RETURNING 1"},
};
const struct statement_table visit_store_statements = {rows, sizeof(rows) / sizeof(rows[0])};

const struct name agenda_status_names[] = {
	{"visit", AGENDA_VISIT},
	{"busy", AGENDA_BUSY},
	{"free", AGENDA_FREE},
	{"cancelled", AGENDA_CANCELLED},
	{"gone", AGENDA_GONE},
	{"series", AGENDA_SERIES},
	{NULL, 0},
};

static struct stmt *statement(struct tx *tx, size_t i)
{
	return tx_stmt(tx, &visit_store_statements, i);
}

static void bind_key(struct stmt *q, const struct agenda_key *key)
{
	stmt_text(q, key->service_id);
	stmt_text(q, key->source);
	stmt_text(q, key->uid);
	stmt_text(q, key->recurrence);
}

static void read_version(struct stmt *q, struct agenda_version *out)
{
	out->status = (enum agenda_status)stmt_get_word(q, agenda_status_names);
	out->sequence = stmt_get_int32(q);
	out->stamp = stmt_get_instant(q);
	stmt_get_bytes(q, out->digest, DIGEST_BYTES);
}

/* True and *out if the very entry is known. */
static bool get(struct tx *tx, const struct agenda_key *key, struct agenda_version *out)
{
	struct stmt *q = statement(tx, GET);

	bind_key(q, key);
	if (!stmt_one(q))
		return false;
	read_version(q, out);
	stmt_end(q);
	return true;
}

int visit_store_known(struct tx *tx, const struct agenda_key *key, struct agenda_version *out)
{
	bool there = get(tx, key, out);

	return tx_error(tx) < 0 ? tx_error(tx) : there ? 0 : ERR_NOT_FOUND;
}

/* Writes the whole entry. */
static void put(struct tx *tx, const struct agenda_entry *e)
{
	struct buf staff = BUF_INIT;
	struct stmt *q = statement(tx, PUT);

	for (size_t i = 0; e->staff_list == NULL && i < e->n_staff; i++) {
		if (i > 0)
			buf_putc(&staff, ' ');
		buf_puts(&staff, e->staff[i]);
	}
	bind_key(q, &e->key);
	stmt_word(q, agenda_status_names, (int)e->version.status);
	stmt_text(q, e->visit.visit_id != NULL ? e->visit.visit_id : e->key.uid);
	stmt_text(q, e->staff_list != NULL ? e->staff_list : buf_str(&staff));
	stmt_text(q, e->visit.person_ref);
	stmt_text(q, e->visit.type);
	stmt_int(q, e->visit.start.utc_s);
	stmt_int(q, e->visit.end.utc_s);
	stmt_date(q, e->visit.due);
	stmt_int(q, e->visit.postponed_before);
	stmt_text(q, e->visit.place);
	stmt_int(q, e->version.sequence);
	stmt_int(q, e->version.stamp.utc_s);
	stmt_blob(q, e->version.digest, DIGEST_BYTES);
	stmt_run(q);
	buf_release(&staff);
}

int visit_store_renew(struct tx *tx, const struct agenda_key *key, const struct agenda_version *version)
{
	struct stmt *q = statement(tx, RENEW);

	stmt_int(q, version->sequence);
	stmt_int(q, version->stamp.utc_s);
	bind_key(q, key);
	stmt_run(q);
	return tx_error(tx);
}

/* Whether a change from one status to another matters to plans. */
static bool matters(enum agenda_status status)
{
	return status == AGENDA_VISIT || status == AGENDA_BUSY;
}

int visit_store_put(struct tx *tx, const struct agenda_entry *entry, enum row_verdict *verdict, struct fault *f)
{
	int rc = fact_store_service(tx, entry->key.service_id, f);

	if (rc < 0)
		return rc;

	struct agenda_version known;
	bool there = get(tx, &entry->key, &known);
	bool same = there && known.status == entry->version.status &&
		memcmp(known.digest, entry->version.digest, DIGEST_BYTES) == 0;

	if (!same) {
		put(tx, entry);
		if (matters(entry->version.status) || (there && matters(known.status)))
			fact_store_raise(tx, entry->key.service_id);
	} else if (known.sequence != entry->version.sequence || known.stamp.utc_s != entry->version.stamp.utc_s) {
		visit_store_renew(tx, &entry->key, &entry->version);
	}
	*verdict = same ? ROW_UNCHANGED : there ? ROW_CHANGED : ROW_CREATED;
	return tx_error(tx);
}

int visit_store_write(struct tx *tx, const struct agenda_entry *entry, const struct agenda_version *known)
{
	put(tx, entry);
	if (matters(entry->version.status) || (known != NULL && matters(known->status)))
		fact_store_raise(tx, entry->key.service_id);
	return tx_error(tx);
}

int visit_store_mark(struct tx *tx, const struct agenda_key *key, const struct agenda_version *known, enum agenda_status status)
{
	struct stmt *q = statement(tx, MARK);

	stmt_word(q, agenda_status_names, (int)status);
	bind_key(q, key);
	stmt_run(q);
	if (matters(known->status) || matters(status))
		fact_store_raise(tx, key->service_id);
	return tx_error(tx);
}

int visit_store_page(struct tx *tx, const struct agenda_key *from, struct agenda_page *page)
{
	struct stmt *q = statement(tx, PAGE);

	bind_key(q, from);
	page->n = 0;
	stmt_int(q, (int64_t)page->limit);
	while (stmt_next(q)) {
		struct agenda_known *row = &page->rows[page->n++];

		row->uid = stmt_get_text(q, page->arena);
		row->recurrence = stmt_get_text(q, page->arena);
		row->version.status = (enum agenda_status)stmt_get_word(q, agenda_status_names);
		row->version.sequence = stmt_get_int32(q);
		row->version.stamp = stmt_get_instant(q);
		row->start = stmt_get_instant(q);
		row->end = stmt_get_instant(q);
		stmt_get_bytes(q, row->version.digest, DIGEST_BYTES);
	}
	return tx_error(tx);
}

/* Runs a statement that gives a row of one column for each entry it changed; returns their number. */
static int64_t count_rows(struct stmt *q)
{
	int64_t n = 0;

	while (stmt_next(q)) {
		stmt_skip(q);
		n++;
	}
	return n;
}

int visit_store_gone(struct tx *tx, const struct agenda_key *key, int64_t *n)
{
	struct stmt *q = statement(tx, GONE);

	bind_key(q, key);
	int64_t changed = count_rows(q);

	if (changed > 0)
		fact_store_raise(tx, key->service_id);
	*n += changed;
	return tx_error(tx);
}

int visit_store_gone_uid(struct tx *tx, const struct agenda_key *key, int64_t *n)
{
	struct stmt *q = statement(tx, GONE_UID);

	stmt_text(q, key->service_id);
	stmt_text(q, key->source);
	stmt_text(q, key->uid);
	int64_t changed = count_rows(q);

	if (changed > 0)
		fact_store_raise(tx, key->service_id);
	*n += changed;
	return tx_error(tx);
}

int visit_store_visit(struct tx *tx, const char *service_id, const char *visit_id, struct arena *arena, struct visit *out)
{
	struct stmt *q = statement(tx, VISIT);
	struct visit v = {.service_id = arena_strdup(arena, service_id), .staff = -1, .person = -1, .centre = -1};

	stmt_text(q, service_id);
	stmt_text(q, visit_id);
	if (!stmt_one(q))
		return tx_error(tx) < 0 ? tx_error(tx) : ERR_NOT_FOUND;
	v.visit_id = stmt_get_text(q, arena);

	const char *staff = stmt_peek_text(q);
	size_t len = strcspn(staff, " ");

	v.staff_id = len > 0 ? arena_strndup(arena, staff, len) : NULL;
	v.person_ref = stmt_get_text(q, arena);
	v.type = stmt_get_text(q, arena);
	v.start = stmt_get_instant(q);
	v.end = stmt_get_instant(q);
	v.due = stmt_get_date(q);
	v.postponed_before = stmt_get_bool(q);
	v.place = stmt_get_text(q, arena);
	stmt_end(q);
	*out = v;
	return tx_error(tx);
}

int visit_store_doubles(struct tx *tx, const char *service_id, int64_t *n)
{
	struct stmt *q = statement(tx, service_id != NULL ? DOUBLES_OF : DOUBLES);

	if (service_id != NULL)
		stmt_text(q, service_id);
	if (stmt_one(q)) {
		*n = stmt_get_int(q);
		stmt_end(q);
	}
	return tx_error(tx);
}

/* Binds what OF_SOURCE names; text is to be released after the statement ran. */
static void bind_source(struct stmt *q, const char *service_id, const char *source, struct buf text[2])
{
	buf_printf(&text[0], "%s/", source);
	buf_printf(&text[1], "%s0", source); /* '0' follows '/' */
	stmt_text(q, service_id);
	stmt_text(q, source);
	stmt_text(q, buf_str(&text[0]));
	stmt_text(q, buf_str(&text[1]));
}

int visit_store_source_totals(struct tx *tx, const char *service_id, const char *source, struct visit_totals *out)
{
	struct buf text[2] = {BUF_INIT, BUF_INIT};
	struct stmt *q = statement(tx, SOURCE_TOTALS);

	bind_source(q, service_id, source, text);
	if (stmt_one(q)) {
		out->entries = stmt_get_int(q);
		out->visits = stmt_get_int(q);
		out->busy = stmt_get_int(q);
		stmt_end(q);
	}
	buf_release(&text[0]);
	buf_release(&text[1]);
	return tx_error(tx);
}

int visit_store_drop_source(struct tx *tx, const char *service_id, const char *source, int64_t limit, int64_t *n)
{
	struct buf text[2] = {BUF_INIT, BUF_INIT};
	struct stmt *q = statement(tx, DROP_SOURCE);

	bind_source(q, service_id, source, text);
	stmt_int(q, limit);
	int64_t dropped = count_rows(q);

	if (dropped > 0)
		fact_store_raise(tx, service_id);
	*n += dropped;
	buf_release(&text[0]);
	buf_release(&text[1]);
	return tx_error(tx);
}
