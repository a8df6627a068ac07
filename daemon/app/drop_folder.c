/* SPDX-License-Identifier: Apache-2.0 */
/* drop_folder: when to look into the spool (inotify, and every few seconds), and the job that takes its files. */
#include "drop_folder.h"
#include "schedule_jobs.h"

#include <planvax/base/alloc.h>
#include <planvax/base/log.h>
#include <planvax/base/resource.h>
#include <planvax/store/register_store.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define QUIET_MS 1000        /* a file that changed later is still being written */
#define RETRY_MS 15000       /* after a run that failed: a full disk, a folder that may not be written */
#define SCAN_EVERY_MS 5000   /* where no event tells */
#define FORGET_EVERY_MS 3600000
#define EVENTS (IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

/* One look into the spool, on a pool thread. */
struct take_job {
	struct app *app;
	struct settings *settings; /* held */
	char *directory;
	bool import_communes;
	int64_t keep_ms;         /* 0: nothing is to be forgotten now */
	int64_t forgotten;
	struct spool_run run;
	struct fault fault;
	int rc;
};

/* Says once what is wrong with the folder, and once when it is mended; f NULL or without code: nothing is. */
static void tell(struct app *app, const struct fault *f)
{
	struct buf text = BUF_INIT;

	if (f && f->code != ERR_NONE)
		fault_format(f, &text);
	if (text.len >= sizeof(app->spool_told))
		buf_truncate(&text, sizeof(app->spool_told) - 1);
	if (strcmp(buf_str(&text), app->spool_told) != 0) {
		if (text.len)
			log_line(LOG_ERROR, "spool", "problem text=\"%s\"", buf_str(&text));
		else
			log_line(LOG_INFO, "spool", "mended");
		memcpy(app->spool_told, buf_str(&text), text.len + 1);
	}
	buf_release(&text);
}

/* What cannot be watched is looked at every few seconds. Watching again what is watched changes nothing. */
static void watch_folder(struct app *app, const char *path)
{
	inotify_add_watch(app->watch_fd, path, EVENTS);
}

