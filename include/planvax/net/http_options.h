/* SPDX-License-Identifier: Apache-2.0 */
/* http_options: options of the HTTP server and the operator's socket: their
 * struct and rows for the sections [http] and [control]. Plain value. */
#ifndef PLANVAX_NET_HTTP_OPTIONS_H
#define PLANVAX_NET_HTTP_OPTIONS_H

#include <planvax/base/option.h>

struct http_options {
	struct option_list listen;         /* "ADDRESS:PORT", "[::1]:PORT" */
	const char *tls_certificate;       /* PEM chain; NULL or "": no TLS */
	const char *tls_key;               /* PEM key */
	const char *control_socket;        /* path; NULL or "": none */
	int64_t max_connections;           /* over TCP; the operator's socket has places of its own */
	int64_t max_per_address;           /* connections of one IPv4 address or IPv6 /64 */
	int64_t max_requests;              /* on one kept connection */
	int64_t max_body;                  /* bytes of a request's body, unless its route says otherwise */
	int64_t max_buffered;              /* bytes of all bodies and replies in memory at once */
	int64_t head_deadline_ms;          /* from the first byte (or the connection) to the end of the head */
	int64_t body_deadline_ms;          /* for each 64 KiB of a body */
	int64_t reply_deadline_ms;         /* for each 64 KiB of a reply to be taken */
	int64_t transfer_deadline_ms;      /* for a whole body, and for a whole reply */
	int64_t handler_deadline_ms;       /* for a handler to reply: else 503 */
	int64_t idle_deadline_ms;          /* between two requests */
	int64_t drain_deadline_ms;         /* for running requests to end at a stop */
};

/* Rows of [http] and [control], offsets into struct http_options. */
extern const struct option_row http_options_rows[];
extern const size_t http_options_n_rows;

#endif
