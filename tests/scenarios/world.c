/* SPDX-License-Identifier: Apache-2.0 */
/* world: the app of a scenario and what surrounds it. */
#include "world.h"

#include "schedule_jobs.h"

#include <planvax/base/alloc.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TURNS_MAX 20000
#define STEP_MS 250

/* ---- the scripted authority ---- */

struct peer_fetcher {
	struct fetcher fetcher; /* first */
	struct world *world;
	uint64_t next_id;
};

/* An answer on its way, given from the loop as the contract says. */
struct peer_answer {
	struct world *world;
	fetch_done done;
	void *arg;
	struct world_peer peer;
};

static void give_answer(void *arg)
{
	struct peer_answer *a = arg;
	char seconds[16];
	struct http_pair header = {"retry-after", seconds};
	struct fetch_answer answer = {.status = a->peer.status, .headers = &header, .n_headers = a->peer.retry_after_s > 0, .body = "", .what = ""};

	snprintf(seconds, sizeof(seconds), "%d", a->peer.retry_after_s);
	if (a->peer.status == 0) {
		answer.rc = ERR_IO;
		answer.what = "connection refused";
	}
	a->world->acknowledged += a->peer.status >= 200 && a->peer.status < 300;
	a->done(a->arg, &answer);
	free(a);
}

static uint64_t start_fetch(struct fetcher *self, const struct fetch_request *request, fetch_done done, void *arg)
{
	struct peer_fetcher *p = (struct peer_fetcher *)self;
	struct peer_answer *a = xcalloc(1, sizeof(*a));
	struct world *w = p->world;

	*a = (struct peer_answer){w, done, arg, w->peer};
	w->pushes++;
	buf_reset(&w->push_body);
	buf_put(&w->push_body, request->body, request->body_len);
	buf_reset(&w->push_id);
	for (size_t i = 0; i < request->n_headers; i++)
		if (text_same_nocase(request->headers[i].name, "webhook-id"))
			buf_puts(&w->push_id, request->headers[i].value);
	loop_post(w->app->loop, give_answer, a);
	return ++p->next_id;
}

static void cancel_fetch(struct fetcher *self, uint64_t id)
{
	(void)self;
	(void)id;
}

static void free_fetch(struct fetcher *self)
{
	free(self);
}

static struct fetcher *new_peer(struct world *w)
{
	struct peer_fetcher *p = xcalloc(1, sizeof(*p));

	*p = (struct peer_fetcher){{start_fetch, cancel_fetch, free_fetch}, w, 0};
	return &p->fetcher;
}

/* ---- files ---- */

static void path_in(const struct world *w, const char *name, struct buf *path)
{
	buf_reset(path);
	buf_printf(path, "%s/%s", w->folder, name);
}

static void write_file(const char *path, const char *bytes, size_t len)
{
	FILE *f = fopen(path, "we");

	assert(f != NULL);
	assert(fwrite(bytes, 1, len, f) == len);
	fclose(f);
}

static bool read_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return false;
	do {
		n = fread(buf_reserve(out, 65536), 1, 65536, f);
		out->len += n;
	} while (n > 0);
	fclose(f);
	buf_putc(out, '\0');
	buf_truncate(out, out->len - 1);
	return true;
}

static void make_folders(const char *path)
{
	char *copy = xstrdup(path);

	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(copy, 0700);
		*slash = '/';
	}
	free(copy);
}

void world_drop(struct world *w, const char *name, const char *bytes, size_t len)
{
	struct buf path = BUF_INIT, target = BUF_INIT;

	buf_printf(&target, "%s/spool/%s", w->folder, name);
	make_folders(buf_str(&target));
	path_in(w, "spool/.incoming", &path);
	write_file(buf_str(&path), bytes, len);
	assert(rename(buf_str(&path), buf_str(&target)) == 0);
	buf_release(&path);
	buf_release(&target);
}

/* Drops DATA/folder/NAME for each name that ends so, as prefix + name. */
static void drop_folder_of(struct world *w, const char *folder, const char *prefix, const char *suffix)
{
	struct buf path = BUF_INIT, name = BUF_INIT, bytes = BUF_INIT;
	DIR *dir;
	struct dirent *entry;

	buf_printf(&path, "%s/%s", w->data, folder);
	dir = opendir(buf_str(&path));
	while (dir && (entry = readdir(dir))) {
		if (!text_ends(entry->d_name, suffix))
			continue;
		buf_reset(&path);
		buf_printf(&path, "%s/%s/%s", w->data, folder, entry->d_name);
		buf_reset(&name);
		buf_printf(&name, "%s%s", prefix, entry->d_name);
		buf_reset(&bytes);
		if (read_file(buf_str(&path), &bytes))
			world_drop(w, buf_str(&name), buf_str(&bytes), bytes.len);
	}
	if (dir)
		closedir(dir);
	buf_release(&path);
	buf_release(&name);
	buf_release(&bytes);
}

