/* SPDX-License-Identifier: Apache-2.0 */
/* server: HTTP/1.1 listeners (TCP, Unix socket, sockets handed over by systemd)
 * and what a handler sees of them. One request is one exchange:
 *
 *   on_head     the head is there, the body is not: authenticate, route, say how
 *               much body is welcome, or reply at once;
 *   on_request  the body is there: fill x->reply and call server_reply(x), now or
 *               later (work that goes through the writer thread ends by loop_post);
 *   on_end      the reply is written, or the client is gone: free x->context. It follows each on_head;
 *               on_request may be left out between (body too large, too slow, broken).
 *
 * Heads, deadlines, caps, keep-alive, 100-continue and HEAD are dealt with here; a handler
 * answers HEAD as GET. Everything runs on the loop's thread. */
#ifndef PLANVAX_NET_SERVER_H
#define PLANVAX_NET_SERVER_H

#include <planvax/net/http.h>
#include <planvax/net/http_options.h>
#include <planvax/net/loop.h>

struct server;
struct connection;
struct connection_group;

/* One request and its reply. */
struct server_exchange {
	struct http_request request;
	struct http_reply reply;   /* the handler's to fill until server_reply */
	int64_t max_body;          /* bytes that on_head welcomes; the option max_body before it is called */
	void *context;             /* the handler's own */
	int64_t started_ms;        /* monotonic, when the head was whole */
	int64_t sent_bytes;        /* for on_end: bytes of the reply that were written */
	bool replied;              /* server_reply was called */
	bool broken;               /* for on_end: the client did not take the whole reply */
	/* The server's own: */
	struct arena arena;        /* request.arena */
	struct buf body;           /* request.body once it is whole */
	int64_t buffered;          /* bytes counted against max_buffered */
	struct connection *connection;  /* NULL once the client is gone */
	struct connection_group *group; /* NULL in one that no server made */
};

enum server_verdict {
	SERVER_READ_BODY, /* read the body (if any), then call on_request */
	SERVER_REPLY_NOW  /* x->reply is the answer; a body on its way is not read and the connection ends */
};

struct server_handler {
	void *arg; /* handed to each call */
	enum server_verdict (*on_head)(void *arg, struct server_exchange *x);
	void (*on_request)(void *arg, struct server_exchange *x);
	void (*on_end)(void *arg, struct server_exchange *x); /* may be NULL; also for requests that on_head answered */
};

/* What a server did so far. */
struct server_stats {
	int64_t open;     /* connections now */
	int64_t accepted; /* connections taken */
	int64_t refused;  /* connections over a cap */
	int64_t requests; /* heads that were whole and right */
	int64_t bad;      /* requests refused by the server itself: 400, 408, 413, 414, 431, 501, 503, 505 */
	int64_t expired;  /* connections closed at a deadline */
	int64_t bytes_in, bytes_out;
};

/* A server without listeners. loop, options and what handler points to are borrowed and outlive it. Owned by the caller. */
struct server *server_new(struct loop *loop, const struct http_options *options, const struct server_handler *handler);

/* Closes everything at once, tells on_end, and frees. Exchanges whose reply the handler still owes stay until
 * server_reply, which then only ends them: call it for each before what handler.arg points to goes. NULL allowed. */
void server_free(struct server *server);

/* Opens what the options name: listen and control socket, or the sockets that systemd passed (LISTEN_FDS), which
 * replace those of their kind. An address family that the machine lacks is a warning where another is bound. 0; ERR_INVALID: not ADDRESS:PORT; ERR_IO: nothing could be bound (f names it);
 * ERR_BUSY: somebody answers on the Unix socket; errors of server_load_tls. */
int server_listen(struct server *server, struct fault *f);

/* Reads the certificate and key that the options name; TCP connections from now on use them (none named: plain).
 * server_listen calls it; call it again when they were renewed. The program ignores SIGPIPE, for OpenSSL. 0;
 * ERR_INVALID: they cannot be used (f), those in use stay. */
int server_load_tls(struct server *server, struct fault *f);

/* Opens one listener "ADDRESS:PORT", "[::1]:0". Port 0: a free one. Errors as server_listen. */
int server_listen_tcp(struct server *server, const char *address, struct fault *f);

/* Opens a Unix socket of mode 0660; a stale one, on which nobody answers, is replaced. Errors as server_listen. */
int server_listen_unix(struct server *server, const char *path, struct fault *f);

/* Takes over listening descriptors first to first + n - 1; each is TCP or Unix. 0; ERR_INVALID: one does not listen. */
int server_listen_fds(struct server *server, int first, int n, struct fault *f);

/* Port of the first TCP listener; 0 without one. */
int server_port(const struct server *server);

/* Number of listeners. */
size_t server_n_listeners(const struct server *server);

/* Appends the i-th listener as "127.0.0.1:8080", "[::1]:8080" or the socket's path. */
void server_address(const struct server *server, size_t i, struct buf *out);

/* Ends an exchange: its reply is written, or dropped if the client is gone; x may be gone when this returns.
 * Once for each on_request, on the loop's thread. In an exchange that no server made it only sets x->replied. */
void server_reply(struct server_exchange *x);

/* Stops accepting, closes idle connections, lets running exchanges end with "Connection: close"; calls done (once,
 * from the loop) when no connection is left, at the latest after the drain deadline. */
void server_drain(struct server *server, void (*done)(void *arg), void *arg);

/* Figures for metrics. */
struct server_stats server_stats(const struct server *server);

/* An exchange outside any server, for tests: parses the request's text, its head and what follows as body, from
 * peer. 0; ERR_INVALID: the head is not right. Released by server_exchange_release. */
int server_exchange_init(struct server_exchange *x, const char *text, size_t len, const struct http_peer *peer);

/* Frees what it holds (not context). */
void server_exchange_release(struct server_exchange *x);

#endif
