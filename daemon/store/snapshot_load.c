/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_load: rows of one service, table by table, into a builder. */
#include <planvax/store/snapshot_load.h>

#include <planvax/base/zone.h>
#include <planvax/store/absence_store.h>
#include <planvax/store/fact_store.h>
#include <planvax/store/register_store.h>
#include <planvax/store/visit_store.h>

#include "register_rows.h"
#include "statement_tables.h"
#include "visit_newer.h"

#include <string.h>

#define DAY_S 86400

enum { COMMUNES, CENTRES, STAFF, VEHICLES, COMPANIES, PEOPLE, EVENTS, STOCK, ENTRIES };

#define ENTRY_COLUMNS "status, source, visit_id, staff, person_ref, type, start_utc, end_utc, due, postponed_before, place"

static const struct statement rows[] = {
	/* The cities too: an arrondissement without a row of its own lies there. */
	[COMMUNES] = {.name = "load_communes", .sql =
		"SELECT " COMMUNE_COLUMNS " FROM commune WHERE insee IN (SELECT insee FROM centre WHERE service_id = $1"
		" UNION SELECT insee FROM company WHERE service_id = $1 UNION SELECT '75056' UNION SELECT '69123' UNION SELECT '13055')"
		" ORDER BY insee"},
	[CENTRES] = {.name = "load_centres", .sql = "SELECT " CENTRE_COLUMNS " FROM centre WHERE service_id = $1 ORDER BY centre_id"},
	[STAFF] = {.name = "load_staff", .sql = "SELECT " STAFF_COLUMNS " FROM staff WHERE service_id = $1 ORDER BY staff_id"},
	[VEHICLES] = {.name = "load_vehicles", .sql =
		"SELECT vehicle_id, centre_id, posts, weekdays, max_minutes, setup_min, pack_min FROM vehicle WHERE service_id = $1"
		" ORDER BY vehicle_id"},
	[COMPANIES] = {.name = "load_companies", .sql =
		"SELECT " COMPANY_COLUMNS " FROM company WHERE service_id = $1 ORDER BY siret"},
	[PEOPLE] = {.name = "load_people", .sql =
		"SELECT person_ref, siret, birth, sex, kind, flags, other_flags, relative_of, priority, history_as_of FROM person"
		" WHERE service_id = $1 ORDER BY person_ref"},
	[EVENTS] = {.name = "load_events", .sql =
		"SELECT person_ref, date, code, lot FROM history WHERE service_id = $1 ORDER BY person_ref, date, code, lot"},
	[STOCK] = {.name = "load_stock", .sql =
		"SELECT centre_id, product, delivered_on, lot, vials, expires_on FROM stock WHERE service_id = $1"
		" ORDER BY centre_id, product, delivered_on, lot, ordinal"},
	/* Of several sources' versions of one entry the newest alone; of entries with one id the newest comes last. */
	[ENTRIES] = {.name = "load_entries", .sql =
		"SELECT " ENTRY_COLUMNS " FROM agenda AS a WHERE service_id = $1 AND status IN ('visit', 'busy') AND start_utc < $2"
		" AND end_utc > $3 AND CASE WHEN status = 'visit' THEN NOT EXISTS (" VISIT_STORE_NEWER ")"
		" ELSE NOT EXISTS (" VISIT_STORE_COPY ") END ORDER BY visit_id, status, source <> 'visits.csv', sequence, stamp_utc, source, uid, recurrence"},
};
const struct statement_table snapshot_load_statements = {rows, sizeof(rows) / sizeof(rows[0])};

/* One load. Texts of a row lie in scratch until the builder has copied them. */
struct load {
	struct tx *tx;
	const char *service_id;
	struct snapshot_builder *builder;
	struct arena scratch;
	struct arena keep; /* of the whole load */
};

static struct stmt *rows_of(struct load *l, size_t i)
{
	struct stmt *q = tx_stmt(l->tx, &snapshot_load_statements, i);

	stmt_text(q, l->service_id);
	return q;
}

static bool next_row(struct load *l, struct stmt *q)
{
	arena_reset(&l->scratch);
	return stmt_next(q);
}

