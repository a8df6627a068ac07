/* SPDX-License-Identifier: Apache-2.0 */
/* tx: transactions that keep their first error, statements that insist on being
 * bound and read in full. */
#include "tx.h"

#include <planvax/base/log.h>

#include "db_connection.h"
#include "statement_tables.h"

#include <assert.h>
#include <string.h>

#define JOB_POINT "job"

/* ---- transactions ---- */

static int run(struct tx *tx, const char *sql)
{
	struct db *db = tx->db;
	int rc = db->engine->exec(db->handle, sql);

	if (rc < 0)
		log_line(LOG_ERROR, "store", "failed statement=\"%s\" error=%s message=\"%s\"", sql, err_name(rc),
			db->engine->message(db->handle));
	return rc;
}

static struct tx *start(struct db *db, bool writing, struct instant now)
{
	struct tx *tx = &db->tx;

	assert(!tx->open);
	*tx = (struct tx){.db = db, .open = true, .writing = writing, .now = now};
	return tx;
}

struct tx *db_read(struct db *db)
{
	struct tx *tx = start(db, false, (struct instant){0});

	assert(!db->writer);
	tx_fail(tx, run(tx, "BEGIN"));
	return tx;
}

int tx_end(struct tx *tx)
{
	struct db *db = tx->db;

	assert(tx->open && !tx->writing);
	if (db->engine->in_transaction(db->handle))
		tx_fail(tx, run(tx, "ROLLBACK")); /* nothing was written */
	tx->open = false;
	return tx->error;
}

int tx_error(const struct tx *tx)
{
	return tx->error;
}

int tx_fail(struct tx *tx, int err)
{
	if (tx->error == 0 && err < 0)
		tx->error = err;
	return tx->error;
}

struct instant tx_now(const struct tx *tx)
{
	return tx->now;
}

int tx_begin_group(struct db *db, struct instant now, struct tx **out)
{
	struct tx *tx = start(db, true, now);
	int rc = run(tx, "BEGIN IMMEDIATE");

	assert(db->writer);
	if (rc < 0) {
		tx->open = false;
		return rc;
	}
	*out = tx;
	return 0;
}

int tx_commit_group(struct tx *tx)
{
	int rc = run(tx, "COMMIT");

	if (rc < 0) {
		tx_rollback_group(tx);
		return rc;
	}
	tx->open = false;
	return 0;
}

void tx_rollback_group(struct tx *tx)
{
	struct db *db = tx->db;

	if (db->engine->in_transaction(db->handle))
		run(tx, "ROLLBACK");
	tx->open = false;
}

void tx_begin_first_job(struct tx *tx)
{
	tx->error = 0;
	tx->raised = (struct tx_names){.next = 0};
	tx->known = (struct tx_names){.next = 0};
}

int tx_begin_job(struct tx *tx)
{
	tx_begin_first_job(tx);
	return tx_fail(tx, run(tx, "SAVEPOINT " JOB_POINT));
}

bool tx_end_job(struct tx *tx, int rc)
{
	struct db *db = tx->db;

	if (!db->engine->in_transaction(db->handle))
		return false;
	if (rc < 0 && run(tx, "ROLLBACK TO " JOB_POINT) < 0)
		return false;
	return run(tx, "RELEASE " JOB_POINT) == 0;
}

bool tx_names_has(const struct tx_names *names, const char *id)
{
	for (size_t i = 0; i < TX_NAMES; i++)
		if (names->ids[i][0] != '\0' && strcmp(names->ids[i], id) == 0)
			return true;
	return false;
}

void tx_names_add(struct tx_names *names, const char *id)
{
	size_t len = strlen(id);

	if (len >= TX_NAME_BYTES)
		return;
	memcpy(names->ids[names->next], id, len + 1);
	names->next = (names->next + 1) % TX_NAMES;
}

/* ---- statements ---- */

struct stmt *tx_stmt(struct tx *tx, const struct statement_table *table, size_t i)
{
	size_t t = 0;

	while (t < statement_tables_count && statement_tables[t] != table)
		t++;
	assert(tx->open && t < statement_tables_count && i < table->n);

	struct stmt *q = &tx->db->stmts[t][i];

	assert(!q->running);
	q->running = true;
	q->has_row = false;
	q->bound = 0;
	return q;
}

static const struct db_engine *engine_of(const struct stmt *q)
{
	return q->tx->db->engine;
}

static void check(struct stmt *q, int rc)
{
	if (rc >= 0)
		return;
	log_line(LOG_ERROR, "store", "failed statement=%s error=%s message=\"%s\"", q->def->name, err_name(rc),
		engine_of(q)->message(q->tx->db->handle));
	tx_fail(q->tx, rc);
}

/* Number of the parameter to bind now. */
static int next_param(struct stmt *q)
{
	assert(q->running && !q->has_row && q->bound < q->n_params);
	return ++q->bound;
}

void stmt_int(struct stmt *q, int64_t value)
{
	if (q->digest != NULL)
		digest_add_int(q->digest, value);
	check(q, engine_of(q)->bind_int(q->handle, next_param(q), value));
}

