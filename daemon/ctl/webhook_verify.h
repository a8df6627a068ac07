/* SPDX-License-Identifier: Apache-2.0 */
/* webhook_verify: the receiving side of Standard Webhooks: does a signature fit
 * one of the keys, and is it fresh? Pure; shares no code with the sender. */
#ifndef PLANVAX_CTL_WEBHOOK_VERIFY_H
#define PLANVAX_CTL_WEBHOOK_VERIFY_H

#include <planvax/base/clock.h>
#include <planvax/base/fault.h>
#include <stddef.h>

#define WEBHOOK_VERIFY_TOLERANCE_S 300

struct webhook_verify_keys;

/* Reads keys, one a line: whsec_ (shared secret), whpk_ (public key) or whsk_ (private key, from which the public
 * one is derived); blank lines and # comments are skipped. Adds to *keys (NULL: a new set); owned by the caller.
 * 0; ERR_INVALID: none, or a bad one (f names the line, never the key). */
int webhook_verify_read(const char *text, size_t len, struct webhook_verify_keys **keys, struct fault *f);

/* Wipes and frees; NULL allowed. */
void webhook_verify_free(struct webhook_verify_keys *keys);

/* What came; texts are NULL where the header is missing. */
struct webhook_verify_message {
	const char *id, *timestamp, *signatures, *content_digest;
	const char *body;
	size_t body_len;
};

/* 0, with *version "v1" or "v1a"; ERR_DENIED: no signature that fits, or too old or too new; ERR_INVALID: the body
 * is not what Content-Digest says. *why tells (static text). */
int webhook_verify(const struct webhook_verify_keys *keys, const struct webhook_verify_message *message, struct instant now,
	const char **version, const char **why);

#endif
