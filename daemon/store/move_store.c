/* SPDX-License-Identifier: Apache-2.0 */
/* move_store: moves, and how they stand beside the agenda. */
#include <planvax/store/move_store.h>

#include <planvax/store/visit_store.h>

#include "row_list.h"
#include "statement_tables.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS \
	"m.service_id, m.number, m.month, m.visit_id, m.kind, m.state, m.reason, m.source, m.uid, m.recurrence, m.staff, m.to_staff," \
	" m.from_utc, m.to_utc, m.new_due, m.regime, m.offer_id, m.first_version, m.version, m.updates, m.before_utc," \
	" m.opened_utc, m.since_utc, m.seen_utc, m.told_utc, m.reminded_utc, m.reminders, m.announce," \
	" a.status, a.staff, a.person_ref, a.type, a.place, a.due, a.start_utc, a.end_utc, a.sequence, s.email"

#define TABLES \
	" FROM move m LEFT JOIN agenda a ON a.service_id = m.service_id AND a.source = m.source AND a.uid = m.uid" \
	" AND a.recurrence = m.recurrence LEFT JOIN staff s ON s.service_id = m.service_id AND s.staff_id = m.to_staff"

#define FILTERS \
	" AND ($3 IS NULL OR m.state = $3) AND ($4 IS NULL OR m.staff = $4 OR m.to_staff = $4) AND ($5 IS NULL OR m.source = $5)" \
	" ORDER BY m.service_id, m.number LIMIT $6"

#define SEEN_EVERY_S 3600

#define OVERDUE(after) "state = 'open' AND seen_utc IS NOT NULL AND since_utc <= " after

enum {
	OPEN_OF_MONTH, WATCHED, VISIT, LAST_NUMBER, PUT, CONFIRM, CHANGE, SEEN, END, SERVICES, EXPIRE, DUE, REMINDED, ANNOUNCED, LIST,
	LIST_SERVICE, TOLD, COUNT
};

