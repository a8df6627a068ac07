/* SPDX-License-Identifier: Apache-2.0 */
/* register_store: reads registers back. */
#include <planvax/store/register_store.h>

#include "register_rows.h"
#include "row_list.h"
#include "statement_tables.h"

enum { SERVICE, SERVICES, STAFF, CENTRES, VEHICLE, COMPANY, COMMUNE, PARTNERS, PERSON, ANY_COMMUNE, TOTALS };

static const struct statement rows[] = {
	[SERVICE] = {.name = "service", .sql = "SELECT " SERVICE_COLUMNS " FROM service WHERE service_id = $1"},
	[SERVICES] = {.name = "services", .sql = "SELECT " SERVICE_COLUMNS " FROM service ORDER BY service_id"},
	[STAFF] = {.name = "staff", .sql = "SELECT " STAFF_COLUMNS " FROM staff WHERE service_id = $1 ORDER BY staff_id"},
	[CENTRES] = {.name = "centres", .sql = "SELECT " CENTRE_COLUMNS " FROM centre WHERE service_id = $1 ORDER BY centre_id"},
	[VEHICLE] = {.name = "vehicle", .sql = "SELECT 1 FROM vehicle WHERE service_id = $1 AND vehicle_id = $2"},
	[COMPANY] = {.name = "company", .sql = "SELECT " COMPANY_COLUMNS " FROM company WHERE service_id = $1 AND siret = $2"},
	[COMMUNE] = {.name = "commune", .sql = "SELECT " COMMUNE_COLUMNS " FROM commune WHERE insee = $1"},
	[PARTNERS] = {.name = "partners", .sql =
		"SELECT name, region, insee, audience, languages, email FROM partner WHERE region = $1 ORDER BY name"},
	[PERSON] = {.name = "person", .sql = "SELECT kind, birth FROM person WHERE service_id = $1 AND person_ref = $2"},
	[ANY_COMMUNE] = {.name = "any_commune", .sql = "SELECT 1 FROM commune WHERE insee > '' LIMIT 1"},
	[TOTALS] = {.name = "totals", .flags = STATEMENT_SCANS, .sql =
		"SELECT (SELECT count(*) FROM service), (SELECT count(*) FROM centre), (SELECT count(*) FROM staff),"
		" (SELECT count(*) FROM vehicle), (SELECT count(*) FROM company), (SELECT count(*) FROM person),"
		" (SELECT count(*) FROM history), (SELECT count(*) FROM stock), (SELECT count(*) FROM commune),"
		" (SELECT count(*) FROM partner), (SELECT count(*) FROM agenda WHERE status = 'visit'),"
		" (SELECT count(*) FROM agenda WHERE status = 'busy')"},
};
const struct statement_table register_store_statements = {rows, sizeof(rows) / sizeof(rows[0])};

static struct stmt *statement(struct tx *tx, size_t i)
{
	return tx_stmt(tx, &register_store_statements, i);
}

/* What a look-up that found nothing returns. */
static int nothing(const struct tx *tx)
{
	return tx_error(tx) < 0 ? tx_error(tx) : ERR_NOT_FOUND;
}

int register_store_service(struct tx *tx, const char *service_id, struct arena *arena, struct service *out)
{
	struct stmt *q = statement(tx, SERVICE);

	stmt_text(q, service_id);
	if (!stmt_one(q))
		return nothing(tx);
	*out = register_rows_service(q, arena);
	stmt_end(q);
	return tx_error(tx);
}

