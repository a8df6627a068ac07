/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ingest/register_keys. */
#include <criterion/criterion.h>
#include <planvax/ingest/register_keys.h>
#include <stdio.h>

Test(register_keys, tells_the_line_where_a_key_stood_first)
{
	struct register_keys *k = register_keys_new();
	char key[16];

	for (int i = 1; i <= 50000; i++) {
		snprintf(key, sizeof(key), "P%d", i);
		cr_assert_eq(register_keys_put(k, "S1", key, i), 0);
	}
	for (int i = 1; i <= 50000; i += 7) {
		snprintf(key, sizeof(key), "P%d", i);
		cr_assert_eq(register_keys_put(k, "S1", key, 99999), i);
		cr_assert(register_keys_has(k, "S1", key));
		cr_assert(!register_keys_has(k, "S2", key));
	}
	cr_assert(!register_keys_full(k));
	register_keys_free(k);
	register_keys_free(NULL);
}

Test(register_keys, scope_and_key_are_apart)
{
	struct register_keys *k = register_keys_new();

	cr_assert_eq(register_keys_put(k, "S1", "2", 5), 0);
	cr_assert_eq(register_keys_put(k, "S", "12", 6), 0);
	cr_assert_eq(register_keys_put(k, "S12", "", 7), 0);
	cr_assert_eq(register_keys_put(k, "", "S12", 8), 0);
	cr_assert_eq(register_keys_put(k, "S1", "2", 9), 5);
	register_keys_free(k);
}
