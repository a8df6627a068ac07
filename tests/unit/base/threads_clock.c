/* SPDX-License-Identifier: Apache-2.0 */
/* A fixed clock advanced by several threads while others read it: no advance
 * is lost and no reader sees time run backwards. */
#include <planvax/base/clock.h>

#include <assert.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

#define ADVANCES 20000

static void *advance(void *arg)
{
	(void)arg;
	for (int i = 0; i < ADVANCES; i++)
		clock_advance(1);
	return NULL;
}

static void *watch(void *arg)
{
	int64_t before = 0;

	(void)arg;
	for (int i = 0; i < ADVANCES; i++) {
		int64_t now = clock_now_ms();

		assert(now >= before);
		before = now;
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[4];

	clock_fix((struct instant){0});
	for (int i = 0; i < 4; i++) {
		int rc = pthread_create(&threads[i], NULL, i < 2 ? advance : watch, NULL);

		assert(rc == 0);
	}
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert(clock_now_ms() == 2 * ADVANCES);
	puts("threads_clock: 1 passed, 0 failed");
	return 0;
}