static void load_places(struct load *l)
{
	struct stmt *q = rows_of(l, COMMUNES);

	while (next_row(l, q)) {
		struct commune row = register_rows_commune(q, &l->scratch);

		snapshot_add_commune(l->builder, &row);
	}
	q = rows_of(l, CENTRES);
	while (next_row(l, q)) {
		struct centre row = register_rows_centre(q, l->service_id, &l->scratch);

		snapshot_add_centre(l->builder, &row);
	}
	q = rows_of(l, COMPANIES);
	while (next_row(l, q)) {
		struct company row = register_rows_company(q, l->service_id, &l->scratch);

		snapshot_add_company(l->builder, &row);
	}
}

static void load_means(struct load *l)
{
	struct stmt *q = rows_of(l, STAFF);

	while (next_row(l, q)) {
		struct staff row = register_rows_staff(q, l->service_id, &l->scratch);

		snapshot_add_staff(l->builder, &row);
	}
	q = rows_of(l, VEHICLES);
	while (next_row(l, q)) {
		struct vehicle row = {.vehicle_id = stmt_get_text(q, &l->scratch), .service_id = l->service_id, .centre = -1};

		row.centre_id = stmt_get_text(q, &l->scratch);
		row.posts = stmt_get_int32(q);
		row.weekdays = (unsigned)stmt_get_int(q);
		row.max_minutes = stmt_get_int32(q);
		row.setup_min = stmt_get_int32(q);
		row.pack_min = stmt_get_int32(q);
		snapshot_add_vehicle(l->builder, &row);
	}
	q = rows_of(l, STOCK);
	while (next_row(l, q)) {
		struct stock_lot row = {.centre_id = stmt_get_text(q, &l->scratch), .service_id = l->service_id, .centre = -1};

		row.product = stmt_get_text(q, &l->scratch);
		row.delivered_on = stmt_get_date(q);
		row.lot = stmt_get_text(q, &l->scratch);
		row.vials = stmt_get_int32(q);
		row.expires_on = stmt_get_date(q);
		snapshot_add_stock(l->builder, &row);
	}
}

static void load_people(struct load *l)
{
	struct stmt *q = rows_of(l, PEOPLE);

	while (next_row(l, q)) {
		struct person row = {.person_ref = stmt_get_text(q, &l->scratch), .service_id = l->service_id, .company = -1};

		row.siret = stmt_get_text(q, &l->scratch);
		row.birth = stmt_get_date(q);
		row.sex = stmt_peek_text(q)[0];
		row.kind = (enum person_kind)stmt_get_word(q, person_kind_names);
		row.flags = (uint64_t)stmt_get_int(q);
		row.other_flags = stmt_get_text(q, &l->scratch);
		row.relative_of = stmt_get_text(q, &l->scratch);
		row.priority = stmt_get_int32(q);
		row.history_as_of = stmt_get_date(q);
		snapshot_add_person(l->builder, &row);
	}
	q = rows_of(l, EVENTS);
	while (next_row(l, q)) {
		struct history_event row = {.person_ref = stmt_get_text(q, &l->scratch)};

		row.date = stmt_get_date(q);
		row.code = stmt_get_text(q, &l->scratch);
		row.lot = stmt_get_text(q, &l->scratch);
		snapshot_add_event(l->builder, &row);
	}
}

/* ---- calendar ---- */

struct entry {
	bool there, is_visit;
	struct visit visit; /* times of busy entries too */
	char *staff;        /* ids, separated by blanks */
};

static void read_entry(struct stmt *q, const char *service_id, struct arena *arena, struct entry *out)
{
	struct visit v = {.service_id = service_id, .staff = -1, .person = -1, .centre = -1};

	out->there = true;
	out->is_visit = strcmp(stmt_peek_text(q), "visit") == 0;
	v.from_table = strcmp(stmt_peek_text(q), AGENDA_SOURCE_TABLE) == 0;
	v.visit_id = stmt_get_text(q, arena);
	out->staff = arena_strdup(arena, stmt_peek_text(q));
	v.person_ref = stmt_get_text(q, arena);
	v.type = stmt_get_text(q, arena);
	v.start = stmt_get_instant(q);
	v.end = stmt_get_instant(q);
	v.due = stmt_get_date(q);
	v.postponed_before = stmt_get_bool(q);
	v.place = stmt_get_text(q, arena);
	out->visit = v;
}

