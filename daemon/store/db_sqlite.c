/* SPDX-License-Identifier: Apache-2.0 */
/* db_sqlite: the SQLite engine. Connections are used by one thread at a time,
 * so the library's own locks are off. Debian 12's 3.40.1 may corrupt a log that
 * two connections write or checkpoint at once: readers are query_only, never
 * checkpoint (nor at close), and nothing is mapped into memory. */
#include "db_engine.h"

#include <planvax/base/alloc.h>

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION_ID 1886156408 /* "plvx", in the file's header */
#define APPLICATION_ID_TEXT "1886156408"
#define BUSY_MS 5000
#define LOG_PAGES "1000" /* of the write-ahead log, before a checkpoint */

struct engine_db {
	sqlite3 *handle;
};

struct engine_stmt {
	sqlite3_stmt *handle;
};

/* Our code for SQLite's. Out of memory ends the program, as everywhere. */
static int error_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_NOMEM:
		abort();
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_BUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ERR_CORRUPT;
	case SQLITE_CONSTRAINT:
		return ERR_CONFLICT;
	case SQLITE_READONLY:
		return ERR_DENIED;
	case SQLITE_TOOBIG:
		return ERR_LIMIT;
	case SQLITE_INTERRUPT:
		return ERR_STOPPED;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		return ERR_IO;
	default:
		return ERR_INVALID;
	}
}

static int run(struct engine_db *db, const char *sql)
{
	return error_of(sqlite3_exec(db->handle, sql, NULL, NULL, NULL));
}

/* Makes the file, for its owner alone; SQLite gives its log the same mode. */
static int make_file(const char *path, struct fault *f)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0) {
		fault_set(f, ERR_IO, "cannot open the store: %s", strerror(errno));
		fault_at(f, "%s", path);
		fault_hint(f, "the directory must exist and be writable");
		return ERR_IO;
	}
	close(fd);
	return 0;
}

static int configure(struct engine_db *db, bool writer)
{
	static const char common[] =
		"PRAGMA foreign_keys = ON;"
		"PRAGMA trusted_schema = OFF;"
		"PRAGMA cell_size_check = ON;"
		"PRAGMA temp_store = MEMORY;"
		"PRAGMA mmap_size = 0;";
	static const char writing[] =
		"PRAGMA journal_mode = WAL;"
		"PRAGMA synchronous = FULL;"
		"PRAGMA secure_delete = ON;"
		"PRAGMA cache_size = -32768;"
		"PRAGMA wal_autocheckpoint = " LOG_PAGES ";";
	static const char reading[] =
		"PRAGMA query_only = ON;"
		"PRAGMA cache_size = -8192;"
		"PRAGMA wal_autocheckpoint = 0;";

	sqlite3_busy_timeout(db->handle, BUSY_MS);
	sqlite3_extended_result_codes(db->handle, 1);

	int rc = error_of(sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL));

	if (rc == 0 && !writer)
		rc = error_of(sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL));
	if (rc == 0)
		rc = run(db, writer ? writing : reading);
	return rc == 0 ? run(db, common) : rc;
}

