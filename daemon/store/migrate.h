/* SPDX-License-Identifier: Apache-2.0 */
/* migrate: brings a store's schema to this program's, one file of daemon/sql a step. */
#ifndef PLANVAX_STORE_MIGRATE_H
#define PLANVAX_STORE_MIGRATE_H

#include "db_engine.h"
#include "sql_embedded.h"

/* Applies the n migrations that are not applied yet, each in its transaction. 0; ERR_UNSUPPORTED: the store knows more
 * than n; ERR_CORRUPT: it has other migrations, or is no store; else the engine's error. f tells. */
int migrate_apply(const struct db_engine *engine, struct engine_db *db, const struct sql_migration *migrations, size_t n, struct fault *f);

/* Whether exactly these n are applied. 0; ERR_UNSUPPORTED; ERR_CORRUPT. */
int migrate_check(const struct db_engine *engine, struct engine_db *db, const struct sql_migration *migrations, size_t n, struct fault *f);

#endif
