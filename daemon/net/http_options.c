/* SPDX-License-Identifier: Apache-2.0 */
/* http_options: the rows of [http] and [control]. */
#include <planvax/net/http_options.h>

#define ROW(member) .offset = offsetof(struct http_options, member)
#define MIB (INT64_C(1024) * 1024)
#define HOUR_MS (INT64_C(3600) * 1000)

const struct option_row http_options_rows[] = {
	{.section = "http", .key = "listen", .type = OPTION_LIST, ROW(listen), .fallback = "127.0.0.1:8080, [::1]:8080",
		.help = "Addresses to listen on, as ADDRESS:PORT or [ADDRESS]:PORT; port 0 takes a free one. An address family "
			"that the machine lacks is a warning. Sockets that systemd passes replace these."},
	{.section = "http", .key = "tls_certificate", .type = OPTION_PATH, ROW(tls_certificate), .flags = OPTION_RELOADABLE,
		.help = "Certificate chain (PEM). Without one, TLS is the business of a proxy in front."},
	{.section = "http", .key = "tls_key", .type = OPTION_PATH, ROW(tls_key), .flags = OPTION_RELOADABLE,
		.help = "Private key of tls_certificate (PEM)."},
	{.section = "http", .key = "max_connections", .type = OPTION_INT, ROW(max_connections), .fallback = "1024", .min = 1,
		.max = 100000, .help = "Connections at once over TCP; further ones get 503. The operator's socket has places of its own."},
	{.section = "http", .key = "max_per_address", .type = OPTION_INT, ROW(max_per_address), .fallback = "256", .min = 1,
		.max = 100000, .help = "Connections at once of one IPv4 address or one IPv6 /64; further ones get 503."},
	{.section = "http", .key = "max_body", .type = OPTION_BYTES, ROW(max_body), .fallback = "1 MiB", .min = 0,
		.max = 1024 * MIB, .unit = "bytes", .help = "Largest body of a request; imports have a limit of their own."},
	{.section = "http", .key = "max_buffered", .type = OPTION_BYTES, ROW(max_buffered), .fallback = "256 MiB", .min = MIB,
		.max = 65536 * MIB, .unit = "bytes", .flags = OPTION_ADVANCED,
		.help = "Bodies and replies of all connections in memory at once; what would exceed it gets 503."},
	{.section = "http", .key = "max_requests", .type = OPTION_INT, ROW(max_requests), .fallback = "10000", .min = 1,
		.max = INT32_MAX, .flags = OPTION_ADVANCED, .help = "Requests on one kept connection before it is closed."},
	{.section = "http", .key = "head_deadline", .type = OPTION_DURATION, ROW(head_deadline_ms), .fallback = "10 s", .min = 10,
		.max = HOUR_MS, .unit = "ms", .help = "Time for a request's head to arrive as a whole."},
	{.section = "http", .key = "body_deadline", .type = OPTION_DURATION, ROW(body_deadline_ms), .fallback = "10 s", .min = 10,
		.max = HOUR_MS, .unit = "ms", .help = "Time for each 64 KiB of a request's body, and for its end, to arrive."},
	{.section = "http", .key = "reply_deadline", .type = OPTION_DURATION, ROW(reply_deadline_ms), .fallback = "10 s", .min = 10,
		.max = HOUR_MS, .unit = "ms", .help = "Time for a client to take each 64 KiB of a reply, and its end."},
	{.section = "http", .key = "transfer_deadline", .type = OPTION_DURATION, ROW(transfer_deadline_ms), .fallback = "10 min",
		.min = 10, .max = 24 * HOUR_MS, .unit = "ms", .flags = OPTION_ADVANCED,
		.help = "Time for one whole body, and for one whole reply."},
	{.section = "http", .key = "handler_deadline", .type = OPTION_DURATION, ROW(handler_deadline_ms), .fallback = "60 s",
		.min = 10, .max = HOUR_MS, .unit = "ms", .flags = OPTION_ADVANCED,
		.help = "Time for the service itself to answer; after it the client gets 503."},
	{.section = "http", .key = "idle_deadline", .type = OPTION_DURATION, ROW(idle_deadline_ms), .fallback = "60 s", .min = 10,
		.max = 24 * HOUR_MS, .unit = "ms", .help = "Time that a kept connection may wait for its next request."},
	{.section = "http", .key = "drain_deadline", .type = OPTION_DURATION, ROW(drain_deadline_ms), .fallback = "15 s", .min = 0,
		.max = HOUR_MS, .unit = "ms", .help = "Time that running requests have to end when the service stops."},
	{.section = "control", .key = "socket", .type = OPTION_PATH, ROW(control_socket), .fallback = "/run/planvax/control.sock",
		.help = "Unix socket of the operator (mode 0660); planvaxctl talks to the service over it. Empty: none."},
};

const size_t http_options_n_rows = sizeof(http_options_rows) / sizeof(http_options_rows[0]);
