/* SPDX-License-Identifier: Apache-2.0 */
/* sources: when which source runs, and how a run goes between pool and loop. */
#include "source_run.h"

#include <planvax/base/alloc.h>
#include <planvax/base/log.h>
#include <planvax/base/vec.h>
#include <planvax/net/url.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_FIRST_S 60
#define WAIT_LONGEST_S 21600
#define RETRY_AFTER_LONGEST_S 86400
#define FAR_S (8 * 86400)     /* no source is due later: the clock was turned back */
#define STALL_MS 180000       /* a large listing takes its server a while */
#define REDIRECTS 3
#define MAX_HEADERS 6

/* What the scheduler knows of a source. */
struct entry {
	char *name;                          /* owned */
	unsigned char section[DIGEST_BYTES];
	struct task *task;                   /* runs; NULL: at rest */
	bool configured;                     /* else it goes when its run ends */
	bool known;                          /* its state was read from the store */
	bool wanted;                         /* an operator asked */
	bool held;
	int32_t failures;
	struct instant good_at, next_at;
};

struct sources {
	struct sources_parts parts;
	struct settings *seen;               /* held: whose sections entries are made of */
	VEC(struct entry *) entries;
	size_t running;
	bool loading, stopped;
};

/* One run on its way. */
struct task {
	struct sources *sources;
	struct entry *entry;
	struct source_run run;
	enum source_step step;
	uint64_t fetch;                      /* 0: none is under way */
	bool sink_failed;
};

/* ---- pure ---- */

int64_t sources_wait_s(int32_t failures, int64_t retry_after_s, uint32_t jitter)
{
	int64_t wait = WAIT_FIRST_S;

	for (int32_t i = 1; i < failures && wait < WAIT_LONGEST_S; i++)
		wait *= 2;
	if (wait > WAIT_LONGEST_S)
		wait = WAIT_LONGEST_S;
	/* 800 to 1200 thousandths. */
	wait = wait * (800 + (int64_t)(((uint64_t)jitter * 401) >> 32)) / 1000;
	if (retry_after_s > RETRY_AFTER_LONGEST_S)
		retry_after_s = RETRY_AFTER_LONGEST_S;
	return wait > retry_after_s ? wait : retry_after_s;
}

void sources_show(const struct source_options *o, struct buf *out)
{
	if (o->kind == SOURCE_FOLDER)
		buf_puts(out, o->path ? o->path : "");
	else if (o->url)
		url_show(o->url, out);
}

/* ---- entries ---- */

static struct entry *find(const struct sources *s, const char *name)
{
	for (size_t i = 0; i < s->entries.len; i++)
		if (!strcmp(s->entries.items[i]->name, name))
			return s->entries.items[i];
	return NULL;
}

static void free_entry(struct entry *e)
{
	free(e->name);
	free(e);
}

/* Drops entries without section that are at rest. */
static void sweep(struct sources *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->entries.len; i++) {
		struct entry *e = s->entries.items[i];

		if (e->configured || e->task)
			s->entries.items[kept++] = e;
		else
			free_entry(e);
	}
	s->entries.len = kept;
}

/* Makes entries of the sections of new settings; one that changed is due. */
static void follow_settings(struct sources *s, struct settings *settings)
{
	settings_drop(s->seen);
	s->seen = settings_hold(settings);
	for (size_t i = 0; i < s->entries.len; i++)
		s->entries.items[i]->configured = false;
	for (size_t i = 0; i < settings->parts.n_sources; i++) {
		const struct source_options *o = &settings->parts.sources[i];
		unsigned char section[DIGEST_BYTES];
		struct entry *e = find(s, o->name);

		source_run_section(o, section);
		if (!e) {
			e = xcalloc(1, sizeof(*e));
			e->name = xstrdup(o->name);
			VEC_PUSH(&s->entries, e);
		} else if (memcmp(e->section, section, DIGEST_BYTES) != 0) {
			e->next_at.utc_s = 0;
			e->failures = 0;
		}
		memcpy(e->section, section, DIGEST_BYTES);
		e->configured = true;
	}
	sweep(s);
}

