/* SPDX-License-Identifier: Apache-2.0 */
/* net_fixture: a server with a small handler on its own loop, and raw clients
 * of it, all in one thread: waiting for bytes runs the loop.
 *
 *   GET /hello       "hello"              POST /echo       the body
 *   GET /later       "later", by a call   GET /never       kept until the test replies
 *   GET /big         big_bytes of 'x'     POST /denied     401 at the head
 *   POST /small      welcomes 10 bytes    GET /empty       204
 *   GET /close       closes               others           404 */
#ifndef PLANVAX_TESTS_NET_FIXTURE_H
#define PLANVAX_TESTS_NET_FIXTURE_H

#include <planvax/net/server.h>

struct net_fixture {
	struct loop *loop;
	struct http_options options; /* defaults; change before net_fixture_start */
	struct arena arena;
	struct server *server;
	struct server_exchange *kept; /* of /never */
	size_t big_bytes;
	int heads, ends, broken;      /* calls of the handler */
	char last_peer[64];
};

/* A raw client. */
struct net_client {
	struct net_fixture *fixture;
	int fd;
	struct buf in; /* received so far */
	bool ended;    /* the server closed */
};

/* Loop and default options. */
void net_fixture_init(struct net_fixture *f);

/* Makes the server and listens on a free port of 127.0.0.1. */
void net_fixture_start(struct net_fixture *f);

/* Replies to what is kept, frees everything. */
void net_fixture_release(struct net_fixture *f);

/* Connects. */
void net_client_open(struct net_client *c, struct net_fixture *f);

/* Connects to a Unix socket. */
void net_client_open_unix(struct net_client *c, struct net_fixture *f, const char *path);

/* Sends a text, then lets the server work. */
void net_client_send(struct net_client *c, const char *text);

/* Receives until the text holds part, the server closes, or 5 s pass; returns whether it holds it. */
bool net_client_wait(struct net_client *c, const char *part);

/* Receives until the server closes, or 5 s pass; returns whether it closed. */
bool net_client_wait_end(struct net_client *c);

/* Sends, waits for part and forgets what was received up to its end; returns whether it came. */
bool net_client_ask(struct net_client *c, const char *text, const char *part);

/* Closes. */
void net_client_close(struct net_client *c);

#endif
