/* SPDX-License-Identifier: Apache-2.0 */
/* tx: transactions and statements, for the stores. A statement is taken from the
 * transaction, bound from left to right, run, and its rows are read from left to
 * right; leaving a value over asserts. After an error nothing runs and nothing is
 * read. One statement of a kind may be under way at a time.
 * Prefixes: tx_, stmt_, db_read. */
#ifndef PLANVAX_STORE_TX_H
#define PLANVAX_STORE_TX_H

#include <planvax/base/arena.h>
#include <planvax/base/civil.h>
#include <planvax/base/digest.h>
#include <planvax/base/names.h>
#include <planvax/store/db.h>
#include <stdbool.h>

#include "db_engine.h"

enum { STATEMENT_SCANS = 1 }; /* reads a whole table on purpose: never in the loop */

struct statement {
	const char *name;  /* what logs call it */
	const char *sql;   /* $1, $2 ... in the order of first use; explicit columns */
	unsigned flags;
};

/* All statements of one store; listed in statement_tables. */
struct statement_table {
	const struct statement *rows;
	size_t n;
};

struct stmt {
	struct tx *tx;
	const struct statement *def;
	struct engine_stmt *handle;
	int n_params, n_columns;
	int bound;        /* parameters bound */
	int read;         /* columns read of this row */
	struct digest *digest; /* of what is bound, where wanted */
	unsigned char digest_bytes[DIGEST_BYTES];
	bool running;     /* taken, not ended */
	bool has_row;
};

#define TX_NAMES 8
#define TX_NAME_BYTES 65

/* A few service ids that this job has dealt with. */
struct tx_names {
	char ids[TX_NAMES][TX_NAME_BYTES];
	size_t next;
};

struct tx {
	struct db *db;
	bool open, writing;
	int error;
	struct instant now;
	struct tx_names raised; /* revisions raised by this job */
	struct tx_names known;  /* services known to be there */
};

/* Writer: begins (0 or error), ends, and undoes a group of jobs. */
int tx_begin_group(struct db *db, struct instant now, struct tx **tx);
int tx_commit_group(struct tx *tx);
void tx_rollback_group(struct tx *tx);

/* Writer: the group's first job, which has no savepoint: if it fails, the whole group is undone. */
void tx_begin_first_job(struct tx *tx);

/* Writer: a further job inside the group. tx_end_job keeps it (rc 0) or undoes it; false if the whole group is lost. */
int tx_begin_job(struct tx *tx);
bool tx_end_job(struct tx *tx, int rc);

/* Whether a list holds the id. */
bool tx_names_has(const struct tx_names *names, const char *id);

/* Puts an id into a list, in place of the oldest; one that is too long is not kept. */
void tx_names_add(struct tx_names *names, const char *id);

/* The i-th statement of a table, ready to be bound. */
struct stmt *tx_stmt(struct tx *tx, const struct statement_table *table, size_t i);

/* Bind the next parameter. Texts and bytes are borrowed until the statement ends. NULL, DATE_NONE: null. */
void stmt_int(struct stmt *q, int64_t value);
void stmt_double(struct stmt *q, double value);
void stmt_null(struct stmt *q);
void stmt_text(struct stmt *q, const char *text);
void stmt_blob(struct stmt *q, const void *bytes, size_t len);
void stmt_date(struct stmt *q, struct date date);
void stmt_word(struct stmt *q, const struct name *table, int value);

/* From here on, what is bound is digested too; stmt_digest binds the first half of that digest, and gives it. */
void stmt_digest_begin(struct stmt *q);
const unsigned char *stmt_digest(struct stmt *q);
#define STMT_DIGEST_BYTES 16

/* Runs a statement to its end; rows are not looked at. */
void stmt_run(struct stmt *q);

/* True: the next row can be read. False: there is none, or an error; the statement has ended. */
bool stmt_next(struct stmt *q);

/* Ends a statement before its last row, or before it ran. */
void stmt_end(struct stmt *q);

/* Runs a statement that gives one row at most: true if it gave one, which is to be read, then stmt_end. */
bool stmt_one(struct stmt *q);

/* Read the next column. Texts and bytes are copied to the arena; null: NULL, DATE_NONE. */
int64_t stmt_get_int(struct stmt *q);
int32_t stmt_get_int32(struct stmt *q);
bool stmt_get_bool(struct stmt *q);
double stmt_get_double(struct stmt *q);
const char *stmt_get_text(struct stmt *q, struct arena *arena);
const void *stmt_get_blob(struct stmt *q, struct arena *arena, size_t *len);
struct date stmt_get_date(struct stmt *q);
struct instant stmt_get_instant(struct stmt *q); /* null: utc_s 0 */
int stmt_get_word(struct stmt *q, const struct name *table); /* an unknown word is ERR_CORRUPT, and the table's first value */
/* The text itself, valid until the next row; NULL for null. */
const char *stmt_peek_text(struct stmt *q);
/* Exactly len bytes into out; other lengths are ERR_CORRUPT. */
void stmt_get_bytes(struct stmt *q, void *out, size_t len);
/* Whether the next column is null; does not count as reading it. */
bool stmt_is_null(struct stmt *q);
/* Passes over the next column. */
void stmt_skip(struct stmt *q);

#endif
