/* SPDX-License-Identifier: Apache-2.0 */
/* connection: the state machine of one connection. Only advance() moves it on;
 * nothing frees it but the outermost caller, after advance() left it dead. */
#include "connection.h"

#include "http_body.h"
#include "stream.h"

#include <planvax/base/alloc.h>
#include <planvax/net/head.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_BYTES 65536        /* what must move within a body or reply deadline */
#define LINGER_MS 2000            /* for a client to take an error and hang up */
#define LINGER_BYTES (4 << 20)    /* of a body that is thrown away meanwhile */
#define REPLIES_PER_TURN 16       /* of pipelined requests, before others have their turn */
#define SILENT_MS 1000            /* after which a new connection without a byte may be shed */
#define KEPT_BYTES 4096           /* of an idle connection's input buffer */

/* idle -> head -> body -> handler -> reply -> idle | linger -> dead; every state -> dead. */
enum connection_state {
	CONNECTION_IDLE,    /* between two requests */
	CONNECTION_HEAD,    /* a head is awaited or on its way */
	CONNECTION_BODY,    /* a body is on its way */
	CONNECTION_HANDLER, /* the handler owes the reply */
	CONNECTION_REPLY,   /* the reply is being written */
	CONNECTION_LINGER,  /* written; what still comes is thrown away, so that the client can read the reply */
	CONNECTION_DEAD
};

struct connection {
	struct connection_group *group;
	struct connection *next, *prev;
	struct connection_peer who;
	struct stream stream;
	struct loop_fd *watch;
	struct loop_timer *deadline;
	enum connection_state state;
	bool advancing; /* advance() is on the stack */
	bool yielded;   /* there is more to do, others first */
	bool closing;   /* the connection ends after this reply */
	bool dirty;     /* bytes of the client may be unread: linger */
	bool known;     /* the handler has seen x */
	struct buf in;  /* read and not yet used */
	size_t seen;    /* of in, by head_find */
	struct http_body body;
	struct server_exchange *x; /* of head (refused), body, handler and reply */
	struct buf out;            /* the reply's head */
	size_t sent;               /* bytes written of out and body together */
	bool bodiless;             /* the reply's body is not written */
	int64_t moved;             /* bytes since the deadline was set */
	int64_t transfer_end_ms;   /* absolute, of this body or reply */
	int64_t lingered;          /* bytes thrown away */
	int64_t requests;
	int64_t waits_since_ms;    /* monotonic, in idle and for a first head */
	int replies;               /* in this turn */
};

/* ---- exchanges ---- */

static struct server_exchange *exchange_new(struct connection *c)
{
	struct server_exchange *x = xcalloc(1, sizeof(*x));

	http_reply_init(&x->reply);
	x->request.arena = &x->arena;
	x->request.peer = c->who.peer;
	x->request.body = "";
	x->max_body = c->group->options->max_body;
	x->started_ms = clock_monotonic_ms();
	x->connection = c;
	x->group = c->group;
	return x;
}

static void exchange_free(struct server_exchange *x, bool known)
{
	struct connection_group *group = x->group;

	if (known && group->handler.on_end != NULL)
		group->handler.on_end(group->handler.arg, x);
	group->buffered -= x->buffered;
	http_reply_release(&x->reply);
	buf_release(&x->body);
	arena_release(&x->arena);
	free(x);
}

/* The connection's exchange is over. */
static void end_exchange(struct connection *c, bool broken)
{
	struct server_exchange *x = c->x;

	c->x = NULL;
	if (x == NULL)
		return;
	x->connection = NULL;
	x->broken = broken;
	exchange_free(x, c->known);
	c->known = false;
}

/* The handler owes a reply that nobody waits for any more. */
static void orphan_exchange(struct connection *c)
{
	c->x->connection = NULL;
	c->x->broken = true;
	c->x = NULL;
	c->known = false;
	c->group->orphans++;
}

void connection_end_orphan(struct server_exchange *x)
{
	struct connection_group *group = x->group;

	exchange_free(x, true);
	group->orphans--;
	connection_group_release(group);
}

void connection_group_release(struct connection_group *group)
{
	if (!group->closed || group->orphans > 0 || group->first != NULL)
		return;
	tls_context_free(group->tls);
	free(group);
}

