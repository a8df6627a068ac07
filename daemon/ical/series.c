/* SPDX-License-Identifier: Apache-2.0 */
/* series: see series.h. */
#include "series.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_OVERRIDES 400000
#define DEFAULT_SPAN_S (INT64_C(366) * 86400)

struct instance {
	struct instant at;
	int64_t length_s; /* -1: as the event */
};

/* What expanding one event carries. */
struct expansion {
	struct series *s;
	const struct normal *n;
	struct recurrence rule;
	struct instant from, to;
	VEC(struct instance) list;
	struct normal_exception *exceptions; /* instants sorted; borrowed memory of the arena */
	bool too_many;
};

void series_init(struct series *s, const struct series_options *options)
{
	*s = (struct series){.options = *options};
}

void series_release(struct series *s)
{
	VEC_RELEASE(&s->masters);
	VEC_RELEASE(&s->ranges);
	map_release(&s->by_uid);
	map_release(&s->overrides);
	buf_release(&s->key);
	arena_release(&s->arena);
}

static const char *key_of(struct series *s, const char *uid, char mark, int64_t number)
{
	buf_reset(&s->key);
	buf_puts(&s->key, uid);
	buf_putc(&s->key, mark);
	buf_put_int(&s->key, number);
	return buf_str(&s->key);
}

void series_override(struct series *s, const struct normal *n)
{
	if (s->overrides.len >= MAX_OVERRIDES)
		return; /* the instance is given too, under the same id: the reader's consumer sees two versions */
	if (n->recurrence_is_date)
		map_put_str(&s->overrides, key_of(s, n->uid, '\x1f', n->recurrence.date.days), 0);
	map_put_str(&s->overrides, key_of(s, n->uid, '\x1e', n->recurrence_at.utc_s), 0);
	if (n->this_and_future)
		VEC_PUSH(&s->ranges, normal_copy(n, &s->arena));
}

/* Instances and overrides are named by their original start in UTC. */
static const char *id_of(struct series *s, const char *uid, const struct instant *original)
{
	char text[17];

	buf_reset(&s->key);
	buf_puts(&s->key, uid);
	if (original != NULL)
		buf_printf(&s->key, "/%s", instant_format_ical(*original, text));
	return buf_str(&s->key);
}

static void fill(const struct normal *n, struct event *e)
{
	*e = (struct event){
		.line = n->line,
		.uid = n->uid,
		.has_time = n->has_time,
		.start = n->start_at,
		.all_day = n->all_day,
		.zone = n->has_time ? n->zone->name : NULL,
		.sequence = n->sequence,
		.stamp = n->stamp,
		.cancelled = n->cancelled,
		.transparent = n->transparent,
		.properties = n->properties,
		.n_properties = n->n_properties,
	};
	if (n->has_time)
		e->end = normal_end(n, n->start_at);
}

void series_give(struct series *s, const struct normal *n)
{
	struct event e;

	fill(n, &e);
	e.has_recurrence_id = n->has_recurrence_id;
	e.recurrence_id = n->recurrence_at;
	e.series = n->cancelled && !n->has_recurrence_id;
	e.id = id_of(s, n->uid, n->has_recurrence_id ? &n->recurrence_at : NULL);
	s->options.occurrence(s->options.arg, &e);
}

bool series_hold(struct series *s, const struct normal *n)
{
	size_t at;

	if (s->arena.used_bytes > EVENT_MAX_HELD_BYTES)
		return false;
	VEC_PUSH(&s->masters, normal_copy(n, &s->arena));
	if (!map_get_str(&s->by_uid, n->uid, &at) || n->sequence > s->masters.items[at].sequence ||
	    (n->sequence == s->masters.items[at].sequence && n->stamp.utc_s >= s->masters.items[at].stamp.utc_s))
		map_put_str(&s->by_uid, n->uid, s->masters.len - 1);
	return true;
}

/* ---- one event's instances ---- */

static int compare_instances(const void *a, const void *b)
{
	const struct instance *x = a;
	const struct instance *y = b;

	if (x->at.utc_s != y->at.utc_s)
		return x->at.utc_s < y->at.utc_s ? -1 : 1;
	return (x->length_s < y->length_s) - (x->length_s > y->length_s); /* a given length first */
}

