/* SPDX-License-Identifier: Apache-2.0 */
/* sanitizer_broken: mistakes made on purpose, each in a Criterion test of its
 * own. sanitized.sh runs them to prove that a sanitizer run can fail. Built in
 * the asan and tsan trees only; never part of a suite. */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdlib.h>

static volatile int sink;

Test(broken, overflow)
{
	volatile size_t n = 8;
	char *block = calloc(1, n);

	cr_assert_not_null(block);
	sink = block[n];
	free(block);
}

Test(broken, leak)
{
	void *volatile block = malloc(100);

	cr_assert_not_null(block);
	block = NULL;
}

Test(broken, undefined)
{
	volatile int big = INT_MAX;

	sink = big + 1;
}