/* First column of the first row of a pragma or query; -1 on failure. */
static int64_t number_of(struct engine_db *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t value = -1;

	if (sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

/* Marks a new file as ours; refuses another program's. */
static int claim_file(struct engine_db *db, struct fault *f)
{
	int64_t id = number_of(db, "PRAGMA application_id");

	if (id == APPLICATION_ID)
		return 0;
	if (id == 0 && number_of(db, "SELECT count(*) FROM sqlite_master") == 0)
		return run(db, "PRAGMA application_id = " APPLICATION_ID_TEXT);
	return fault_set(f, ERR_CORRUPT, "not a store of planvax");
}

/* Nobody asks the library how much memory it holds: counting takes a lock at each allocation, a tenth of what a row costs. */
static void set_up_library(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* refused where the library runs already: then it counts */
}

static void close_db(struct engine_db *db)
{
	sqlite3_close(db->handle);
	free(db);
}

static int open_db(const char *path, bool writer, struct engine_db **out, struct fault *f)
{
	struct engine_db *db = NULL;

	if (writer) /* the first connection of a program, before any reader */
		set_up_library();
	if (writer && make_file(path, f) < 0)
		return ERR_IO;
	if (!writer && access(path, F_OK) != 0) {
		fault_set(f, ERR_NOT_FOUND, "there is no store");
		fault_at(f, "%s", path);
		return ERR_NOT_FOUND;
	}
	db = xcalloc(1, sizeof(*db));

	int rc = error_of(sqlite3_open_v2(path, &db->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));

	if (rc == 0)
		rc = configure(db, writer);
	if (rc == 0 && writer)
		rc = claim_file(db, f);
	if (rc < 0) {
		fault_set(f, (enum err)rc, "cannot open the store: %s", sqlite3_errmsg(db->handle));
		fault_at(f, "%s", path);
		close_db(db);
		return rc;
	}
	*out = db;
	return 0;
}

static bool in_transaction(struct engine_db *db)
{
	return sqlite3_get_autocommit(db->handle) == 0;
}

static const char *message(struct engine_db *db)
{
	return sqlite3_errmsg(db->handle);
}

static int prepare(struct engine_db *db, const char *sql, struct engine_stmt **out)
{
	sqlite3_stmt *handle = NULL;
	int rc = error_of(sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL));

	if (rc < 0)
		return rc;

	struct engine_stmt *stmt = xcalloc(1, sizeof(*stmt));

	stmt->handle = handle;
	*out = stmt;
	return 0;
}

static void finalize(struct engine_stmt *stmt)
{
	if (stmt == NULL)
		return;
	sqlite3_finalize(stmt->handle);
	free(stmt);
}

static int params(struct engine_stmt *stmt)
{
	return sqlite3_bind_parameter_count(stmt->handle);
}

static int columns(struct engine_stmt *stmt)
{
	return sqlite3_column_count(stmt->handle);
}

static int bind_int(struct engine_stmt *stmt, int i, int64_t value)
{
	return error_of(sqlite3_bind_int64(stmt->handle, i, value));
}

static int bind_double(struct engine_stmt *stmt, int i, double value)
{
	return error_of(sqlite3_bind_double(stmt->handle, i, value));
}

static int bind_null(struct engine_stmt *stmt, int i)
{
	return error_of(sqlite3_bind_null(stmt->handle, i));
}

static int bind_text(struct engine_stmt *stmt, int i, const char *text)
{
	if (text == NULL)
		return bind_null(stmt, i);
	return error_of(sqlite3_bind_text64(stmt->handle, i, text, strlen(text), SQLITE_STATIC, SQLITE_UTF8));
}

static int bind_blob(struct engine_stmt *stmt, int i, const void *bytes, size_t len)
{
	if (bytes == NULL)
		return bind_null(stmt, i);
	return error_of(sqlite3_bind_blob64(stmt->handle, i, bytes, len, SQLITE_STATIC));
}

static int step(struct engine_stmt *stmt)
{
	int rc = sqlite3_step(stmt->handle);

	return rc == SQLITE_ROW ? 1 : error_of(rc);
}

static void reset(struct engine_stmt *stmt)
{
	sqlite3_reset(stmt->handle);
	sqlite3_clear_bindings(stmt->handle);
}

static bool is_null(struct engine_stmt *stmt, int i)
{
	return sqlite3_column_type(stmt->handle, i) == SQLITE_NULL;
}

static int64_t read_int(struct engine_stmt *stmt, int i)
{
	return sqlite3_column_int64(stmt->handle, i);
}

static double read_double(struct engine_stmt *stmt, int i)
{
	return sqlite3_column_double(stmt->handle, i);
}

static const char *read_text(struct engine_stmt *stmt, int i)
{
	return (const char *)sqlite3_column_text(stmt->handle, i);
}

static const void *read_blob(struct engine_stmt *stmt, int i, size_t *len)
{
	const void *bytes = sqlite3_column_blob(stmt->handle, i);

	*len = (size_t)sqlite3_column_bytes(stmt->handle, i);
	return bytes != NULL ? bytes : "";
}

const struct db_engine db_sqlite_engine = {
	.open = open_db,
	.close = close_db,
	.exec = run,
	.in_transaction = in_transaction,
	.message = message,
	.prepare = prepare,
	.finalize = finalize,
	.params = params,
	.columns = columns,
	.bind_int = bind_int,
	.bind_double = bind_double,
	.bind_text = bind_text,
	.bind_blob = bind_blob,
	.bind_null = bind_null,
	.step = step,
	.reset = reset,
	.is_null = is_null,
	.read_int = read_int,
	.read_double = read_double,
	.read_text = read_text,
	.read_blob = read_blob,
};