static const struct statement rows[] = {
	[OPEN_OF_MONTH] = {.name = "open_moves_of_month", .sql =
		"SELECT " COLUMNS TABLES " WHERE m.service_id = $1 AND m.month = $2 AND m.state = 'open' ORDER BY m.visit_id"},
	[WATCHED] = {.name = "watched_moves", .sql =
		"SELECT " COLUMNS TABLES " WHERE m.service_id = $1 AND m.state IN ('open', 'conflict') ORDER BY m.number"},
	[VISIT] = {.name = "visit_of_move", .sql =
		"SELECT source, uid, recurrence, staff, start_utc FROM agenda WHERE service_id = $1 AND visit_id = $2 AND status = 'visit'"
		" ORDER BY source, uid LIMIT 1"},
	[LAST_NUMBER] = {.name = "last_move", .sql =
		"SELECT number FROM move WHERE service_id = $1 ORDER BY number DESC LIMIT 1"},
	[PUT] = {.name = "put_move", .sql =
		"INSERT INTO move (service_id, number, month, visit_id, kind, state, reason, source, uid, recurrence, staff, to_staff,"
		" from_utc, to_utc, new_due, regime, offer_id, first_version, version, updates, opened_utc, since_utc, reminders, announce)"
		" VALUES ($1, $2, $3, $4, $5, 'open', '', $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, 0, $17, $17, 0, 0)"},
	[CONFIRM] = {.name = "confirm_move", .sql =
		"UPDATE move SET version = $1, offer_id = $2 WHERE service_id = $3 AND number = $4"},
	/* What was told is kept, so that the change of mind can be told too. */
	[CHANGE] = {.name = "change_move", .sql =
		"UPDATE move SET version = $1, offer_id = $2, kind = $3, to_staff = $4, from_utc = $5, to_utc = $6, new_due = $7,"
		" regime = $8, updates = updates + 1, before_utc = CASE WHEN told_utc IS NULL THEN before_utc ELSE $9 END,"
		" announce = CASE WHEN told_utc IS NULL THEN announce ELSE 1 END, since_utc = $10, seen_utc = NULL, reminded_utc = NULL"
		" WHERE service_id = $11 AND number = $12"},
	[SEEN] = {.name = "seen_move", .sql = "UPDATE move SET seen_utc = $1 WHERE service_id = $2 AND number = $3"},
	[END] = {.name = "end_move", .sql =
		"UPDATE move SET state = $1, reason = $2, announce = $3 WHERE service_id = $4 AND number = $5"},
	[SERVICES] = {.flags = STATEMENT_SCANS, .name = "services_with_moves", .sql =
		"SELECT DISTINCT service_id FROM move WHERE state IN ('open', 'conflict') ORDER BY service_id"},
	[EXPIRE] = {.flags = STATEMENT_SCANS, .name = "expire_moves", .sql =
		"UPDATE move SET state = 'stale' WHERE state = 'open' AND from_utc < $1 AND (to_utc IS NULL OR to_utc < $1) RETURNING 1"},
	[DUE] = {.flags = STATEMENT_SCANS, .name = "due_moves", .sql =
		"SELECT service_id FROM move WHERE " OVERDUE("$1") " AND (reminded_utc IS NULL OR reminded_utc <= $2)"
		" UNION SELECT service_id FROM move WHERE announce = 1 ORDER BY 1"},
	[REMINDED] = {.name = "reminded_moves", .sql =
		"UPDATE move SET reminded_utc = $1, told_utc = $1, reminders = reminders + 1 WHERE service_id = $2 AND " OVERDUE("$3")},
	[ANNOUNCED] = {.name = "announced_moves", .sql =
		"UPDATE move SET told_utc = $1, announce = 0 WHERE service_id = $2 AND announce = 1"},
	[LIST] = {.name = "list_moves", .sql = "SELECT " COLUMNS TABLES " WHERE (m.service_id, m.number) > ($1, $2)" FILTERS},
	[LIST_SERVICE] = {.name = "list_moves_of_service", .sql =
		"SELECT " COLUMNS TABLES " WHERE m.service_id = $1 AND m.number > $2" FILTERS},
	[TOLD] = {.name = "told_moves", .sql =
		"UPDATE move SET told_utc = $1 WHERE service_id = $2 AND state = 'open' AND ($3 IS NULL OR staff = $3 OR to_staff = $3)"
		" AND ($4 IS NULL OR source = $4)"},
	[COUNT] = {.name = "count_moves", .flags = STATEMENT_SCANS, .sql =
		"SELECT state, count(*), sum(CASE WHEN " OVERDUE("$1") " THEN 1 ELSE 0 END) FROM move WHERE state IN ('open', 'conflict')"
		" GROUP BY state"},
};
const struct statement_table move_store_statements = {rows, sizeof(rows) / sizeof(rows[0])};

static struct stmt *statement(struct tx *tx, size_t i)
{
	return tx_stmt(tx, &move_store_statements, i);
}

/* ---- rows ---- */

/* A move and how its agenda entry stands. */
struct watched {
	struct move move;
	bool is_visit;          /* the entry is a visit still */
	const char *agenda_staff; /* its first member; "" none */
};

static const char *first_word(const char *list, struct arena *arena)
{
	return arena_strndup(arena, list ? list : "", list ? strcspn(list, " ") : 0);
}

static void read_agenda(struct stmt *q, struct arena *arena, struct watched *w)
{
	struct move *m = &w->move;
	const char *status = stmt_peek_text(q);

	w->is_visit = status && !strcmp(status, names_word(agenda_status_names, AGENDA_VISIT));
	w->agenda_staff = first_word(stmt_peek_text(q), arena);
	m->person_ref = stmt_get_text(q, arena);
	m->type = stmt_get_text(q, arena);
	m->place = stmt_get_text(q, arena);
	m->due = stmt_get_date(q);
	m->start = stmt_get_instant(q);
	m->end = stmt_get_instant(q);
	if (stmt_is_null(q))
		stmt_skip(q);
	else
		m->sequence = stmt_get_int32(q);
	m->to_mail = stmt_get_text(q, arena);
	if (!w->is_visit) {
		m->person_ref = m->type = m->place = NULL;
		m->due = DATE_NONE;
		m->start = m->end = (struct instant){0};
	}
}

static struct watched read_move(struct stmt *q, struct arena *arena)
{
	struct watched w = {.move = {.service_id = stmt_get_text(q, arena)}};
	struct move *m = &w.move;

