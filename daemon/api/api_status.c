/* SPDX-License-Identifier: Apache-2.0 */
/* api: what the service does, and what it reached for the month: GET /v1/status. */
#include "explain_answer.h"
#include "routes.h"

#include <planvax/base/text.h>
#include <planvax/jobs/moves.h>
#include <planvax/store/fact_store.h>
#include <planvax/store/held_store.h>
#include <planvax/store/outbox_store.h>
#include <planvax/store/plan_store.h>
#include <planvax/view/indicators.h>

#include <string.h>

#define LETTER_STATES (LETTER_DEAD + 1)
#define LETTER_KINDS 2
#define STATES (PLAN_RETURNED + 1)
#define PAGE 500
#define LETTER_PAGES 400 /* of CALL_LIMIT_MAX letters */

struct stand {
	struct api_status app;
	struct settings_month month;
	int64_t dirty;
	int64_t held;              /* removals that wait for the operator */
	int64_t letters[LETTER_STATES];
	bool letter_due;           /* one waits and its time has come, or is under way */
	struct instant next_due;   /* utc_s 0: none waits */
	int64_t plans[STATES];
	struct move_counts moves;
	bool summary;
};

/* Nothing runs, waits or is due: what was put in has come out. */
static bool is_idle(const struct stand *s)
{
	int64_t dirty = s->dirty > s->app.failing ? s->dirty - s->app.failing : 0;

	return s->app.ready && s->app.spool_files <= 0 && !s->app.jobs && !s->app.sending && !dirty && !s->letter_due;
}

static int read_stand(struct api_call *c, struct stand *s)
{
	const struct dirty_service *dirty = NULL;
	struct move_terms terms;
	size_t n = 0;
	int rc = fact_store_dirty(c->tx, s->month.text, c->arena, &dirty, &n);

	s->dirty = (int64_t)n;
	if (rc == 0)
		rc = outbox_store_count(c->tx, s->letters);
	if (rc == 0)
		rc = plan_store_count(c->tx, s->month.text, NULL, s->plans);
	if (rc == 0)
		rc = held_store_count(c->tx, &s->held);
	moves_terms(c->settings, &terms);
	if (rc == 0)
		rc = move_store_count(c->tx, &terms, &s->moves);
	if (rc < 0)
		return rc;
	rc = outbox_store_next_due(c->tx, &s->next_due);
	s->letter_due = s->letters[LETTER_SENDING] > 0 || (rc == 0 && s->next_due.utc_s <= clock_now().utc_s);
	return rc == ERR_NOT_FOUND ? 0 : rc;
}

static void put_counts(struct json_writer *w, const char *key, const struct name *names, const int64_t *counts, int n)
{
	json_put_key(w, key);
	json_begin_object(w);
	for (int i = 0; i < n; i++)
		json_int_member(w, names_word(names, i), counts[i]);
	json_end_object(w);
}

static void put_stand(const struct stand *s, const char *version, struct json_writer *w)
{
	json_text_member(w, "state", is_idle(s) ? "idle" : "busy");
	json_bool_member(w, "ready", s->app.ready);
	json_text_member(w, "version", version);
	json_text_member(w, "month", s->month.text);
	json_put_key(w, "listen");
	json_begin_array(w);
	for (size_t i = 0; i < s->app.n_listen; i++)
		json_put_text(w, s->app.listen[i]);
	json_end_array(w);
	call_put_instant(w, "started_at", s->app.started_at);
	json_int_member(w, "spool", s->app.spool_files);
	json_int_member(w, "jobs", s->app.jobs);
	json_int_member(w, "dirty", s->dirty);
	json_int_member(w, "failing", s->app.failing);
	json_int_member(w, "sending", s->app.sending);
	json_put_key(w, "sources");
	json_begin_object(w);
	json_int_member(w, "ok", s->app.sources_ok);
	json_int_member(w, "failing", s->app.sources_failing);
	json_int_member(w, "held", s->app.sources_held);
	json_end_object(w);
	json_int_member(w, "held", s->held);
	put_counts(w, "outbox", letter_state_names, s->letters, LETTER_STATES);
	call_put_instant(w, "next_due", s->next_due);
	put_counts(w, "plans", plan_store_state_names, s->plans, STATES);
	json_put_key(w, "moves");
	json_begin_object(w);
	json_int_member(w, "open", s->moves.open);
	json_int_member(w, "overdue", s->moves.overdue);
	json_int_member(w, "conflict", s->moves.conflicts);
	json_end_object(w);
}

