/* SPDX-License-Identifier: Apache-2.0 */
/* component: see component.h. */
#include "component.h"

#include <assert.h>
#include <planvax/base/text.h>
#include <stdio.h>
#include <string.h>

#define MAX_WARNINGS 100 /* of a file; more are not told */
#define MAX_CALENDAR_LINES 20
#define MAX_CALENDAR_LINE_BYTES 1000

void component_place(const struct component_line *line, size_t offset, int64_t *number, int32_t *column)
{
	const struct splitter_line place = {
		.text = line->p.value, .len = line->value_len, .folds = line->folds, .n_folds = line->n_folds,
	};

	*number = line->p.line;
	*column = line->p.column;
	if (line->n_folds > 0 && offset >= line->folds[0].offset) {
		splitter_place(&place, offset, number, column);
		return;
	}
	for (size_t i = 0; i < offset && i < line->value_len; i++)
		*column += ((unsigned char)line->p.value[i] & 0xc0) != 0x80;
}

static void warn(struct component_reader *r, const struct event_problem *p)
{
	if (r->handler.warning != NULL)
		r->handler.warning(r->handler.arg, p);
}

static enum component_kind kind_of(const struct component_reader *r, const char *name)
{
	enum component_kind top = r->depth > 0 ? r->kinds[r->depth - 1] : COMPONENT_OTHER;

	if (strcmp(name, "VCALENDAR") == 0)
		return COMPONENT_CALENDAR;
	if (strcmp(name, "VEVENT") == 0)
		return COMPONENT_EVENT;
	if (strcmp(name, "VTIMEZONE") == 0)
		return COMPONENT_ZONE;
	if (top == COMPONENT_ZONE && (strcmp(name, "STANDARD") == 0 || strcmp(name, "DAYLIGHT") == 0))
		return COMPONENT_OBSERVANCE;
	return COMPONENT_OTHER;
}

/* Value of a BEGIN or END line, upper case, cut to room. */
static void component_name(const struct splitter_line *line, char *name, size_t room)
{
	const char *colon = memchr(line->text, ':', line->len);
	const char *text = colon != NULL ? colon + 1 : line->text + line->len;
	size_t len = line->len - (size_t)(text - line->text);
	size_t n = 0;

	text_trim(&text, &len);
	for (; n < len && n + 1 < room; n++)
		name[n] = text[n] >= 'a' && text[n] <= 'z' ? (char)(text[n] - 'a' + 'A') : text[n];
	name[n] = '\0';
}

static const char *uid_of(const struct component_reader *r)
{
	for (size_t i = 0; i < r->lines.len; i++) {
		if (r->lines.items[i].property == PROPERTY_UID)
			return r->lines.items[i].p.value;
	}
	return NULL;
}

static void forget_event(struct component_reader *r)
{
	VEC_CLEAR(&r->lines);
	arena_reset(&r->arena);
	r->bytes = 0;
	r->has_defect = false;
}

static void reject_event(struct component_reader *r, struct event_problem *p)
{
	p->component = r->line;
	p->uid = uid_of(r);
	r->handler.rejected(r->handler.arg, p);
	forget_event(r);
}

/* The first defect of the open VEVENT rejects it when it ends. */
static void defect(struct component_reader *r, const struct event_problem *p)
{
	if (r->has_defect)
		return;
	r->has_defect = true;
	r->defect = *p;
}

/* Leaves the components above a depth; an open VEVENT among them has no end. */
static void close_to(struct component_reader *r, size_t depth, int64_t line, const char *why)
{
	while (r->depth > depth) {
		enum component_kind kind = r->kinds[--r->depth];
		if (kind == COMPONENT_EVENT) {
			struct event_problem p = {.line = line};
			event_problem_set(&p, ERR_INVALID, "%s before END:VEVENT", why);
			reject_event(r, &p);
		} else if (kind == COMPONENT_ZONE) {
			zone_names_end(r->zones);
		} else if (kind == COMPONENT_OBSERVANCE) {
			zone_names_end_observance(r->zones);
		}
	}
}

static void begin_too_deep(struct component_reader *r, const char *name, int64_t line)
{
	struct event_problem p = {.line = line};

	r->too_deep++;
	event_problem_set(&p, ERR_LIMIT, "components are nested deeper than %d", EVENT_MAX_DEPTH);
	if (strcmp(name, "VEVENT") == 0) {
		r->seen_events++;
		p.component = line;
		r->handler.rejected(r->handler.arg, &p);
	} else if (!r->told_depth) {
		r->told_depth = true;
		warn(r, &p);
	}
}

