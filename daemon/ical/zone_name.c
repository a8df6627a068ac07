/* SPDX-License-Identifier: Apache-2.0 */
/* zone_name: see zone_name.h. */
#include "zone_name.h"

#include <planvax/base/alloc.h>
#include <stdlib.h>
#include <string.h>

#include "date_value.h"
#include "zone_lookup.h"

#define MAX_NAME_BYTES ZONE_LOOKUP_MAX_BYTES
#define MAX_ONSETS 1000
#define MAX_DEFINITION_BYTES ((size_t)256 << 10)
#define MAX_DEFINITIONS_BYTES ((size_t)8 << 20) /* of a file */
#define MAX_NAMES 2000 /* of a file */
#define UNKNOWN SIZE_MAX
#define FIRST_YEAR 1970
#define LAST_YEAR 2100

void zone_names_init(struct zone_names *z, const struct zone *fallback)
{
	*z = (struct zone_names){
		.floating = {.name = zone_name(fallback), .zone = fallback, .compared = true},
		.utc = {.name = "UTC", .zone = zone_utc(), .compared = true},
	};
}

static void free_definition(struct zone_definition *d)
{
	if (d != NULL)
		arena_release(&d->arena);
	free(d);
}

void zone_names_release(struct zone_names *z)
{
	for (size_t i = 0; i < z->loaded.len; i++)
		zone_free(z->loaded.items[i]);
	VEC_RELEASE(&z->loaded);
	for (size_t i = 0; i < z->definitions.len; i++)
		free_definition(z->definitions.items[i]);
	free_definition(z->open);
	VEC_RELEASE(&z->resolved);
	VEC_RELEASE(&z->definitions);
	map_release(&z->known);
	map_release(&z->defined);
	arena_release(&z->arena);
}

/* ---- definitions of the file ---- */

void zone_names_begin(struct zone_names *z)
{
	z->in_observance = false;
	free_definition(z->open);
	z->open = xcalloc(1, sizeof(*z->open));
}

void zone_names_begin_observance(struct zone_names *z)
{
	struct zone_definition *d = z->open;

	z->in_observance = false;
	if (d == NULL)
		return;
	if (d->n_observances >= ZONE_NAMES_MAX_OBSERVANCES || d->arena.used_bytes > MAX_DEFINITION_BYTES) {
		d->broken = true;
		return;
	}
	if ((d->n_observances & (d->n_observances - 1)) == 0) { /* room doubles at powers of two */
		struct zone_observance *more = ARENA_NEW(&d->arena, struct zone_observance, d->n_observances * 2 + 1);
		if (d->n_observances > 0)
			memcpy(more, d->observances, d->n_observances * sizeof(more[0]));
		d->observances = more;
	}
	d->n_observances++;
	z->in_observance = true;
}

/* Adds the values of an RDATE; a period counts by its start. */
static void add_dates(struct zone_definition *d, struct zone_observance *o, const struct scanner_line *line)
{
	struct recurrence_local *dates;
	size_t n = 1;

	for (size_t i = 0; i < line->value_len; i++)
		n += line->value[i] == ',';
	if (o->n_dates + n > ZONE_NAMES_MAX_DATES) {
		d->broken = true;
		return;
	}
	dates = ARENA_NEW(&d->arena, struct recurrence_local, o->n_dates + n);
	if (o->n_dates > 0)
		memcpy(dates, o->dates, o->n_dates * sizeof(dates[0]));
	o->dates = dates;
	for (size_t at = 0; at <= line->value_len;) {
		const char *comma = memchr(line->value + at, ',', line->value_len - at);
		size_t len = comma != NULL ? (size_t)(comma - line->value) - at : line->value_len - at;
		const char *slash = memchr(line->value + at, '/', len);
		struct date_value v;
		if (date_value_parse(line->value + at, slash != NULL ? (size_t)(slash - line->value) - at : len, &v) == 0)
			dates[o->n_dates++] = (struct recurrence_local){v.date, v.second};
		else
			d->broken = d->broken || len > 0;
		at += len + 1;
	}
}

static void observance_line(struct zone_definition *d, struct zone_observance *o, const struct scanner_line *line)
{
	struct date_value v;

	if (strcmp(line->name, "DTSTART") == 0 && date_value_parse(line->value, line->value_len, &v) == 0) {
		o->start = (struct recurrence_local){v.date, v.second};
		o->has_start = true;
	} else if (strcmp(line->name, "TZOFFSETFROM") == 0) {
		o->has_from = date_value_offset(line->value, line->value_len, &o->from_s) == 0;
	} else if (strcmp(line->name, "TZOFFSETTO") == 0) {
		o->has_to = date_value_offset(line->value, line->value_len, &o->to_s) == 0;
	} else if (strcmp(line->name, "RRULE") == 0) {
		if (o->rule != NULL || line->value_len > RECURRENCE_MAX_RULE_BYTES)
			d->broken = true;
		else
			o->rule = arena_strndup(&d->arena, line->value, line->value_len);
	} else if (strcmp(line->name, "RDATE") == 0) {
		add_dates(d, o, line);
	}
}

