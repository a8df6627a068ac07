/* SPDX-License-Identifier: Apache-2.0 */
/* api: one plan: its documents as stored, versions, changes, approval and reviews. */
#include "routes.h"

#include <planvax/base/text.h>
#include <planvax/jobs/replan.h>
#include <planvax/store/audit_store.h>

#include <string.h>

#define COMMENT_MAX 2000

/* The plan that the path names, as far as the caller's scope goes; AUDIENCE_NONE: the reply is written. */
static enum audience find_plan(struct api_call *c, struct plan_key *key)
{
	enum audience audience = access_audience(c->tx, &c->caller, c->path[0], c->arena);

	*key = (struct plan_key){.service_id = c->path[0], .month = c->path[1]};
	if (audience == AUDIENCE_NONE) {
		call_not_found(c);
	} else if (!call_is_month(key->month)) {
		call_problem(c, 400, "the path names no month; write it as 2022-01");
		audience = AUDIENCE_NONE;
	}
	return audience;
}

static bool parse_version(const char *text, int32_t *version)
{
	int64_t n;

	if (text_int(text, strlen(text), 1, INT32_MAX, &n) < 0)
		return false;
	*version = (int32_t)n;
	return true;
}

/* ---- documents ---- */

static void answer_gzip(struct api_call *c, const struct plan_body *body)
{
	http_reply_type(c->reply, 200, CALL_JSON_TYPE);
	http_reply_header(c->reply, "Content-Encoding", "gzip");
	call_etag(c, body->digest, true);
	call_cache_headers(c);
	http_reply_borrow(c->reply, body->gzip, body->gzip_len, NULL, NULL); /* in the request's arena */
}

/* Expands what was read on the loop's thread. */
static void answer_plain(struct api_call *c)
{
	const struct plan_body *body = c->state;
	int rc = plan_store_expand(body, &c->reply->body);

	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	http_reply_type(c->reply, 200, CALL_JSON_TYPE);
	call_etag(c, body->digest, false);
	call_cache_headers(c);
}

static void answer_document(struct api_call *c, const struct plan_key *key, enum audience audience)
{
	struct plan_body *body = ARENA_NEW(c->arena, struct plan_body, 1);
	unsigned char digest[DIGEST_BYTES];
	int rc = plan_store_digest(c->tx, key, audience, digest);

	if (rc == 0 && call_not_modified(c, digest))
		return;
	if (rc == 0)
		rc = plan_store_body(c->tx, key, audience, c->arena, body);
	if (rc == ERR_NOT_FOUND) {
		call_problem(c, 404, "no such plan of %s for %s is there (yet)", key->service_id, key->month);
	} else if (rc < 0) {
		call_failed(c, rc);
	} else if (call_accepts_gzip(c->request)) {
		answer_gzip(c, body);
	} else {
		c->state = body;
		c->work = answer_plain;
	}
}

void api_plan_get(struct api_call *c)
{
	struct plan_key key;
	enum audience audience = find_plan(c, &key);

	if (audience != AUDIENCE_NONE)
		answer_document(c, &key, audience);
}

void api_plan_version_get(struct api_call *c)
{
	struct plan_key key;
	struct plan_version version;
	enum audience audience = find_plan(c, &key);

	if (audience == AUDIENCE_NONE)
		return;
	/* A draft is the service's own affair until it is published. */
	if (!parse_version(c->path[2], &key.version) || plan_store_version(c->tx, &key, c->arena, &version) < 0 ||
		(version.state == PLAN_DRAFT && audience != AUDIENCE_SERVICE))
		call_problem(c, 404, "no such version of the plan of %s for %s", key.service_id, key.month);
	else
		answer_document(c, &key, audience);
}

void api_plan_draft(struct api_call *c)
{
	struct plan_key key;
	struct plan_version version;
	enum audience audience = find_plan(c, &key);

	if (audience == AUDIENCE_NONE)
		return;
	if (plan_store_draft(c->tx, key.service_id, key.month, c->arena, &version) < 0) {
		call_problem(c, 404, "no draft of %s for %s waits for approval", key.service_id, key.month);
		return;
	}
	key.version = version.version;
	answer_document(c, &key, audience);
}

