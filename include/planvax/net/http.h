/* SPDX-License-Identifier: Apache-2.0 */
/* http: what a request and a reply are, for handlers: plain values, no socket.
 * A request can be made from text by net/head, so handlers are tested without
 * a server. Loop thread, as a rule; the values themselves know no thread. */
#ifndef PLANVAX_NET_HTTP_H
#define PLANVAX_NET_HTTP_H

#include <planvax/base/arena.h>
#include <planvax/base/buf.h>
#include <planvax/base/clock.h>
#include <planvax/base/fault.h>
#include <planvax/base/names.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
	HTTP_OPTIONS,
	HTTP_OTHER /* a token that we do not know: 501 */
};

/* "GET" ...; HTTP_OTHER has no word. */
extern const struct name http_method_names[];

/* A header field or a query parameter. */
struct http_pair {
	const char *name;  /* field names are in lower case */
	const char *value; /* without surrounding blanks; never NULL */
};

enum http_peer_kind {
	HTTP_PEER_UNIX, /* the operator's socket: trusted by its file mode */
	HTTP_PEER_TCP
};

/* Who asks. */
struct http_peer {
	enum http_peer_kind kind;
	bool tls;
	char address[64]; /* "192.0.2.1", "2001:db8::1"; "unix" */
	int64_t uid;      /* of the process at the other end of a Unix socket; -1 for TCP */
};

/* A request. Everything lives in arena. */
struct http_request {
	enum http_method method;
	const char *method_word;        /* as sent */
	const char *target;             /* as sent, at most HEAD_MAX_TARGET bytes */
	const char *path;               /* its path, still percent-encoded; "/" at least, "*" for OPTIONS * */
	const char *const *segments;    /* of the path, each percent-decoded, UTF-8 without controls, never "." or "..";
	                                   one may contain a decoded slash; "/a/" is "a", "" and "/" has none */
	size_t n_segments;
	const struct http_pair *query;  /* percent-decoded, '+' is a blank, in the order sent */
	size_t n_query;
	const struct http_pair *headers; /* in the order sent; what was sent twice stands here once, joined by ", " */
	size_t n_headers;
	const char *host;               /* lower case, with port if sent; "" for HTTP/1.0 without one */
	int minor;                      /* 1 for HTTP/1.1, 0 for HTTP/1.0 */
	bool keep_alive;                /* the client wants the connection to stay */
	bool expect_continue;
	bool chunked;                   /* the body comes in chunks: its length is not known before */
	int64_t content_length;         /* bytes of the body as announced; 0 without a body, -1 if chunked */
	const char *body;               /* the body once read, NUL-terminated; "" before and without one */
	size_t body_len;
	struct http_peer peer;
	struct arena *arena;            /* lives as long as the request; handlers may use it */
};

/* Value of a header field (name in lower case), or NULL. */
const char *http_header(const struct http_request *request, const char *name);

/* Value of the first query parameter of that name, or NULL. */
const char *http_query(const struct http_request *request, const char *name);

/* Whether segment i exists and equals word. */
bool http_segment_is(const struct http_request *request, size_t i, const char *word);

/* The token of "Authorization: Bearer TOKEN", or NULL without one. */
const char *http_bearer(const struct http_request *request);

/* Whether a list header such as If-None-Match, given by value, holds the entity tag (with its quotes) or "*";
 * weak comparison (RFC 9110 8.8.3.2). value may be NULL: false. */
bool http_etag_listed(const char *value, const char *etag);

/* What to answer. Starts as 0 bytes with status 500; the handler sets status and adds headers and a body. */
struct http_reply {
	int status;         /* 200 to 599 */
	bool close;         /* the connection ends after this reply */
	struct buf headers; /* "Name: value\r\n" lines; by http_reply_header */
	struct buf body;    /* the body, unless one is borrowed */
	const void *borrowed;         /* a body that somebody else keeps; NULL: body counts */
	size_t borrowed_len;
	void (*release)(void *arg);   /* called once when the borrowed body is no longer needed; NULL: nothing to do */
	void *release_arg;
};

/* An empty reply. */
void http_reply_init(struct http_reply *reply);

/* Frees its memory and releases a borrowed body; usable again. */
void http_reply_release(struct http_reply *reply);

/* Forgets headers and body and sets the status: for a handler that changes its mind. */
void http_reply_restart(struct http_reply *reply, int status);

/* Adds a header field; asserts that the name is a token. A value that holds controls is cut before the first.
 * Date, Content-Length, Connection and Transfer-Encoding are the connection's: asserts. */
void http_reply_header(struct http_reply *reply, const char *name, const char *value);

/* Value of the first header field of that name, any case, in *len bytes, or NULL. */
const char *http_reply_find(const struct http_reply *reply, const char *name, size_t *len);

/* Sets status and content type; the body is appended to reply->body by the caller, before or after. */
void http_reply_type(struct http_reply *reply, int status, const char *content_type);

/* Makes the reply a body that somebody else keeps: bytes stay valid until release(arg). */
void http_reply_borrow(struct http_reply *reply, const void *bytes, size_t len, void (*release)(void *), void *arg);

/* The body's bytes and length, owned or borrowed. */
const void *http_reply_body(const struct http_reply *reply, size_t *len);

/* Makes the reply a problem document (RFC 9457): type "about:blank", title from the status, detail (may be NULL).
 * What the reply held is forgotten. */
void http_reply_problem(struct http_reply *reply, int status, const char *detail);

/* Reason phrase of a status; "Unknown" for others. Static text. */
const char *http_reason(int status);

#define HTTP_DATE_BYTES 30 /* "Sun, 06 Nov 1994 08:49:37 GMT" and a NUL */

/* Writes the IMF-fixdate of RFC 9110 5.6.7. Returns text. */
char *http_date_format(struct instant at, char text[HTTP_DATE_BYTES]);

/* Reads an IMF-fixdate (NUL-terminated). The obsolete forms are not taken. 0; ERR_INVALID. */
int http_date_parse(const char *text, struct instant *out);

/* Reads Retry-After: seconds or a date, as seconds from now, at least 0. 0; ERR_INVALID. */
int http_retry_after(const char *value, struct instant now, int64_t *seconds);

#endif