bool world_drop_data(struct world *w, const char *name)
{
	struct buf path = BUF_INIT, bytes = BUF_INIT;
	bool found = true;

	if (!name) {
		drop_folder_of(w, ".", "", ".csv");
		drop_folder_of(w, "calendars/S001", "S001/", ".ics");
		return true;
	}
	buf_printf(&path, strchr(name, '/') ? "%s/calendars/%s" : "%s/%s", w->data, name);
	found = read_file(buf_str(&path), &bytes);
	if (found)
		world_drop(w, name, buf_str(&bytes), bytes.len);
	buf_release(&path);
	buf_release(&bytes);
	return found;
}

/* ---- life ---- */

void world_init(struct world *w, const char *data)
{
	struct buf path = BUF_INIT;

	*w = (struct world){.data = data, .peer = {200, 0}};
	snprintf(w->folder, sizeof(w->folder), "/tmp/planvax-scenario-XXXXXX");
	assert(mkdtemp(w->folder) != NULL);
	path_in(w, "secret", &path);
	write_file(buf_str(&path), "whsec_c2NlbmFyaW8tc2VjcmV0LXNjZW5hcmlvLXNlY3JldA==\n", 51);
	buf_release(&path);
}

static void write_config(struct world *w)
{
	struct buf text = BUF_INIT, path = BUF_INIT;

	buf_printf(&text, "[store]\npath = %s/planvax.db\n[spool]\ndirectory = %s/spool\n[control]\nsocket = %s/control.sock\n"
		"[mail]\nmaildir = %s/mail\nfrom = planvax@planvax.example\n[planning]\nmonth = 2022-01\nsettle = 2 s\niterations = 1\n"
		"[authority.default]\nurl = https://authority.example/plans\nsecret_file = %s/secret\n",
		w->folder, w->folder, w->folder, w->folder, w->folder);
	buf_puts(&text, buf_str(&w->config));
	path_in(w, "planvaxd.conf", &path);
	write_file(buf_str(&path), buf_str(&text), text.len);
	buf_release(&text);
	buf_release(&path);
}

bool world_start(struct world *w)
{
	struct buf path = BUF_INIT;

	write_config(w);
	path_in(w, "planvaxd.conf", &path);
	const struct app_options options = {.config_file = buf_str(&path), .inline_threads = true, .fetcher = new_peer(w)};
	w->app = app_new(&options);
	buf_release(&path);
	return w->app != NULL;
}

void world_stop(struct world *w)
{
	if (!w->app)
		return;
	app_stop(w->app);
	for (int i = 0; i < TURNS_MAX && !w->app->drained; i++) {
		loop_turn(w->app->loop);
		clock_advance(10);
	}
	assert(w->app->drained);
	app_free(w->app);
	w->app = NULL;
}

/* The store's files as they are at this moment, aside or back. */
static void copy_store(const struct world *w, const char *from, const char *to)
{
	static const char *const ends[] = {"", "-wal"};

	for (size_t i = 0; i < 2; i++) {
		struct buf path = BUF_INIT, bytes = BUF_INIT;

		buf_printf(&path, "%s/%s%s", w->folder, from, ends[i]);
		bool there = read_file(buf_str(&path), &bytes);
		buf_reset(&path);
		buf_printf(&path, "%s/%s%s", w->folder, to, ends[i]);
		if (there)
			write_file(buf_str(&path), buf_str(&bytes), bytes.len);
		else
			unlink(buf_str(&path));
		buf_release(&path);
		buf_release(&bytes);
	}
}

void world_crash(struct world *w)
{
	struct buf path = BUF_INIT;

	copy_store(w, "planvax.db", "crashed.db");
	world_stop(w);
	copy_store(w, "crashed.db", "planvax.db");
	path_in(w, "planvax.db-shm", &path);
	unlink(buf_str(&path));
	buf_release(&path);
}

