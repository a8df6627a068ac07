/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of deliver/push_request. */
#include "deliver_outside.h"

#include <planvax/base/alloc.h>
#include <planvax/base/digest.h>
#include <planvax/base/text.h>
#include <planvax/deliver/push_request.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* The example of the Standard Webhooks specification. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define OTHER_SECRET "whsec_plJ3nmyCDGBKInavdOK15jsl"
#define BODY "{\"test\": 2432232314}"
#define SEED "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static struct letter sample(const char *id, const char *body)
{
	return (struct letter){.letter_id = id, .kind = LETTER_PUSH, .recipient = "53", .topic = "plan S001 2022-01 v1",
		.bytes = body, .len = strlen(body)};
}

static struct push_keys *keys_of(const char *text)
{
	struct push_keys *keys = NULL;
	struct fault f = FAULT_NONE;

	cr_assert_eq(push_keys_read(text, strlen(text), &keys, &f), 0, "%s", f.what);
	return keys;
}

static const char *value_of(const struct push_header headers[PUSH_HEADERS], const char *name)
{
	for (size_t i = 0; i < PUSH_HEADERS; i++)
		if (!strcmp(headers[i].name, name))
			return headers[i].value;
	cr_assert_fail("no header %s", name);
	return NULL;
}

Test(push_request, the_published_example_gives_its_signature)
{
	struct letter letter = sample("msg_p5jXN8AQM9LWM0D4loKWxJek", BODY);
	struct push_keys *keys = keys_of(SECRET "\n");
	struct push_header headers[PUSH_HEADERS];
	struct arena arena = ARENA_INIT;

	cr_assert_eq(push_request_headers(&letter, keys, (struct instant){1614265330}, &arena, headers), 0);
	cr_expect_str_eq(value_of(headers, "webhook-signature"), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
	cr_expect_str_eq(value_of(headers, "webhook-id"), "msg_p5jXN8AQM9LWM0D4loKWxJek");
	cr_expect_str_eq(value_of(headers, "Idempotency-Key"), "msg_p5jXN8AQM9LWM0D4loKWxJek");
	cr_expect_str_eq(value_of(headers, "webhook-timestamp"), "1614265330");
	cr_expect_str_eq(value_of(headers, "Content-Type"), "application/json");
	push_keys_free(keys);
	arena_release(&arena);
}

Test(push_request, python_verifies_signature_and_digest_as_a_receiver_would)
{
	static const char body[] = "{\"service\":\"é\",\"offers\":[]}\n";
	struct letter letter = sample("msg_0123", body);
	struct push_keys *keys = keys_of(SECRET "\n" SEED "\n");
	struct push_header headers[PUSH_HEADERS];
	struct arena arena = ARENA_INIT;
	struct buf out = BUF_INIT;
	char *folder = deliver_outside_folder();

	deliver_outside_write(folder, "body", body, strlen(body));
	cr_assert_eq(push_request_headers(&letter, keys, (struct instant){1641124800}, &arena, headers), 0);
	const char *const right[] = {SECRET, arena_printf(&arena, "%s/body", folder), "msg_0123", "1641124800",
		value_of(headers, "webhook-signature"), value_of(headers, "Content-Digest"), NULL};
	const char *const wrong[] = {OTHER_SECRET, right[1], right[2], right[3], right[4], right[5], NULL};

	cr_expect_eq(deliver_outside_python("check_webhook.py", right, &out), 0, "%s", buf_str(&out));
	cr_expect_eq(deliver_outside_python("check_webhook.py", wrong, &out), 1, "%s", buf_str(&out));
	deliver_outside_remove(folder);
	push_keys_free(keys);
	arena_release(&arena);
	buf_release(&out);
}

Test(push_request, an_ed25519_key_signs_what_its_public_key_verifies)
{
	struct letter letter = sample("msg_1", BODY);
	struct push_keys *keys = keys_of(SEED);
	struct push_header headers[PUSH_HEADERS];
	struct arena arena = ARENA_INIT;
	struct buf signature = BUF_INIT;
	unsigned char seed[32], public[32];
	static const char content[] = "msg_1.1641124800." BODY;

	for (unsigned char i = 0; i < 32; i++)
		seed[i] = i;
	cr_assert_eq(push_request_headers(&letter, keys, (struct instant){1641124800}, &arena, headers), 0);
	const char *text = value_of(headers, "webhook-signature");

	cr_assert(text_starts(text, "v1a,"));
	cr_assert_eq(base64_decode(text + 4, strlen(text + 4), &signature), 0);
	cr_assert_eq(signature.len, 64);
	cr_assert_eq(digest_ed25519_public(seed, public), 0);
	cr_expect_eq(digest_ed25519_verify(public, content, strlen(content), (const unsigned char *)signature.data), 0);
	push_keys_free(keys);
	arena_release(&arena);
	buf_release(&signature);
}

Test(push_request, each_key_signs_once_while_rotating)
{
	struct letter letter = sample("msg_1", BODY);
	struct push_keys *keys = keys_of("# new\r\n" SECRET "\r\n\r\n");
	struct push_header headers[PUSH_HEADERS];
	struct arena arena = ARENA_INIT;
	static const char previous[] = "  " OTHER_SECRET "  \n" SECRET;

	cr_assert_eq(push_keys_read(previous, strlen(previous), &keys, NULL), 0);
	cr_assert_eq(push_request_headers(&letter, keys, (struct instant){1}, &arena, headers), 0);
	const char *text = value_of(headers, "webhook-signature"), *blank = strchr(text, ' ');

	cr_assert_not_null(blank, "one signature only: %s", text);
	cr_expect(text_starts(text, "v1,") && text_starts(blank + 1, "v1,"));
	cr_expect_null(strchr(blank + 1, ' '), "a key that stands in both files signs twice: %s", text);
	push_keys_free(keys);
	arena_release(&arena);
}

Test(push_request, another_attempt_changes_timestamp_and_signature_only)
{
	struct letter letter = sample("msg_1", BODY);
	struct push_keys *keys = keys_of(SECRET);
	struct push_header first[PUSH_HEADERS], second[PUSH_HEADERS];
	struct arena arena = ARENA_INIT;

	cr_assert_eq(push_request_headers(&letter, keys, (struct instant){1000}, &arena, first), 0);
	cr_assert_eq(push_request_headers(&letter, keys, (struct instant){1005}, &arena, second), 0);
	for (size_t i = 0; i < PUSH_HEADERS; i++) {
		bool varies = !strcmp(first[i].name, "webhook-timestamp") || !strcmp(first[i].name, "webhook-signature");

		cr_expect_eq(strcmp(first[i].value, second[i].value) != 0, varies, "%s", first[i].name);
	}
	push_keys_free(keys);
	arena_release(&arena);
}

Test(push_request, bad_keys_are_refused_by_line_and_never_shown)
{
	static const struct { const char *text, *what; } rows[] = {
		{"", "no signing key"},
		{"# only a comment\n\n", "no signing key"},
		{SECRET "\nsecret-in-clear\n", "line 2 is no signing key"},
		{"\n\nwhsec_@@@@\n", "line 3: what follows the prefix is not base64"},
		{"whsec_", "line 1 is no signing key"},
		{"whsec_c2hvcnQ=", "line 1: a whsec_ key holds 5 bytes"},
		{"whsk_c2hvcnQ=", "line 1: a whsk_ key holds 5 bytes"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct push_keys *keys = NULL;
		struct fault f = FAULT_NONE;

		cr_expect_eq(push_keys_read(rows[i].text, strlen(rows[i].text), &keys, &f), ERR_INVALID, "row %zu", i);
		cr_expect_str_eq(f.what, rows[i].what, "row %zu: %s", i, f.what);
		cr_expect_null(keys);
	}
}

Test(push_request, a_bad_second_file_leaves_the_keys_of_the_first)
{
	struct letter letter = sample("msg_1", BODY);
	struct push_keys *keys = keys_of(SECRET), *before = keys;
	struct push_header headers[PUSH_HEADERS];
	struct arena arena = ARENA_INIT;
	static const char bad[] = OTHER_SECRET "\nnonsense\n";

	cr_assert_eq(push_keys_read(bad, strlen(bad), &keys, NULL), ERR_INVALID);
	cr_assert_eq(keys, before);
	cr_assert_eq(push_request_headers(&letter, keys, (struct instant){1}, &arena, headers), 0);
	cr_expect_null(strchr(value_of(headers, "webhook-signature"), ' '));
	push_keys_free(keys);
	arena_release(&arena);
}

Test(push_request, more_than_eight_keys_are_refused)
{
	struct buf text = BUF_INIT;
	struct push_keys *keys = NULL;
	struct fault f = FAULT_NONE;

	for (int i = 0; i < 9; i++)
		buf_printf(&text, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa%dw\n", i);
	cr_assert_eq(push_keys_read(buf_str(&text), text.len, &keys, &f), ERR_INVALID);
	cr_expect_str_eq(f.what, "line 9: more than 8 keys");
	buf_release(&text);
}
