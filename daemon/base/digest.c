/* SPDX-License-Identifier: Apache-2.0 */
/* digest: see digest.h. Failures of libcrypto that no input can cause (no
 * memory, no provider) abort; the others are codes. */
#include <planvax/base/digest.h>

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <planvax/base/alloc.h>
#include <planvax/base/err.h>
#include <stdlib.h>
#include <string.h>

struct digest {
	EVP_MD_CTX *ctx;
};

/* What must hold unless libcrypto is out of memory or broken. */
static void must(bool ok)
{
	if (!ok)
		abort();
}

struct digest *digest_new(void)
{
	struct digest *d = xmalloc(sizeof(*d));

	d->ctx = EVP_MD_CTX_new();
	must(d->ctx != NULL && EVP_DigestInit_ex(d->ctx, EVP_sha256(), NULL) == 1);
	return d;
}

void digest_add(struct digest *d, const void *bytes, size_t len)
{
	if (len > 0)
		must(EVP_DigestUpdate(d->ctx, bytes, len) == 1);
}

/* A tag and eight bytes, most significant first. */
static void add_tagged(struct digest *d, unsigned char tag, uint64_t value)
{
	unsigned char bytes[9] = {tag};

	for (int i = 8; i >= 1; i--) {
		bytes[i] = (unsigned char)(value & 0xff);
		value >>= 8;
	}
	digest_add(d, bytes, sizeof(bytes));
}

void digest_add_text(struct digest *d, const char *text)
{
	if (text == NULL) {
		add_tagged(d, 'n', 0);
		return;
	}
	size_t len = strlen(text);
	add_tagged(d, 't', len);
	digest_add(d, text, len);
}

void digest_add_int(struct digest *d, int64_t value)
{
	add_tagged(d, 'i', (uint64_t)value);
}

void digest_finish(struct digest *d, unsigned char out[DIGEST_BYTES])
{
	unsigned int len = 0;

	must(EVP_DigestFinal_ex(d->ctx, out, &len) == 1 && len == DIGEST_BYTES);
	digest_free(d);
}

void digest_take(struct digest *d, unsigned char out[DIGEST_BYTES])
{
	unsigned int len = 0;

	must(EVP_DigestFinal_ex(d->ctx, out, &len) == 1 && len == DIGEST_BYTES);
	must(EVP_DigestInit_ex2(d->ctx, NULL, NULL) == 1);
}

static void put_tagged(struct buf *out, unsigned char tag, uint64_t value)
{
	unsigned char bytes[9] = {tag};

	for (int i = 8; i >= 1; i--) {
		bytes[i] = (unsigned char)(value & 0xff);
		value >>= 8;
	}
	buf_put(out, bytes, sizeof(bytes));
}

void digest_put_text(struct buf *out, const char *text)
{
	size_t len = text != NULL ? strlen(text) : 0;

	put_tagged(out, text != NULL ? 't' : 'n', len);
	buf_put(out, text, len);
}

void digest_put_int(struct buf *out, int64_t value)
{
	put_tagged(out, 'i', (uint64_t)value);
}

void digest_free(struct digest *d)
{
	if (d == NULL)
		return;
	EVP_MD_CTX_free(d->ctx);
	free(d);
}

void digest_sha256(const void *bytes, size_t len, unsigned char out[DIGEST_BYTES])
{
	struct digest *d = digest_new();

	digest_add(d, bytes, len);
	digest_finish(d, out);
}

char *digest_text(const unsigned char bytes[DIGEST_BYTES], char text[DIGEST_TEXT_BYTES])
{
	static const char hex[] = "0123456789abcdef";
	static const char prefix[] = "sha256:";
	char *next = text + sizeof(prefix) - 1;

	memcpy(text, prefix, sizeof(prefix) - 1);
	for (size_t i = 0; i < DIGEST_BYTES; i++) {
		*next++ = hex[bytes[i] >> 4];
		*next++ = hex[bytes[i] & 15];
	}
	*next = '\0';
	return text;
}

