/* SPDX-License-Identifier: Apache-2.0 */
/* net_fixture: handler and raw clients for tests of the server. */
#include "net_fixture.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE_MS 5000

/* ---- handler ---- */

static bool asks(const struct server_exchange *x, const char *word)
{
	return x->request.n_segments == 1 && http_segment_is(&x->request, 0, word);
}

static enum server_verdict on_head(void *arg, struct server_exchange *x)
{
	struct net_fixture *f = arg;

	f->heads++;
	snprintf(f->last_peer, sizeof(f->last_peer), "%s", x->request.peer.address);
	if (asks(x, "denied")) {
		http_reply_problem(&x->reply, 401, "a token is needed");
		return SERVER_REPLY_NOW;
	}
	if (asks(x, "small"))
		x->max_body = 10;
	return SERVER_READ_BODY;
}

static void reply_later(void *arg)
{
	struct server_exchange *x = arg;

	http_reply_type(&x->reply, 200, "text/plain");
	buf_puts(&x->reply.body, "later");
	server_reply(x);
}

static void on_request(void *arg, struct server_exchange *x)
{
	struct net_fixture *f = arg;

	if (asks(x, "later")) {
		loop_post(f->loop, reply_later, x);
		return;
	}
	if (asks(x, "never")) {
		f->kept = x;
		return;
	}
	http_reply_type(&x->reply, 200, "text/plain");
	if (asks(x, "hello"))
		buf_puts(&x->reply.body, "hello");
	else if (asks(x, "echo") || asks(x, "small"))
		buf_put(&x->reply.body, x->request.body, x->request.body_len);
	else if (asks(x, "big"))
		memset(buf_reserve(&x->reply.body, f->big_bytes), 'x', f->big_bytes), x->reply.body.len = f->big_bytes;
	else if (asks(x, "empty"))
		x->reply.status = 204;
	else if (asks(x, "close"))
		x->reply.close = true;
	else
		http_reply_problem(&x->reply, 404, NULL);
	server_reply(x);
}

static void on_end(void *arg, struct server_exchange *x)
{
	struct net_fixture *f = arg;

	f->ends++;
	f->broken += x->broken;
}

/* ---- fixture ---- */

void net_fixture_init(struct net_fixture *f)
{
	*f = (struct net_fixture){.loop = loop_new(), .big_bytes = 3 << 20};
	option_defaults(http_options_rows, http_options_n_rows, &f->options, &f->arena);
}

void net_fixture_start(struct net_fixture *f)
{
	struct server_handler handler = {.arg = f, .on_head = on_head, .on_request = on_request, .on_end = on_end};
	int rc;

	f->server = server_new(f->loop, &f->options, &handler);
	rc = server_listen_tcp(f->server, "127.0.0.1:0", NULL);
	assert(rc == 0);
	(void)rc;
}

void net_fixture_release(struct net_fixture *f)
{
	server_free(f->server);
	if (f->kept != NULL)
		server_reply(f->kept);
	while (loop_turn(f->loop))
		continue;
	loop_free(f->loop);
	arena_release(&f->arena);
}

/* ---- clients ---- */

static void client_start(struct net_client *c, struct net_fixture *f, int domain, const struct sockaddr *address, socklen_t len)
{
	int rc;

	*c = (struct net_client){.fixture = f};
	c->fd = socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert(c->fd >= 0);
	rc = connect(c->fd, address, len);
	assert(rc == 0);
	(void)rc;
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	loop_turn(f->loop);
}

void net_client_open(struct net_client *c, struct net_fixture *f)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	address.sin_port = htons((uint16_t)server_port(f->server));
	client_start(c, f, AF_INET, (struct sockaddr *)&address, sizeof(address));
}

void net_client_open_unix(struct net_client *c, struct net_fixture *f, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	client_start(c, f, AF_UNIX, (struct sockaddr *)&address, sizeof(address));
}

void net_client_send(struct net_client *c, const char *text)
{
	size_t len = strlen(text);
	int64_t end = clock_monotonic_ms() + PATIENCE_MS;

	while (len > 0 && clock_monotonic_ms() < end) {
		ssize_t n = send(c->fd, text, len, MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN)
			break;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
		loop_wait(c->fixture->loop, len > 0 ? 5 : 0);
	}
}

static void receive(struct net_client *c)
{
	ssize_t n;

	do {
		char *room = buf_reserve(&c->in, 65536);

		n = recv(c->fd, room, 65535, 0);
		if (n > 0) {
			c->in.len += (size_t)n;
			room[n] = '\0';
		}
	} while (n > 0);
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		c->ended = true;
}

bool net_client_wait(struct net_client *c, const char *part)
{
	int64_t end = clock_monotonic_ms() + PATIENCE_MS;

	for (;;) {
		receive(c);
		if (strstr(buf_str(&c->in), part) != NULL)
			return true;
		if (c->ended || clock_monotonic_ms() >= end)
			return false;
		loop_wait(c->fixture->loop, 5);
	}
}

bool net_client_wait_end(struct net_client *c)
{
	int64_t end = clock_monotonic_ms() + PATIENCE_MS;

	while (!c->ended && clock_monotonic_ms() < end) {
		loop_wait(c->fixture->loop, 5);
		receive(c);
	}
	return c->ended;
}

bool net_client_ask(struct net_client *c, const char *text, const char *part)
{
	net_client_send(c, text);
	if (!net_client_wait(c, part))
		return false;
	buf_consume(&c->in, (size_t)(strstr(buf_str(&c->in), part) - c->in.data) + strlen(part));
	return true;
}

void net_client_close(struct net_client *c)
{
	close(c->fd);
	buf_release(&c->in);
}