static void watch_all(struct app *app)
{
	const char *root = app->settings->parts.jobs->spool;
	struct buf path = BUF_INIT;
	DIR *dir = opendir(root);
	struct dirent *entry;

	watch_folder(app, root);
	while (dir && (entry = readdir(dir))) {
		struct stat st;

		if (entry->d_name[0] == '.' || !strcmp(entry->d_name, "done") || !strcmp(entry->d_name, "failed") ||
			fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
			continue;
		buf_reset(&path);
		buf_printf(&path, "%s/%s", root, entry->d_name);
		watch_folder(app, buf_str(&path));
	}
	if (dir)
		closedir(dir);
	buf_release(&path);
}

static void hear_inotify(void *arg, unsigned events)
{
	struct app *app = arg;
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool folder_made = false;
	ssize_t n;

	(void)events;
	while ((n = read(app->watch_fd, buffer, sizeof(buffer))) > 0) {
		for (char *at = buffer; at < buffer + n;) {
			struct inotify_event event;

			memcpy(&event, at, sizeof(event));
			folder_made = folder_made || ((event.mask & (IN_CREATE | IN_MOVED_TO)) && (event.mask & IN_ISDIR)) ||
				(event.mask & (IN_Q_OVERFLOW | IN_IGNORED));
			at += sizeof(event) + event.len;
		}
	}
	if (folder_made)
		watch_all(app);
	app->scan_wanted = true;
}

void drop_folder_watch(struct app *app)
{
	app->watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (app->watch_fd < 0)
		return;
	watch_all(app);
	app->watch = loop_fd_new(app->loop, app->watch_fd, LOOP_READ, hear_inotify, app);
}

void drop_folder_unwatch(struct app *app)
{
	loop_fd_free(app->watch);
	app->watch = NULL;
	if (app->watch_fd >= 0)
		close(app->watch_fd);
	app->watch_fd = -1;
}

/* The shipped table: communes that none imported has. */
static void import_communes(struct take_job *job, const struct intake *in)
{
	const char *configured = job->settings->parts.jobs->communes;
	struct intake_file file = {.name = "communes.csv", .actor = "daemon", .only_new = true};
	struct intake_result result = {.calendar = false};
	struct fault f = FAULT_NONE;
	struct buf path = BUF_INIT;

	if (configured && *configured)
		buf_puts(&path, configured);
	else if (resource_find("geo/communes.csv", &path) < 0)
		goto out;
	file.fd = open(buf_str(&path), O_RDONLY | O_CLOEXEC);
	if (file.fd < 0) {
		log_line(LOG_WARNING, "spool", "no-communes error=\"%s\"", strerror(errno));
		goto out;
	}
	if (intake_run(in, &file, &result, &f) < 0)
		log_line(LOG_WARNING, "spool", "communes-refused error=\"%s\"", f.what);
	close(file.fd);
	buf_release(&result.report);
out:
	buf_release(&path);
}

static void finish_take(void *arg)
{
	struct take_job *job = arg;
	struct app *app = job->app;

	app->taking = false;
	app->has_communes = true;
	app->files_taken += job->run.taken + job->run.partly;
	app->files_failed += job->run.failed;
	app->rows += job->run.rows;
	app->rows_rejected += job->run.rejected;
	app->spool_waiting = job->run.waiting;
	if (!job->run.waiting)
		app->waiting_since_ms = 0;
	else if (!app->waiting_since_ms)
		app->waiting_since_ms = clock_monotonic_ms();
	app->next_scan_ms = clock_monotonic_ms() + (job->run.waiting ? QUIET_MS : SCAN_EVERY_MS);
	app->next_try_ms = job->rc < 0 ? clock_monotonic_ms() + RETRY_MS : 0;
	if (job->rc != ERR_CLOSED)
		tell(app, job->rc < 0 ? &job->fault : &job->run.problem);
	if (job->forgotten)
		log_line(LOG_INFO, "spool", "forgot files=%lld", (long long)job->forgotten);
	settings_drop(job->settings);
	free(job->directory);
	free(job);
	schedule_jobs_tick(app);
}

/* Pool thread. */
static void take_files(void *arg)
{
	struct take_job *job = arg;
	struct intake in = {job->app->writer, job->app->readers, job->settings};

	schedule_jobs_give_way(job->app);
	if (job->import_communes)
		import_communes(job, &in);
	job->run.intake = &in;
	job->run.directory = job->directory;
	job->run.quiet_ms = QUIET_MS;
	job->run.stop = &job->app->stop;
	job->rc = spool_take(&job->run, &job->fault);
	job->forgotten = spool_forget(job->directory, job->keep_ms);
	loop_post(job->app->loop, finish_take, job);
}

void drop_folder_tick(struct app *app)
{
	struct take_job *job;

	if (app->taking || app->stopping || clock_monotonic_ms() < app->next_try_ms || (!app->scan_wanted && clock_monotonic_ms() < app->next_scan_ms))
		return;
	app->scan_wanted = false;
	if (app->watch_fd >= 0)
		watch_all(app); /* folders come and go, the drop folder itself too */
	bool forget = clock_monotonic_ms() >= app->next_forget_ms;
	if (app->has_communes && !forget && spool_count(app->settings->parts.jobs->spool) == 0) {
		tell(app, NULL);
		app->spool_waiting = 0;
		app->next_scan_ms = clock_monotonic_ms() + SCAN_EVERY_MS;
		return;
	}
	app->taking = true;
	job = xcalloc(1, sizeof(*job));
	job->app = app;
	job->settings = settings_hold(app->settings);
	job->directory = xstrdup(app->settings->parts.jobs->spool);
	job->import_communes = !app->has_communes;
	if (forget) {
		app->next_forget_ms = clock_monotonic_ms() + FORGET_EVERY_MS;
		job->keep_ms = app->settings->parts.jobs->spool_keep_ms;
	}
	pool_run(app->work, take_files, job);
}
