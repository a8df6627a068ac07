/* SPDX-License-Identifier: Apache-2.0 */
/* loop: the event loop: descriptors, timers, signals, and calls posted by other
 * threads. Timers go by clock_monotonic_ms, so a test that fixes the clock moves
 * them by clock_advance and loop_turn. All but loop_post belongs to one thread,
 * the one that runs the loop. */
#ifndef PLANVAX_NET_LOOP_H
#define PLANVAX_NET_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct loop_fd;
struct loop_timer;
struct loop_signal;

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

typedef void (*loop_call)(void *arg);

/* An idle loop. Owned by the caller. Aborts where the system has no event mechanism. */
struct loop *loop_new(void);

/* Frees it after its descriptors, timers and signals were freed; posted calls that did not run are dropped. NULL allowed. */
void loop_free(struct loop *loop);

/* Runs until loop_stop. */
void loop_run(struct loop *loop);

/* One turn without waiting: runs what is ready, due and posted. Returns whether anything ran. */
bool loop_turn(struct loop *loop);

/* As loop_turn, but waits up to wait_ms for something to be ready. */
bool loop_wait(struct loop *loop, int64_t wait_ms);

/* Makes loop_run return after the current call. */
void loop_stop(struct loop *loop);

/* Runs call(arg) on the loop's thread, in the order of posting. Any thread, and from signal-free code only. */
void loop_post(struct loop *loop, loop_call call, void *arg);

/* Watches a descriptor for events (LOOP_READ | LOOP_WRITE, 0: none yet); call gets what is ready. The descriptor
 * stays the caller's. Freed by loop_fd_free, also from within call. */
struct loop_fd *loop_fd_new(struct loop *loop, int fd, unsigned events, void (*call)(void *arg, unsigned events), void *arg);

/* Changes the events. */
void loop_fd_set(struct loop_fd *watch, unsigned events);

/* Ends the watch; before the descriptor is closed. NULL allowed. */
void loop_fd_free(struct loop_fd *watch);

/* A timer at rest. Freed by loop_timer_free, also from within call. */
struct loop_timer *loop_timer_new(struct loop *loop, loop_call call, void *arg);

/* Makes it run once, in ms milliseconds (0: in the next turn); replaces what was set. */
void loop_timer_set(struct loop_timer *timer, int64_t ms);

/* Puts it at rest. */
void loop_timer_clear(struct loop_timer *timer);

/* Whether it is set. */
bool loop_timer_is_set(const struct loop_timer *timer);

/* Frees it; NULL allowed. */
void loop_timer_free(struct loop_timer *timer);

/* Milliseconds until the earliest timer is due, at least 0; -1 without one. */
int64_t loop_next_ms(const struct loop *loop);

/* Calls call(arg) on the loop's thread whenever signal number signo came. */
struct loop_signal *loop_signal_new(struct loop *loop, int signo, loop_call call, void *arg);

/* Gives the signal its former disposition; NULL allowed. */
void loop_signal_free(struct loop_signal *watch);

#endif
