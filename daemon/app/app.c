/* SPDX-License-Identifier: Apache-2.0 */
/* app: builds the parts in the order in which they need each other, and frees them the other way round. */
#include "app.h"

#include "drop_folder.h"
#include "measure.h"
#include "notify.h"
#include "schedule_jobs.h"

#include <planvax/base/alloc.h>
#include <planvax/base/log.h>
#include <planvax/deliver/maildir.h>
#include <planvax/store/fact_store.h>
#include <planvax/store/outbox_store.h>
#include <planvax/store/register_store.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WRITER_LINE 256
#define READERS_KEPT 8
#define JOBS_LINE 1024
#define BULK_THREADS 2 /* imports, explanations: they must not hold up mails */
#define FETCHES 8
#define END_POLL_MS 20
#define END_PATIENCE_MS 5000 /* for an authority to answer; then the push is made again after the next start */

struct settings *app_settings(void *arg)
{
	struct app *app = arg;

	return app->settings;
}

/* ---- settings ---- */

/* Errors go to the log and to whoever asked. */
static void report_line(void *arg, const struct fault *f, const char *line, int column)
{
	struct buf text = BUF_INIT;

	config_format_error(f, line, column, &text);
	buf_putc(&text, '\n');
	fputs(buf_str(&text), stderr);
	if (arg)
		buf_puts(arg, buf_str(&text));
	buf_release(&text);
}

static void report_fault(void *arg, const struct fault *f)
{
	report_line(arg, f, NULL, 0);
}

static void release_config(void *config)
{
	config_free(config);
}

/* Loads file, rules and keys. NULL: errors were told, and appended to report (NULL allowed). */
static struct settings *load_settings(const char *file, struct config **config, struct buf *report)
{
	struct settings *settings = NULL;

	if (config_load(file, report_line, report, config) < 0)
		return NULL;
	const struct config *c = *config;
	const struct settings_parts parts = {
		.jobs = &c->jobs, .plan = &c->plan, .privacy = &c->privacy, .mail = &c->mail, .authorities = c->authorities,
		.n_authorities = c->n_authorities, .mappings = c->mappings, .n_mappings = c->n_mappings,
		.sources = c->sources, .n_sources = c->n_sources, .owner = *config,
		.release = release_config,
	};
	if (settings_new(&parts, report_fault, report, &settings) < 0) {
		config_free(*config);
		return NULL;
	}
	return settings;
}

int app_check(const char *config_file)
{
	struct config *config = NULL;
	struct settings *settings = load_settings(config_file, &config, NULL);

	settings_drop(settings);
	return settings ? 0 : ERR_INVALID;
}

/* What a start writes: the settings in force, and that no letter is on its way. */
static int write_start(struct tx *tx, void *arg)
{
	fact_store_settings(tx, arg, NULL);
	return outbox_store_resume(tx);
}

/* The digest of new settings on its way to the store; holds them meanwhile. */
struct digest_job {
	struct app *app;
	struct settings *settings;
};

static int write_new_settings(struct tx *tx, void *arg)
{
	struct digest_job *job = arg;

	return fact_store_settings(tx, job->settings->digest, NULL);
}

static void finish_reload(void *arg)
{
	struct digest_job *job = arg;

	job->app->reloading--;
	settings_drop(job->settings);
	schedule_jobs_tick(job->app);
	free(job);
}

/* Writer thread. */
static void hear_written(void *arg, int rc)
{
	struct digest_job *job = arg;

	if (rc < 0)
		log_line(LOG_ERROR, "config", "digest-not-stored error=%s", err_name(rc));
	loop_post(job->app->loop, finish_reload, job);
}

static void swap_settings(struct app *app, struct settings *settings)
{
	struct digest_job *job = xcalloc(1, sizeof(*job));

	settings_drop(app->settings);
	app->settings = settings;
	app->scan_wanted = true;
	app->reloading++;
	job->app = app;
	job->settings = settings_hold(settings);
	if (writer_run(app->writer, write_new_settings, hear_written, job) < 0)
		hear_written(job, ERR_CLOSED);
}

