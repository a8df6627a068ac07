/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/vec. */
#include <planvax/base/vec.h>

#include <criterion/criterion.h>
#include <stdint.h>

struct pair {
	int a;
	double b;
};

Test(vec, items_are_kept_in_order_over_growth)
{
	VEC(int) list = VEC_INIT;

	for (int i = 0; i < 10000; i++) {
		VEC_PUSH(&list, i * 3);
		cr_assert_leq(list.len, list.cap);
	}
	cr_assert_eq(list.len, 10000);
	for (int i = 0; i < 10000; i++)
		cr_assert_eq(list.items[i], i * 3);
	VEC_RELEASE(&list);
	cr_assert_null(list.items);
	cr_assert_eq(list.len, 0);
	cr_assert_eq(list.cap, 0);
}

Test(vec, structs_and_pointers_are_items)
{
	VEC(struct pair) pairs = VEC_INIT;
	VEC(const char *) words = VEC_INIT;

	VEC_PUSH(&pairs, ((struct pair){1, 2.5}));
	VEC_PUSH(&words, "one");
	VEC_PUSH(&words, "two");
	cr_assert_eq(pairs.items[0].a, 1);
	cr_assert_eq(pairs.items[0].b, 2.5);
	cr_assert_str_eq(words.items[1], "two");
	VEC_RELEASE(&pairs);
	VEC_RELEASE(&words);
}

Test(vec, clearing_keeps_the_memory)
{
	VEC(uint8_t) bytes = VEC_INIT;

	VEC_PUSH(&bytes, 1);

	const uint8_t *items = bytes.items;

	VEC_CLEAR(&bytes);
	cr_assert_eq(bytes.len, 0);
	VEC_PUSH(&bytes, 9);
	cr_assert_eq(bytes.items, items);
	cr_assert_eq(bytes.items[0], 9);
	VEC_RELEASE(&bytes);
}

Test(vec, growth_is_geometric)
{
	VEC(int) list = VEC_INIT;
	int growths = 0;

	for (int i = 0; i < 100000; i++) {
		size_t before = list.cap;

		VEC_PUSH(&list, i);
		growths += list.cap != before;
	}
	cr_assert_leq(growths, 20);
	VEC_RELEASE(&list);
}
