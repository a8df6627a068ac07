/* SPDX-License-Identifier: Apache-2.0 */
/* normal: see normal.h. */
#include "normal.h"

#include <planvax/base/text.h>
#include <stdio.h>
#include <string.h>

#include "date_value.h"

#define MAX_UID_BYTES 400
#define FIRST_YEAR 1800
#define LAST_YEAR 2500

/* What reading one component carries. */
struct draft {
	const struct component *c;
	struct zone_names *zones;
	struct arena *arena;
	struct normal *out;
	struct event_problem *problem;
	const struct component_line *start, *end, *duration, *recurrence_id; /* NULL: absent */
	size_t n_values; /* RDATE and EXDATE values so far */
	unsigned seen;   /* bit of each enum component_property that stands there */
};

/* Sets the problem at an offset of a line's value. */
static int refuse_at(struct draft *d, const struct component_line *line, size_t offset, const char *hint)
{
	component_place(line, offset, &d->problem->line, &d->problem->column);
	event_problem_hint(d->problem, "%s", hint);
	return d->problem->code;
}

static int refuse(struct draft *d, enum err code, const char *what, const char *hint)
{
	event_problem_set(d->problem, code, "%s", what);
	d->problem->line = d->c->line;
	d->problem->column = 0;
	event_problem_hint(d->problem, "%s", hint);
	return code;
}

static int bad_time(struct draft *d, const struct component_line *line, size_t offset, size_t len, int rc)
{
	const char *why = rc == ERR_NOT_FOUND ? "there is no such day or time" : "not a date or time";

	event_problem_set(d->problem, ERR_INVALID, "%s: \"%.*s\": %s", line->p.name, (int)(len < 60 ? len : 60), line->p.value + offset, why);
	return refuse_at(d, line, offset, "expected 20220103, 20220103T083000 or 20220103T083000Z");
}

/* Zone of a line's times. NULL: unknown, with the problem set. */
static struct zone_name *zone_of(struct draft *d, const struct component_line *line, bool is_utc)
{
	const char *tzid = event_param(&line->p, "TZID");
	struct zone_name *zone;

	if (is_utc)
		return &d->zones->utc;
	if (tzid == NULL || tzid[0] == '\0')
		return &d->zones->floating;
	zone = zone_names_find(d->zones, tzid);
	if (zone == NULL) {
		event_problem_set(d->problem, ERR_NOT_FOUND, "unknown time zone \"%.120s\"", tzid);
		refuse_at(d, line, 0, "an IANA name such as Europe/Paris, a Windows name, or a VTIMEZONE in the file");
	}
	return zone;
}

/* One time of a line, of len bytes at an offset of its value. */
static int read_time(struct draft *d, const struct component_line *line, size_t offset, size_t len, struct date_value *v)
{
	int rc = date_value_parse(line->p.value + offset, len, v);

	if (rc < 0)
		return bad_time(d, line, offset, len, rc);
	int year = date_split(v->date).year;
	if (year >= FIRST_YEAR && year <= LAST_YEAR)
		return 0;
	event_problem_set(d->problem, ERR_INVALID, "%s: the year %d is out of range", line->p.name, year);
	return refuse_at(d, line, offset, "expected 1800 to 2500");
}

static void trim_value(const struct component_line *line, size_t *offset, size_t *len)
{
	const char *text = line->p.value;

	*len = line->value_len;
	text_trim(&text, len);
	*offset = (size_t)(text - line->p.value);
}

/* The single time of a line. */
static int read_single(struct draft *d, const struct component_line *line, struct date_value *v)
{
	size_t offset, len;

	trim_value(line, &offset, &len);
	return read_time(d, line, offset, len, v);
}

static int read_start(struct draft *d)
{
	struct normal *n = d->out;
	struct date_value v;
	struct zone_name *zone;
	int rc;

	if (d->start == NULL) {
		if (n->cancelled)
			return 0;
		return refuse(d, ERR_INVALID, "the event has no DTSTART", "");
	}
	rc = read_single(d, d->start, &v);
	if (rc < 0)
		return rc;
	zone = v.is_date ? &d->zones->floating : zone_of(d, d->start, v.is_utc);
	if (zone == NULL)
		return ERR_NOT_FOUND;
	n->zone = zone;
	n->all_day = v.is_date;
	n->start = (struct recurrence_local){v.date, v.second};
	n->start_at = zone_name_instant(zone, n->start);
	n->has_time = true;
	return 0;
}