	m->number = stmt_get_int(q);
	m->month = stmt_get_text(q, arena);
	m->visit_id = stmt_get_text(q, arena);
	m->kind = (enum move_kind)stmt_get_word(q, move_kind_names);
	m->state = (enum move_state)stmt_get_word(q, move_state_names);
	m->reason = (enum move_reason)stmt_get_word(q, move_reason_names);
	m->source = stmt_get_text(q, arena);
	m->uid = stmt_get_text(q, arena);
	m->recurrence = stmt_get_text(q, arena);
	m->from_table = m->source && !strcmp(m->source, AGENDA_SOURCE_TABLE);
	m->staff_id = stmt_get_text(q, arena);
	m->to_staff_id = stmt_get_text(q, arena);
	m->from = stmt_get_instant(q);
	m->to = stmt_get_instant(q);
	m->new_due = stmt_get_date(q);
	m->regime = stmt_get_text(q, arena);
	m->offer_id = stmt_get_text(q, arena);
	m->first_version = stmt_get_int32(q);
	m->version = stmt_get_int32(q);
	m->updates = stmt_get_int32(q);
	m->before = stmt_get_instant(q);
	m->opened_at = stmt_get_instant(q);
	m->since = stmt_get_instant(q);
	m->seen_at = stmt_get_instant(q);
	m->told_at = stmt_get_instant(q);
	m->reminded_at = stmt_get_instant(q);
	m->reminders = stmt_get_int32(q);
	m->announce = stmt_get_bool(q);
	read_agenda(q, arena, &w);
	return w;
}

/* ---- where a visit stands ---- */

enum standing { STANDS_OLD, STANDS_NEW, STANDS_ELSEWHERE, STANDS_GONE };

static enum standing standing_of(const struct watched *w)
{
	const struct move *m = &w->move;
	bool same_staff = !strcmp(w->agenda_staff, m->staff_id);

	if (!w->is_visit)
		return STANDS_GONE;
	if (m->start.utc_s == m->from.utc_s && (same_staff || m->kind == MOVE_POSTPONED))
		return STANDS_OLD;
	if (m->kind == MOVE_POSTPONED)
		return instant_utc_date(m->start).days <= m->new_due.days ? STANDS_NEW : STANDS_ELSEWHERE;
	return m->start.utc_s == m->to.utc_s && !strcmp(w->agenda_staff, m->to_staff_id) ? STANDS_NEW : STANDS_ELSEWHERE;
}

static void end_move(struct tx *tx, const struct move *m, enum move_state state, enum move_reason reason)
{
	struct stmt *q = statement(tx, END);
	/* A conflict is told in any case, a withdrawal to whom the move was told. */
	bool announce = state == MOVE_CONFLICT || (state == MOVE_WITHDRAWN && m->told_at.utc_s != 0);

	stmt_word(q, move_state_names, (int)state);
	stmt_word(q, move_reason_names, (int)reason);
	stmt_int(q, announce);
	stmt_text(q, m->service_id);
	stmt_int(q, m->number);
	stmt_run(q);
}

static void note_seen(struct tx *tx, const struct move *m)
{
	struct stmt *q = statement(tx, SEEN);

	stmt_int(q, tx_now(tx).utc_s);
	stmt_text(q, m->service_id);
	stmt_int(q, m->number);
	stmt_run(q);
}

typedef VEC(struct watched) watched_list;

static void read_watched(struct stmt *q, struct arena *arena, watched_list *list)
{
	while (stmt_next(q)) {
		struct watched w = read_move(q, arena);

		VEC_PUSH(list, w);
	}
}

/* ---- intake ---- */

/* Whether an export of `source` holds what is kept under `kept`: the same, or a file of that folder. */
static bool covers(const char *source, const char *kept)
{
	size_t len = strlen(source);

	return strncmp(source, kept, len) == 0 && (kept[len] == '\0' || kept[len] == '/');
}

