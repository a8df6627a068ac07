/* SPDX-License-Identifier: Apache-2.0 */
/* http_body: a state machine over the bytes behind a head. */
#include "http_body.h"

#include <assert.h>

#define MAX_SIZE_DIGITS 12   /* hexadecimal, of one chunk */
#define MAX_OVERHEAD 8192    /* bytes of all extensions and trailers */

void http_body_init(struct http_body *body, int64_t length, int64_t max)
{
	assert(length >= -1);
	*body = (struct http_body){.max = max, .chunked = length < 0, .left = length};
	if (body->chunked) {
		body->state = HTTP_BODY_SIZE;
		body->left = 0;
	} else {
		body->state = length > 0 ? HTTP_BODY_BYTES : HTTP_BODY_DONE;
	}
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static int feed_size(struct http_body *body, char c)
{
	int value = hex_value(c);

	if (value >= 0) {
		if (++body->digits > MAX_SIZE_DIGITS)
			return ERR_INVALID;
		body->left = body->left * 16 + value;
		return 0;
	}
	if (body->digits == 0)
		return ERR_INVALID;
	if (c == '\r')
		body->state = HTTP_BODY_SIZE_LF;
	else if (c == ';')
		body->state = HTTP_BODY_EXTENSION;
	else
		return ERR_INVALID;
	return 0;
}

static int feed_extension(struct http_body *body, char c)
{
	if (c == '\r') {
		body->state = HTTP_BODY_SIZE_LF;
		return 0;
	}
	if (++body->overhead > MAX_OVERHEAD || (c != '\t' && (c < 0x20 || c > 0x7e)))
		return ERR_INVALID;
	return 0;
}

/* The size is known: a chunk, or the trailer behind the last one. */
static int begin_chunk(struct http_body *body, char c)
{
	if (c != '\n')
		return ERR_INVALID;
	body->digits = 0;
	body->line = 0;
	body->previous = '\0';
	body->colon = false;
	body->state = body->left > 0 ? HTTP_BODY_BYTES : HTTP_BODY_TRAILER;
	return body->left > body->max - body->received ? ERR_LIMIT : 0;
}

static int feed_trailer(struct http_body *body, char c)
{
	if (++body->overhead > MAX_OVERHEAD)
		return ERR_INVALID;
	if ((c == '\n') != (body->previous == '\r'))
		return ERR_INVALID;
	if (c == '\n') {
		if (body->line == 1)
			body->state = HTTP_BODY_DONE;
		else if (!body->colon)
			return ERR_INVALID;
		body->line = 0;
		body->colon = false;
		body->previous = '\0';
		return 0;
	}
	if (c != '\r' && c != '\t' && ((unsigned char)c < 0x20 || c == 0x7f))
		return ERR_INVALID;
	if (body->line == 0 && (c == ' ' || c == '\t' || c == ':'))
		return ERR_INVALID;
	body->line++;
	body->colon = body->colon || c == ':';
	body->previous = c;
	return 0;
}

/* Takes one byte that is not the body's own. */
static int feed_byte(struct http_body *body, char c)
{
	switch (body->state) {
	case HTTP_BODY_SIZE:
		return feed_size(body, c);
	case HTTP_BODY_EXTENSION:
		return feed_extension(body, c);
	case HTTP_BODY_SIZE_LF:
		return begin_chunk(body, c);
	case HTTP_BODY_CR:
		body->state = HTTP_BODY_LF;
		return c == '\r' ? 0 : ERR_INVALID;
	case HTTP_BODY_LF:
		body->state = HTTP_BODY_SIZE;
		return c == '\n' ? 0 : ERR_INVALID;
	case HTTP_BODY_TRAILER:
		return feed_trailer(body, c);
	case HTTP_BODY_BYTES:
	case HTTP_BODY_DONE:
		break;
	}
	return ERR_INVALID;
}

/* Takes what is there of the body's own bytes. */
static size_t feed_bytes(struct http_body *body, const char *bytes, size_t len, struct buf *out)
{
	size_t n = (uint64_t)body->left < len ? (size_t)body->left : len;

	buf_put(out, bytes, n);
	body->received += (int64_t)n;
	body->left -= (int64_t)n;
	if (body->left == 0)
		body->state = body->chunked ? HTTP_BODY_CR : HTTP_BODY_DONE;
	return n;
}

int http_body_feed(struct http_body *body, const char *bytes, size_t len, size_t *used, struct buf *out)
{
	int rc = 0;

	*used = 0;
	if (!body->chunked && body->left > body->max - body->received)
		return ERR_LIMIT;
	while (rc == 0 && *used < len && body->state != HTTP_BODY_DONE) {
		if (body->state == HTTP_BODY_BYTES)
			*used += feed_bytes(body, bytes + *used, len - *used, out);
		else
			rc = feed_byte(body, bytes[(*used)++]);
	}
	if (rc != 0)
		return rc;
	return body->state == HTTP_BODY_DONE ? 0 : ERR_AGAIN;
}
