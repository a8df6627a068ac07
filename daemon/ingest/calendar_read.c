/* SPDX-License-Identifier: Apache-2.0 */
/* calendar_read: see calendar_read.h. */
#include <planvax/ingest/calendar_read.h>

#include <planvax/base/alloc.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES 65536

const struct name calendar_read_status_names[] = {
	{"visit", CALENDAR_VISIT},
	{"busy", CALENDAR_BUSY},
	{"free", CALENDAR_FREE},
	{"cancelled", CALENDAR_CANCELLED},
	{"rejected", CALENDAR_REJECTED},
	{NULL, 0},
};

#define MAX_PERSON_BYTES 128

struct calendar_reader {
	struct calendar_options options;
	struct event_reader *events;
	struct calendar_counts counts;
	struct arena arena;        /* of the current occurrence */
	bool has_window;
	struct instant from, to;
	int64_t rejected_line;     /* the component rejected last: its other instances are silent */
};

static void fill_row(const struct event *e, struct calendar_row *row)
{
	*row = (struct calendar_row){
		.line = e->line,
		.id = e->id,
		.uid = e->uid,
		.has_recurrence_id = e->has_recurrence_id,
		.recurring = e->recurring,
		.series = e->series,
		.recurrence_id = e->recurrence_id,
		.has_time = e->has_time,
		.start = e->start,
		.end = e->end,
		.zone = e->zone,
		.due = DATE_NONE,
		.sequence = e->sequence,
		.stamp = e->stamp,
	};
}

static void give_reject(struct calendar_reader *r, struct calendar_row *row, const struct event_problem *problem)
{
	row->status = CALENDAR_REJECTED;
	row->problem = problem;
	r->counts.rejected++;
	r->options.row(r->options.arg, row);
}

static void on_rejected(void *arg, const struct event_problem *problem)
{
	struct calendar_reader *r = arg;
	struct calendar_row row = {
		.line = problem->component, .id = problem->uid, .uid = problem->uid, .due = DATE_NONE, .stamp = EVENT_NO_INSTANT,
	};

	give_reject(r, &row, problem);
}

static void on_warning(void *arg, const struct event_problem *problem)
{
	struct calendar_reader *r = arg;

	r->counts.warnings++;
	if (r->options.warning != NULL)
		r->options.warning(r->options.arg, problem);
}

/* Rejects an event that was read well but says half of what a visit is; once for all its instances. */
static void refuse(struct calendar_reader *r, const struct event *e, const struct event_property *at, struct event_problem *p)
{
	struct calendar_row row;

	if (r->rejected_line == e->line)
		return;
	r->rejected_line = e->line;
	p->component = e->line;
	p->uid = e->uid;
	p->line = at != NULL ? at->line : e->line;
	p->column = at != NULL ? at->column : 0;
	fill_row(e, &row);
	give_reject(r, &row, p);
}

static void refuse_half(struct calendar_reader *r, const struct event *e, const struct mapping_result *m)
{
	struct event_problem p = {.code = ERR_INVALID};
	const struct event_property *at = m->type_property;

	if (m->person == NULL) {
		event_problem_set(&p, ERR_INVALID, "the event has the visit type %.60s but names no person", m->type);
		event_problem_hint(&p, "name the person (X-PLANVAX-PERSON), or drop the type");
	} else if (at != NULL) { /* never with its text, which may hold a name, but where it is nearly a code */
		const char *nearest = mapping_nearest_code(r->options.mapping, at->value);
		if (nearest != NULL)
			event_problem_set(&p, ERR_INVALID, "the event names a person but \"%.80s\" is no known visit type", at->value);
		else
			event_problem_set(&p, ERR_INVALID, "the event names a person but its %.40s tells no known visit type", at->name);
		if (nearest != NULL)
			event_problem_hint(&p, "did you mean %.60s?", nearest);
		else
			event_problem_hint(&p, "expected a code such as VIP_PERIODIQUE, or words of a key type.CODE");
	} else {
		at = m->person_property;
		event_problem_set(&p, ERR_INVALID, "the event names a person but no visit type");
		event_problem_hint(&p, "expected a code such as VIP_PERIODIQUE in CATEGORIES");
	}
	refuse(r, e, at, &p);
}

static void refuse_person(struct calendar_reader *r, const struct event *e, const struct mapping_result *m)
{
	struct event_problem p = {.code = ERR_LIMIT};

	event_problem_set(&p, ERR_LIMIT, "what should be the person's reference is %zu bytes long, at most %d", strlen(m->person), MAX_PERSON_BYTES);
	event_problem_hint(&p, "map a number or code of the person: person = PROPERTY ~ REGEX with one group");
	refuse(r, e, m->person_property, &p);
}

static void refuse_due(struct calendar_reader *r, const struct event *e, const struct event_property *at)
{
	struct event_problem p = {.code = ERR_INVALID};

	if (at->name[0] == 'X' || strcmp(at->name, "DUE") == 0) /* other texts may hold a name */
		event_problem_set(&p, ERR_INVALID, "%.60s: \"%.60s\" is not a date", at->name, at->value);
	else
		event_problem_set(&p, ERR_INVALID, "%.60s: what is found there is not a date", at->name);
	event_problem_hint(&p, "expected YYYY-MM-DD, YYYYMMDD or DD/MM/YYYY");
	refuse(r, e, at, &p);
}

static void add_staff(const char **list, size_t *n, const char *id)
{
	for (size_t i = 0; i < *n; i++) {
		if (strcmp(list[i], id) == 0)
			return;
	}
	list[(*n)++] = id;
}