void zone_names_line(struct zone_names *z, const struct scanner_line *line)
{
	struct zone_definition *d = z->open;

	if (d == NULL || d->broken)
		return;
	if (d->arena.used_bytes > MAX_DEFINITION_BYTES)
		d->broken = true;
	else if (z->in_observance)
		observance_line(d, &d->observances[d->n_observances - 1], line);
	else if (strcmp(line->name, "TZID") == 0 && d->tzid == NULL && line->value_len > 0 && line->value_len <= MAX_NAME_BYTES)
		d->tzid = arena_strndup(&d->arena, line->value, line->value_len);
}

void zone_names_end_observance(struct zone_names *z)
{
	z->in_observance = false;
}

static bool same_observance(const struct zone_observance *a, const struct zone_observance *b)
{
	if (a->start.date.days != b->start.date.days || a->start.second != b->start.second || a->from_s != b->from_s || a->to_s != b->to_s ||
	    a->has_start != b->has_start || a->has_from != b->has_from || a->has_to != b->has_to || a->n_dates != b->n_dates)
		return false;
	if ((a->rule == NULL) != (b->rule == NULL) || (a->rule != NULL && strcmp(a->rule, b->rule) != 0))
		return false;
	for (size_t i = 0; i < a->n_dates; i++) {
		if (a->dates[i].date.days != b->dates[i].date.days || a->dates[i].second != b->dates[i].second)
			return false;
	}
	return true;
}

static bool same_definition(const struct zone_definition *a, const struct zone_definition *b)
{
	bool same = a->n_observances == b->n_observances && a->broken == b->broken;

	for (size_t i = 0; i < a->n_observances && same; i++)
		same = same_observance(&a->observances[i], &b->observances[i]);
	return same;
}

/* Files of many calendars define the same zone again and again: the first of equal definitions is kept. */
void zone_names_end(struct zone_names *z)
{
	struct zone_definition *d = z->open;
	size_t at;

	z->open = NULL;
	if (d == NULL)
		return;
	bool useless = d->tzid == NULL || z->definitions.len >= ZONE_NAMES_MAX_DEFINITIONS ||
		z->definition_bytes + d->arena.used_bytes > MAX_DEFINITIONS_BYTES ||
		(map_get_str(&z->defined, d->tzid, &at) && same_definition(d, z->definitions.items[at]));
	if (useless) {
		free_definition(d);
		return;
	}
	z->definition_bytes += d->arena.used_bytes;
	map_put_str(&z->defined, d->tzid, z->definitions.len);
	VEC_PUSH(&z->definitions, d);
	z->last_tzid[0] = '\0';
	map_remove(&z->known, d->tzid, strlen(d->tzid)); /* a later definition counts from here on */
}

/* ---- onsets ---- */

struct onsets {
	VEC(struct zone_onset) list;
	const struct zone_observance *observance;
	const struct recurrence *rule;
	int last_year;
};

static int64_t local_seconds(struct recurrence_local at)
{
	return (int64_t)at.date.days * 86400 + at.second;
}

static bool add_onset(void *arg, struct recurrence_local at)
{
	struct onsets *o = arg;
	struct zone_onset onset = {local_seconds(at), o->observance->from_s, o->observance->to_s};

	if (o->list.len >= MAX_ONSETS || date_split(at.date).year > o->last_year)
		return false;
	if (o->rule != NULL && o->rule->until == RECURRENCE_UNTIL_UTC &&
	    onset.local_s - onset.from_s > local_seconds(o->rule->until_at))
		return false;
	VEC_PUSH(&o->list, onset);
	return true;
}

/* A yearly rule gives the same days from any earlier year on. */
static struct recurrence_local not_before(const struct recurrence *rule, struct recurrence_local start, int year)
{
	struct date_parts p = date_split(start.date);

	if (rule->frequency == RECURRENCE_YEARLY && rule->interval == 1 && rule->count == 0 && p.year < year &&
	    date_exists(year, p.month, p.day))
		start.date = date_of(year, p.month, p.day);
	return start;
}

static bool expand(struct onsets *o, const struct zone_observance *observance, int first_year)
{
	struct recurrence rule;

	o->observance = observance;
	o->rule = NULL;
	if (!observance->has_start || !observance->has_from || !observance->has_to)
		return false;
	for (size_t i = 0; i < observance->n_dates; i++)
		add_onset(o, observance->dates[i]);
	if (observance->rule == NULL) {
		add_onset(o, observance->start);
		return true;
	}
	if (recurrence_parse(observance->rule, strlen(observance->rule), &rule, NULL) < 0)
		return false;
	if (rule.until != RECURRENCE_FOREVER && date_split(rule.until_at.date).year < first_year)
		return true;
	o->rule = &rule;
	const struct recurrence_span span = {not_before(&rule, observance->start, first_year), false, DATE_NONE, NULL};
	int rc = recurrence_expand(&rule, &span, add_onset, o, NULL);
	o->rule = NULL;
	return rc == 0;
}

static int compare_onsets(const void *a, const void *b)
{
	const struct zone_onset *x = a;
	const struct zone_onset *y = b;

	return (x->local_s > y->local_s) - (x->local_s < y->local_s);
}

