/* SPDX-License-Identifier: Apache-2.0 */
/* api: sources of calendars: how they stand, and a look at one now. */
#include "routes.h"

#include <planvax/jobs/source_forget.h>
#include <planvax/jobs/sources.h>
#include <planvax/store/source_store.h>

#include <string.h>

static const struct source_state *find_state(const struct source_state *rows, size_t n, const struct source_options *o)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(rows[i].key.name, o->name) && o->service && !strcmp(rows[i].key.service_id, o->service))
			return &rows[i];
	return NULL;
}

static void put_counts(const struct source_counts *counts, struct json_writer *w)
{
	json_put_key(w, "counts");
	json_begin_object(w);
	json_int_member(w, "read", counts->read);
	json_int_member(w, "created", counts->created);
	json_int_member(w, "changed", counts->changed);
	json_int_member(w, "unchanged", counts->unchanged);
	json_int_member(w, "cancelled", counts->cancelled);
	json_int_member(w, "rejected", counts->rejected);
	json_end_object(w);
}

/* One source; o NULL: its section was taken out, s is what is left. */
static void put_source(const struct source_options *o, const struct source_state *s, struct json_writer *w)
{
	static const struct source_state none = {.failures = 0};
	struct buf where = BUF_INIT;

	if (o)
		sources_show(o, &where);
	json_begin_object(w);
	json_text_member(w, "name", o ? o->name : s->key.name);
	json_text_member(w, "service_id", o ? o->service : s->key.service_id);
	json_text_member(w, "kind", o ? names_word(source_kind_names, o->kind) : NULL);
	json_text_member(w, "where", o ? buf_str(&where) : NULL);
	json_text_member(w, "state", !o ? "not configured" : !s ? "new" : s->held ? "held" : s->failures ? "failing" : "ok");
	s = s ? s : &none;
	call_put_instant(w, "good_at", s->good_at);
	call_put_instant(w, "tried_at", s->tried_at);
	call_put_instant(w, "next_at", s->next_at);
	json_int_member(w, "failures", s->failures);
	put_counts(&s->counts, w);
	json_text_member(w, "problem", s->problem);
	json_text_member(w, "hint", s->hint);
	json_text_member(w, "report", s->report);
	json_end_object(w);
	buf_release(&where);
}

static bool is_configured(const struct settings_parts *parts, const struct source_key *key)
{
	for (size_t i = 0; i < parts->n_sources; i++)
		if (!strcmp(parts->sources[i].name, key->name) && parts->sources[i].service && !strcmp(parts->sources[i].service, key->service_id))
			return true;
	return false;
}

static void answer_list(struct api_call *c)
{
	const struct settings_parts *parts = &c->settings->parts;
	const struct source_state *rows = NULL;
	size_t n = 0;
	struct json_writer w;
	int rc = source_store_list(c->tx, c->arena, &rows, &n);

	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	call_writer(c, &w);
	json_begin_object(&w);
	json_put_key(&w, "items");
	json_begin_array(&w);
	for (size_t i = 0; i < parts->n_sources; i++)
		put_source(&parts->sources[i], find_state(rows, n, &parts->sources[i]), &w);
	for (size_t i = 0; i < n; i++)
		if (!is_configured(parts, &rows[i].key))
			put_source(NULL, &rows[i], &w);
	json_end_array(&w);
	json_text_member(&w, "next", NULL);
	json_end_object(&w);
	call_json(c, 200);
}

void api_sources_list(struct api_call *c)
{
	c->work = answer_list;
	c->work_reads = true;
}

static void answer_one(struct api_call *c)
{
	const struct settings_parts *parts = &c->settings->parts;
	const struct source_options *o = NULL;
	struct source_state state;
	struct json_writer w;
	int rc = ERR_NOT_FOUND;

	for (size_t i = 0; !o && i < parts->n_sources; i++)
		if (!strcmp(parts->sources[i].name, c->path[0]))
			o = &parts->sources[i];
	if (o && o->service)
		rc = source_store_get(c->tx, &(struct source_key){o->service, o->name}, c->arena, &state);
	if (!o) {
		call_problem(c, 404, "there is no section [source.%s]", c->path[0]);
		return;
	}
	if (rc < 0 && rc != ERR_NOT_FOUND) {
		call_failed(c, rc);
		return;
	}
	call_writer(c, &w);
	put_source(o, rc == 0 ? &state : NULL, &w);
	call_json(c, 200);
}

void api_sources_get(struct api_call *c)
{
	c->work = answer_one;
	c->work_reads = true;
}

void api_sources_fetch(struct api_call *c)
{
	struct json_writer w;
	int rc = c->context->fetch_source ? c->context->fetch_source(c->context->arg, c->path[0]) : ERR_NOT_FOUND;

	if (rc == ERR_NOT_FOUND) {
		call_problem(c, 404, "there is no section [source.%s]", c->path[0]);
		return;
	}
	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	call_writer(c, &w);
	json_begin_object(&w);
	json_bool_member(&w, "accepted", true);
	json_end_object(&w);
	call_json(c, 202);
}

static void forget(struct api_call *c)
{
	const struct source_forget *what = c->state;
	const struct intake in = {.writer = c->context->writer, .readers = c->context->readers, .settings = c->settings};
	struct source_forgotten found = {0};
	struct json_writer w;
	int rc = source_forget_run(&in, what, &found);

	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	c->changed = !what->dry_run && found.entries > 0;
	call_writer(c, &w);
	json_begin_object(&w);
	json_text_member(&w, "service_id", what->service_id);
	json_text_member(&w, "name", what->name);
	json_int_member(&w, "visits", found.visits);
	json_int_member(&w, "busy", found.busy);
	json_int_member(&w, "entries", found.entries);
	json_bool_member(&w, "forgotten", !what->dry_run);
	json_end_object(&w);
	call_json(c, 200);
}

void api_sources_forget(struct api_call *c)
{
	struct source_forget *what = ARENA_NEW(c->arena, struct source_forget, 1);
	const char *service_id = call_query(c, "service"), *confirm = call_query(c, "confirm");
	const struct source_state *rows = NULL;
	size_t n = 0, found = 0, configured = 0;

	if (confirm && strcmp(confirm, "0") != 0 && strcmp(confirm, "1") != 0)
		call_wrong(c, "query/confirm", "is 0 or 1");
	if (call_refused(c, 400))
		return;
	int rc = source_store_list(c->tx, c->arena, &rows, &n);
	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (strcmp(rows[i].key.name, c->path[0]) != 0 || (service_id && strcmp(rows[i].key.service_id, service_id) != 0))
			continue;
		if (is_configured(&c->settings->parts, &rows[i].key)) {
			configured++;
			continue;
		}
		found++;
		*what = (struct source_forget){rows[i].key.service_id, rows[i].key.name, c->caller.actor, !confirm || *confirm != '1'};
	}
	if (found == 0 && configured > 0) {
		call_problem(c, 409, "[source.%s] is configured: take the section out and reload first", c->path[0]);
	} else if (found == 0) {
		call_problem(c, 404, "nothing is known of a source \"%s\"", c->path[0]);
	} else if (found > 1) {
		call_problem(c, 409, "%zu services had a source of that name: say which by service=", found);
	} else {
		c->state = what;
		c->work = forget;
	}
}
