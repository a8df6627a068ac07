/* SPDX-License-Identifier: Apache-2.0 */
/* backoff: when to try again: a pure function of attempts made, with cap and injected jitter. */
#ifndef PLANVAX_DELIVER_BACKOFF_H
#define PLANVAX_DELIVER_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

/* Attempts before a letter is dead: 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h (INTERFACE.md 6). */
#define BACKOFF_ATTEMPTS 10

/* Seconds to wait after `attempts` (>= 1) failed ones, +-10 % by jitter (any 32 bits), at least retry_after_s (0: none; capped at
 * 24 h). False: the last attempt was made. */
bool backoff_next(int32_t attempts, int64_t retry_after_s, uint32_t jitter, int64_t *wait_s);

#endif
