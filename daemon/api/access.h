/* SPDX-License-Identifier: Apache-2.0 */
/* access: who asks, and what they may see. Scope is told as "not found", so that nobody can probe. Loop's thread. */
#ifndef PLANVAX_API_ACCESS_H
#define PLANVAX_API_ACCESS_H

#include <planvax/net/http.h>
#include <planvax/store/db.h>
#include <planvax/store/plan_store.h>
#include <planvax/store/token_store.h>

/* Bits for routes: one a role. */
#define ACCESS_SERVICE (1U << TOKEN_SERVICE)
#define ACCESS_REGION (1U << TOKEN_REGION)
#define ACCESS_NATIONAL (1U << TOKEN_NATIONAL)
#define ACCESS_OPERATOR (1U << TOKEN_OPERATOR)
#define ACCESS_OWN (ACCESS_SERVICE | ACCESS_OPERATOR)
#define ACCESS_AUTHORITY (ACCESS_REGION | ACCESS_NATIONAL)
#define ACCESS_ALL (ACCESS_OWN | ACCESS_AUTHORITY)
#define ACCESS_PUBLIC 0U

/* Who asks. Texts in the request's arena. */
struct access_caller {
	enum token_role role;
	const char *region;     /* of TOKEN_REGION; else NULL */
	const char *service_id; /* of TOKEN_SERVICE; else NULL */
	const char *actor;      /* for the audit trail: "operator" over the Unix socket, else the token_id */
};

/* The caller of a request: the operator over the Unix socket, else by bearer token. 0; ERR_DENIED: no token, or not a good
 * one; else the store's error. */
int access_check(struct tx *tx, const struct http_request *request, struct access_caller *out);

/* Which document of a service the caller sees; AUDIENCE_NONE: out of scope, or no such service. */
enum audience access_audience(struct tx *tx, const struct access_caller *caller, const char *service_id, struct arena *arena);

/* Whose indicators lists show to the caller. */
enum audience access_list_audience(const struct access_caller *caller);

#endif
