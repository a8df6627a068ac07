/* SPDX-License-Identifier: Apache-2.0 */
/* sanitizer_race: a data race made on purpose, for sanitized.sh. A plain
 * main(), since Criterion does not start under TSan. */
#include <pthread.h>
#include <stddef.h>

static int shared;

static void *add(void *unused)
{
	(void)unused;
	for (int i = 0; i < 1000; i++)
		shared++;
	return NULL;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, add, NULL) != 0)
			return 2;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