/* Counts bytes against the common limit. */
static bool charge(struct server_exchange *x, int64_t bytes)
{
	if (x->group->buffered + bytes > x->group->options->max_buffered)
		return false;
	x->group->buffered += bytes;
	x->buffered += bytes;
	return true;
}

/* ---- replies ---- */

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void begin_window(struct connection *c, int64_t window_ms)
{
	c->moved = 0;
	loop_timer_set(c->deadline, least(window_ms, c->transfer_end_ms - clock_monotonic_ms()));
}

static void begin_transfer(struct connection *c, int64_t window_ms)
{
	c->transfer_end_ms = clock_monotonic_ms() + c->group->options->transfer_deadline_ms;
	begin_window(c, window_ms);
}

static void count_moved(struct connection *c, int64_t bytes, int64_t window_ms)
{
	c->moved += bytes;
	if (c->moved >= WINDOW_BYTES)
		begin_window(c, window_ms);
}

static void put_reply_head(struct connection *c, size_t body_len)
{
	const struct http_reply *reply = &c->x->reply;
	const struct http_request *request = &c->x->request;
	char date[HTTP_DATE_BYTES];
	struct buf *out = &c->out;

	buf_reset(out);
	buf_puts(out, "HTTP/1.1 ");
	buf_put_int(out, reply->status);
	buf_putc(out, ' ');
	buf_puts(out, http_reason(reply->status));
	buf_puts(out, "\r\nDate: ");
	buf_puts(out, http_date_format(clock_now(), date));
	buf_puts(out, "\r\n");
	buf_put(out, reply->headers.data, reply->headers.len);
	if (reply->status != 204 && reply->status != 304) {
		buf_puts(out, "Content-Length: ");
		buf_put_int(out, (int64_t)body_len);
		buf_puts(out, "\r\n");
	}
	if (c->closing)
		buf_puts(out, "Connection: close\r\n");
	else if (request->minor == 0)
		buf_puts(out, "Connection: keep-alive\r\n");
	buf_puts(out, "\r\n");
}

/* c->x->reply is what is to be said. */
static void begin_reply(struct connection *c)
{
	struct http_reply *reply = &c->x->reply;
	size_t len;

	assert(reply->status >= 200 && reply->status <= 599);
	c->x->replied = true;
	if (reply->close || c->group->draining)
		c->closing = true;
	if (!charge(c->x, (int64_t)reply->body.len)) {
		http_reply_problem(reply, 503, "too much is being answered at once; try again later");
		http_reply_header(reply, "Retry-After", "5");
		buf_release(&c->x->body);
	}
	c->bodiless = c->x->request.method == HTTP_HEAD || reply->status == 204 || reply->status == 304;
	http_reply_body(reply, &len);
	put_reply_head(c, len);
	c->sent = 0;
	c->state = CONNECTION_REPLY;
	begin_transfer(c, c->group->options->reply_deadline_ms);
}

/* Answers by ourselves and closes: the client's bytes can no longer be told apart. */
static void refuse(struct connection *c, int status, const char *what)
{
	if (c->x == NULL)
		c->x = exchange_new(c);
	c->group->stats.bad++;
	c->closing = true;
	c->dirty = true;
	http_reply_problem(&c->x->reply, status, what);
	if (status == 503)
		http_reply_header(&c->x->reply, "Retry-After", "5");
	begin_reply(c);
}

/* The reply is out. */
static void end_reply(struct connection *c)
{
	bool linger = c->closing && (c->dirty || c->in.len > 0);

	end_exchange(c, false);
	buf_reset(&c->out);
	if (linger) {
		stream_end(&c->stream);
		buf_release(&c->in);
		c->state = CONNECTION_LINGER;
		loop_timer_set(c->deadline, LINGER_MS);
	} else if (c->closing) {
		c->state = CONNECTION_DEAD;
	} else {
		c->state = CONNECTION_IDLE;
		c->seen = 0;
		c->waits_since_ms = clock_monotonic_ms();
		loop_timer_set(c->deadline, c->group->options->idle_deadline_ms);
	}
}