/* Registered members among those named, each once; nobody: the file's own member. */
static void fill_staff(struct calendar_reader *r, const struct mapping_result *m, struct calendar_row *row)
{
	const struct calendar_options *o = &r->options;
	const char **list = ARENA_NEW(&r->arena, const char *, m->n_staff + 1);
	size_t n = 0;

	for (size_t i = 0; i < m->n_staff; i++) {
		const char *id = o->staff != NULL ? o->staff(o->staff_arg, m->staff[i]) : NULL;
		if (o->staff == NULL)
			list[n++] = m->staff[i]; /* they are named once each */
		else if (id != NULL)
			add_staff(list, &n, id);
	}
	if (n == 0 && o->default_staff != NULL)
		add_staff(list, &n, o->default_staff);
	row->staff = list;
	row->n_staff = n;
}

static bool outside(const struct calendar_reader *r, const struct event *e)
{
	if (!r->has_window || !r->options.window_singles || !e->has_time)
		return false;
	return e->start.utc_s >= r->to.utc_s || (e->end.utc_s <= r->from.utc_s && e->start.utc_s < r->from.utc_s);
}

static void give(struct calendar_reader *r, struct calendar_row *row, enum calendar_status status)
{
	row->status = status;
	r->counts.occurrences++;
	switch (status) {
	case CALENDAR_VISIT:
		r->counts.visit++;
		break;
	case CALENDAR_BUSY:
		r->counts.busy++;
		break;
	case CALENDAR_FREE:
		r->counts.free++;
		break;
	case CALENDAR_CANCELLED:
		r->counts.cancelled++;
		break;
	case CALENDAR_REJECTED:
		break;
	}
	r->options.row(r->options.arg, row);
}

static void map_occurrence(struct calendar_reader *r, const struct event *e)
{
	struct mapping_result m;
	const struct event_property *at = NULL;
	struct calendar_row row;
	bool cancelled = e->cancelled;

	if (r->options.seen != NULL)
		r->options.seen(r->options.arg, e);
	if (mapping_apply(r->options.mapping, e, &r->arena, &m, &at) < 0) {
		if (!cancelled) {
			refuse_due(r, e, at);
			return;
		}
		m = (struct mapping_result){.due = DATE_NONE};
	}
	if (!cancelled && (m.person == NULL) != (m.type == NULL)) {
		refuse_half(r, e, &m);
		return;
	}
	if (m.person != NULL && strlen(m.person) > MAX_PERSON_BYTES) {
		refuse_person(r, e, &m);
		return;
	}
	if (outside(r, e))
		return;
	fill_row(e, &row);
	fill_staff(r, &m, &row);
	row.place = m.place;
	if (m.person != NULL && m.type != NULL) {
		row.person = m.person;
		row.type = m.type;
		row.due = m.due;
	}
	if (cancelled)
		give(r, &row, CALENDAR_CANCELLED);
	else if (m.person != NULL)
		give(r, &row, CALENDAR_VISIT);
	else
		give(r, &row, e->transparent ? CALENDAR_FREE : CALENDAR_BUSY);
}

static void on_occurrence(void *arg, const struct event *event)
{
	struct calendar_reader *r = arg;

	map_occurrence(r, event);
	arena_reset(&r->arena);
}

struct calendar_reader *calendar_reader_new(const struct calendar_options *options)
{
	struct calendar_reader *r = xcalloc(1, sizeof(*r));
	struct event_reader_options o = {
		.zone = options->zone, .occurrence = on_occurrence, .rejected = on_rejected, .warning = on_warning, .arg = r,
	};

	r->options = *options;
	if (r->options.zone == NULL)
		r->options.zone = o.zone = zone_utc();
	r->has_window = !date_is_none(options->from) && !date_is_none(options->to);
	if (r->has_window) {
		r->from = zone_to_instant(r->options.zone, options->from, 0, NULL);
		r->to = zone_to_instant(r->options.zone, date_add_days(options->to, 1), 0, NULL);
	}
	o.keep = mapping_properties(options->mapping, &o.n_keep);
	o.has_window = r->has_window;
	o.from = r->from;
	o.to = r->to;
	r->events = event_reader_new(&o);
	return r;
}

void calendar_reader_feed(struct calendar_reader *r, const char *bytes, size_t len)
{
	event_reader_feed(r->events, bytes, len);
}

void calendar_reader_finish(struct calendar_reader *r, struct calendar_counts *counts)
{
	struct event_counts seen;

	event_reader_finish(r->events);
	seen = event_reader_counts(r->events);
	if (counts != NULL) {
		counts->components += seen.components;
		counts->bytes += seen.bytes;
		counts->occurrences += r->counts.occurrences;
		counts->visit += r->counts.visit;
		counts->busy += r->counts.busy;
		counts->free += r->counts.free;
		counts->cancelled += r->counts.cancelled;
		counts->rejected += r->counts.rejected;
		counts->warnings += r->counts.warnings;
	}
	event_reader_free(r->events);
	arena_release(&r->arena);
	free(r);
}

int calendar_read_fd(int fd, const struct calendar_options *options, struct calendar_counts *counts, struct fault *f)
{
	struct calendar_reader *r = calendar_reader_new(options);
	char *block = xmalloc(BLOCK_BYTES);
	ssize_t n;
	int rc = 0;

	while ((n = read(fd, block, BLOCK_BYTES)) != 0) {
		if (n > 0)
			calendar_reader_feed(r, block, (size_t)n);
		else if (errno != EINTR)
			break;
	}
	if (n < 0)
		rc = fault_set(f, ERR_IO, "%s", strerror(errno));
	free(block);
	calendar_reader_finish(r, counts);
	return rc;
}

void calendar_read_text(const char *text, size_t len, const struct calendar_options *options, struct calendar_counts *counts)
{
	struct calendar_reader *r = calendar_reader_new(options);

	calendar_reader_feed(r, text, len);
	calendar_reader_finish(r, counts);
}
