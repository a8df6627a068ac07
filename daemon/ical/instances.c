/* SPDX-License-Identifier: Apache-2.0 */
/* instances: see instances.h. */
#include "instances.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_SPAN_S (INT64_C(366) * 86400)
#define ZONE_SLACK_S (INT64_C(2) * 86400) /* no zone is further from UTC */

struct instance {
	struct instant at;
	int64_t length_s; /* -1: as the event */
};

/* What expanding one event carries. */
struct expansion {
	const struct instances *s;
	const struct instances_options *o;
	const struct normal *n;
	struct recurrence rule;
	struct instant from, to;
	VEC(struct instance) list;
	struct normal_exception *exceptions; /* instants sorted; memory of the arena */
	struct buf id;
	bool too_many;
};

void instances_reset(struct instances *s)
{
	VEC_CLEAR(&s->ranges);
	VEC_CLEAR(&s->replaced);
	VEC_CLEAR(&s->replaced_days);
	s->too_many = false;
	arena_reset(&s->arena);
}

void instances_release(struct instances *s)
{
	VEC_RELEASE(&s->ranges);
	VEC_RELEASE(&s->replaced);
	VEC_RELEASE(&s->replaced_days);
	arena_release(&s->arena);
}

const char *instances_id(struct buf *to, const char *uid, const struct instant *original)
{
	char text[17];

	buf_reset(to);
	buf_puts(to, uid);
	if (original != NULL) {
		buf_putc(to, '/');
		buf_puts(to, instant_format_ical(*original, text));
	}
	return buf_str(to);
}

void instances_fill(const struct normal *n, struct event *e)
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

static int compare_starts(const void *a, const void *b)
{
	const int64_t *x = a;
	const int64_t *y = b;

	return (*x > *y) - (*x < *y);
}

static int compare_days(const void *a, const void *b)
{
	const int32_t *x = a;
	const int32_t *y = b;

	return (*x > *y) - (*x < *y);
}

static bool is_overridden(const struct instances *s, struct instant at)
{
	int32_t day;

	if (s->replaced.len > 0 && bsearch(&at.utc_s, s->replaced.items, s->replaced.len, sizeof(at.utc_s), compare_starts) != NULL)
		return true;
	if (s->replaced_days.len == 0)
		return false;
	day = zone_name_local(s->master.zone, at).date.days;
	return bsearch(&day, s->replaced_days.items, s->replaced_days.len, sizeof(day), compare_days) != NULL;
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
	const struct recurrence_span span = {n->start, n->all_day, first_day(x), x->o->searches};
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
static const struct normal *range_of(const struct instances *s, struct instant at)
{
	const struct normal *found = NULL;

	for (size_t i = 0; i < s->ranges.len && s->ranges.items[i].recurrence_at.utc_s < at.utc_s; i++)
		found = &s->ranges.items[i];
	return found;
}

/* Moves an instance as its THISANDFUTURE override was moved, on the clock. */
static void apply_range(const struct normal *n, const struct normal *range, struct instant at, struct event *e)
{
	struct recurrence_local local = zone_name_local(n->zone, at);
	struct recurrence_local old = zone_name_local(n->zone, range->recurrence_at);
	struct recurrence_local new;
	int64_t second;

	instances_fill(range, e);
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
	const struct normal *range = range_of(x->s, i->at);
	struct event e;

	if (range != NULL) {
		apply_range(x->n, range, i->at, &e);
	} else {
		instances_fill(x->n, &e);
		e.start = i->at;
		e.end = i->length_s >= 0 ? (struct instant){i->at.utc_s + i->length_s} : normal_end(x->n, i->at);
	}
	e.recurring = true;
	e.has_recurrence_id = true;
	e.recurrence_id = i->at;
	e.id = instances_id(&x->id, x->n->uid, &i->at);
	x->o->occurrence(x->o->arg, &e);
}

static void give_all(struct expansion *x)
{
	if (x->list.len > 0)
		qsort(x->list.items, x->list.len, sizeof(x->list.items[0]), compare_instances);
	for (size_t i = 0; i < x->list.len; i++) {
		if (i > 0 && x->list.items[i].at.utc_s == x->list.items[i - 1].at.utc_s)
			continue;
		if (!is_overridden(x->s, x->list.items[i].at))
			give_instance(x, &x->list.items[i]);
	}
}

/* The window of an event's instances. */
static void set_window(const struct normal *n, const struct instances_options *o, struct instant *from, struct instant *to)
{
	*from = o->has_window ? o->from : (struct instant){INT64_MIN};
	*to = o->has_window ? o->to : (struct instant){n->start_at.utc_s + DEFAULT_SPAN_S};
}

bool instances_matter(const struct instances *s, const struct instances_options *o, int64_t utc_s)
{
	struct instant from, to;

	set_window(&s->master, o, &from, &to);
	return utc_s < to.utc_s + ZONE_SLACK_S && (!o->has_window || utc_s > from.utc_s - s->master.length_s - ZONE_SLACK_S);
}

int instances_give(struct instances *s, const struct instances_options *o, struct fault *f)
{
	const struct normal *n = &s->master;
	struct expansion x = {.s = s, .o = o, .n = n};
	int rc;

	if (s->too_many) {
		fault_set(f, ERR_LIMIT, "too many changed instances of one recurring event");
		return ERR_LIMIT;
	}
	set_window(n, o, &x.from, &x.to);
	if (n->n_exceptions > 0) {
		x.exceptions = arena_memdup(&s->arena, n->exceptions, n->n_exceptions * sizeof(n->exceptions[0]));
		qsort(x.exceptions, n->n_exceptions, sizeof(n->exceptions[0]), compare_exceptions);
	}
	rc = collect(&x, f);
	if (rc == 0)
		give_all(&x);
	VEC_RELEASE(&x.list);
	buf_release(&x.id);
	return rc;
}
