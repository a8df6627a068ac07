/* SPDX-License-Identifier: Apache-2.0 */
/* token_store: bearer tokens: role, scope, end. Only the digest of a token is
 * stored; the text is shown once, when it is made. */
#ifndef PLANVAX_STORE_TOKEN_STORE_H
#define PLANVAX_STORE_TOKEN_STORE_H

#include <planvax/base/arena.h>
#include <planvax/base/names.h>
#include <planvax/store/db.h>
#include <stddef.h>

enum token_role { TOKEN_SERVICE, TOKEN_REGION, TOKEN_NATIONAL, TOKEN_OPERATOR };
extern const struct name token_store_role_names[];

#define TOKEN_TEXT_BYTES 64 /* "planvax_" and 43 characters and a NUL fit */

struct token {
	const char *token_id;      /* for lists and revocation; not secret */
	enum token_role role;
	const char *region;        /* of TOKEN_REGION; else NULL */
	const char *service_id;    /* of TOKEN_SERVICE; else NULL */
	struct instant created_at;
	struct instant expires_at; /* utc_s 0: never */
	struct instant revoked_at; /* utc_s 0: not revoked */
	const char *note;          /* or NULL */
};

/* Makes a token of row's role, scope, expiry and note (its other members are ignored): text gets it, *token_id (in arena) its id.
 * 0; ERR_INVALID: scope does not fit the role. Writer. */
int token_store_add(struct tx *tx, const struct token *row, struct arena *arena, char text[TOKEN_TEXT_BYTES], const char **token_id);

/* Who a token is, at now. Texts in arena. 0; ERR_DENIED: unknown, ended or revoked. */
int token_store_check(struct tx *tx, const char *text, struct instant now, struct arena *arena, struct token *out);

/* Ends a token now. 0; ERR_NOT_FOUND: no such, or ended before. Writer. */
int token_store_revoke(struct tx *tx, const char *token_id);

/* All tokens by id. */
int token_store_list(struct tx *tx, struct arena *arena, const struct token **rows, size_t *n);

#endif