static int read_end(struct draft *d)
{
	struct normal *n = d->out;
	struct date_value v;
	struct zone_name *zone;
	int rc = read_single(d, d->end, &v);

	if (rc < 0)
		return rc;
	if (n->all_day) { /* DTEND = DTSTART is found in the wild, for one day */
		n->length_days = v.date.days - n->start.date.days;
		if (n->length_days == 0)
			n->length_days = 1;
		return 0;
	}
	zone = v.is_date ? &d->zones->floating : zone_of(d, d->end, v.is_utc);
	if (zone == NULL)
		return ERR_NOT_FOUND;
	if (!v.is_date && zone == &d->zones->floating && n->zone != &d->zones->utc)
		zone = n->zone; /* an end that forgets the zone of its start */
	n->length_s = zone_name_instant(zone, (struct recurrence_local){v.date, v.second}).utc_s - n->start_at.utc_s;
	return 0;
}

static int read_duration(struct draft *d)
{
	struct normal *n = d->out;
	size_t offset, len;
	int32_t days, seconds;

	trim_value(d->duration, &offset, &len);
	if (date_value_duration(d->duration->p.value + offset, len, &days, &seconds) < 0) {
		event_problem_set(d->problem, ERR_INVALID, "DURATION: \"%.60s\": not a duration", d->duration->p.value);
		return refuse_at(d, d->duration, offset, "expected PT30M, P1D or P1DT2H");
	}
	if (n->all_day) {
		n->length_days = days + (seconds + 86399) / 86400;
		return 0;
	}
	struct recurrence_local end = {date_add_days(n->start.date, days), n->start.second};
	n->length_s = zone_name_instant(n->zone, end).utc_s - n->start_at.utc_s + seconds;
	return 0;
}

static int read_length(struct draft *d)
{
	struct normal *n = d->out;
	int rc = 0;

	n->length_days = n->all_day ? 1 : 0;
	n->length_s = 0;
	if (!n->has_time)
		return 0;
	if (d->end != NULL)
		rc = read_end(d);
	else if (d->duration != NULL)
		rc = read_duration(d);
	if (rc < 0)
		return rc;
	if (n->all_day)
		n->length_s = normal_end(n, n->start_at).utc_s - n->start_at.utc_s;
	if (n->length_s < 0 || n->length_days < 0) {
		event_problem_set(d->problem, ERR_INVALID, "the event ends before it starts");
		return refuse_at(d, d->end != NULL ? d->end : d->duration, 0, "");
	}
	return 0;
}

static int read_recurrence_id(struct draft *d)
{
	struct normal *n = d->out;
	const char *range;
	struct date_value v;
	struct zone_name *zone;
	int rc;

	if (d->recurrence_id == NULL)
		return 0;
	rc = read_single(d, d->recurrence_id, &v);
	if (rc < 0)
		return rc;
	zone = v.is_date ? &d->zones->floating : zone_of(d, d->recurrence_id, v.is_utc);
	if (zone == NULL)
		return ERR_NOT_FOUND;
	range = event_param(&d->recurrence_id->p, "RANGE");
	n->has_recurrence_id = true;
	n->recurrence_is_date = v.is_date;
	n->recurrence = (struct recurrence_local){v.date, v.second};
	n->recurrence_at = zone_name_instant(zone, n->recurrence);
	n->this_and_future = range != NULL && text_same_nocase(range, "THISANDFUTURE");
	return 0;
}

/* One value of EXDATE. */
static int add_exception(struct draft *d, const struct component_line *line, size_t offset, size_t len, struct normal_exception *out)
{
	struct date_value v;
	struct zone_name *zone;
	int rc = read_time(d, line, offset, len, &v);

	if (rc < 0)
		return rc;
	zone = v.is_date ? &d->zones->floating : zone_of(d, line, v.is_utc);
	if (zone == NULL)
		return ERR_NOT_FOUND;
	*out = (struct normal_exception){v.is_date, v.date, zone_name_instant(zone, (struct recurrence_local){v.date, v.second})};
	return 0;
}

