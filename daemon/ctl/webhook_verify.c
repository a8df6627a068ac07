/* SPDX-License-Identifier: Apache-2.0 */
/* webhook_verify: HMAC-SHA-256 and Ed25519 signatures, timestamp, Content-Digest. */
#include "webhook_verify.h"

#include <planvax/base/alloc.h>
#include <planvax/base/digest.h>
#include <planvax/base/names.h>
#include <planvax/base/text.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX 16
#define SECRET_MAX 256
#define ID_MAX 256 /* bytes of webhook-id */

enum key_kind { KEY_SECRET, KEY_PUBLIC, KEY_PRIVATE };

struct key {
	bool ed25519;
	unsigned char bytes[SECRET_MAX]; /* the secret, or the public key */
	size_t len;
};

struct webhook_verify_keys {
	struct key keys[KEYS_MAX];
	size_t n;
};

/* ---- keys ---- */

static const struct name prefixes[] = {
	{"whsec_", KEY_SECRET},
	{"whpk_", KEY_PUBLIC},
	{"whsk_", KEY_PRIVATE},
	{NULL, 0},
};

/* Fills key from the decoded bytes; false where their number does not fit. */
static bool set_key(enum key_kind kind, const struct buf *bytes, struct key *key)
{
	switch (kind) {
	case KEY_SECRET:
		if (bytes->len == 0 || bytes->len > sizeof(key->bytes))
			return false;
		memcpy(key->bytes, bytes->data, bytes->len);
		key->len = bytes->len;
		return true;
	case KEY_PUBLIC:
		if (bytes->len != 32)
			return false;
		memcpy(key->bytes, bytes->data, 32);
		break;
	case KEY_PRIVATE: /* a seed, or seed and public key */
		if ((bytes->len != 32 && bytes->len != 64) || digest_ed25519_public((const unsigned char *)bytes->data, key->bytes) != 0)
			return false;
		break;
	}
	key->ed25519 = true;
	key->len = 32;
	return true;
}

static int read_key(const char *text, size_t len, int line, struct webhook_verify_keys *keys, struct fault *f)
{
	struct buf bytes = BUF_INIT;
	const struct name *prefix = prefixes;
	int rc = 0;

	while (prefix->word != NULL && (len < strlen(prefix->word) || memcmp(text, prefix->word, strlen(prefix->word)) != 0))
		prefix++;
	buf_reserve(&bytes, len);
	if (prefix->word == NULL || keys->n == KEYS_MAX ||
		base64_decode(text + strlen(prefix->word), len - strlen(prefix->word), &bytes) != 0 ||
		!set_key((enum key_kind)prefix->value, &bytes, &keys->keys[keys->n])) {
		rc = fault_set(f, ERR_INVALID, "line %d is no key that can be used", line);
		fault_hint(f, "one of whsec_, whpk_ or whsk_ with base64 a line, at most %d lines", KEYS_MAX);
	} else {
		keys->n++;
	}
	if (bytes.data != NULL)
		explicit_bzero(bytes.data, bytes.cap);
	buf_release(&bytes);
	return rc;
}

int webhook_verify_read(const char *text, size_t len, struct webhook_verify_keys **keys, struct fault *f)
{
	struct webhook_verify_keys *set = xcalloc(1, sizeof(*set));
	int line = 0;
	int rc = 0;

	if (*keys != NULL)
		*set = **keys;
	for (size_t at = 0; at < len && rc == 0;) {
		const char *word = text + at;
		const char *end = memchr(word, '\n', len - at);
		size_t word_len = end != NULL ? (size_t)(end - word) : len - at;

		at += word_len + 1;
		line++;
		text_trim(&word, &word_len);
		if (word_len > 0 && *word != '#')
			rc = read_key(word, word_len, line, set, f);
	}
	if (rc == 0 && set->n == 0)
		rc = fault_set(f, ERR_INVALID, "there is no key in it");
	if (rc != 0) {
		webhook_verify_free(set);
		return rc;
	}
	webhook_verify_free(*keys);
	*keys = set;
	return 0;
}

void webhook_verify_free(struct webhook_verify_keys *keys)
{
	if (keys == NULL)
		return;
	explicit_bzero(keys, sizeof(*keys));
	free(keys);
}

/* ---- messages ---- */

