/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/arena. */
#include <planvax/base/arena.h>

#include <criterion/criterion.h>
#include <signal.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

Test(arena, memory_is_aligned_for_any_type)
{
	struct arena a = ARENA_INIT;

	for (size_t size = 0; size < 200; size++) {
		cr_assert_eq((uintptr_t)arena_alloc(&a, size) % alignof(max_align_t), 0, "size %zu", size);
		cr_assert_eq((uintptr_t)arena_strndup(&a, "x", 1) % alignof(max_align_t), 0, "text after %zu", size);
	}
	arena_release(&a);
}

Test(arena, pieces_do_not_overlap)
{
	struct arena a = ARENA_INIT;
	unsigned char *pieces[500];

	for (size_t i = 0; i < 500; i++) {
		pieces[i] = arena_alloc(&a, i + 1);
		memset(pieces[i], (int)(i % 251), i + 1);
	}
	for (size_t i = 0; i < 500; i++)
		for (size_t k = 0; k <= i; k++)
			cr_assert_eq(pieces[i][k], i % 251, "piece %zu byte %zu", i, k);
	arena_release(&a);
}

Test(arena, memory_is_zeroed_also_after_a_reset)
{
	struct arena a = ARENA_INIT;

	memset(arena_alloc(&a, 3000), 0xff, 3000);
	arena_reset(&a);

	const unsigned char *p = arena_alloc(&a, 3000);

	for (size_t i = 0; i < 3000; i++)
		cr_assert_eq(p[i], 0);
	arena_release(&a);
}

Test(arena, nothing_is_still_a_pointer_of_its_own)
{
	struct arena a;

	arena_init(&a);
	cr_assert_neq(arena_alloc(&a, 0), arena_alloc(&a, 0));
	arena_release(&a);
}

Test(arena, a_large_piece_gets_its_block)
{
	struct arena a = ARENA_INIT;
	const size_t size = (size_t)20 << 20;
	char *small = arena_strdup(&a, "before");
	char *large = arena_alloc(&a, size);

	large[0] = large[size - 1] = 'x';
	cr_assert_str_eq(arena_strdup(&a, "after"), "after");
	cr_assert_str_eq(small, "before");
	cr_assert_geq(a.used_bytes, size);
	arena_release(&a);
}

Test(arena, reset_keeps_the_largest_block)
{
	struct arena a = ARENA_INIT;

	(void)arena_alloc(&a, 100);
	(void)arena_alloc(&a, (size_t)20 << 20);
	for (int i = 0; i < 40; i++)
		(void)arena_alloc(&a, 400000);
	arena_reset(&a);
	cr_assert_eq(a.used_bytes, 0);

	const struct arena_block *kept = a.blocks;

	(void)arena_alloc(&a, (size_t)20 << 20);
	cr_assert_eq(a.blocks, kept, "the kept block has room for the largest piece");
	arena_release(&a);
	cr_assert_null(a.blocks);
}

Test(arena, reset_and_release_of_an_empty_one_do_nothing)
{
	struct arena a = ARENA_INIT;

	arena_reset(&a);
	arena_release(&a);
	cr_assert_str_eq(arena_strdup(&a, "usable"), "usable");
	arena_release(&a);
	arena_release(&a);
}

Test(arena, texts_and_bytes_are_copied)
{
	struct arena a = ARENA_INIT;
	char text[] = "abcdef";
	char *whole = arena_strdup(&a, text), *part = arena_strndup(&a, text, 2);
	char *bytes = arena_memdup(&a, text, 3);

	text[0] = text[1] = 'z';
	cr_assert_str_eq(whole, "abcdef");
	cr_assert_str_eq(part, "ab");
	cr_assert_eq(memcmp(bytes, "abc", 3), 0);
	cr_assert_null(arena_strdup(&a, NULL));
	cr_assert_str_eq(arena_strndup(&a, NULL, 0), "");
	cr_assert_not_null(arena_memdup(&a, NULL, 0));
	arena_release(&a);
}

Test(arena, printf_takes_any_length)
{
	struct arena a = ARENA_INIT;

	cr_assert_str_eq(arena_printf(&a, "%s-%d", "S01", 7), "S01-7");

	const char *wide = arena_printf(&a, "%10000d|", 5);

	cr_assert_eq(strlen(wide), 10001);
	cr_assert_str_eq(wide + 9998, " 5|");
	arena_release(&a);
}

Test(arena, texts_of_every_length_keep_their_end)
{
	struct arena a = ARENA_INIT;

	for (int len = 0; len < 70; len++) {
		const char *printed = arena_printf(&a, "%.*s", len, "0123456789012345678901234567890123456789012345678901234567890123456789");
		const char *after = arena_strdup(&a, "after");
		const char *copied = arena_strndup(&a, printed, (size_t)len);

		cr_assert_str_eq(arena_strdup(&a, "last"), "last");
		cr_assert_eq(strlen(printed), (size_t)len);
		cr_assert_eq(strlen(copied), (size_t)len);
		cr_assert_str_eq(after, "after");
	}
	arena_release(&a);
}

Test(arena, typed_members_are_zeroed)
{
	struct arena a = ARENA_INIT;
	const uint64_t *numbers = ARENA_NEW(&a, uint64_t, 64);

	for (int i = 0; i < 64; i++)
		cr_assert_eq(numbers[i], 0);
	arena_release(&a);
}

Test(arena, an_overflowing_product_aborts, .signal = SIGABRT)
{
	struct arena a = ARENA_INIT;
	volatile size_t huge = SIZE_MAX / 2;

	(void)arena_calloc(&a, huge, 4);
}

Test(arena, an_impossible_size_aborts, .signal = SIGABRT)
{
	struct arena a = ARENA_INIT;
	volatile size_t huge = SIZE_MAX - 3;

	(void)arena_alloc(&a, huge);
}
