/* SPDX-License-Identifier: Apache-2.0 */
/* backoff: waits between attempts. */
#include <planvax/deliver/backoff.h>

#include <assert.h>

#define WAIT_MAX_S 86400

/* Before the second attempt, the third, ... */
static const int64_t waits_s[BACKOFF_ATTEMPTS - 1] = {
	5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600,
};

bool backoff_next(int32_t attempts, int64_t retry_after_s, uint32_t jitter, int64_t *wait_s)
{
	assert(attempts >= 1);
	if (attempts >= BACKOFF_ATTEMPTS)
		return false;
	/* 900 to 1100 thousandths, rounded to whole seconds. */
	int64_t factor = 900 + (int64_t)(((uint64_t)jitter * 201) >> 32);
	int64_t wait = (waits_s[attempts - 1] * factor + 500) / 1000;

	if (retry_after_s > WAIT_MAX_S)
		retry_after_s = WAIT_MAX_S;
	*wait_s = wait > retry_after_s ? wait : retry_after_s;
	return true;
}