/* Onsets of a definition between two years. False: it cannot be read. */
static bool build(const struct zone_definition *d, int first_year, int last_year, struct onsets *out)
{
	*out = (struct onsets){.last_year = last_year};
	if (d->broken)
		return false;
	for (size_t i = 0; i < d->n_observances; i++) {
		if (!expand(out, &d->observances[i], first_year)) {
			VEC_RELEASE(&out->list);
			return false;
		}
	}
	if (out->list.len == 0 && d->n_observances > 0) { /* all rules ended before: the last one's offset stays */
		out->observance = &d->observances[d->n_observances - 1];
		add_onset(out, out->observance->start);
	}
	if (out->list.len > 0)
		qsort(out->list.items, out->list.len, sizeof(out->list.items[0]), compare_onsets);
	return out->list.len > 0;
}

/* Offset at a wall-clock time: of a gap the one before it, of a fold the first. */
static int32_t offset_at(const struct zone_onset *onsets, size_t n, int64_t local_s)
{
	size_t lo = 0;
	size_t hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int32_t gap = onsets[mid].to_s > onsets[mid].from_s ? onsets[mid].to_s - onsets[mid].from_s : 0;
		if (onsets[mid].local_s + gap <= local_s)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo > 0 ? onsets[lo - 1].to_s : onsets[0].from_s;
}

struct instant zone_name_instant(const struct zone_name *n, struct recurrence_local at)
{
	int64_t local_s = local_seconds(at);

	if (n->zone != NULL)
		return zone_to_instant(n->zone, at.date, at.second, NULL);
	return (struct instant){local_s - offset_at(n->onsets, n->n_onsets, local_s)};
}

struct recurrence_local zone_name_local(const struct zone_name *n, struct instant at)
{
	int64_t local_s;
	int64_t days;

	if (n->zone != NULL) {
		struct zone_local local = zone_to_local(n->zone, at);
		return (struct recurrence_local){local.date, local.second};
	}
	local_s = at.utc_s + n->onsets[0].from_s;
	for (size_t i = 0; i < n->n_onsets && n->onsets[i].local_s - n->onsets[i].from_s <= at.utc_s; i++)
		local_s = at.utc_s + n->onsets[i].to_s;
	days = local_s >= 0 ? local_s / 86400 : -((86399 - local_s) / 86400);
	return (struct recurrence_local){{(int32_t)days}, (int32_t)(local_s - days * 86400)};
}

bool zone_name_agrees(const struct zone_name *n, struct recurrence_local at)
{
	struct onsets o;
	int year = date_split(at.date).year;
	bool same;

	if (n->zone == NULL || n->definition == NULL || !build(n->definition, year - 1, year + 1, &o))
		return true;
	same = local_seconds(at) - offset_at(o.list.items, o.list.len, local_seconds(at)) ==
		zone_to_instant(n->zone, at.date, at.second, NULL).utc_s;
	VEC_RELEASE(&o.list);
	return same;
}

/* The file's own zone. False: the definition cannot be read. */
static bool use_definition(struct zone_names *z, const struct zone_definition *d, struct zone_name *n)
{
	struct onsets o;

	if (!build(d, FIRST_YEAR, LAST_YEAR, &o))
		return false;
	n->onsets = arena_memdup(&z->arena, o.list.items, o.list.len * sizeof(o.list.items[0]));
	n->n_onsets = o.list.len;
	n->name = d->tzid;
	VEC_RELEASE(&o.list);
	return true;
}

static struct zone_name *find(struct zone_names *z, const char *tzid)
{
	size_t at;
	struct zone_name *n;
	struct zone *loaded;

	if (map_get_str(&z->known, tzid, &at))
		return at != UNKNOWN ? z->resolved.items[at] : NULL;
	if (tzid[0] == '\0' || strlen(tzid) > MAX_NAME_BYTES || z->known.len >= MAX_NAMES)
		return NULL;
	n = ARENA_NEW(&z->arena, struct zone_name, 1);
	if (map_get_str(&z->defined, tzid, &at))
		n->definition = z->definitions.items[at];
	loaded = zone_lookup(tzid);
	if (loaded != NULL) {
		VEC_PUSH(&z->loaded, loaded);
		n->zone = loaded;
		n->name = zone_name(loaded);
	} else if (n->definition == NULL || !use_definition(z, n->definition, n)) {
		map_put_str(&z->known, tzid, UNKNOWN); /* until the file defines it */
		return NULL;
	}
	map_put_str(&z->known, tzid, z->resolved.len);
	VEC_PUSH(&z->resolved, n);
	return n;
}

struct zone_name *zone_names_find(struct zone_names *z, const char *tzid)
{
	if (z->last_tzid[0] != '\0' && strcmp(z->last_tzid, tzid) == 0)
		return z->last;
	z->last = find(z, tzid);
	z->last_tzid[0] = '\0';
	if (z->last != NULL) /* so it is not too long */
		memcpy(z->last_tzid, tzid, strlen(tzid) + 1);
	return z->last;
}
