/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/alloc. */
#include <planvax/base/alloc.h>

#include <criterion/criterion.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* Hidden from the compiler, which would warn of sizes that cannot be had. */
static volatile size_t huge = SIZE_MAX / 2 + 1;

Test(alloc, nothing_is_still_a_pointer_of_its_own)
{
	void *a = xmalloc(0), *b = xmalloc(0), *c = xcalloc(0, 8), *d = xreallocarray(NULL, 0, 8);

	cr_assert(a != NULL && b != NULL && c != NULL && d != NULL);
	cr_assert(a != b);
	free(a);
	free(b);
	free(c);
	free(d);
}

Test(alloc, calloc_gives_zeroes)
{
	unsigned char *p = xcalloc(100, 7);

	for (size_t i = 0; i < 700; i++)
		cr_assert_eq(p[i], 0);
	free(p);
}

Test(alloc, resizing_keeps_what_was_there)
{
	int *p = xreallocarray(NULL, 4, sizeof(*p));

	for (int i = 0; i < 4; i++)
		p[i] = i * 11;
	p = xreallocarray(p, 4000, sizeof(*p));
	for (int i = 0; i < 4; i++)
		cr_assert_eq(p[i], i * 11);
	free(p);
}

Test(alloc, texts_are_copied)
{
	char text[] = "abcdef";
	char *whole = xstrdup(text), *part = xstrndup(text, 3), *none = xstrndup(NULL, 0);

	text[0] = 'z';
	cr_assert_str_eq(whole, "abcdef");
	cr_assert_str_eq(part, "abc");
	cr_assert_str_eq(none, "");
	free(whole);
	free(part);
	free(none);
}

Test(alloc, a_part_keeps_its_nul_bytes)
{
	char *copy = xstrndup("a\0b", 3);

	cr_assert_eq(memcmp(copy, "a\0b", 4), 0);
	free(copy);
}

Test(alloc, malloc_aborts_when_no_object_is_so_large, .signal = SIGABRT)
{
	free(xmalloc(huge));
}

Test(alloc, calloc_aborts_when_the_product_overflows, .signal = SIGABRT)
{
	free(xcalloc(huge, 3));
}

Test(alloc, resizing_aborts_when_the_product_overflows, .signal = SIGABRT)
{
	free(xreallocarray(NULL, huge, 3));
}

#ifndef __SANITIZE_ADDRESS__ /* which maps terabytes and reports the refusal itself */
static void limit_memory(void)
{
	const struct rlimit limit = {(rlim_t)1 << 30, (rlim_t)1 << 30};

	cr_assert_eq(setrlimit(RLIMIT_AS, &limit), 0);
}

Test(alloc, malloc_aborts_when_the_system_refuses, .signal = SIGABRT)
{
	limit_memory();
	free(xmalloc((size_t)2 << 30));
}

Test(alloc, calloc_aborts_when_the_system_refuses, .signal = SIGABRT)
{
	limit_memory();
	free(xcalloc(2, (size_t)1 << 30));
}

Test(alloc, resizing_aborts_when_the_system_refuses, .signal = SIGABRT)
{
	limit_memory();
	free(xreallocarray(xmalloc(10), (size_t)2 << 10, 1 << 20));
}
#endif
