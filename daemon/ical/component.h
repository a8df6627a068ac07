/* SPDX-License-Identifier: Apache-2.0 */
/* component: the tree of a calendar as it flows by: each VEVENT with the lines
 * that matter, time zone definitions to the zones, the rest skipped. Every
 * VEVENT that begins is given or rejected. One thread. */
#ifndef PLANVAX_ICAL_COMPONENT_H
#define PLANVAX_ICAL_COMPONENT_H

#include <planvax/base/arena.h>
#include <planvax/base/vec.h>
#include <planvax/ical/event.h>

#include "scanner.h"
#include "splitter.h"
#include "zone_name.h"

enum component_property {
	PROPERTY_OTHER, /* only kept for the caller */
	PROPERTY_UID, PROPERTY_DTSTART, PROPERTY_DTEND, PROPERTY_DURATION, PROPERTY_RRULE, PROPERTY_RDATE, PROPERTY_EXDATE,
	PROPERTY_EXRULE, PROPERTY_RECURRENCE_ID, PROPERTY_SEQUENCE, PROPERTY_DTSTAMP, PROPERTY_LAST_MODIFIED,
	PROPERTY_STATUS, PROPERTY_TRANSP
};

/* A line of a VEVENT; memory of the component's arena. */
struct component_line {
	enum component_property property;
	bool kept;                 /* the caller wants to see it */
	struct event_property p;
	size_t value_len;
	const struct splitter_fold *folds; /* of a folded line, offsets from the value's start; else NULL */
	size_t n_folds;
};

/* A complete VEVENT. */
struct component {
	int64_t line;              /* of its BEGIN */
	const char *method;        /* METHOD of the calendar, upper case; or NULL */
	const struct component_line *lines;
	size_t n_lines;
};

struct component_handler {
	/* A complete VEVENT, valid until the call returns; to keep it, take the arena's memory over and leave an empty one. */
	void (*event)(void *arg, const struct component *component, struct arena *arena);
	/* END:VCALENDAR, or the end of the file: time zones are all known. */
	void (*calendar_end)(void *arg);
	void (*rejected)(void *arg, const struct event_problem *problem);
	void (*warning)(void *arg, const struct event_problem *problem);
	void *arg;
};

enum component_kind { COMPONENT_OTHER, COMPONENT_CALENDAR, COMPONENT_EVENT, COMPONENT_ZONE, COMPONENT_OBSERVANCE };

/* A name that matters. */
struct component_name {
	const char *name;
	size_t len;
	enum component_property property;
	bool kept;
	size_t wish;               /* 1 + its index among the names to keep; 0: it is none */
};

#define COMPONENT_NAMES 256 /* slots; at most a quarter is used */

struct component_reader {
	struct component_handler handler;
	struct splitter splitter;
	struct scanner scanner;
	struct zone_names *zones;  /* borrowed */
	struct component_name names_of_use[COMPONENT_NAMES]; /* by hash of the name */
	char line_name[64];        /* of a line, for reports, upper case, cut */
	size_t line_name_len;      /* of its name, however long; 0: it has none */
	const struct component_name *line_use; /* NULL: it is none of those */
	bool keep_all;             /* keep holds "*" */
	enum component_kind kinds[EVENT_MAX_DEPTH];
	char names[EVENT_MAX_DEPTH][24]; /* upper case, cut */
	size_t depth;
	int64_t too_deep;          /* open components beyond EVENT_MAX_DEPTH */
	bool told_depth;
	bool seen_calendar;
	int64_t seen_events;
	char method[16];
	struct arena calendar_arena; /* of the open VCALENDAR's own lines */
	VEC(struct component_line) calendar_lines; /* wanted ones, given with each event */
	/* the open VEVENT */
	struct arena arena;
	int64_t line;
	VEC(struct component_line) lines;
	size_t bytes;
	bool has_defect;
	struct event_problem defect; /* the first that rejects it */
};

/* Starts a calendar. */
void component_init(struct component_reader *r, const struct component_handler *handler, struct zone_names *zones);

/* Properties to keep besides those that events need; borrowed. "VCALENDAR.NAME" is the calendar's own property NAME (such
 * as X-WR-CALNAME), given under that name with each event; "*" keeps all of both. */
void component_keep(struct component_reader *r, const char *const *names, size_t n);

/* Takes bytes; ends the calendar; frees its memory. */
void component_feed(struct component_reader *r, const char *bytes, size_t len);
void component_finish(struct component_reader *r);
void component_release(struct component_reader *r);

/* Line and column of an offset in a line's value. */
void component_place(const struct component_line *line, size_t offset, int64_t *number, int32_t *column);

#endif