static const struct source_options *options_of(const struct sources *s, const struct entry *e)
{
	for (size_t i = 0; i < s->seen->parts.n_sources; i++)
		if (!strcmp(s->seen->parts.sources[i].name, e->name))
			return &s->seen->parts.sources[i];
	return NULL;
}

/* ---- states of the runs before the start ---- */

struct load_job {
	struct sources *sources;
	struct arena arena;
	const struct source_state *rows;
	size_t n;
	int rc;
};

static void finish_load(void *arg)
{
	struct load_job *job = arg;
	struct sources *s = job->sources;

	s->loading = false;
	if (job->rc < 0)
		log_line(LOG_ERROR, "source", "states-unread error=%s", err_name(job->rc));
	for (size_t i = 0; i < s->entries.len; i++)
		s->entries.items[i]->known = true;
	for (size_t i = 0; job->rc == 0 && i < job->n; i++) {
		const struct source_state *row = &job->rows[i];
		struct entry *e = find(s, row->key.name);

		if (!e || e->task || memcmp(e->section, row->section, DIGEST_BYTES) != 0 || e->next_at.utc_s)
			continue;
		e->failures = row->failures;
		e->held = row->held;
		e->good_at = row->good_at;
		e->next_at = row->next_at;
	}
	arena_release(&job->arena);
	free(job);
	if (s->parts.changed)
		s->parts.changed(s->parts.arg);
}

/* Pool thread. */
static void load(void *arg)
{
	struct load_job *job = arg;
	struct fault f = FAULT_NONE;
	struct db *db = NULL;

	job->rc = readers_take(job->sources->parts.readers, &db, &f);
	if (job->rc == 0) {
		struct tx *tx = db_read(db);

		job->rc = source_store_list(tx, &job->arena, &job->rows, &job->n);
		tx_end(tx);
		readers_give(job->sources->parts.readers, db);
	}
	loop_post(job->sources->parts.loop, finish_load, job);
}

static bool is_unknown(const struct sources *s)
{
	for (size_t i = 0; i < s->entries.len; i++)
		if (!s->entries.items[i]->known)
			return true;
	return false;
}

static void start_load(struct sources *s)
{
	struct load_job *job = xcalloc(1, sizeof(*job));

	s->loading = true;
	job->sources = s;
	pool_run(s->parts.pool, load, job);
}

/* ---- a run ---- */

static void step(void *arg);

static void log_run(const struct task *t)
{
	const struct source_run *r = &t->run;
	char what[LOG_VALUE_BYTES];

	if (r->stopped)
		log_line(LOG_INFO, "source", "stopped name=%s", t->entry->name);
	else if (r->fault.code != ERR_NONE)
		log_line(LOG_WARNING, "source", "failed name=%s error=%s failures=%d next_s=%lld what=%s", t->entry->name,
			err_name(r->fault.code), r->after.failures, (long long)(r->after.next_at.utc_s - r->after.tried_at.utc_s),
			log_value(r->fault.what, what));
	else if (!r->unchanged)
		log_line(r->held || r->counts.rejected ? LOG_WARNING : LOG_INFO, "source",
			"%s name=%s read=%lld created=%lld changed=%lld unchanged=%lld cancelled=%lld rejected=%lld", r->held ? "held" : "taken",
			t->entry->name, (long long)r->counts.read, (long long)r->counts.created, (long long)r->counts.changed,
			(long long)r->counts.unchanged, (long long)r->counts.cancelled, (long long)r->counts.rejected);
}

