/* SPDX-License-Identifier: Apache-2.0 */
/* server: accepts, counts against the caps, drains. What a connection does is in connection.c. */
#include "connection.h"
#include "listener.h"

#include <planvax/base/alloc.h>
#include <planvax/base/log.h>
#include <planvax/base/map.h>
#include <planvax/base/vec.h>
#include <planvax/net/head.h>
#include <planvax/net/server.h>

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define FIRST_PASSED_FD 3
#define ACCEPTS_PER_TURN 64
#define PAUSE_MS 200           /* without descriptors left */
#define WARN_EVERY_MS 10000
#define UNIX_CONNECTIONS 64    /* at once, over the operator's socket */
#define REFUSALS_AT_ONCE 64    /* that get an answer; others are closed at once */
#define RESERVED_FDS 192       /* for those two, the store, the spool, pushes */
#define PLACES_MIN 8           /* however few descriptors there are */
#define TCP_SEND_BUFFER 262144 /* bytes, so that a slow reader's kernel memory is bounded too */

struct server_listener {
	struct server *server;
	struct listener socket;
	struct loop_fd *watch;
};

struct server {
	struct loop *loop;                  /* borrowed */
	const struct http_options *options; /* borrowed */
	struct connection_group *group;
	VEC(struct server_listener *) listeners; /* owned */
	struct map per_address;             /* key -> connections */
	size_t places;                      /* for TCP connections: max_connections, unless descriptors are short */
	size_t n_tcp, n_unix, n_refusals;   /* connections now */
	bool paused;
	int64_t warned_ms;                  /* monotonic, when a refusal was logged */
	struct loop_timer *pause;
	struct loop_timer *drained;         /* calls done, at the latest at the drain deadline */
	void (*done)(void *arg);
	void *done_arg;
};

/* ---- counting ---- */

static size_t address_count(const struct server *s, const struct connection_peer *who)
{
	size_t count = 0;

	return map_get(&s->per_address, who->key, who->key_len, &count) ? count : 0;
}

static size_t *kind_count(struct server *s, const struct connection_peer *who)
{
	if (!who->counted)
		return &s->n_refusals;
	return who->peer.kind == HTTP_PEER_UNIX ? &s->n_unix : &s->n_tcp;
}

static void count_in(struct server *s, const struct connection_peer *who)
{
	(*kind_count(s, who))++;
	if (who->counted && who->key_len > 0)
		map_put(&s->per_address, who->key, who->key_len, address_count(s, who) + 1);
}

static void on_close(void *arg, const struct connection *c)
{
	const struct connection_peer *who = connection_peer(c);
	struct server *s = arg;

	(*kind_count(s, who))--;
	if (who->counted && who->key_len > 0) {
		size_t count = address_count(s, who);

		if (count > 1)
			map_put(&s->per_address, who->key, who->key_len, count - 1);
		else
			map_remove(&s->per_address, who->key, who->key_len);
	}
	if (s->done != NULL && s->group->first == NULL)
		loop_timer_set(s->drained, 0);
}

/* Whether there is a place, if need be that of a connection that only waits. */
static bool has_place(struct server *s, const struct connection_peer *who)
{
	if (who->peer.kind == HTTP_PEER_UNIX)
		return s->n_unix < UNIX_CONNECTIONS;
	if (address_count(s, who) >= (size_t)s->options->max_per_address)
		return false;
	return s->n_tcp < s->places || (connection_shed(s->group) && s->n_tcp < s->places);
}

/* ---- accepting ---- */

static void describe_peer(int fd, const struct server_listener *l, const struct sockaddr *sa, struct connection_peer *who)
{
	*who = (struct connection_peer){.peer = {.kind = l->socket.kind, .uid = -1}};
	if (l->socket.kind == HTTP_PEER_UNIX) {
		struct ucred other;
		socklen_t len = sizeof(other);

		snprintf(who->peer.address, sizeof(who->peer.address), "unix");
		if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &other, &len) == 0)
			who->peer.uid = other.uid;
		return;
	}
	who->peer.tls = l->server->group->tls != NULL;
	address_text(sa, who->peer.address);
	who->key_len = address_key(sa, who->key);
}

/* At most one line in a while, whatever happens. */
static void warn(struct server *s, const char *what, const char *reason)
{
	int64_t now_ms = clock_monotonic_ms();

	if (s->warned_ms != 0 && now_ms - s->warned_ms < WARN_EVERY_MS)
		return;
	s->warned_ms = now_ms;
	log_line(LOG_WARNING, "http", "%s reason=\"%s\" connections=%zu refused=%lld", what, reason, s->n_tcp + s->n_unix,
		(long long)s->group->stats.refused);
}

static void admit(struct server *s, int fd, struct connection_peer *who)
{
	int size = TCP_SEND_BUFFER;

	if (who->peer.kind == HTTP_PEER_TCP)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	who->counted = has_place(s, who);
	if (who->counted) {
		count_in(s, who);
		connection_open(s->group, fd, who);
		return;
	}
	s->group->stats.refused++;
	warn(s, "refused", "too many connections");
	if (s->n_refusals >= REFUSALS_AT_ONCE) {
		close(fd);
		return;
	}
	count_in(s, who);
	connection_refuse(s->group, fd, who);
}

