/* SPDX-License-Identifier: Apache-2.0 */
/* register_gone: see register_gone.h. */
#include <planvax/store/register_gone.h>

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <planvax/store/fact_store.h>
#include <planvax/store/visit_store.h>

#include "statement_tables.h"

#include <stdlib.h>
#include <string.h>

#define PARTS 5  /* of a key, at most */

enum {
	KEYS_CENTRE, KEYS_STAFF, KEYS_VEHICLE, KEYS_COMPANY, KEYS_PERSON, KEYS_EVENT, KEYS_STOCK, KEYS_VISIT,
	REMOVE_CENTRE, REMOVE_STAFF, REMOVE_VEHICLE, REMOVE_COMPANY, REMOVE_PERSON, REMOVE_EVENT, REMOVE_STOCK,
	STAFF_OF_CENTRE, VEHICLES_OF_CENTRE, STOCK_OF_CENTRE, PEOPLE_OF_COMPANY, CONTRACTORS_OF_COMPANY, RELATIVES_OF_PERSON, VISITS_OF_PERSON
};

#define NOT_IN(table, column, other) \
	" AND NOT EXISTS (SELECT 1 FROM " table " AS p WHERE p.service_id = t.service_id AND p." column " = t." other ")"

static const struct statement rows[] = {
	[KEYS_CENTRE] = {.name = "keys_centre", .sql = "SELECT centre_id FROM centre WHERE service_id = $1 ORDER BY centre_id"},
	[KEYS_STAFF] = {.name = "keys_staff", .sql = "SELECT staff_id FROM staff WHERE service_id = $1 ORDER BY staff_id"},
	[KEYS_VEHICLE] = {.name = "keys_vehicle", .sql = "SELECT vehicle_id FROM vehicle WHERE service_id = $1 ORDER BY vehicle_id"},
	[KEYS_COMPANY] = {.name = "keys_company", .sql = "SELECT siret FROM company WHERE service_id = $1 ORDER BY siret"},
	[KEYS_PERSON] = {.name = "keys_person", .sql = "SELECT person_ref FROM person WHERE service_id = $1 ORDER BY person_ref"},
	[KEYS_EVENT] = {.name = "keys_event", .sql =
		"SELECT person_ref || '\n' || date || '\n' || code || '\n' || lot FROM history WHERE service_id = $1"
		" ORDER BY person_ref, date, code, lot"},
	[KEYS_STOCK] = {.name = "keys_stock", .sql =
		"SELECT centre_id || '\n' || product || '\n' || delivered_on || '\n' || lot || '\n' || ordinal FROM stock WHERE service_id = $1"
		" ORDER BY centre_id, product, delivered_on, lot, ordinal"},
	[KEYS_VISIT] = {.name = "keys_visit", .sql =
		"SELECT uid FROM agenda WHERE service_id = $1 AND source = 'visits.csv' AND status = 'visit' AND end_utc > $2 ORDER BY uid, recurrence"},
	[REMOVE_CENTRE] = {.name = "remove_centre", .sql = "DELETE FROM centre WHERE service_id = $1 AND centre_id = $2"},
	[REMOVE_STAFF] = {.name = "remove_staff", .sql = "DELETE FROM staff WHERE service_id = $1 AND staff_id = $2"},
	[REMOVE_VEHICLE] = {.name = "remove_vehicle", .sql = "DELETE FROM vehicle WHERE service_id = $1 AND vehicle_id = $2"},
	[REMOVE_COMPANY] = {.name = "remove_company", .sql = "DELETE FROM company WHERE service_id = $1 AND siret = $2"},
	[REMOVE_PERSON] = {.name = "remove_person", .sql = "DELETE FROM person WHERE service_id = $1 AND person_ref = $2"},
	[REMOVE_EVENT] = {.name = "remove_event", .sql =
		"DELETE FROM history WHERE service_id = $1 AND person_ref = $2 AND date = $3 AND code = $4 AND lot = $5"},
	[REMOVE_STOCK] = {.name = "remove_stock", .sql =
		"DELETE FROM stock WHERE service_id = $1 AND centre_id = $2 AND product = $3 AND delivered_on = $4 AND lot = $5 AND ordinal = $6"},
	[STAFF_OF_CENTRE] = {.name = "staff_of_no_centre", .sql =
		"SELECT count(*) FROM staff AS t WHERE service_id = $1 AND centre_id IS NOT NULL" NOT_IN("centre", "centre_id", "centre_id")},
	[VEHICLES_OF_CENTRE] = {.name = "vehicles_of_no_centre", .sql =
		"SELECT count(*) FROM vehicle AS t WHERE service_id = $1" NOT_IN("centre", "centre_id", "centre_id")},
	[STOCK_OF_CENTRE] = {.name = "stock_of_no_centre", .sql =
		"SELECT count(*) FROM stock AS t WHERE service_id = $1 AND centre_id <> ''" NOT_IN("centre", "centre_id", "centre_id")},
	[PEOPLE_OF_COMPANY] = {.name = "people_of_no_company", .sql =
		"SELECT count(*) FROM person AS t WHERE service_id = $1 AND siret IS NOT NULL" NOT_IN("company", "siret", "siret")},
	[CONTRACTORS_OF_COMPANY] = {.name = "contractors_of_no_company", .sql =
		"SELECT count(*) FROM company AS t WHERE service_id = $1 AND works_at IS NOT NULL" NOT_IN("company", "siret", "works_at")},
	[RELATIVES_OF_PERSON] = {.name = "relatives_of_nobody", .sql =
		"SELECT count(*) FROM person AS t WHERE service_id = $1 AND relative_of IS NOT NULL" NOT_IN("person", "person_ref", "relative_of")},
	[VISITS_OF_PERSON] = {.name = "visits_of_nobody", .sql =
		"SELECT count(*) FROM agenda AS t WHERE service_id = $1 AND status = 'visit' AND end_utc > $2" NOT_IN("person", "person_ref", "person_ref")},
};
const struct statement_table register_gone_statements = {rows, sizeof(rows) / sizeof(rows[0])};