static void settle_one(struct tx *tx, const struct watched *w, const char *source, struct move_settled *out)
{
	switch (standing_of(w)) {
	case STANDS_NEW:
		end_move(tx, &w->move, MOVE_CLOSED, MOVE_REASON_DONE);
		out->done++;
		break;
	case STANDS_GONE:
		end_move(tx, &w->move, MOVE_CLOSED, MOVE_REASON_CANCELLED);
		out->cancelled++;
		break;
	case STANDS_ELSEWHERE:
		if (w->move.state == MOVE_OPEN) {
			end_move(tx, &w->move, MOVE_CONFLICT, MOVE_REASON_NONE);
			out->conflicts++;
		}
		break;
	case STANDS_OLD:
		if (w->move.state != MOVE_OPEN || !source || !covers(source, w->move.source))
			break;
		out->waiting++;
		/* A feed is looked at often: not every look is worth a write. */
		if (w->move.seen_at.utc_s + SEEN_EVERY_S <= tx_now(tx).utc_s)
			note_seen(tx, &w->move);
		break;
	}
}

int move_store_settle(struct tx *tx, const char *service_id, const char *source, struct move_settled *out)
{
	struct arena arena = ARENA_INIT;
	watched_list list = VEC_INIT;
	struct stmt *q = statement(tx, WATCHED);

	stmt_text(q, service_id);
	read_watched(q, &arena, &list);
	for (size_t i = 0; i < list.len; i++)
		settle_one(tx, &list.items[i], source, out);
	VEC_RELEASE(&list);
	arena_release(&arena);
	return tx_error(tx);
}

