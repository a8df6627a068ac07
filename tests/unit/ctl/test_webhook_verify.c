/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ctl/webhook_verify: by vectors, and against what deliver signs. */
#include "webhook_verify.h"

#include <planvax/base/digest.h>
#include <planvax/deliver/push_request.h>

#include <criterion/criterion.h>
#include <string.h>

/* The example of the Standard Webhooks specification. */
#define SPEC_SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define SPEC_BODY "{\"test\": 2432232314}"

static const struct instant spec_now = {1614265330};

static const struct webhook_verify_message spec_message = {
	.id = "msg_p5jXN8AQM9LWM0D4loKWxJek",
	.timestamp = "1614265330",
	.signatures = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
	.body = SPEC_BODY,
	.body_len = sizeof(SPEC_BODY) - 1,
};

static struct webhook_verify_keys *keys_of(const char *text)
{
	struct webhook_verify_keys *keys = NULL;
	struct fault f = FAULT_NONE;

	cr_assert_eq(webhook_verify_read(text, strlen(text), &keys, &f), 0, "%s", f.what);
	return keys;
}

static int verify(const char *key_text, const struct webhook_verify_message *m, struct instant now, const char **version)
{
	struct webhook_verify_keys *keys = keys_of(key_text);
	const char *why;
	int rc = webhook_verify(keys, m, now, version, &why);

	cr_assert_eq(rc == 0, *why == '\0');
	webhook_verify_free(keys);
	return rc;
}

Test(webhook_verify, accepts_the_example_of_the_specification)
{
	const char *version = NULL;

	cr_assert_eq(verify(SPEC_SECRET, &spec_message, spec_now, &version), 0);
	cr_assert_str_eq(version, "v1");
}

Test(webhook_verify, takes_any_of_several_keys_and_signatures)
{
	struct webhook_verify_message m = spec_message;
	const char *version;

	m.signatures = "v1,AAAA v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=  v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
	cr_assert_eq(verify("# rotating\n\nwhsec_b3RoZXI=\n  " SPEC_SECRET "\r\n", &m, spec_now, &version), 0);
}

Test(webhook_verify, denies_what_is_changed_missing_or_stale)
{
	struct webhook_verify_message cases[8];
	struct instant late = {spec_now.utc_s + 301};
	struct instant early = {spec_now.utc_s - 301};
	const char *version;

	for (size_t i = 0; i < 8; i++)
		cases[i] = spec_message;
	cases[0].body = "{\"test\": 2432232315}";
	cases[1].id = "msg_other";
	cases[2].timestamp = "1614265331";
	cases[3].signatures = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=";
	cases[4].signatures = "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
	cases[5].signatures = NULL;
	cases[6].id = "msg 1";
	cases[7].timestamp = " 1614265330";
	for (size_t i = 0; i < 8; i++)
		cr_assert_eq(verify(SPEC_SECRET, &cases[i], spec_now, &version), ERR_DENIED, "case %zu", i);
	cr_assert_eq(verify(SPEC_SECRET, &spec_message, late, &version), ERR_DENIED);
	cr_assert_eq(verify(SPEC_SECRET, &spec_message, early, &version), ERR_DENIED);
	cr_assert_eq(verify("whsec_b3RoZXI=", &spec_message, spec_now, &version), ERR_DENIED);
}

Test(webhook_verify, checks_a_sha_256_content_digest_and_ignores_others)
{
	static const struct {
		const char *digest;
		int rc;
	} cases[] = {
		{"sha-512=:AAAA:", 0}, {"sha-256=:AAAA:", ERR_INVALID}, {"sha-256=:", ERR_INVALID},
		{"sha-512=:AAAA:, sha-256=:rWnlAnyzSnYb5bPvhyFD7w43JP25Ppu5JMsWbZaVoAE=:", ERR_INVALID},
	};
	struct webhook_verify_message m = spec_message;
	unsigned char digest[DIGEST_BYTES];
	struct buf right = BUF_INIT;
	const char *version;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		m.content_digest = cases[i].digest;
		cr_assert_eq(verify(SPEC_SECRET, &m, spec_now, &version), cases[i].rc, "%s", cases[i].digest);
	}
	digest_sha256(m.body, m.body_len, digest);
	buf_puts(&right, "sha-256=:");
	base64_encode(digest, sizeof(digest), &right);
	buf_puts(&right, ":");
	m.content_digest = buf_str(&right);
	cr_assert_eq(verify(SPEC_SECRET, &m, spec_now, &version), 0);
	buf_release(&right);
}

/* Appends prefix and base64. */
static void put_key(struct buf *out, const char *prefix, const unsigned char bytes[32])
{
	buf_puts(out, prefix);
	base64_encode(bytes, 32, out);
	buf_putc(out, '\n');
}

Test(webhook_verify, accepts_what_deliver_signs_with_either_kind_of_key)
{
	struct letter letter = {.letter_id = "msg_0123", .kind = LETTER_PUSH, .bytes = "{\"a\":1}", .len = 7};
	struct webhook_verify_message m = {.id = letter.letter_id, .body = letter.bytes, .body_len = letter.len};
	unsigned char seed[32], public[32];
	struct buf private_text = BUF_INIT;
	struct buf public_text = BUF_INIT;
	struct push_header headers[PUSH_HEADERS];
	struct push_keys *keys = NULL;
	struct arena arena = ARENA_INIT;
	const char *version = NULL;

	memset(seed, 7, sizeof(seed));
	cr_assert_eq(digest_ed25519_public(seed, public), 0);
	put_key(&private_text, "whsk_", seed);
	put_key(&public_text, "whpk_", public);
	cr_assert_eq(push_keys_read(private_text.data, private_text.len, &keys, NULL), 0);
	cr_assert_eq(push_keys_read(SPEC_SECRET, strlen(SPEC_SECRET), &keys, NULL), 0);
	cr_assert_eq(push_request_headers(&letter, keys, spec_now, &arena, headers), 0);
	for (size_t i = 0; i < PUSH_HEADERS; i++) {
		if (strcmp(headers[i].name, "webhook-timestamp") == 0)
			m.timestamp = headers[i].value;
		else if (strcmp(headers[i].name, "webhook-signature") == 0)
			m.signatures = headers[i].value;
		else if (strcmp(headers[i].name, "Content-Digest") == 0)
			m.content_digest = headers[i].value;
	}
	cr_assert_not_null(m.content_digest);
	cr_assert_eq(verify(buf_str(&public_text), &m, spec_now, &version), 0);
	cr_assert_str_eq(version, "v1a");
	cr_assert_eq(verify(buf_str(&private_text), &m, spec_now, &version), 0);
	cr_assert_str_eq(version, "v1a");
	cr_assert_eq(verify(SPEC_SECRET, &m, spec_now, &version), 0);
	cr_assert_str_eq(version, "v1");
	push_keys_free(keys);
	buf_release(&private_text);
	buf_release(&public_text);
	arena_release(&arena);
}

Test(webhook_verify, refuses_keys_that_cannot_be_used_without_showing_them)
{
	static const char *const cases[] = {"", "# only a comment\n", "secret", "whsec_", "whsec_***", "whpk_AAAA", "whsk_AAAA", "WHSEC_AAAA"};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct webhook_verify_keys *keys = NULL;
		struct fault f = FAULT_NONE;

		cr_assert_eq(webhook_verify_read(cases[i], strlen(cases[i]), &keys, &f), ERR_INVALID, "%s", cases[i]);
		cr_assert_null(keys);
		cr_assert(*cases[i] == '\0' || strstr(f.what, cases[i]) == NULL);
	}
}
