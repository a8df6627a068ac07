/* SPDX-License-Identifier: Apache-2.0 */
/* push_request: signatures of Standard Webhooks, Content-Digest of RFC 9530. */
#include <planvax/base/alloc.h>
#include <planvax/base/digest.h>
#include <planvax/base/text.h>
#include <planvax/deliver/push_request.h>

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX 8
#define SECRET_MIN 16  /* bytes of an HMAC key; the standard says 24 to 64 */
#define SECRET_MAX 128
#define SEED_BYTES 32

enum key_kind { KEY_HMAC, KEY_ED25519 };

struct key {
	enum key_kind kind;
	unsigned char secret[SECRET_MAX];
	size_t len;
};

struct push_keys {
	struct key keys[KEYS_MAX];
	size_t n;
};

/* A whsk_ key is a seed, or seed and public key together. */
static int check_seed(const struct buf *secret, struct fault *f, int line)
{
	unsigned char public[32];

	if (secret->len == SEED_BYTES)
		return 0;
	if (secret->len == SEED_BYTES + sizeof(public) &&
		digest_ed25519_public((const unsigned char *)secret->data, public) == 0 &&
		digest_equal(public, secret->data + SEED_BYTES, sizeof(public)))
		return 0;
	fault_set(f, ERR_INVALID, "line %d: a whsk_ key holds %zu bytes", line, secret->len);
	fault_hint(f, "an Ed25519 seed has 32 bytes, base64-encoded after whsk_");
	return ERR_INVALID;
}

static int check_secret(const struct buf *secret, struct fault *f, int line)
{
	if (secret->len >= SECRET_MIN && secret->len <= SECRET_MAX)
		return 0;
	fault_set(f, ERR_INVALID, "line %d: a whsec_ key holds %zu bytes", line, secret->len);
	fault_hint(f, "24 to 64 random bytes, base64-encoded after whsec_");
	return ERR_INVALID;
}

/* Whether the same key stands before this one: two files may share it while rotating. */
static bool is_known(const struct push_keys *keys, const struct key *key)
{
	for (const struct key *k = keys->keys; k < key; k++)
		if (k->kind == key->kind && k->len == key->len && digest_equal(k->secret, key->secret, key->len))
			return true;
	return false;
}

/* Reads one line that is neither blank nor a comment. Faults never show the key. */
static int read_key(const char *text, size_t len, int line, struct push_keys *keys, struct fault *f)
{
	struct buf secret = BUF_INIT;
	enum key_kind kind;
	size_t prefix;
	int rc;

	if (len > 6 && !memcmp(text, "whsec_", 6)) {
		kind = KEY_HMAC;
		prefix = 6;
	} else if (len > 5 && !memcmp(text, "whsk_", 5)) {
		kind = KEY_ED25519;
		prefix = 5;
	} else {
		rc = fault_set(f, ERR_INVALID, "line %d is no signing key", line);
		fault_hint(f, "whsec_ or whsk_ and base64, one key a line");
		goto out;
	}
	if (keys->n == KEYS_MAX) {
		rc = fault_set(f, ERR_INVALID, "line %d: more than %d keys", line, KEYS_MAX);
		goto out;
	}
	buf_reserve(&secret, len); /* one allocation, so that no copy is left behind */
	rc = base64_decode(text + prefix, len - prefix, &secret);
	if (rc != 0) {
		rc = fault_set(f, ERR_INVALID, "line %d: what follows the prefix is not base64", line);
		goto out;
	}
	rc = kind == KEY_HMAC ? check_secret(&secret, f, line) : check_seed(&secret, f, line);
	if (rc == 0) {
		struct key *key = &keys->keys[keys->n];

		key->kind = kind;
		key->len = kind == KEY_HMAC ? secret.len : SEED_BYTES;
		memcpy(key->secret, secret.data, key->len);
		if (!is_known(keys, key))
			keys->n++;
	}
out:
	if (secret.data)
		explicit_bzero(secret.data, secret.cap);
	buf_release(&secret);
	return rc;
}