void stmt_double(struct stmt *q, double value)
{
	if (q->digest != NULL)
		digest_add(q->digest, &value, sizeof(value));
	check(q, engine_of(q)->bind_double(q->handle, next_param(q), value));
}

void stmt_null(struct stmt *q)
{
	if (q->digest != NULL)
		digest_add_text(q->digest, NULL);
	check(q, engine_of(q)->bind_null(q->handle, next_param(q)));
}

void stmt_text(struct stmt *q, const char *text)
{
	if (q->digest != NULL)
		digest_add_text(q->digest, text);
	check(q, engine_of(q)->bind_text(q->handle, next_param(q), text));
}

void stmt_blob(struct stmt *q, const void *bytes, size_t len)
{
	check(q, engine_of(q)->bind_blob(q->handle, next_param(q), bytes, len));
}

void stmt_date(struct stmt *q, struct date date)
{
	if (date_is_none(date))
		stmt_null(q);
	else
		stmt_int(q, date.days);
}

void stmt_word(struct stmt *q, const struct name *table, int value)
{
	const char *word = names_word(table, value);

	assert(word != NULL);
	stmt_text(q, word);
}

void stmt_digest_begin(struct stmt *q)
{
	assert(q->running && q->digest == NULL);
	q->digest = digest_new();
}

const unsigned char *stmt_digest(struct stmt *q)
{
	digest_finish(q->digest, q->digest_bytes);
	q->digest = NULL;
	stmt_blob(q, q->digest_bytes, STMT_DIGEST_BYTES);
	return q->digest_bytes;
}

void stmt_end(struct stmt *q)
{
	if (!q->running)
		return;
	assert(q->digest == NULL);
	assert(!q->has_row || q->tx->error < 0 || q->read == q->n_columns);
	engine_of(q)->reset(q->handle);
	q->running = false;
	q->has_row = false;
}

bool stmt_next(struct stmt *q)
{
	assert(q->running && q->bound == q->n_params);
	assert(!q->has_row || q->tx->error < 0 || q->read == q->n_columns);

	int rc = q->tx->error < 0 ? 0 : engine_of(q)->step(q->handle);

	check(q, rc);
	q->has_row = rc == 1;
	q->read = 0;
	if (!q->has_row)
		stmt_end(q);
	return q->has_row;
}

void stmt_run(struct stmt *q)
{
	assert(q->n_columns == 0);

	bool row = stmt_next(q);

	assert(!row);
}

bool stmt_one(struct stmt *q)
{
	return stmt_next(q);
}

/* Number of the column to read now. */
static int next_column(struct stmt *q)
{
	assert(q->has_row && q->read < q->n_columns);
	return q->read++;
}

bool stmt_is_null(struct stmt *q)
{
	assert(q->has_row && q->read < q->n_columns);
	return engine_of(q)->is_null(q->handle, q->read);
}

void stmt_skip(struct stmt *q)
{
	(void)next_column(q);
}

int64_t stmt_get_int(struct stmt *q)
{
	return engine_of(q)->read_int(q->handle, next_column(q));
}

int32_t stmt_get_int32(struct stmt *q)
{
	int64_t value = stmt_get_int(q);

	if (value < INT32_MIN || value > INT32_MAX) {
		tx_fail(q->tx, ERR_CORRUPT);
		return 0;
	}
	return (int32_t)value;
}

bool stmt_get_bool(struct stmt *q)
{
	return stmt_get_int(q) != 0;
}

double stmt_get_double(struct stmt *q)
{
	return engine_of(q)->read_double(q->handle, next_column(q));
}

const char *stmt_peek_text(struct stmt *q)
{
	return engine_of(q)->read_text(q->handle, next_column(q));
}

const char *stmt_get_text(struct stmt *q, struct arena *arena)
{
	return arena_strdup(arena, stmt_peek_text(q));
}

const void *stmt_get_blob(struct stmt *q, struct arena *arena, size_t *len)
{
	*len = 0;
	if (stmt_is_null(q)) {
		stmt_skip(q);
		return NULL;
	}

	const void *bytes = engine_of(q)->read_blob(q->handle, next_column(q), len);

	return arena_memdup(arena, bytes, *len);
}

void stmt_get_bytes(struct stmt *q, void *out, size_t len)
{
	size_t there;
	const void *bytes = engine_of(q)->read_blob(q->handle, next_column(q), &there);

	if (there == len)
		memcpy(out, bytes, len);
	else
		tx_fail(q->tx, ERR_CORRUPT);
}

struct date stmt_get_date(struct stmt *q)
{
	if (!stmt_is_null(q))
		return (struct date){stmt_get_int32(q)};
	stmt_skip(q);
	return DATE_NONE;
}

struct instant stmt_get_instant(struct stmt *q)
{
	return (struct instant){stmt_get_int(q)};
}

int stmt_get_word(struct stmt *q, const struct name *table)
{
	const char *word = stmt_peek_text(q);
	int value = table[0].value;

	if (word == NULL || !names_value(table, word, strlen(word), &value))
		tx_fail(q->tx, ERR_CORRUPT);
	return value;
}
