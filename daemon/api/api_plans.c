/* SPDX-License-Identifier: Apache-2.0 */
/* api: GET /v1/plans: one line a service. */
#include "routes.h"

#include <planvax/store/register_store.h>
#include <planvax/view/status_document.h>

#include <stdlib.h>
#include <string.h>

#define DEFAULT_LIMIT 100
#define LOOP_LINES 200 /* longer lists are the pool's */

struct listing {
	struct plan_status_query query;
	bool ndjson;
	struct date deadline;
};

/* When authorities expect the plan of a month: as configured for the planning month, by the same rule for others. */
static struct date deadline_of(const struct settings *s, const char *month)
{
	const char *text = s->parts.jobs->deadline;
	struct settings_month planned;
	struct date fixed, first, last;

	settings_month(s, &planned);
	if (!strcmp(planned.text, month))
		return planned.deadline;
	if (date_parse(text, strlen(text), &fixed) == 0 || settings_month_days(month, &first, &last) < 0)
		return DATE_NONE;
	return date_add_days(first, planned.deadline.days - planned.first.days);
}

/* What of the caller's scope the filters leave. False: nothing that the caller may ask for. */
static bool apply_scope(struct api_call *c, struct plan_status_query *query)
{
	struct service service;

	switch (c->caller.role) {
	case TOKEN_REGION:
		if (query->region && strcmp(query->region, c->caller.region) != 0)
			return false;
		query->region = c->caller.region;
		break;
	case TOKEN_SERVICE:
		if (query->service_id && strcmp(query->service_id, c->caller.service_id) != 0)
			return false;
		query->service_id = c->caller.service_id;
		if (query->region && (register_store_service(c->tx, query->service_id, c->arena, &service) < 0 || strcmp(service.region, query->region) != 0))
			return false;
		break;
	case TOKEN_NATIONAL:
	case TOKEN_OPERATOR:
		break;
	}
	return true;
}

static void read_filters(struct api_call *c, struct plan_status_query *query)
{
	const char *state = call_query(c, "state"), *since = call_query(c, "updated_since");

	query->month = call_query_month(c);
	query->region = call_query(c, "region");
	query->service_id = call_query(c, "service");
	query->state = -1;
	if (state && !names_value(plan_store_state_names, state, strlen(state), &query->state))
		call_wrong(c, "query/state", "is not missing, draft, published, sent, received, accepted or returned");
	if (since && instant_parse(since, strlen(since), &query->updated_since) < 0)
		call_wrong(c, "query/updated_since", "is not an instant such as 2022-01-10T08:00:00Z");
}

static void put_line(const struct listing *l, const struct plan_status *row, struct json_writer *w)
{
	/* Of a draft, authorities learn that it is there: what it holds is the service's own until it is published. */
	const bool there = row->state != PLAN_MISSING && (row->state != PLAN_DRAFT || l->query.audience == AUDIENCE_SERVICE);
	const struct status_item item = {
		.service_id = row->service_id, .name = row->name, .region = row->region, .month = l->query.month,
		.state = names_word(plan_store_state_names, (int)row->state), .deadline = l->deadline,
		.version = there ? row->version : 0, .plan_digest = there ? row->plan_digest : NULL,
		.received_at = there ? row->received_at : (struct instant){0}, .indicators_json = there ? row->indicators : NULL,
	};

	status_document_item(&item, w);
}

static void write_list(struct api_call *c)
{
	const struct listing *l = c->state;
	struct plan_status_query query = l->query;
	const struct plan_status *rows = NULL;
	size_t n = 0;
	struct json_writer w;

	query.limit++; /* to know whether more follows */
	if (query.limit > CALL_LIMIT_MAX)
		query.limit = CALL_LIMIT_MAX;
	int rc = plan_store_status(c->tx, &query, c->arena, &rows, &n);
	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	bool more = n > l->query.limit || (n == CALL_LIMIT_MAX && n == l->query.limit);
	if (n > l->query.limit)
		n = l->query.limit;
	const char *last = more ? rows[n - 1].service_id : NULL;
	if (l->ndjson) {
		for (size_t i = 0; i < n; i++) {
			call_writer(c, &w);
			put_line(l, &rows[i], &w);
			buf_putc(&c->reply->body, '\n');
		}
		if (last)
			call_link(c, last);
		call_typed(c, 200, CALL_NDJSON_TYPE);
		return;
	}
	call_writer(c, &w);
	json_begin_object(&w);
	json_put_key(&w, "items");
	json_begin_array(&w);
	for (size_t i = 0; i < n; i++)
		put_line(l, &rows[i], &w);
	json_end_array(&w);
	call_next(c, &w, last);
	json_end_object(&w);
	call_json(c, 200);
}

void api_plans_list(struct api_call *c)
{
	struct listing *l = ARENA_NEW(c->arena, struct listing, 1);
	const char *accept = http_header(c->request, "accept");

	read_filters(c, &l->query);
	l->ndjson = accept && strstr(accept, CALL_NDJSON_TYPE) && call_accepts(c->request, CALL_NDJSON_TYPE);
	call_page(c, l->ndjson ? CALL_LIMIT_MAX : DEFAULT_LIMIT, &l->query.limit, &l->query.after);
	if (call_refused(c, 400))
		return;
	if (!apply_scope(c, &l->query)) {
		call_not_found(c);
		return;
	}
	l->query.audience = access_list_audience(&c->caller);
	l->deadline = deadline_of(c->settings, l->query.month);
	c->state = l;
	if (l->query.limit > LOOP_LINES) {
		c->work = write_list;
		c->work_reads = true;
	} else {
		write_list(c);
	}
}
