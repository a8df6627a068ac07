/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of net/fetch, against our own server. */
#include "net_fixture.h"

#include <planvax/net/fetch.h>

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What came back, copied. */
struct result {
	int calls, rc, status;
	char body[256], type[64], what[256];
	size_t body_len;
};

static struct net_fixture f;
static struct fetcher *fetcher;
static char url[128];

static void setup(void)
{
	net_fixture_init(&f);
	fetcher = fetch_new(f.loop, "planvax-test/1", 2);
}

static void teardown(void)
{
	fetch_free(fetcher);
	net_fixture_release(&f);
}

TestSuite(fetch, .init = setup, .fini = teardown);

static void on_done(void *arg, const struct fetch_answer *answer)
{
	struct result *r = arg;
	const char *type = fetch_header(answer, "content-type");

	r->calls++;
	r->rc = answer->rc;
	r->status = answer->status;
	r->body_len = answer->body_len;
	memcpy(r->body, answer->body, answer->body_len < sizeof(r->body) ? answer->body_len + 1 : sizeof(r->body));
	r->body[sizeof(r->body) - 1] = '\0';
	snprintf(r->type, sizeof(r->type), "%s", type != NULL ? type : "");
	snprintf(r->what, sizeof(r->what), "%s", answer->what);
}

/* A request to our own server. */
static struct fetch_request request_to(const char *path)
{
	snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", server_port(f.server), path);
	return (struct fetch_request){.method = "GET", .url = url, .allow_private = true, .allow_http = true, .timeout_ms = 5000};
}

static void wait_for(const struct result *r)
{
	int64_t end = clock_monotonic_ms() + 5000;

	while (r->calls == 0 && clock_monotonic_ms() < end)
		loop_wait(f.loop, 10);
	cr_assert_eq(r->calls, 1);
}

static struct result run(const struct fetch_request *request)
{
	struct result r = {0};

	cr_assert_neq(fetcher->start(fetcher, request, on_done, &r), 0);
	cr_assert_eq(r.calls, 0, "never from within start");
	wait_for(&r);
	return r;
}

Test(fetch, gets_status_headers_and_body)
{
	net_fixture_start(&f);
	struct fetch_request request = request_to("/hello");
	struct result r = run(&request);

	cr_assert_eq(r.rc, 0, "%s", r.what);
	cr_assert_eq(r.status, 200);
	cr_assert_str_eq(r.body, "hello");
	cr_assert_str_eq(r.type, "text/plain");
	cr_assert_str_eq(r.what, "");
}

Test(fetch, posts_bytes_as_they_are)
{
	net_fixture_start(&f);
	struct fetch_request request = request_to("/echo");

	request.method = "POST";
	request.body = "a\0b";
	request.body_len = 3;
	struct result r = run(&request);
	cr_assert_eq(r.status, 200);
	cr_assert_eq(r.body_len, 3);
	cr_assert_eq(memcmp(r.body, "a\0b", 3), 0);
	request.body = NULL;
	request.body_len = 0;
	r = run(&request);
	cr_assert_eq(r.status, 200);
	cr_assert_eq(r.body_len, 0);
}

Test(fetch, speaks_over_a_unix_socket_where_private_is_allowed)
{
	char directory[] = "/tmp/planvax-fetch-XXXXXX";
	char path[64];

	cr_assert_not_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/control.sock", directory);
	net_fixture_start(&f);
	cr_assert_eq(server_listen_unix(f.server, path, NULL), 0);
	struct fetch_request request = {.method = "GET", .url = "http://localhost/hello", .unix_socket = path, .allow_http = true,
		.allow_private = true};
	struct result r = run(&request);
	cr_assert_str_eq(r.body, "hello", "%s", r.what);
	cr_assert_str_eq(f.last_peer, "unix");
	request.allow_private = false;
	cr_assert_eq(run(&request).rc, ERR_DENIED);
	server_free(f.server);
	f.server = NULL;
	rmdir(directory);
}

Test(fetch, takes_a_refusal_for_an_answer)
{
	net_fixture_start(&f);
	struct fetch_request request = request_to("/unknown");
	struct result r = run(&request);

	cr_assert_eq(r.rc, 0);
	cr_assert_eq(r.status, 404);
	cr_assert_str_eq(r.type, "application/problem+json");
}

Test(fetch, refuses_private_addresses_unless_allowed)
{
	net_fixture_start(&f);
	struct fetch_request request = request_to("/hello");
	struct result r = run(&request);

	cr_assert_eq(r.status, 200, "a connection is kept now");
	request.allow_private = false;
	r = run(&request);
	cr_assert_eq(r.rc, ERR_DENIED, "neither a new nor the kept one");
	cr_assert_eq(f.heads, 1);
	cr_assert_neq(r.what[0], '\0');
}