bool world_settle(struct world *w)
{
	int calm = 0;

	for (int i = 0; i < TURNS_MAX; i++) {
		schedule_jobs_tick(w->app);
		while (loop_turn(w->app->loop))
			;
		bool idle = app_is_idle(w->app);
		calm = idle || (w->app->dirty && !w->app->planning && !w->app->taking) ? calm + 1 : 0;
		if (calm >= 3)
			return true;
	}
	return false;
}

bool world_advance(struct world *w, int64_t ms)
{
	while (ms > 0) {
		int64_t step = ms < STEP_MS ? ms : ms > 60000 ? 60000 : STEP_MS;

		clock_advance(step);
		ms -= step;
		if (w->app && !world_settle(w))
			return false;
	}
	return true;
}

void world_request(struct world *w, const char *method, const char *target, const char *token, const struct buf *body)
{
	struct server_exchange x;
	struct server_handler handler = api_handler(w->app->api);
	struct http_peer peer = {.kind = token ? HTTP_PEER_TCP : HTTP_PEER_UNIX, .uid = token ? -1 : 0};
	struct buf text = BUF_INIT;
	size_t len;

	snprintf(peer.address, sizeof(peer.address), token ? "127.0.0.1" : "unix");
	buf_printf(&text, "%s %s HTTP/1.1\r\nHost: localhost\r\n", method, target);
	if (token)
		buf_printf(&text, "Authorization: Bearer %s\r\n", token);
	if (body && body->len)
		buf_printf(&text, "Content-Type: application/json\r\nContent-Length: %zu\r\n", body->len);
	buf_puts(&text, "\r\n");
	if (body)
		buf_put(&text, buf_str(body), body->len);
	assert(server_exchange_init(&x, buf_str(&text), text.len, &peer) == 0);
	if (handler.on_head(handler.arg, &x) == SERVER_READ_BODY)
		handler.on_request(handler.arg, &x);
	for (int i = 0; i < TURNS_MAX && !x.replied && !x.reply.status; i++)
		loop_turn(w->app->loop);
	for (int i = 0; i < TURNS_MAX && api_pending(w->app->api); i++)
		loop_turn(w->app->loop);
	w->status = x.reply.status;
	buf_reset(&w->answer);
	const void *bytes = http_reply_body(&x.reply, &len);
	buf_put(&w->answer, bytes, len);
	if (handler.on_end)
		handler.on_end(handler.arg, &x);
	server_exchange_release(&x);
	buf_release(&text);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

void world_release(struct world *w)
{
	world_stop(w);
	nftw(w->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	buf_release(&w->config);
	buf_release(&w->push_body);
	buf_release(&w->push_id);
	buf_release(&w->answer);
}

/* ---- mails ---- */

/* Calls each(arg, text) for each mail in the Maildir. */
static void each_mail(const struct world *w, void (*each)(void *arg, const char *text), void *arg)
{
	struct buf path = BUF_INIT, bytes = BUF_INIT;
	DIR *dir;
	struct dirent *entry;

	path_in(w, "mail/new", &path);
	dir = opendir(buf_str(&path));
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		buf_reset(&path);
		buf_printf(&path, "%s/mail/new/%s", w->folder, entry->d_name);
		buf_reset(&bytes);
		if (read_file(buf_str(&path), &bytes))
			each(arg, buf_str(&bytes));
	}
	if (dir)
		closedir(dir);
	buf_release(&path);
	buf_release(&bytes);
}

struct mail_count {
	const char *wanted; /* "method=CANCEL", or NULL */
	size_t n;
};

static void count_mail(void *arg, const char *text)
{
	struct mail_count *c = arg;

	c->n += !c->wanted || strstr(text, c->wanted) != NULL;
}

size_t world_mails(const struct world *w, const char *method)
{
	struct mail_count c = {.wanted = NULL};
	struct buf wanted = BUF_INIT;

	if (method) {
		buf_printf(&wanted, "method=%s", method);
		c.wanted = buf_str(&wanted);
	}
	each_mail(w, count_mail, &c);
	buf_release(&wanted);
	return c.n;
}

struct mail_keys {
	struct map keys;
	size_t doubled;
};

static void look_at_mail(void *arg, const char *text)
{
	struct mail_keys *k = arg;
	const char *id = strcasestr(text, "\nMessage-ID:");

	if (!id || !map_put(&k->keys, id, strcspn(id + 1, "\r\n") + 1, 1))
		k->doubled++;
}

size_t world_doubled_mails(const struct world *w)
{
	struct mail_keys k = {.keys = MAP_INIT};

	each_mail(w, look_at_mail, &k);
	map_release(&k.keys);
	return k.doubled;
}
