/* SPDX-License-Identifier: Apache-2.0 */
/* Calls posted by many threads: each runs once, on the loop's thread, those of
 * one thread in the order of posting. */
#include <planvax/base/pool.h>
#include <planvax/net/loop.h>

#include <stdio.h>
#include <stdlib.h>

#define THREADS 4
#define POSTS 20000

struct shared;

struct poster {
	struct shared *shared;
	int next; /* number expected next; loop's thread only */
};

struct shared {
	struct loop *loop;
	struct poster posters[THREADS];
	int wrong, left;
};

struct posted {
	struct poster *poster;
	int number;
};

static void arrive(void *arg)
{
	struct posted *posted = arg;
	struct poster *poster = posted->poster;

	poster->shared->wrong += posted->number != poster->next;
	poster->next++;
	if (--poster->shared->left == 0)
		loop_stop(poster->shared->loop);
	free(posted);
}

static void post_all(void *arg)
{
	struct poster *poster = arg;

	for (int i = 0; i < POSTS; i++) {
		struct posted *posted = malloc(sizeof(*posted));

		if (posted == NULL)
			abort();
		*posted = (struct posted){poster, i};
		loop_post(poster->shared->loop, arrive, posted);
	}
}

int main(void)
{
	struct shared shared = {.loop = loop_new(), .left = THREADS * POSTS};
	struct pool *pool = pool_new(THREADS, THREADS);
	int failed;

	for (int i = 0; i < THREADS; i++) {
		shared.posters[i].shared = &shared;
		pool_run(pool, post_all, &shared.posters[i]);
	}
	loop_run(shared.loop);
	pool_free(pool);
	failed = shared.wrong != 0 || shared.left != 0;
	loop_free(shared.loop);
	printf("threads_loop: %d passed, %d failed\n", !failed, failed);
	return failed;
}