/* ---- summary ---- */

/* Adds a stored indicators object to the sums, key by key. */
static void add_indicators(const char *text, int64_t *sums)
{
	const struct plan_indicators none = {0};
	struct indicator list[INDICATORS];
	struct json_doc *doc = NULL;

	if (!text || json_parse(text, strlen(text), "indicators", &doc, NULL) < 0)
		return;
	indicators_list(&none, list);
	for (size_t i = 0; i < INDICATORS; i++) {
		int64_t value = 0;

		if (json_int(json_get(json_root(doc), list[i].key), 0, INT64_MAX / 1000, &value))
			sums[i] += value;
	}
	json_free(doc);
}

static void put_reason(const char *word, struct json_writer *w)
{
	int reason = 0;
	bool known = word && names_value(unserved_reason_names, word, strlen(word), &reason);

	json_text_member(w, "reason", word);
	json_text_member(w, "text", known ? explain_answer_reason((enum unserved_reason)reason) : NULL);
}

/* Writes the missing weeks that the authority's document of a service names. */
static void put_missing_weeks(struct api_call *c, const struct plan_key *key, struct json_writer *w)
{
	struct arena arena = ARENA_INIT;
	struct plan_body body;
	struct buf text = BUF_INIT;
	struct json_doc *doc = NULL;

	json_put_key(w, "missing_weeks");
	json_begin_array(w);
	if (plan_store_body(c->tx, key, AUDIENCE_AUTHORITY, &arena, &body) == 0 && plan_store_expand(&body, &text) == 0 &&
		json_parse(buf_str(&text), text.len, "document", &doc, NULL) == 0) {
		const struct json_value *weeks = json_get(json_root(doc), "missing_weeks");

		for (size_t i = 0; i < json_len(weeks); i++) {
			json_begin_object(w);
			json_text_member(w, "week", json_text(json_get(json_at(weeks, i), "week")));
			put_reason(json_text(json_get(json_at(weeks, i), "reason")), w);
			json_end_object(w);
		}
	}
	json_end_array(w);
	json_free(doc);
	buf_release(&text);
	arena_release(&arena);
}

static int put_services(struct api_call *c, const struct stand *s, int64_t *sums, struct json_writer *w)
{
	struct plan_status_query query = {.month = s->month.text, .state = -1, .limit = PAGE, .audience = AUDIENCE_SERVICE};
	const struct plan_status *rows = NULL;
	size_t n = 0;
	int rc;

	json_put_key(w, "services");
	json_begin_array(w);
	do {
		rc = plan_store_status(c->tx, &query, c->arena, &rows, &n);
		for (size_t i = 0; rc == 0 && i < n; i++) {
			const struct plan_status *row = &rows[i];
			const struct plan_key key = {.service_id = row->service_id, .month = s->month.text};
			bool there = row->state >= PLAN_PUBLISHED;

			json_begin_object(w);
			json_text_member(w, "service_id", row->service_id);
			json_text_member(w, "name", row->name);
			json_text_member(w, "region", row->region);
			json_text_member(w, "state", names_word(plan_store_state_names, (int)row->state));
			json_put_key(w, "version");
			if (row->state == PLAN_MISSING)
				json_put_null(w);
			else
				json_put_int(w, row->version);
			if (there) {
				add_indicators(row->indicators, sums);
				put_missing_weeks(c, &key, w);
			}
			json_end_object(w);
		}
		query.after = rc == 0 && n ? rows[n - 1].service_id : NULL;
	} while (rc == 0 && n == PAGE);
	json_end_array(w);
	return rc;
}