Test(fetch, refuses_private_addresses_behind_names_and_odd_spellings)
{
	static const char *const urls[] = {"https://localhost/", "https://2130706433/", "https://0x7f.1/", "https://[::ffff:127.0.0.1]/",
		"https://[::1]:8443/", "https://10.0.0.1/", "https://169.254.169.254/latest"};

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct fetch_request request = {.method = "GET", .url = urls[i], .timeout_ms = 3000};
		struct result r = run(&request);

		cr_assert_eq(r.rc, ERR_DENIED, "%s: %d %s", urls[i], r.rc, r.what);
	}
}

Test(fetch, refuses_link_local_addresses_whatever_is_allowed)
{
	static const char *const urls[] = {"http://169.254.169.254/latest", "http://[::ffff:169.254.169.254]/", "http://[fe80::1]/"};

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct fetch_request request = {.method = "GET", .url = urls[i], .timeout_ms = 3000, .allow_private = true, .allow_http = true};
		struct result r = run(&request);

		cr_assert_eq(r.rc, ERR_DENIED, "%s: %d %s", urls[i], r.rc, r.what);
	}
}

Test(fetch, refuses_http_unless_allowed_and_other_schemes_always)
{
	static const struct {
		const char *url;
		int rc;
	} cases[] = {
		{"http://planvax.example/", ERR_DENIED}, {"ftp://planvax.example/", ERR_UNSUPPORTED}, {"file:///etc/passwd", ERR_UNSUPPORTED},
		{"planvax.example", ERR_INVALID}, {"", ERR_INVALID}, {"https://", ERR_INVALID}, {"https://a b/", ERR_INVALID},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fetch_request request = {.method = "GET", .url = cases[i].url};
		struct result r = run(&request);

		cr_assert_eq(r.rc, cases[i].rc, "%s: %d %s", cases[i].url, r.rc, r.what);
	}
}

Test(fetch, gives_up_at_its_timeout)
{
	net_fixture_start(&f);
	struct fetch_request request = request_to("/never");

	request.timeout_ms = 100;
	struct result r = run(&request);
	cr_assert_eq(r.rc, ERR_TIMEOUT);
	cr_assert_eq(r.status, 0);
}

Test(fetch, gives_up_on_an_answer_that_is_too_large)
{
	net_fixture_start(&f);
	struct fetch_request request = request_to("/big");

	request.max_answer_bytes = 1000;
	struct result r = run(&request);
	cr_assert_eq(r.rc, ERR_LIMIT);
	cr_assert_eq(r.body_len, 0);
	request.max_answer_bytes = (int64_t)f.big_bytes;
	r = run(&request);
	cr_assert_eq(r.rc, 0);
	cr_assert_eq(r.body_len, f.big_bytes);
}

Test(fetch, tells_that_nobody_listens)
{
	net_fixture_start(&f);
	struct fetch_request request = request_to("/hello");

	server_free(f.server);
	f.server = NULL;
	struct result r = run(&request);
	cr_assert_eq(r.rc, ERR_IO);
	cr_assert_neq(r.what[0], '\0');
}

/* A peer in a process of its own: takes one request, says text and hangs up. Returns its port. */
static int raw_peer(const char *text)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	cr_assert_eq(bind(fd, (struct sockaddr *)&address, len), 0);
	cr_assert_eq(listen(fd, 1), 0);
	cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	if (fork() == 0) {
		char request[4096];
		int peer = accept(fd, NULL, NULL);

		alarm(20);
		_exit(read(peer, request, sizeof(request)) < 0 || write(peer, text, strlen(text)) < 0);
	}
	close(fd);
	return ntohs(address.sin_port);
}

