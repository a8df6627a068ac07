/* SPDX-License-Identifier: Apache-2.0 */
/* api: liveness, readiness, metrics. */
#include "routes.h"

#include <string.h>

static void answer_word(struct api_call *c, int status, const char *word)
{
	struct json_writer w;

	call_writer(c, &w);
	json_begin_object(&w);
	json_text_member(&w, "status", word);
	json_end_object(&w);
	buf_putc(&c->reply->body, '\n');
	http_reply_type(c->reply, status, CALL_JSON_TYPE);
	http_reply_header(c->reply, "Cache-Control", "no-store");
}

void api_health_live(struct api_call *c)
{
	answer_word(c, 200, "ok");
}

void api_health_ready(struct api_call *c)
{
	struct api_status status = {.ready = false};

	c->context->status(c->context->arg, &status);
	if (status.ready) {
		answer_word(c, 200, "ready");
		return;
	}
	call_problem(c, 503, "starting or stopping");
	http_reply_header(c->reply, "Retry-After", "2");
}

void api_health_metrics(struct api_call *c)
{
	const char *accept = http_header(c->request, "accept");
	/* Only who names OpenMetrics gets it: a wildcard means the older format. */
	bool open = accept && strstr(accept, "application/openmetrics-text") && call_accepts(c->request, "application/openmetrics-text");

	if (c->context->measure)
		c->context->measure(c->context->arg);
	metrics_write(c->context->metrics, open ? METRICS_OPENMETRICS : METRICS_PROMETHEUS, &c->reply->body);
	http_reply_type(c->reply, 200, open ? METRICS_OPENMETRICS_TYPE : METRICS_PROMETHEUS_TYPE);
	http_reply_header(c->reply, "Cache-Control", "no-store");
}
