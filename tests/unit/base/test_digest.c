/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/digest against published vectors. */
#include <criterion/criterion.h>
#include <planvax/base/digest.h>
#include <planvax/base/err.h>
#include <string.h>

/* Bytes of a hexadecimal text. */
static size_t unhex(const char *hex, unsigned char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)((strchr(digits, hex[2 * i]) - digits) << 4 | (strchr(digits, hex[2 * i + 1]) - digits));
	return n;
}

static void assert_hex(const unsigned char *bytes, const char *hex, const char *row)
{
	unsigned char want[64];
	size_t n = unhex(hex, want);

	cr_assert(memcmp(bytes, want, n) == 0, "%s", row);
}

Test(digest, sha256_gives_the_values_of_fips_180)
{
	static const struct {
		const char *text, *hex;
	} rows[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	unsigned char out[DIGEST_BYTES];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		digest_sha256(rows[i].text, strlen(rows[i].text), out);
		assert_hex(out, rows[i].hex, rows[i].text);
	}
}

Test(digest, parts_added_one_by_one_give_the_digest_of_the_whole)
{
	unsigned char parts[DIGEST_BYTES];
	unsigned char whole[DIGEST_BYTES];
	struct digest *d = digest_new();

	digest_add(d, "plan", 4);
	digest_add(d, NULL, 0);
	digest_add(d, "vax", 3);
	digest_finish(d, parts);
	digest_sha256("planvax", 7, whole);
	cr_assert(digest_equal(parts, whole, DIGEST_BYTES));
}