/* A renewed certificate counts from now on; a bad one is told, and the old one stays. */
static void renew_tls(struct app *app, struct buf *report)
{
	struct fault f = FAULT_NONE;
	char what[LOG_VALUE_BYTES];

	if (server_load_tls(app->server, &f) == 0)
		return;
	log_line(LOG_ERROR, "http", "certificate-refused what=%s", log_value(f.what, what));
	fault_format(&f, report);
	buf_putc(report, '\n');
}

int app_reload(struct app *app, struct buf *report)
{
	struct buf diff = BUF_INIT, errors = BUF_INIT;
	struct config *config = NULL;
	struct settings *settings;

	if (app->stopping)
		return ERR_INVALID;
	notify_reloading();
	settings = load_settings(app->options.config_file, &config, &errors);
	if (settings) {
		config_diff(app->settings->parts.owner, config, &diff);
		config_keep(config, app->config);
		swap_settings(app, settings);
		renew_tls(app, report);
		log_line(LOG_INFO, "config", "reloaded");
		buf_puts(report, diff.len ? buf_str(&diff) : "nothing changed\n");
	} else {
		log_line(LOG_ERROR, "config", "reload-refused what=\"the old settings stay\"");
		buf_puts(report, buf_str(&errors));
	}
	buf_release(&diff);
	buf_release(&errors);
	notify_send("READY=1");
	return settings ? 0 : ERR_INVALID;
}

/* ---- end ---- */

static bool is_quiet(const struct app *app)
{
	return app->drained && !app->taking && app->planning == 0 && !app->reloading && !app->upkeep && !dispatch_busy(app->dispatch) &&
		!sources_running(app->sources);
}

static void poll_end(void *arg)
{
	struct app *app = arg;

	if (is_quiet(app)) {
		loop_stop(app->loop);
		return;
	}
	if (clock_monotonic_ms() >= app->patient_until_ms)
		dispatch_abandon(app->dispatch);
	loop_timer_set(app->tick, END_POLL_MS);
}

static void hear_drained(void *arg)
{
	struct app *app = arg;

	app->drained = true;
}

void app_stop(struct app *app)
{
	if (app->stopping)
		return;
	app->stopping = true;
	app->patient_until_ms = clock_monotonic_ms() + END_PATIENCE_MS;
	notify_send("STOPPING=1");
	log_line(LOG_INFO, "daemon", "stopping");
	atomic_store(&app->stop, true);
	dispatch_stop(app->dispatch);
	sources_stop(app->sources);
	drop_folder_unwatch(app);
	server_drain(app->server, hear_drained, app);
	loop_timer_free(app->tick);
	app->tick = loop_timer_new(app->loop, poll_end, app);
	loop_timer_set(app->tick, END_POLL_MS);
}

static void hear_stop(void *arg)
{
	app_stop(arg);
}

static void hear_reload(void *arg)
{
	struct buf report = BUF_INIT;

	app_reload(arg, &report);
	buf_release(&report);
}

/* ---- idle ---- */

bool app_is_idle(struct app *app)
{
	struct instant due;
	bool letters_wait;

	if (!app->has_communes || app->taking || app->planning || app->dirty || app->reloading || dispatch_busy(app->dispatch) ||
		sources_busy(app->sources) || spool_count(app->settings->parts.jobs->spool) != 0)
		return false;
	struct tx *tx = db_read(app->api_reader);
	letters_wait = outbox_store_next_due(tx, &due) == 0 && due.utc_s <= clock_now().utc_s;
	tx_end(tx);
	return !letters_wait;
}

/* ---- start ---- */

static int complain(const struct fault *f, const char *what)
{
	struct buf text = BUF_INIT;

	fault_format(f, &text);
	fprintf(stderr, "planvaxd: %s: %s\n", what, buf_str(&text));
	buf_release(&text);
	return -1;
}

static int open_store(struct app *app)
{
	struct fault f = FAULT_NONE;
	struct db *db = NULL;

	if (db_open_writer(app->config->store.path, &db, &f) < 0)
		return complain(&f, "store");
	app->writer = writer_new(db, app->options.inline_threads ? 0 : 1, WRITER_LINE);
	app->readers = readers_new(app->config->store.path, READERS_KEPT);
	if (readers_take(app->readers, &app->api_reader, &f) < 0)
		return complain(&f, "store");
	int rc = writer_call(app->writer, write_start, app->settings->digest);
	if (rc < 0) {
		fault_set(&f, (enum err)rc, "cannot be written: %s", err_name(rc));
		return complain(&f, "store");
	}
	return 0;
}

