/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ingest_explain: see ctl_ingest_explain.h. Shows of an event's texts only what the
 * mapping takes from them: the rest may name a person. */
#include "ctl_ingest_explain.h"

#include <planvax/base/alloc.h>
#include <planvax/base/arena.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <planvax/ingest/reconcile.h>

#include <stdlib.h>
#include <string.h>

#define MAX_VERSIONS 200000

/* The newest version of an event so far. */
struct known {
	int64_t line;
	struct reconcile_version version;
};

struct ctl_ingest_explain {
	const struct calendar_options *options;
	struct arena arena;         /* of the current row */
	VEC(const char *) sentences;
	int64_t seen_line;          /* of the event that the sentences are about; 0: none */
	int64_t series_line;        /* the recurring event being given */
	size_t instance;            /* how many of its instances were */
	struct map version_at;
	VEC(struct known) versions;
	struct zone *zone;          /* of the last row that was written as text */
};

struct ctl_ingest_explain *ctl_ingest_explain_new(const struct calendar_options *options)
{
	struct ctl_ingest_explain *x = xcalloc(1, sizeof(*x));

	x->options = options;
	return x;
}

void ctl_ingest_explain_free(struct ctl_ingest_explain *x)
{
	if (!x)
		return;
	VEC_RELEASE(&x->sentences);
	VEC_RELEASE(&x->versions);
	map_release(&x->version_at);
	zone_free(x->zone);
	arena_release(&x->arena);
	free(x);
}

static void say(struct ctl_ingest_explain *x, const char *sentence)
{
	VEC_PUSH(&x->sentences, arena_strdup(&x->arena, sentence));
}

static void say_role(void *arg, enum mapping_role role, const char *sentence)
{
	struct ctl_ingest_explain *x = arg;

	(void)role;
	say(x, sentence);
}

static const struct event_property *property_of(const struct event *e, const char *name)
{
	for (size_t i = 0; i < e->n_properties; i++)
		if (!strcmp(e->properties[i].name, name))
			return &e->properties[i];
	return NULL;
}

/* Which rule gave the times their zone. */
static void explain_zone(struct ctl_ingest_explain *x, const struct event *e)
{
	const struct event_property *start = property_of(e, "DTSTART");
	const char *tzid = start ? event_param(start, "TZID") : NULL;
	size_t len = start ? strlen(start->value) : 0;
	const char *fallback = zone_name(x->options->zone), *text;

	if (!start || !e->zone)
		return;
	if (e->all_day)
		text = arena_printf(&x->arena, "times: whole days of %s, the zone of times without one", fallback);
	else if (len > 0 && (start->value[len - 1] == 'Z' || start->value[len - 1] == 'z'))
		text = "times: in UTC, as the Z of DTSTART says";
	else if (!tzid)
		text = arena_printf(&x->arena, "times: DTSTART names no zone, so they are taken in %s", fallback);
	else if (!strcmp(tzid, e->zone))
		text = arena_printf(&x->arena, "times: in zone %s, named by TZID", e->zone);
	else
		text = arena_printf(&x->arena, "times: TZID \"%.80s\" is read as %s", tzid, e->zone);
	say(x, text);
}

static void explain_recurrence(struct ctl_ingest_explain *x, const struct event *e)
{
	const struct event_property *rule = property_of(e, "RRULE");
	char original[17];

	if (e->recurring && x->series_line != e->line) {
		x->series_line = e->line;
		x->instance = 0;
	}
	if (e->recurring) {
		x->instance++;
		say(x, rule ? arena_printf(&x->arena, "recurrence: instance %zu that is given, by RRULE:%.120s", x->instance, rule->value) :
			arena_printf(&x->arena, "recurrence: instance %zu that is given, by RDATE", x->instance));
	} else if (e->has_recurrence_id) {
		say(x, arena_printf(&x->arena, "recurrence: takes the place of the instance of %s (RECURRENCE-ID)",
			instant_format_ical(e->recurrence_id, original)));
	}
}

static const char *why_newer(const struct reconcile_version *a, const struct reconcile_version *b)
{
	return a->sequence != b->sequence ? "SEQUENCE" : a->stamp.utc_s != b->stamp.utc_s ? "DTSTAMP" : NULL;
}