static void end_task(struct task *t)
{
	struct sources *s = t->sources;
	struct entry *e = t->entry;
	const struct source_run *r = &t->run;

	log_run(t);
	if (!r->stopped) {
		e->failures = r->after.failures;
		e->held = r->after.held;
		e->good_at = r->after.good_at;
		/* A section that changed meanwhile is due; so is one that an operator asked for. */
		if (memcmp(e->section, r->section, DIGEST_BYTES) == 0)
			e->next_at = r->after.next_at;
	}
	e->task = NULL;
	s->running--;
	source_run_release(&t->run);
	free(t);
	sweep(s);
	if (s->parts.changed)
		s->parts.changed(s->parts.arg);
}

/* Keeps what comes of a body. */
static int sink(void *arg, const void *bytes, size_t len)
{
	struct task *t = arg;
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = write(t->run.fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ERR_IO;
		at += n;
		len -= (size_t)n;
		t->run.answer.len += n;
	}
	return 0;
}

static void hear_answer(void *arg, const struct fetch_answer *answer)
{
	struct task *t = arg;
	struct source_answer *a = &t->run.answer;
	struct arena *arena = &t->run.arena;
	const char *retry_after = fetch_header(answer, "retry-after");

	t->fetch = 0;
	a->rc = answer->rc;
	a->status = answer->status;
	a->what = arena_strdup(arena, answer->what);
	a->url = arena_strdup(arena, answer->url ? answer->url : "");
	a->etag = arena_strdup(arena, fetch_header(answer, "etag"));
	a->last_modified = arena_strdup(arena, fetch_header(answer, "last-modified"));
	if (retry_after && http_retry_after(retry_after, clock_now(), &a->retry_after_s) < 0)
		a->retry_after_s = 0;
	/* Errors of DAV say in their body what they are; scripted fetchers may not know of sinks. */
	if (answer->rc == 0 && answer->body_len && sink(t, answer->body, answer->body_len) < 0)
		a->rc = ERR_IO;
	if (lseek(t->run.fd, 0, SEEK_SET) < 0)
		a->rc = ERR_IO;
	if (answer->rc == ERR_STOPPED)
		t->run.stopped = true;
	pool_run(t->sources->parts.pool, step, t);
}

static size_t make_headers(const struct source_run *run, struct http_pair *headers)
{
	const struct source_ask *ask = &run->ask;
	size_t n = 0;

	headers[n++] = (struct http_pair){"Accept", ask->depth ? "application/xml, text/xml" : "text/calendar, */*;q=0.1"};
	if (ask->depth)
		headers[n++] = (struct http_pair){"Depth", ask->depth};
	if (ask->body.len)
		headers[n++] = (struct http_pair){"Content-Type", "application/xml; charset=utf-8"};
	if (ask->conditional && run->before.etag)
		headers[n++] = (struct http_pair){"If-None-Match", run->before.etag};
	if (ask->conditional && run->before.last_modified)
		headers[n++] = (struct http_pair){"If-Modified-Since", run->before.last_modified};
	return n;
}

static void ask(struct task *t)
{
	struct source_run *run = &t->run;
	const struct source_options *o = run->options;
	struct http_pair headers[MAX_HEADERS];
	const struct fetch_request request = {
		.method = run->ask.method, .url = run->ask.url, .headers = headers, .n_headers = make_headers(run, headers),
		.body = run->ask.body.len ? buf_str(&run->ask.body) : NULL, .body_len = run->ask.body.len,
		.username = o->username && *o->username ? o->username : NULL, .password = buf_str(&run->password),
		.ca_file = o->ca_file && *o->ca_file ? o->ca_file : NULL, .timeout_ms = o->timeout_ms, .max_answer_bytes = o->max_bytes,
		.stall_ms = STALL_MS, .max_redirects = REDIRECTS, .accept_packed = true, .sink = sink, .sink_arg = t,
		.allow_private = o->allow_private, .allow_http = o->allow_http || o->allow_private,
	};

	run->answer = (struct source_answer){.rc = 0};
	t->fetch = t->sources->parts.fetcher->start(t->sources->parts.fetcher, &request, hear_answer, t);
}

