/* SPDX-License-Identifier: Apache-2.0 */
/* call: one request on its way through the api: its caller, its phases, and how it is answered: JSON with strong
 * entity tags, gzip where accepted, problem documents (RFC 9457). */
#ifndef PLANVAX_API_CALL_H
#define PLANVAX_API_CALL_H

#include "access.h"

#include <planvax/api/api.h>
#include <planvax/base/json.h>
#include <planvax/base/vec.h>

struct route;
struct route_path;

#define CALL_PARAMETERS 4
#define CALL_JSON_TYPE "application/json"
#define CALL_NDJSON_TYPE "application/x-ndjson"

/* One wrong member: where and what. */
struct call_error {
	const char *pointer;   /* "#/offer"; "#/query/month" for a query parameter */
	const char *parameter; /* the query parameter's name; NULL: a member of the body */
	const char *detail;
};

struct api_call {
	struct api *api;
	const struct api_context *context;
	const struct route *route;      /* NULL until matched */
	struct server_exchange *x;
	const struct http_request *request;
	struct http_reply *reply;
	struct arena *arena;            /* the request's; whichever thread runs the call */
	struct access_caller caller;
	const char *path[CALL_PARAMETERS]; /* values of {names} in the route's pattern, in order */
	struct tx *tx;                  /* open during run, and during work that asks for it */
	struct settings *settings;      /* in force when the request came; a reference */
	struct json_doc *doc;           /* the body, once read */
	VEC(struct call_error) errors;
	void *state;                    /* the handler's own, in arena */
	/* What follows run; set by it. */
	void (*work)(struct api_call *c);             /* on the pool */
	bool work_reads;                              /* open tx for work */
	int (*write)(struct tx *tx, struct api_call *c); /* on the writer; after work */
	void (*written)(struct api_call *c, int rc);  /* then, on the loop's thread */
	int rc;                         /* of write */
	bool changed;                   /* tell the daemon when all is over */
};

/* ---- reading the request ---- */

/* Value of a query parameter, or NULL. */
const char *call_query(const struct api_call *c, const char *name);

/* A number of the query within min..max; fallback where it is absent. False: the error is noted. */
bool call_query_int(struct api_call *c, const char *name, int64_t max, int64_t *value);

/* Whether a flag of the query is set (1, true). What is neither that nor 0 or false: the error is noted. */
bool call_query_flag(struct api_call *c, const char *name);

/* "2022-01" of the query, else the planning month. In arena. NULL: the error is noted. */
const char *call_query_month(struct api_call *c);

/* Whether text is a month. */
bool call_is_month(const char *text);

/* Whether Accept allows a media type. */
bool call_accepts(const struct http_request *request, const char *type);

/* Whether the client takes gzip. */
bool call_accepts_gzip(const struct http_request *request);

/* The body as an object whose keys are all in `keys` (words separated by blanks). NULL: the reply is written. */
const struct json_value *call_body(struct api_call *c, const char *keys);

/* A text member of at most max bytes; NULL: absent (an error where required) or an error, noted. */
const char *call_text(struct api_call *c, const struct json_value *body, const char *key, size_t max);

/* As call_text, but absent is an error, noted. */
const char *call_required(struct api_call *c, const struct json_value *body, const char *key, size_t max);

/* ---- answering ---- */

/* Writes to the reply's body. */
void call_writer(struct api_call *c, struct json_writer *w);

/* Ends a JSON body that was written: status, headers, entity tag, 304, gzip. */
void call_json(struct api_call *c, int status);

/* The same for another media type. */
void call_typed(struct api_call *c, int status, const char *type);

/* Headers of what may be kept by one client and asked for again: Cache-Control, Vary. */
void call_cache_headers(struct api_call *c);

/* True: the client has it (If-None-Match); the reply is 304. digest is that of the expanded bytes. */
bool call_not_modified(struct api_call *c, const unsigned char digest[DIGEST_BYTES]);

/* Sets ETag for a body sent plain or gzipped. */
void call_etag(struct api_call *c, const unsigned char digest[DIGEST_BYTES], bool gzipped);

/* A problem document. detail: printf form. */
void call_problem(struct api_call *c, int status, const char *detail, ...) __attribute__((format(printf, 3, 4)));

/* "There is no such thing here", also for what is out of scope. */
void call_not_found(struct api_call *c);

/* A problem for an error of store or job: 404, 409, 503 or 500. */
void call_failed(struct api_call *c, int rc);

/* Notes what is wrong with a member of the body, or ("query/month") with a query parameter. detail: printf form. */
void call_wrong(struct api_call *c, const char *member, const char *detail, ...) __attribute__((format(printf, 3, 4)));

/* Whether errors were noted; then the reply is a problem document with that status and all of them. */
bool call_refused(struct api_call *c, int status);

/* ---- lists ---- */

#define CALL_LIMIT_MAX 1000

/* limit and cursor of a list. *after (in arena) is what the cursor holds, or NULL. False: errors are noted. */
bool call_page(struct api_call *c, int64_t fallback, size_t *limit, const char **after);

/* Writes "next" as cursor after `last` (NULL: null) and the Link header. */
void call_next(struct api_call *c, struct json_writer *w, const char *last);

/* Adds the Link header alone. Returns the cursor, in arena. */
const char *call_link(struct api_call *c, const char *last);

/* Writes an instant, or null where it is unset. */
void call_put_instant(struct json_writer *w, const char *key, struct instant at);

#endif
