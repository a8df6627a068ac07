/* SPDX-License-Identifier: Apache-2.0 */
/* series: the recurring events of a calendar, kept to its end, because an
 * instance may be replaced by a component anywhere in the file. */
#ifndef PLANVAX_ICAL_SERIES_H
#define PLANVAX_ICAL_SERIES_H

#include <planvax/base/map.h>
#include <planvax/base/vec.h>

#include "normal.h"

struct series_options {
	bool has_window;
	struct instant from, to;
	void (*occurrence)(void *arg, const struct event *event);
	void (*rejected)(void *arg, const struct event_problem *problem);
	void (*warning)(void *arg, const struct event_problem *problem);
	void *arg;
};

struct series {
	struct series_options options;
	struct arena arena;
	VEC(struct normal) masters;
	VEC(struct normal) ranges;  /* overrides with RANGE=THISANDFUTURE */
	struct map by_uid;          /* of the masters: UID -> the newest */
	struct map overrides;       /* "UID instant" or "UID day" */
	struct buf key;
};

/* Empty; frees its memory. */
void series_init(struct series *s, const struct series_options *options);
void series_release(struct series *s);

/* Gives a single event or an override at once. */
void series_give(struct series *s, const struct normal *n);

/* Remembers that a component replaces an instance. */
void series_override(struct series *s, const struct normal *n);

/* Keeps a recurring event (copied). False: there is no room for more. */
bool series_hold(struct series *s, const struct normal *n);

/* Gives the instances of all that was kept, and forgets it; overrides stay known. */
void series_expand(struct series *s);

/* Gives the instances of one event now. */
void series_expand_one(struct series *s, const struct normal *n);

#endif
