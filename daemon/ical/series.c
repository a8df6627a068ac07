/* SPDX-License-Identifier: Apache-2.0 */
/* series: see series.h. Records are sorted by UID, then by what they are: events,
 * THISANDFUTURE overrides, original starts that are replaced, such days. So one
 * UID is in memory at a time. */
#include "series.h"

#include <stdlib.h>
#include <string.h>

#include "normal_pack.h"

enum kind { KIND_MASTER = 'a', KIND_RANGE, KIND_START, KIND_DAY };
#define NUMBER_BYTES 8

/* One UID in the buffer. */
struct group {
	size_t at;    /* its first record */
	int64_t line; /* of the event that counts */
};

void series_init(struct series *s, const struct series_options *options)
{
	*s = (struct series){.options = *options};
	spill_init(&s->spill, EVENT_MAX_HELD_BYTES);
}

void series_release(struct series *s)
{
	spill_release(&s->spill);
	instances_release(&s->instances);
	buf_release(&s->uid);
	buf_release(&s->key);
	buf_release(&s->value);
}

/* Appends a number that sorts as bytes. */
static void put_number(struct buf *key, int64_t number)
{
	uint64_t bits = (uint64_t)number ^ (UINT64_C(1) << 63);

	for (int shift = 56; shift >= 0; shift -= 8)
		buf_putc(key, (char)(bits >> shift & 0xff));
}

static int64_t number_of(const char *bytes)
{
	uint64_t bits = 0;

	for (int i = 0; i < NUMBER_BYTES; i++)
		bits = bits << 8 | (unsigned char)bytes[i];
	return (int64_t)(bits ^ (UINT64_C(1) << 63));
}

/* Adds a record; n is its value, or NULL. */
static int put(struct series *s, const char *uid, enum kind kind, int64_t number, const struct normal *n)
{
	buf_reset(&s->key);
	buf_puts(&s->key, uid);
	buf_putc(&s->key, '\0');
	buf_putc(&s->key, (char)kind);
	put_number(&s->key, number);
	buf_reset(&s->value);
	if (n != NULL) {
		put_number(&s->key, n->line); /* of equal ones the later counts */
		normal_pack(n, &s->value);
	}
	return spill_put(&s->spill, s->key.data, s->key.len, &s->value);
}

int series_override(struct series *s, const struct normal *n)
{
	int rc = put(s, n->uid, KIND_START, n->recurrence_at.utc_s, NULL);

	if (rc == 0 && n->recurrence_is_date)
		rc = put(s, n->uid, KIND_DAY, n->recurrence.date.days, NULL);
	if (rc == 0 && n->this_and_future)
		rc = put(s, n->uid, KIND_RANGE, n->recurrence_at.utc_s, n);
	return rc;
}

void series_give(struct series *s, const struct normal *n)
{
	struct event e;

	instances_fill(n, &e);
	e.has_recurrence_id = n->has_recurrence_id;
	e.recurrence_id = n->recurrence_at;
	e.series = n->cancelled && !n->has_recurrence_id;
	e.id = n->has_recurrence_id ? instances_id(&s->key, n->uid, &n->recurrence_at) : n->uid;
	s->options.instances.occurrence(s->options.instances.arg, &e);
}

/* ---- rejects ---- */

static void refuse(struct series *s, const struct normal *n, const struct fault *f)
{
	struct event_problem p = {
		.line = n->n_rules > 0 ? n->rule_line : n->line, .column = n->rule_column, .component = n->line, .uid = n->uid,
	};

	event_problem_set(&p, f->code, "%s", f->what);
	event_problem_hint(&p, "%s", f->hint);
	s->options.rejected(s->options.arg, &p);
}

static void no_room(const struct series *s, struct event_problem *p)
{
	event_problem_set(p, ERR_IO, "no room for recurring events in a temporary file: %s", strerror(s->spill.error));
	event_problem_hint(p, "TMPDIR names a folder with more room");
}

int series_hold(struct series *s, const struct normal *n)
{
	struct event_problem p = {.line = n->line, .component = n->line, .uid = n->uid};

	if (put(s, n->uid, KIND_MASTER, n->line, n) == 0) {
		s->held++;
		return 0;
	}
	no_room(s, &p);
	s->options.rejected(s->options.arg, &p);
	return ERR_IO;
}

/* What the temporary file does not give back: lines are not known any more. */
static void reject_lost(struct series *s)
{
	struct event_problem p = {.line = 1};

	no_room(s, &p);
	for (; s->held > 0; s->held--)
		s->options.rejected(s->options.arg, &p);
}

static void tell_older(struct series *s, const char *uid, int64_t line)
{
	struct event_problem p = {.line = line, .component = line, .uid = uid};

	if (s->options.warning == NULL)
		return;
	event_problem_set(&p, ERR_CONFLICT, "a newer version of this recurring event stands in the same file");
	s->options.warning(s->options.arg, &p);
}

/* ---- one UID ---- */

/* Whether b, which stands later, counts against a. */
static bool is_newer(const struct normal *a, const struct normal *b)
{
	return b->sequence > a->sequence || (b->sequence == a->sequence && b->stamp.utc_s >= a->stamp.utc_s);
}

