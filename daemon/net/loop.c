/* SPDX-License-Identifier: Apache-2.0 */
/* loop: libevent for descriptors and signals; timers are ours (runq), with one
 * libevent timer that wakes the loop for the earliest; other threads push calls
 * on a lock-free list and wake the loop by an eventfd. */
#include <planvax/base/alloc.h>
#include <planvax/base/clock.h>
#include <planvax/net/loop.h>
#include <planvax/net/runq.h>

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct post {
	struct post *next;
	loop_call call;
	void *arg;
};

struct loop {
	struct event_base *base;
	struct event *tick; /* wakes for the earliest timer */
	struct event *wake; /* reads wake_fd */
	int wake_fd;
	struct runq timers;
	_Atomic(struct post *) posted; /* newest first */
	bool stopped;
	uint64_t calls; /* that were made; tells whether a turn did anything */
};

struct loop_fd {
	struct loop *loop;
	struct event *event;
	int fd;
	unsigned events;
	void (*call)(void *arg, unsigned events);
	void *arg;
};

struct loop_timer {
	struct runq_item item; /* first, so that the item is the timer */
	struct loop *loop;
	loop_call call;
	void *arg;
};

struct loop_signal {
	struct loop *loop;
	struct event *event;
	loop_call call;
	void *arg;
};

/* ---- posting ---- */

static struct post *take_posted(struct loop *loop)
{
	struct post *newest = atomic_exchange(&loop->posted, NULL);
	struct post *oldest = NULL;

	while (newest != NULL) {
		struct post *next = newest->next;

		newest->next = oldest;
		oldest = newest;
		newest = next;
	}
	return oldest;
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct loop *loop = arg;
	struct post *post;
	uint64_t count;

	(void)what;
	while (read(fd, &count, sizeof(count)) < 0 && errno == EINTR)
		continue;
	post = take_posted(loop);
	while (post != NULL) {
		struct post *next = post->next;

		loop->calls++;
		post->call(post->arg);
		free(post);
		post = next;
	}
}

void loop_post(struct loop *loop, loop_call call, void *arg)
{
	struct post *post = xmalloc(sizeof(*post));
	uint64_t one = 1;
	struct post *newest = atomic_load(&loop->posted);

	post->call = call;
	post->arg = arg;
	do {
		post->next = newest;
	} while (!atomic_compare_exchange_weak(&loop->posted, &newest, post));
	/* Only the first of a row wakes; EAGAIN cannot be, the counter holds 2^64 - 2. */
	if (newest == NULL)
		while (write(loop->wake_fd, &one, sizeof(one)) < 0 && errno == EINTR)
			continue;
}

/* ---- the loop ---- */

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

static void add(struct event *event, const struct timeval *after)
{
	int rc = event_add(event, after);

	assert(rc == 0);
	(void)rc;
}

struct loop *loop_new(void)
{
	struct loop *loop = xcalloc(1, sizeof(*loop));
	struct event_config *config = event_config_new();

	assert(config != NULL);
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV);
	loop->base = event_base_new_with_config(config);
	event_config_free(config);
	assert(loop->base != NULL);
	loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	assert(loop->wake_fd >= 0);
	runq_init(&loop->timers);
	atomic_init(&loop->posted, NULL);
	loop->tick = evtimer_new(loop->base, on_tick, loop);
	loop->wake = event_new(loop->base, loop->wake_fd, EV_READ | EV_PERSIST, on_wake, loop);
	assert(loop->tick != NULL && loop->wake != NULL);
	add(loop->wake, NULL);
	return loop;
}

void loop_free(struct loop *loop)
{
	struct post *post;

	if (loop == NULL)
		return;
	event_free(loop->tick);
	event_free(loop->wake);
	close(loop->wake_fd);
	event_base_free(loop->base);
	runq_release(&loop->timers);
	post = take_posted(loop);
	while (post != NULL) {
		struct post *next = post->next;

		free(post);
		post = next;
	}
	free(loop);
}

int64_t loop_next_ms(const struct loop *loop)
{
	const struct runq_item *first = runq_first(&loop->timers);
	int64_t left;

	if (first == NULL)
		return -1;
	left = first->due - clock_monotonic_ms();
	return left > 0 ? left : 0;
}

/* Runs the timers that are due now; what they set for now runs in the next turn. */
static void run_timers(struct loop *loop)
{
	int64_t now = clock_monotonic_ms();
	uint64_t entries = loop->timers.entries;

	while (!loop->stopped) {
		struct runq_item *first = runq_first(&loop->timers);
		struct loop_timer *timer = (struct loop_timer *)first;

		if (first == NULL || first->due > now || first->entry >= entries)
			break;
		runq_remove(&loop->timers, first);
		loop->calls++;
		timer->call(timer->arg);
	}
}

