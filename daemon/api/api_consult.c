/* SPDX-License-Identifier: Apache-2.0 */
/* api: questions about a plan that need its registers or another run of the planner (jobs/consult), and planning a service
 * at once. All of it is the pool's work. */
#include "routes.h"

#include <planvax/base/text.h>
#include <planvax/jobs/consult.h>
#include <planvax/store/audit_store.h>

#include <string.h>

#define ATTEMPTS 3        /* at planning, while others publish */
#define SHORT_MAX 16

enum consult_kind { CONSULT_REPLAN, CONSULT_CALLS, CONSULT_REPLACEMENTS, CONSULT_FAIRNESS, CONSULT_ORDERS, CONSULT_WHAT_IF, CONSULT_TERRITORY };

struct question {
	enum consult_kind kind;
	const char *service_id, *month, *region;
	struct consult_versions versions;
	const char *offer, *staff;
	struct orders_short fewer[SHORT_MAX];
	size_t n_fewer;
	bool fresh;
};

/* ---- answers ---- */

static int write_line(struct tx *tx, void *arg)
{
	audit_store_put(tx, arg);
	return tx_error(tx);
}

/* The call list names people by reference: who read it stands in the audit trail before it is answered. */
static int audit_calls(struct api_call *c, const struct question *q)
{
	struct audit_line line = {.actor = c->caller.actor, .action = AUDIT_PERSON_READ, .service_id = q->service_id, .subject = "calls",
		.detail = q->month};

	return writer_call(c->context->writer, write_line, &line);
}

/* Plans now. What somebody else published meanwhile counts as well: the difference is told from the version asked for. */
static int replan_now(struct api_call *c, struct question *q, struct fault *f)
{
	const struct replan r = {.writer = c->context->writer, .readers = c->context->readers, .settings = c->settings,
		.iterations = REPLAN_AT_ONCE};
	struct replan_result result = {.outcome = REPLAN_CONFLICT};
	int rc = 0;

	for (int i = 0; rc == 0 && i < ATTEMPTS && result.outcome == REPLAN_CONFLICT; i++)
		rc = replan_service(&r, q->service_id, q->month, &result, f);
	if (rc == 0 && result.outcome == REPLAN_CONFLICT)
		rc = fault_set(f, ERR_CONFLICT, "somebody else publishes plans of this service; try again");
	if (rc < 0)
		return rc;
	q->versions.to = result.version;
	c->changed = true;
	return audit_calls(c, q);
}

static int ask(struct api_call *c, struct question *q, struct fault *f)
{
	const struct replan r = {.readers = c->context->readers, .settings = c->settings};
	const struct consult consult = {.r = &r, .service_id = q->service_id, .month = q->month};
	struct buf *out = &c->reply->body;
	int rc;

	switch (q->kind) {
	case CONSULT_REPLAN:
		rc = replan_now(c, q, f);
		return rc < 0 ? rc : consult_changes(&consult, &q->versions, out, f);
	case CONSULT_CALLS:
		rc = audit_calls(c, q);
		return rc < 0 ? rc : consult_changes(&consult, &q->versions, out, f);
	case CONSULT_REPLACEMENTS:
		return consult_replacements(&consult, q->offer, q->staff, out, f);
	case CONSULT_FAIRNESS:
		return consult_fairness(&consult, out, f);
	case CONSULT_ORDERS:
		return consult_orders(&consult, q->fewer, q->n_fewer, out, f);
	case CONSULT_WHAT_IF: {
		const struct plan_options_text options = {"body", c->request->body, c->request->body_len};

		return consult_what_if(&consult, &options, q->fresh, out, f);
	}
	case CONSULT_TERRITORY:
		return consult_territory(&consult, q->region, out, f);
	}
	return ERR_INVALID;
}

static void answer(struct api_call *c)
{
	struct question *q = c->state;
	struct fault f = FAULT_NONE;
	int rc = ask(c, q, &f);

	if (rc == 0) {
		call_json(c, 200);
		return;
	}
	buf_reset(&c->reply->body);
	if (rc == ERR_NOT_FOUND)
		call_problem(c, 404, "%s", *f.what ? f.what : "no such plan is there");
	else if (rc == ERR_INVALID)
		call_problem(c, 422, "%s%s%s", f.where, *f.where ? ": " : "", f.what);
	else if (rc == ERR_CONFLICT)
		call_problem(c, 409, "%s", f.what);
	else
		call_failed(c, rc);
}

