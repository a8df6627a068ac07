/* SPDX-License-Identifier: Apache-2.0 */
/* api: letters and the operator's verbs on them. */
#include "routes.h"

#include <planvax/base/text.h>
#include <planvax/store/audit_store.h>
#include <planvax/store/outbox_store.h>

#include <string.h>

#define DEFAULT_LIMIT 100

static void put_letter(const struct outbox_letter *l, struct json_writer *w)
{
	json_text_member(w, "letter_id", l->letter.letter_id);
	json_text_member(w, "kind", names_word(letter_kind_names, (int)l->letter.kind));
	json_text_member(w, "state", names_word(letter_state_names, (int)l->state));
	json_text_member(w, "service_id", l->service_id);
	json_text_member(w, "month", l->month);
	json_int_member(w, "version", l->version);
	json_text_member(w, "recipient", l->letter.recipient);
	json_text_member(w, "topic", l->letter.topic);
	json_text_member(w, "method", l->letter.method);
	json_text_member(w, "offer", l->letter.offer_id);
	json_text_member(w, "uid", l->letter.uid);
	json_int_member(w, "sequence", l->letter.sequence);
	json_int_member(w, "attempts", l->attempts);
	call_put_instant(w, "created_at", l->created_at);
	call_put_instant(w, "due_at", l->due_at);
	call_put_instant(w, "done_at", l->done_at);
	json_text_member(w, "note", l->note);
	json_int_member(w, "bytes", (int64_t)l->letter.len);
}

void api_outbox_list(struct api_call *c)
{
	struct outbox_query query = {.service_id = call_query(c, "service"), .state = -1};
	const char *state = call_query(c, "state");
	const struct outbox_letter *rows = NULL;
	size_t n = 0, limit;
	struct json_writer w;

	if (state && !names_value(letter_state_names, state, strlen(state), &query.state))
		call_wrong(c, "query/state", "is not pending, sending, retry, held, done or dead");
	call_page(c, DEFAULT_LIMIT, &limit, &query.after);
	if (call_refused(c, 400))
		return;
	query.limit = limit < CALL_LIMIT_MAX ? limit + 1 : limit;
	int rc = outbox_store_list(c->tx, &query, c->arena, &rows, &n);
	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	bool more = n > limit || (n == limit && limit == CALL_LIMIT_MAX);
	if (n > limit)
		n = limit;
	call_writer(c, &w);
	json_begin_object(&w);
	json_put_key(&w, "items");
	json_begin_array(&w);
	for (size_t i = 0; i < n; i++) {
		json_begin_object(&w);
		put_letter(&rows[i], &w);
		json_end_object(&w);
	}
	json_end_array(&w);
	call_next(c, &w, more ? rows[n - 1].letter.letter_id : NULL);
	json_end_object(&w);
	call_json(c, 200);
}

void api_outbox_get(struct api_call *c)
{
	bool raw = call_query_flag(c, "bytes");
	struct outbox_letter letter;
	struct json_writer w;

	if (call_refused(c, 400))
		return;
	int rc = outbox_store_letter(c->tx, c->path[0], raw, c->arena, &letter);
	if (rc == ERR_NOT_FOUND) {
		call_problem(c, 404, "there is no such letter");
		return;
	}
	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	if (!raw) {
		call_writer(c, &w);
		json_begin_object(&w);
		put_letter(&letter, &w);
		json_end_object(&w);
		call_json(c, 200);
	} else if (!letter.letter.bytes) {
		call_problem(c, 410, "the bytes of this letter are no longer kept");
	} else {
		buf_put(&c->reply->body, letter.letter.bytes, letter.letter.len);
		call_typed(c, 200, letter.letter.kind == LETTER_MAIL ? "message/rfc822" : CALL_JSON_TYPE);
	}
}

/* ---- verbs ---- */

struct verb {
	const char *letter_id;
	int verb; /* enum outbox_verb */
	struct outbox_letter after;
};

static int write_verb(struct tx *tx, struct api_call *c)
{
	struct verb *v = c->state;
	int rc = outbox_store_verb(tx, v->letter_id, (enum outbox_verb)v->verb);

	if (rc == 0)
		rc = outbox_store_letter(tx, v->letter_id, false, c->arena, &v->after);
	if (rc == 0)
		audit_store_put(tx, &(struct audit_line){.actor = c->caller.actor, .action = AUDIT_LETTER_VERB, .service_id = v->after.service_id,
			.subject = v->letter_id, .detail = names_word(outbox_store_verb_names, v->verb)});
	return rc;
}

static void verb_written(struct api_call *c, int rc)
{
	const struct verb *v = c->state;
	struct json_writer w;

	if (rc == ERR_NOT_FOUND) {
		call_problem(c, 404, "there is no such letter");
		return;
	}
	if (rc == ERR_CONFLICT) {
		call_problem(c, 409, "a letter in its state does not allow %s", names_word(outbox_store_verb_names, v->verb));
		return;
	}
	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	call_writer(c, &w);
	json_begin_object(&w);
	put_letter(&v->after, &w);
	json_end_object(&w);
	call_json(c, 200);
}

void api_outbox_verb(struct api_call *c)
{
	struct verb *v = ARENA_NEW(c->arena, struct verb, 1);

	v->letter_id = c->path[0];
	if (!names_value(outbox_store_verb_names, c->path[1], strlen(c->path[1]), &v->verb)) {
		call_not_found(c);
		return;
	}
	c->state = v;
	c->write = write_verb;
	c->written = verb_written;
}
