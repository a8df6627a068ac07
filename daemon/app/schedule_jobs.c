/* SPDX-License-Identifier: Apache-2.0 */
/* schedule_jobs: what runs when: files first, then services that changed and have settled, and letters that are due. */
#include "drop_folder.h"
#include "schedule_jobs.h"

#include <planvax/base/alloc.h>
#include <planvax/base/log.h>
#include <planvax/jobs/moves.h>
#include <planvax/jobs/upkeep.h>
#include <planvax/store/fact_store.h>

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define TICK_MS 250
#define WAIT_FOR_FILES_MS 60000 /* a file that never gets complete does not hold back planning for longer */
#define UPKEEP_EVERY_MS 3600000
#define KEEP_LETTERS_S (90 * 86400) /* bytes of a delivered letter */
#define CONFLICT_MS 1000        /* after somebody published meanwhile */
#define RETRY_MS 30000          /* after a failed plan, times the failures, ten at most */

/* One service being planned, on a pool thread. */
struct plan_job {
	struct app *app;
	struct settings *settings; /* held */
	char *service_id;
	char month[8];
	struct replan_result result;
	struct fault fault;
	int rc;
};

void schedule_jobs_give_way(const struct app *app)
{
	if (pool_threads(app->work) > 0)
		setpriority(PRIO_PROCESS, (id_t)gettid(), 10);
}

static struct app_service *find_service(struct app *app, const char *service_id)
{
	for (size_t i = 0; i < app->services.len; i++)
		if (!strcmp(app->services.items[i].service_id, service_id))
			return &app->services.items[i];
	struct app_service one = {.service_id = xstrdup(service_id)};
	VEC_PUSH(&app->services, one);
	return &app->services.items[app->services.len - 1];
}

void schedule_jobs_release(struct app *app)
{
	for (size_t i = 0; i < app->services.len; i++)
		free(app->services.items[i].service_id);
	VEC_RELEASE(&app->services);
}

static void log_plan(const struct plan_job *job)
{
	const struct replan_result *r = &job->result;
	char what[LOG_VALUE_BYTES];

	if (job->rc < 0)
		log_line(LOG_ERROR, "plan", "failed service=%s month=%s error=%s what=%s", job->service_id, job->month,
			err_name(job->rc), log_value(job->fault.what, what));
	else
		log_line(LOG_INFO, "plan", "%s service=%s month=%s version=%d changes=%zu letters=%zu unreachable=%zu total=%lld bound=%lld ms=%lld",
			names_word(replan_outcome_names, (int)r->outcome), job->service_id, job->month, r->version, r->n_changes,
			r->n_letters, r->n_unreachable, (long long)r->total, (long long)r->bound, (long long)r->took_ms);
}

static void finish_plan(void *arg)
{
	struct plan_job *job = arg;
	struct app *app = job->app;
	struct app_service *service = find_service(app, job->service_id);

	service->planning = false;
	app->planning--;
	if (job->rc < 0 && job->rc != ERR_STOPPED) {
		service->failures += service->failures < 10;
		service->not_before_ms = clock_monotonic_ms() + (int64_t)RETRY_MS * service->failures;
		app->plans_failed++;
	} else {
		service->failures = 0;
		app->plans_made += job->rc == 0;
		if (job->rc == 0 && job->result.outcome == REPLAN_CONFLICT)
			service->not_before_ms = clock_monotonic_ms() + CONFLICT_MS;
	}
	if (job->rc != ERR_STOPPED)
		log_plan(job);
	settings_drop(job->settings);
	free(job->service_id);
	free(job);
	schedule_jobs_tick(app);
}

/* Pool thread. */
static void plan_service(void *arg)
{
	struct plan_job *job = arg;
	const struct replan r = {.writer = job->app->writer, .readers = job->app->readers, .settings = job->settings, .stop = &job->app->stop};

	schedule_jobs_give_way(job->app);
	job->rc = replan_service(&r, job->service_id, job->month, &job->result, &job->fault);
	loop_post(job->app->loop, finish_plan, job);
}

static void start_plan(struct app *app, struct app_service *service, const char *month)
{
	struct plan_job *job = xcalloc(1, sizeof(*job));

	service->planning = true;
	app->planning++;
	job->app = app;
	job->settings = settings_hold(app->settings);
	job->service_id = xstrdup(service->service_id);
	memcpy(job->month, month, sizeof(job->month));
	pool_run(app->work, plan_service, job);
}

