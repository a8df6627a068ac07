/* SPDX-License-Identifier: Apache-2.0 */
/* api: runs over calendars whose removals are held, and the operator's word on them. */
#include "routes.h"

#include <planvax/jobs/intake_held.h>
#include <planvax/store/held_store.h>

#include <string.h>

static void answer_list(struct api_call *c)
{
	const struct held_run *rows = NULL;
	char digest[DIGEST_TEXT_BYTES];
	size_t n = 0;
	struct json_writer w;
	int rc = held_store_runs(c->tx, call_query(c, "service"), c->arena, &rows, &n);

	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	call_writer(c, &w);
	json_begin_object(&w);
	json_put_key(&w, "items");
	json_begin_array(&w);
	for (size_t i = 0; i < n; i++) {
		json_begin_object(&w);
		json_text_member(&w, "service_id", rows[i].service_id);
		json_text_member(&w, "source", rows[i].source);
		json_text_member(&w, "file", rows[i].file);
		json_text_member(&w, "digest", digest_text(rows[i].digest, digest));
		call_put_instant(&w, "held_at", rows[i].held_at);
		json_int_member(&w, "known", rows[i].known);
		json_int_member(&w, "gone", rows[i].gone);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_text_member(&w, "next", NULL);
	json_end_object(&w);
	call_json(c, 200);
}

void api_held_list(struct api_call *c)
{
	c->work = answer_list;
	c->work_reads = true;
}

struct decision {
	struct intake_held held;
	bool release;
};

static void decide(struct api_call *c)
{
	const struct decision *d = c->state;
	const struct intake in = {.writer = c->context->writer, .readers = c->context->readers, .settings = c->settings};
	int64_t removed = 0;
	struct json_writer w;
	int rc = d->release ? intake_held_release(&in, &d->held, &removed) : intake_held_dismiss(&in, &d->held);

	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	c->changed = removed > 0;
	call_writer(c, &w);
	json_begin_object(&w);
	json_text_member(&w, "service_id", d->held.service_id);
	json_text_member(&w, "source", d->held.source);
	json_int_member(&w, "removed", removed);
	json_end_object(&w);
	call_json(c, 200);
}

void api_held_decide(struct api_call *c)
{
	struct decision *d = ARENA_NEW(c->arena, struct decision, 1);
	const char *service_id = call_query(c, "service"), *source = call_query(c, "source");
	const struct held_run *rows = NULL;
	size_t n = 0, found = 0;

	d->release = !strcmp(c->path[0], "release");
	if (!d->release && strcmp(c->path[0], "dismiss") != 0) {
		call_not_found(c);
		return;
	}
	if (!source) {
		call_wrong(c, "query/source", "is missing: GET /v1/held tells which are held");
		call_refused(c, 400);
		return;
	}
	int rc = held_store_runs(c->tx, service_id, c->arena, &rows, &n);
	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (strcmp(rows[i].source, source) != 0)
			continue;
		found++;
		d->held = (struct intake_held){rows[i].service_id, rows[i].source, c->caller.actor};
	}
	if (found == 0) {
		call_problem(c, 404, "no removal of the source \"%.200s\" is held", source);
	} else if (found > 1) {
		call_problem(c, 409, "%zu services have a source of that name: say which by service=", found);
	} else {
		c->state = d;
		c->work = decide;
	}
}
