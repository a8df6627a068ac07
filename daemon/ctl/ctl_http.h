/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_http: one HTTP request over the daemon's Unix socket, and its answer. Blocking. */
#ifndef PLANVAX_CTL_CTL_HTTP_H
#define PLANVAX_CTL_CTL_HTTP_H

#include <planvax/base/buf.h>
#include <planvax/base/fault.h>

struct ctl_http_request {
	const char *socket;  /* path */
	const char *method;  /* "GET" */
	const char *target;  /* "/v1/status?summary=1", encoded */
	const char *type;    /* media type of the body; NULL: no body */
	const char *body;
	size_t body_len;
	int timeout_s;       /* without a byte; 0: 120 */
};

struct ctl_http_answer {
	int status;
	struct buf body;     /* released by the caller */
};

/* Asks and waits. 0; ERR_NOT_FOUND: nobody listens at the socket; ERR_DENIED: it may not be used; ERR_IO, ERR_TIMEOUT;
 * ERR_INVALID: not an answer in HTTP; ERR_LIMIT: larger than 1 GiB. f tells. */
int ctl_http_call(const struct ctl_http_request *request, struct ctl_http_answer *answer, struct fault *f);

/* Parses a whole answer of len bytes, as a closing peer sends it. 0; ERR_TRUNCATED; ERR_INVALID. Pure. */
int ctl_http_parse(const char *bytes, size_t len, struct ctl_http_answer *answer);

#endif
