/* SPDX-License-Identifier: Apache-2.0 */
/* token_store: makes, checks and ends tokens. */
#include <planvax/store/token_store.h>

#include <planvax/base/digest.h>

#include "row_list.h"
#include "statement_tables.h"

#include <stdio.h>
#include <string.h>

#define PREFIX "planvax_"
#define SECRET_BYTES 24 /* 192 bits: cannot be guessed, so a plain digest is enough */
#define ID_BYTES 6

#define COLUMNS "token_id, role, region, service_id, created_utc, expires_utc, revoked_utc, note"

enum { ADD, CHECK, REVOKE, LIST };

static const struct statement rows[] = {
	[ADD] = {.name = "add_token", .sql =
		"INSERT INTO token (token_id, digest, role, region, service_id, created_utc, expires_utc, note)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"},
	[CHECK] = {.name = "check_token", .sql = "SELECT " COLUMNS " FROM token WHERE digest = $1"},
	[REVOKE] = {.name = "revoke_token", .sql =
		"UPDATE token SET revoked_utc = $1 WHERE token_id = $2 AND revoked_utc IS NULL RETURNING 1"},
	[LIST] = {.name = "list_tokens", .sql = "SELECT " COLUMNS " FROM token ORDER BY token_id"},
};
const struct statement_table token_store_statements = {rows, sizeof(rows) / sizeof(rows[0])};

const struct name token_store_role_names[] = {
	{"service", TOKEN_SERVICE},
	{"region", TOKEN_REGION},
	{"national", TOKEN_NATIONAL},
	{"operator", TOKEN_OPERATOR},
	{NULL, 0},
};

static struct stmt *statement(struct tx *tx, size_t i)
{
	return tx_stmt(tx, &token_store_statements, i);
}

static bool scope_fits(const struct token *t)
{
	switch (t->role) {
	case TOKEN_SERVICE:
		return t->service_id != NULL && t->region == NULL;
	case TOKEN_REGION:
		return t->region != NULL && t->service_id == NULL;
	case TOKEN_NATIONAL:
	case TOKEN_OPERATOR:
		return t->region == NULL && t->service_id == NULL;
	}
	return false;
}

static void write_hex(const unsigned char *bytes, size_t len, char *out)
{
	for (size_t i = 0; i < len; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

int token_store_add(struct tx *tx, const struct token *row, struct arena *arena, char text[TOKEN_TEXT_BYTES], const char **token_id)
{
	unsigned char secret[SECRET_BYTES], id[ID_BYTES], digest[DIGEST_BYTES];
	char made[TOKEN_TEXT_BYTES] = PREFIX, name[2 * ID_BYTES + 3] = "t-";

	if (!scope_fits(row))
		return ERR_INVALID;
	digest_random(secret, sizeof(secret));
	digest_random(id, sizeof(id));
	write_hex(secret, sizeof(secret), made + strlen(PREFIX));
	write_hex(id, sizeof(id), name + 2);
	digest_sha256(made, strlen(made), digest);

	struct stmt *q = statement(tx, ADD);

	stmt_text(q, name);
	stmt_blob(q, digest, sizeof(digest));
	stmt_word(q, token_store_role_names, (int)row->role);
	stmt_text(q, row->region);
	stmt_text(q, row->service_id);
	stmt_int(q, tx_now(tx).utc_s);
	if (row->expires_at.utc_s != 0)
		stmt_int(q, row->expires_at.utc_s);
	else
		stmt_null(q);
	stmt_text(q, row->note);
	stmt_run(q);
	if (tx_error(tx) < 0)
		return tx_error(tx);
	memcpy(text, made, sizeof(made));
	*token_id = arena_strdup(arena, name);
	return 0;
}

static struct token read_token(struct stmt *q, struct arena *arena)
{
	struct token t = {.token_id = stmt_get_text(q, arena)};

	t.role = (enum token_role)stmt_get_word(q, token_store_role_names);
	t.region = stmt_get_text(q, arena);
	t.service_id = stmt_get_text(q, arena);
	t.created_at = stmt_get_instant(q);
	t.expires_at = stmt_get_instant(q);
	t.revoked_at = stmt_get_instant(q);
	t.note = stmt_get_text(q, arena);
	return t;
}

int token_store_check(struct tx *tx, const char *text, struct instant now, struct arena *arena, struct token *out)
{
	unsigned char digest[DIGEST_BYTES];
	struct stmt *q = statement(tx, CHECK);

	digest_sha256(text, strlen(text), digest);
	stmt_blob(q, digest, sizeof(digest));
	if (!stmt_one(q))
		return tx_error(tx) < 0 ? tx_error(tx) : ERR_DENIED;

	struct token t = read_token(q, arena);

	stmt_end(q);
	if (tx_error(tx) < 0)
		return tx_error(tx);
	if (t.revoked_at.utc_s != 0 || (t.expires_at.utc_s != 0 && t.expires_at.utc_s <= now.utc_s))
		return ERR_DENIED;
	*out = t;
	return 0;
}

int token_store_revoke(struct tx *tx, const char *token_id)
{
	struct stmt *q = statement(tx, REVOKE);

	stmt_int(q, tx_now(tx).utc_s);
	stmt_text(q, token_id);
	if (!stmt_one(q))
		return tx_error(tx) < 0 ? tx_error(tx) : ERR_NOT_FOUND;
	stmt_skip(q);
	stmt_end(q);
	return tx_error(tx);
}

int token_store_list(struct tx *tx, struct arena *arena, const struct token **out, size_t *n)
{
	VEC(struct token) list = VEC_INIT;
	struct stmt *q = statement(tx, LIST);

	while (stmt_next(q))
		VEC_PUSH(&list, read_token(q, arena));
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}
