/* SPDX-License-Identifier: Apache-2.0 */
/* Opening, migrations, readers, and the query plans of all statements. */
#include <planvax/store/db.h>

#include <planvax/base/buf.h>
#include <planvax/store/register_store.h>

#include "db_connection.h"
#include "migrate.h"
#include "statement_tables.h"
#include "store_temp.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int raw_exec(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	int rc = sqlite3_open(path, &db);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_close(db);
	return rc;
}

Test(db, placeholders_must_first_appear_in_order)
{
	int n = -1;

	cr_expect_eq(db_placeholders("SELECT 1", &n), 0);
	cr_expect_eq(n, 0);
	cr_expect_eq(db_placeholders("a = $1 AND b = $2 AND c = $1", &n), 0);
	cr_expect_eq(n, 2);
	cr_expect_eq(db_placeholders("a = $2 AND b = $1", &n), 2);
	cr_expect_eq(db_placeholders("a = $1 AND b = $3", &n), 3);
}

Test(db, a_new_store_is_its_owners_alone_and_opens_again)
{
	struct store_temp t;
	struct stat st;

	store_temp_open(&t);
	cr_assert_eq(stat(t.path, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0600);
	store_temp_reopen(&t);
	store_temp_close(&t);
	cr_expect_neq(access(t.directory, F_OK), 0);
}

Test(db, a_second_writer_is_refused_while_the_first_lives)
{
	struct store_temp t;
	struct fault f = FAULT_NONE;
	struct db *db = NULL;

	store_temp_open(&t);
	cr_expect_eq(db_open_writer(t.path, &db, &f), ERR_BUSY);
	cr_expect_null(db);
	cr_expect_not_null(strstr(f.where, ".lock"));
	store_temp_close(&t);
}

Test(db, a_newer_schema_is_refused)
{
	struct store_temp t;
	struct fault f = FAULT_NONE;
	struct db *db = NULL;

	store_temp_open(&t);
	readers_free(t.readers);
	writer_free(t.writer);
	cr_assert_eq(raw_exec(t.path, "INSERT INTO schema_migration VALUES (9999, '9999_future')"), SQLITE_OK);
	cr_expect_eq(db_open_writer(t.path, &db, &f), ERR_UNSUPPORTED);
	cr_expect_not_null(strstr(f.what, "9999_future"));
	fault_clear(&f);
	cr_expect_eq(db_open_reader(t.path, &db, &f), ERR_UNSUPPORTED);
	cr_assert_eq(raw_exec(t.path, "DELETE FROM schema_migration WHERE number = 9999;"
		"UPDATE schema_migration SET name = '0002_other' WHERE number = 2"), SQLITE_OK);
	fault_clear(&f);
	cr_expect_eq(db_open_writer(t.path, &db, &f), ERR_CORRUPT);
	cr_assert_eq(raw_exec(t.path, "UPDATE schema_migration SET name = '0002_agenda' WHERE number = 2"), SQLITE_OK);
	cr_assert_eq(db_open_writer(t.path, &db, &f), 0);
	t.writer = writer_new(db, 0, 1);
	t.readers = readers_new(t.path, 1);
	store_temp_close(&t);
}

Test(db, each_migration_is_applied_once_and_half_of_one_never)
{
	static const struct sql_migration good[] = {{"0001_a", "CREATE TABLE a (x INTEGER) STRICT"}, {NULL, NULL}};
	static const struct sql_migration bad[] = {
		{"0001_a", "CREATE TABLE a (x INTEGER) STRICT"}, {"0002_b", "CREATE TABLE b (x INTEGER) STRICT; CREATE TABLE a (y INTEGER)"}};
	char path[] = "/tmp/planvax-migrate-XXXXXX";
	struct engine_db *db = NULL;
	struct fault f = FAULT_NONE;
	const struct db_engine *e = &db_sqlite_engine;

	close(mkstemp(path));
	cr_assert_eq(e->open(path, true, &db, &f), 0);
	cr_expect_eq(migrate_apply(e, db, good, 1, &f), 0);
	cr_expect_eq(migrate_apply(e, db, good, 1, &f), 0);
	cr_expect_lt(migrate_apply(e, db, bad, 2, &f), 0);
	cr_expect_not_null(strstr(f.what, "0002_b"));
	cr_expect_lt(e->exec(db, "SELECT x FROM b"), 0, "the first statement of the failed migration is undone");
	cr_expect_eq(migrate_check(e, db, good, 1, NULL), 0);
	cr_expect_eq(migrate_check(e, db, bad, 2, NULL), ERR_UNSUPPORTED);
	e->close(db);
	unlink(path);
}

Test(db, files_of_others_are_no_stores)
{
	char path[] = "/tmp/planvax-alien-XXXXXX", lock[40];
	struct fault f = FAULT_NONE;
	struct db *db = NULL;
	int fd = mkstemp(path);
	char text[5000];

	memset(text, 'x', sizeof(text));
	cr_assert_eq(write(fd, text, sizeof(text)), (ssize_t)sizeof(text));
	close(fd);
	cr_expect_eq(db_open_writer(path, &db, &f), ERR_CORRUPT);
	unlink(path);
	cr_assert_eq(raw_exec(path, "CREATE TABLE notes (x)"), SQLITE_OK);
	fault_clear(&f);
	cr_expect_eq(db_open_writer(path, &db, &f), ERR_CORRUPT);
	cr_expect_str_eq(f.where, path);
	fault_clear(&f);
	cr_expect_eq(db_open_writer("/nonexistent/planvax.db", &db, &f), ERR_IO);
	fault_clear(&f);
	cr_expect_eq(db_open_reader("/tmp/planvax-no-such.db", &db, &f), ERR_NOT_FOUND);
	snprintf(lock, sizeof(lock), "%s.lock", path);
	unlink(lock);
	unlink(path);
}

Test(db, readers_cannot_write)
{
	struct store_temp t;
	struct model_sample sample;
	enum row_verdict verdict;

	store_temp_open(&t);
	model_build_sample(&sample);

	struct tx *tx = store_temp_read(&t);

	cr_expect_eq(register_store_put_service(tx, &sample.service, &verdict, NULL), ERR_DENIED);
	cr_expect_eq(store_temp_end(&t, tx), ERR_DENIED, "the end tells the first error");
	store_temp_close(&t);
}

static const char *const big_tables[] = {"commune", "person", "company", "history", "stock", "agenda", "plan_version", "plan_body",
	"plan_input", "plan_item", "plan_item_staff", "plan_change", "outbox", "audit", "staff", "centre", "vehicle", "answer", "forbid", "move"};

/* The big table that a line of a query plan scans, or NULL. */
static const char *scanned(const char *detail)
{
	static const char *const aliases[][2] = {{"o", "outbox"}, {"e", "outbox"}, {"i", "plan_item"}, {"t", "plan_item_staff"},
		{"v", "plan_version"}, {"b", "plan_body"}, {"c", "plan_current"}, {"m", "move"}, {"a", "agenda"}};

	if (strncmp(detail, "SCAN ", 5) != 0)
		return NULL;

	size_t len = strcspn(detail + 5, " ");

	for (size_t i = 0; i < sizeof(big_tables) / sizeof(big_tables[0]); i++)
		if (strlen(big_tables[i]) == len && strncmp(detail + 5, big_tables[i], len) == 0)
			return big_tables[i];
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (strlen(aliases[i][0]) == len && strncmp(detail + 5, aliases[i][0], len) == 0)
			return aliases[i][1];
	return NULL;
}

Test(db, no_statement_scans_a_big_table_unless_it_says_so)
{
	struct store_temp t;
	struct model_sample sample;
	sqlite3 *raw = NULL;
	size_t statements = 0, scans = 0;

	store_temp_open(&t);
	model_build_sample(&sample);
	store_temp_fill(&t, &sample);
	cr_assert_eq(sqlite3_open_v2(t.path, &raw, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	for (size_t k = 0; k < statement_tables_count; k++) {
		for (size_t i = 0; i < statement_tables[k]->n; i++) {
			const struct statement *def = &statement_tables[k]->rows[i];
			struct buf sql = BUF_INIT;
			sqlite3_stmt *q = NULL;

			cr_assert_not_null(def->sql, "table %zu has a hole at %zu", k, i);
			cr_assert_not_null(def->name);
			buf_printf(&sql, "EXPLAIN QUERY PLAN %s", def->sql);
			cr_assert_eq(sqlite3_prepare_v2(raw, buf_str(&sql), -1, &q, NULL), SQLITE_OK, "%s", def->name);
			while (sqlite3_step(q) == SQLITE_ROW) {
				const char *detail = (const char *)sqlite3_column_text(q, 3), *table = scanned(detail);

				scans += table != NULL;
				cr_expect(table == NULL || (def->flags & STATEMENT_SCANS), "%s scans %s: %s", def->name, table, detail);
			}
			sqlite3_finalize(q);
			buf_release(&sql);
			statements++;
		}
	}
	cr_expect_gt(statements, 80);
	cr_expect_gt(scans, 3, "the test sees the scans that are declared");
	sqlite3_close(raw);
	store_temp_close(&t);
}

Test(db, names_of_statements_are_unique)
{
	for (size_t k = 0; k < statement_tables_count; k++)
		for (size_t i = 0; i < statement_tables[k]->n; i++)
			for (size_t l = k; l < statement_tables_count; l++)
				for (size_t j = l == k ? i + 1 : 0; j < statement_tables[l]->n; j++)
					cr_expect_str_neq(statement_tables[k]->rows[i].name, statement_tables[l]->rows[j].name);
}