/* Loop thread: a step ended. */
static void go_on(void *arg)
{
	struct task *t = arg;

	if (t->step == SOURCE_ASK && !t->sources->stopped) {
		ask(t);
		return;
	}
	t->run.stopped = t->run.stopped || t->step == SOURCE_ASK;
	end_task(t);
}

/* Pool thread. */
static void step(void *arg)
{
	struct task *t = arg;

	t->step = source_run_step(&t->run);
	loop_post(t->sources->parts.loop, go_on, t);
}

static void start(struct sources *s, struct entry *e, const struct source_options *options)
{
	struct task *t = xcalloc(1, sizeof(*t));

	t->sources = s;
	t->entry = e;
	t->run = (struct source_run){.parts = &s->parts, .settings = settings_hold(s->seen), .options = options, .fd = -1};
	e->task = t;
	e->wanted = false;
	s->running++;
	pool_run(s->parts.pool, step, t);
}

/* ---- the scheduler ---- */

static bool is_due(const struct entry *e, struct instant now)
{
	return !e->task && e->configured && (e->wanted || e->next_at.utc_s <= now.utc_s || e->next_at.utc_s > now.utc_s + FAR_S);
}

void sources_tick(struct sources *s)
{
	struct settings *settings = s->parts.settings(s->parts.arg);
	struct instant now = clock_now();

	if (s->stopped)
		return;
	if (settings != s->seen)
		follow_settings(s, settings);
	if (s->loading)
		return;
	if (is_unknown(s)) {
		start_load(s);
		return;
	}
	for (size_t i = 0; i < s->entries.len && s->running < SOURCES_PARALLEL; i++) {
		struct entry *e = s->entries.items[i];
		const struct source_options *options = is_due(e, now) ? options_of(s, e) : NULL;

		if (options && options->service)
			start(s, e, options);
	}
}

size_t sources_running(const struct sources *s)
{
	return s->running + s->loading;
}

size_t sources_busy(const struct sources *s)
{
	struct instant now = clock_now();
	size_t n = sources_running(s);

	if (s->stopped)
		return n;
	if (s->parts.settings(s->parts.arg) != s->seen)
		n += s->parts.settings(s->parts.arg)->parts.n_sources > 0;
	for (size_t i = 0; i < s->entries.len; i++)
		n += is_due(s->entries.items[i], now) || !s->entries.items[i]->known;
	return n;
}

int sources_fetch(struct sources *s, const char *name)
{
	struct entry *e = find(s, name);

	if (s->stopped)
		return ERR_STOPPED;
	if (!e || !e->configured)
		return ERR_NOT_FOUND;
	e->wanted = true;
	if (s->parts.changed)
		s->parts.changed(s->parts.arg);
	return 0;
}

void sources_each(struct sources *s, void (*each)(void *arg, const struct sources_stand *stand), void *arg)
{
	for (size_t i = 0; i < s->entries.len; i++) {
		const struct entry *e = s->entries.items[i];

		if (e->configured)
			each(arg, &(struct sources_stand){.name = e->name, .running = e->task != NULL, .held = e->held, .failures = e->failures,
				.good_at = e->good_at, .next_at = e->next_at});
	}
}

/* ---- life ---- */

struct sources *sources_new(const struct sources_parts *parts)
{
	struct sources *s = xcalloc(1, sizeof(*s));

	s->parts = *parts;
	return s;
}

void sources_stop(struct sources *s)
{
	s->stopped = true;
	for (size_t i = s->entries.len; i-- > 0;) {
		struct task *t = i < s->entries.len ? s->entries.items[i]->task : NULL;

		if (!t || !t->fetch)
			continue;
		s->parts.fetcher->cancel(s->parts.fetcher, t->fetch);
		t->run.stopped = true;
		end_task(t);
	}
}

void sources_free(struct sources *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->entries.len; i++)
		free_entry(s->entries.items[i]);
	VEC_RELEASE(&s->entries);
	settings_drop(s->seen);
	free(s);
}