/* Letters by kind and state. */
static int put_letters(struct api_call *c, struct json_writer *w)
{
	int64_t counts[LETTER_KINDS][LETTER_STATES] = {{0}};
	struct outbox_query query = {.state = -1, .limit = CALL_LIMIT_MAX};
	char *after = NULL;
	int rc = 0;

	for (int page = 0; rc == 0 && page < LETTER_PAGES; page++) {
		struct arena arena = ARENA_INIT;
		const struct outbox_letter *rows = NULL;
		size_t n = 0;

		query.after = after;
		rc = outbox_store_list(c->tx, &query, &arena, &rows, &n);
		for (size_t i = 0; rc == 0 && i < n; i++)
			counts[rows[i].letter.kind][rows[i].state]++;
		if (rc == 0 && n == CALL_LIMIT_MAX)
			after = arena_strdup(c->arena, rows[n - 1].letter.letter_id);
		else
			page = LETTER_PAGES;
		arena_release(&arena);
	}
	json_put_key(w, "letters");
	json_begin_object(w);
	for (int kind = 0; kind < LETTER_KINDS; kind++)
		put_counts(w, names_word(letter_kind_names, kind), letter_state_names, counts[kind], LETTER_STATES);
	json_end_object(w);
	return rc;
}

static int put_summary(struct api_call *c, const struct stand *s, struct json_writer *w)
{
	const struct plan_indicators none = {0};
	struct indicator list[INDICATORS];
	int64_t sums[INDICATORS] = {0};
	int rc = put_services(c, s, sums, w);

	if (rc == 0)
		rc = put_letters(c, w);
	indicators_list(&none, list);
	json_put_key(w, "indicators");
	json_begin_object(w);
	for (size_t i = 0; i < INDICATORS; i++)
		json_int_member(w, list[i].key, sums[i]);
	json_end_object(w);
	return rc;
}

static void answer(struct api_call *c)
{
	struct stand *s = c->state;
	struct json_writer w;
	int rc = read_stand(c, s);

	call_writer(c, &w);
	json_begin_object(&w);
	put_stand(s, c->context->version, &w);
	if (rc == 0 && s->summary)
		rc = put_summary(c, s, &w);
	json_end_object(&w);
	if (rc < 0)
		call_failed(c, rc);
	else
		call_json(c, 200);
}

void api_status_get(struct api_call *c)
{
	struct stand *s = ARENA_NEW(c->arena, struct stand, 1);

	/* The frame's part first: what ends between the two reads shows as done in both or in the store alone. */
	c->context->status(c->context->arg, &s->app);
	settings_month(c->settings, &s->month);
	s->summary = call_query_flag(c, "summary");
	if (call_refused(c, 400))
		return;
	c->state = s;
	c->work = answer;
	c->work_reads = true;
}

/* ---- orders ---- */

void api_status_reload(struct api_call *c)
{
	struct buf report = BUF_INIT;
	struct json_writer w;
	int rc = c->context->reload(c->context->arg, &report);
	const char *text = text_is_utf8(buf_str(&report), report.len) ? buf_str(&report) : "";

	if (rc < 0) {
		call_problem(c, 422, "nothing was changed: %s", *text ? text : err_name(rc));
	} else {
		call_writer(c, &w);
		json_begin_object(&w);
		json_bool_member(&w, "reloaded", true);
		json_text_member(&w, "report", text);
		json_end_object(&w);
		call_json(c, 200);
	}
	buf_release(&report);
}

void api_status_plan(struct api_call *c)
{
	struct json_writer w;

	c->context->plan_now(c->context->arg);
	call_writer(c, &w);
	json_begin_object(&w);
	json_bool_member(&w, "accepted", true);
	json_end_object(&w);
	call_json(c, 202);
}
