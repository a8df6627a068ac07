/* SPDX-License-Identifier: Apache-2.0 */
/* stream: bytes of one connection, plain or by TLS, without waiting. Owns the descriptor. */
#ifndef PLANVAX_NET_STREAM_H
#define PLANVAX_NET_STREAM_H

#include "tls.h"

#include <planvax/base/err.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct stream {
	int fd;                 /* non-blocking; -1: closed */
	struct tls *tls;        /* NULL: plain */
	struct tls_wants wants; /* what the last call, if it gave ERR_AGAIN, needs to go on; plain: neither */
};

/* Takes over a connected, non-blocking descriptor; by TLS where a context is given. */
void stream_init(struct stream *s, int fd, const struct tls_context *context);

/* Reads up to len bytes. Returns how many; 0: the other side ended; ERR_AGAIN: nothing yet; ERR_CLOSED: broken. */
int64_t stream_read(struct stream *s, void *out, size_t len);

/* Writes what n parts hold, or a beginning of it. Returns how many bytes; ERR_AGAIN; ERR_CLOSED: broken. */
int64_t stream_write(struct stream *s, const struct iovec *parts, size_t n);

/* Says that nothing more will be written. */
void stream_end(struct stream *s);

/* Closes the descriptor. */
void stream_close(struct stream *s);

#endif