static void add_master(struct series *s, const struct spill_record *r)
{
	struct instances *i = &s->instances;
	struct normal n = normal_pack_head(r->value);

	s->held--;
	if (s->has_master && !is_newer(&i->master, &n)) {
		tell_older(s, r->key, n.line);
		return;
	}
	if (s->has_master)
		tell_older(s, r->key, i->master.line);
	arena_reset(&i->arena);
	i->master = normal_pack_read(r->value, r->len, &i->arena);
	s->has_master = true;
}

static void add_start(struct instances *i, int64_t utc_s)
{
	if (i->replaced.len > 0 && i->replaced.items[i->replaced.len - 1] == utc_s)
		return;
	if (i->replaced.len >= INSTANCES_MAX_REPLACED)
		i->too_many = true;
	else
		VEC_PUSH(&i->replaced, utc_s);
}

static void add_day(struct instances *i, int32_t day)
{
	if (i->replaced_days.len > 0 && i->replaced_days.items[i->replaced_days.len - 1] == day)
		return;
	if (i->replaced_days.len >= INSTANCES_MAX_REPLACED)
		i->too_many = true;
	else
		VEC_PUSH(&i->replaced_days, day);
}

static void add_range(struct instances *i, const struct spill_record *r)
{
	if (i->ranges.len >= INSTANCES_MAX_RANGES || i->arena.used_bytes > EVENT_MAX_HELD_BYTES) {
		i->too_many = true;
		return;
	}
	VEC_PUSH(&i->ranges, normal_pack_read(r->value, r->len, &i->arena));
}

/* Adds a record of the UID; those of events come first. */
static void add(struct series *s, const struct spill_record *r)
{
	size_t uid_len = strlen(r->key);
	enum kind kind = (enum kind)r->key[uid_len + 1];
	int64_t number = number_of(r->key + uid_len + 2);
	struct instances *i = &s->instances;

	if (kind == KIND_MASTER)
		add_master(s, r);
	else if (!s->has_master)
		return; /* overrides whose event is not in the file stand for themselves */
	else if (kind == KIND_RANGE)
		add_range(i, r);
	else if (kind == KIND_START && instances_matter(i, &s->options.instances, number))
		add_start(i, number);
	else if (kind == KIND_DAY && instances_matter(i, &s->options.instances, number * 86400))
		add_day(i, (int32_t)number);
}

static void end_uid(struct series *s)
{
	struct fault f = FAULT_NONE;

	if (s->has_master && instances_give(&s->instances, &s->options.instances, &f) < 0)
		refuse(s, &s->instances.master, &f);
	instances_reset(&s->instances);
	s->has_master = false;
}

/* Whether a record belongs to the UID that is being collected; else that one becomes it. */
static bool same_uid(struct series *s, const struct spill_record *r)
{
	size_t len = strlen(r->key);

	if (s->uid.len == len && memcmp(buf_str(&s->uid), r->key, len) == 0)
		return true;
	buf_reset(&s->uid);
	buf_put(&s->uid, r->key, len);
	return false;
}

/* ---- all of them ---- */

/* By UID, as they come from the file. */
static void expand_merged(struct series *s)
{
	struct spill_record r;

	buf_reset(&s->uid);
	while (spill_next(&s->spill, &r) == 1) {
		if (!same_uid(s, &r))
			end_uid(s);
		add(s, &r);
	}
	if (s->spill.error != 0 && s->has_master) { /* not all that replaces its instances came back */
		s->held++;
		s->has_master = false;
	}
	end_uid(s);
}

static int compare_groups(const void *a, const void *b)
{
	const struct group *x = a;
	const struct group *y = b;

	return (x->line > y->line) - (x->line < y->line);
}

/* In the order in which the events stand in the file. */
static void expand_in_memory(struct series *s)
{
	VEC(struct group) groups = {.items = NULL};
	struct spill_record r;

	buf_reset(&s->uid);
	for (size_t at = spill_tell(&s->spill); spill_next(&s->spill, &r) == 1; at = spill_tell(&s->spill)) {
		if (!same_uid(s, &r))
			VEC_PUSH(&groups, ((struct group){at, INT64_MAX}));
		if (r.key[s->uid.len + 1] == KIND_MASTER && groups.len > 0)
			groups.items[groups.len - 1].line = normal_pack_head(r.value).line; /* the last one's: near enough */
	}
	if (groups.len > 0)
		qsort(groups.items, groups.len, sizeof(groups.items[0]), compare_groups);
	for (size_t i = 0; i < groups.len && groups.items[i].line != INT64_MAX; i++) {
		bool same = false;
		spill_seek(&s->spill, groups.items[i].at);
		while (spill_next(&s->spill, &r) == 1 && (same_uid(s, &r) || !same)) {
			add(s, &r);
			same = true;
		}
		end_uid(s);
	}
	VEC_RELEASE(&groups);
}

void series_expand(struct series *s)
{
	if (spill_rewind(&s->spill) == 0) {
		if (spill_is_on_disk(&s->spill))
			expand_merged(s);
		else
			expand_in_memory(s);
	}
	reject_lost(s);
}
