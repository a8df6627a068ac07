/* SPDX-License-Identifier: Apache-2.0 */
/* event: see event.h. Joins components, zones and series: what can be given is
 * given at once; recurring events, and events whose zone the file defines only
 * later, wait. */
#include <planvax/ical/event.h>

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <planvax/ical/recurrence.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "component.h"
#include "normal.h"
#include "series.h"

#define MAX_WAITING 1000                   /* events whose zone is not known yet */
#define MAX_WAITING_BYTES ((size_t)4 << 20) /* of those */
#define MAX_WARNINGS 100                   /* told of a calendar */

/* A VEVENT with the memory it lies in. */
struct waiting {
	struct arena arena;
	struct component component;
};

struct event_reader {
	struct event_reader_options options;
	struct component_reader components;
	struct zone_names zones;
	struct series series;
	VEC(struct waiting) waiting;
	size_t waiting_bytes;
	int64_t rejected;
	int64_t warnings;
	int searches; /* long ones for rules that are left */
};

static void on_rejected(void *arg, const struct event_problem *problem)
{
	struct event_reader *r = arg;

	r->rejected++;
	r->options.rejected(r->options.arg, problem);
}

static void on_warning(void *arg, const struct event_problem *problem)
{
	struct event_reader *r = arg;
	struct event_problem last = *problem;

	if (r->options.warning == NULL || r->warnings > MAX_WARNINGS)
		return;
	if (r->warnings++ == MAX_WARNINGS)
		event_problem_set(&last, ERR_LIMIT, "further warnings of this calendar are not told");
	r->options.warning(r->options.arg, &last);
}

static void on_occurrence(void *arg, const struct event *event)
{
	struct event_reader *r = arg;

	r->options.occurrence(r->options.arg, event);
}

/* Says once a zone that the file's definition and the system's differ; the system's counts. */
static void compare_zone(struct event_reader *r, const struct normal *n)
{
	struct zone_name *zone = n->zone;

	if (!n->has_time || zone->compared || zone->definition == NULL)
		return;
	if (zone_name_agrees(zone, n->start)) {
		if (zone->n_compared++ < 8) /* a few events in different seasons are enough */
			return;
		zone->compared = true;
		return;
	}
	zone->compared = true;
	struct event_problem p = {.line = n->line, .component = n->line, .uid = n->uid};
	event_problem_set(&p, ERR_CONFLICT, "the file's VTIMEZONE \"%.100s\" disagrees with %s, which counts", zone->definition->tzid, zone->name);
	on_warning(r, &p);
}

static void take(struct event_reader *r, const struct normal *n)
{
	bool recurs = !n->has_recurrence_id && !n->cancelled && (n->n_rules > 0 || n->n_dates > 0);

	compare_zone(r, n);
	if (n->has_recurrence_id)
		series_override(&r->series, n); /* without room every event that it could belong to is rejected */
	if (recurs)
		series_hold(&r->series, n);
	else
		series_give(&r->series, n);
}

/* Keeps a component until the file has defined its zone. */
static bool wait(struct event_reader *r, const struct component *c, struct arena *arena)
{
	struct waiting w = {.component = *c};

	if (r->waiting.len >= MAX_WAITING || r->waiting_bytes >= MAX_WAITING_BYTES)
		return false;
	r->waiting_bytes += arena->used_bytes;
	if (c->n_lines > 0)
		w.component.lines = arena_memdup(arena, c->lines, c->n_lines * sizeof(c->lines[0]));
	w.component.method = arena_strdup(arena, c->method);
	w.arena = *arena;
	arena_init(arena);
	VEC_PUSH(&r->waiting, w);
	return true;
}

static void on_event(void *arg, const struct component *component, struct arena *arena)
{
	struct event_reader *r = arg;
	struct event_problem problem; /* set by what fails: clearing it takes longer than reading */
	struct normal n;
	int rc;

	problem.code = ERR_NONE;
	problem.line = problem.component = 0;
	problem.column = 0;
	problem.uid = NULL;
	problem.what[0] = problem.hint[0] = '\0';
	rc = normal_read(component, &r->zones, arena, &n, &problem);

	if (rc == 0)
		take(r, &n);
	else if (rc != ERR_NOT_FOUND || !wait(r, component, arena))
		on_rejected(r, &problem);
}

