/* SPDX-License-Identifier: Apache-2.0 */
/* fetch: one outgoing request, one answer back. `struct fetcher` is the one
 * interface that tests replace: the daemon's speaks HTTPS and HTTP over libcurl
 * on the loop, a scenario's answers from a script. Redirects are not followed but
 * where asked for. Loop thread only. */
#ifndef PLANVAX_NET_FETCH_H
#define PLANVAX_NET_FETCH_H

#include <planvax/net/http.h>
#include <planvax/net/loop.h>

/* What to ask. Texts and body are copied by start. */
struct fetch_request {
	const char *method;              /* "GET", "POST", "PROPFIND" ... */
	const char *url;                 /* "https://..."; "http://..." where allow_http */
	const struct http_pair *headers; /* without Host and Content-Length */
	size_t n_headers;
	const void *body;                /* NULL: none */
	size_t body_len;
	const char *username, *password; /* basic authentication; NULL: none */
	const char *unix_socket;         /* path of a Unix socket to speak over, with allow_private; NULL: TCP */
	const char *ca_file;             /* trust these authorities only; NULL: the system's */
	int64_t connect_timeout_ms;      /* 0: 10 s */
	int64_t timeout_ms;              /* of the whole; 0: 60 s */
	int64_t max_answer_bytes;        /* of the body, unpacked; 0: 1 MiB */
	int64_t stall_ms;                /* without a byte; 0: no such limit */
	int max_redirects;               /* that are followed with the same method; the address of each is checked as the first one's, https
	                                  * never leads to http, and another host or port never gets the password */
	bool accept_packed;              /* the body may come as gzip or deflate; callers get it unpacked */
	/* Takes the body of an answer 2xx as it comes, in place of answer->body, from the loop. 0; negative: the answer ends with
	 * ERR_IO. NULL: none */
	int (*sink)(void *arg, const void *bytes, size_t len);
	void *sink_arg;
	bool allow_private;              /* private and loopback addresses too; link-local ones never */
	bool allow_http;                 /* without TLS too */
};

/* What came back; valid during the call only. */
struct fetch_answer {
	int rc;                          /* 0: an answer came, whatever its status; else why none did, below */
	int status;                      /* HTTP status; 0 without an answer */
	const struct http_pair *headers; /* names in lower case; at most 64 */
	size_t n_headers;
	const char *body;                /* NUL-terminated; never NULL */
	size_t body_len;
	const char *url;                 /* that answered, after redirects; "" when rc is not 0 */
	const char *what;                /* what went wrong, for logs and people; "" when rc is 0; no secrets */
};
/* rc: ERR_INVALID no such URL; ERR_DENIED private address or http refused; ERR_NOT_FOUND name unknown;
 * ERR_IO no connection; ERR_CLOSED it broke before the whole answer; ERR_CORRUPT the answer is no HTTP; ERR_CONFLICT TLS or
 * certificate refused; ERR_TIMEOUT; ERR_LIMIT answer too large;
 * ERR_UNSUPPORTED scheme; ERR_STOPPED cancelled by fetcher_free. */

/* Receives the answer, once, from the loop and never from within start. */
typedef void (*fetch_done)(void *arg, const struct fetch_answer *answer);

/* The interface. */
struct fetcher {
	/* Begins a request; done(arg) follows unless it is cancelled. Returns its id, never 0. */
	uint64_t (*start)(struct fetcher *self, const struct fetch_request *request, fetch_done done, void *arg);
	/* Forgets a request: done is not called. An id that ended is ignored. */
	void (*cancel)(struct fetcher *self, uint64_t id);
	/* Ends all requests (done gets ERR_STOPPED) and frees self; NULL: nothing to free. */
	void (*free)(struct fetcher *self);
};

/* A fetcher over libcurl; at most max_parallel requests at once, others wait their turn. user_agent is copied.
 * Owned by the caller; loop is borrowed and outlives it. */
struct fetcher *fetch_new(struct loop *loop, const char *user_agent, size_t max_parallel);

/* Frees any fetcher by its own free; NULL allowed. */
void fetch_free(struct fetcher *fetcher);

/* Value of an answer's header (name in lower case), or NULL. */
const char *fetch_header(const struct fetch_answer *answer, const char *name);

#endif