/* Whether files are being taken, or may soon be complete. */
static bool files_first(const struct app *app)
{
	return app->taking || (app->spool_waiting && clock_monotonic_ms() - app->waiting_since_ms < WAIT_FOR_FILES_MS);
}

/* Starts what may be planned; counts what still waits. */
static void plan_dirty(struct app *app)
{
	size_t room = pool_threads(app->work) > 1 ? pool_threads(app->work) : 1;
	int64_t now_ms = clock_monotonic_ms(), settle_s = (app->settings->parts.jobs->settle_ms + 999) / 1000;
	struct arena arena = ARENA_INIT;
	struct settings_month month;
	const struct dirty_service *rows = NULL;
	size_t n = 0;

	settings_month(app->settings, &month);
	struct tx *tx = db_read(app->api_reader);
	int rc = fact_store_dirty(tx, month.text, &arena, &rows, &n);
	tx_end(tx);
	if (rc < 0)
		log_line(LOG_ERROR, "plan", "no-list error=%s", err_name(rc));
	app->dirty = rc < 0 ? 0 : (int64_t)n;
	bool wait = files_first(app);
	for (size_t i = 0; rc == 0 && !wait && !app->stopping && i < n && app->planning < room; i++) {
		struct app_service *service = find_service(app, rows[i].service_id);

		bool settled = app->no_settling || rows[i].changed_at.utc_s + settle_s <= clock_now().utc_s;

		if (!service->planning && service->not_before_ms <= now_ms && settled)
			start_plan(app, service, month.text);
	}
	app->no_settling = app->no_settling && n > 0;
	arena_release(&arena);
}

/* ---- upkeep ---- */

struct upkeep_job {
	struct app *app;
	struct upkeep upkeep;
	struct settings *settings; /* held */
	struct moves_round moves;
	int rc, moves_rc;
};

static void finish_upkeep(void *arg)
{
	struct upkeep_job *job = arg;

	job->app->upkeep = false;
	if (job->rc < 0)
		log_line(LOG_ERROR, "upkeep", "failed error=%s", err_name(job->rc));
	else if (job->upkeep.inputs || job->upkeep.letters)
		log_line(LOG_INFO, "upkeep", "forgot inputs=%lld letters=%lld", (long long)job->upkeep.inputs, (long long)job->upkeep.letters);
	if (job->moves_rc < 0)
		log_line(LOG_ERROR, "moves", "failed error=%s", err_name(job->moves_rc));
	else if (job->moves.stale || job->moves.letters || job->moves.unreachable)
		log_line(LOG_INFO, "moves", "reminded letters=%lld unreachable=%lld stale=%lld", (long long)job->moves.letters,
			(long long)job->moves.unreachable, (long long)job->moves.stale);
	settings_drop(job->settings);
	free(job);
}

/* Pool thread. */
static void run_upkeep(void *arg)
{
	struct upkeep_job *job = arg;

	job->rc = upkeep_run(job->app->writer, &job->upkeep);
	job->moves_rc = moves_remind(job->app->writer, job->app->readers, job->settings, &job->moves);
	loop_post(job->app->loop, finish_upkeep, job);
}

static void upkeep_tick(struct app *app)
{
	struct upkeep_job *job;

	if (app->upkeep || app->stopping || clock_monotonic_ms() < app->next_upkeep_ms)
		return;
	app->upkeep = true;
	app->next_upkeep_ms = clock_monotonic_ms() + UPKEEP_EVERY_MS;
	job = xcalloc(1, sizeof(*job));
	job->app = app;
	job->settings = settings_hold(app->settings);
	job->upkeep = (struct upkeep){.now = clock_now(), .keep_inputs_s = app->config->store.keep_inputs_ms / 1000, .keep_letters_s = KEEP_LETTERS_S};
	pool_run(app->disk, run_upkeep, job);
}

void schedule_jobs_tick(void *arg)
{
	struct app *app = arg;

	upkeep_tick(app);
	drop_folder_tick(app);
	/* Events refer to registers: those that wait come first. */
	if (!app->stopping && app->has_communes && !files_first(app))
		sources_tick(app->sources);
	plan_dirty(app);
	dispatch_tick(app->dispatch);
	if (!app->stopping)
		loop_timer_set(app->tick, TICK_MS);
}
