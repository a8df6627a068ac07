/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/rng. */
#include <planvax/base/rng.h>

#include <criterion/criterion.h>
#include <signal.h>

/* Computed by an independent implementation; the first row is also the published one of xoshiro256** seeded with 0. */
Test(rng, streams_are_equal_on_every_machine)
{
	static const struct {
		uint64_t seed;
		const char *text;
		uint64_t first[3];
	} rows[] = {
		{0, NULL, {0x99ec5f36cb75f2b4, 0xbf6e1f784956452a, 0x1a5f849d4933e6e0}},
		{1, NULL, {0xb3f2af6d0fc710c5, 0x853b559647364cea, 0x92f89756082a4514}},
		{2022, "S01", {0xde3cb54a9b0da4b6, 0xe9bcbf0006bd1aac, 0x12a92e5e34a03f33}},
		{2022, "S02", {0xbd1ceae2b846b6a3, 0xdbfb69b1268db7fa, 0xf6defe2a07b7910c}},
		{0, "", {0x1e28178eedbf0f30, 0x32dadb1a9e4a4d08, 0x4ef49088479a6d5c}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rng r;

		rng_init(&r, rows[i].seed, rows[i].text);
		for (int k = 0; k < 3; k++)
			cr_assert_eq(rng_next(&r), rows[i].first[k], "row %zu number %d", i, k);
	}
}

Test(rng, a_stream_is_equal_far_into_it)
{
	struct rng r;

	rng_init(&r, 1, NULL);
	for (int i = 0; i < 999; i++)
		(void)rng_next(&r);
	cr_assert_eq(rng_next(&r), 0xb8517c33c344d153);
}

/* With these n a quarter of the numbers are rejected; the independent implementation tells which. */
Test(rng, rejected_numbers_are_left_out)
{
	static const uint32_t below[] = {3075630370, 1328178941, 401112359, 219741986, 2546907668, 2131844032};
	static const int64_t ranged[] = {
		-2058048663871276525, -3937820081433509076, 1261148599229375102, -2719906692079604526,
		4369572321969707522, 2011249911326689235, 6440070534337757356, -693914883378715839,
	};
	struct rng r;

	rng_init(&r, 10, NULL);
	for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++)
		cr_assert_eq(rng_below(&r, 3u << 30), below[i], "number %zu", i);
	rng_init(&r, 4, NULL);
	for (size_t i = 0; i < sizeof(ranged) / sizeof(ranged[0]); i++)
		cr_assert_eq(rng_range(&r, -((int64_t)3 << 61), ((int64_t)3 << 61) - 1), ranged[i], "number %zu", i);
}

Test(rng, integers_below_n_are_uniform)
{
	struct rng r;
	int seen[7] = {0};

	rng_init(&r, 5, NULL);
	for (int i = 0; i < 70000; i++) {
		uint32_t x = rng_below(&r, 7);

		cr_assert_lt(x, 7);
		seen[x]++;
	}
	for (int i = 0; i < 7; i++)
		cr_assert(seen[i] > 9500 && seen[i] < 10500, "%d came %d times", i, seen[i]);
}

/* With n just above 2^31 a generator that only takes remainders or high bits is off by half. */
Test(rng, large_n_are_without_bias)
{
	const uint32_t n = 3u << 30;
	struct rng r;
	int thirds[3] = {0};

	rng_init(&r, 6, NULL);
	for (int i = 0; i < 90000; i++)
		thirds[rng_below(&r, n) >> 30]++;
	for (int i = 0; i < 3; i++)
		cr_assert(thirds[i] > 29000 && thirds[i] < 31000, "third %d came %d times", i, thirds[i]);
}

Test(rng, one_value_is_always_that_value)
{
	struct rng r;

	rng_init(&r, 7, NULL);
	for (int i = 0; i < 100; i++) {
		cr_assert_eq(rng_below(&r, 1), 0);
		cr_assert_eq(rng_range(&r, -5, -5), -5);
	}
}

Test(rng, ranges_include_both_ends)
{
	struct rng r;
	int seen[5] = {0};

	rng_init(&r, 8, NULL);
	for (int i = 0; i < 5000; i++) {
		int64_t x = rng_range(&r, -2, 2);

		cr_assert(x >= -2 && x <= 2);
		seen[x + 2]++;
	}
	for (int i = 0; i < 5; i++)
		cr_assert(seen[i] > 850 && seen[i] < 1150, "%d came %d times", i - 2, seen[i]);
}

Test(rng, the_widest_ranges_work)
{
	struct rng r;
	int negative = 0;

	rng_init(&r, 9, NULL);
	for (int i = 0; i < 10000; i++)
		negative += rng_range(&r, INT64_MIN, INT64_MAX) < 0;
	cr_assert(negative > 4700 && negative < 5300);
	for (int i = 0; i < 100; i++) {
		cr_assert_geq(rng_range(&r, INT64_MIN + 1, INT64_MAX), INT64_MIN + 1);
		cr_assert_geq(rng_range(&r, INT64_MAX - 1, INT64_MAX), INT64_MAX - 1);
	}
}

Test(rng, nothing_to_choose_from_asserts, .signal = SIGABRT)
{
	struct rng r;

	rng_init(&r, 0, NULL);
	(void)rng_below(&r, 0);
}
