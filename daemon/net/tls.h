/* SPDX-License-Identifier: Apache-2.0 */
/* tls: the server's side of TLS 1.2 and 1.3 over OpenSSL: contexts and sessions
 * on non-blocking descriptors. */
#ifndef PLANVAX_NET_TLS_H
#define PLANVAX_NET_TLS_H

#include <planvax/base/fault.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Certificate, key and settings; sessions keep what they began with. */
struct tls_context;

/* One connection's session. */
struct tls;

/* Reads a PEM chain and its key. *context is owned by the caller. 0; ERR_INVALID: a file is not readable or not PEM,
 * or the key is another certificate's (f). */
int tls_context_new(const char *certificate, const char *key, struct tls_context **context, struct fault *f);

/* Frees it once no session needs it; NULL allowed. */
void tls_context_free(struct tls_context *context);

/* A session that waits for the client's hello on a connected descriptor (borrowed). */
struct tls *tls_new(const struct tls_context *context, int fd);

/* Frees it; says goodbye before, if that makes sense. NULL allowed. */
void tls_free(struct tls *tls);

/* What a call wants before it is repeated. */
struct tls_wants {
	bool read, write;
};

/* Reads up to len bytes, shaking hands first. Returns how many; 0: the other side ended; ERR_AGAIN with *wants; ERR_CLOSED: broken. */
int64_t tls_read(struct tls *tls, void *out, size_t len, struct tls_wants *wants);

/* Writes some of len bytes (len > 0); after ERR_AGAIN the same bytes come again. Returns how many; ERR_AGAIN with *wants; ERR_CLOSED. */
int64_t tls_write(struct tls *tls, const void *bytes, size_t len, struct tls_wants *wants);

/* Tells the client that nothing more is written. */
void tls_end(struct tls *tls);

#endif
