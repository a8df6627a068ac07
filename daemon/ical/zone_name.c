/* SPDX-License-Identifier: Apache-2.0 */
/* zone_name: see zone_name.h. */
#include "zone_name.h"

#include <planvax/base/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "date_value.h"

#define MAX_NAME_BYTES 200
#define MAX_ONSETS 2000
#define MAX_NAMES 2000 /* of a file */
#define UNKNOWN SIZE_MAX
#define FIRST_YEAR 1970
#define LAST_YEAR 2100

/* Display names that Outlook and Exchange write instead of a zone's name: what they say, without the offset. */
static const struct {
	const char *cities;
	const char *iana;
} display_names[] = {
	{"Brussels, Copenhagen, Madrid, Paris", "Europe/Paris"},
	{"Bruxelles, Copenhague, Madrid, Paris", "Europe/Paris"},
	{"Paris, Madrid", "Europe/Paris"},
	{"Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"},
	{"Amsterdam, Berlin, Berne, Rome, Stockholm, Vienne", "Europe/Berlin"},
	{"Belgrade, Bratislava, Budapest, Ljubljana, Prague", "Europe/Budapest"},
	{"Sarajevo, Skopje, Warsaw, Zagreb", "Europe/Warsaw"},
	{"Dublin, Edinburgh, Lisbon, London", "Europe/London"},
	{"Dublin, Édimbourg, Lisbonne, Londres", "Europe/London"},
	{"Coordinated Universal Time", "Etc/UTC"},
	{"Temps universel coordonné", "Etc/UTC"},
};

void zone_names_init(struct zone_names *z, const struct zone *fallback)
{
	*z = (struct zone_names){
		.floating = {.name = zone_name(fallback), .zone = fallback, .compared = true},
		.utc = {.name = "UTC", .zone = zone_utc(), .compared = true},
	};
}

void zone_names_release(struct zone_names *z)
{
	for (size_t i = 0; i < z->loaded.len; i++)
		zone_free(z->loaded.items[i]);
	VEC_RELEASE(&z->loaded);
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
	z->open = NULL;
	if (z->definitions.len >= ZONE_NAMES_MAX_DEFINITIONS)
		return;
	z->open = ARENA_NEW(&z->arena, struct zone_definition, 1);
}

void zone_names_begin_observance(struct zone_names *z)
{
	struct zone_definition *d = z->open;

	z->in_observance = false;
	if (d == NULL || d->n_observances >= ZONE_NAMES_MAX_OBSERVANCES)
		return;
	if ((d->n_observances & (d->n_observances - 1)) == 0) { /* room doubles at powers of two */
		struct zone_observance *more = ARENA_NEW(&z->arena, struct zone_observance, d->n_observances * 2 + 1);
		if (d->n_observances > 0)
			memcpy(more, d->observances, d->n_observances * sizeof(more[0]));
		d->observances = more;
	}
	d->n_observances++;
	z->in_observance = true;
}

static void add_dates(struct zone_names *z, struct zone_observance *o, const struct scanner_line *line)
{
	struct recurrence_local *dates;
	size_t n = 1;

	for (size_t i = 0; i < line->value_len; i++)
		n += line->value[i] == ',';
	if (o->n_dates + n > ZONE_NAMES_MAX_DATES)
		return;
	dates = ARENA_NEW(&z->arena, struct recurrence_local, o->n_dates + n);
	if (o->n_dates > 0)
		memcpy(dates, o->dates, o->n_dates * sizeof(dates[0]));
	o->dates = dates;
	for (size_t at = 0; at <= line->value_len;) {
		const char *comma = memchr(line->value + at, ',', line->value_len - at);
		size_t len = comma != NULL ? (size_t)(comma - line->value) - at : line->value_len - at;
		struct date_value v;
		if (date_value_parse(line->value + at, len, &v) == 0)
			dates[o->n_dates++] = (struct recurrence_local){v.date, v.second};
		at += len + 1;
	}
}

static void observance_line(struct zone_names *z, struct zone_observance *o, const struct scanner_line *line)
{
	struct date_value v;

	if (strcmp(line->name, "DTSTART") == 0 && date_value_parse(line->value, line->value_len, &v) == 0) {
		o->start = (struct recurrence_local){v.date, v.second};
		o->has_start = true;
	} else if (strcmp(line->name, "TZOFFSETFROM") == 0) {
		o->has_from = date_value_offset(line->value, line->value_len, &o->from_s) == 0;
	} else if (strcmp(line->name, "TZOFFSETTO") == 0) {
		o->has_to = date_value_offset(line->value, line->value_len, &o->to_s) == 0;
	} else if (strcmp(line->name, "RRULE") == 0 && line->value_len <= RECURRENCE_MAX_RULE_BYTES) {
		o->rule = arena_strndup(&z->arena, line->value, line->value_len);
	} else if (strcmp(line->name, "RDATE") == 0) {
		add_dates(z, o, line);
	}
}

void zone_names_line(struct zone_names *z, const struct scanner_line *line)
{
	if (z->open == NULL)
		return;
	if (z->in_observance)
		observance_line(z, &z->open->observances[z->open->n_observances - 1], line);
	else if (strcmp(line->name, "TZID") == 0 && line->value_len > 0 && line->value_len <= MAX_NAME_BYTES)
		z->open->tzid = arena_strndup(&z->arena, line->value, line->value_len);
}

void zone_names_end_observance(struct zone_names *z)
{
	z->in_observance = false;
}

