/* SPDX-License-Identifier: Apache-2.0 */
/* routes: the table, and how a path finds its row. */
#include "routes.h"

#include <string.h>

#define KIB INT64_C(1024)
#define MIB (KIB * KIB)
#define JSON_BODY .body = ROUTE_BODY_JSON, .max_body = 64 * KIB
#define PAGE "limit cursor"

static const struct route table[] = {
	{.method = HTTP_GET, .pattern = "/v1/plans", .roles = ACCESS_ALL, .run = api_plans_list,
		.query = "region month state service updated_since " PAGE, .types = CALL_JSON_TYPE " " CALL_NDJSON_TYPE,
		.summary = "Plan status of each service"},
	{.method = HTTP_GET, .pattern = "/v1/plans/{service}/{month}", .roles = ACCESS_ALL, .run = api_plan_get,
		.summary = "The published plan, as the caller may see it"},
	{.method = HTTP_GET, .pattern = "/v1/plans/{service}/{month}/versions", .roles = ACCESS_OWN, .run = api_plan_versions,
		.summary = "Versions of a month, newest first"},
	{.method = HTTP_GET, .pattern = "/v1/plans/{service}/{month}/versions/{version}", .roles = ACCESS_ALL,
		.run = api_plan_version_get, .summary = "One version of a plan"},
	{.method = HTTP_GET, .pattern = "/v1/plans/{service}/{month}/draft", .roles = ACCESS_OWN, .run = api_plan_draft,
		.summary = "The draft that waits for approval"},
	{.method = HTTP_GET, .pattern = "/v1/plans/{service}/{month}/changes", .roles = ACCESS_OWN, .run = api_plan_changes,
		.query = "version", .summary = "What a version changed against the one before"},
	{.method = HTTP_POST, .pattern = "/v1/plans/{service}/{month}/publish", .roles = ACCESS_OWN, .run = api_plan_publish,
		.summary = "Approves the draft of a month"},
	{.method = HTTP_POST, .pattern = "/v1/plans/{service}/{month}/reviews", .roles = ACCESS_AUTHORITY | ACCESS_OPERATOR,
		.run = api_plan_review, JSON_BODY, .keys = "decision* comment version",
		.summary = "An authority's receipt, acceptance or return"},
	{.method = HTTP_POST, .pattern = "/v1/plans/{service}/{month}/replan", .roles = ACCESS_OWN, .run = api_consult_replan, .query = "since",
		.summary = "Plans the service at once; what changed since a version and who is to be told (audited)"},
	{.method = HTTP_GET, .pattern = "/v1/plans/{service}/{month}/calls", .roles = ACCESS_OWN, .run = api_consult_calls,
		.query = "since version", .summary = "What a version changed, who is to be told, letters put for it (audited)"},
	{.method = HTTP_GET, .pattern = "/v1/plans/{service}/{month}/replacements/{offer}", .roles = ACCESS_OWN,
		.run = api_consult_replacements, .query = "staff", .summary = "Up to three replacements of a day or session"},
	{.method = HTTP_GET, .pattern = "/v1/plans/{service}/{month}/fairness", .roles = ACCESS_OWN, .run = api_consult_fairness,
		.summary = "How the plan's load lies on the staff"},
	{.method = HTTP_GET, .pattern = "/v1/plans/{service}/{month}/orders", .roles = ACCESS_OWN, .run = api_consult_orders,
		.query = "short", .summary = "Vials by centre, product and week; short=PRODUCT:N,...: what is at risk if fewer come"},
	{.method = HTTP_POST, .pattern = "/v1/plans/{service}/{month}/what-if", .roles = ACCESS_OWN, .run = api_consult_what_if, JSON_BODY,
		.query = "fresh", .summary = "Plans with the options in force and with those of the body, side by side; nothing is published"},
	{.method = HTTP_GET, .pattern = "/v1/territory", .roles = ACCESS_OPERATOR, .run = api_consult_territory, .query = "region month",
		.summary = "Plans of a region side by side: duplicates, communes without offer, unused capacity"},
	{.method = HTTP_GET, .pattern = "/v1/services", .roles = ACCESS_OPERATOR, .run = api_absences_services, .query = "kind id",
		.summary = "Services; kind=staff|vehicle|centre and id: those whose register has it"},
	{.method = HTTP_GET, .pattern = "/v1/services/{service}/absences", .roles = ACCESS_OWN, .run = api_absences_get,
		.summary = "Members, vehicles and centres that are absent from one day to another"},
	{.method = HTTP_POST, .pattern = "/v1/services/{service}/absences", .roles = ACCESS_OWN, .run = api_absences_post, JSON_BODY,
		.keys = "kind* id* from* to* reason", .summary = "An absence: kind staff, vehicle or centre"},
	{.method = HTTP_DELETE, .pattern = "/v1/services/{service}/absences/{id}", .roles = ACCESS_OWN, .run = api_absences_delete,
		.summary = "Withdraws an absence"},
	{.method = HTTP_GET, .pattern = "/v1/services/{service}/facts", .roles = ACCESS_OWN, .run = api_facts_get,
		.summary = "Pins, prohibitions and answers of a service"},
	{.method = HTTP_POST, .pattern = "/v1/services/{service}/facts", .roles = ACCESS_OWN, .run = api_facts_post, JSON_BODY,
		.keys = "kind* offer staff centre_id siret staff_id vehicle_id date id reason also[]",
		.summary = "A new fact: pin, unpin, forbid, allow, decline or accept"},
	{.method = HTTP_GET, .pattern = "/v1/explain/visit/{id}", .roles = ACCESS_OWN, .run = api_explain_visit,
		.query = "service month", .summary = "Why a visit carries its proposal"},
	{.method = HTTP_GET, .pattern = "/v1/explain/company/{siret}", .roles = ACCESS_OWN, .run = api_explain_company,
		.query = "service month", .summary = "Offers for a company, or why there is none"},
	{.method = HTTP_GET, .pattern = "/v1/explain/session/{id}", .roles = ACCESS_OWN, .run = api_explain_session,
		.query = "service month staff", .summary = "What a day or session is for"},
	{.method = HTTP_GET, .pattern = "/v1/explain/person/{ref}", .roles = ACCESS_OWN, .run = api_explain_person,
		.query = "service month", .summary = "Proposals of a person (audited)"},
	{.method = HTTP_GET, .pattern = "/v1/outbox", .roles = ACCESS_OPERATOR, .run = api_outbox_list, .query = "state service " PAGE,
		.summary = "Letters"},
	{.method = HTTP_GET, .pattern = "/v1/outbox/{id}", .roles = ACCESS_OPERATOR, .run = api_outbox_get, .query = "bytes",
		.types = CALL_JSON_TYPE " message/rfc822", .summary = "One letter; bytes=1: as it is sent"},
	{.method = HTTP_POST, .pattern = "/v1/outbox/{id}/{verb}", .roles = ACCESS_OPERATOR, .run = api_outbox_verb,
		.summary = "hold, release, retry or drop a letter"},
	{.method = HTTP_GET, .pattern = "/v1/moves", .roles = ACCESS_OWN, .run = api_moves_list, .query = "service staff source state " PAGE,
		.summary = "Moved visits on their way back to the agendas; state: open unless told (audited)"},
	{.method = HTTP_GET, .pattern = "/v1/moves/{file}", .roles = ACCESS_OWN, .run = api_moves_sheet, .query = "staff source state method",
		.types = "text/csv text/calendar", .summary = "Moved visits of a service as SERVICE.csv or, to be imported, SERVICE.ics (audited)"},
	{.method = HTTP_GET, .pattern = "/v1/tokens", .roles = ACCESS_OPERATOR, .run = api_tokens_list, .summary = "Access tokens"},
	{.method = HTTP_POST, .pattern = "/v1/tokens", .roles = ACCESS_OPERATOR, .run = api_tokens_add, JSON_BODY,
		.keys = "role* region service expires note", .summary = "A new token; its text is answered once"},
	{.method = HTTP_DELETE, .pattern = "/v1/tokens/{id}", .roles = ACCESS_OPERATOR, .run = api_tokens_revoke,
		.summary = "Ends a token"},
	{.method = HTTP_POST, .pattern = "/v1/import", .roles = ACCESS_OPERATOR, .run = api_import_post, .body = ROUTE_BODY_BYTES,
		.max_body = 16 * MIB, .max_body_unix = 256 * MIB, .query = "name service dry_run complete",
		.summary = "Takes a register (people.csv) or a calendar (S001/agenda.ics)"},
	{.method = HTTP_GET, .pattern = "/v1/sources", .roles = ACCESS_OPERATOR, .run = api_sources_list, .query = PAGE,
		.summary = "Sources of calendars and how they stand"},
	{.method = HTTP_GET, .pattern = "/v1/sources/{name}", .roles = ACCESS_OPERATOR, .run = api_sources_get, .summary = "One source"},
	{.method = HTTP_POST, .pattern = "/v1/sources/{name}/fetch", .roles = ACCESS_OPERATOR, .run = api_sources_fetch, .storeless = true,
		.summary = "Looks at a source now"},
	{.method = HTTP_POST, .pattern = "/v1/sources/{name}/forget", .roles = ACCESS_OPERATOR, .run = api_sources_forget, .query = "service confirm",
		.summary = "Counts what is kept of a source that is no longer configured; confirm=1: forgets it"},
	{.method = HTTP_GET, .pattern = "/v1/held", .roles = ACCESS_OPERATOR, .run = api_held_list, .query = "service " PAGE,
		.summary = "Removals that wait for the operator: a calendar lost suspiciously much"},
	{.method = HTTP_POST, .pattern = "/v1/held/{verb}", .roles = ACCESS_OPERATOR, .run = api_held_decide, .query = "service source",
		.summary = "release: remove it; dismiss: keep all"},
	{.method = HTTP_GET, .pattern = "/v1/status", .roles = ACCESS_OPERATOR, .run = api_status_get, .query = "summary",
		.summary = "What the service does; summary=1: with plans and indicators"},
	{.method = HTTP_POST, .pattern = "/v1/reload", .roles = ACCESS_OPERATOR, .run = api_status_reload, .storeless = true,
		.summary = "Reads configuration and rules again"},
	{.method = HTTP_POST, .pattern = "/v1/replan", .roles = ACCESS_OPERATOR, .run = api_status_plan, .storeless = true,
		.summary = "Plans what waits, without settling first"},
	{.method = HTTP_GET, .pattern = "/metrics", .roles = ACCESS_ALL, .run = api_health_metrics, .storeless = true,
		.types = "text/plain application/openmetrics-text", .summary = "Metrics for Prometheus"},
	{.method = HTTP_GET, .pattern = "/livez", .roles = ACCESS_PUBLIC, .run = api_health_live, .storeless = true, .summary = "Whether it runs"},
	{.method = HTTP_GET, .pattern = "/readyz", .roles = ACCESS_PUBLIC, .run = api_health_ready, .storeless = true, .summary = "Whether it can work"},
	{.method = HTTP_GET, .pattern = "/openapi.json", .roles = ACCESS_PUBLIC, .run = api_openapi_get, .storeless = true,
		.summary = "This interface as OpenAPI 3.1"},
};

