/* SPDX-License-Identifier: Apache-2.0 */
/* measure: the daemon's own figures, brought up to date when somebody asks for /metrics. */
#include "measure.h"

static const struct metric_desc planning = {.name = "planvax_services_planning", .type = METRIC_GAUGE, .help = "Services being planned now."};
static const struct metric_desc dirty = {.name = "planvax_services_dirty", .type = METRIC_GAUGE, .help = "Services that changed and wait for a plan."};
static const struct metric_desc made = {.name = "planvax_plans", .type = METRIC_COUNTER, .help = "Planning runs that ended well."};
static const struct metric_desc failed = {.name = "planvax_plans_failed", .type = METRIC_COUNTER, .help = "Planning runs that failed."};
static const struct metric_desc files = {.name = "planvax_files", .type = METRIC_COUNTER, .help = "Files of the drop folder by outcome.", .labels = {"outcome"}};
static const struct metric_desc rows = {.name = "planvax_rows", .type = METRIC_COUNTER, .help = "Rows and events read from the drop folder, by outcome.", .labels = {"outcome"}};
static const struct metric_desc letters = {.name = "planvax_letter_attempts", .type = METRIC_COUNTER, .help = "Attempts to deliver a letter.", .labels = {"kind", "outcome"}};
static const struct metric_desc connections = {.name = "planvax_http_connections", .type = METRIC_GAUGE, .help = "Open connections."};
static const struct metric_desc good_at = {.name = "planvax_source_last_success_timestamp_seconds", .type = METRIC_GAUGE, .unit = "seconds",
	.help = "When a source of calendars was last read well.", .labels = {"source"}};
static const struct metric_desc failures = {.name = "planvax_source_failures", .type = METRIC_GAUGE,
	.help = "Runs of a source that failed since the last good one.", .labels = {"source"}};
static const struct metric_desc held = {.name = "planvax_source_held", .type = METRIC_GAUGE,
	.help = "1: a run of the source would have removed suspiciously much and waits for the operator.", .labels = {"source"}};
static const struct metric_desc requests = {.name = "planvax_http_heads", .type = METRIC_COUNTER, .help = "Request heads by verdict.", .labels = {"verdict"}};

static void raise_to(struct metrics *m, const struct metric_desc *desc, const char *const *labels, int64_t value)
{
	struct metric *series = metrics_series(m, desc, labels);

	metric_add(series, (double)value - metric_value(series));
}

static void set(struct metrics *m, const struct metric_desc *desc, int64_t value)
{
	metric_set(metrics_series(m, desc, NULL), (double)value);
}

static void measure_source(void *arg, const struct sources_stand *stand)
{
	struct metrics *m = arg;
	const char *const labels[] = {stand->name};

	metric_set(metrics_series(m, &good_at, labels), (double)stand->good_at.utc_s);
	metric_set(metrics_series(m, &failures, labels), stand->failures);
	metric_set(metrics_series(m, &held, labels), stand->held);
}

void measure_app(void *arg)
{
	struct app *app = arg;
	struct metrics *m = app->metrics;
	struct dispatch_counts sent = dispatch_count(app->dispatch);
	struct server_stats http = server_stats(app->server);

	set(m, &planning, (int64_t)app->planning);
	set(m, &dirty, app->dirty);
	sources_each(app->sources, measure_source, m);
	set(m, &connections, http.open);
	raise_to(m, &made, NULL, app->plans_made);
	raise_to(m, &failed, NULL, app->plans_failed);
	raise_to(m, &files, (const char *[]){"taken"}, app->files_taken);
	raise_to(m, &files, (const char *[]){"failed"}, app->files_failed);
	raise_to(m, &rows, (const char *[]){"taken"}, app->rows - app->rows_rejected);
	raise_to(m, &rows, (const char *[]){"rejected"}, app->rows_rejected);
	raise_to(m, &letters, (const char *[]){"mail", "done"}, sent.mails_done);
	raise_to(m, &letters, (const char *[]){"mail", "failed"}, sent.mails_failed);
	raise_to(m, &letters, (const char *[]){"push", "done"}, sent.pushes_done);
	raise_to(m, &letters, (const char *[]){"push", "failed"}, sent.pushes_failed);
	raise_to(m, &requests, (const char *[]){"taken"}, http.requests);
	raise_to(m, &requests, (const char *[]){"refused"}, http.bad);
}