/* One pass; waits for wait_ms at most (-1: without end), less when a timer is due before. */
static void pass(struct loop *loop, int64_t wait_ms)
{
	int64_t next_ms = loop_next_ms(loop);

	if (next_ms >= 0 && (wait_ms < 0 || next_ms < wait_ms))
		wait_ms = next_ms;
	if (wait_ms > 0) {
		struct timeval after = {.tv_sec = (time_t)(wait_ms / 1000), .tv_usec = (suseconds_t)(wait_ms % 1000 * 1000)};

		add(loop->tick, &after);
	}
	event_base_loop(loop->base, wait_ms == 0 ? EVLOOP_NONBLOCK : EVLOOP_ONCE);
	event_del(loop->tick);
	if (!loop->stopped)
		run_timers(loop);
}

void loop_run(struct loop *loop)
{
	loop->stopped = false;
	while (!loop->stopped)
		pass(loop, -1);
}

bool loop_wait(struct loop *loop, int64_t wait_ms)
{
	uint64_t calls = loop->calls;

	loop->stopped = false;
	pass(loop, wait_ms);
	return loop->calls != calls;
}

bool loop_turn(struct loop *loop)
{
	return loop_wait(loop, 0);
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
	event_base_loopbreak(loop->base);
}

/* ---- descriptors ---- */

static void on_fd(evutil_socket_t fd, short what, void *arg)
{
	struct loop_fd *watch = arg;
	unsigned events = 0;

	(void)fd;
	if (what & EV_READ)
		events |= LOOP_READ;
	if (what & EV_WRITE)
		events |= LOOP_WRITE;
	watch->loop->calls++;
	watch->call(watch->arg, events);
}

struct loop_fd *loop_fd_new(struct loop *loop, int fd, unsigned events, void (*call)(void *arg, unsigned events), void *arg)
{
	struct loop_fd *watch = xcalloc(1, sizeof(*watch));

	watch->loop = loop;
	watch->fd = fd;
	watch->call = call;
	watch->arg = arg;
	watch->event = event_new(loop->base, fd, EV_PERSIST, on_fd, watch);
	assert(watch->event != NULL);
	loop_fd_set(watch, events);
	return watch;
}

void loop_fd_set(struct loop_fd *watch, unsigned events)
{
	short what = EV_PERSIST;
	int rc;

	if (events == watch->events)
		return;
	watch->events = events;
	event_del(watch->event);
	if (events == 0)
		return;
	if (events & LOOP_READ)
		what |= EV_READ;
	if (events & LOOP_WRITE)
		what |= EV_WRITE;
	rc = event_assign(watch->event, watch->loop->base, watch->fd, what, on_fd, watch);
	assert(rc == 0);
	(void)rc;
	add(watch->event, NULL);
}

void loop_fd_free(struct loop_fd *watch)
{
	if (watch == NULL)
		return;
	event_free(watch->event);
	free(watch);
}

/* ---- timers ---- */

struct loop_timer *loop_timer_new(struct loop *loop, loop_call call, void *arg)
{
	struct loop_timer *timer = xcalloc(1, sizeof(*timer));

	timer->loop = loop;
	timer->call = call;
	timer->arg = arg;
	return timer;
}

void loop_timer_set(struct loop_timer *timer, int64_t ms)
{
	runq_put(&timer->loop->timers, &timer->item, clock_monotonic_ms() + (ms > 0 ? ms : 0));
}

void loop_timer_clear(struct loop_timer *timer)
{
	runq_remove(&timer->loop->timers, &timer->item);
}

bool loop_timer_is_set(const struct loop_timer *timer)
{
	return runq_holds(&timer->item);
}

void loop_timer_free(struct loop_timer *timer)
{
	if (timer == NULL)
		return;
	loop_timer_clear(timer);
	free(timer);
}

/* ---- signals ---- */

static void on_signal(evutil_socket_t signo, short what, void *arg)
{
	struct loop_signal *watch = arg;

	(void)signo;
	(void)what;
	watch->loop->calls++;
	watch->call(watch->arg);
}

struct loop_signal *loop_signal_new(struct loop *loop, int signo, loop_call call, void *arg)
{
	struct loop_signal *watch = xcalloc(1, sizeof(*watch));

	watch->loop = loop;
	watch->call = call;
	watch->arg = arg;
	watch->event = evsignal_new(loop->base, signo, on_signal, watch);
	assert(watch->event != NULL);
	add(watch->event, NULL);
	return watch;
}

void loop_signal_free(struct loop_signal *watch)
{
	if (watch == NULL)
		return;
	event_free(watch->event);
	free(watch);
}