static int prepare_folders(struct app *app)
{
	struct fault f = FAULT_NONE;

	if (spool_prepare(app->config->jobs.spool, &f) < 0)
		return complain(&f, "spool");
	if (app->config->mail.transport == MAIL_SMTP) {
		fault_set(&f, ERR_UNSUPPORTED, "transport = smtp is not in this version");
		fault_hint(&f, "use transport = maildir and hand the mails on from there");
		return complain(&f, "mail");
	}
	if (maildir_prepare(app->config->mail.maildir, &f) < 0)
		return complain(&f, "mail");
	return 0;
}

static void make_pools(struct app *app)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t threads = app->config->jobs.workers ? (size_t)app->config->jobs.workers : (size_t)(cores > 1 ? cores : 2);

	if (app->options.inline_threads)
		threads = 0;
	app->work = pool_new(threads, JOBS_LINE);
	app->disk = pool_new(app->options.inline_threads ? 0 : 1, JOBS_LINE);
	app->bulk = pool_new(app->options.inline_threads ? 0 : BULK_THREADS, JOBS_LINE);
}

static void make_signals(struct app *app)
{
	if (app->options.inline_threads)
		return;
	signal(SIGPIPE, SIG_IGN);
	app->signals[0] = loop_signal_new(app->loop, SIGTERM, hear_stop, app);
	app->signals[1] = loop_signal_new(app->loop, SIGINT, hear_stop, app);
	app->signals[2] = loop_signal_new(app->loop, SIGHUP, hear_reload, app);
}

static int listen_all(struct app *app)
{
	struct fault f = FAULT_NONE;
	struct server_handler handler = api_handler(app->api);

	app->server = server_new(app->loop, &app->config->http, &handler);
	if (app->options.inline_threads)
		return 0;
	if (server_listen(app->server, &f) < 0)
		return complain(&f, "listen");
	for (size_t i = 0; i < server_n_listeners(app->server); i++) {
		struct buf address = BUF_INIT;

		server_address(app->server, i, &address);
		log_line(LOG_INFO, "http", "listening address=%s", buf_str(&address));
		buf_release(&address);
	}
	return 0;
}

/* ---- what the api asks ---- */

static struct settings *hold_settings(void *arg)
{
	return settings_hold(app_settings(arg));
}

static void count_source(void *arg, const struct sources_stand *stand)
{
	struct api_status *out = arg;

	out->sources_held += stand->held;
	out->sources_failing += !stand->held && stand->failures > 0;
	out->sources_ok += !stand->held && !stand->failures && stand->good_at.utc_s != 0;
}

static void fill_status(void *arg, struct api_status *out)
{
	struct app *app = arg;
	int64_t files = spool_count(app->settings->parts.jobs->spool);

	out->ready = app->ready && !app->stopping;
	out->spool_files = files;
	/* What was not looked at yet counts as work: idle means that nothing can follow by itself. */
	out->jobs = (int64_t)app->planning + (int64_t)sources_busy(app->sources) + app->taking + (int64_t)app->reloading + (!app->has_communes || app->scan_wanted);
	out->sending = (int64_t)dispatch_count(app->dispatch).busy;
	out->started_at = app->started_at;
	sources_each(app->sources, count_source, out);
	for (size_t i = 0; i < app->services.len; i++)
		out->failing += app->services.items[i].failures > 0;
	for (size_t i = 0; i < server_n_listeners(app->server) && i < API_LISTENERS_MAX; i++) {
		struct buf address = BUF_INIT;

		server_address(app->server, i, &address);
		snprintf(out->listen[i], sizeof(out->listen[i]), "%s", buf_str(&address));
		out->n_listen = i + 1;
		buf_release(&address);
	}
}

static int reload_for_api(void *arg, struct buf *report)
{
	return app_reload(arg, report);
}

static void hear_changed(void *arg)
{
	struct app *app = arg;

	if (!app->stopping)
		loop_timer_set(app->tick, 0);
}

static int fetch_source(void *arg, const char *name)
{
	struct app *app = arg;

	return sources_fetch(app->sources, name);
}

