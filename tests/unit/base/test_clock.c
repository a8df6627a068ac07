/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/clock. */
#include <planvax/base/clock.h>

#include <criterion/criterion.h>
#include <signal.h>
#include <time.h>

static int64_t system_ms(clockid_t id)
{
	struct timespec t;

	cr_assert_eq(clock_gettime(id, &t), 0);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Milliseconds by the reader given lie between two readings of the system's clock. */
static void expect_between(int64_t (*read_ms)(void), clockid_t id)
{
	for (int i = 0; i < 20; i++) {
		const struct timespec nap = {0, 7000000};
		int64_t before = system_ms(id);
		int64_t ms = read_ms();
		int64_t after = system_ms(id);

		cr_assert(before <= ms && ms <= after, "%lld <= %lld <= %lld", (long long)before, (long long)ms, (long long)after);
		nanosleep(&nap, NULL);
	}
}

Test(clock, the_time_is_the_systems)
{
	expect_between(clock_now_ms, CLOCK_REALTIME);

	int64_t before = clock_now_ms();
	int64_t now_s = clock_now().utc_s;

	cr_assert(before / 1000 <= now_s && now_s <= clock_now_ms() / 1000);
}

Test(clock, deadlines_use_the_systems_steady_clock)
{
	expect_between(clock_monotonic_ms, CLOCK_MONOTONIC);
}

Test(clock, the_monotonic_clock_never_goes_back)
{
	int64_t before = clock_monotonic_ms();

	for (int i = 0; i < 10000; i++) {
		int64_t now = clock_monotonic_ms();

		cr_assert_geq(now, before);
		before = now;
	}
}

Test(clock, work_takes_cpu_time)
{
	int64_t start = clock_cpu_us();
	volatile double x = 1;

	while (clock_cpu_us() < start + 20000)
		x = x * 1.000001;
	cr_assert_geq(clock_cpu_us() - start, 20000);
}

Test(clock, a_fixed_clock_stands_still_and_advances)
{
	clock_fix((struct instant){1641124800});

	int64_t monotonic = clock_monotonic_ms();

	cr_assert_eq(clock_now().utc_s, 1641124800);
	cr_assert_eq(clock_now_ms(), 1641124800000);
	clock_advance(999);
	cr_assert_eq(clock_now().utc_s, 1641124800);
	cr_assert_eq(clock_now_ms(), 1641124800999);
	clock_advance(1);
	cr_assert_eq(clock_now().utc_s, 1641124801);
	clock_advance(0);
	cr_assert_eq(clock_monotonic_ms() - monotonic, 1000);
	clock_unfix();
}

Test(clock, moments_before_1970_round_down)
{
	clock_fix((struct instant){-10});
	cr_assert_eq(clock_now().utc_s, -10);
	clock_advance(1);
	cr_assert_eq(clock_now().utc_s, -10);
	clock_advance(9998);
	cr_assert_eq(clock_now().utc_s, -1);
	clock_advance(1);
	cr_assert_eq(clock_now().utc_s, 0);
	clock_unfix();
}

Test(clock, an_unfixed_clock_runs_again)
{
	clock_fix((struct instant){0});
	clock_unfix();
	cr_assert_gt(clock_now().utc_s, 1600000000);
}

Test(clock, advancing_a_running_clock_asserts, .signal = SIGABRT)
{
	clock_advance(1);
}
