/* SPDX-License-Identifier: Apache-2.0 */
/* migrate: applies what is missing, refuses what it does not know. */
#include "migrate.h"

#include <assert.h>
#include <string.h>

#define TABLE \
	"CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL) STRICT"
#define LIST "SELECT number, name FROM schema_migration ORDER BY number"
#define INSERT "INSERT INTO schema_migration (number, name) VALUES ($1, $2)"

static int failed(const struct db_engine *engine, struct engine_db *db, int rc, const char *name, struct fault *f)
{
	return fault_set(f, (enum err)rc, "migration %s: %s", name, engine->message(db));
}

/* Compares one applied migration with the known ones. */
static int check_known(int64_t number, const char *name, const struct sql_migration *migrations, size_t n, struct fault *f)
{
	if (number < 1)
		return fault_set(f, ERR_CORRUPT, "the store has a migration numbered %lld", (long long)number);
	if ((uint64_t)number > n) {
		fault_set(f, ERR_UNSUPPORTED, "the store's schema is newer than this program: it has %s", name);
		fault_hint(f, "install the program that wrote it, or restore an older backup");
		return ERR_UNSUPPORTED;
	}
	if (strcmp(name, migrations[number - 1].name) != 0)
		return fault_set(f, ERR_CORRUPT, "the store has migration %s where %s belongs", name, migrations[number - 1].name);
	return 0;
}

/* Counts the applied migrations; they must be 1, 2, ... of the known ones. */
static int applied(const struct db_engine *engine, struct engine_db *db, const struct sql_migration *migrations, size_t n, struct fault *f)
{
	struct engine_stmt *stmt = NULL;
	int rc = engine->prepare(db, LIST, &stmt), count = 0;

	if (rc < 0) {
		if (rc == ERR_INVALID)
			rc = ERR_CORRUPT;
		return fault_set(f, (enum err)rc, "not a store of planvax: %s", engine->message(db));
	}
	while ((rc = engine->step(stmt)) == 1) {
		int64_t number = engine->read_int(stmt, 0);

		rc = check_known(number, engine->read_text(stmt, 1), migrations, n, f);
		if (rc == 0 && number != count + 1)
			rc = fault_set(f, ERR_CORRUPT, "the store lacks migration number %d", count + 1);
		if (rc < 0)
			break;
		count++;
	}
	if (rc < 0)
		fault_set(f, (enum err)rc, "cannot read the store's schema: %s", engine->message(db));
	engine->finalize(stmt);
	return rc < 0 ? rc : count;
}

static int apply_one(const struct db_engine *engine, struct engine_db *db, int number, const struct sql_migration *m)
{
	struct engine_stmt *stmt = NULL;
	int rc = engine->exec(db, m->text);

	if (rc == 0)
		rc = engine->prepare(db, INSERT, &stmt);
	if (rc == 0)
		rc = engine->bind_int(stmt, 1, number);
	if (rc == 0)
		rc = engine->bind_text(stmt, 2, m->name);
	if (rc == 0)
		rc = engine->step(stmt);
	engine->finalize(stmt);
	return rc;
}

int migrate_apply(const struct db_engine *engine, struct engine_db *db, const struct sql_migration *migrations, size_t n, struct fault *f)
{
	int rc = engine->exec(db, TABLE);
	int done = rc < 0 ? fault_set(f, (enum err)rc, "cannot open the store: %s", engine->message(db))
			  : applied(engine, db, migrations, n, f);

	for (size_t i = (size_t)done; done >= 0 && i < n; i++) {
		rc = engine->exec(db, "BEGIN IMMEDIATE");
		if (rc == 0)
			rc = apply_one(engine, db, (int)i + 1, &migrations[i]);
		if (rc == 0)
			rc = engine->exec(db, "COMMIT");
		if (rc < 0) {
			failed(engine, db, rc, migrations[i].name, f);
			if (engine->in_transaction(db))
				engine->exec(db, "ROLLBACK");
			return rc;
		}
	}
	return done < 0 ? done : 0;
}

int migrate_check(const struct db_engine *engine, struct engine_db *db, const struct sql_migration *migrations, size_t n, struct fault *f)
{
	int done = applied(engine, db, migrations, n, f);

	if (done >= 0 && (size_t)done < n)
		return fault_set(f, ERR_UNSUPPORTED, "the store's schema is older than this program");
	return done < 0 ? done : 0;
}
