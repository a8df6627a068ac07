/* SPDX-License-Identifier: Apache-2.0 */
/* audit_store: who did what, in one chain: each line's digest covers the line
 * before it, so that a removed or altered line shows. Lines name internal ids
 * only. Prefix: audit_store_. */
#ifndef PLANVAX_STORE_AUDIT_STORE_H
#define PLANVAX_STORE_AUDIT_STORE_H

#include <planvax/base/arena.h>
#include <planvax/base/names.h>
#include <planvax/store/db.h>
#include <stddef.h>

enum audit_action {
	AUDIT_IMPORTED, AUDIT_DRAFTED, AUDIT_PUBLISHED, AUDIT_FORBIDDEN, AUDIT_ALLOWED, AUDIT_PINNED, AUDIT_UNPINNED,
	AUDIT_ANSWERED, AUDIT_REVIEWED, AUDIT_LETTER_VERB, AUDIT_TOKEN_ADDED, AUDIT_TOKEN_REVOKED, AUDIT_PERSON_READ,
	AUDIT_RELEASED, AUDIT_DISMISSED, AUDIT_ABSENT, AUDIT_RETURNED, AUDIT_FORGOTTEN
};
extern const struct name audit_store_action_names[];

struct audit_line {
	int64_t number;            /* from 1 */
	struct instant at;
	const char *actor;         /* "daemon", "operator", a token_id */
	enum audit_action action;
	const char *service_id;    /* or NULL */
	const char *subject;       /* what it was done to, an internal id; or NULL */
	const char *detail;        /* or NULL */
};

/* Appends a line; number and at are set here. Sets the transaction's error. Writer. */
void audit_store_put(struct tx *tx, const struct audit_line *line);

struct audit_query {
	const char *service_id; /* NULL: all */
	int64_t after;          /* number of the last line seen; 0: from the start */
	size_t limit;           /* 1 to 1000 */
};

/* Lines by number. */
int audit_store_list(struct tx *tx, const struct audit_query *query, struct arena *arena, const struct audit_line **rows, size_t *n);

/* Checks the whole chain. 0; ERR_CORRUPT: *number is the first line that does not fit. Reads every line: never in the loop. */
int audit_store_verify(struct tx *tx, int64_t *number);

#endif