/* Writes what the socket takes. Returns whether the reply is out, or the client gone. */
static bool write_reply(struct connection *c)
{
	size_t body_len;
	const char *body = http_reply_body(&c->x->reply, &body_len);
	size_t head_len = c->out.len;

	if (c->bodiless)
		body_len = 0;
	while (c->sent < head_len + body_len) {
		size_t from_head = c->sent < head_len ? c->sent : head_len;
		size_t from_body = c->sent - from_head;
		struct iovec parts[2] = {{c->out.data + from_head, head_len - from_head}, {(char *)body + from_body, body_len - from_body}};
		int64_t n = stream_write(&c->stream, parts, 2);

		if (n == ERR_AGAIN)
			return false;
		if (n < 0) {
			end_exchange(c, true);
			c->state = CONNECTION_DEAD;
			return true;
		}
		c->sent += (size_t)n;
		c->x->sent_bytes += n;
		c->group->stats.bytes_out += n;
		count_moved(c, n, c->group->options->reply_deadline_ms);
	}
	end_reply(c);
	return true;
}

/* ---- requests ---- */

/* The request is whole. Returns whether the handler answered at once. */
static bool call_handler(struct connection *c)
{
	struct connection_group *group = c->group;

	c->x->request.body = buf_str(&c->x->body);
	c->x->request.body_len = c->x->body.len;
	c->state = CONNECTION_HANDLER;
	loop_timer_set(c->deadline, group->options->handler_deadline_ms);
	group->handler.on_request(group->handler.arg, c->x);
	return c->state != CONNECTION_HANDLER;
}

static void send_continue(struct connection *c)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct iovec part = {(char *)text, sizeof(text) - 1};

	/* Nothing else is in the socket's buffer: a short write means a broken client. */
	if (stream_write(&c->stream, &part, 1) != (int64_t)part.iov_len) {
		end_exchange(c, true);
		c->state = CONNECTION_DEAD;
	}
}

/* The handler wants the body. Returns whether there is more to do. */
static bool begin_body(struct connection *c)
{
	struct server_exchange *x = c->x;
	int64_t length = x->request.content_length;

	if (length == 0)
		return call_handler(c);
	if (length > x->max_body) {
		refuse(c, 413, "the body is larger than is taken here");
		return true;
	}
	if (c->group->buffered + length > c->group->options->max_buffered) {
		refuse(c, 503, "too much is being received at once; try again later");
		return true;
	}
	http_body_init(&c->body, length, x->max_body);
	c->state = CONNECTION_BODY;
	begin_transfer(c, c->group->options->body_deadline_ms);
	if (x->request.expect_continue && c->in.len == 0)
		send_continue(c);
	return c->in.len > 0 || c->state == CONNECTION_DEAD;
}

/* A head of len bytes stands in c->in. Returns whether there is more to do. */
static bool begin_request(struct connection *c, size_t len)
{
	struct connection_group *group = c->group;
	struct head_refusal why;
	struct server_exchange *x;
	int rc;

	c->x = x = exchange_new(c);
	rc = head_parse(c->in.data, len, &x->request, &why);
	buf_consume(&c->in, len);
	c->seen = 0;
	if (rc == 0 && x->request.method == HTTP_OTHER) {
		rc = ERR_UNSUPPORTED;
		why = (struct head_refusal){501, "this method is not known here"};
	}
	if (rc != 0) {
		refuse(c, why.status, why.what);
		return true;
	}
	group->stats.requests++;
	c->requests++;
	c->closing = !x->request.keep_alive || c->requests >= group->options->max_requests;
	c->known = true;
	if (group->handler.on_head(group->handler.arg, x) == SERVER_REPLY_NOW) {
		if (x->request.content_length != 0)
			c->dirty = c->closing = true;
		begin_reply(c);
		return true;
	}
	assert(!x->replied);
	return begin_body(c);
}

static bool read_head(struct connection *c)
{
	struct head_refusal why;
	int64_t len = head_find(c->in.data, c->in.len, &c->seen, &why);

	if (len < 0)
		refuse(c, why.status, why.what);
	else if (len > 0)
		return begin_request(c, (size_t)len);
	return len != 0;
}

