/* SPDX-License-Identifier: Apache-2.0 */
/* app: the wired daemon: one struct that holds every part, built and freed in one place.
 * Only files of app/ name it. Loop thread, but where said. */
#ifndef PLANVAX_APP_APP_H
#define PLANVAX_APP_APP_H

#include <planvax/api/api.h>
#include <planvax/base/map.h>
#include <planvax/base/metrics.h>
#include <planvax/base/pool.h>
#include <planvax/base/vec.h>
#include <planvax/config/config.h>
#include <planvax/jobs/dispatch.h>
#include <planvax/jobs/intake.h>
#include <planvax/jobs/replan.h>
#include <planvax/jobs/settings.h>
#include <planvax/jobs/sources.h>
#include <planvax/jobs/spool.h>
#include <planvax/net/fetch.h>
#include <planvax/net/loop.h>
#include <planvax/net/server.h>
#include <planvax/store/readers.h>
#include <planvax/store/writer.h>
#include <stdatomic.h>

/* What the scheduler knows of a service. */
struct app_service {
	char *service_id;        /* owned */
	bool planning;           /* a job has it */
	int64_t not_before_ms;   /* after a failure */
	int32_t failures;
};

struct app_options {
	const char *config_file; /* NULL: the defaults */
	size_t threads;          /* of writer and pools; 0: inline (scenarios); else as configured */
	bool inline_threads;     /* take threads = 0 literally */
	struct fetcher *fetcher; /* NULL: libcurl's; else owned by the app */
	struct loop *loop;       /* NULL: its own; else borrowed */
};

struct app {
	struct app_options options;
	char *config_file;           /* owned; NULL: the defaults */
	struct config *config;       /* in force for what needs a restart; owned by the first settings */
	struct settings *settings;   /* in force */
	struct settings *first_settings; /* of the start; own `config` */
	struct instant started_at;
	struct loop *loop;
	struct writer *writer;
	struct readers *readers;
	struct db *api_reader;       /* of the loop thread */
	struct pool *work;           /* planning, reading */
	struct pool *disk;           /* mails, upkeep */
	struct pool *bulk;           /* the api's long work */
	struct fetcher *fetcher;
	struct dispatch *dispatch;
	struct sources *sources;
	struct metrics *metrics;
	struct api *api;
	struct server *server;
	struct loop_timer *tick;
	struct loop_signal *signals[3];
	struct loop_fd *watch;       /* inotify */
	int watch_fd;
	atomic_bool stop;            /* pool threads look at it */
	bool stopping, drained, ready, upkeep;
	size_t reloading;            /* reloads whose digest is on its way to the store */
	int64_t next_upkeep_ms;
	int64_t patient_until_ms;    /* the end waits for answers until then */
	/* the drop folder */
	bool taking, scan_wanted, has_communes;
	int64_t next_scan_ms, next_try_ms, waiting_since_ms;
	int64_t spool_waiting;       /* files seen in it last */
	int64_t next_forget_ms;      /* when old files of done/ and failed/ are looked for */
	char spool_told[256];        /* problem of the drop folder that the log has last; "": none */
	int64_t files_taken, files_failed, rows, rows_rejected;
	/* planning */
	VEC(struct app_service) services;
	size_t planning;             /* services in a job */
	int64_t dirty;               /* services that wait or are planned */
	bool no_settling;            /* what is dirty now is planned without waiting */
	int64_t plans_made, plans_failed;
};

/* Reads configuration, rules and keys, and tells all errors on stderr. 0; ERR_INVALID. */
int app_check(const char *config_file);

/* Builds everything and listens; errors are on stderr. NULL: it cannot run. Owned by the caller. */
struct app *app_new(const struct app_options *options);

/* Runs until a signal ends it. */
void app_run(struct app *app);

/* Frees it after its end. NULL allowed. */
void app_free(struct app *app);

/* Asks it to end: running requests, letters and files end first. */
void app_stop(struct app *app);

/* Reads configuration and rules again; the old ones stay on any error. Errors, or what changed, are appended to report.
 * 0; ERR_INVALID. */
int app_reload(struct app *app, struct buf *report);

/* Whether nothing waits: no file, no service to plan, no letter on its way or due. */
bool app_is_idle(struct app *app);

/* Current settings, for what calls back (api, dispatch). */
struct settings *app_settings(void *app);

#define PLANVAX_VERSION "0.1.0"

#endif