static void set_accepting(struct server *s, bool on)
{
	for (size_t i = 0; i < s->listeners.len; i++)
		loop_fd_set(s->listeners.items[i]->watch, on ? LOOP_READ : 0);
}

static void on_pause_over(void *arg)
{
	struct server *s = arg;

	s->paused = false;
	if (!s->group->draining)
		set_accepting(s, true);
}

static void pause_accepting(struct server *s, int saved)
{
	warn(s, "paused", strerror(saved));
	s->paused = true;
	set_accepting(s, false);
	loop_timer_set(s->pause, PAUSE_MS);
}

static void on_accept(void *arg, unsigned events)
{
	struct server_listener *l = arg;
	struct server *s = l->server;

	(void)events;
	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		struct sockaddr_storage from;
		socklen_t len = sizeof(from);
		struct connection_peer who;
		int fd;

		memset(&from, 0, sizeof(from));
		fd = accept4(l->socket.fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0 && (errno == EMFILE || errno == ENFILE) && connection_shed(s->group))
			continue;
		if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
			pause_accepting(s, errno);
		if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (fd < 0)
			break;
		describe_peer(fd, l, (struct sockaddr *)&from, &who);
		admit(s, fd, &who);
	}
}

/* How many TCP connections the process may hold so that descriptors remain for the rest of it. The soft limit is raised
 * as far as that needs and the hard one allows. */
static size_t count_places(const struct http_options *options)
{
	size_t most = (size_t)options->max_connections, left;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return most;
	if (limit.rlim_cur < most + RESERVED_FDS && limit.rlim_cur < limit.rlim_max) {
		rlim_t old = limit.rlim_cur;

		limit.rlim_cur = limit.rlim_max < most + RESERVED_FDS ? limit.rlim_max : most + RESERVED_FDS;
		if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
			limit.rlim_cur = old;
	}
	if (limit.rlim_cur >= most + RESERVED_FDS)
		return most;
	left = limit.rlim_cur > RESERVED_FDS + PLACES_MIN ? (size_t)limit.rlim_cur - RESERVED_FDS : PLACES_MIN;
	if (left >= most)
		return most;
	log_line(LOG_WARNING, "http", "fewer-connections max=%zu reason=\"only %llu file descriptors (ulimit -n)\"", left,
		(unsigned long long)limit.rlim_cur);
	return left;
}

/* ---- life ---- */

static void on_drained(void *arg)
{
	struct server *s = arg;
	void (*done)(void *) = s->done;

	s->done = NULL;
	connection_abort_all(s->group);
	if (done != NULL)
		done(s->done_arg);
}

struct server *server_new(struct loop *loop, const struct http_options *options, const struct server_handler *handler)
{
	struct server *s = xcalloc(1, sizeof(*s));

	s->loop = loop;
	s->options = options;
	s->places = count_places(options);
	s->group = xcalloc(1, sizeof(*s->group));
	s->group->loop = loop;
	s->group->options = options;
	s->group->handler = *handler;
	s->group->on_close = on_close;
	s->group->on_close_arg = s;
	s->pause = loop_timer_new(loop, on_pause_over, s);
	s->drained = loop_timer_new(loop, on_drained, s);
	map_init(&s->per_address);
	return s;
}

static void close_listeners(struct server *s)
{
	for (size_t i = 0; i < s->listeners.len; i++) {
		loop_fd_free(s->listeners.items[i]->watch);
		listener_close(&s->listeners.items[i]->socket);
		free(s->listeners.items[i]);
	}
	VEC_RELEASE(&s->listeners);
}

void server_free(struct server *s)
{
	if (s == NULL)
		return;
	s->done = NULL;
	close_listeners(s);
	connection_abort_all(s->group);
	s->group->closed = true;
	connection_group_release(s->group);
	loop_timer_free(s->pause);
	loop_timer_free(s->drained);
	map_release(&s->per_address);
	free(s);
}

static void add_listener(struct server *s, const struct listener *socket)
{
	struct server_listener *l = xcalloc(1, sizeof(*l));

	l->server = s;
	l->socket = *socket;
	l->watch = loop_fd_new(s->loop, socket->fd, LOOP_READ, on_accept, l);
	VEC_PUSH(&s->listeners, l);
}

int server_listen_tcp(struct server *s, const char *address, struct fault *f)
{
	struct listener socket;
	int rc = listener_tcp(address, &socket, f);

	if (rc == 0)
		add_listener(s, &socket);
	return rc;
}

int server_listen_unix(struct server *s, const char *path, struct fault *f)
{
	struct listener socket;
	int rc = listener_unix(path, &socket, f);

	if (rc == 0)
		add_listener(s, &socket);
	return rc;
}

