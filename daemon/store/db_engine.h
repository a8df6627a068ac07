/* SPDX-License-Identifier: Apache-2.0 */
/* db_engine: what store/db asks of a database library. One table of functions
 * an engine; codes are enum err. Known to db, tx and migrate only. */
#ifndef PLANVAX_STORE_DB_ENGINE_H
#define PLANVAX_STORE_DB_ENGINE_H

#include <planvax/base/fault.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct engine_db;
struct engine_stmt;

struct db_engine {
	/* Connection. 0; ERR_CORRUPT, ERR_IO, ERR_NOT_FOUND (reader), with f. */
	int (*open)(const char *path, bool writer, struct engine_db **db, struct fault *f);
	void (*close)(struct engine_db *db);
	/* Runs statements without rows, separated by ";". */
	int (*exec)(struct engine_db *db, const char *sql);
	/* Whether a transaction is open: some errors end it. */
	bool (*in_transaction)(struct engine_db *db);
	/* The library's words for the last error; valid until the next call. */
	const char *(*message)(struct engine_db *db);
	int (*prepare)(struct engine_db *db, const char *sql, struct engine_stmt **stmt);
	void (*finalize)(struct engine_stmt *stmt);
	int (*params)(struct engine_stmt *stmt);
	int (*columns)(struct engine_stmt *stmt);
	/* Bind parameter i from 1; texts and bytes are borrowed until reset. NULL bytes: null. */
	int (*bind_int)(struct engine_stmt *stmt, int i, int64_t value);
	int (*bind_double)(struct engine_stmt *stmt, int i, double value);
	int (*bind_text)(struct engine_stmt *stmt, int i, const char *text);
	int (*bind_blob)(struct engine_stmt *stmt, int i, const void *bytes, size_t len);
	int (*bind_null)(struct engine_stmt *stmt, int i);
	/* 1: a row; 0: no more; negative: error. */
	int (*step)(struct engine_stmt *stmt);
	/* Ends execution and forgets what was bound. */
	void (*reset)(struct engine_stmt *stmt);
	/* Read column i from 0 of the row; pointers are valid until the next step or reset. */
	bool (*is_null)(struct engine_stmt *stmt, int i);
	int64_t (*read_int)(struct engine_stmt *stmt, int i);
	double (*read_double)(struct engine_stmt *stmt, int i);
	const char *(*read_text)(struct engine_stmt *stmt, int i);
	const void *(*read_blob)(struct engine_stmt *stmt, int i, size_t *len);
};

/* SQLite, in a file. */
extern const struct db_engine db_sqlite_engine;

#endif
