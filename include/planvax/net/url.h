/* SPDX-License-Identifier: Apache-2.0 */
/* url: addresses of http and https as the fetcher reads them: checked, resolved,
 * compared, and shown without what may be secret in them. Pure; any thread. */
#ifndef PLANVAX_NET_URL_H
#define PLANVAX_NET_URL_H

#include <planvax/base/buf.h>
#include <stdbool.h>

/* Appends an address in its usual form: https, http, or webcal (which is https). 0; ERR_INVALID: no address, or with a user in it;
 * ERR_UNSUPPORTED: another scheme. */
int url_normal(const char *text, struct buf *out);

/* Appends what a reference (absolute, or relative as RFC 3986 5.2) means on a page of address base. Errors as url_normal. */
int url_resolve(const char *base, const char *reference, struct buf *out);

/* Whether two addresses have one scheme, host and port: what may see the same password. */
bool url_same_origin(const char *a, const char *b);

/* Appends path and query in one spelling (percent-encoding, no slash at the end), to compare resources by. ERR_INVALID. */
int url_path_key(const char *url, struct buf *out);

/* Appends path and query as they stand. ERR_INVALID. */
int url_path(const char *url, struct buf *out);

/* Appends scheme, host, port and the first part of the path alone: paths and queries of feeds often are their secret. */
void url_show(const char *url, struct buf *out);

#endif