/* Length of a period: a duration, or an end in the same zone. */
static int period_length(struct draft *d, const struct component_line *line, size_t offset, size_t len, struct normal_date *out)
{
	const char *text = line->p.value + offset;
	int32_t days, seconds;
	struct date_value v;
	struct zone_name *zone;

	if (date_value_duration(text, len, &days, &seconds) == 0) {
		out->length_s = (int64_t)days * 86400 + seconds;
		return 0;
	}
	int rc = read_time(d, line, offset, len, &v);
	if (rc < 0)
		return rc;
	zone = zone_of(d, line, v.is_utc);
	if (zone == NULL)
		return ERR_NOT_FOUND;
	out->length_s = zone_name_instant(zone, (struct recurrence_local){v.date, v.second}).utc_s - out->at.utc_s;
	return 0;
}

/* One value of RDATE: a time, or a period. A date takes the event's time of day. */
static int add_date(struct draft *d, const struct component_line *line, size_t offset, size_t len, struct normal_date *out)
{
	const char *slash = memchr(line->p.value + offset, '/', len);
	size_t time_len = slash != NULL ? (size_t)(slash - line->p.value) - offset : len;
	struct date_value v;
	struct zone_name *zone;
	int rc = read_time(d, line, offset, time_len, &v);

	if (rc < 0)
		return rc;
	zone = v.is_date ? &d->zones->floating : zone_of(d, line, v.is_utc);
	if (zone == NULL)
		return ERR_NOT_FOUND;
	if (v.is_date && !d->out->all_day) {
		zone = d->out->zone;
		v.second = d->out->start.second;
	}
	out->at = zone_name_instant(zone, (struct recurrence_local){v.date, v.second});
	out->length_s = -1;
	if (slash == NULL)
		return 0;
	rc = period_length(d, line, offset + time_len + 1, len - time_len - 1, out);
	if (rc == 0 && out->length_s < 0) {
		event_problem_set(d->problem, ERR_INVALID, "RDATE: a period ends before it starts");
		return refuse_at(d, line, offset, "");
	}
	return rc;
}

/* Offset and length of the value that begins at *at of a list; false at its end. */
static bool next_value(const struct component_line *line, size_t *at, size_t *offset, size_t *len)
{
	const char *comma;
	const char *text;

	if (*at > line->value_len)
		return false;
	text = line->p.value + *at;
	comma = memchr(text, ',', line->value_len - *at);
	*len = comma != NULL ? (size_t)(comma - text) : line->value_len - *at;
	*at += *len + 1;
	text_trim(&text, len);
	*offset = (size_t)(text - line->p.value);
	return true;
}

static size_t count_values(const struct component *c, enum component_property property)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_lines; i++) {
		size_t at = 0, offset, len;
		while (c->lines[i].property == property && next_value(&c->lines[i], &at, &offset, &len))
			n += len > 0;
	}
	return n;
}

static int too_many_dates(struct draft *d)
{
	return refuse(d, ERR_LIMIT, "the event has more dates in RDATE and EXDATE than are read", "at most 50000; export single events");
}

static int read_exceptions(struct draft *d)
{
	size_t n = count_values(d->c, PROPERTY_EXDATE);
	struct normal_exception *list;
	size_t used = 0;

	if (n > EVENT_MAX_DATES)
		return too_many_dates(d);
	list = ARENA_NEW(d->arena, struct normal_exception, n + 1);
	for (size_t i = 0; i < d->c->n_lines; i++) {
		const struct component_line *line = &d->c->lines[i];
		size_t at = 0, offset, len;
		while (line->property == PROPERTY_EXDATE && next_value(line, &at, &offset, &len)) {
			int rc = len > 0 ? add_exception(d, line, offset, len, &list[used]) : 0;
			if (rc < 0)
				return rc;
			used += len > 0;
		}
	}
	d->out->exceptions = list;
	d->out->n_exceptions = used;
	d->n_values += used;
	return 0;
}

static int read_dates(struct draft *d)
{
	size_t n = count_values(d->c, PROPERTY_RDATE);
	struct normal_date *list;
	size_t used = 0;

	if (n + d->n_values > EVENT_MAX_DATES)
		return too_many_dates(d);
	list = ARENA_NEW(d->arena, struct normal_date, n + 1);
	for (size_t i = 0; i < d->c->n_lines; i++) {
		const struct component_line *line = &d->c->lines[i];
		size_t at = 0, offset, len;
		while (line->property == PROPERTY_RDATE && next_value(line, &at, &offset, &len)) {
			int rc = len > 0 ? add_date(d, line, offset, len, &list[used]) : 0;
			if (rc < 0)
				return rc;
			used += len > 0;
		}
	}
	d->out->dates = list;
	d->out->n_dates = used;
	return 0;
}