/* ---- versions and changes ---- */

static void put_version(const struct plan_version *v, struct json_writer *w)
{
	json_begin_object(w);
	json_int_member(w, "version", v->version);
	json_text_member(w, "state", names_word(plan_store_state_names, (int)v->state));
	json_text_member(w, "plan_digest", v->plan_digest);
	json_text_member(w, "input_digest", v->input_digest);
	json_text_member(w, "rules_digest", v->rules_digest);
	json_text_member(w, "actor", v->actor);
	call_put_instant(w, "now", v->now);
	call_put_instant(w, "stored_at", v->stored_at);
	call_put_instant(w, "received_at", v->received_at);
	json_end_object(w);
}

void api_plan_versions(struct api_call *c)
{
	struct plan_key key;
	const struct plan_version *rows = NULL;
	size_t n = 0;
	struct json_writer w;

	if (find_plan(c, &key) == AUDIENCE_NONE)
		return;
	int rc = plan_store_versions(c->tx, &key, c->arena, &rows, &n);
	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	call_writer(c, &w);
	json_begin_object(&w);
	json_put_key(&w, "items");
	json_begin_array(&w);
	for (size_t i = 0; i < n; i++)
		put_version(&rows[i], &w);
	json_end_array(&w);
	json_end_object(&w);
	call_json(c, 200);
}

