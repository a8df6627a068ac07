/* SPDX-License-Identifier: Apache-2.0 */
/* http_body: takes a request's body out of the bytes that follow its head: by
 * length, or strictly chunked (RFC 9112 7.1). Pure, fuzzed; any thread. */
#ifndef PLANVAX_NET_HTTP_BODY_H
#define PLANVAX_NET_HTTP_BODY_H

#include <planvax/base/buf.h>
#include <planvax/base/err.h>
#include <stdbool.h>
#include <stdint.h>

enum http_body_state {
	HTTP_BODY_BYTES,     /* left bytes of the body, or of a chunk */
	HTTP_BODY_SIZE,      /* in the line with a chunk's size */
	HTTP_BODY_EXTENSION, /* behind the size, in the same line */
	HTTP_BODY_SIZE_LF,   /* the line feed that ends it */
	HTTP_BODY_CR,        /* the line end behind a chunk */
	HTTP_BODY_LF,
	HTTP_BODY_TRAILER,   /* lines behind the last chunk, dropped */
	HTTP_BODY_DONE
};

struct http_body {
	enum http_body_state state;
	bool chunked;
	int64_t left;     /* bytes of the body or the chunk that are still to come */
	int64_t received; /* bytes of the body so far */
	int64_t max;      /* of the body */
	int digits;       /* of the chunk size so far */
	int overhead;     /* bytes of extensions and trailers so far */
	int line;         /* bytes of the trailer line so far */
	char previous;    /* byte of it */
	bool colon;       /* seen in it */
};

/* Prepares for a body of length bytes, or a chunked one (length -1), of at most max bytes. */
void http_body_init(struct http_body *body, int64_t length, int64_t max);

/* Takes up to len bytes, appends what is body to out; *used says how many were taken. 0: the body is complete;
 * ERR_AGAIN: more is needed; ERR_INVALID: broken chunks; ERR_LIMIT: more than max. */
int http_body_feed(struct http_body *body, const char *bytes, size_t len, size_t *used, struct buf *out);

#endif
