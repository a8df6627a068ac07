/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/uuid. */
#include <planvax/base/uuid.h>

#include <planvax/base/clock.h>

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

/* The example of RFC 9562, appendix A.6. */
Test(uuid, the_example_of_the_rfc)
{
	static const unsigned char random[UUID_RANDOM_BYTES] = {0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f};
	char text[UUID_TEXT_BYTES];

	cr_assert_str_eq(uuid_of(0x017F22E279B0, random, text), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

Test(uuid, version_and_variant_override_the_random_bits)
{
	static const unsigned char ones[UUID_RANDOM_BYTES] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
	static const unsigned char zeroes[UUID_RANDOM_BYTES] = {0};
	char text[UUID_TEXT_BYTES];

	cr_assert_str_eq(uuid_of(((int64_t)1 << 48) - 1, ones, text), "ffffffff-ffff-7fff-bfff-ffffffffffff");
	cr_assert_str_eq(uuid_of(0, zeroes, text), "00000000-0000-7000-8000-000000000000");
}

Test(uuid, a_later_one_sorts_later)
{
	char a[UUID_TEXT_BYTES], b[UUID_TEXT_BYTES];

	clock_fix((struct instant){1641124800});
	uuid_new(a);
	clock_advance(1);
	uuid_new(b);
	clock_unfix();
	cr_assert_lt(strcmp(a, b), 0);
	cr_assert_eq(strncmp(a, "017e1aa9-2600-7", 15), 0, "%s", a);
}

Test(uuid, two_of_one_moment_differ)
{
	char a[UUID_TEXT_BYTES], b[UUID_TEXT_BYTES];

	clock_fix((struct instant){1641124800});
	cr_assert_str_neq(uuid_new(a), uuid_new(b));
	clock_unfix();
	cr_assert(uuid_is_valid(a, strlen(a)));
	cr_assert(uuid_is_valid(b, strlen(b)));
}

Test(uuid, only_the_plain_form_is_valid)
{
	static const struct {
		const char *text;
		bool valid;
	} rows[] = {
		{"017f22e2-79b0-7cc3-98c4-dc0c0c07398f", true}, {"00000000-0000-0000-0000-000000000000", true},
		{"017F22E2-79B0-7CC3-98C4-DC0C0C07398F", false}, {"017f22e279b07cc398c4dc0c0c07398f", false},
		{"017f22e2-79b0-7cc3-98c4-dc0c0c07398", false}, {"017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", false},
		{"017f22e2-79b0-7cc3-98c4-dc0c0c07398g", false}, {"017f22e2079b0-7cc3-98c4-dc0c0c07398f", false},
		{"{17f22e2-79b0-7cc3-98c4-dc0c0c07398}", false}, {"", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_eq(uuid_is_valid(rows[i].text, strlen(rows[i].text)), rows[i].valid, "%s", rows[i].text);
}

Test(uuid, a_moment_before_1970_asserts, .signal = SIGABRT)
{
	static const unsigned char random[UUID_RANDOM_BYTES] = {0};
	char text[UUID_TEXT_BYTES];

	uuid_of(-1, random, text);
}