static void on_calendar_end(void *arg)
{
	struct event_reader *r = arg;

	for (size_t i = 0; i < r->waiting.len; i++) {
		struct waiting *w = &r->waiting.items[i];
		struct event_problem problem = {.code = ERR_NONE};
		struct normal n;
		if (normal_read(&w->component, &r->zones, &w->arena, &n, &problem) == 0)
			take(r, &n);
		else
			on_rejected(r, &problem);
		arena_release(&w->arena);
	}
	VEC_CLEAR(&r->waiting);
	r->waiting_bytes = 0;
}

struct event_reader *event_reader_new(const struct event_reader_options *options)
{
	struct event_reader *r = xcalloc(1, sizeof(*r));
	const struct component_handler handler = {
		.event = on_event, .calendar_end = on_calendar_end, .rejected = on_rejected, .warning = on_warning, .arg = r,
	};
	const struct series_options series = {
		.instances = {
			.has_window = options->has_window, .from = options->from, .to = options->to, .searches = &r->searches,
			.occurrence = on_occurrence, .arg = r,
		},
		.rejected = on_rejected, .warning = on_warning, .arg = r,
	};

	r->options = *options;
	r->searches = RECURRENCE_MAX_SEARCHES;
	zone_names_init(&r->zones, options->zone != NULL ? options->zone : zone_utc());
	component_init(&r->components, &handler, &r->zones);
	component_keep(&r->components, options->keep, options->n_keep);
	series_init(&r->series, &series);
	return r;
}

void event_reader_feed(struct event_reader *r, const char *bytes, size_t len)
{
	component_feed(&r->components, bytes, len);
}

void event_reader_finish(struct event_reader *r)
{
	component_finish(&r->components);
	series_expand(&r->series);
}

struct event_counts event_reader_counts(const struct event_reader *r)
{
	return (struct event_counts){r->components.seen_events, r->rejected, r->components.splitter.bytes};
}

void event_reader_free(struct event_reader *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->waiting.len; i++)
		arena_release(&r->waiting.items[i].arena);
	VEC_RELEASE(&r->waiting);
	series_release(&r->series);
	component_release(&r->components);
	zone_names_release(&r->zones);
	free(r);
}

/* Bytes that a cut or a precision left of a character become '?'. */
static void mend(char *text)
{
	size_t len = strlen(text);

	if (text_is_utf8(text, len))
		return;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		size_t n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
		if (n <= len - i && text_is_utf8(text + i, n))
			i += n - 1;
		else
			text[i] = '?';
	}
}

void event_problem_set(struct event_problem *p, enum err code, const char *what, ...)
{
	va_list args;

	p->code = code;
	p->hint[0] = '\0';
	va_start(args, what);
	vsnprintf(p->what, sizeof(p->what), what, args);
	va_end(args);
	mend(p->what);
}

void event_problem_hint(struct event_problem *p, const char *hint, ...)
{
	va_list args;

	va_start(args, hint);
	vsnprintf(p->hint, sizeof(p->hint), hint, args);
	va_end(args);
	mend(p->hint);
}

void event_text(const char *value, size_t len, struct buf *out)
{
	if (memchr(value, '\\', len) == NULL) {
		buf_put(out, value, len);
		return;
	}
	for (size_t i = 0; i < len; i++) {
		if (value[i] == '\\' && i + 1 < len) {
			i++;
			buf_putc(out, value[i] == 'n' || value[i] == 'N' ? '\n' : value[i]);
		} else {
			buf_putc(out, value[i]);
		}
	}
}

const char *event_param(const struct event_property *property, const char *name)
{
	for (size_t i = 0; i < property->n_params; i++) {
		if (strcmp(property->params[i].name, name) == 0)
			return property->params[i].value;
	}
	return NULL;
}
