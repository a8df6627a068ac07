/* SPDX-License-Identifier: Apache-2.0 */
/* api: the way of a request through its phases. */
#include "routes.h"

#include <planvax/base/alloc.h>
#include <planvax/base/clock.h>
#include <planvax/base/log.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct api {
	struct api_context context;
	size_t pending; /* calls that pool or writer have */
	size_t working; /* calls that the pool has */
};

static const struct metric_desc requests_desc = {
	.name = "planvax_http_requests", .type = METRIC_COUNTER, .help = "Requests answered.", .labels = {"route", "method", "status"},
};
static const struct metric_desc seconds_desc = {
	.name = "planvax_http_request_seconds", .type = METRIC_HISTOGRAM, .unit = "seconds", .help = "From the whole head to the end of the reply.",
	.labels = {"route"}, .bounds = {0.001, 0.005, 0.025, 0.1, 0.5, 2, 10}, .n_bounds = 7,
};

/* ---- the head ---- */

static void refuse_method(struct api_call *c, unsigned methods)
{
	struct buf allow = BUF_INIT;

	for (const struct name *m = http_method_names; m->word; m++)
		if (methods & (1U << m->value))
			buf_printf(&allow, "%s%s", allow.len ? ", " : "", m->word);
	buf_printf(&allow, ", OPTIONS");
	if (c->request->method == HTTP_OPTIONS)
		http_reply_restart(c->reply, 204);
	else
		call_problem(c, 405, "this path takes %s", buf_str(&allow));
	http_reply_header(c->reply, "Allow", buf_str(&allow));
	buf_release(&allow);
}

static void refuse_caller(struct api_call *c, int rc)
{
	bool sent = http_header(c->request, "authorization") != NULL;

	if (rc != ERR_DENIED) {
		call_failed(c, rc);
		return;
	}
	call_problem(c, 401, sent ? "this token is not known, has ended or was revoked" : "a token is needed: Authorization: Bearer TOKEN");
	http_reply_header(c->reply, "WWW-Authenticate", sent ? "Bearer realm=\"planvax\", error=\"invalid_token\"" : "Bearer realm=\"planvax\"");
}

/* Whether the client takes one of the types that the route answers; problems are sent in any case. */
static bool is_acceptable(const struct api_call *c)
{
	const char *types = c->route->types ? c->route->types : CALL_JSON_TYPE;

	while (*types) {
		size_t len = strcspn(types, " ");
		const char *type = arena_strndup(c->arena, types, len);

		if (call_accepts(c->request, type))
			return true;
		types += len + strspn(types + len, " ");
	}
	return false;
}

static bool knows_query(struct api_call *c)
{
	const char *known = c->route->query ? c->route->query : "";

	for (size_t i = 0; i < c->request->n_query; i++) {
		const char *name = c->request->query[i].name;
		size_t len = strlen(name);
		bool found = false;

		for (const char *p = known; *p && !found; p += strcspn(p, " "), p += strspn(p, " "))
			found = strcspn(p, " ") == len && !memcmp(p, name, len);
		const char *member = arena_printf(c->arena, "query/%.64s", name);
		if (found && http_query(c->request, name) != c->request->query[i].value)
			call_wrong(c, member, "is given twice");
		else if (!found)
			call_wrong(c, member, *known ? "is not a parameter here; known are: %s" : "is not a parameter here%s", known);
	}
	return !call_refused(c, 400);
}

/* 0; ERR_DENIED and others: who is it? */
static int authenticate(struct api_call *c)
{
	struct tx *tx = db_read(c->context->reader);
	int rc = access_check(tx, c->request, &c->caller), ended = tx_end(tx);

	return rc == 0 && ended < 0 ? ended : rc;
}

static bool is_admitted(struct api_call *c)
{
	struct route_match match;

	routes_match(c->request, &match);
	c->route = match.route;
	memcpy(c->path, match.values, sizeof(c->path));
	if (!c->route || c->route->roles != ACCESS_PUBLIC) {
		int rc = authenticate(c);

		if (rc < 0) {
			refuse_caller(c, rc);
			return false;
		}
	}
	if (!match.methods) {
		call_not_found(c);
		return false;
	}
	if (!c->route) {
		refuse_method(c, match.methods);
		return false;
	}
	if (c->route->roles != ACCESS_PUBLIC && !(c->route->roles & (1U << c->caller.role))) {
		call_problem(c, 403, "the role %s may not do this", names_word(token_store_role_names, (int)c->caller.role));
		return false;
	}
	if (!is_acceptable(c)) {
		call_problem(c, 406, "answered here is %s", c->route->types ? c->route->types : CALL_JSON_TYPE);
		return false;
	}
	return knows_query(c);
}

static void set_max_body(struct server_exchange *x, const struct route *route)
{
	bool local = x->request.peer.kind == HTTP_PEER_UNIX;

	/* A POST without a body of its own may still carry an empty object. */
	x->max_body = route->body == ROUTE_BODY_NONE ? 1024 : local && route->max_body_unix ? route->max_body_unix : route->max_body;
}

static enum server_verdict on_head(void *arg, struct server_exchange *x)
{
	struct api *api = arg;
	struct api_call *c = xcalloc(1, sizeof(*c));

