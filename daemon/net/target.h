/* SPDX-License-Identifier: Apache-2.0 */
/* target: the request target and the host of a head (RFC 9112 3, RFC 3986). Pure. */
#ifndef PLANVAX_NET_TARGET_H
#define PLANVAX_NET_TARGET_H

#include <planvax/net/head.h>

/* Parses a target of len bytes into path, segments and query of request, and, where it has one, its host
 * (absolute form); request->method is known. 0; ERR_INVALID with *why. */
int target_parse(const char *text, size_t len, struct http_request *request, struct head_refusal *why);

/* Whether len bytes are a host with or without port, neither empty. */
bool target_host_valid(const char *text, size_t len);

#endif
