/* SPDX-License-Identifier: Apache-2.0 */
/* clock: the only place that reads the time. Core code takes `now`.
 * Tests fix it. Any thread. */
#ifndef PLANVAX_BASE_CLOCK_H
#define PLANVAX_BASE_CLOCK_H

#include <stdint.h>

/* A moment, in whole seconds since 1970-01-01T00:00:00Z. */
struct instant {
	int64_t utc_s;
};

/* Now. */
struct instant clock_now(void);

/* Now, in milliseconds since 1970 (identifiers, logs). */
int64_t clock_now_ms(void);

/* Milliseconds of a clock that never jumps; for deadlines only. Follows the fixed clock in tests. */
int64_t clock_monotonic_ms(void);

/* CPU seconds of this process (benchmarks, time limits), as microseconds. */
int64_t clock_cpu_us(void);

/* Stops the clock at now (tests); clock_advance moves it. */
void clock_fix(struct instant now);

/* Moves a fixed clock forward by ms milliseconds. */
void clock_advance(int64_t ms);

/* Gives the clock back to the system. */
void clock_unfix(void);

#endif
