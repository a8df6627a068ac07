/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of net/address. */
#include "address.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct sockaddr *parse(const char *text, struct address *address)
{
	cr_assert_eq(address_parse(text, address, NULL), 0, "%s", text);
	return (const struct sockaddr *)&address->storage;
}

Test(address, reads_and_writes_both_families)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"127.0.0.1:8080", "127.0.0.1:8080"},
		{"[::1]:0", "[::1]:0"},
		{"[2001:DB8:0:0::1]:443", "[2001:db8::1]:443"},
		{"localhost:65535", "127.0.0.1:65535"},
		{"[::ffff:192.0.2.7]:80", "192.0.2.7:80"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct address address;
		struct buf out = BUF_INIT;

		address_format(parse(cases[i].in, &address), &out);
		cr_assert_str_eq(buf_str(&out), cases[i].out, "%s", cases[i].in);
		buf_release(&out);
	}
}

Test(address, refuses_what_is_no_address_with_a_port_and_says_so)
{
	static const char *const cases[] = {"", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1",
		"127.0.0.1:80x", "::1:80", "[::1]", "[::1]80", "[127.0.0.1]:80", "example.org:80", "256.0.0.1:80", "1.2.3:80", " 127.0.0.1:80"};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct address address = {.len = 99};
		struct fault f = FAULT_NONE;

		cr_assert_eq(address_parse(cases[i], &address, &f), ERR_INVALID, "%s", cases[i]);
		cr_assert_eq(address.len, 99, "%s touched", cases[i]);
		cr_assert_neq(strstr(f.what, cases[i]), NULL);
		cr_assert_neq(f.hint[0], '\0');
	}
}

Test(address, knows_which_addresses_are_not_public)
{
	static const struct {
		const char *text;
		bool private;
	} cases[] = {
		{"0.0.0.0:1", true}, {"10.255.255.255:1", true}, {"11.0.0.1:1", false}, {"100.63.255.255:1", false},
		{"100.64.0.1:1", true}, {"100.127.255.255:1", true}, {"100.128.0.1:1", false}, {"127.1.2.3:1", true},
		{"169.254.169.254:1", true}, {"172.15.255.255:1", false}, {"172.16.0.1:1", true}, {"172.31.255.255:1", true},
		{"172.32.0.1:1", false}, {"192.0.0.8:1", true}, {"192.0.2.1:1", true}, {"192.168.1.1:1", true}, {"192.169.0.1:1", false},
		{"198.18.0.1:1", true}, {"198.19.255.255:1", true}, {"198.20.0.1:1", false}, {"203.0.113.9:1", true},
		{"224.0.0.1:1", true}, {"255.255.255.255:1", true}, {"8.8.8.8:1", false}, {"223.255.255.1:1", false},
		{"[::]:1", true}, {"[::1]:1", true}, {"[::ffff:10.0.0.1]:1", true}, {"[::ffff:8.8.8.8]:1", false},
		{"[64:ff9b::7f00:1]:1", true}, {"[64:ff9b::808:808]:1", false}, {"[64:ff9b:1::1]:1", true}, {"[100::1]:1", true},
		{"[2001::1]:1", true}, {"[2001:db8::1]:1", true}, {"[2002:7f00:1::]:1", true}, {"[2002:808:808::]:1", false},
		{"[2a01:e0a::1]:1", false}, {"[3fff::1]:1", true}, {"[fc00::1]:1", true}, {"[fd12::1]:1", true}, {"[fe80::1]:1", true},
		{"[fec0::1]:1", true}, {"[ff02::1]:1", true}, {"[5f00::1]:1", true}, {"[::8.8.8.8]:1", true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct address address;

		cr_assert_eq(address_is_private(parse(cases[i].text, &address)), cases[i].private, "%s", cases[i].text);
	}
}

Test(address, tells_link_local_addresses_in_every_spelling)
{
	static const struct {
		const char *text;
		bool link_local;
	} cases[] = {
		{"169.254.169.254:1", true}, {"169.253.255.255:1", false}, {"169.255.0.1:1", false}, {"10.0.0.1:1", false}, {"127.0.0.1:1", false},
		{"[::ffff:169.254.169.254]:1", true}, {"[::ffff:10.0.0.1]:1", false}, {"[64:ff9b::a9fe:a9fe]:1", true}, {"[2002:a9fe:a9fe::]:1", true},
		{"[fe80::1]:1", true}, {"[febf::1]:1", true}, {"[fec0::1]:1", false}, {"[::1]:1", false}, {"[fd00::1]:1", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct address address;

		cr_assert_eq(address_is_link_local(parse(cases[i].text, &address)), cases[i].link_local, "%s", cases[i].text);
	}
}

Test(address, takes_a_socket_of_another_family_for_private)
{
	struct sockaddr sa = {.sa_family = AF_UNIX};
	char text[64];

	cr_assert_not(address_is_link_local(&sa));
	cr_assert(address_is_private(&sa));
	cr_assert_str_eq(address_text(&sa, text), "unknown");
	cr_assert_eq(address_port(&sa), 0);
}

Test(address, counts_an_ipv6_64_as_one_and_a_mapped_address_as_ipv4)
{
	struct address a, b;
	char key_a[ADDRESS_KEY_BYTES], key_b[ADDRESS_KEY_BYTES];
	size_t len_a = address_key(parse("[2001:db8:1:2::1]:1", &a), key_a);
	size_t len_b = address_key(parse("[2001:db8:1:2:3::4]:9", &b), key_b);

	cr_assert_eq(len_a, len_b);
	cr_assert_eq(memcmp(key_a, key_b, len_a), 0);
	address_key(parse("[2001:db8:1:3::1]:1", &b), key_b);
	cr_assert_neq(memcmp(key_a, key_b, len_a), 0);
	len_a = address_key(parse("192.0.2.1:1", &a), key_a);
	len_b = address_key(parse("[::ffff:192.0.2.1]:1", &b), key_b);
	cr_assert_eq(len_a, len_b);
	cr_assert_eq(memcmp(key_a, key_b, len_a), 0);
}