Test(fetch, tells_a_lost_connection_from_an_answer_that_is_no_http)
{
	static const struct {
		const char *scheme, *text;
		int rc;
	} rows[] = {
		{"http", "", ERR_CLOSED}, {"http", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", ERR_CLOSED},
		{"http", "lorem ipsum\r\n\r\n", ERR_CORRUPT}, {"https", "HTTP/1.1 200 OK\r\n\r\n", ERR_CONFLICT},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(url, sizeof(url), "%s://127.0.0.1:%d/", rows[i].scheme, raw_peer(rows[i].text));
		struct fetch_request request = {.method = "GET", .url = url, .allow_private = true, .allow_http = true, .timeout_ms = 5000};
		struct result r = run(&request);

		cr_expect_eq(r.rc, rows[i].rc, "row %zu: %d %s", i, r.rc, r.what);
		cr_expect_neq(r.what[0], '\0', "row %zu", i);
		wait(NULL);
	}
}

Test(fetch, refuses_headers_that_would_start_another_line)
{
	struct http_pair header = {"X-A", "b\r\nX-C: d"};

	net_fixture_start(&f);
	struct fetch_request request = request_to("/hello");
	request.headers = &header;
	request.n_headers = 1;
	struct result r = run(&request);
	cr_assert_eq(r.rc, ERR_INVALID);
	cr_assert_eq(f.heads, 0);
}

Test(fetch, runs_no_more_at_once_than_allowed_and_all_in_the_end)
{
	struct result r[6] = {{0}};

	net_fixture_start(&f);
	struct fetch_request request = request_to("/later");
	for (int i = 0; i < 6; i++)
		fetcher->start(fetcher, &request, on_done, &r[i]);
	for (int i = 0; i < 6; i++) {
		wait_for(&r[i]);
		cr_assert_str_eq(r[i].body, "later");
	}
	cr_assert_leq(server_stats(f.server).accepted, 2);
}

Test(fetch, forgets_a_request_that_is_cancelled)
{
	struct result waiting = {0};
	struct result running = {0};

	net_fixture_start(&f);
	struct fetch_request request = request_to("/never");
	uint64_t id = fetcher->start(fetcher, &request, on_done, &running);

	for (int i = 0; i < 100 && f.kept == NULL; i++)
		loop_wait(f.loop, 10);
	cr_assert_not_null(f.kept);
	fetcher->cancel(fetcher, id);
	id = fetcher->start(fetcher, &request, on_done, &waiting);
	fetcher->cancel(fetcher, id);
	fetcher->cancel(fetcher, id);
	request = request_to("/hello");
	cr_assert_eq(run(&request).status, 200);
	cr_assert_eq(running.calls + waiting.calls, 0);
}

Test(fetch, tells_each_request_that_it_is_stopped_when_freed)
{
	struct result running = {0};
	struct result waiting = {0};

	net_fixture_start(&f);
	struct fetch_request request = request_to("/never");
	fetcher->start(fetcher, &request, on_done, &running);
	for (int i = 0; i < 100 && f.kept == NULL; i++)
		loop_wait(f.loop, 10);
	fetcher->start(fetcher, &request, on_done, &waiting);
	fetch_free(fetcher);
	fetcher = NULL;
	cr_assert_eq(running.calls, 1);
	cr_assert_eq(running.rc, ERR_STOPPED);
	cr_assert_eq(waiting.calls, 1);
	cr_assert_eq(waiting.rc, ERR_STOPPED);
}

/* A sink that counts, and refuses what is too much for it. */
struct sunk {
	size_t bytes, room;
	bool is_x;
};

static int take_bytes(void *arg, const void *bytes, size_t len)
{
	struct sunk *s = arg;

	if (s->bytes + len > s->room)
		return ERR_IO;
	s->is_x = len > 0 && memchr(bytes, 'x', len) == bytes;
	s->bytes += len;
	return 0;
}

Test(fetch, hands_a_body_to_a_sink_as_it_comes)
{
	struct sunk sunk = {.room = 10 << 20};

	f.big_bytes = 3 << 20;
	net_fixture_start(&f);
	struct fetch_request request = request_to("/big");
	request.sink = take_bytes;
	request.sink_arg = &sunk;
	request.max_answer_bytes = 4 << 20;
	struct result r = run(&request);
	cr_assert_eq(r.rc, 0, "%s", r.what);
	cr_assert(sunk.bytes == f.big_bytes && sunk.is_x);
	cr_assert_eq(r.body_len, 0);
	sunk.bytes = 0;
	request.max_answer_bytes = 2 << 20;
	cr_assert_eq(run(&request).rc, ERR_LIMIT);
	sunk = (struct sunk){.room = 1 << 20};
	request.max_answer_bytes = 4 << 20;
	r = run(&request);
	cr_assert_eq(r.rc, ERR_IO);
	cr_assert_not_null(strstr(r.what, "temporary file"));
}

Test(fetch, keeps_the_body_of_a_refusal_from_the_sink)
{
	struct sunk sunk = {.room = 1000};

	net_fixture_start(&f);
	struct fetch_request request = request_to("/unknown");
	request.sink = take_bytes;
	request.sink_arg = &sunk;
	struct result r = run(&request);
	cr_assert_eq(r.status, 404);
	cr_assert_eq(sunk.bytes, 0);
	cr_assert_gt(r.body_len, 0);
}
