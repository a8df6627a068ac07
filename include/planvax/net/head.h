/* SPDX-License-Identifier: Apache-2.0 */
/* head: strict parser of an HTTP/1.1 request head (RFC 9112, RFC 9110): what
 * two readers could read differently is refused. Pure, fuzzed; any thread.
 * The body is not its business, but how long it is, is. */
#ifndef PLANVAX_NET_HEAD_H
#define PLANVAX_NET_HEAD_H

#include <planvax/net/http.h>

#define HEAD_MAX_BYTES 16384  /* of a whole head: else 431 */
#define HEAD_MAX_TARGET 8000  /* bytes of a request target: else 414 (RFC 9112 3 asks for 8000) */
#define HEAD_MAX_HEADERS 64   /* field lines: else 431 */
#define HEAD_MAX_QUERY 64     /* query parameters: else 400 */
#define HEAD_MAX_SEGMENTS 32  /* of a path: else 414 */

/* Why a head is refused. */
struct head_refusal {
	int status;       /* 400, 414, 417, 431, 501, 505 */
	const char *what; /* for the client; static text */
};

/* Looks for the end of a head in len bytes that came so far; *seen (0 at first, kept by the caller between calls)
 * is how far the search went. Line ends are judged on the way, so that rubbish is refused before a head is whole.
 * Returns the length of the head with its empty line; 0: more bytes are needed; ERR_INVALID with *why. One empty
 * line before the request line is skipped (RFC 9112 2.2) and counts as part of the head. */
int64_t head_find(const char *bytes, size_t len, size_t *seen, struct head_refusal *why);

/* Parses a whole head of len bytes, as head_find measured it. Sets all of *request but body, peer and arena; its
 * texts go to request->arena, which the caller set. 0; ERR_INVALID with *why, *request undefined. */
int head_parse(const char *bytes, size_t len, struct http_request *request, struct head_refusal *why);

#endif