static void plan_now(void *arg)
{
	struct app *app = arg;

	app->no_settling = true;
	hear_changed(app);
}

static void make_api(struct app *app)
{
	const struct api_context context = {
		.loop = app->loop, .reader = app->api_reader, .readers = app->readers, .writer = app->writer, .pool = app->bulk,
		.pool_places = JOBS_LINE / 2, .metrics = app->metrics, .version = PLANVAX_VERSION, .arg = app,
		.settings = hold_settings, .status = fill_status, .measure = measure_app, .reload = reload_for_api,
		.changed = hear_changed, .plan_now = plan_now, .fetch_source = fetch_source,
	};

	app->api = api_new(&context);
}

/* ---- life ---- */

struct app *app_new(const struct app_options *options)
{
	struct app *app = xcalloc(1, sizeof(*app));

	app->options = *options;
	app->options.config_file = app->config_file = options->config_file ? xstrdup(options->config_file) : NULL;
	app->watch_fd = -1;
	app->started_at = clock_now();
	app->settings = load_settings(app->config_file, &app->config, NULL);
	if (!app->settings)
		goto fail;
	settings_hold(app->settings); /* the configuration of the start is needed to the end */
	app->first_settings = app->settings;
	app->loop = options->loop ? options->loop : loop_new();
	if (open_store(app) < 0 || prepare_folders(app) < 0)
		goto fail;
	make_pools(app);
	app->metrics = metrics_new();
	app->fetcher = options->fetcher ? options->fetcher : fetch_new(app->loop, "planvax/" PLANVAX_VERSION, FETCHES);
	const struct dispatch_parts parts = {app->loop, app->writer, app->disk, app->fetcher, app_settings, app};
	app->dispatch = dispatch_new(&parts);
	const struct sources_parts feeds = {.loop = app->loop, .writer = app->writer, .readers = app->readers, .pool = app->work,
		.fetcher = app->fetcher, .stop = &app->stop, .settings = app_settings, .changed = hear_changed, .arg = app};
	app->sources = sources_new(&feeds);
	make_api(app);
	app->tick = loop_timer_new(app->loop, schedule_jobs_tick, app);
	if (listen_all(app) < 0)
		goto fail;
	make_signals(app);
	drop_folder_watch(app);
	app->scan_wanted = true;
	app->ready = true;
	loop_timer_set(app->tick, 0);
	log_line(LOG_INFO, "daemon", "started version=%s", PLANVAX_VERSION);
	notify_send("READY=1");
	return app;
fail:
	app_free(app);
	return NULL;
}

void app_run(struct app *app)
{
	loop_run(app->loop);
	log_line(LOG_INFO, "daemon", "stopped");
}

void app_free(struct app *app)
{
	if (!app)
		return;
	app->stopping = true; /* also where it never ran: nothing begins any more */
	atomic_store(&app->stop, true);
	if (app->dispatch)
		dispatch_stop(app->dispatch);
	if (app->sources)
		sources_stop(app->sources);
	drop_folder_unwatch(app);
	for (size_t i = 0; i < sizeof(app->signals) / sizeof(app->signals[0]); i++)
		loop_signal_free(app->signals[i]);
	loop_timer_free(app->tick);
	server_free(app->server);
	/* Jobs that still run post to the loop; it turns until the last of them was heard. */
	if (app->work)
		pool_drain(app->work);
	if (app->disk)
		pool_drain(app->disk);
	if (app->bulk)
		pool_drain(app->bulk);
	while (app->api && (api_pending(app->api) || app->taking || app->planning || app->upkeep || app->reloading ||
		dispatch_busy(app->dispatch) || sources_running(app->sources)))
		loop_wait(app->loop, END_POLL_MS);
	api_free(app->api);
	pool_free(app->work);
	pool_free(app->disk);
	pool_free(app->bulk);
	fetch_free(app->fetcher);
	dispatch_free(app->dispatch);
	sources_free(app->sources);
	if (app->api_reader)
		readers_give(app->readers, app->api_reader);
	readers_free(app->readers);
	writer_free(app->writer);
	metrics_free(app->metrics);
	schedule_jobs_release(app);
	if (app->loop && !app->options.loop)
		loop_free(app->loop);
	settings_drop(app->settings);
	settings_drop(app->first_settings);
	free(app->config_file);
	free(app);
}