/* Adds an entry: a visit belongs to the first of its staff, the others are busy. */
static void add_entry(struct load *l, struct entry *e)
{
	char *rest = e->staff;
	bool first = true;

	if (!e->there)
		return;
	if (e->is_visit && (e->visit.person_ref == NULL || e->visit.type == NULL)) {
		tx_fail(l->tx, ERR_CORRUPT);
		return;
	}
	if (e->is_visit && rest[0] == '\0')
		snapshot_add_visit(l->builder, &e->visit);
	while (rest[0] != '\0') {
		size_t len = strcspn(rest, " ");
		char *id = rest;

		rest += len + (rest[len] == ' ');
		id[len] = '\0';
		if (e->is_visit && first) {
			e->visit.staff_id = id;
			snapshot_add_visit(l->builder, &e->visit);
		} else {
			struct busy busy = {.uid = e->visit.visit_id, .service_id = l->service_id, .staff_id = id,
				.start = e->visit.start, .end = e->visit.end, .staff = -1};

			snapshot_add_busy(l->builder, &busy);
		}
		first = false;
	}
	e->there = false;
}

static void load_entries(struct load *l, const struct snapshot_request *request)
{
	struct arena arenas[2] = {ARENA_INIT, ARENA_INIT}; /* of the row read last, and of the one before it */
	struct entry last = {.there = false};
	struct stmt *q = rows_of(l, ENTRIES);
	int turn = 0;

	stmt_int(q, date_is_none(request->to) ? INT64_MAX : ((int64_t)request->to.days + 2) * DAY_S);
	stmt_int(q, date_is_none(request->from) ? INT64_MIN : ((int64_t)request->from.days - 1) * DAY_S);
	while (stmt_next(q)) {
		struct entry e;

		arena_reset(&arenas[turn]);
		read_entry(q, l->service_id, &arenas[turn], &e);
		if (!last.there || !last.is_visit || !e.is_visit || strcmp(last.visit.visit_id, e.visit.visit_id) != 0)
			add_entry(l, &last);
		last = e;
		turn = 1 - turn;
	}
	add_entry(l, &last);
	arena_release(&arenas[0]);
	arena_release(&arenas[1]);
}

/* A member who is away is busy, from the first midnight to the last. */
static void load_absences(struct load *l, const struct service *service, const struct snapshot_request *request)
{
	const struct absence *rows_read = NULL;
	struct zone *zone = NULL;
	size_t n = 0;

	if (absence_store_list(l->tx, l->service_id, &l->keep, &rows_read, &n) < 0 || n == 0)
		return;
	/* Without its zone the service is refused when it is sealed. */
	if (zone_load(service->timezone ? service->timezone : registers_region_zone(service->region), &zone) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		const struct absence *a = &rows_read[i];
		struct busy busy = {.uid = arena_printf(&l->keep, "absence:%s", a->absence_id), .service_id = l->service_id,
			.staff_id = a->subject_id, .staff = -1};

		if (a->kind != ABSENCE_STAFF || (!date_is_none(request->to) && a->from.days > request->to.days + 1) ||
			(!date_is_none(request->from) && a->to.days < request->from.days - 1))
			continue;
		busy.start = zone_to_instant(zone, a->from, 0, NULL);
		busy.end = zone_to_instant(zone, date_add_days(a->to, 1), 0, NULL);
		snapshot_add_busy(l->builder, &busy);
	}
	zone_free(zone);
}

int snapshot_load(struct tx *tx, const struct snapshot_request *request, int64_t *revision, const struct snapshot **snapshot, struct fault *f)
{
	struct load l = {.tx = tx, .service_id = request->service_id, .scratch = ARENA_INIT, .keep = ARENA_INIT};
	struct service service;
	int64_t seen = 0;
	int rc = register_store_service(tx, request->service_id, &l.keep, &service);

	if (rc == 0)
		rc = fact_store_revision(tx, request->service_id, &seen);
	if (rc < 0) {
		arena_release(&l.keep);
		return fault_set(f, (enum err)rc, rc == ERR_NOT_FOUND ? "service %.64s is unknown" : "service %.64s cannot be read",
			request->service_id);
	}
	l.builder = snapshot_builder_new();
	snapshot_set_window(l.builder, request->from, request->to);
	snapshot_add_service(l.builder, &service);
	load_places(&l);
	load_means(&l);
	load_people(&l);
	load_entries(&l, request);
	load_absences(&l, &service, request);
	arena_release(&l.scratch);
	arena_release(&l.keep);
	if (tx_error(tx) < 0) {
		snapshot_builder_free(l.builder);
		return fault_set(f, (enum err)tx_error(tx), "service %.64s cannot be read", request->service_id);
	}
	rc = snapshot_seal(l.builder, request->report, request->arg, snapshot, f);
	if (rc == 0 && revision != NULL)
		*revision = seen;
	return rc;
}