/* A calendar begins in nothing, an event not in an event: what is open then was never ended. */
static void end_what_this_cannot_be_in(struct component_reader *r, enum component_kind kind, int64_t line)
{
	size_t at = 0;

	if (kind == COMPONENT_CALENDAR && r->depth > 0) {
		r->too_deep = 0;
		close_to(r, 0, line, "BEGIN:VCALENDAR");
		r->handler.calendar_end(r->handler.arg);
	} else if (kind == COMPONENT_EVENT) {
		while (at < r->depth && r->kinds[at] != COMPONENT_EVENT)
			at++;
		if (at < r->depth)
			r->too_deep = 0;
		close_to(r, at, line, "BEGIN:VEVENT");
	}
}

static void begin(struct component_reader *r, const struct splitter_line *line)
{
	char name[24];
	int64_t number = line->folds[0].line;
	enum component_kind kind;

	component_name(line, name, sizeof(name));
	kind = kind_of(r, name);
	end_what_this_cannot_be_in(r, kind, number);
	if (r->depth == EVENT_MAX_DEPTH) {
		begin_too_deep(r, name, number);
		return;
	}
	memcpy(r->names[r->depth], name, sizeof(name));
	r->kinds[r->depth++] = kind;
	if (kind == COMPONENT_CALENDAR) {
		r->seen_calendar = true;
		r->method[0] = '\0';
		VEC_CLEAR(&r->calendar_lines);
		arena_reset(&r->calendar_arena);
	} else if (kind == COMPONENT_EVENT) {
		r->seen_events++;
		r->line = number;
	} else if (kind == COMPONENT_ZONE) {
		zone_names_begin(r->zones);
	} else if (kind == COMPONENT_OBSERVANCE) {
		zone_names_begin_observance(r->zones);
	}
}

/* The calendar's own lines, in the event's memory. */
static void add_calendar_lines(struct component_reader *r)
{
	for (size_t i = 0; i < r->calendar_lines.len; i++) {
		struct component_line copy = r->calendar_lines.items[i];

		copy.p.name = arena_strdup(&r->arena, copy.p.name);
		copy.p.value = arena_strdup(&r->arena, copy.p.value);
		VEC_PUSH(&r->lines, copy);
	}
}

static void end_event(struct component_reader *r)
{
	struct component c = {.line = r->line, .method = r->method[0] != '\0' ? r->method : NULL};

	if (r->has_defect) {
		reject_event(r, &r->defect);
		return;
	}
	add_calendar_lines(r);
	c.lines = r->lines.items;
	c.n_lines = r->lines.len;
	r->handler.event(r->handler.arg, &c, &r->arena);
	forget_event(r);
}

static void end(struct component_reader *r, const struct splitter_line *line)
{
	char name[24];
	char why[40];
	size_t at = r->depth;

	if (r->too_deep > 0) {
		r->too_deep--;
		return;
	}
	component_name(line, name, sizeof(name));
	while (at > 0 && strcmp(r->names[at - 1], name) != 0)
		at--;
	if (at == 0) {
		struct event_problem p = {.line = line->folds[0].line};
		event_problem_set(&p, ERR_INVALID, "END:%s without its BEGIN", name);
		warn(r, &p);
		return;
	}
	snprintf(why, sizeof(why), "END:%s", name);
	close_to(r, at, line->folds[0].line, why);
	if (r->kinds[at - 1] == COMPONENT_EVENT) {
		r->depth--;
		end_event(r);
	} else {
		bool calendar = r->kinds[at - 1] == COMPONENT_CALENDAR;
		close_to(r, at - 1, line->folds[0].line, why);
		if (calendar)
			r->handler.calendar_end(r->handler.arg);
	}
}

/* ---- names that matter ---- */