Test(digest, text_is_the_prefixed_lower_case_hex)
{
	unsigned char out[DIGEST_BYTES];
	char text[DIGEST_TEXT_BYTES];

	digest_sha256("abc", 3, out);
	cr_assert_str_eq(digest_text(out, text), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	cr_assert_eq(strlen(text), DIGEST_TEXT_BYTES - 1);
}

static void digest_fields(const char *a, const char *b, int64_t number, unsigned char out[DIGEST_BYTES])
{
	struct digest *d = digest_new();

	digest_add_text(d, a);
	digest_add_text(d, b);
	digest_add_int(d, number);
	digest_finish(d, out);
}

Test(digest, fields_cannot_run_together)
{
	static const struct {
		const char *a, *b;
		int64_t number;
	} rows[] = {
		{"ab", "c", 0}, {"a", "bc", 0}, {"abc", "", 0}, {"", "abc", 0}, {"abc", NULL, 0}, {NULL, "abc", 0},
		{"ab", "c", 1}, {"ab", "c", -1}, {"ab", "c", 256}, {"ab", "c", INT64_MIN},
	};
	enum { N = sizeof(rows) / sizeof(rows[0]) };
	unsigned char outs[N][DIGEST_BYTES];

	for (size_t i = 0; i < N; i++) {
		digest_fields(rows[i].a, rows[i].b, rows[i].number, outs[i]);
		for (size_t k = 0; k < i; k++)
			cr_assert(!digest_equal(outs[i], outs[k], DIGEST_BYTES), "rows %zu and %zu", k, i);
	}
}

Test(digest, fields_have_a_form_that_never_changes)
{
	/* Stored plans name these digests: sha256 of 't' 0..2 "ab" 'n' 0..0 'i' 0..01f4. */
	static const unsigned char spelt[] = "t\0\0\0\0\0\0\0\2ab" "n\0\0\0\0\0\0\0\0" "i\0\0\0\0\0\0\1\xf4";
	unsigned char fields[DIGEST_BYTES];
	unsigned char want[DIGEST_BYTES];

	digest_fields("ab", NULL, 500, fields);
	digest_sha256(spelt, sizeof(spelt) - 1, want);
	cr_assert(digest_equal(fields, want, DIGEST_BYTES));
}

Test(digest, an_unfinished_one_can_be_freed)
{
	struct digest *d = digest_new();

	digest_add(d, "x", 1);
	digest_free(d);
	digest_free(NULL);
}

Test(digest, hmac_gives_the_values_of_rfc_4231)
{
	static const struct {
		const char *key_hex, *data_hex, *mac;
	} rows[] = {
		{"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
		 "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
		{"4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
		 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{"", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
	};
	unsigned char key[64];
	unsigned char data[64];
	unsigned char out[DIGEST_BYTES];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t key_len = unhex(rows[i].key_hex, key);
		size_t len = unhex(rows[i].data_hex, data);
		digest_hmac(key_len > 0 ? key : NULL, key_len, len > 0 ? data : NULL, len, out);
		assert_hex(out, rows[i].mac, rows[i].data_hex);
	}
}

Test(digest, hmac_takes_keys_longer_than_a_block)
{
	unsigned char key[131];
	unsigned char out[DIGEST_BYTES];
	static const char data[] = "Test Using Larger Than Block-Size Key - Hash Key First";

	memset(key, 0xaa, sizeof(key));
	digest_hmac(key, sizeof(key), data, sizeof(data) - 1, out);
	assert_hex(out, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54", "RFC 4231 case 6");
}

/* RFC 8032 7.1, tests 1 to 3. */
static const struct {
	const char *seed, *key, *text, *sig;
} ed25519[] = {
	{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	 "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
	 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
	{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	 "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
	 "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
	{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	 "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
	 "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

Test(digest, ed25519_signs_as_rfc_8032)
{
	for (size_t i = 0; i < sizeof(ed25519) / sizeof(ed25519[0]); i++) {
		unsigned char seed[32], key[32], text[8], sig[64];
		unhex(ed25519[i].seed, seed);
		size_t len = unhex(ed25519[i].text, text);
		cr_assert_eq(digest_ed25519_public(seed, key), 0);
		assert_hex(key, ed25519[i].key, "public key");
		cr_assert_eq(digest_ed25519_sign(seed, len > 0 ? text : NULL, len, sig), 0);
		assert_hex(sig, ed25519[i].sig, "signature");
		cr_assert_eq(digest_ed25519_verify(key, text, len, sig), 0);
	}
}

Test(digest, ed25519_denies_any_changed_bit)
{
	unsigned char key[32], sig[64];

	unhex(ed25519[2].key, key);
	unhex(ed25519[2].sig, sig);
	cr_assert_eq(digest_ed25519_verify(key, "\xaf\x82", 2, sig), 0);
	cr_assert_eq(digest_ed25519_verify(key, "\xaf\x83", 2, sig), ERR_DENIED);
	cr_assert_eq(digest_ed25519_verify(key, "\xaf\x82\0", 3, sig), ERR_DENIED);
	for (size_t i = 0; i < sizeof(sig); i++) {
		sig[i] ^= 1;
		cr_assert_eq(digest_ed25519_verify(key, "\xaf\x82", 2, sig), ERR_DENIED, "byte %zu", i);
		sig[i] ^= 1;
	}
	key[0] ^= 1;
	cr_assert_eq(digest_ed25519_verify(key, "\xaf\x82", 2, sig), ERR_DENIED);
}

Test(digest, equal_compares_all_bytes)
{
	cr_assert(digest_equal("abcd", "abcd", 4));
	cr_assert(!digest_equal("abcd", "abcx", 4));
	cr_assert(!digest_equal("xbcd", "abcd", 4));
	cr_assert(digest_equal("abcd", "abcx", 3));
	cr_assert(digest_equal(NULL, NULL, 0));
}

Test(digest, random_fills_every_byte_and_differs)
{
	static unsigned char a[10000];
	static unsigned char b[10000];
	bool seen[256] = {false};

	digest_random(a, sizeof(a));
	digest_random(b, sizeof(b));
	cr_assert(memcmp(a, b, sizeof(a)) != 0);
	for (size_t i = 0; i < sizeof(a); i++)
		seen[a[i]] = true;
	for (size_t i = 0; i < 256; i++)
		cr_assert(seen[i], "byte %zu never came", i); /* misses with odds of e-39 each */
	cr_assert(memcmp(a + 9936, (unsigned char[64]){0}, 64) != 0);
	digest_random(a, 0);
}

Test(digest, base64_encodes_as_rfc_4648)
{
	static const struct {
		const char *text, *base64;
	} rows[] = {
		{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"}, {"\xfb\xef\xff", "++//"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = BUF_INIT;
		struct buf back = BUF_INIT;
		base64_encode(rows[i].text, strlen(rows[i].text), &out);
		cr_assert_str_eq(buf_str(&out), rows[i].base64);
		cr_assert_eq(base64_decode(buf_str(&out), out.len, &back), 0);
		cr_assert_str_eq(buf_str(&back), rows[i].text);
		buf_release(&out);
		buf_release(&back);
	}
}

Test(digest, base64_decodes_without_padding_and_appends)
{
	struct buf out = BUF_INIT;

	buf_puts(&out, "<");
	cr_assert_eq(base64_decode("Zm9vYg", 6, &out), 0);
	cr_assert_eq(base64_decode("Zm9vYmE", 7, &out), 0);
	cr_assert_str_eq(buf_str(&out), "<foobfooba");
	buf_release(&out);
}

Test(digest, base64_refuses_what_no_encoder_writes)
{
	static const char *const rows[] = {
		"Z", "Zm9vY", "=", "==", "====", "Z===", "Zm8==", "Zg=", "Zm9v=", "Zm9v====", "Zg==Zg==", "Zm 9v", "Zm9v\n",
		"Zm-_", "Zh==", "Zm9", "Zm9=",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = BUF_INIT;
		buf_puts(&out, "kept");
		cr_assert_eq(base64_decode(rows[i], strlen(rows[i]), &out), ERR_INVALID, "%s", rows[i]);
		cr_assert_str_eq(buf_str(&out), "kept");
		buf_release(&out);
	}
}

Test(digest, base64_returns_all_byte_values)
{
	unsigned char bytes[256];
	struct buf out = BUF_INIT;
	struct buf back = BUF_INIT;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	for (size_t len = 250; len <= 256; len++) {
		buf_reset(&out);
		buf_reset(&back);
		base64_encode(bytes, len, &out);
		cr_assert_eq(base64_decode(buf_str(&out), out.len, &back), 0);
		cr_assert_eq(back.len, len);
		cr_assert(memcmp(back.data, bytes, len) == 0);
	}
	buf_release(&out);
	buf_release(&back);
}

Test(digest, a_taken_digest_begins_anew_and_fields_may_be_put_first)
{
	struct digest *one = digest_new(), *other = digest_new();
	struct buf fields = BUF_INIT;
	unsigned char a[DIGEST_BYTES], b[DIGEST_BYTES];

	for (int round = 0; round < 2; round++) {
		struct digest *fresh = digest_new();

		buf_reset(&fields);
		digest_put_text(&fields, "abc");
		digest_put_text(&fields, NULL);
		digest_put_text(&fields, "");
		digest_put_int(&fields, -7);
		digest_add(one, fields.data, fields.len);
		digest_take(one, a);
		digest_add_text(fresh, "abc");
		digest_add_text(fresh, NULL);
		digest_add_text(fresh, "");
		digest_add_int(fresh, -7);
		digest_finish(fresh, b);
		cr_assert_eq(memcmp(a, b, sizeof(a)), 0, "round %d", round);
	}
	digest_take(other, b);
	cr_assert_neq(memcmp(a, b, sizeof(a)), 0);
	digest_free(one);
	digest_free(other);
	buf_release(&fields);
}