/* What names rows of a register. */
static const struct {
	enum register_table table;
	size_t statement;
	const char *what;
} links[] = {
	{REGISTER_TABLE_CENTRES, STAFF_OF_CENTRE, "members of staff"},
	{REGISTER_TABLE_CENTRES, VEHICLES_OF_CENTRE, "vehicles"},
	{REGISTER_TABLE_CENTRES, STOCK_OF_CENTRE, "deliveries"},
	{REGISTER_TABLE_COMPANIES, PEOPLE_OF_COMPANY, "people"},
	{REGISTER_TABLE_COMPANIES, CONTRACTORS_OF_COMPANY, "contractors"},
	{REGISTER_TABLE_PEOPLE, RELATIVES_OF_PERSON, "relatives"},
	{REGISTER_TABLE_PEOPLE, VISITS_OF_PERSON, "visits"},
};

static struct stmt *statement(struct tx *tx, size_t i, const struct register_scope *scope)
{
	struct stmt *q = tx_stmt(tx, &register_gone_statements, i);

	stmt_text(q, scope->service_id);
	if (i == KEYS_VISIT || i == VISITS_OF_PERSON)
		stmt_int(q, scope->now.utc_s);
	return q;
}

void register_gone_event_key(const struct history_event *row, struct buf *out)
{
	buf_printf(out, "%s\n%d\n%s\n%s", row->person_ref, (int)row->date.days, row->code, row->lot != NULL ? row->lot : "");
}

void register_gone_stock_key(const struct stock_lot *row, int32_t ordinal, struct buf *out)
{
	buf_printf(out, "%s\n%s\n%d\n%s\n%d", row->centre_id != NULL ? row->centre_id : "", row->product, (int)row->delivered_on.days,
		row->lot != NULL ? row->lot : "", (int)ordinal);
}

int register_gone_keys(struct tx *tx, const struct register_scope *scope, void (*each)(void *arg, const char *key), void *arg)
{
	struct stmt *q = statement(tx, KEYS_CENTRE + (size_t)scope->table, scope);

	while (stmt_next(q))
		each(arg, stmt_peek_text(q));
	return tx_error(tx);
}

static void count_key(void *arg, const char *key)
{
	(void)key;
	++*(int64_t *)arg;
}

int register_gone_count(struct tx *tx, const struct register_scope *scope, int64_t *n)
{
	int64_t count = 0;
	int rc = register_gone_keys(tx, scope, count_key, &count);

	if (rc == 0)
		*n = count;
	return rc;
}

/* Binds the lines of a key, numbers where numeric says so; they are cut apart in place. */
static void bind_parts(struct stmt *q, char *key, const bool numeric[PARTS], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strcspn(key, "\n");
		int64_t value = 0;

		if (numeric[i] && text_int(key, len, INT32_MIN, INT32_MAX, &value) < 0)
			tx_fail(q->tx, ERR_CORRUPT);
		if (numeric[i])
			stmt_int(q, value);
		bool last = key[len] == '\0';

		key[len] = '\0';
		if (!numeric[i])
			stmt_text(q, key);
		key += len + !last;
	}
}

int register_gone_remove(struct tx *tx, const struct register_scope *scope, const char *key)
{
	static const bool event[PARTS] = {false, true, false, false}, stock[PARTS] = {false, false, true, false, true};
	int64_t n = 0;

	if (scope->table == REGISTER_TABLE_VISITS)
		return visit_store_gone(tx, &(struct agenda_key){scope->service_id, AGENDA_SOURCE_TABLE, key, ""}, &n);

	struct stmt *q = statement(tx, REMOVE_CENTRE + (size_t)scope->table, scope);
	char *parts = xstrdup(key); /* bound texts live until the statement ran */

	if (scope->table == REGISTER_TABLE_HISTORY)
		bind_parts(q, parts, event, 4);
	else if (scope->table == REGISTER_TABLE_STOCK)
		bind_parts(q, parts, stock, 5);
	else
		stmt_text(q, parts);
	stmt_run(q);
	free(parts);
	fact_store_raise(tx, scope->service_id);
	return tx_error(tx);
}

int register_gone_links(struct tx *tx, const struct register_scope *scope, void (*each)(void *arg, const char *what, int64_t n), void *arg)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		struct stmt *q = links[i].table == scope->table ? statement(tx, links[i].statement, scope) : NULL;
		int64_t n = 0;

		if (q != NULL && stmt_one(q)) {
			n = stmt_get_int(q);
			stmt_end(q);
		}
		if (n > 0)
			each(arg, links[i].what, n);
	}
	return tx_error(tx);
}
