/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/map. */
#include <planvax/base/map.h>

#include <planvax/base/rng.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *key_of(size_t i, char key[32])
{
	snprintf(key, 32, "S%zu/P%06zu", i % 7, i);
	return key;
}

Test(map, an_empty_map_holds_nothing)
{
	struct map m = MAP_INIT;
	size_t value = 5;

	cr_assert_not(map_get_str(&m, "a", &value));
	cr_assert_not(map_get_int(&m, 0, &value));
	cr_assert_not(map_remove(&m, "a", 1));
	cr_assert_eq(value, 5, "untouched where nothing is found");
	map_release(&m);
}

Test(map, a_key_is_put_once_and_then_replaced)
{
	struct map m;
	size_t value;

	map_init(&m);
	cr_assert(map_put_str(&m, "P1", 1));
	cr_assert_not(map_put_str(&m, "P1", 2));
	cr_assert(map_get_str(&m, "P1", &value));
	cr_assert_eq(value, 2);
	cr_assert_eq(m.len, 1);
	cr_assert(map_get_str(&m, "P1", NULL));
	map_release(&m);
	cr_assert_eq(m.len, 0);
	cr_assert_not(map_get_str(&m, "P1", &value));
}

Test(map, keys_are_copied)
{
	struct map m = MAP_INIT;
	char key[] = "abc";

	map_put_str(&m, key, 1);
	key[0] = 'z';
	cr_assert(map_get_str(&m, "abc", NULL));
	cr_assert_not(map_get_str(&m, "zbc", NULL));
	map_release(&m);
}

Test(map, keys_are_bytes_of_any_length)
{
	static const struct {
		const char *key;
		size_t len;
	} rows[] = {
		{"", 0}, {"\0", 1}, {"\0\0", 2}, {"a", 1}, {"a\0", 2}, {"a\0b", 3},
		{"1234567", 7}, {"12345678", 8}, {"123456789", 9}, {"123456789abcdef", 15}, {"123456789abcdef0", 16},
	};
	const size_t n = sizeof(rows) / sizeof(rows[0]);
	struct map m = MAP_INIT;
	size_t value;

	for (size_t i = 0; i < n; i++)
		cr_assert(map_put(&m, rows[i].key, rows[i].len, i), "row %zu", i);
	for (size_t i = 0; i < n; i++) {
		cr_assert(map_get(&m, rows[i].key, rows[i].len, &value), "row %zu", i);
		cr_assert_eq(value, i);
	}
	cr_assert(map_get(&m, NULL, 0, &value), "NULL of no bytes is the empty key");
	cr_assert_eq(value, 0);
	map_release(&m);
}

Test(map, many_keys_survive_growth)
{
	struct map m = MAP_INIT;
	char key[32];
	size_t value;

	for (size_t i = 0; i < 50000; i++)
		cr_assert(map_put_str(&m, key_of(i, key), i));
	cr_assert_eq(m.len, 50000);
	cr_assert_eq(m.n_slots & (m.n_slots - 1), 0);
	for (size_t i = 0; i < 50000; i++) {
		cr_assert(map_get_str(&m, key_of(i, key), &value));
		cr_assert_eq(value, i);
	}
	cr_assert_not(map_get_str(&m, key_of(50000, key), &value));
	map_release(&m);
}

Test(map, integer_keys_of_any_value)
{
	struct map m = MAP_INIT;
	size_t value;

	for (uint64_t i = 0; i < 5000; i++)
		cr_assert(map_put_int(&m, i << 40 | i, (size_t)i + 1));
	cr_assert(map_put_int(&m, UINT64_MAX, 77));
	cr_assert_not(map_put_int(&m, 0, 88));
	for (uint64_t i = 1; i < 5000; i++) {
		cr_assert(map_get_int(&m, i << 40 | i, &value));
		cr_assert_eq(value, i + 1);
	}
	cr_assert(map_get_int(&m, UINT64_MAX, &value) && value == 77);
	cr_assert(map_get_int(&m, 0, &value) && value == 88);
	cr_assert_not(map_get_int(&m, 5000, &value));
	map_release(&m);
}

Test(map, a_removed_key_is_gone_and_the_others_stay)
{
	struct map m = MAP_INIT;
	char key[32];
	size_t value;

	for (size_t i = 0; i < 3000; i++)
		map_put_str(&m, key_of(i, key), i);
	for (size_t i = 0; i < 3000; i += 3)
		cr_assert(map_remove(&m, key_of(i, key), strlen(key)));
	cr_assert_not(map_remove(&m, key_of(0, key), strlen(key)), "only once");
	cr_assert_eq(m.len, 2000);
	for (size_t i = 0; i < 3000; i++) {
		cr_assert_eq(map_get_str(&m, key_of(i, key), &value), i % 3 != 0, "key %zu", i);
		if (i % 3 != 0)
			cr_assert_eq(value, i);
	}
	map_release(&m);
}

/* Compares with an array under a long random sequence of puts and removals. */
Test(map, random_puts_and_removals_agree_with_an_array)
{
	struct map m = MAP_INIT;
	size_t held[300] = {0}; /* value + 1, 0: absent */
	size_t len = 0;
	struct rng r;
	char key[32];

	rng_init(&r, 42, "map");
	for (int step = 0; step < 200000; step++) {
		size_t i = rng_below(&r, 300), value = 0;

		key_of(i, key);
		if (rng_below(&r, 2) == 0) {
			cr_assert_eq(map_put_str(&m, key, (size_t)step), held[i] == 0);
			len += held[i] == 0;
			held[i] = (size_t)step + 1;
		} else {
			cr_assert_eq(map_remove(&m, key, strlen(key)), held[i] != 0);
			len -= held[i] != 0;
			held[i] = 0;
		}
		i = rng_below(&r, 300);
		cr_assert_eq(map_get_str(&m, key_of(i, key), &value), held[i] != 0);
		if (held[i] != 0)
			cr_assert_eq(value + 1, held[i]);
		cr_assert_eq(m.len, len);
	}
	cr_assert_leq(m.n_slots, 512, "removals leave no debris that makes it grow");
	map_release(&m);
}
