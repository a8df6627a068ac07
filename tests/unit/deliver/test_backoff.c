/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of deliver/backoff. */
#include <planvax/deliver/backoff.h>

#include <criterion/criterion.h>

#define MIDDLE 0x80000000u

static const int64_t waits[] = {5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};

Test(backoff, waits_follow_the_table_within_ten_per_cent)
{
	static const uint32_t jitters[] = {0, 1, MIDDLE, UINT32_MAX};

	for (int32_t n = 1; n < BACKOFF_ATTEMPTS; n++) {
		int64_t wait = -1, first = 0, last = 0;

		cr_assert(backoff_next(n, 0, MIDDLE, &wait));
		cr_assert_eq(wait, waits[n - 1], "after %d attempts: %lld", n, (long long)wait);
		for (size_t i = 0; i < sizeof(jitters) / sizeof(jitters[0]); i++) {
			cr_assert(backoff_next(n, 0, jitters[i], &wait));
			cr_assert_geq(wait * 10 + 5, waits[n - 1] * 9);
			cr_assert_leq(wait * 10 - 5, waits[n - 1] * 11);
			first = i == 0 ? wait : first;
			last = wait;
		}
		cr_assert_lt(first, last, "jitter changes nothing after %d attempts", n);
	}
}

Test(backoff, the_tenth_attempt_is_the_last)
{
	int64_t wait = 77;

	cr_assert_not(backoff_next(BACKOFF_ATTEMPTS, 10, 0, &wait));
	cr_assert_not(backoff_next(INT32_MAX, 0, 0, &wait));
	cr_assert_eq(wait, 77);
}

Test(backoff, retry_after_lengthens_a_wait_up_to_a_day_and_never_shortens_it)
{
	static const struct { int32_t attempts; int64_t retry_after, wait; } rows[] = {
		{1, 120, 120}, {2, 120, 300}, {1, 86400, 86400}, {1, 999999, 86400}, {1, -5, 5}, {1, INT64_MAX, 86400},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t wait = -1;

		cr_assert(backoff_next(rows[i].attempts, rows[i].retry_after, MIDDLE, &wait));
		cr_assert_eq(wait, rows[i].wait, "row %zu: %lld", i, (long long)wait);
	}
}