void zone_names_end(struct zone_names *z)
{
	struct zone_definition *d = z->open;

	z->open = NULL;
	if (d == NULL || d->tzid == NULL)
		return;
	map_put_str(&z->defined, d->tzid, z->definitions.len);
	VEC_PUSH(&z->definitions, d);
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
	const struct recurrence_span span = {not_before(&rule, observance->start, first_year), false, DATE_NONE};
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

/* ---- names ---- */

static struct zone *load(struct zone_names *z, const char *name)
{
	struct zone *zone;

	if (zone_load(name, &zone) < 0)
		return NULL;
	VEC_PUSH(&z->loaded, zone);
	return zone;
}

/* "/vendor.org/2005/Europe/Paris": the longest end of it that is a zone. */
static struct zone *load_behind_prefix(struct zone_names *z, const char *tzid)
{
	struct zone *zone = NULL;

	for (const char *slash = strchr(tzid, '/'); slash != NULL && zone == NULL; slash = strchr(slash + 1, '/')) {
		if (strchr(slash + 1, '/') != NULL)
			zone = load(z, slash + 1);
	}
	return zone;
}

static struct zone *load_windows(struct zone_names *z, const char *tzid)
{
	UErrorCode status = U_ZERO_ERROR;
	UChar windows[MAX_NAME_BYTES + 1];
	UChar id[MAX_NAME_BYTES + 1];
	char iana[MAX_NAME_BYTES + 1];
	int32_t n = 0;
	int32_t len;

	u_strFromUTF8(windows, MAX_NAME_BYTES, &n, tzid, -1, &status);
	if (U_FAILURE(status))
		return NULL;
	len = ucal_getTimeZoneIDForWindowsID(windows, n, NULL, id, MAX_NAME_BYTES, &status);
	if (U_FAILURE(status) || len <= 0)
		return NULL;
	for (int32_t i = 0; i < len; i++)
		iana[i] = (char)id[i]; /* zone ids are ASCII */
	iana[len] = '\0';
	return load(z, iana);
}

static struct zone *load_display_name(struct zone_names *z, const char *tzid)
{
	for (size_t i = 0; i < sizeof(display_names) / sizeof(display_names[0]); i++) {
		if (strstr(tzid, display_names[i].cities) != NULL)
			return load(z, display_names[i].iana);
	}
	return NULL;
}

/* "europe/paris", "EUROPE/PARIS": the usual capitals. */
static struct zone *load_capitals(struct zone_names *z, const char *tzid)
{
	char name[MAX_NAME_BYTES + 1];
	bool first = true;

	if (strchr(tzid, '/') == NULL)
		return NULL;
	for (size_t i = 0; i <= strlen(tzid); i++) {
		char c = tzid[i];
		bool lower = c >= 'a' && c <= 'z';
		bool upper = c >= 'A' && c <= 'Z';
		if (first && lower)
			c = (char)(c - 'a' + 'A');
		else if (!first && upper)
			c = (char)(c - 'A' + 'a');
		name[i] = c;
		first = !lower && !upper;
	}
	return strcmp(name, tzid) != 0 ? load(z, name) : NULL;
}

/* "UTC+01", "(GMT +01:00)": nothing but an offset of whole hours, which tzdata names Etc/GMT-1. */
static struct zone *load_offset(struct zone_names *z, const char *tzid)
{
	const char *p = tzid + (tzid[0] == '(');
	char name[16];
	int hours = 0;
	int sign;
	int n = 0;

	if (strncasecmp(p, "UTC", 3) != 0 && strncasecmp(p, "GMT", 3) != 0)
		return NULL;
	p += 3;
	p += *p == ' ';
	if (*p != '+' && *p != '-')
		return NULL;
	sign = *p++ == '-' ? 1 : -1; /* POSIX counts westward */
	for (; *p >= '0' && *p <= '9' && n < 2; p++, n++)
		hours = hours * 10 + (*p - '0');
	if (strncmp(p, ":00", 3) == 0)
		p += 3;
	p += *p == ')' && tzid[0] == '(';
	if (n == 0 || *p != '\0' || hours > 14)
		return NULL;
	snprintf(name, sizeof(name), "Etc/GMT%+d", sign * hours);
	return load(z, name);
}

static struct zone *load_any(struct zone_names *z, const char *tzid)
{
	struct zone *zone = load(z, tzid);

	if (zone == NULL)
		zone = load_behind_prefix(z, tzid);
	if (zone == NULL)
		zone = load_windows(z, tzid);
	if (zone == NULL)
		zone = load_display_name(z, tzid);
	if (zone == NULL)
		zone = load_offset(z, tzid);
	if (zone == NULL)
		zone = load_capitals(z, tzid);
	return zone;
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

struct zone_name *zone_names_find(struct zone_names *z, const char *tzid)
{
	size_t at;
	struct zone_name *n;

	if (map_get_str(&z->known, tzid, &at))
		return at != UNKNOWN ? z->resolved.items[at] : NULL;
	if (tzid[0] == '\0' || strlen(tzid) > MAX_NAME_BYTES || z->known.len >= MAX_NAMES)
		return NULL;
	n = ARENA_NEW(&z->arena, struct zone_name, 1);
	if (map_get_str(&z->defined, tzid, &at))
		n->definition = z->definitions.items[at];
	n->zone = load_any(z, tzid);
	if (n->zone != NULL)
		n->name = zone_name(n->zone);
	else if (n->definition == NULL || !use_definition(z, n->definition, n)) {
		map_put_str(&z->known, tzid, UNKNOWN); /* until the file defines it */
		return NULL;
	}
	map_put_str(&z->known, tzid, z->resolved.len);
	VEC_PUSH(&z->resolved, n);
	return n;
}
