/* SPDX-License-Identifier: Apache-2.0 */
/* api: moved visits that are to go back to their agendas: the worklist as JSON, CSV and iCalendar. It names
 * people by their references: for the service and its operator alone, and each read is audited. The pool's work. */
#include "routes.h"

#include <planvax/base/text.h>
#include <planvax/jobs/moves.h>
#include <planvax/store/audit_store.h>
#include <planvax/store/register_store.h>

#include <string.h>

#define DEFAULT_LIMIT 100
#define SHEET_MOVES 10000

enum sheet { SHEET_NONE, SHEET_CSV, SHEET_ICS };

struct asking {
	struct move_query query;
	enum sheet sheet;
	int method;        /* enum ical_write_method, of SHEET_ICS */
};

static const struct name state_words[] = {{"open", MOVE_OPEN}, {"closed", MOVE_CLOSED}, {"withdrawn", MOVE_WITHDRAWN},
	{"stale", MOVE_STALE}, {"conflict", MOVE_CONFLICT}, {"all", -1}, {NULL, 0}};

static void put_move(const struct move *m, const struct move_terms *terms, struct json_writer *w)
{
	char day[11];

	json_begin_object(w);
	json_text_member(w, "service_id", m->service_id);
	json_int_member(w, "number", m->number);
	json_text_member(w, "month", m->month);
	json_text_member(w, "visit", m->visit_id);
	json_text_member(w, "kind", names_word(move_kind_names, (int)m->kind));
	json_text_member(w, "state", names_word(move_state_names, (int)m->state));
	json_text_member(w, "reason", m->reason == MOVE_REASON_NONE ? NULL : names_word(move_reason_names, (int)m->reason));
	json_bool_member(w, "overdue", move_is_overdue(m, terms->now, terms->after_s));
	json_text_member(w, "source", m->source);
	json_text_member(w, "uid", m->uid);
	json_text_member(w, "recurrence", *m->recurrence ? m->recurrence : NULL);
	json_text_member(w, "staff", m->staff_id);
	json_text_member(w, "to_staff", m->to_staff_id);
	call_put_instant(w, "from", m->from);
	call_put_instant(w, "to", m->to);
	json_text_member(w, "new_due", date_is_none(m->new_due) ? NULL : date_format(m->new_due, day));
	json_text_member(w, "regime", m->regime);
	json_text_member(w, "offer", m->offer_id);
	json_text_member(w, "place", m->place);
	json_text_member(w, "person", m->person_ref);
	json_int_member(w, "first_version", m->first_version);
	json_int_member(w, "version", m->version);
	call_put_instant(w, "told_before", m->before);
	call_put_instant(w, "stands_at", m->start);
	call_put_instant(w, "opened_at", m->opened_at);
	call_put_instant(w, "seen_at", m->seen_at);
	call_put_instant(w, "told_at", m->told_at);
	call_put_instant(w, "reminded_at", m->reminded_at);
	json_int_member(w, "reminders", m->reminders);
	json_end_object(w);
}

/* ---- audit ---- */

struct reading {
	const struct move_query *query;
	struct audit_line line;
	bool told; /* handed out as a sheet */
};

static int write_reading(struct tx *tx, void *arg)
{
	const struct reading *r = arg;

	audit_store_put(tx, &r->line);
	return r->told ? move_store_told(tx, r->query) : tx_error(tx);
}

/* Who read the worklist stands in the audit trail before it is answered. */
static int audit(struct api_call *c, const struct asking *a, size_t n)
{
	struct reading r = {.query = &a->query, .told = a->sheet != SHEET_NONE, .line = {.actor = c->caller.actor, .action = AUDIT_PERSON_READ,
		.service_id = a->query.service_id, .subject = "moves", .detail = arena_printf(c->arena, "%zu moved visits", n)}};

	return writer_call(c->context->writer, write_reading, &r);
}

/* ---- list ---- */

static void write_list(struct api_call *c)
{
	const struct asking *a = c->state;
	struct move_query query = a->query;
	const struct move *rows = NULL;
	struct move_terms terms;
	struct json_writer w;
	size_t n = 0;

	query.limit++;
	int rc = move_store_list(c->tx, &query, c->arena, &rows, &n);
	bool more = n > a->query.limit;
	n = more ? a->query.limit : n;
	if (rc == 0)
		rc = audit(c, a, n);
	if (rc < 0) {
		call_failed(c, rc);
		return;
	}
	moves_terms(c->settings, &terms);
	call_writer(c, &w);
	json_begin_object(&w);
	json_put_key(&w, "items");
	json_begin_array(&w);
	for (size_t i = 0; i < n; i++)
		put_move(&rows[i], &terms, &w);
	json_end_array(&w);
	call_next(c, &w, more ? arena_printf(c->arena, "%lld %s", (long long)rows[n - 1].number, rows[n - 1].service_id) : NULL);
	json_end_object(&w);
	call_json(c, 200);
}

