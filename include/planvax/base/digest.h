/* SPDX-License-Identifier: Apache-2.0 */
/* digest: SHA-256, HMAC, Ed25519, base64 and random bytes over libcrypto.
 * Any thread; a struct digest belongs to one. Prefixes: digest_, base64_. */
#ifndef PLANVAX_BASE_DIGEST_H
#define PLANVAX_BASE_DIGEST_H

#include <planvax/base/buf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_BYTES 32
#define DIGEST_TEXT_BYTES 72 /* "sha256:" + 64 hex digits + NUL */

/* A running SHA-256. */
struct digest;

/* A new one; owned by the caller, ended by digest_finish or digest_free. */
struct digest *digest_new(void);

/* Adds len bytes. */
void digest_add(struct digest *d, const void *bytes, size_t len);

/* Adds a text with its length before it, so that fields cannot run together; NULL differs from "". */
void digest_add_text(struct digest *d, const char *text);

/* Adds an integer in a fixed form. */
void digest_add_int(struct digest *d, int64_t value);

/* Result into out; frees d. */
void digest_finish(struct digest *d, unsigned char out[DIGEST_BYTES]);

/* Result into out; d begins anew, which costs less than a new one. */
void digest_take(struct digest *d, unsigned char out[DIGEST_BYTES]);

/* Appends to out what digest_add_text and digest_add_int would add, so that many small fields are added at once. */
void digest_put_text(struct buf *out, const char *text);
void digest_put_int(struct buf *out, int64_t value);

/* Frees an unfinished one; NULL allowed. */
void digest_free(struct digest *d);

/* SHA-256 of len bytes. */
void digest_sha256(const void *bytes, size_t len, unsigned char out[DIGEST_BYTES]);

/* Writes "sha256:<hex>" and a NUL. Returns text. */
char *digest_text(const unsigned char bytes[DIGEST_BYTES], char text[DIGEST_TEXT_BYTES]);

/* HMAC-SHA-256 of len bytes under a key. */
void digest_hmac(const void *key, size_t key_len, const void *bytes, size_t len, unsigned char out[DIGEST_BYTES]);

/* Ed25519 signature (64 bytes) of len bytes by a 32-byte private seed. 0; ERR_INVALID: libcrypto refuses the key. */
int digest_ed25519_sign(const unsigned char seed[32], const void *bytes, size_t len, unsigned char out[64]);

/* Checks an Ed25519 signature by a 32-byte public key. 0; ERR_DENIED: does not fit. */
int digest_ed25519_verify(const unsigned char key[32], const void *bytes, size_t len, const unsigned char sig[64]);

/* Public key of a seed. 0; ERR_INVALID. */
int digest_ed25519_public(const unsigned char seed[32], unsigned char key[32]);

/* Compares len bytes in constant time. */
bool digest_equal(const void *a, const void *b, size_t len);

/* len bytes from the system's random source; aborts without one. */
void digest_random(void *out, size_t len);

/* Appends standard base64 with padding. */
void base64_encode(const void *bytes, size_t len, struct buf *out);

/* Appends the bytes of strict base64 (standard alphabet; padding optional). 0; ERR_INVALID, out untouched. */
int base64_decode(const char *text, size_t len, struct buf *out);

#endif
