/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of net/loop. */
#include <planvax/base/clock.h>
#include <planvax/base/pool.h>
#include <planvax/net/loop.h>

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

struct notes {
	struct loop *loop;
	struct loop_timer *timer;
	char text[64];
	int calls;
};

static void note(void *arg, char c)
{
	struct notes *notes = arg;
	size_t len = strlen(notes->text);

	if (len + 1 < sizeof(notes->text))
		notes->text[len] = c;
	notes->calls++;
}

static void note_a(void *arg)
{
	note(arg, 'a');
}

static void note_b(void *arg)
{
	note(arg, 'b');
}

static void note_and_stop(void *arg)
{
	struct notes *notes = arg;

	note(arg, 's');
	loop_stop(notes->loop);
}

static void note_and_set_again(void *arg)
{
	struct notes *notes = arg;

	note(arg, 'r');
	loop_timer_set(notes->timer, 0);
}

static void free_own_timer(void *arg)
{
	struct notes *notes = arg;

	note(arg, 'f');
	loop_timer_free(notes->timer);
	notes->timer = NULL;
}

Test(loop, runs_timers_by_the_clock_that_tests_move)
{
	struct loop *loop = loop_new();
	struct notes notes = {.loop = loop};
	struct loop_timer *a = loop_timer_new(loop, note_a, &notes);
	struct loop_timer *b = loop_timer_new(loop, note_b, &notes);

	clock_fix((struct instant){1641000000});
	loop_timer_set(a, 3600000);
	loop_timer_set(b, 1000);
	cr_assert_eq(loop_next_ms(loop), 1000);
	cr_assert_not(loop_turn(loop));
	clock_advance(1000);
	cr_assert(loop_turn(loop));
	cr_assert_str_eq(notes.text, "b");
	clock_advance(3600000);
	cr_assert(loop_turn(loop));
	cr_assert_str_eq(notes.text, "ba");
	cr_assert_eq(loop_next_ms(loop), -1);
	clock_unfix();
	loop_timer_free(a);
	loop_timer_free(b);
	loop_free(loop);
}

Test(loop, runs_a_timer_that_sets_itself_again_once_a_turn)
{
	struct loop *loop = loop_new();
	struct notes notes = {.loop = loop};

	notes.timer = loop_timer_new(loop, note_and_set_again, &notes);
	loop_timer_set(notes.timer, 0);
	loop_turn(loop);
	cr_assert_eq(notes.calls, 1);
	loop_turn(loop);
	cr_assert_eq(notes.calls, 2);
	loop_timer_free(notes.timer);
	loop_free(loop);
}

Test(loop, lets_a_timer_free_itself)
{
	struct loop *loop = loop_new();
	struct notes notes = {.loop = loop};

	notes.timer = loop_timer_new(loop, free_own_timer, &notes);
	loop_timer_set(notes.timer, 0);
	cr_assert(loop_turn(loop));
	cr_assert_str_eq(notes.text, "f");
	cr_assert_null(notes.timer);
	loop_free(loop);
}

Test(loop, does_not_run_a_timer_that_was_cleared)
{
	struct loop *loop = loop_new();
	struct notes notes = {.loop = loop};
	struct loop_timer *a = loop_timer_new(loop, note_a, &notes);

	loop_timer_set(a, 0);
	cr_assert(loop_timer_is_set(a));
	loop_timer_clear(a);
	cr_assert_not(loop_turn(loop));
	loop_timer_free(a);
	loop_free(loop);
}

Test(loop, waits_for_a_timer_on_the_real_clock)
{
	struct loop *loop = loop_new();
	struct notes notes = {.loop = loop};
	struct loop_timer *timer = loop_timer_new(loop, note_and_stop, &notes);
	int64_t start = clock_monotonic_ms();

	loop_timer_set(timer, 30);
	loop_run(loop);
	cr_assert_str_eq(notes.text, "s");
	cr_assert_geq(clock_monotonic_ms() - start, 30);
	loop_timer_free(timer);
	loop_free(loop);
}

Test(loop, runs_posted_calls_in_order)
{
	struct loop *loop = loop_new();
	struct notes notes = {.loop = loop};

	loop_post(loop, note_a, &notes);
	loop_post(loop, note_b, &notes);
	loop_post(loop, note_a, &notes);
	cr_assert(loop_turn(loop));
	cr_assert_str_eq(notes.text, "aba");
	cr_assert_not(loop_turn(loop));
	loop_free(loop);
}

static void post_from_elsewhere(void *arg)
{
	struct notes *notes = arg;

	loop_post(notes->loop, note_and_stop, notes);
}

Test(loop, is_woken_by_a_call_that_another_thread_posts)
{
	struct loop *loop = loop_new();
	struct notes notes = {.loop = loop};
	struct pool *pool = pool_new(1, 1);

	pool_run(pool, post_from_elsewhere, &notes);
	loop_run(loop);
	cr_assert_str_eq(notes.text, "s");
	pool_free(pool);
	loop_free(loop);
}

static void on_pipe(void *arg, unsigned events)
{
	struct notes *notes = arg;

	note(arg, events == LOOP_READ ? 'r' : '?');
	loop_stop(notes->loop);
}

Test(loop, tells_that_a_descriptor_is_ready_until_it_is_no_longer_watched)
{
	struct loop *loop = loop_new();
	struct notes notes = {.loop = loop};
	struct loop_fd *watch;
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	watch = loop_fd_new(loop, ends[0], LOOP_READ, on_pipe, &notes);
	cr_assert_not(loop_turn(loop));
	cr_assert_eq(write(ends[1], "x", 1), 1);
	cr_assert(loop_turn(loop));
	cr_assert(loop_turn(loop));
	cr_assert_str_eq(notes.text, "rr");
	loop_fd_set(watch, 0);
	cr_assert_not(loop_turn(loop));
	loop_fd_set(watch, LOOP_READ);
	cr_assert(loop_turn(loop));
	loop_fd_free(watch);
	close(ends[0]);
	close(ends[1]);
	loop_free(loop);
}

Test(loop, delivers_a_signal_as_a_call)
{
	struct loop *loop = loop_new();
	struct notes notes = {.loop = loop};
	struct loop_signal *watch = loop_signal_new(loop, SIGUSR1, note_and_stop, &notes);

	raise(SIGUSR1);
	loop_run(loop);
	cr_assert_str_eq(notes.text, "s");
	loop_signal_free(watch);
	loop_free(loop);
}