static int compare_exceptions(const void *a, const void *b)
{
	const struct normal_exception *x = a;
	const struct normal_exception *y = b;

	if (x->is_date != y->is_date)
		return x->is_date ? 1 : -1;
	if (x->is_date)
		return (x->date.days > y->date.days) - (x->date.days < y->date.days);
	return (x->at.utc_s > y->at.utc_s) - (x->at.utc_s < y->at.utc_s);
}

static bool is_excepted(const struct expansion *x, struct instant at)
{
	struct normal_exception wanted = {.at = at};
	size_t n = x->n->n_exceptions;

	if (n == 0 || x->exceptions == NULL)
		return false;
	if (bsearch(&wanted, x->exceptions, n, sizeof(wanted), compare_exceptions) != NULL)
		return true;
	if (!x->exceptions[n - 1].is_date)
		return false;
	wanted.is_date = true; /* a whole day */
	wanted.date = zone_name_local(x->n->zone, at).date;
	return bsearch(&wanted, x->exceptions, n, sizeof(wanted), compare_exceptions) != NULL;
}

static bool is_overridden(struct series *s, const struct normal *n, struct instant at)
{
	if (s->overrides.len == 0)
		return false;
	if (map_get_str(&s->overrides, key_of(s, n->uid, '\x1e', at.utc_s), NULL))
		return true;
	return map_get_str(&s->overrides, key_of(s, n->uid, '\x1f', zone_name_local(n->zone, at).date.days), NULL);
}

/* Length of an instance, for the window. */
static int64_t length_of(const struct expansion *x, const struct instance *i)
{
	return i->length_s >= 0 ? i->length_s : x->n->length_s;
}

static bool in_window(const struct expansion *x, const struct instance *i)
{
	int64_t end = i->at.utc_s + length_of(x, i);

	return i->at.utc_s < x->to.utc_s && (end > x->from.utc_s || i->at.utc_s >= x->from.utc_s);
}

static bool add_instance(struct expansion *x, const struct instance *i)
{
	if (!in_window(x, i) || is_excepted(x, i->at))
		return true;
	if (x->list.len >= EVENT_MAX_OCCURRENCES) {
		x->too_many = true;
		return false;
	}
	VEC_PUSH(&x->list, *i);
	return true;
}

static bool hear(void *arg, struct recurrence_local at)
{
	struct expansion *x = arg;
	struct instance i = {zone_name_instant(x->n->zone, at), -1};

	if (x->rule.until == RECURRENCE_UNTIL_UTC &&
	    i.at.utc_s > (int64_t)x->rule.until_at.date.days * 86400 + x->rule.until_at.second)
		return false;
	if (i.at.utc_s >= x->to.utc_s)
		return false;
	return add_instance(x, &i);
}

/* The day from which times are wanted, with a day to spare for zones. */
static struct date first_day(const struct expansion *x)
{
	int64_t from_s = x->from.utc_s - x->n->length_s;

	if (x->from.utc_s == INT64_MIN)
		return DATE_NONE;
	return date_add_days(instant_utc_date((struct instant){from_s}), -2);
}

static int expand_rules(struct expansion *x, struct fault *f)
{
	const struct normal *n = x->n;
	const struct recurrence_span span = {n->start, n->all_day, first_day(x)};
	int rc = 0;

	for (size_t i = 0; i < n->n_rules && rc == 0 && !x->too_many; i++) {
		rc = recurrence_parse(n->rules[i], strlen(n->rules[i]), &x->rule, f);
		if (rc == 0)
			rc = recurrence_expand(&x->rule, &span, hear, x, f);
	}
	return rc;
}

static int collect(struct expansion *x, struct fault *f)
{
	const struct normal *n = x->n;
	const struct instance first = {n->start_at, -1};
	int rc = expand_rules(x, f);

	if (rc == 0 && n->n_rules == 0)
		add_instance(x, &first);
	for (size_t i = 0; i < n->n_dates && rc == 0 && !x->too_many; i++)
		add_instance(x, &(struct instance){n->dates[i].at, n->dates[i].length_s});
	if (rc == 0 && x->too_many) {
		fault_set(f, ERR_LIMIT, "more than %d occurrences in the window", EVENT_MAX_OCCURRENCES);
		rc = ERR_LIMIT;
	}
	return rc;
}