void api_plan_changes(struct api_call *c)
{
	const char *text = call_query(c, "version");
	struct plan_key key;
	struct plan_version version;
	const struct plan_change_line *rows = NULL;
	size_t n = 0;
	struct json_writer w;

	if (find_plan(c, &key) == AUDIENCE_NONE)
		return;
	if (text && !parse_version(text, &key.version))
		call_wrong(c, "query/version", "is not a version");
	if (call_refused(c, 400))
		return;
	int rc = plan_store_version(c->tx, &key, c->arena, &version);
	key.version = rc == 0 ? version.version : 0;
	if (rc == 0)
		rc = plan_store_changes(c->tx, &key, c->arena, &rows, &n);
	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	call_writer(c, &w);
	json_begin_object(&w);
	json_text_member(&w, "service_id", key.service_id);
	json_text_member(&w, "month", key.month);
	json_int_member(&w, "version", key.version);
	json_put_key(&w, "changes");
	json_begin_array(&w);
	for (size_t i = 0; i < n; i++) {
		json_begin_object(&w);
		json_text_member(&w, "offer", rows[i].offer_id);
		json_text_member(&w, "kind", names_word(change_kind_names, (int)rows[i].kind));
		json_bool_member(&w, "forced", rows[i].forced);
		json_text_member(&w, "text", rows[i].text);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	call_json(c, 200);
}

/* ---- approval ---- */

static void approve(struct api_call *c)
{
	const struct plan_key *key = c->state;
	const struct replan replan = {.writer = c->context->writer, .readers = c->context->readers, .settings = c->settings};
	int32_t version = 0;
	struct json_writer w;
	int rc = replan_approve(&replan, key->service_id, key->month, c->caller.actor, &version);

	if (rc == ERR_NOT_FOUND) {
		call_problem(c, 409, "no draft of %s for %s waits for approval", key->service_id, key->month);
		return;
	}
	if (rc == ERR_CONFLICT) {
		call_problem(c, 409, "the draft starts from a version that is no longer the published one; it will be planned again");
		return;
	}
	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	c->changed = true;
	call_writer(c, &w);
	json_begin_object(&w);
	json_text_member(&w, "service_id", key->service_id);
	json_text_member(&w, "month", key->month);
	json_int_member(&w, "version", version);
	json_text_member(&w, "state", names_word(plan_store_state_names, PLAN_PUBLISHED));
	json_end_object(&w);
	call_json(c, 200);
}

void api_plan_publish(struct api_call *c)
{
	struct plan_key *key = ARENA_NEW(c->arena, struct plan_key, 1);

	if (find_plan(c, key) == AUDIENCE_NONE)
		return;
	c->state = key;
	c->work = approve;
}

/* ---- reviews ---- */

struct review {
	struct plan_key key;
	enum plan_state decision;
	const char *comment;
	struct plan_version after;
};

static int write_review(struct tx *tx, struct api_call *c)
{
	struct review *r = c->state;
	struct plan_version current;
	const struct plan_key published = {.service_id = r->key.service_id, .month = r->key.month};
	int rc = plan_store_version(tx, &published, c->arena, &current);

	if (rc == 0 && r->key.version && r->key.version != current.version)
		rc = ERR_CONFLICT;
	r->key.version = rc == 0 ? current.version : 0;
	if (rc == 0)
		rc = plan_store_receipt(tx, &r->key, r->decision, c->caller.actor, r->comment);
	if (rc == 0)
		audit_store_put(tx, &(struct audit_line){.actor = c->caller.actor, .action = AUDIT_REVIEWED, .service_id = r->key.service_id,
			.subject = r->key.month, .detail = names_word(plan_store_state_names, (int)r->decision)});
	if (rc == 0)
		rc = plan_store_version(tx, &r->key, c->arena, &r->after);
	return rc;
}

static void review_written(struct api_call *c, int rc)
{
	const struct review *r = c->state;
	struct json_writer w;

	if (rc == ERR_CONFLICT) {
		call_problem(c, 409, "that version is no longer the published one; read the plan again");
		return;
	}
	if (rc == ERR_NOT_FOUND) {
		call_problem(c, 404, "no plan of %s for %s is published", r->key.service_id, r->key.month);
		return;
	}
	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	call_writer(c, &w);
	json_begin_object(&w);
	json_text_member(&w, "service_id", r->key.service_id);
	json_text_member(&w, "month", r->key.month);
	json_int_member(&w, "version", r->key.version);
	json_text_member(&w, "state", names_word(plan_store_state_names, (int)r->after.state));
	json_text_member(&w, "decision", names_word(plan_store_state_names, (int)r->decision));
	json_end_object(&w);
	call_json(c, 200);
}

/* If-Match names the document that was reviewed. */
static bool is_precondition_met(struct api_call *c, const struct plan_key *key, enum audience audience)
{
	const char *wanted = http_header(c->request, "if-match");
	unsigned char digest[DIGEST_BYTES];
	char hex[DIGEST_TEXT_BYTES];

	if (!wanted)
		return true;
	if (plan_store_digest(c->tx, key, audience, digest) < 0)
		return false;
	digest_text(digest, hex);
	return http_etag_listed(wanted, arena_printf(c->arena, "\"%s\"", hex + strlen("sha256:"))) ||
		http_etag_listed(wanted, arena_printf(c->arena, "\"%s-gzip\"", hex + strlen("sha256:")));
}

void api_plan_review(struct api_call *c)
{
	struct review *r = ARENA_NEW(c->arena, struct review, 1);
	enum audience audience = find_plan(c, &r->key);
	const struct json_value *body;
	const char *decision;
	int64_t version = 0;
	int state = 0;

	if (audience == AUDIENCE_NONE)
		return;
	body = call_body(c, "decision comment version");
	if (!body)
		return;
	decision = call_required(c, body, "decision", 20);
	r->comment = call_text(c, body, "comment", COMMENT_MAX);
	if (decision && (!names_value(plan_store_state_names, decision, strlen(decision), &state) || state < PLAN_RECEIVED))
		call_wrong(c, "decision", "is not received, accepted or returned");
	if (json_get(body, "version") && !json_int(json_get(body, "version"), 1, INT32_MAX, &version))
		call_wrong(c, "version", "is not a version");
	if (call_refused(c, 422))
		return;
	if (!is_precondition_met(c, &r->key, audience)) {
		call_problem(c, 412, "the plan is no longer the one that If-Match names; read it again");
		return;
	}
	r->decision = (enum plan_state)state;
	r->key.version = (int32_t)version;
	c->state = r;
	c->write = write_review;
	c->written = review_written;
}
