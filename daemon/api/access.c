/* SPDX-License-Identifier: Apache-2.0 */
/* access: bearer tokens, roles and scope. */
#include "access.h"

#include <planvax/model/ids.h>
#include <planvax/store/register_store.h>

#include <string.h>

int access_check(struct tx *tx, const struct http_request *request, struct access_caller *out)
{
	const char *text = http_bearer(request);
	struct token token;
	int rc;

	if (request->peer.kind == HTTP_PEER_UNIX) {
		*out = (struct access_caller){.role = TOKEN_OPERATOR, .actor = "operator"};
		return 0;
	}
	if (!text || strlen(text) >= TOKEN_TEXT_BYTES)
		return ERR_DENIED;
	rc = token_store_check(tx, text, clock_now(), request->arena, &token);
	if (rc < 0)
		return rc;
	*out = (struct access_caller){.role = token.role, .region = token.region, .service_id = token.service_id, .actor = token.token_id};
	return 0;
}

enum audience access_audience(struct tx *tx, const struct access_caller *caller, const char *service_id, struct arena *arena)
{
	struct service service;

	if (!ids_key(service_id, strlen(service_id)))
		return AUDIENCE_NONE;
	if (caller->role == TOKEN_SERVICE && strcmp(caller->service_id, service_id) != 0)
		return AUDIENCE_NONE;
	if (register_store_service(tx, service_id, arena, &service) < 0)
		return AUDIENCE_NONE;
	switch (caller->role) {
	case TOKEN_REGION:
		return strcmp(caller->region, service.region) ? AUDIENCE_NONE : AUDIENCE_AUTHORITY;
	case TOKEN_NATIONAL:
		return AUDIENCE_AUTHORITY;
	case TOKEN_SERVICE:
	case TOKEN_OPERATOR:
		return AUDIENCE_SERVICE;
	}
	return AUDIENCE_NONE;
}

enum audience access_list_audience(const struct access_caller *caller)
{
	switch (caller->role) {
	case TOKEN_REGION:
	case TOKEN_NATIONAL:
		return AUDIENCE_AUTHORITY;
	case TOKEN_SERVICE:
	case TOKEN_OPERATOR:
		break;
	}
	return AUDIENCE_SERVICE;
}