int push_keys_read(const char *text, size_t len, struct push_keys **keys, struct fault *f)
{
	struct push_keys *new = xcalloc(1, sizeof(*new));
	int line = 0, rc = 0, n_read = 0;

	if (*keys)
		*new = **keys;
	for (size_t at = 0; at < len && rc == 0;) {
		const char *end = memchr(text + at, '\n', len - at);
		const char *word = text + at;
		size_t n = end ? (size_t)(end - word) : len - at;

		at += n + 1;
		line++;
		text_trim(&word, &n);
		if (n > 0 && *word != '#') {
			rc = read_key(word, n, line, new, f);
			n_read++;
		}
	}
	if (n_read == 0) {
		rc = fault_set(f, ERR_INVALID, "no signing key");
		fault_hint(f, "whsec_ or whsk_ and base64, one key a line");
	}
	if (rc != 0) {
		push_keys_free(new);
		return ERR_INVALID;
	}
	push_keys_free(*keys);
	*keys = new;
	return 0;
}

void push_keys_free(struct push_keys *keys)
{
	if (!keys)
		return;
	explicit_bzero(keys, sizeof(*keys));
	free(keys);
}

/* Appends "v1,BASE64" or "v1a,BASE64". */
static int sign(const struct key *key, const struct buf *content, struct buf *out)
{
	unsigned char mac[DIGEST_BYTES], signature[64];

	switch (key->kind) {
	case KEY_HMAC:
		digest_hmac(key->secret, key->len, content->data, content->len, mac);
		buf_puts(out, "v1,");
		base64_encode(mac, sizeof(mac), out);
		return 0;
	case KEY_ED25519:
		if (digest_ed25519_sign(key->secret, content->data, content->len, signature) != 0)
			return ERR_INVALID;
		buf_puts(out, "v1a,");
		base64_encode(signature, sizeof(signature), out);
		return 0;
	}
	return ERR_INVALID;
}

static char *content_digest(const struct letter *letter, struct arena *arena)
{
	unsigned char digest[DIGEST_BYTES];
	struct buf b = BUF_INIT;

	digest_sha256(letter->bytes, letter->len, digest);
	buf_puts(&b, "sha-256=:");
	base64_encode(digest, sizeof(digest), &b);
	buf_puts(&b, ":");

	char *text = arena_strdup(arena, buf_str(&b));

	buf_release(&b);
	return text;
}

int push_request_headers(const struct letter *letter, const struct push_keys *keys, struct instant now, struct arena *arena,
	struct push_header headers[PUSH_HEADERS])
{
	struct buf content = BUF_INIT, signatures = BUF_INIT;
	int rc = 0;

	assert(letter->kind == LETTER_PUSH && keys->n > 0);
	buf_printf(&content, "%s.%lld.", letter->letter_id, (long long)now.utc_s);
	buf_put(&content, letter->bytes, letter->len);
	for (size_t i = 0; i < keys->n && rc == 0; i++) {
		if (i > 0)
			buf_putc(&signatures, ' ');
		rc = sign(&keys->keys[i], &content, &signatures);
	}
	if (rc == 0) {
		headers[0] = (struct push_header){"Content-Type", "application/json"};
		headers[1] = (struct push_header){"Content-Digest", content_digest(letter, arena)};
		headers[2] = (struct push_header){"Idempotency-Key", arena_strdup(arena, letter->letter_id)};
		headers[3] = (struct push_header){"webhook-id", arena_strdup(arena, letter->letter_id)};
		headers[4] = (struct push_header){"webhook-timestamp", arena_printf(arena, "%lld", (long long)now.utc_s)};
		headers[5] = (struct push_header){"webhook-signature", arena_strdup(arena, buf_str(&signatures))};
	}
	buf_release(&content);
	buf_release(&signatures);
	return rc;
}
