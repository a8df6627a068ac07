/* SPDX-License-Identifier: Apache-2.0 */
/* api: access tokens. Their text is answered once and never stored. */
#include "routes.h"

#include <planvax/base/text.h>
#include <planvax/model/ids.h>
#include <planvax/store/audit_store.h>
#include <planvax/store/register_store.h>

#include <string.h>

#define NOTE_MAX 200

static void put_token(const struct token *t, struct json_writer *w)
{
	json_begin_object(w);
	json_text_member(w, "token_id", t->token_id);
	json_text_member(w, "role", names_word(token_store_role_names, (int)t->role));
	json_text_member(w, "region", t->region);
	json_text_member(w, "service", t->service_id);
	call_put_instant(w, "created_at", t->created_at);
	call_put_instant(w, "expires_at", t->expires_at);
	call_put_instant(w, "revoked_at", t->revoked_at);
	json_text_member(w, "note", t->note);
	json_end_object(w);
}

void api_tokens_list(struct api_call *c)
{
	const struct token *rows = NULL;
	size_t n = 0;
	struct json_writer w;
	int rc = token_store_list(c->tx, c->arena, &rows, &n);

	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	call_writer(c, &w);
	json_begin_object(&w);
	json_put_key(&w, "items");
	json_begin_array(&w);
	for (size_t i = 0; i < n; i++)
		put_token(&rows[i], &w);
	json_end_array(&w);
	json_text_member(&w, "next", NULL);
	json_end_object(&w);
	call_json(c, 200);
}

/* ---- adding ---- */

struct new_token {
	struct token row;
	char text[TOKEN_TEXT_BYTES];
	const char *token_id;
};

static int write_token(struct tx *tx, struct api_call *c)
{
	struct new_token *t = c->state;
	int rc = token_store_add(tx, &t->row, c->arena, t->text, &t->token_id);

	if (rc == 0)
		audit_store_put(tx, &(struct audit_line){.actor = c->caller.actor, .action = AUDIT_TOKEN_ADDED, .service_id = t->row.service_id,
			.subject = t->token_id, .detail = names_word(token_store_role_names, (int)t->row.role)});
	return rc;
}

static void token_written(struct api_call *c, int rc)
{
	struct new_token *t = c->state;
	struct json_writer w;

	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	call_writer(c, &w);
	json_begin_object(&w);
	json_text_member(&w, "token", t->text);
	json_text_member(&w, "token_id", t->token_id);
	json_text_member(&w, "role", names_word(token_store_role_names, (int)t->row.role));
	json_end_object(&w);
	explicit_bzero(t->text, sizeof(t->text));
	call_json(c, 201);
}

/* "2022-12-31": to the end of that day UTC; or an instant. */
static bool parse_end(const char *text, struct instant *out)
{
	struct date day;

	if (instant_parse(text, strlen(text), out) == 0)
		return true;
	if (date_parse(text, strlen(text), &day) < 0)
		return false;
	out->utc_s = ((int64_t)day.days + 1) * 86400;
	return true;
}

/* A region token has a region, a service token a service of ours, others neither. */
static void check_scope(struct api_call *c, const struct token *row)
{
	struct service service;
	size_t region_len = row->region ? strlen(row->region) : 0;

	if (row->role == TOKEN_REGION && !row->region)
		call_wrong(c, "region", "is missing: a token of the role region sees one region");
	else if (row->role != TOKEN_REGION && row->region)
		call_wrong(c, "region", "goes with the role region only");
	else if (row->region && (region_len < 2 || region_len > 3 || !ids_key(row->region, region_len)))
		call_wrong(c, "region", "is not an INSEE code of a region, such as 53");
	if (row->role == TOKEN_SERVICE && !row->service_id)
		call_wrong(c, "service", "is missing: a token of the role service sees one service");
	else if (row->role != TOKEN_SERVICE && row->service_id)
		call_wrong(c, "service", "goes with the role service only");
	else if (row->service_id && register_store_service(c->tx, row->service_id, c->arena, &service) < 0)
		call_wrong(c, "service", "is no service of the register");
}

void api_tokens_add(struct api_call *c)
{
	struct new_token *t = ARENA_NEW(c->arena, struct new_token, 1);
	const struct json_value *body = call_body(c, "role region service expires note");
	const char *role, *expires;
	int value = 0;

	if (!body)
		return;
	role = call_required(c, body, "role", 20);
	expires = call_text(c, body, "expires", 30);
	t->row.region = call_text(c, body, "region", 10);
	t->row.service_id = call_text(c, body, "service", 64);
	t->row.note = call_text(c, body, "note", NOTE_MAX);
	if (role && !names_value(token_store_role_names, role, strlen(role), &value))
		call_wrong(c, "role", "is not service, region, national or operator");
	else if (role) {
		t->row.role = (enum token_role)value;
		check_scope(c, &t->row);
	}
	if (expires && !parse_end(expires, &t->row.expires_at))
		call_wrong(c, "expires", "is not a date such as 2022-12-31");
	else if (expires && t->row.expires_at.utc_s <= clock_now().utc_s)
		call_wrong(c, "expires", "is past");
	if (call_refused(c, 422))
		return;
	c->state = t;
	c->write = write_token;
	c->written = token_written;
}

/* ---- revoking ---- */

static int write_revoked(struct tx *tx, struct api_call *c)
{
	int rc = token_store_revoke(tx, c->path[0]);

	if (rc == 0)
		audit_store_put(tx, &(struct audit_line){.actor = c->caller.actor, .action = AUDIT_TOKEN_REVOKED, .subject = c->path[0]});
	return rc;
}

static void revoked_written(struct api_call *c, int rc)
{
	if (rc == ERR_NOT_FOUND)
		call_problem(c, 404, "there is no such token, or it ended before");
	else if (rc < 0)
		call_failed(c, rc);
	else
		http_reply_restart(c->reply, 204);
}

void api_tokens_revoke(struct api_call *c)
{
	c->write = write_revoked;
	c->written = revoked_written;
}
