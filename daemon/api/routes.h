/* SPDX-License-Identifier: Apache-2.0 */
/* routes: the one table of what can be asked: method, path, roles, body, handler. Requests are matched by it and
 * /openapi.json is written from it. Prefixes: routes_, api_. */
#ifndef PLANVAX_API_ROUTES_H
#define PLANVAX_API_ROUTES_H

#include "call.h"

/* What a body is. */
enum route_body { ROUTE_BODY_NONE, ROUTE_BODY_JSON, ROUTE_BODY_BYTES };

struct route {
	enum http_method method;  /* HTTP_GET answers HEAD too */
	const char *pattern;      /* "/v1/plans/{service}/{month}" */
	unsigned roles;           /* ACCESS_* bits; ACCESS_PUBLIC: no token */
	void (*run)(struct api_call *c);
	bool storeless;           /* run needs no tx: it may call what reads the store by the same connection */
	enum route_body body;
	int64_t max_body;         /* over TCP */
	int64_t max_body_unix;    /* over the operator's socket; 0: as over TCP */
	const char *query;        /* names of parameters, separated by blanks */
	const char *keys;         /* members of the JSON body; the first ends in '*' where required, lists of objects in "[]" */
	const char *types;        /* media types answered, separated by blanks; NULL: JSON */
	const char *summary;
};

/* The table, n routes. */
const struct route *routes_all(size_t *n);

/* What a path asks for. */
struct route_match {
	const struct route *route;              /* of the method; NULL: none */
	const char *values[CALL_PARAMETERS];
	unsigned methods;                       /* bits (1 << HTTP_*) that the path knows; 0: no such path */
};

/* Matches a request's method and path. */
void routes_match(const struct http_request *request, struct route_match *out);

/* Handlers. */
void api_plans_list(struct api_call *c);
void api_plan_get(struct api_call *c);
void api_plan_version_get(struct api_call *c);
void api_plan_versions(struct api_call *c);
void api_plan_draft(struct api_call *c);
void api_plan_changes(struct api_call *c);
void api_plan_publish(struct api_call *c);
void api_plan_review(struct api_call *c);
void api_facts_get(struct api_call *c);
void api_facts_post(struct api_call *c);
void api_absences_get(struct api_call *c);
void api_absences_post(struct api_call *c);
void api_absences_delete(struct api_call *c);
void api_absences_services(struct api_call *c);
void api_consult_replan(struct api_call *c);
void api_consult_calls(struct api_call *c);
void api_consult_replacements(struct api_call *c);
void api_consult_fairness(struct api_call *c);
void api_consult_orders(struct api_call *c);
void api_consult_what_if(struct api_call *c);
void api_consult_territory(struct api_call *c);
void api_explain_visit(struct api_call *c);
void api_explain_company(struct api_call *c);
void api_explain_session(struct api_call *c);
void api_explain_person(struct api_call *c);
void api_outbox_list(struct api_call *c);
void api_outbox_get(struct api_call *c);
void api_outbox_verb(struct api_call *c);
void api_moves_list(struct api_call *c);
void api_moves_sheet(struct api_call *c);
void api_tokens_list(struct api_call *c);
void api_tokens_add(struct api_call *c);
void api_tokens_revoke(struct api_call *c);
void api_import_post(struct api_call *c);
void api_held_list(struct api_call *c);
void api_held_decide(struct api_call *c);
void api_sources_list(struct api_call *c);
void api_sources_get(struct api_call *c);
void api_sources_fetch(struct api_call *c);
void api_sources_forget(struct api_call *c);
void api_status_get(struct api_call *c);
void api_status_reload(struct api_call *c);
void api_status_plan(struct api_call *c);
void api_health_live(struct api_call *c);
void api_health_ready(struct api_call *c);
void api_health_metrics(struct api_call *c);
void api_openapi_get(struct api_call *c);

#endif