static bool read_body(struct connection *c)
{
	struct server_exchange *x = c->x;
	int64_t before = c->body.received;
	size_t used;
	int rc = http_body_feed(&c->body, c->in.data, c->in.len, &used, &x->body);

	buf_consume(&c->in, used);
	if (!charge(x, c->body.received - before)) {
		refuse(c, 503, "too much is being received at once; try again later");
		return true;
	}
	if (rc == 0)
		return call_handler(c);
	if (rc == ERR_INVALID)
		refuse(c, 400, "the chunks of the body are broken");
	else if (rc == ERR_LIMIT)
		refuse(c, 413, "the body is larger than is taken here");
	else
		count_moved(c, (int64_t)used, c->group->options->body_deadline_ms);
	return rc != ERR_AGAIN;
}

static bool leave_idle(struct connection *c)
{
	if (c->in.len == 0) {
		if (c->group->draining)
			c->state = CONNECTION_DEAD;
		if (c->in.cap > KEPT_BYTES)
			buf_release(&c->in);
		if (c->out.cap > KEPT_BYTES)
			buf_release(&c->out);
		return false;
	}
	if (++c->replies > REPLIES_PER_TURN) {
		c->yielded = true;
		return false;
	}
	c->state = CONNECTION_HEAD;
	loop_timer_set(c->deadline, c->group->options->head_deadline_ms);
	return true;
}

/* ---- the machine ---- */

/* One step; returns whether another may follow. */
static bool step(struct connection *c)
{
	switch (c->state) {
	case CONNECTION_IDLE:
		return leave_idle(c);
	case CONNECTION_HEAD:
		return c->in.len > 0 && read_head(c);
	case CONNECTION_BODY:
		return c->in.len > 0 && read_body(c);
	case CONNECTION_REPLY:
		return write_reply(c);
	case CONNECTION_HANDLER:
	case CONNECTION_LINGER:
	case CONNECTION_DEAD:
		break;
	}
	return false;
}

static void set_events(struct connection *c)
{
	switch (c->state) {
	case CONNECTION_IDLE:
	case CONNECTION_HEAD:
	case CONNECTION_BODY:
		loop_fd_set(c->watch, LOOP_READ | (c->yielded || c->stream.wants.write ? LOOP_WRITE : 0));
		break;
	case CONNECTION_LINGER:
		loop_fd_set(c->watch, LOOP_READ);
		break;
	case CONNECTION_REPLY:
		loop_fd_set(c->watch, c->stream.wants.read ? LOOP_READ : LOOP_WRITE);
		break;
	case CONNECTION_HANDLER: /* as it was, until something comes: on_ready() */
	case CONNECTION_DEAD:
		break;
	}
}

static void destroy(struct connection *c)
{
	struct connection_group *group = c->group;

	if (c->x != NULL && c->state == CONNECTION_HANDLER)
		orphan_exchange(c);
	end_exchange(c, true);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		group->first = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	loop_fd_free(c->watch);
	loop_timer_free(c->deadline);
	stream_close(&c->stream);
	buf_release(&c->in);
	buf_release(&c->out);
	group->stats.open--;
	group->on_close(group->on_close_arg, c);
	free(c);
}

static void advance(struct connection *c)
{
	if (c->advancing)
		return;
	c->advancing = true;
	c->yielded = false;
	c->replies = 0;
	while (step(c))
		continue;
	c->advancing = false;
	if (c->state == CONNECTION_DEAD)
		destroy(c);
	else
		set_events(c);
}

/* Reads once. The end of the client's bytes ends the connection. */
static void fill(struct connection *c)
{
	struct connection_group *group = c->group;
	int64_t n = stream_read(&c->stream, group->scratch, sizeof(group->scratch));

	if (n == ERR_AGAIN)
		return;
	if (n <= 0) {
		end_exchange(c, true);
		c->state = CONNECTION_DEAD;
		return;
	}
	group->stats.bytes_in += n;
	if (c->state != CONNECTION_LINGER)
		buf_put(&c->in, group->scratch, (size_t)n);
	else if ((c->lingered += n) > LINGER_BYTES)
		c->state = CONNECTION_DEAD;
}