/* The THISANDFUTURE override that rules an instance, or NULL. */
static const struct normal *range_of(const struct series *s, const struct normal *n, struct instant at)
{
	const struct normal *found = NULL;

	for (size_t i = 0; i < s->ranges.len; i++) {
		const struct normal *r = &s->ranges.items[i];
		if (strcmp(r->uid, n->uid) == 0 && r->recurrence_at.utc_s < at.utc_s &&
		    (found == NULL || r->recurrence_at.utc_s >= found->recurrence_at.utc_s))
			found = r;
	}
	return found;
}

/* Moves an instance as its THISANDFUTURE override was moved, on the clock. */
static void apply_range(const struct normal *n, const struct normal *range, struct instant at, struct event *e)
{
	struct recurrence_local local = zone_name_local(n->zone, at);
	struct recurrence_local old = zone_name_local(n->zone, range->recurrence_at);
	struct recurrence_local new;
	int64_t second;

	fill(range, e);
	if (!range->has_time)
		return;
	new = zone_name_local(n->zone, range->start_at);
	local.date = date_add_days(local.date, new.date.days - old.date.days);
	second = (int64_t)local.second + new.second - old.second;
	while (second < 0 || second >= 86400) {
		int step = second < 0 ? -1 : 1;
		local.date = date_add_days(local.date, step);
		second -= step * 86400;
	}
	local.second = (int32_t)second;
	e->start = zone_name_instant(n->zone, local);
	e->end = normal_end(range, e->start);
}

static void give_instance(struct expansion *x, const struct instance *i)
{
	struct series *s = x->s;
	const struct normal *range = range_of(s, x->n, i->at);
	struct event e;

	if (range != NULL) {
		apply_range(x->n, range, i->at, &e);
	} else {
		fill(x->n, &e);
		e.start = i->at;
		e.end = i->length_s >= 0 ? (struct instant){i->at.utc_s + i->length_s} : normal_end(x->n, i->at);
	}
	e.recurring = true;
	e.has_recurrence_id = true;
	e.recurrence_id = i->at;
	e.id = id_of(s, x->n->uid, &i->at);
	s->options.occurrence(s->options.arg, &e);
}

static void give_all(struct expansion *x)
{
	if (x->list.len > 0)
		qsort(x->list.items, x->list.len, sizeof(x->list.items[0]), compare_instances);
	for (size_t i = 0; i < x->list.len; i++) {
		if (i > 0 && x->list.items[i].at.utc_s == x->list.items[i - 1].at.utc_s)
			continue;
		if (!is_overridden(x->s, x->n, x->list.items[i].at))
			give_instance(x, &x->list.items[i]);
	}
}

static void refuse(struct series *s, const struct normal *n, const struct fault *f)
{
	struct event_problem p = {
		.line = n->n_rules > 0 ? n->rule_line : n->line, .column = n->rule_column, .component = n->line, .uid = n->uid,
	};

	event_problem_set(&p, f->code, "%s", f->what);
	event_problem_hint(&p, "%s", f->hint);
	s->options.rejected(s->options.arg, &p);
}

void series_expand_one(struct series *s, const struct normal *n)
{
	struct expansion x = {.s = s, .n = n, .from = {INT64_MIN}, .to = {n->start_at.utc_s + DEFAULT_SPAN_S}};
	struct fault f = FAULT_NONE;

	if (s->options.has_window) {
		x.from = s->options.from;
		x.to = s->options.to;
	}
	if (n->n_exceptions > 0) {
		x.exceptions = arena_memdup(&s->arena, n->exceptions, n->n_exceptions * sizeof(n->exceptions[0]));
		qsort(x.exceptions, n->n_exceptions, sizeof(n->exceptions[0]), compare_exceptions);
	}
	if (collect(&x, &f) < 0)
		refuse(s, n, &f);
	else
		give_all(&x);
	VEC_RELEASE(&x.list);
}

void series_expand(struct series *s)
{
	for (size_t i = 0; i < s->masters.len; i++) {
		const struct normal *n = &s->masters.items[i];
		size_t newest;
		if (map_get_str(&s->by_uid, n->uid, &newest) && newest == i) {
			series_expand_one(s, n);
		} else if (s->options.warning != NULL) {
			struct event_problem p = {.line = n->line, .component = n->line, .uid = n->uid};
			event_problem_set(&p, ERR_CONFLICT, "a newer version of this recurring event stands in the same file");
			s->options.warning(s->options.arg, &p);
		}
	}
	VEC_CLEAR(&s->masters);
	map_release(&s->by_uid);
}
