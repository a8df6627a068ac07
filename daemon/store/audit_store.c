/* SPDX-License-Identifier: Apache-2.0 */
/* audit_store: appends to the chain and checks it. */
#include <planvax/store/audit_store.h>

#include <planvax/base/digest.h>

#include "row_list.h"
#include "statement_tables.h"

#include <assert.h>
#include <string.h>

#define COLUMNS "number, at_utc, actor, action, service_id, subject, detail"

enum { LAST, PUT, LIST, LIST_SERVICE, ALL };

static const struct statement rows[] = {
	[LAST] = {.name = "last_audit", .sql = "SELECT number, digest FROM audit WHERE number > 0 ORDER BY number DESC LIMIT 1"},
	[PUT] = {.name = "put_audit", .sql =
		"INSERT INTO audit (" COLUMNS ", digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"},
	[LIST] = {.name = "list_audit", .sql =
		"SELECT " COLUMNS " FROM audit WHERE number > $1 ORDER BY number LIMIT $2"},
	[LIST_SERVICE] = {.name = "list_audit_service", .sql =
		"SELECT " COLUMNS " FROM audit WHERE service_id = $1 AND number > $2 ORDER BY number LIMIT $3"},
	[ALL] = {.name = "all_audit", .flags = STATEMENT_SCANS, .sql = "SELECT " COLUMNS ", digest FROM audit ORDER BY number"},
};
const struct statement_table audit_store_statements = {rows, sizeof(rows) / sizeof(rows[0])};

const struct name audit_store_action_names[] = {
	{"imported", AUDIT_IMPORTED},
	{"drafted", AUDIT_DRAFTED},
	{"published", AUDIT_PUBLISHED},
	{"forbidden", AUDIT_FORBIDDEN},
	{"allowed", AUDIT_ALLOWED},
	{"pinned", AUDIT_PINNED},
	{"unpinned", AUDIT_UNPINNED},
	{"answered", AUDIT_ANSWERED},
	{"reviewed", AUDIT_REVIEWED},
	{"letter_verb", AUDIT_LETTER_VERB},
	{"token_added", AUDIT_TOKEN_ADDED},
	{"token_revoked", AUDIT_TOKEN_REVOKED},
	{"person_read", AUDIT_PERSON_READ},
	{"released", AUDIT_RELEASED},
	{"dismissed", AUDIT_DISMISSED},
	{"absent", AUDIT_ABSENT},
	{"returned", AUDIT_RETURNED},
	{"forgotten", AUDIT_FORGOTTEN},
	{NULL, 0},
};

static struct stmt *statement(struct tx *tx, size_t i)
{
	return tx_stmt(tx, &audit_store_statements, i);
}

/* Digest of a line and of the digest before it. */
static void digest_line(const struct audit_line *line, const unsigned char before[DIGEST_BYTES], unsigned char out[DIGEST_BYTES])
{
	struct digest *d = digest_new();

	digest_add(d, before, DIGEST_BYTES);
	digest_add_int(d, line->number);
	digest_add_int(d, line->at.utc_s);
	digest_add_text(d, line->actor);
	digest_add_text(d, names_word(audit_store_action_names, (int)line->action));
	digest_add_text(d, line->service_id);
	digest_add_text(d, line->subject);
	digest_add_text(d, line->detail);
	digest_finish(d, out);
}

void audit_store_put(struct tx *tx, const struct audit_line *given)
{
	unsigned char before[DIGEST_BYTES] = {0}, digest[DIGEST_BYTES];
	struct audit_line line = *given;
	struct stmt *q = statement(tx, LAST);

	line.number = 1;
	line.at = tx_now(tx);
	if (stmt_one(q)) {
		line.number = stmt_get_int(q) + 1;
		stmt_get_bytes(q, before, sizeof(before));
		stmt_end(q);
	}
	digest_line(&line, before, digest);
	q = statement(tx, PUT);
	stmt_int(q, line.number);
	stmt_int(q, line.at.utc_s);
	stmt_text(q, line.actor);
	stmt_word(q, audit_store_action_names, (int)line.action);
	stmt_text(q, line.service_id);
	stmt_text(q, line.subject);
	stmt_text(q, line.detail);
	stmt_blob(q, digest, sizeof(digest));
	stmt_run(q);
}

static struct audit_line read_line(struct stmt *q, struct arena *arena)
{
	struct audit_line line = {.number = stmt_get_int(q)};

	line.at = stmt_get_instant(q);
	line.actor = stmt_get_text(q, arena);
	line.action = (enum audit_action)stmt_get_word(q, audit_store_action_names);
	line.service_id = stmt_get_text(q, arena);
	line.subject = stmt_get_text(q, arena);
	line.detail = stmt_get_text(q, arena);
	return line;
}

int audit_store_list(struct tx *tx, const struct audit_query *query, struct arena *arena, const struct audit_line **out, size_t *n)
{
	VEC(struct audit_line) list = VEC_INIT;
	struct stmt *q = statement(tx, query->service_id != NULL ? LIST_SERVICE : LIST);

	assert(query->limit >= 1 && query->limit <= 1000);
	if (query->service_id != NULL)
		stmt_text(q, query->service_id);
	stmt_int(q, query->after);
	stmt_int(q, (int64_t)query->limit);
	while (stmt_next(q))
		VEC_PUSH(&list, read_line(q, arena));
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

int audit_store_verify(struct tx *tx, int64_t *number)
{
	unsigned char before[DIGEST_BYTES] = {0}, stored[DIGEST_BYTES] = {0}, digest[DIGEST_BYTES];
	struct arena arena = ARENA_INIT;
	struct stmt *q = statement(tx, ALL);
	int64_t expected = 1;
	int rc = 0;

	while (rc == 0 && stmt_next(q)) {
		arena_reset(&arena);

		struct audit_line line = read_line(q, &arena);

		stmt_get_bytes(q, stored, sizeof(stored));
		digest_line(&line, before, digest);
		if (line.number != expected || !digest_equal(stored, digest, sizeof(digest))) {
			*number = expected;
			rc = ERR_CORRUPT;
			stmt_end(q);
		}
		memcpy(before, stored, sizeof(before));
		expected++;
	}
	arena_release(&arena);
	return rc < 0 ? rc : tx_error(tx);
}