static const struct component_name properties[] = {
	{"UID", 3, PROPERTY_UID, false, 0}, {"RRULE", 5, PROPERTY_RRULE, false, 0}, {"RDATE", 5, PROPERTY_RDATE, false, 0},
	{"DTEND", 5, PROPERTY_DTEND, false, 0}, {"DTSTART", 7, PROPERTY_DTSTART, false, 0}, {"DTSTAMP", 7, PROPERTY_DTSTAMP, false, 0},
	{"STATUS", 6, PROPERTY_STATUS, false, 0}, {"EXDATE", 6, PROPERTY_EXDATE, false, 0}, {"EXRULE", 6, PROPERTY_EXRULE, false, 0},
	{"TRANSP", 6, PROPERTY_TRANSP, false, 0}, {"DURATION", 8, PROPERTY_DURATION, false, 0},
	{"SEQUENCE", 8, PROPERTY_SEQUENCE, false, 0}, {"RECURRENCE-ID", 13, PROPERTY_RECURRENCE_ID, false, 0},
	{"LAST-MODIFIED", 13, PROPERTY_LAST_MODIFIED, false, 0},
};

/* Without the bit that tells capitals, in which no other characters of names differ. */
static unsigned capital(char c)
{
	return (unsigned char)c & 0xdfU;
}

static size_t slot_of(const char *name, size_t len)
{
	unsigned h = (unsigned)len * 31 + capital(name[0]);

	h = h * 31 + capital(name[len - 1]);
	h = h * 31 + capital(name[len / 2]);
	return (h ^ h >> 8) % COMPONENT_NAMES;
}

/* Whether len characters of names are the same but for capitals. */
static bool same_name(const char *a, const char *b, size_t len)
{
	size_t i = 0;

	while (i < len && capital(a[i]) == capital(b[i]))
		i++;
	return i == len;
}

/* The slot of a name in any case, or the empty one where it belongs. */
static struct component_name *find_name(struct component_reader *r, const char *name, size_t len)
{
	size_t at = slot_of(name, len);

	while (r->names_of_use[at].name != NULL &&
	       (r->names_of_use[at].len != len ||
	        (memcmp(r->names_of_use[at].name, name, len) != 0 && !same_name(r->names_of_use[at].name, name, len))))
		at = (at + 1) % COMPONENT_NAMES;
	return &r->names_of_use[at];
}

static void use_names(struct component_reader *r)
{
	for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++)
		*find_name(r, properties[i].name, properties[i].len) = properties[i];
}

/* Copies the folds after the value's start, with offsets from it. */
static void copy_folds(struct component_reader *r, const struct splitter_line *line, size_t from, struct component_line *out)
{
	struct splitter_fold *folds;
	size_t first = 1;

	while (first < line->n_folds && line->folds[first].offset < from)
		first++;
	if (first >= line->n_folds)
		return;
	folds = ARENA_NEW(&r->arena, struct splitter_fold, line->n_folds - first);
	for (size_t i = first; i < line->n_folds; i++) {
		folds[i - first] = line->folds[i];
		folds[i - first].offset -= (uint32_t)from;
	}
	out->folds = folds;
	out->n_folds = line->n_folds - first;
}

/* The name of a line, for who has no use for it otherwise. */
static const char *name_of(struct component_reader *r, const struct splitter_line *line)
{
	scanner_name(line->text, line->len, r->line_name, sizeof(r->line_name));
	return r->line_name;
}

/* The same, whole, in the event's memory. */
static const char *upper_name(struct component_reader *r, const struct splitter_line *line)
{
	char *name = arena_alloc(&r->arena, r->line_name_len + 1);

	scanner_name(line->text, line->len, name, r->line_name_len + 1);
	return name;
}

static void copy_line(struct component_reader *r, const struct splitter_line *line, const struct scanner_line *scanned,
	struct component_line *out)
{
	struct event_param *params = NULL;

	if (scanned->n_params > 0) {
		const char *texts = arena_memdup(&r->arena, scanned->texts, scanned->texts_len);
		params = ARENA_NEW(&r->arena, struct event_param, scanned->n_params);
		for (size_t i = 0; i < scanned->n_params; i++) {
			params[i].name = texts + (scanned->params[i].name - scanned->texts);
			params[i].value = texts + (scanned->params[i].value - scanned->texts);
		}
		r->bytes += scanned->texts_len;
	}
	out->p.name = r->line_use != NULL ? r->line_use->name : upper_name(r, line);
	out->p.wish = r->line_use != NULL ? r->line_use->wish : 0;
	out->p.value = arena_strndup(&r->arena, scanned->value, scanned->value_len);
	out->p.params = params;
	out->p.n_params = scanned->n_params;
	out->value_len = scanned->value_len;
	splitter_place(line, scanned->value_offset, &out->p.line, &out->p.column);
	if (line->n_folds > 1)
		copy_folds(r, line, scanned->value_offset, out);
	r->bytes += scanned->name_len + scanned->value_len;
}

