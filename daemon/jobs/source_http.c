/* SPDX-License-Identifier: Apache-2.0 */
/* source_http: a feed: one conditional GET, its calendar taken. */
#include "source_http.h"

#include <planvax/base/arena.h>

static enum source_step ask(struct source_run *run)
{
	run->ask.method = "GET";
	run->ask.url = run->url;
	run->ask.conditional = true;
	return SOURCE_ASK;
}

/* Ends the run where the body is no calendar. False: it is one, whole or cut. */
static bool refuse_body(struct source_run *run, enum source_body body)
{
	switch (body) {
	case SOURCE_BODY_CALENDAR:
	case SOURCE_BODY_CUT:
		return false;
	case SOURCE_BODY_EMPTY:
		source_run_fail(run, ERR_TRUNCATED, "the answer is empty", "nothing was removed; it is tried again");
		return true;
	case SOURCE_BODY_PAGE:
		source_run_fail(run, ERR_INVALID, "the server answers with a web page, not a calendar",
			"is it a log-in page? use the address of the .ics feed itself; nothing was removed");
		return true;
	case SOURCE_BODY_OTHER:
		break;
	}
	source_run_fail(run, ERR_INVALID, "the server answers with something that is no calendar",
		"use the address of the .ics feed itself; nothing was removed");
	return true;
}

static enum source_step take(struct source_run *run)
{
	enum source_body body = source_run_body(run->fd, run->answer.len);
	struct intake_result result = {.calendar = false};

	if (refuse_body(run, body))
		return SOURCE_DONE;
	struct intake_file file = {.name = arena_printf(&run->arena, "%s.ics", run->key.name), .source = run->key.name, .fd = run->fd,
		.delta = !run->options->complete || body == SOURCE_BODY_CUT};
	int rc = source_run_take(run, &file, &result);

	buf_release(&result.report);
	if (rc == 0 && body == SOURCE_BODY_CUT)
		return source_run_fail(run, ERR_TRUNCATED, "the calendar ends too early", "what came was taken, nothing was removed; it is tried again");
	/* What was held is looked at in full the next time too. */
	if (rc == 0 && !run->held) {
		run->etag = run->answer.etag;
		run->last_modified = run->answer.last_modified;
	}
	return SOURCE_DONE;
}

enum source_step source_http_step(struct source_run *run)
{
	if (!run->ask.method)
		return ask(run);
	if (run->answer.rc < 0)
		return source_run_refuse(run);
	if (run->answer.status == 304 && (run->before.etag || run->before.last_modified)) {
		run->unchanged = true;
		run->etag = run->before.etag;
		run->last_modified = run->before.last_modified;
		return SOURCE_DONE;
	}
	if (run->answer.status != 200)
		return source_run_refuse(run);
	return take(run);
}
