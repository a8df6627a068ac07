/* SPDX-License-Identifier: Apache-2.0 */
/* gzip: compresses and expands whole texts in memory (RFC 1952) over zlib.
 * Equal input gives equal bytes: no name, no time is stored. Pure; any thread. */
#ifndef PLANVAX_BASE_GZIP_H
#define PLANVAX_BASE_GZIP_H

#include <planvax/base/buf.h>
#include <stdbool.h>
#include <stddef.h>

/* Appends the len bytes as one gzip member. bytes may be NULL where len is 0. */
void gzip_compress(const void *bytes, size_t len, struct buf *out);

/* Appends what len bytes of gzip (one or more members) expand to. out is untouched on failure. 0;
 * ERR_CORRUPT: not gzip, a wrong check sum, or bytes after the end; ERR_TRUNCATED: ends too early;
 * ERR_LIMIT: more than max_bytes. */
int gzip_expand(const void *bytes, size_t len, size_t max_bytes, struct buf *out);

/* Whether the text begins as gzip does. */
bool gzip_is(const void *bytes, size_t len);

#endif
