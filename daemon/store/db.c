/* SPDX-License-Identifier: Apache-2.0 */
/* db: opens and closes connections, prepares every statement of every store. */
#include <planvax/store/db.h>

#include <planvax/base/alloc.h>

#include "db_connection.h"
#include "migrate.h"
#include "statement_tables.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

int db_placeholders(const char *sql, int *n)
{
	int seen = 0;

	for (const char *at = strchr(sql, '$'); at != NULL; at = strchr(at + 1, '$')) {
		int number = 0;

		for (const char *digit = at + 1; *digit >= '0' && *digit <= '9' && number < 1000; digit++)
			number = number * 10 + *digit - '0';
		if (number == 0 || number > seen + 1)
			return number == 0 ? 1 : number;
		if (number == seen + 1)
			seen++;
	}
	*n = seen;
	return 0;
}

/* Prepares one statement. A wrong one is a programming error, but its schema may be a stranger's. */
static int prepare_one(struct db *db, const struct statement *def, struct stmt *out, struct fault *f)
{
	int n = 0, wrong = db_placeholders(def->sql, &n);

	assert(wrong == 0);

	int rc = db->engine->prepare(db->handle, def->sql, &out->handle);

	if (rc < 0)
		return fault_set(f, (enum err)rc, "statement %s: %s", def->name, db->engine->message(db->handle));
	out->def = def;
	out->tx = &db->tx;
	out->n_params = db->engine->params(out->handle);
	out->n_columns = db->engine->columns(out->handle);
	assert(out->n_params == n);
	return 0;
}

static int prepare_all(struct db *db, struct fault *f)
{
	db->stmts = xcalloc(statement_tables_count, sizeof(*db->stmts));
	for (size_t t = 0; t < statement_tables_count; t++) {
		const struct statement_table *table = statement_tables[t];

		db->stmts[t] = xcalloc(table->n, sizeof(*db->stmts[t]));
		for (size_t i = 0; i < table->n; i++) {
			int rc = prepare_one(db, &table->rows[i], &db->stmts[t][i], f);

			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

void db_close(struct db *db)
{
	if (db == NULL)
		return;
	assert(!db->tx.open);
	for (size_t t = 0; db->stmts != NULL && t < statement_tables_count; t++) {
		for (size_t i = 0; db->stmts[t] != NULL && i < statement_tables[t]->n; i++)
			db->engine->finalize(db->stmts[t][i].handle);
		free(db->stmts[t]);
	}
	free(db->stmts);
	if (db->handle != NULL)
		db->engine->close(db->handle);
	if (db->lock_fd >= 0)
		close(db->lock_fd);
	free(db->path);
	free(db);
}

/* Locks PATH.lock for this process; the kernel lets go of it when the process ends, however it ends. */
static int lock_path(const char *path, int *fd, struct fault *f)
{
	char *name = xmalloc(strlen(path) + sizeof(".lock"));
	int rc = 0;

	snprintf(name, strlen(path) + sizeof(".lock"), "%s.lock", path);
	*fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0) {
		rc = fault_set(f, ERR_IO, "cannot make the store's lock: %s", strerror(errno));
		fault_hint(f, "the directory must exist and be writable");
	} else if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
		rc = fault_set(f, ERR_BUSY, "another process has the store open");
		fault_hint(f, "stop the other planvaxd first");
	}
	fault_at(f, "%s", name);
	free(name);
	return rc;
}

static struct db *new_db(const char *path, bool writer)
{
	struct db *db = xcalloc(1, sizeof(*db));

	db->engine = &db_sqlite_engine;
	db->path = xstrdup(path);
	db->writer = writer;
	db->lock_fd = -1;
	db->tx.db = db;
	return db;
}

int db_open_writer(const char *path, struct db **out, struct fault *f)
{
	struct fault mine = FAULT_NONE;
	struct db *db = new_db(path, true);
	int rc = lock_path(path, &db->lock_fd, &mine);

	if (rc == 0)
		rc = db->engine->open(path, true, &db->handle, &mine);
	if (rc == 0)
		rc = migrate_apply(db->engine, db->handle, sql_embedded, sql_embedded_count, &mine);
	if (rc == 0)
		rc = prepare_all(db, &mine);
	if (rc < 0) {
		fault_at(&mine, "%s", path);
		if (f != NULL && f->code == ERR_NONE)
			*f = mine;
		db_close(db);
		return rc;
	}
	*out = db;
	return 0;
}

int db_open_reader(const char *path, struct db **out, struct fault *f)
{
	struct fault mine = FAULT_NONE;
	struct db *db = new_db(path, false);
	int rc = db->engine->open(path, false, &db->handle, &mine);

	if (rc == 0)
		rc = migrate_check(db->engine, db->handle, sql_embedded, sql_embedded_count, &mine);
	if (rc == 0)
		rc = prepare_all(db, &mine);
	if (rc < 0) {
		fault_at(&mine, "%s", path);
		if (f != NULL && f->code == ERR_NONE)
			*f = mine;
		db_close(db);
		return rc;
	}
	*out = db;
	return 0;
}

const char *db_path(const struct db *db)
{
	return db->path;
}
