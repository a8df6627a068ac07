/* SPDX-License-Identifier: Apache-2.0 */
/* instances: one recurring event with what replaces parts of it, to its
 * occurrences in the window (RFC 5545 3.8.5). */
#ifndef PLANVAX_ICAL_INSTANCES_H
#define PLANVAX_ICAL_INSTANCES_H

#include <planvax/base/fault.h>
#include <planvax/base/vec.h>

#include "normal.h"

#define INSTANCES_MAX_RANGES 1000      /* THISANDFUTURE overrides of one event */
#define INSTANCES_MAX_REPLACED 100000  /* overrides of one event inside the window */

/* A recurring event and its overrides, which were given by themselves. */
struct instances {
	struct normal master;
	VEC(struct normal) ranges;   /* with RANGE=THISANDFUTURE, by original start */
	VEC(int64_t) replaced;       /* original starts, ascending */
	VEC(int32_t) replaced_days;  /* where RECURRENCE-ID is a day, ascending */
	bool too_many;               /* the overrides exceed a limit */
	struct arena arena;          /* of all that, for the caller too */
};

struct instances_options {
	bool has_window;
	struct instant from, to;
	int *searches;               /* of all rules of the file (recurrence.h) */
	void (*occurrence)(void *arg, const struct event *event);
	void *arg;
};

/* Fills what an event and its occurrences share; times are those of the event itself. */
void instances_fill(const struct normal *n, struct event *e);

/* Writes "UID", or "UID/original start in UTC", into a buffer that is emptied first. */
const char *instances_id(struct buf *to, const char *uid, const struct instant *original);

/* Whether an original start can matter for the event's occurrences. */
bool instances_matter(const struct instances *s, const struct instances_options *o, int64_t utc_s);

/* Gives the occurrences in the window, by start. 0; ERR_UNSUPPORTED, ERR_LIMIT: declined (f), none was given. */
int instances_give(struct instances *s, const struct instances_options *o, struct fault *f);

/* Forgets the event, keeps memory; frees it. */
void instances_reset(struct instances *s);
void instances_release(struct instances *s);

#endif