static int add_rule(struct draft *d, const struct component_line *line)
{
	struct normal *n = d->out;
	struct recurrence rule;
	struct fault f = FAULT_NONE;

	if (n->n_rules == NORMAL_MAX_RULES) {
		event_problem_set(d->problem, ERR_UNSUPPORTED, "the event has more than %d RRULEs", NORMAL_MAX_RULES);
		return refuse_at(d, line, 0, "");
	}
	if (recurrence_parse(line->p.value, line->value_len, &rule, &f) < 0) {
		event_problem_set(d->problem, f.code, "%s", f.what);
		return refuse_at(d, line, 0, f.hint);
	}
	if (n->n_rules == 0)
		component_place(line, 0, &n->rule_line, &n->rule_column);
	n->rules[n->n_rules++] = line->p.value;
	return 0;
}

static int read_rules(struct draft *d)
{
	for (size_t i = 0; i < d->c->n_lines; i++) {
		const struct component_line *line = &d->c->lines[i];
		int rc = 0;
		if (line->property == PROPERTY_RRULE) {
			rc = add_rule(d, line);
		} else if (line->property == PROPERTY_EXRULE) {
			event_problem_set(d->problem, ERR_UNSUPPORTED, "EXRULE is not read");
			rc = refuse_at(d, line, 0, "it was dropped from the standard; export EXDATE");
		}
		if (rc < 0)
			return rc;
	}
	return 0;
}

static void read_stamp(struct draft *d, const struct component_line *line)
{
	struct date_value v;
	size_t offset, len;

	trim_value(line, &offset, &len);
	if (date_value_parse(line->p.value + offset, len, &v) == 0) /* meant to be UTC, whatever it says */
		d->out->stamp.utc_s = (int64_t)v.date.days * 86400 + v.second;
}

static int read_uid(struct draft *d, const struct component_line *line)
{
	size_t offset, len;

	trim_value(line, &offset, &len);
	if (len > MAX_UID_BYTES) {
		event_problem_set(d->problem, ERR_LIMIT, "UID has %zu bytes", len);
		return refuse_at(d, line, offset, "at most 400");
	}
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)line->p.value[offset + i] < 0x20) {
			event_problem_set(d->problem, ERR_INVALID, "UID holds a control character");
			return refuse_at(d, line, offset + i, "");
		}
	}
	if (len > 0)
		d->out->uid = arena_strndup(d->arena, line->p.value + offset, len);
	return 0;
}

static int read_sequence(struct draft *d, const struct component_line *line)
{
	size_t offset, len;
	int64_t value;

	trim_value(line, &offset, &len);
	if (text_int(line->p.value + offset, len, INT32_MIN, INT32_MAX, &value) < 0) {
		event_problem_set(d->problem, ERR_INVALID, "SEQUENCE: \"%.40s\": not a number", line->p.value);
		return refuse_at(d, line, offset, "");
	}
	d->out->sequence = (int32_t)value;
	return 0;
}

static bool value_is(const struct component_line *line, const char *word)
{
	size_t offset, len;

	trim_value(line, &offset, &len);
	return strlen(word) == len && strncasecmp(line->p.value + offset, word, len) == 0;
}

/* Remembers a line that must stand once. One that is repeated as it was is odd, no more; another value makes it unsure
 * which one counts. */
static int only(struct draft *d, const struct component_line **at, const struct component_line *line)
{
	if (*at == NULL) {
		*at = line;
		return 0;
	}
	const char *before = event_param(&(*at)->p, "TZID");
	const char *now = event_param(&line->p, "TZID");
	if (strcmp((*at)->p.value, line->p.value) == 0 && strcmp(before != NULL ? before : "", now != NULL ? now : "") == 0)
		return 0;
	event_problem_set(d->problem, ERR_INVALID, "%s stands twice, with different values", line->p.name);
	return refuse_at(d, line, 0, "an event has one");
}

