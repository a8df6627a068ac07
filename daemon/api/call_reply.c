/* SPDX-License-Identifier: Apache-2.0 */
/* call: answers that succeed: entity tags, compression, pages of lists. */
#include "call.h"

#include <planvax/base/gzip.h>
#include <planvax/base/text.h>

#include <stdio.h>
#include <string.h>

#define GZIP_FROM_BYTES 1024
#define ETAG_BYTES 80 /* quotes, 64 digits, "-gzip" and a NUL */

void call_writer(struct api_call *c, struct json_writer *w)
{
	json_writer_init(w, &c->reply->body);
}

/* A strong tag names bytes: plain and gzipped ones differ (RFC 9110 8.8.3.3). */
static const char *make_tag(const unsigned char digest[DIGEST_BYTES], bool gzipped, char text[ETAG_BYTES])
{
	char hex[DIGEST_TEXT_BYTES];

	digest_text(digest, hex);
	snprintf(text, ETAG_BYTES, "\"%s%s\"", hex + strlen("sha256:"), gzipped ? "-gzip" : "");
	return text;
}

void call_etag(struct api_call *c, const unsigned char digest[DIGEST_BYTES], bool gzipped)
{
	char tag[ETAG_BYTES];

	http_reply_header(c->reply, "ETag", make_tag(digest, gzipped, tag));
}

void call_cache_headers(struct api_call *c)
{
	http_reply_header(c->reply, "Cache-Control", "private, no-cache");
	http_reply_header(c->reply, "Vary", "Accept, Accept-Encoding, Authorization");
}

bool call_not_modified(struct api_call *c, const unsigned char digest[DIGEST_BYTES])
{
	const char *known = http_header(c->request, "if-none-match");
	char tag[ETAG_BYTES];

	for (int gzipped = 0; known && gzipped < 2; gzipped++) {
		if (!http_etag_listed(known, make_tag(digest, gzipped, tag)))
			continue;
		http_reply_restart(c->reply, 304);
		http_reply_header(c->reply, "ETag", tag);
		call_cache_headers(c);
		return true;
	}
	return false;
}

void call_typed(struct api_call *c, int status, const char *type)
{
	const bool safe = c->request->method == HTTP_GET || c->request->method == HTTP_HEAD;
	struct buf *body = &c->reply->body;
	unsigned char digest[DIGEST_BYTES];
	bool gzipped = false;

	http_reply_type(c->reply, status, type);
	if (!safe || status != 200) {
		http_reply_header(c->reply, "Cache-Control", "no-store");
		return;
	}
	digest_sha256(buf_str(body), body->len, digest);
	if (call_not_modified(c, digest))
		return;
	if (body->len >= GZIP_FROM_BYTES && call_accepts_gzip(c->request)) {
		struct buf packed = BUF_INIT;

		gzip_compress(body->data, body->len, &packed);
		buf_release(body);
		*body = packed;
		http_reply_header(c->reply, "Content-Encoding", "gzip");
		gzipped = true;
	}
	call_etag(c, digest, gzipped);
	call_cache_headers(c);
}

void call_json(struct api_call *c, int status)
{
	buf_putc(&c->reply->body, '\n');
	call_typed(c, status, CALL_JSON_TYPE);
}

void call_put_instant(struct json_writer *w, const char *key, struct instant at)
{
	char text[21];

	json_text_member(w, key, at.utc_s ? instant_format_utc(at, text) : NULL);
}

/* ---- pages ---- */

/* A cursor is base64 in the alphabet for addresses, without padding, of "1" and the last line's key. */
static const char *encode_cursor(const char *last, struct arena *arena)
{
	struct buf text = BUF_INIT;

	buf_putc(&text, '1');
	buf_puts(&text, last);
	size_t len = text.len;
	base64_encode(arena_memdup(arena, text.data, len), len, &text);
	buf_consume(&text, len);
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '+')
			text.data[i] = '-';
		else if (text.data[i] == '/')
			text.data[i] = '_';
		else if (text.data[i] == '=')
			buf_truncate(&text, i);
	}
	char *out = arena_strdup(arena, buf_str(&text));
	buf_release(&text);
	return out;
}

static const char *decode_cursor(const char *cursor, struct arena *arena)
{
	struct buf bytes = BUF_INIT;
	char *plain = arena_strdup(arena, cursor), *last = NULL;

	for (char *p = plain; *p; p++)
		*p = (char)(*p == '-' ? '+' : *p == '_' ? '/' : *p);
	if (strlen(cursor) <= 400 && base64_decode(plain, strlen(plain), &bytes) == 0 && bytes.len > 1 && bytes.data[0] == '1' &&
		text_is_utf8(bytes.data, bytes.len))
		last = arena_strndup(arena, bytes.data + 1, bytes.len - 1);
	buf_release(&bytes);
	return last;
}

bool call_page(struct api_call *c, int64_t fallback, size_t *limit, const char **after)
{
	const char *cursor = call_query(c, "cursor");
	int64_t n = fallback;
	bool right = call_query_int(c, "limit", CALL_LIMIT_MAX, &n);

	*limit = (size_t)n;
	*after = cursor ? decode_cursor(cursor, c->arena) : NULL;
	if (cursor && !*after) {
		call_wrong(c, "query/cursor", "is not one that was given out here; begin without it");
		right = false;
	}
	return right;
}

static void put_encoded(struct buf *out, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (; *text; text++) {
		if (strchr(plain, *text))
			buf_putc(out, *text);
		else
			buf_printf(out, "%%%02X", (unsigned char)*text);
	}
}

const char *call_link(struct api_call *c, const char *last)
{
	const char *cursor = encode_cursor(last, c->arena);
	struct buf link = BUF_INIT;
	char mark = '?';

	buf_printf(&link, "<%s", c->request->path);
	for (size_t i = 0; i < c->request->n_query; i++) {
		const struct http_pair *pair = &c->request->query[i];

		if (!strcmp(pair->name, "cursor"))
			continue;
		buf_putc(&link, mark);
		put_encoded(&link, pair->name);
		buf_putc(&link, '=');
		put_encoded(&link, pair->value);
		mark = '&';
	}
	buf_printf(&link, "%ccursor=%s>; rel=\"next\"", mark, cursor);
	http_reply_header(c->reply, "Link", buf_str(&link));
	buf_release(&link);
	return cursor;
}

void call_next(struct api_call *c, struct json_writer *w, const char *last)
{
	json_text_member(w, "next", last ? call_link(c, last) : NULL);
}
