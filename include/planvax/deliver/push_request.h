/* SPDX-License-Identifier: Apache-2.0 */
/* push_request: headers of one attempt to push a sealed body, signed after Standard
 * Webhooks. Id and body are constant over attempts; timestamp and signature are not. Any thread.
 * Prefixes: push_request_, push_keys_. */
#ifndef PLANVAX_DELIVER_PUSH_REQUEST_H
#define PLANVAX_DELIVER_PUSH_REQUEST_H

#include <planvax/base/arena.h>
#include <planvax/base/clock.h>
#include <planvax/base/fault.h>
#include <planvax/model/letter.h>

/* Signing keys of an authority. */
struct push_keys;

/* Reads keys from the text of a secret file: one whsec_... (v1, HMAC) or whsk_... (v1a, Ed25519 seed) a line; blank lines and
 * comments (#) are skipped. Adds to *keys (NULL: a new set). Owned by the caller. 0; ERR_INVALID: no key, or a bad one (f names the line). */
int push_keys_read(const char *text, size_t len, struct push_keys **keys, struct fault *f);

/* Frees and wipes; NULL allowed. */
void push_keys_free(struct push_keys *keys);

/* One header field. */
struct push_header {
	const char *name, *value;
};

#define PUSH_HEADERS 6

/* Fields of an attempt at `now`: Content-Type, Content-Digest, Idempotency-Key, webhook-id, webhook-timestamp,
 * webhook-signature (one a key, separated by blanks). Values in arena. 0; ERR_INVALID: libcrypto refuses a key. */
int push_request_headers(const struct letter *letter, const struct push_keys *keys, struct instant now, struct arena *arena,
	struct push_header headers[PUSH_HEADERS]);

#endif