static void on_ready(void *arg, unsigned events)
{
	struct connection *c = arg;

	if (c->state == CONNECTION_HANDLER) {
		loop_fd_set(c->watch, 0); /* its next request waits in the socket */
		return;
	}
	if (((events & LOOP_READ) || c->stream.wants.write) && c->state != CONNECTION_REPLY && !c->yielded)
		fill(c);
	advance(c);
}

static void on_deadline(void *arg)
{
	struct connection *c = arg;

	if (c->state != CONNECTION_IDLE && c->state != CONNECTION_LINGER)
		c->group->stats.expired++;
	switch (c->state) {
	case CONNECTION_HEAD:
		if (c->in.len > 0)
			refuse(c, 408, "the head did not arrive in time");
		else
			c->state = CONNECTION_DEAD;
		break;
	case CONNECTION_BODY:
		refuse(c, 408, "the body did not arrive in time");
		break;
	case CONNECTION_HANDLER:
		orphan_exchange(c);
		refuse(c, 503, "the answer took too long; try again later");
		break;
	case CONNECTION_REPLY:
		end_exchange(c, true);
		c->state = CONNECTION_DEAD;
		break;
	case CONNECTION_IDLE:
	case CONNECTION_LINGER:
	case CONNECTION_DEAD:
		c->state = CONNECTION_DEAD;
		break;
	}
	advance(c);
}

/* ---- life ---- */

static struct connection *connection_new(struct connection_group *group, int fd, const struct connection_peer *peer)
{
	struct connection *c = xcalloc(1, sizeof(*c));

	c->group = group;
	c->who = *peer;
	stream_init(&c->stream, fd, peer->peer.tls ? group->tls : NULL);
	c->state = CONNECTION_HEAD;
	c->watch = loop_fd_new(group->loop, fd, LOOP_READ, on_ready, c);
	c->deadline = loop_timer_new(group->loop, on_deadline, c);
	loop_timer_set(c->deadline, group->options->head_deadline_ms);
	c->waits_since_ms = clock_monotonic_ms();
	c->next = group->first;
	if (c->next != NULL)
		c->next->prev = c;
	group->first = c;
	group->stats.open++;
	return c;
}

void connection_open(struct connection_group *group, int fd, const struct connection_peer *peer)
{
	group->stats.accepted++;
	connection_new(group, fd, peer);
}

void connection_refuse(struct connection_group *group, int fd, const struct connection_peer *peer)
{
	struct connection *c = connection_new(group, fd, peer);

	refuse(c, 503, "too many connections; try again later");
	advance(c);
}

const struct connection_peer *connection_peer(const struct connection *c)
{
	return &c->who;
}

void connection_reply(struct connection *c)
{
	assert(c->state == CONNECTION_HANDLER);
	begin_reply(c);
	advance(c);
}

void connection_drain_all(struct connection_group *group)
{
	struct connection *next;

	group->draining = true;
	for (struct connection *c = group->first; c != NULL; c = next) {
		next = c->next;
		if (c->state != CONNECTION_IDLE && (c->state != CONNECTION_HEAD || c->in.len > 0))
			continue;
		/* A request that is already in the socket is still answered. */
		if (c->in.len == 0)
			fill(c);
		if (c->state != CONNECTION_DEAD && c->in.len == 0)
			c->state = CONNECTION_DEAD;
		advance(c);
	}
}

bool connection_shed(struct connection_group *group)
{
	int64_t now_ms = clock_monotonic_ms();
	struct connection *longest = NULL;

	for (struct connection *c = group->first; c != NULL; c = c->next) {
		bool waits = c->in.len == 0 && !c->advancing &&
			(c->state == CONNECTION_IDLE || (c->state == CONNECTION_HEAD && now_ms - c->waits_since_ms >= SILENT_MS));

		if (waits && (longest == NULL || c->waits_since_ms <= longest->waits_since_ms))
			longest = c;
	}
	if (longest != NULL)
		destroy(longest);
	return longest != NULL;
}

void connection_abort_all(struct connection_group *group)
{
	struct connection *next;

	for (struct connection *c = group->first; c != NULL; c = next) {
		next = c->next;
		destroy(c);
	}
}
