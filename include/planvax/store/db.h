/* SPDX-License-Identifier: Apache-2.0 */
/* db: one connection to the store, and the transaction open on it.
 *
 * One connection, the writer's, makes every change and every checkpoint; all
 * others are readers, which can change nothing (DESIGN.md 6). A connection has
 * one transaction at a time. A transaction keeps its first error: later
 * statements do nothing and read nothing, and its end reports it, so that
 * callers of the *_store modules may test once. A connection and its
 * transaction belong to one thread at a time. SQL, statements and engine are
 * private to this layer. Prefixes: db_, tx_. */
#ifndef PLANVAX_STORE_DB_H
#define PLANVAX_STORE_DB_H

#include <planvax/base/clock.h>
#include <planvax/base/fault.h>

struct db;

/* One transaction. */
struct tx;

/* Opens the one writing connection of a file, made if it is not there (mode 0600), and applies the migrations that it
 * lacks. The file stays locked for other writers until db_close. *db is owned by the caller. 0; ERR_BUSY: another process
 * has it open; ERR_UNSUPPORTED: its schema is newer than this program; ERR_CORRUPT: not a store; ERR_IO. f tells. */
int db_open_writer(const char *path, struct db **db, struct fault *f);

/* Opens a reading connection of a file that a writer has open. *db is owned by the caller, closed before the writer's.
 * 0; ERR_NOT_FOUND: no such file; ERR_UNSUPPORTED: its schema is not this program's; ERR_CORRUPT; ERR_IO. */
int db_open_reader(const char *path, struct db **db, struct fault *f);

/* Closes it; no transaction may be open. NULL allowed. */
void db_close(struct db *db);

/* Path as opened. */
const char *db_path(const struct db *db);

/* Begins a read transaction on a reader: it sees one state of the store, however long it lasts (keep it short: the log
 * grows meanwhile). The tx is valid until tx_end. */
struct tx *db_read(struct db *db);

/* Ends a read transaction. 0, or its first error. */
int tx_end(struct tx *tx);

/* Its first error so far; 0 none. */
int tx_error(const struct tx *tx);

/* Makes err (negative) its error, unless it has one. Returns the error it has now. */
int tx_fail(struct tx *tx, int err);

/* When a writing transaction began; stamps of rows. */
struct instant tx_now(const struct tx *tx);

#endif
