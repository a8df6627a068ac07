/* SPDX-License-Identifier: Apache-2.0 */
/* db_connection: inside of struct db, for db and tx. Prefix: db_ */
#ifndef PLANVAX_STORE_DB_CONNECTION_H
#define PLANVAX_STORE_DB_CONNECTION_H

#include "tx.h"

struct db {
	const struct db_engine *engine;
	struct engine_db *handle;
	char *path;
	bool writer;
	int lock_fd;         /* writer: holds the lock; else -1 */
	struct stmt **stmts; /* by statement table, then statement */
	struct tx tx;
};

/* First N of "$N" that is out of order in a statement, or 0: parameters must first appear as $1, $2, ... *n is their number. */
int db_placeholders(const char *sql, int *n);

#endif