void digest_hmac(const void *key, size_t key_len, const void *bytes, size_t len, unsigned char out[DIGEST_BYTES])
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	size_t mac_len = 0;

	/* EVP_Q_mac takes an absent key or text for a question about lengths. */
	must(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key_len > 0 ? key : "", key_len,
	               len > 0 ? bytes : (const void *)"", len, mac, sizeof(mac), &mac_len) != NULL &&
	     mac_len == DIGEST_BYTES);
	memcpy(out, mac, DIGEST_BYTES);
	OPENSSL_cleanse(mac, sizeof(mac));
}

int digest_ed25519_sign(const unsigned char seed[32], const void *bytes, size_t len, unsigned char out[64])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char sig[64];
	size_t sig_len = sizeof(sig);
	int rc = ERR_INVALID;

	must(ctx != NULL);
	if (key == NULL || EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) != 1)
		goto out;
	if (EVP_DigestSign(ctx, sig, &sig_len, len > 0 ? bytes : (const void *)"", len) != 1 || sig_len != sizeof(sig))
		goto out;
	memcpy(out, sig, sizeof(sig));
	rc = 0;
out:
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return rc;
}

int digest_ed25519_verify(const unsigned char key[32], const void *bytes, size_t len, const unsigned char sig[64])
{
	EVP_PKEY *public = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, 32);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int rc = ERR_DENIED;

	must(ctx != NULL);
	if (public == NULL || EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, public) != 1)
		goto out;
	if (EVP_DigestVerify(ctx, sig, 64, len > 0 ? bytes : (const void *)"", len) == 1)
		rc = 0;
out:
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(public);
	return rc;
}

int digest_ed25519_public(const unsigned char seed[32], unsigned char key[32])
{
	EVP_PKEY *private = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
	unsigned char raw[32];
	size_t raw_len = sizeof(raw);
	int rc = ERR_INVALID;

	if (private != NULL && EVP_PKEY_get_raw_public_key(private, raw, &raw_len) == 1 && raw_len == sizeof(raw)) {
		memcpy(key, raw, sizeof(raw));
		rc = 0;
	}
	EVP_PKEY_free(private);
	return rc;
}

bool digest_equal(const void *a, const void *b, size_t len)
{
	return len == 0 || CRYPTO_memcmp(a, b, len) == 0;
}

void digest_random(void *out, size_t len)
{
	unsigned char *next = out;

	while (len > 0) {
		int step = len > 4096 ? 4096 : (int)len;
		must(RAND_bytes(next, step) == 1);
		next += step;
		len -= (size_t)step;
	}
}

static const char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const void *bytes, size_t len, struct buf *out)
{
	const unsigned char *in = bytes;

	buf_reserve(out, (len + 2) / 3 * 4);
	for (size_t i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t group = (uint32_t)in[i] << 16;
		if (n > 1)
			group |= (uint32_t)in[i + 1] << 8;
		if (n > 2)
			group |= in[i + 2];
		char four[4] = {base64_alphabet[group >> 18], base64_alphabet[(group >> 12) & 63],
		                n > 1 ? base64_alphabet[(group >> 6) & 63] : '=', n > 2 ? base64_alphabet[group & 63] : '='};
		buf_put(out, four, 4);
	}
}

/* 0 to 63, or -1. */
static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Length without padding, or SIZE_MAX where padding does not complete a group of four. */
static size_t base64_unpadded(const char *text, size_t len)
{
	size_t n = len;

	while (n > 0 && len - n < 2 && text[n - 1] == '=')
		n--;
	return n < len && len % 4 != 0 ? SIZE_MAX : n;
}

int base64_decode(const char *text, size_t len, struct buf *out)
{
	size_t n = base64_unpadded(text, len);
	size_t start = out->len;
	uint32_t group = 0;
	int bits = 0;

	if (n == SIZE_MAX || n % 4 == 1)
		return ERR_INVALID;
	buf_reserve(out, n / 4 * 3 + 3);
	for (size_t i = 0; i < n; i++) {
		int value = base64_value(text[i]);
		if (value < 0)
			goto invalid;
		group = group << 6 | (uint32_t)value;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_putc(out, (char)(group >> bits & 0xff));
			group &= (1U << bits) - 1;
		}
	}
	if (group != 0) /* bits that no encoder sets: a second spelling of the same bytes */
		goto invalid;
	return 0;
invalid:
	buf_truncate(out, start);
	return ERR_INVALID;
}
