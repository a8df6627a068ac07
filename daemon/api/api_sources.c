/* SPDX-License-Identifier: Apache-2.0 */
/* api: sources of calendars: how they stand, and a look at one now. */
#include "routes.h"

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

static void put_source(const struct source_options *o, const struct source_state *s, struct json_writer *w)
{
	static const struct source_state none = {.failures = 0};
	struct buf where = BUF_INIT;

	sources_show(o, &where);
	json_begin_object(w);
	json_text_member(w, "name", o->name);
	json_text_member(w, "service_id", o->service);
	json_text_member(w, "kind", names_word(source_kind_names, o->kind));
	json_text_member(w, "where", buf_str(&where));
	json_text_member(w, "state", !s ? "new" : s->held ? "held" : s->failures ? "failing" : "ok");
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