/* ---- questions ---- */

static struct question *begin(struct api_call *c, enum consult_kind kind)
{
	struct question *q = ARENA_NEW(c->arena, struct question, 1);

	q->kind = kind;
	if (kind == CONSULT_TERRITORY)
		return q;
	q->service_id = c->path[0];
	q->month = c->path[1];
	if (access_audience(c->tx, &c->caller, q->service_id, c->arena) != AUDIENCE_SERVICE) {
		call_not_found(c);
		return NULL;
	}
	if (!call_is_month(q->month)) {
		call_problem(c, 400, "the path names no month; write it as 2022-01");
		return NULL;
	}
	return q;
}

static void go(struct api_call *c, struct question *q)
{
	if (call_refused(c, 400))
		return;
	c->state = q;
	c->work = answer;
}

/* A version of the query; 0 where the parameter is absent. */
static int32_t query_version(struct api_call *c, const char *name, int64_t least)
{
	const char *text = call_query(c, name);
	int64_t n = 0;

	if (text && text_int(text, strlen(text), least, INT32_MAX, &n) < 0)
		call_wrong(c, arena_printf(c->arena, "query/%s", name), "is not a version");
	return (int32_t)n;
}

void api_consult_replan(struct api_call *c)
{
	struct question *q = begin(c, CONSULT_REPLAN);
	struct settings_month month;

	if (!q)
		return;
	settings_month(c->settings, &month);
	if (strcmp(month.text, q->month) != 0) {
		call_problem(c, 409, "%s is planned now, not %s", month.text, q->month);
		return;
	}
	q->versions = (struct consult_versions){.from = query_version(c, "since", 0), .last = !call_query(c, "since")};
	go(c, q);
}

void api_consult_calls(struct api_call *c)
{
	struct question *q = begin(c, CONSULT_CALLS);

	if (!q)
		return;
	q->versions = (struct consult_versions){.from = query_version(c, "since", 0), .to = query_version(c, "version", 1),
		.last = !call_query(c, "since")};
	go(c, q);
}

void api_consult_replacements(struct api_call *c)
{
	struct question *q = begin(c, CONSULT_REPLACEMENTS);

	if (!q)
		return;
	q->offer = c->path[2];
	q->staff = call_query(c, "staff");
	go(c, q);
}

void api_consult_fairness(struct api_call *c)
{
	struct question *q = begin(c, CONSULT_FAIRNESS);

	if (q)
		go(c, q);
}

/* "COMIRNATY:12,SPIKEVAX:3" */
static void read_short(struct api_call *c, struct question *q)
{
	const char *text = call_query(c, "short");

	for (const char *p = text; p && *p; p += strcspn(p, ","), p += *p == ',') {
		size_t len = strcspn(p, ","), colon = strcspn(p, ":,");
		int64_t n;

		if (q->n_fewer == SHORT_MAX || colon == 0 || colon >= len || text_int(p + colon + 1, len - colon - 1, 1, INT32_MAX, &n) < 0) {
			call_wrong(c, "query/short", "is not a list such as COMIRNATY:12,SPIKEVAX:3, of at most %d products", SHORT_MAX);
			return;
		}
		q->fewer[q->n_fewer++] = (struct orders_short){arena_strndup(c->arena, p, colon), (int32_t)n};
	}
}

void api_consult_orders(struct api_call *c)
{
	struct question *q = begin(c, CONSULT_ORDERS);

	if (!q)
		return;
	read_short(c, q);
	go(c, q);
}

void api_consult_what_if(struct api_call *c)
{
	struct question *q = begin(c, CONSULT_WHAT_IF);

	if (!q)
		return;
	q->fresh = call_query_flag(c, "fresh");
	go(c, q);
}

void api_consult_territory(struct api_call *c)
{
	struct question *q = begin(c, CONSULT_TERRITORY);

	q->region = call_query(c, "region");
	q->month = call_query_month(c);
	if (!q->region)
		call_wrong(c, "query/region", "is needed: the INSEE code of a region");
	go(c, q);
}