/* "12 S001" of a cursor; what is none begins at the start. */
static void continue_after(struct move_query *query, const char *after)
{
	const char *blank = after ? strchr(after, ' ') : NULL;

	if (blank && text_int(after, (size_t)(blank - after), 0, INT64_MAX, &query->after_number) == 0)
		query->after_service = blank + 1;
}

/* Filters that list and sheets share. */
static void read_filters(struct api_call *c, struct asking *a)
{
	const char *state = call_query(c, "state");

	a->query.staff_id = call_query(c, "staff");
	a->query.source = call_query(c, "source");
	a->query.state = MOVE_OPEN;
	if (state && !names_value(state_words, state, strlen(state), &a->query.state))
		call_wrong(c, "query/state", "is not open, closed, withdrawn, stale, conflict or all");
}

void api_moves_list(struct api_call *c)
{
	struct asking *a = ARENA_NEW(c->arena, struct asking, 1);
	const char *after = NULL;

	read_filters(c, a);
	a->query.service_id = call_query(c, "service");
	call_page(c, DEFAULT_LIMIT, &a->query.limit, &after);
	if (call_refused(c, 400))
		return;
	continue_after(&a->query, after);
	if (c->caller.role == TOKEN_SERVICE && !a->query.service_id)
		a->query.service_id = c->caller.service_id;
	if (a->query.service_id && access_audience(c->tx, &c->caller, a->query.service_id, c->arena) != AUDIENCE_SERVICE) {
		call_not_found(c);
		return;
	}
	c->state = a;
	c->work = write_list;
	c->work_reads = true;
}

/* ---- sheets ---- */

static int write_table(struct api_call *c, const struct move *rows, size_t n)
{
	const struct asking *a = c->state;
	struct move_terms terms;
	struct service service;
	struct zone *zone = NULL;
	int rc = register_store_service(c->tx, a->query.service_id, c->arena, &service);

	if (rc < 0)
		return rc;
	if (zone_load(service.timezone ? service.timezone : registers_region_zone(service.region), &zone) < 0)
		zone = NULL;
	moves_terms(c->settings, &terms);
	move_sheet_csv(&(struct move_sheet_table){.moves = rows, .n = n, .zone = zone ? zone : zone_utc(), .now = terms.now, .after_s = terms.after_s},
		&c->reply->body);
	zone_free(zone);
	return 0;
}

static void write_sheet(struct api_call *c)
{
	const struct asking *a = c->state;
	const struct move *rows = NULL;
	size_t n = 0;
	int rc = move_store_list(c->tx, &a->query, c->arena, &rows, &n);

	if (rc == 0)
		rc = audit(c, a, n);
	if (rc == 0 && a->sheet == SHEET_CSV) {
		rc = write_table(c, rows, n);
	} else if (rc == 0) {
		struct move_sheet_calendar calendar = {.moves = rows, .n = n, .method = (enum ical_write_method)a->method};

		moves_calendar(c->settings, &calendar, &c->reply->body);
	}
	if (rc < 0)
		call_failed(c, rc);
	else
		call_typed(c, 200, a->sheet == SHEET_CSV ? "text/csv; charset=utf-8" : "text/calendar; charset=utf-8");
}

/* The service of "S001.csv" or "S001.ics", and which sheet is wanted. */
static const char *service_of(struct api_call *c, enum sheet *sheet)
{
	const char *file = c->path[0];
	size_t len = strlen(file);

	*sheet = text_ends(file, ".csv") ? SHEET_CSV : text_ends(file, ".ics") ? SHEET_ICS : SHEET_NONE;
	return *sheet == SHEET_NONE || len < 5 ? NULL : arena_strndup(c->arena, file, len - 4);
}

void api_moves_sheet(struct api_call *c)
{
	struct asking *a = ARENA_NEW(c->arena, struct asking, 1);
	const char *method = call_query(c, "method");

	read_filters(c, a);
	a->method = c->settings->parts.jobs->move_method;
	if (method && !strcmp(method, "PUBLISH"))
		a->method = ICAL_WRITE_PUBLISH;
	else if (method && !strcmp(method, "REQUEST"))
		a->method = ICAL_WRITE_REQUEST;
	else if (method)
		call_wrong(c, "query/method", "is not PUBLISH or REQUEST");
	if (call_refused(c, 400))
		return;
	a->query.limit = SHEET_MOVES;
	a->query.service_id = service_of(c, &a->sheet);
	if (!a->query.service_id || access_audience(c->tx, &c->caller, a->query.service_id, c->arena) != AUDIENCE_SERVICE) {
		call_not_found(c);
		return;
	}
	c->state = a;
	c->work = write_sheet;
	c->work_reads = true;
}