int register_store_services(struct tx *tx, struct arena *arena, const struct service **out, size_t *n)
{
	VEC(struct service) list = VEC_INIT;
	struct stmt *q = statement(tx, SERVICES);

	while (stmt_next(q))
		VEC_PUSH(&list, register_rows_service(q, arena));
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

int register_store_staff(struct tx *tx, const char *service_id, struct arena *arena, const struct staff **out, size_t *n)
{
	VEC(struct staff) list = VEC_INIT;
	struct stmt *q = statement(tx, STAFF);
	const char *id = arena_strdup(arena, service_id);

	stmt_text(q, id);
	while (stmt_next(q))
		VEC_PUSH(&list, register_rows_staff(q, id, arena));
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

int register_store_centres(struct tx *tx, const char *service_id, struct arena *arena, const struct centre **out, size_t *n)
{
	VEC(struct centre) list = VEC_INIT;
	struct stmt *q = statement(tx, CENTRES);
	const char *id = arena_strdup(arena, service_id);

	stmt_text(q, id);
	while (stmt_next(q))
		VEC_PUSH(&list, register_rows_centre(q, id, arena));
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

int register_store_has_vehicle(struct tx *tx, const char *service_id, const char *vehicle_id, bool *has)
{
	struct stmt *q = statement(tx, VEHICLE);

	stmt_text(q, service_id);
	stmt_text(q, vehicle_id);
	*has = stmt_one(q);
	if (*has) {
		stmt_get_int(q);
		stmt_end(q);
	}
	return tx_error(tx);
}

int register_store_company(struct tx *tx, const char *service_id, const char *siret, struct arena *arena, struct company *out)
{
	struct stmt *q = statement(tx, COMPANY);

	stmt_text(q, service_id);
	stmt_text(q, siret);
	if (!stmt_one(q))
		return nothing(tx);
	*out = register_rows_company(q, arena_strdup(arena, service_id), arena);
	stmt_end(q);
	return tx_error(tx);
}

int register_store_person(struct tx *tx, const char *service_id, const char *person_ref, enum person_kind *kind, struct date *birth)
{
	struct stmt *q = statement(tx, PERSON);

	stmt_text(q, service_id);
	stmt_text(q, person_ref);
	if (!stmt_one(q))
		return nothing(tx);
	*kind = (enum person_kind)stmt_get_word(q, person_kind_names);
	*birth = stmt_get_date(q);
	stmt_end(q);
	return tx_error(tx);
}

int register_store_commune(struct tx *tx, const char *insee, struct arena *arena, struct commune *out)
{
	struct stmt *q = statement(tx, COMMUNE);

	stmt_text(q, insee);
	if (!stmt_one(q))
		return nothing(tx);
	*out = register_rows_commune(q, arena);
	stmt_end(q);
	return tx_error(tx);
}

int register_store_partners(struct tx *tx, const char *region, struct arena *arena, const struct partner **out, size_t *n)
{
	VEC(struct partner) list = VEC_INIT;
	struct stmt *q = statement(tx, PARTNERS);

	stmt_text(q, region);
	while (stmt_next(q)) {
		struct partner row = {.name = stmt_get_text(q, arena)};

		row.region = stmt_get_text(q, arena);
		row.insee = stmt_get_text(q, arena);
		row.audience = stmt_get_text(q, arena);
		row.languages = stmt_get_text(q, arena);
		row.email = stmt_get_text(q, arena);
		VEC_PUSH(&list, row);
	}
	ROW_LIST_TAKE(arena, &list, out, n);
	return tx_error(tx);
}

bool register_store_has_communes(struct tx *tx)
{
	struct stmt *q = statement(tx, ANY_COMMUNE);

	if (!stmt_one(q))
		return false;
	stmt_skip(q);
	stmt_end(q);
	return true;
}

int register_store_totals(struct tx *tx, struct register_totals *out)
{
	struct register_totals totals = {0};
	int64_t *const members[] = {&totals.services, &totals.centres, &totals.staff, &totals.vehicles, &totals.companies,
		&totals.people, &totals.events, &totals.stock, &totals.communes, &totals.partners, &totals.visits, &totals.busy};
	struct stmt *q = statement(tx, TOTALS);

	if (!stmt_one(q))
		return nothing(tx);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		*members[i] = stmt_get_int(q);
	stmt_end(q);
	*out = totals;
	return tx_error(tx);
}
