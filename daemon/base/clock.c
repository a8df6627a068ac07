/* SPDX-License-Identifier: Apache-2.0 */
/* clock: the system's clocks, or one that tests fix. */
#include <planvax/base/clock.h>

#include <assert.h>
#include <stdatomic.h>
#include <time.h>

#define RUNNING INT64_MIN /* no fixed time */

/* Milliseconds since 1970 at which the clock is fixed, or RUNNING. */
static _Atomic int64_t fixed_ms = RUNNING;

static int64_t read_us(clockid_t id)
{
	struct timespec now;
	int rc = clock_gettime(id, &now);

	assert(rc == 0);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t read_ms(clockid_t id)
{
	int64_t fixed = atomic_load(&fixed_ms);

	return fixed != RUNNING ? fixed : read_us(id) / 1000;
}

struct instant clock_now(void)
{
	int64_t ms = clock_now_ms();

	/* Rounds down, also before 1970. */
	return (struct instant){ms / 1000 - (ms % 1000 < 0)};
}

int64_t clock_now_ms(void)
{
	return read_ms(CLOCK_REALTIME);
}

int64_t clock_monotonic_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_cpu_us(void)
{
	return read_us(CLOCK_PROCESS_CPUTIME_ID);
}

void clock_fix(struct instant now)
{
	assert(now.utc_s > INT64_MIN / 1000 && now.utc_s < INT64_MAX / 1000);
	atomic_store(&fixed_ms, now.utc_s * 1000);
}

void clock_advance(int64_t ms)
{
	int64_t before = atomic_load(&fixed_ms);

	assert(ms >= 0);
	do
		assert(before != RUNNING);
	while (!atomic_compare_exchange_weak(&fixed_ms, &before, before + ms));
}

void clock_unfix(void)
{
	atomic_store(&fixed_ms, RUNNING);
}