static void refuse_long_line(struct component_reader *r, const struct splitter_line *line)
{
	struct event_problem p = {.line = line->folds[0].line};

	event_problem_set(&p, ERR_LIMIT, "%s is longer than %d bytes", name_of(r, line), EVENT_MAX_LINE_BYTES);
	defect(r, &p);
}

static void refuse_large_event(struct component_reader *r, const struct splitter_line *line)
{
	struct event_problem p = {.line = line->folds[0].line};

	event_problem_set(&p, ERR_LIMIT, "the event has more than %d lines or %d bytes", EVENT_MAX_PROPERTIES, EVENT_MAX_COMPONENT_BYTES);
	defect(r, &p);
}

static void refuse_no_value(struct component_reader *r, const struct splitter_line *line, enum component_property property)
{
	struct event_problem p = {.line = line->folds[0].line};

	if (property == PROPERTY_OTHER) {
		event_problem_set(&p, ERR_INVALID, "%s has no value and is ignored", name_of(r, line));
		warn(r, &p);
	} else {
		event_problem_set(&p, ERR_INVALID, "%s has no value", name_of(r, line));
		defect(r, &p);
	}
}

static void event_line(struct component_reader *r, const struct splitter_line *line)
{
	const struct component_name *use = r->line_use;
	struct scanner_line scanned;
	enum component_property property = use != NULL ? use->property : PROPERTY_OTHER;

	if (r->has_defect)
		return;
	if (line->cut) {
		refuse_long_line(r, line);
	} else if (r->lines.len >= EVENT_MAX_PROPERTIES || r->bytes + line->len > EVENT_MAX_COMPONENT_BYTES) {
		refuse_large_event(r, line);
	} else if (scanner_scan_rest(&r->scanner, line->text, line->len, r->line_name_len, &scanned) < 0) {
		refuse_no_value(r, line, property);
	} else {
		VEC_PUSH(&r->lines, ((struct component_line){.property = property, .kept = r->keep_all || (use != NULL && use->kept)}));
		copy_line(r, line, &scanned, &r->lines.items[r->lines.len - 1]);
	}
}

static void zone_line(struct component_reader *r, const struct splitter_line *line)
{
	struct scanner_line scanned;

	if (!line->cut && scanner_scan(&r->scanner, line->text, line->len, &scanned) == 0)
		zone_names_line(r->zones, &scanned);
}

/* Keeps a line of the calendar itself, where it is wanted and not too long; its parameters are dropped. */
static void keep_calendar_line(struct component_reader *r, const struct splitter_line *line, const char *name)
{
	struct component_line new = {.property = PROPERTY_OTHER, .kept = true};
	struct scanner_line scanned;
	const struct component_name *use;
	char full[80];

	snprintf(full, sizeof(full), "VCALENDAR.%s", name);
	use = find_name(r, full, strlen(full));
	if ((!r->keep_all && use->name == NULL) || r->calendar_lines.len >= MAX_CALENDAR_LINES || line->cut ||
		line->len > MAX_CALENDAR_LINE_BYTES || scanner_scan(&r->scanner, line->text, line->len, &scanned) < 0)
		return;
	new.p.name = arena_strdup(&r->calendar_arena, full);
	new.p.wish = use->wish;
	new.p.value = arena_strndup(&r->calendar_arena, scanned.value, scanned.value_len);
	new.value_len = scanned.value_len;
	splitter_place(line, scanned.value_offset, &new.p.line, &new.p.column);
	VEC_PUSH(&r->calendar_lines, new);
}

static void calendar_line(struct component_reader *r, const struct splitter_line *line, const char *name)
{
	if (strcmp(name, "METHOD") == 0)
		component_name(line, r->method, sizeof(r->method));
	keep_calendar_line(r, line, name);
}

static void odd_line(struct component_reader *r, const struct splitter_line *line)
{
	struct event_problem p = {.line = line->folds[0].line};

	event_problem_set(&p, ERR_INVALID, "the line is no property and is ignored");
	event_problem_hint(&p, "a continued line begins with a blank");
	warn(r, &p);
}

