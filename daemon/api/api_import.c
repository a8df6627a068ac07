/* SPDX-License-Identifier: Apache-2.0 */
/* api: POST /v1/import: one register or calendar, as the drop folder would take it. */
#include "routes.h"

#include <planvax/base/text.h>
#include <planvax/jobs/intake.h>
#include <planvax/model/ids.h>
#include <planvax/store/register_store.h>

#include <string.h>

#define NAME_MAX_BYTES 200
#define REPORT_LINES 1000

struct import {
	struct intake_file file;
};

static void put_result(const struct intake_file *file, const struct intake_result *r, struct json_writer *w)
{
	const char *line = buf_str(&r->report);
	size_t n = 0;

	json_text_member(w, "name", file->name);
	json_bool_member(w, "dry_run", file->dry_run);
	json_int_member(w, "read", r->read);
	json_int_member(w, "created", r->created);
	json_int_member(w, "changed", r->changed);
	json_int_member(w, "unchanged", r->unchanged);
	json_int_member(w, "cancelled", r->cancelled);
	json_int_member(w, "rejected", r->rejected);
	json_int_member(w, "ignored", r->ignored);
	json_int_member(w, "removed", r->removed);
	json_int_member(w, "missing", r->missing);
	json_int_member(w, "warnings", r->warnings);
	json_bool_member(w, "held", r->held);
	json_put_key(w, "report");
	json_begin_array(w);
	for (; *line && n < REPORT_LINES; n++) {
		size_t len = strcspn(line, "\n");
		struct buf text = BUF_INIT;

		buf_put(&text, line, len);
		json_put_text(w, text_is_utf8(buf_str(&text), text.len) ? buf_str(&text) : "(a line that is not UTF-8)");
		buf_release(&text);
		line += len + (line[len] == '\n');
	}
	json_end_array(w);
	json_bool_member(w, "report_cut", *line != '\0');
}

/* A problem document with the counts beside (RFC 9457 3.2). */
static void answer_nothing(struct api_call *c, const struct intake_file *file, const struct intake_result *r, const struct fault *f)
{
	struct json_writer w;
	struct buf detail = BUF_INIT;

	if (f->code != ERR_NONE)
		fault_format(f, &detail);
	else
		buf_printf(&detail, "%s: no row could be taken", file->name);
	http_reply_restart(c->reply, 422);
	http_reply_header(c->reply, "Content-Type", "application/problem+json");
	http_reply_header(c->reply, "Cache-Control", "no-store");
	call_writer(c, &w);
	json_begin_object(&w);
	json_text_member(&w, "type", "about:blank");
	json_text_member(&w, "title", http_reason(422));
	json_int_member(&w, "status", 422);
	json_text_member(&w, "detail", text_is_utf8(buf_str(&detail), detail.len) ? buf_str(&detail) : "nothing could be taken");
	put_result(file, r, &w);
	json_end_object(&w);
	buf_putc(&c->reply->body, '\n');
	buf_release(&detail);
}

static void import(struct api_call *c)
{
	const struct import *i = c->state;
	const struct intake in = {.writer = c->context->writer, .readers = c->context->readers, .settings = c->settings};
	struct intake_result result = {.calendar = false};
	struct fault f = FAULT_NONE;
	struct json_writer w;
	int rc = intake_run(&in, &i->file, &result, &f);

	if (rc == ERR_CLOSED || rc == ERR_BUSY || rc == ERR_STOPPED || rc == ERR_IO) {
		call_failed(c, rc);
	} else if (rc < 0 || (result.read > 0 && result.rejected >= result.read)) {
		answer_nothing(c, &i->file, &result, &f);
	} else {
		c->changed = !i->file.dry_run && (result.created || result.changed || result.cancelled || result.removed);
		call_writer(c, &w);
		json_begin_object(&w);
		put_result(&i->file, &result, &w);
		json_end_object(&w);
		call_json(c, 200);
	}
	buf_release(&result.report);
}

void api_import_post(struct api_call *c)
{
	struct import *i = ARENA_NEW(c->arena, struct import, 1);
	const char *name = call_query(c, "name"), *service_id = call_query(c, "service");
	struct service service;

	i->file = (struct intake_file){
		.name = name, .service_id = service_id, .text = c->request->body, .len = c->request->body_len, .fd = -1,
		.actor = c->caller.actor, .dry_run = call_query_flag(c, "dry_run"),
		.complete = call_query_flag(c, "complete"),
	};
	if (!name)
		call_wrong(c, "query/name", "is missing: name=people.csv, or name=S001/agenda.ics");
	else if (strlen(name) > NAME_MAX_BYTES || strstr(name, "..") || *name == '/')
		call_wrong(c, "query/name", "is not the name of a file");
	else if (intake_order(name) < 0)
		call_wrong(c, "query/name", "is neither a register's (people.csv, companies.csv ...) nor one of a calendar (S001/agenda.ics)");
	else if (i->file.complete && text_ends(name, ".ics"))
		call_wrong(c, "query/complete", "is for registers; whether a calendar is complete is a key of its [source.NAME]");
	if (service_id && register_store_service(c->tx, service_id, c->arena, &service) < 0)
		call_wrong(c, "query/service", "is no service of the register");
	if (call_refused(c, 400))
		return;
	c->state = i;
	c->work = import;
}