static int read_ids(struct tx *tx, struct stmt *q, struct arena *arena, const char *const **out, size_t *n)
{
	VEC(const char *) list = VEC_INIT;

	while (stmt_next(q))
		VEC_PUSH(&list, stmt_get_text(q, arena));
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

int move_store_services(struct tx *tx, struct arena *arena, const char *const **out, size_t *n)
{
	return read_ids(tx, statement(tx, SERVICES), arena, out, n);
}

/* ---- publication ---- */

/* What a plan asks of one visit. */
struct wish {
	const char *visit_id;
	const struct plan_move *move;           /* or */
	const struct plan_postponed *postponed;
	const char *offer_id;
};

static int compare_wishes(const void *a, const void *b)
{
	return strcmp(((const struct wish *)a)->visit_id, ((const struct wish *)b)->visit_id);
}

static void claim_wishes(const struct plan_offer *offers, size_t n_offers, struct wish *wishes, size_t n)
{
	for (size_t i = 0; i < n_offers && n > 0; i++) {
		for (size_t k = 0; k < offers[i].n_displaced; k++) {
			const struct wish key = {.visit_id = offers[i].displaced[k]};
			struct wish *found = bsearch(&key, wishes, n, sizeof(*wishes), compare_wishes);

			if (found && !found->offer_id)
				found->offer_id = offers[i].id;
		}
	}
}

static struct wish *list_wishes(const struct plan_service *plan, struct arena *arena, size_t *n_out)
{
	struct wish *wishes = ARENA_NEW(arena, struct wish, plan->n_moves + plan->n_postponed + 1);
	size_t n = 0;

	for (size_t i = 0; i < plan->n_moves; i++)
		wishes[n++] = (struct wish){.visit_id = plan->moves[i].visit_id, .move = &plan->moves[i]};
	for (size_t i = 0; i < plan->n_postponed; i++)
		wishes[n++] = (struct wish){.visit_id = plan->postponed[i].visit_id, .postponed = &plan->postponed[i]};
	if (n > 1)
		qsort(wishes, n, sizeof(*wishes), compare_wishes);
	claim_wishes(plan->days, plan->n_days, wishes, n);
	claim_wishes(plan->sessions, plan->n_sessions, wishes, n);
	*n_out = n;
	return wishes;
}

/* Which moves are being brought in line. */
struct aligning {
	struct tx *tx;
	const struct publication *p;
	struct arena *arena;
	int64_t last;     /* number given last; -1: not looked up yet */
};

static int64_t next_number(struct aligning *a)
{
	if (a->last < 0) {
		struct stmt *q = statement(a->tx, LAST_NUMBER);

		a->last = 0;
		stmt_text(q, a->p->service_id);
		if (stmt_one(q)) {
			a->last = stmt_get_int(q);
			stmt_end(q);
		}
	}
	return ++a->last;
}

/* Where the agenda has a visit now. */
struct place {
	const char *source, *uid, *recurrence, *staff;
	struct instant start;
};

static bool find_visit(struct aligning *a, const char *visit_id, struct place *out)
{
	struct stmt *q = statement(a->tx, VISIT);

	stmt_text(q, a->p->service_id);
	stmt_text(q, visit_id);
	if (!stmt_one(q))
		return false;
	out->source = stmt_get_text(q, a->arena);
	out->uid = stmt_get_text(q, a->arena);
	out->recurrence = stmt_get_text(q, a->arena);
	out->staff = first_word(stmt_peek_text(q), a->arena);
	out->start = stmt_get_instant(q);
	stmt_end(q);
	return true;
}

static void bind_target(struct stmt *q, const struct wish *w, struct instant from)
{
	stmt_text(q, w->move ? w->move->staff_id : NULL);
	stmt_int(q, from.utc_s);
	if (w->move)
		stmt_int(q, w->move->to.utc_s);
	else
		stmt_null(q);
	stmt_date(q, w->postponed ? w->postponed->new_due : DATE_NONE);
	stmt_text(q, w->postponed ? w->postponed->regime : NULL);
}

static enum move_kind kind_of(const struct wish *w)
{
	return w->move ? MOVE_MOVED : MOVE_POSTPONED;
}

static void open_move(struct aligning *a, const struct wish *w)
{
	const struct publication *p = a->p;
	struct place at;

	if (!find_visit(a, w->visit_id, &at))
		return; /* cancelled since the plan was made: the next plan has no such visit */
	if (w->move && at.start.utc_s == w->move->to.utc_s && !strcmp(at.staff, w->move->staff_id))
		return;
	if (at.start.utc_s < p->now.utc_s && (!w->move || w->move->to.utc_s < p->now.utc_s))
		return; /* past: it went as it went */
	int64_t number = next_number(a);
	struct stmt *q = statement(a->tx, PUT);

	stmt_text(q, p->service_id);
	stmt_int(q, number);
	stmt_text(q, p->month);
	stmt_text(q, w->visit_id);
	stmt_word(q, move_kind_names, (int)kind_of(w));
	stmt_text(q, at.source);
	stmt_text(q, at.uid);
	stmt_text(q, at.recurrence);
	stmt_text(q, at.staff);
	bind_target(q, w, w->move ? w->move->from : at.start);
	stmt_text(q, w->offer_id);
	stmt_int(q, p->base + 1);
	stmt_int(q, tx_now(a->tx).utc_s);
	stmt_run(q);
}

static bool is_same(const struct move *m, const struct wish *w)
{
	if (m->kind != kind_of(w))
		return false;
	if (!w->move)
		return m->new_due.days == w->postponed->new_due.days;
	return m->to.utc_s == w->move->to.utc_s && m->from.utc_s == w->move->from.utc_s && m->to_staff_id &&
		!strcmp(m->to_staff_id, w->move->staff_id);
}

static void keep_move(struct aligning *a, const struct move *m, const struct wish *w)
{
	bool same = is_same(m, w);
	struct stmt *q = statement(a->tx, same ? CONFIRM : CHANGE);

	stmt_int(q, a->p->base + 1);
	stmt_text(q, w->offer_id);
	if (!same) {
		stmt_word(q, move_kind_names, (int)kind_of(w));
		bind_target(q, w, w->move ? w->move->from : m->from);
		if (m->to.utc_s)
			stmt_int(q, m->to.utc_s);
		else
			stmt_null(q);
		stmt_int(q, tx_now(a->tx).utc_s);
	}
	stmt_text(q, m->service_id);
	stmt_int(q, m->number);
	stmt_run(q);
}

/* The plan no longer asks for it: because the agenda has done it, or has its own way, or because the time is free again. */
static void leave_move(struct aligning *a, const struct watched *w)
{
	switch (standing_of(w)) {
	case STANDS_NEW:
		end_move(a->tx, &w->move, MOVE_CLOSED, MOVE_REASON_DONE);
		break;
	case STANDS_GONE:
		end_move(a->tx, &w->move, MOVE_CLOSED, MOVE_REASON_CANCELLED);
		break;
	case STANDS_ELSEWHERE:
		end_move(a->tx, &w->move, MOVE_CONFLICT, MOVE_REASON_NONE);
		break;
	case STANDS_OLD:
		end_move(a->tx, &w->move, MOVE_WITHDRAWN, MOVE_REASON_NONE);
		break;
	}
}

void move_store_publish(struct tx *tx, const struct publication *p)
{
	struct arena arena = ARENA_INIT;
	struct aligning a = {.tx = tx, .p = p, .arena = &arena, .last = -1};
	watched_list open = VEC_INIT;
	size_t n = 0;
	const struct wish *wishes = list_wishes(p->plan, &arena, &n);
	struct stmt *q = statement(tx, OPEN_OF_MONTH);

	stmt_text(q, p->service_id);
	stmt_text(q, p->month);
	read_watched(q, &arena, &open);
	for (size_t i = 0, k = 0; tx_error(tx) == 0 && (i < n || k < open.len);) {
		int order = i == n ? 1 : k == open.len ? -1 : strcmp(wishes[i].visit_id, open.items[k].move.visit_id);

		if (order < 0)
			open_move(&a, &wishes[i]);
		else if (order > 0)
			leave_move(&a, &open.items[k]);
		else
			keep_move(&a, &open.items[k].move, &wishes[i]);
		i += order <= 0;
		k += order >= 0;
	}
	VEC_RELEASE(&open);
	arena_release(&arena);
}

/* ---- time ---- */

int move_store_expire(struct tx *tx, struct instant now, int64_t *n)
{
	struct stmt *q = statement(tx, EXPIRE);
	int64_t count = 0;

	stmt_int(q, now.utc_s);
	while (stmt_next(q)) {
		stmt_skip(q);
		count++;
	}
	if (n)
		*n = count;
	return tx_error(tx);
}

int move_store_due(struct tx *tx, const struct move_terms *terms, struct arena *arena, const char *const **out, size_t *n)
{
	struct stmt *q = statement(tx, DUE);

	stmt_int(q, terms->now.utc_s - terms->after_s);
	stmt_int(q, terms->now.utc_s - terms->every_s);
	return read_ids(tx, q, arena, out, n);
}

int move_store_reminded(struct tx *tx, const char *service_id, const struct move_terms *terms)
{
	struct stmt *q = statement(tx, REMINDED);

	stmt_int(q, terms->now.utc_s);
	stmt_text(q, service_id);
	stmt_int(q, terms->now.utc_s - terms->after_s);
	stmt_run(q);
	q = statement(tx, ANNOUNCED);
	stmt_int(q, terms->now.utc_s);
	stmt_text(q, service_id);
	stmt_run(q);
	return tx_error(tx);
}

/* ---- lists ---- */

int move_store_list(struct tx *tx, const struct move_query *query, struct arena *arena, const struct move **out, size_t *n)
{
	VEC(struct move) list = VEC_INIT;
	struct stmt *q = statement(tx, query->service_id ? LIST_SERVICE : LIST);

	assert(query->limit >= 1 && query->limit <= 10000);
	if (query->service_id)
		stmt_text(q, query->service_id);
	else
		stmt_text(q, query->after_service ? query->after_service : "");
	stmt_int(q, query->after_number);
	if (query->state >= 0)
		stmt_word(q, move_state_names, query->state);
	else
		stmt_null(q);
	stmt_text(q, query->staff_id);
	stmt_text(q, query->source);
	stmt_int(q, (int64_t)query->limit);
	while (stmt_next(q)) {
		struct watched w = read_move(q, arena);

		VEC_PUSH(&list, w.move);
	}
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

int move_store_told(struct tx *tx, const struct move_query *query)
{
	struct stmt *q = statement(tx, TOLD);

	assert(query->service_id);
	stmt_int(q, tx_now(tx).utc_s);
	stmt_text(q, query->service_id);
	stmt_text(q, query->staff_id);
	stmt_text(q, query->source);
	stmt_run(q);
	return tx_error(tx);
}

int move_store_count(struct tx *tx, const struct move_terms *terms, struct move_counts *out)
{
	struct stmt *q = statement(tx, COUNT);
	struct move_counts counts = {0};

	stmt_int(q, terms->now.utc_s - terms->after_s);
	while (stmt_next(q)) {
		enum move_state state = (enum move_state)stmt_get_word(q, move_state_names);
		int64_t n = stmt_get_int(q), overdue = stmt_get_int(q);

		if (state == MOVE_OPEN) {
			counts.open = n;
			counts.overdue = overdue;
		} else {
			counts.conflicts = n;
		}
	}
	if (tx_error(tx) == 0)
		*out = counts;
	return tx_error(tx);
}