/* The lines that stand for themselves; remembers those that need each other. */
static int read_line(struct draft *d, const struct component_line *line)
{
	struct normal *n = d->out;

	d->seen |= 1U << line->property;
	switch (line->property) {
	case PROPERTY_UID:
		return read_uid(d, line);
	case PROPERTY_SEQUENCE:
		return read_sequence(d, line);
	case PROPERTY_DTSTAMP:
		read_stamp(d, line);
		break;
	case PROPERTY_LAST_MODIFIED:
		if (n->stamp.utc_s == INT64_MIN)
			read_stamp(d, line);
		break;
	case PROPERTY_STATUS:
		n->cancelled = n->cancelled || value_is(line, "CANCELLED");
		break;
	case PROPERTY_TRANSP:
		n->transparent = value_is(line, "TRANSPARENT");
		break;
	case PROPERTY_DTSTART:
		return only(d, &d->start, line);
	case PROPERTY_DTEND:
		return only(d, &d->end, line);
	case PROPERTY_DURATION:
		return only(d, &d->duration, line);
	case PROPERTY_RECURRENCE_ID:
		return only(d, &d->recurrence_id, line);
	case PROPERTY_OTHER:
	case PROPERTY_RRULE:
	case PROPERTY_RDATE:
	case PROPERTY_EXDATE:
	case PROPERTY_EXRULE:
		break;
	}
	return 0;
}

static void read_kept(struct draft *d)
{
	struct event_property *list = ARENA_NEW(d->arena, struct event_property, d->c->n_lines + 1);
	size_t n = 0;

	for (size_t i = 0; i < d->c->n_lines; i++) {
		if (d->c->lines[i].kept)
			list[n++] = d->c->lines[i].p;
	}
	d->out->properties = list;
	d->out->n_properties = n;
}

/* A method that only answers or asks changes no calendar. */
static int check_method(struct draft *d)
{
	static const char *const passive[] = {"REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH"};

	for (size_t i = 0; i < sizeof(passive) / sizeof(passive[0]) && d->c->method != NULL; i++) {
		if (strcmp(d->c->method, passive[i]) == 0) {
			refuse(d, ERR_UNSUPPORTED, "", "");
			event_problem_set(d->problem, ERR_UNSUPPORTED, "METHOD:%s changes no calendar", passive[i]);
			event_problem_hint(d->problem, "export the calendar, or send it with METHOD:PUBLISH");
			return ERR_UNSUPPORTED;
		}
	}
	return 0;
}

static int read_times(struct draft *d)
{
	struct normal *n = d->out;
	int rc = read_start(d);

	if (rc == 0)
		rc = read_length(d);
	if (rc == 0)
		rc = read_recurrence_id(d);
	if (rc < 0 || !n->has_time || n->has_recurrence_id)
		return rc;
	if ((d->seen & (1U << PROPERTY_RRULE | 1U << PROPERTY_EXRULE)) != 0)
		rc = read_rules(d);
	if (rc == 0 && (d->seen & 1U << PROPERTY_EXDATE) != 0)
		rc = read_exceptions(d);
	if (rc == 0 && (d->seen & 1U << PROPERTY_RDATE) != 0)
		rc = read_dates(d);
	return rc;
}

int normal_read(const struct component *c, struct zone_names *zones, struct arena *arena, struct normal *out,
	struct event_problem *problem)
{
	struct normal n = {.line = c->line, .stamp = EVENT_NO_INSTANT};
	struct draft d = {.c = c, .zones = zones, .arena = arena, .out = &n, .problem = problem};
	int rc = 0;

	n.cancelled = c->method != NULL && strcmp(c->method, "CANCEL") == 0;
	problem->component = c->line;
	for (size_t i = 0; i < c->n_lines && rc == 0; i++)
		rc = read_line(&d, &c->lines[i]);
	if (rc == 0)
		rc = check_method(&d);
	if (rc == 0 && n.uid == NULL)
		rc = refuse(&d, ERR_INVALID, "the event has no UID", "without it the event cannot be recognised again");
	if (rc == 0)
		rc = read_times(&d);
	problem->uid = n.uid;
	if (rc < 0)
		return rc;
	read_kept(&d);
	*out = n;
	return 0;
}

struct instant normal_end(const struct normal *n, struct instant start)
{
	struct recurrence_local local;

	if (!n->all_day)
		return (struct instant){start.utc_s + n->length_s};
	local = zone_name_local(n->zone, start);
	local.date = date_add_days(local.date, n->length_days);
	return zone_name_instant(n->zone, local);
}
