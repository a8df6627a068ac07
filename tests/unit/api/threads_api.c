/* SPDX-License-Identifier: Apache-2.0 */
/* The api with a real pool and a real writer thread: many requests under way at once, each answered once. */
#include <planvax/api/api.h>

#include "store_temp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUESTS 200
#define CONCURRENT 25

struct world {
	struct store_temp store;
	struct settings settings;
	struct loop *loop;
	struct server_handler handler;
	struct api *api;
	int changed;
};

static struct settings *hold(void *arg)
{
	return settings_hold(&((struct world *)arg)->settings);
}

static void tell_status(void *arg, struct api_status *out)
{
	(void)arg;
	out->ready = true;
}

static void hear_changed(void *arg)
{
	((struct world *)arg)->changed++;
}

/* Requests by turns: what the loop answers, what the pool answers, what the writer does. */
static const char *request_text(int i, char text[512])
{
	static const char body[] = "{\"role\":\"region\",\"region\":\"53\"}";

	switch (i % 4) {
	case 0:
		snprintf(text, 512, "GET /v1/plans HTTP/1.1\r\nHost: x\r\n\r\n");
		break;
	case 1:
		snprintf(text, 512, "GET /v1/status?summary=1 HTTP/1.1\r\nHost: x\r\n\r\n");
		break;
	case 2:
		snprintf(text, 512, "POST /v1/tokens HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
			strlen(body), body);
		break;
	default:
		snprintf(text, 512, "POST /v1/import?name=services.csv HTTP/1.1\r\nHost: x\r\nContent-Length: 52\r\n\r\n"
			"service_id;name;kind;region\nT%03d;Essai %03d;SPSTI;53\n", i, i);
		break;
	}
	return text;
}

static void start(struct world *w, struct server_exchange *x, int i)
{
	const struct http_peer peer = {.kind = HTTP_PEER_UNIX, .address = "unix"};
	char text[512];

	request_text(i, text);
	if (server_exchange_init(x, text, strlen(text), &peer) < 0)
		abort();
	x->started_ms = clock_monotonic_ms();
	if (w->handler.on_head(w->handler.arg, x) == SERVER_REPLY_NOW)
		x->replied = true;
	else
		w->handler.on_request(w->handler.arg, x);
}

static int run(struct world *w)
{
	static struct server_exchange exchanges[CONCURRENT];
	int right = 0;

	for (int done = 0; done < REQUESTS; done += CONCURRENT) {
		for (int i = 0; i < CONCURRENT; i++)
			start(w, &exchanges[i], done + i);
		while (api_pending(w->api) > 0)
			loop_wait(w->loop, 100);
		for (int i = 0; i < CONCURRENT; i++) {
			int wanted = (done + i) % 4 == 2 ? 201 : 200;

			if (exchanges[i].replied && exchanges[i].reply.status == wanted)
				right++;
			else
				printf("request %d: status %d\n", done + i, exchanges[i].reply.status);
			w->handler.on_end(w->handler.arg, &exchanges[i]);
			server_exchange_release(&exchanges[i]);
		}
	}
	return right;
}

int main(void)
{
	static const struct job_options jobs = {.month = "2022-01", .deadline = "-3"};
	struct world w = {.changed = 0};
	struct fault f = FAULT_NONE;
	struct db *writer_db = NULL, *reader = NULL;
	char path[128];

	store_temp_open(&w.store); /* for its folder: the store proper is another file, with a writer thread */
	snprintf(path, sizeof(path), "%s/threads.db", w.store.directory);
	if (db_open_writer(path, &writer_db, &f) < 0)
		abort();
	struct writer *writer = writer_new(writer_db, 1, 256);
	struct readers *readers = readers_new(path, 4);
	struct pool *pool = pool_new(2, CONCURRENT);
	struct metrics *metrics = metrics_new();
	w.loop = loop_new();
	w.settings.parts.jobs = &jobs;
	atomic_init(&w.settings.references, 1000000);
	if (readers_take(readers, &reader, &f) < 0)
		abort();
	const struct api_context context = {
		.loop = w.loop, .reader = reader, .readers = readers, .writer = writer, .pool = pool, .pool_places = CONCURRENT,
		.metrics = metrics, .version = "0.1", .arg = &w, .settings = hold, .status = tell_status, .changed = hear_changed,
	};
	w.api = api_new(&context);
	w.handler = api_handler(w.api);
	int right = run(&w);
	int changes = w.changed == REQUESTS / 2;
	api_free(w.api);
	pool_free(pool);
	readers_give(readers, reader);
	readers_free(readers);
	writer_free(writer);
	metrics_free(metrics);
	loop_free(w.loop);
	store_temp_close(&w.store);
	printf("threads_api: %d passed, %d failed\n", right + changes, REQUESTS - right + !changes);
	return right == REQUESTS && changes ? 0 : 1;
}
