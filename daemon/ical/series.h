/* SPDX-License-Identifier: Apache-2.0 */
/* series: the recurring events of a calendar, kept to its end, because an
 * instance may be replaced by a component anywhere in the file. Memory is bounded:
 * what is more lies in a temporary file. */
#ifndef PLANVAX_ICAL_SERIES_H
#define PLANVAX_ICAL_SERIES_H

#include "instances.h"
#include "spill.h"

struct series_options {
	struct instances_options instances;
	void (*rejected)(void *arg, const struct event_problem *problem);
	void (*warning)(void *arg, const struct event_problem *problem);
	void *arg;
};

struct series {
	struct series_options options;
	struct spill spill;         /* events and overrides, together by UID */
	int64_t held;               /* events in it that are neither given nor rejected */
	struct instances instances; /* what is expanded */
	bool has_master;            /* its event was found */
	struct buf uid;             /* of that */
	struct buf key, value;
};

/* Empty; frees its memory. */
void series_init(struct series *s, const struct series_options *options);
void series_release(struct series *s);

/* Gives a single event or an override at once. */
void series_give(struct series *s, const struct normal *n);

/* Remembers that a component replaces an instance. 0; ERR_IO: there is no room. */
int series_override(struct series *s, const struct normal *n);

/* Keeps a recurring event (copied). 0; ERR_IO: there is no room, it was rejected. */
int series_hold(struct series *s, const struct normal *n);

/* Gives the instances of all that was kept, in the order of the file unless it is too large, and forgets it. */
void series_expand(struct series *s);

#endif