static bool fits(const struct key *key, const struct buf *content, const struct buf *signature)
{
	unsigned char mac[DIGEST_BYTES];

	if (key->ed25519)
		return signature->len == 64 &&
			digest_ed25519_verify(key->bytes, content->data, content->len, (const unsigned char *)signature->data) == 0;
	digest_hmac(key->bytes, key->len, content->data, content->len, mac);
	return signature->len == sizeof(mac) && digest_equal(mac, signature->data, sizeof(mac));
}

/* Tries one "v1,BASE64" or "v1a,BASE64" with each key of its kind. */
static const char *try_signature(const struct webhook_verify_keys *keys, const struct buf *content, const char *text, size_t len)
{
	bool ed25519 = len > 4 && memcmp(text, "v1a,", 4) == 0;
	size_t prefix = ed25519 ? 4 : 3;
	struct buf signature = BUF_INIT;
	const char *version = NULL;

	if (!ed25519 && (len <= 3 || memcmp(text, "v1,", 3) != 0))
		return NULL;
	if (base64_decode(text + prefix, len - prefix, &signature) == 0)
		for (size_t i = 0; i < keys->n && version == NULL; i++)
			if (keys->keys[i].ed25519 == ed25519 && fits(&keys->keys[i], content, &signature))
				version = ed25519 ? "v1a" : "v1";
	buf_release(&signature);
	return version;
}

static const char *find_signature(const struct webhook_verify_keys *keys, const struct buf *content, const char *signatures)
{
	const char *version = NULL;

	while (*signatures != '\0' && version == NULL) {
		size_t len = strcspn(signatures, " ");

		version = try_signature(keys, content, signatures, len);
		signatures += len;
		signatures += strspn(signatures, " ");
	}
	return version;
}

/* Whether Content-Digest (RFC 9530), if it names SHA-256, fits the body. */
static bool digest_fits(const struct webhook_verify_message *m)
{
	static const char name[] = "sha-256=:";
	const char *at = m->content_digest != NULL ? strstr(m->content_digest, name) : NULL;
	unsigned char expected[DIGEST_BYTES];
	struct buf said = BUF_INIT;
	const char *end;
	bool same;

	if (at == NULL)
		return true;
	at += sizeof(name) - 1;
	end = strchr(at, ':');
	digest_sha256(m->body, m->body_len, expected);
	same = end != NULL && base64_decode(at, (size_t)(end - at), &said) == 0 && said.len == sizeof(expected) &&
		digest_equal(said.data, expected, sizeof(expected));
	buf_release(&said);
	return same;
}

/* Ids are visible ASCII: they go into logs and receipts. */
static bool id_is_plain(const char *id)
{
	size_t len = strlen(id);

	for (size_t i = 0; i < len; i++)
		if (id[i] <= 0x20 || id[i] >= 0x7f)
			return false;
	return len > 0 && len <= ID_MAX;
}

int webhook_verify(const struct webhook_verify_keys *keys, const struct webhook_verify_message *m, struct instant now,
	const char **version, const char **why)
{
	struct buf content = BUF_INIT;
	const char *found;
	int64_t sent;

	*why = "webhook-id, webhook-timestamp and webhook-signature are needed";
	if (m->id == NULL || m->timestamp == NULL || m->signatures == NULL)
		return ERR_DENIED;
	*why = "webhook-id is not plain text";
	if (!id_is_plain(m->id))
		return ERR_DENIED;
	*why = "webhook-timestamp is not a number of seconds since 1970";
	if (text_int(m->timestamp, strlen(m->timestamp), 0, INT64_MAX / 4, &sent) != 0)
		return ERR_DENIED;
	*why = "webhook-timestamp is more than 5 minutes from now";
	if (sent < now.utc_s - WEBHOOK_VERIFY_TOLERANCE_S || sent > now.utc_s + WEBHOOK_VERIFY_TOLERANCE_S)
		return ERR_DENIED;
	buf_printf(&content, "%s.%s.", m->id, m->timestamp);
	buf_put(&content, m->body, m->body_len);
	found = find_signature(keys, &content, m->signatures);
	buf_release(&content);
	*why = "no signature fits";
	if (found == NULL)
		return ERR_DENIED;
	*why = "the body is not what Content-Digest says";
	if (!digest_fits(m))
		return ERR_INVALID;
	*why = "";
	*version = found;
	return 0;
}