int server_listen_fds(struct server *s, int first, int n, struct fault *f)
{
	for (int fd = first; fd < first + n; fd++) {
		struct listener socket;
		int rc = listener_adopt(fd, &socket, f);

		if (rc != 0)
			return rc;
		add_listener(s, &socket);
	}
	return 0;
}

static size_t count_kind(const struct server *s, enum http_peer_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->listeners.len; i++)
		n += s->listeners.items[i]->socket.kind == kind;
	return n;
}

/* All TCP addresses of the options. One that the machine lacks is told, and an error only if all lack. */
static int listen_all_tcp(struct server *s, struct fault *f)
{
	struct fault lacking = FAULT_NONE;
	size_t bound = 0;

	for (size_t i = 0; i < s->options->listen.len; i++) {
		struct fault one = FAULT_NONE;
		int rc = server_listen_tcp(s, s->options->listen.items[i], &one);

		if (rc == 0) {
			bound++;
		} else if (rc == ERR_UNSUPPORTED) {
			log_line(LOG_WARNING, "http", "skipped address=%s reason=\"%s\"", s->options->listen.items[i], one.what);
			lacking = one;
		} else {
			if (f != NULL)
				*f = one;
			return rc;
		}
	}
	if (bound > 0 || s->options->listen.len == 0)
		return 0;
	return fault_set(f, ERR_IO, "%s", lacking.what);
}

static bool is_set(const char *text)
{
	return text != NULL && *text != '\0';
}

int server_load_tls(struct server *s, struct fault *f)
{
	const struct http_options *o = s->options;
	struct tls_context *context = NULL;

	if (is_set(o->tls_certificate) != is_set(o->tls_key))
		return fault_set(f, ERR_INVALID, "tls_certificate and tls_key go together");
	if (is_set(o->tls_certificate)) {
		int rc = tls_context_new(o->tls_certificate, o->tls_key, &context, f);

		if (rc != 0)
			return rc;
	}
	tls_context_free(s->group->tls);
	s->group->tls = context;
	return 0;
}

int server_listen(struct server *s, struct fault *f)
{
	const struct http_options *o = s->options;
	int passed = listener_passed();
	int rc = server_load_tls(s, f);

	if (rc == 0 && passed > 0)
		rc = server_listen_fds(s, FIRST_PASSED_FD, passed, f);
	if (rc == 0 && count_kind(s, HTTP_PEER_TCP) == 0)
		rc = listen_all_tcp(s, f);
	if (rc == 0 && count_kind(s, HTTP_PEER_UNIX) == 0 && is_set(o->control_socket))
		rc = server_listen_unix(s, o->control_socket, f);
	return rc;
}

int server_port(const struct server *s)
{
	for (size_t i = 0; i < s->listeners.len; i++)
		if (s->listeners.items[i]->socket.kind == HTTP_PEER_TCP)
			return s->listeners.items[i]->socket.port;
	return 0;
}

size_t server_n_listeners(const struct server *s)
{
	return s->listeners.len;
}

void server_address(const struct server *s, size_t i, struct buf *out)
{
	assert(i < s->listeners.len);
	buf_puts(out, s->listeners.items[i]->socket.name);
}

void server_drain(struct server *s, void (*done)(void *arg), void *arg)
{
	assert(s->done == NULL && done != NULL);
	s->done = done;
	s->done_arg = arg;
	/* Who knocked before is still let in: its request may be here already. */
	for (size_t i = 0; i < s->listeners.len; i++)
		on_accept(s->listeners.items[i], LOOP_READ);
	close_listeners(s);
	connection_drain_all(s->group);
	loop_timer_set(s->drained, s->group->first == NULL ? 0 : s->options->drain_deadline_ms);
}

struct server_stats server_stats(const struct server *s)
{
	return s->group->stats;
}

/* ---- exchanges ---- */

void server_reply(struct server_exchange *x)
{
	assert(!x->replied);
	x->replied = true;
	if (x->group == NULL)
		return;
	if (x->connection == NULL)
		connection_end_orphan(x);
	else
		connection_reply(x->connection);
}

int server_exchange_init(struct server_exchange *x, const char *text, size_t len, const struct http_peer *peer)
{
	struct head_refusal why;
	size_t seen = 0;
	int64_t head = head_find(text, len, &seen, &why);

	*x = (struct server_exchange){.max_body = INT64_MAX};
	http_reply_init(&x->reply);
	x->request.arena = &x->arena;
	if (head <= 0)
		return ERR_INVALID;
	x->request.peer = *peer;
	if (head_parse(text, (size_t)head, &x->request, &why) != 0) {
		arena_release(&x->arena);
		return ERR_INVALID;
	}
	buf_put(&x->body, text + head, len - (size_t)head);
	x->request.body = buf_str(&x->body);
	x->request.body_len = x->body.len;
	return 0;
}

void server_exchange_release(struct server_exchange *x)
{
	http_reply_release(&x->reply);
	buf_release(&x->body);
	arena_release(&x->arena);
}