	x->context = c;
	c->api = api;
	c->context = &api->context;
	c->x = x;
	c->request = &x->request;
	c->reply = &x->reply;
	c->arena = x->request.arena;
	if (!is_admitted(c))
		return SERVER_REPLY_NOW;
	set_max_body(x, c->route);
	return SERVER_READ_BODY;
}

/* ---- the phases ---- */

static void advance(struct api_call *c);

static void finish(struct api_call *c)
{
	const struct api_context *context = c->context;

	if (c->changed && context->changed)
		context->changed(context->arg);
	server_reply(c->x); /* c may be gone now */
}

/* Back on the loop's thread after work. */
static void after_work(void *arg)
{
	struct api_call *c = arg;

	c->api->pending--;
	c->api->working--;
	advance(c);
}

static void run_work(void *arg)
{
	struct api_call *c = arg;
	void (*work)(struct api_call *) = c->work;
	struct db *db = NULL;
	struct fault f = FAULT_NONE;
	int rc = 0;

	c->work = NULL;
	if (c->work_reads)
		rc = readers_take(c->context->readers, &db, &f);
	if (rc < 0) {
		log_line(LOG_ERROR, "api", "reader-failed error=%s", err_name(rc));
		call_failed(c, rc);
	} else {
		c->tx = db ? db_read(db) : NULL;
		work(c);
		if (c->tx && tx_end(c->tx) == ERR_CORRUPT)
			call_failed(c, ERR_CORRUPT);
		c->tx = NULL;
		if (db)
			readers_give(c->context->readers, db);
	}
	loop_post(c->context->loop, after_work, c);
}

static void after_write(void *arg)
{
	struct api_call *c = arg;
	void (*written)(struct api_call *, int) = c->written;

	c->api->pending--;
	c->write = NULL;
	c->changed = c->changed || c->rc == 0;
	written(c, c->rc);
	finish(c);
}

static int run_write(struct tx *tx, void *arg)
{
	struct api_call *c = arg;

	return c->write(tx, c);
}

static void write_done(void *arg, int rc)
{
	struct api_call *c = arg;

	c->rc = rc;
	loop_post(c->context->loop, after_write, c);
}

static void busy(struct api_call *c)
{
	call_failed(c, ERR_BUSY);
	finish(c);
}

/* Takes the next phase that the handler asked for, or replies. */
static void advance(struct api_call *c)
{
	struct api *api = c->api;
	struct writer_counts counts;

	if (c->work) {
		if (api->working >= api->context.pool_places) {
			busy(c);
			return;
		}
		api->pending++;
		api->working++;
		pool_run(api->context.pool, run_work, c);
		return;
	}
	if (!c->write) {
		finish(c);
		return;
	}
	assert(c->written);
	writer_count(api->context.writer, &counts);
	if (counts.waiting >= API_WRITER_PLACES) {
		busy(c);
		return;
	}
	api->pending++;
	if (writer_run(api->context.writer, run_write, write_done, c) < 0) {
		api->pending--;
		call_failed(c, ERR_CLOSED);
		finish(c);
	}
}

static void on_request(void *arg, struct server_exchange *x)
{
	struct api *api = arg;
	struct api_call *c = x->context;

	c->settings = api->context.settings(api->context.arg);
	if (c->route->storeless) {
		c->route->run(c);
		advance(c);
		return;
	}
	c->tx = db_read(api->context.reader);
	c->route->run(c);
	int rc = tx_end(c->tx);
	c->tx = NULL;
	if (rc < 0 && rc != ERR_NOT_FOUND) {
		log_line(LOG_ERROR, "api", "read-failed route=%s error=%s", c->route->pattern, err_name(rc));
		c->work = NULL;
		c->write = NULL;
		call_failed(c, rc);
	}
	advance(c);
}

static void count_request(struct api *api, const struct server_exchange *x, const struct api_call *c)
{
	const char *method = names_word(http_method_names, (int)x->request.method);
	const char *route = c->route ? c->route->pattern : "none";
	char status[16];

	snprintf(status, sizeof(status), "%d", x->reply.status);
	metric_inc(metrics_series(api->context.metrics, &requests_desc, (const char *const[]){route, method ? method : "none", status}));
	metric_observe(metrics_series(api->context.metrics, &seconds_desc, (const char *const[]){route}),
		(double)(clock_monotonic_ms() - x->started_ms) / 1000);
}

static void on_end(void *arg, struct server_exchange *x)
{
	struct api *api = arg;
	struct api_call *c = x->context;

	if (!c)
		return;
	count_request(api, x, c);
	settings_drop(c->settings);
	json_free(c->doc);
	VEC_RELEASE(&c->errors);
	free(c);
	x->context = NULL;
}

/* ---- life ---- */

struct api *api_new(const struct api_context *context)
{
	struct api *api = xcalloc(1, sizeof(*api));

	api->context = *context;
	metrics_register(context->metrics, &requests_desc);
	metrics_register(context->metrics, &seconds_desc);
	return api;
}

void api_free(struct api *api)
{
	if (!api)
		return;
	assert(api->pending == 0);
	free(api);
}

struct server_handler api_handler(struct api *api)
{
	return (struct server_handler){.arg = api, .on_head = on_head, .on_request = on_request, .on_end = on_end};
}

size_t api_pending(const struct api *api)
{
	return api->pending;
}
