/* SPDX-License-Identifier: Apache-2.0 */
/* agenda: what each member of staff does on each day of the horizon, in local
 * minutes. A displaced visit keeps its old interval as a ghost, so that it can
 * always come back: nothing but its displacer may lie there. */
#ifndef PLANVAX_PLAN_AGENDA_H
#define PLANVAX_PLAN_AGENDA_H

#include "problem.h"

enum agenda_kind {
	AGENDA_BUSY,   /* other busy time */
	AGENDA_VISIT,  /* ref: visit of the problem, at its own time */
	AGENDA_GHOST,  /* ref: visit that was displaced from here */
	AGENDA_MOVED,  /* ref: visit that was moved to here */
	AGENDA_OFFER   /* span of an offer or a tour */
};

struct agenda_item {
	int16_t from, to;
	uint8_t kind;
	int32_t ref;
};

/* One member's day. */
typedef VEC(struct agenda_item) agenda_list;

struct agenda {
	const struct problem *p;
	agenda_list *days;   /* staff x day */
	int16_t *gaps;       /* longest free time of each within one range of the hours; -1 not known now */
};

/* Fills it from the calendars. agenda_release frees. */
void agenda_init(struct agenda *a, const struct problem *p);
void agenda_release(struct agenda *a);

/* The items of a day, in no order. */
const agenda_list *agenda_day(const struct agenda *a, int32_t staff, int32_t day);

/* Books and unbooks an item; unbooking what is not there is a programming error. */
void agenda_add(struct agenda *a, int32_t staff, int32_t day, struct agenda_item item);
void agenda_remove(struct agenda *a, int32_t staff, int32_t day, struct agenda_item item);

/* Turns a visit's interval into a ghost, or back. */
void agenda_ghost(struct agenda *a, const struct problem_visit *v, int32_t ref, bool ghost);

/* Visits that a span would displace, into refs (at most max); -1 if something else is in the way or there are more. */
struct agenda_span {
	int32_t staff, day, from, to;
};
int32_t agenda_displaces(const struct agenda *a, const struct agenda_span *span, int32_t *refs, int32_t max);

/* First minute >= span->from at which minutes are free of everything but the ghost of visit `but` (-1: none), to end
 * by span->to; -1: none. */
int32_t agenda_first_free(const struct agenda *a, const struct agenda_span *span, int32_t minutes, int32_t but);

/* Longest free time of a member's day within one range of the hours, ghosts counted as taken. */
int32_t agenda_gap(struct agenda *a, int32_t staff, int32_t day);

/* Tells the gap again after bookings that were taken back. */
void agenda_know_gap(struct agenda *a, int32_t staff, int32_t day, int32_t gap);

#endif