const struct route *routes_all(size_t *n)
{
	*n = sizeof(table) / sizeof(table[0]);
	return table;
}

/* Whether the segments fit a pattern; values gets what stands for its {names}. */
static bool fits(const struct http_request *request, const char *pattern, const char **values)
{
	size_t n_values = 0, i = 0;

	for (const char *p = pattern; *p == '/'; i++) {
		size_t len = strcspn(++p, "/");

		if (i >= request->n_segments || !*request->segments[i])
			return false;
		if (*p == '{')
			values[n_values++] = request->segments[i];
		else if (strlen(request->segments[i]) != len || memcmp(request->segments[i], p, len) != 0)
			return false;
		p += len;
	}
	return i == request->n_segments;
}

void routes_match(const struct http_request *request, struct route_match *out)
{
	enum http_method method = request->method == HTTP_HEAD ? HTTP_GET : request->method;

	*out = (struct route_match){.route = NULL};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *values[CALL_PARAMETERS] = {NULL};

		if (!fits(request, table[i].pattern, values))
			continue;
		out->methods |= 1U << table[i].method;
		if (table[i].method == HTTP_GET)
			out->methods |= 1U << HTTP_HEAD;
		if (table[i].method != method)
			continue;
		out->route = &table[i];
		memcpy(out->values, values, sizeof(values));
	}
}