static bool line_is(const struct component_reader *r, const char *text, const char *name, size_t len)
{
	return r->line_name_len == len && same_name(text, name, len);
}

/* Whether a line (which is not empty) matters where it stands; remembers its name. */
static bool wanted(void *arg, const char *text, size_t len)
{
	struct component_reader *r = arg;
	enum component_kind top = r->depth > 0 && r->too_deep == 0 ? r->kinds[r->depth - 1] : COMPONENT_OTHER;

	r->line_use = NULL;
	if (top == COMPONENT_OTHER && capital(text[0]) != 'B' && capital(text[0]) != 'E')
		return false;
	r->line_name_len = scanner_name_len(text, len);
	if (line_is(r, text, "BEGIN", 5) || line_is(r, text, "END", 3))
		return true;
	if (top == COMPONENT_OTHER)
		return false;
	if (top != COMPONENT_EVENT || r->line_name_len == 0)
		return true;
	r->line_use = find_name(r, text, r->line_name_len);
	if (r->line_use->name == NULL)
		r->line_use = NULL;
	return r->line_use != NULL || r->keep_all;
}

static void take_line(void *arg, const struct splitter_line *line)
{
	struct component_reader *r = arg;

	if (line_is(r, line->text, "BEGIN", 5)) {
		begin(r, line);
		return;
	}
	if (line_is(r, line->text, "END", 3)) {
		end(r, line);
		return;
	}
	if (r->line_name_len == 0 && line->terminated) /* a cut file is told once, at its end */
		odd_line(r, line);
	else if (r->line_name_len == 0)
		return;
	else if (r->kinds[r->depth - 1] == COMPONENT_EVENT)
		event_line(r, line);
	else if (r->kinds[r->depth - 1] == COMPONENT_CALENDAR)
		calendar_line(r, line, name_of(r, line));
	else
		zone_line(r, line);
}

void component_init(struct component_reader *r, const struct component_handler *handler, struct zone_names *zones)
{
	*r = (struct component_reader){.handler = *handler, .zones = zones};
	splitter_init(&r->splitter, take_line, r);
	splitter_ask(&r->splitter, wanted);
	use_names(r);
	scanner_init(&r->scanner);
}

void component_keep(struct component_reader *r, const char *const *names, size_t n)
{
	assert(n <= COMPONENT_NAMES / 5);
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(names[i]);
		if (strcmp(names[i], "*") == 0) {
			r->keep_all = true;
		} else if (len > 0) {
			struct component_name *use = find_name(r, names[i], len);
			if (use->name == NULL)
				*use = (struct component_name){names[i], len, PROPERTY_OTHER, true, 0};
			use->kept = true;
			use->wish = i + 1;
		}
	}
}

void component_feed(struct component_reader *r, const char *bytes, size_t len)
{
	splitter_feed(&r->splitter, bytes, len);
}

/* Tells of a file that ends too early: once. */
static void tell_cut(struct component_reader *r)
{
	struct event_problem p = {.line = splitter_last_line(&r->splitter), .column = splitter_last_column(&r->splitter)};

	for (size_t i = 0; i < r->depth; i++) {
		if (r->kinds[i] == COMPONENT_EVENT) {
			event_problem_set(&p, ERR_TRUNCATED, "truncated at line %lld: the file ends inside this event", (long long)p.line);
			event_problem_hint(&p, "export the calendar again");
			r->depth = 0;
			reject_event(r, &p);
			return;
		}
	}
	if (r->depth > 0) {
		event_problem_set(&p, ERR_TRUNCATED, "truncated at line %lld: END:%s is missing", (long long)p.line, r->names[r->depth - 1]);
		warn(r, &p);
	} else if (!r->seen_calendar && r->splitter.bytes > 0) {
		p.line = p.column = 1;
		event_problem_set(&p, ERR_INVALID, "no BEGIN:VCALENDAR: this is not a calendar");
		warn(r, &p);
	}
	r->depth = 0;
}

void component_finish(struct component_reader *r)
{
	splitter_finish(&r->splitter);
	tell_cut(r);
	r->handler.calendar_end(r->handler.arg);
}

void component_release(struct component_reader *r)
{
	splitter_release(&r->splitter);
	scanner_release(&r->scanner);
	VEC_RELEASE(&r->lines);
	VEC_RELEASE(&r->calendar_lines);
	arena_release(&r->calendar_arena);
	arena_release(&r->arena);
}