/* Which of several versions of an event counts. */
static void explain_version(struct ctl_ingest_explain *x, const struct event *e)
{
	const char *id = e->series ? e->uid : e->id;
	struct known new = {e->line, {.sequence = e->sequence, .stamp = e->stamp, .cancelled = e->cancelled}};
	struct known *old;
	size_t at;

	if (!id || (e->recurring && x->instance > 1))
		return;
	if (!map_get_str(&x->version_at, id, &at)) {
		if (x->versions.len >= MAX_VERSIONS)
			return;
		map_put_str(&x->version_at, id, x->versions.len);
		VEC_PUSH(&x->versions, new);
		return;
	}
	old = &x->versions.items[at];
	if (old->line == e->line)
		return;
	int order = reconcile_order(&new.version, &old->version);
	const char *why = why_newer(&new.version, &old->version);
	if (order > 0)
		say(x, arena_printf(&x->arena, "versions: newer than that of line %lld by its %s, so this one counts", (long long)old->line, why ? why : "place"));
	else if (order < 0)
		say(x, arena_printf(&x->arena, "versions: older than that of line %lld by its %s, so that one counts", (long long)old->line, why ? why : "place"));
	else
		say(x, arena_printf(&x->arena, "versions: line %lld has the same SEQUENCE and DTSTAMP; %s", (long long)old->line,
			old->version.cancelled && !e->cancelled ? "that one is cancelled and stays so" : "the later in the file counts"));
	if (order > 0 || (order == 0 && (!old->version.cancelled || e->cancelled)))
		*old = new;
}

void ctl_ingest_explain_seen(struct ctl_ingest_explain *x, const struct event *event)
{
	VEC_CLEAR(&x->sentences);
	arena_reset(&x->arena);
	x->seen_line = event->line;
	mapping_explain(x->options->mapping, event, say_role, x);
	explain_zone(x, event);
	explain_recurrence(x, event);
	explain_version(x, event);
}

/* What it became. */
static const char *verdict(struct ctl_ingest_explain *x, const struct calendar_row *row)
{
	const struct event_problem *p = row->problem;

	switch (row->status) {
	case CALENDAR_VISIT:
		return "a visit: person and type are named";
	case CALENDAR_BUSY:
		return "busy time: neither a person nor a type of visit is named";
	case CALENDAR_FREE:
		return "free time: TRANSP is TRANSPARENT, and neither a person nor a type of visit is named";
	case CALENDAR_CANCELLED:
		return row->series ? "cancelled with all its instances: STATUS is CANCELLED, or METHOD of the calendar is CANCEL" :
			"cancelled: STATUS is CANCELLED, or METHOD of the calendar is CANCEL";
	case CALENDAR_REJECTED:
		return arena_printf(&x->arena, "rejected: %s%s%s", p->what, p->hint[0] ? "; " : "", p->hint);
	}
	return "";
}

static void explain_staff(struct ctl_ingest_explain *x, const struct calendar_row *row)
{
	const struct calendar_options *o = x->options;

	if (!o->staff || row->status == CALENDAR_REJECTED)
		return;
	if (row->n_staff == 0)
		say(x, "whose: nobody of the staff register is named, nor does the file's name give one; it counts for nobody");
	else if (row->n_staff == 1 && o->default_staff && !strcmp(row->staff[0], o->default_staff))
		say(x, arena_printf(&x->arena, "whose: %s, by the file's name or the register", row->staff[0]));
	else
		say(x, arena_printf(&x->arena, "whose: %s, by the staff register%s", row->staff[0], row->n_staff > 1 ? "; the others named are busy too" : ""));
}

const char *const *ctl_ingest_explain_row(struct ctl_ingest_explain *x, const struct calendar_row *row, size_t *n)
{
	if (x->seen_line != row->line) {
		VEC_CLEAR(&x->sentences);
		arena_reset(&x->arena);
	}
	x->seen_line = 0;
	say(x, "");
	for (size_t i = x->sentences.len - 1; i > 0; i--)
		x->sentences.items[i] = x->sentences.items[i - 1];
	x->sentences.items[0] = verdict(x, row);
	explain_staff(x, row);
	*n = x->sentences.len;
	return x->sentences.items;
}

static void put_local(struct ctl_ingest_explain *x, const struct calendar_row *row, struct buf *out)
{
	const struct zone *zone = x->options->zone;
	char from[26], to[26];

	if (!x->zone || strcmp(zone_name(x->zone), row->zone) != 0) {
		zone_free(x->zone);
		x->zone = NULL;
		if (zone_load(row->zone, &x->zone) < 0)
			x->zone = NULL;
	}
	if (x->zone)
		zone = x->zone;
	instant_format_offset(row->start, zone_offset_s(zone, row->start), from);
	instant_format_offset(row->end, zone_offset_s(zone, row->end), to);
	buf_printf(out, " %.10s %.5s to ", from, from + 11);
	if (strncmp(from, to, 10) != 0)
		buf_printf(out, "%.10s ", to);
	buf_printf(out, "%.5s (%s)", to + 11, zone_name(zone));
}

void ctl_ingest_explain_text(struct ctl_ingest_explain *x, const char *file, const struct calendar_row *row, struct buf *out)
{
	size_t n;
	const char *const *sentences = ctl_ingest_explain_row(x, row, &n);

	buf_printf(out, "%s:%lld: %s", file, (long long)row->line, names_word(calendar_read_status_names, (int)row->status));
	if (row->has_time && row->zone)
		put_local(x, row, out);
	buf_printf(out, "%s%s\n", row->uid ? " " : "", row->uid ? row->uid : "");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "    %s\n", sentences[i]);
}
