/* SPDX-License-Identifier: Apache-2.0 */
/* connection: one client's connection: reads heads and bodies, hands exchanges
 * to the handler, writes replies; every state has an absolute deadline. */
#ifndef PLANVAX_NET_CONNECTION_H
#define PLANVAX_NET_CONNECTION_H

#include "address.h"
#include "tls.h"

#include <planvax/net/server.h>

#define CONNECTION_SCRATCH_BYTES 16384

/* What all connections of a server share. Freed when the server and the last exchange are gone. */
struct connection_group {
	struct loop *loop;                  /* borrowed */
	const struct http_options *options; /* borrowed */
	struct server_handler handler;
	struct tls_context *tls;            /* of new TCP connections; owned; NULL: plain */
	struct server_stats stats;
	int64_t buffered;                   /* bytes of bodies and replies in memory */
	bool draining;                      /* each connection ends with its next reply */
	bool closed;                        /* the server is gone */
	struct connection *first;           /* all connections */
	size_t orphans;                     /* exchanges whose reply is owed and whose client is gone */
	void (*on_close)(void *arg, const struct connection *c); /* called before a connection is freed */
	void *on_close_arg;
	char scratch[CONNECTION_SCRATCH_BYTES];
};

/* Who a new connection is. */
struct connection_peer {
	struct http_peer peer;
	char key[ADDRESS_KEY_BYTES]; /* what the cap per address counts by */
	size_t key_len;              /* 0: not counted */
	bool counted;                /* the server counts it against its caps */
};

/* Takes over a connected, non-blocking descriptor; waits for a head. */
void connection_open(struct connection_group *group, int fd, const struct connection_peer *peer);

/* Takes over a descriptor to answer 503 and close it. */
void connection_refuse(struct connection_group *group, int fd, const struct connection_peer *peer);

/* Who it is. */
const struct connection_peer *connection_peer(const struct connection *c);

/* Writes the reply of its exchange. */
void connection_reply(struct connection *c);

/* Ends all idle connections, lets the others end after their reply. */
void connection_drain_all(struct connection_group *group);

/* Makes room: ends the connection that has waited longest, among those that wait between two requests or said nothing
 * for a while. Returns whether there was one. */
bool connection_shed(struct connection_group *group);

/* Ends all connections now. */
void connection_abort_all(struct connection_group *group);

/* Ends an exchange that lost its connection. */
void connection_end_orphan(struct server_exchange *x);

/* Frees the group once nothing refers to it. */
void connection_group_release(struct connection_group *group);

#endif
