/* SPDX-License-Identifier: Apache-2.0 */
/* register_store_put: stores rows of registers. What a row binds is digested as
 * it is bound; a row whose digest is known is not written. */
#include <planvax/store/register_store.h>

#include <planvax/base/alloc.h>
#include <planvax/base/map.h>
#include <planvax/store/fact_store.h>

#include "statement_tables.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(REGISTER_OWNER_BYTES == TX_NAME_BYTES, "ids fit");

enum {
	GET_COMMUNE, PUT_COMMUNE, GET_SERVICE, PUT_SERVICE, GET_CENTRE, PUT_CENTRE, GET_STAFF, PUT_STAFF,
	GET_VEHICLE, PUT_VEHICLE, GET_COMPANY, PUT_COMPANY, GET_PERSON, PUT_PERSON, GET_PARTNER, PUT_PARTNER,
	FIND_PERSON, PUT_EVENT, FIND_CENTRE, GET_STOCK, PUT_STOCK
};

static const struct statement rows[] = {
	[GET_COMMUNE] = {.name = "get_commune", .sql = "SELECT digest FROM commune WHERE insee = $1"},
	[PUT_COMMUNE] = {.name = "put_commune", .sql =
		"INSERT INTO commune (insee, name, departement, region, lat, lon, population, dens7, digest)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
		" ON CONFLICT (insee) DO UPDATE SET name = excluded.name, departement = excluded.departement, region = excluded.region,"
		" lat = excluded.lat, lon = excluded.lon, population = excluded.population, dens7 = excluded.dens7,"
		" digest = excluded.digest"},
	[GET_SERVICE] = {.name = "get_service", .sql = "SELECT digest FROM service WHERE service_id = $1"},
	[PUT_SERVICE] = {.name = "put_service", .sql =
		"INSERT INTO service (service_id, name, kind, siret, region, timezone, mobilised, contact_email, digest)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
		" ON CONFLICT (service_id) DO UPDATE SET name = excluded.name, kind = excluded.kind, siret = excluded.siret,"
		" region = excluded.region, timezone = excluded.timezone, mobilised = excluded.mobilised,"
		" contact_email = excluded.contact_email, digest = excluded.digest"},
	[GET_CENTRE] = {.name = "get_centre", .sql = "SELECT digest FROM centre WHERE service_id = $1 AND centre_id = $2"},
	[PUT_CENTRE] = {.name = "put_centre", .sql =
		"INSERT INTO centre (service_id, centre_id, name, kind, insee, lat, lon, hours, posts, opens_on, closes_on, digest)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
		" ON CONFLICT (service_id, centre_id) DO UPDATE SET name = excluded.name, kind = excluded.kind, insee = excluded.insee,"
		" lat = excluded.lat, lon = excluded.lon, hours = excluded.hours, posts = excluded.posts, opens_on = excluded.opens_on,"
		" closes_on = excluded.closes_on, digest = excluded.digest"},
	[GET_STAFF] = {.name = "get_staff", .sql = "SELECT digest FROM staff WHERE service_id = $1 AND staff_id = $2"},
	[PUT_STAFF] = {.name = "put_staff", .sql =
		"INSERT INTO staff (service_id, staff_id, role, vaccinates, rpps, name, email, centre_id, hours, languages,"
		" max_days_per_week, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
		" ON CONFLICT (service_id, staff_id) DO UPDATE SET role = excluded.role, vaccinates = excluded.vaccinates,"
		" rpps = excluded.rpps, name = excluded.name, email = excluded.email, centre_id = excluded.centre_id,"
		" hours = excluded.hours, languages = excluded.languages, max_days_per_week = excluded.max_days_per_week,"
		" digest = excluded.digest"},
	[GET_VEHICLE] = {.name = "get_vehicle", .sql = "SELECT digest FROM vehicle WHERE service_id = $1 AND vehicle_id = $2"},
	[PUT_VEHICLE] = {.name = "put_vehicle", .sql =
		"INSERT INTO vehicle (service_id, vehicle_id, centre_id, posts, weekdays, max_minutes, setup_min, pack_min, digest)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
		" ON CONFLICT (service_id, vehicle_id) DO UPDATE SET centre_id = excluded.centre_id, posts = excluded.posts,"
		" weekdays = excluded.weekdays, max_minutes = excluded.max_minutes, setup_min = excluded.setup_min,"
		" pack_min = excluded.pack_min, digest = excluded.digest"},
	[GET_COMPANY] = {.name = "get_company", .sql = "SELECT digest FROM company WHERE service_id = $1 AND siret = $2"},
	[PUT_COMPANY] = {.name = "put_company", .sql =
		"INSERT INTO company (service_id, siret, name, insee, lat, lon, naf, headcount, regime, kind, works_at, can_host,"
		" expected_takers, contact_email, digest)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
		" ON CONFLICT (service_id, siret) DO UPDATE SET name = excluded.name, insee = excluded.insee, lat = excluded.lat,"
		" lon = excluded.lon, naf = excluded.naf, headcount = excluded.headcount, regime = excluded.regime,"
		" kind = excluded.kind, works_at = excluded.works_at, can_host = excluded.can_host,"
		" expected_takers = excluded.expected_takers, contact_email = excluded.contact_email, digest = excluded.digest"},
	[GET_PERSON] = {.name = "get_person", .sql = "SELECT digest FROM person WHERE service_id = $1 AND person_ref = $2"},
	[PUT_PERSON] = {.name = "put_person", .sql =
		"INSERT INTO person (service_id, person_ref, siret, birth, sex, kind, flags, other_flags, relative_of, priority,"
		" history_as_of, digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
		" ON CONFLICT (service_id, person_ref) DO UPDATE SET siret = excluded.siret, birth = excluded.birth,"
		" sex = excluded.sex, kind = excluded.kind, flags = excluded.flags, other_flags = excluded.other_flags,"
		" relative_of = excluded.relative_of, priority = excluded.priority, history_as_of = excluded.history_as_of,"
		" digest = excluded.digest"},
	[GET_PARTNER] = {.name = "get_partner", .sql = "SELECT digest FROM partner WHERE region = $1 AND name = $2"},
	[PUT_PARTNER] = {.name = "put_partner", .sql =
		"INSERT INTO partner (region, name, insee, audience, languages, email, digest) VALUES ($1, $2, $3, $4, $5, $6, $7)"
		" ON CONFLICT (region, name) DO UPDATE SET insee = excluded.insee, audience = excluded.audience,"
		" languages = excluded.languages, email = excluded.email, digest = excluded.digest"},
	[FIND_PERSON] = {.name = "find_person", .sql = "SELECT service_id, birth FROM person WHERE person_ref = $1 ORDER BY service_id"},
	[PUT_EVENT] = {.name = "put_event", .sql =
		"INSERT INTO history (service_id, person_ref, date, code, lot) VALUES ($1, $2, $3, $4, $5)"
		" ON CONFLICT (service_id, person_ref, date, code, lot) DO NOTHING RETURNING 1"},
	[FIND_CENTRE] = {.name = "find_centre", .sql = "SELECT service_id FROM centre WHERE centre_id = $1 ORDER BY service_id LIMIT 2"},
	[GET_STOCK] = {.name = "get_stock", .sql =
		"SELECT vials, expires_on FROM stock WHERE service_id = $1 AND centre_id = $2 AND product = $3 AND delivered_on = $4"
		" AND lot = $5 AND ordinal = $6"},
	[PUT_STOCK] = {.name = "put_stock", .sql =
		"INSERT INTO stock (service_id, centre_id, product, delivered_on, lot, ordinal, vials, expires_on)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
		" ON CONFLICT (service_id, centre_id, product, delivered_on, lot, ordinal) DO UPDATE SET vials = excluded.vials,"
		" expires_on = excluded.expires_on"},
};
const struct statement_table register_store_put_statements = {rows, sizeof(rows) / sizeof(rows[0])};

/* A row's statement, with its digest begun. */
static struct stmt *begin(struct tx *tx, size_t put)
{
	struct stmt *q = tx_stmt(tx, &register_store_put_statements, put);

	stmt_digest_begin(q);
	return q;
}

/* Reads the digest of the row that `get` finds and compares it. */
static enum row_verdict compare(struct stmt *get, const unsigned char *digest)
{
	unsigned char known[STMT_DIGEST_BYTES] = {0};

	if (!stmt_one(get))
		return ROW_CREATED;
	stmt_get_bytes(get, known, sizeof(known));
	stmt_end(get);
	return memcmp(known, digest, sizeof(known)) == 0 ? ROW_UNCHANGED : ROW_CHANGED;
}

/* Ends a put whose members are bound: writes the row unless it is known. key_2 may be NULL. */
static int finish(struct stmt *put, size_t get_index, const char *key_1, const char *key_2, enum row_verdict *verdict)
{
	struct tx *tx = put->tx;
	const unsigned char *digest = stmt_digest(put);
	struct stmt *get = tx_stmt(tx, &register_store_put_statements, get_index);

	stmt_text(get, key_1);
	if (key_2 != NULL)
		stmt_text(get, key_2);
	*verdict = compare(get, digest);
	if (*verdict == ROW_UNCHANGED)
		stmt_end(put);
	else
		stmt_run(put);
	return tx_error(tx);
}

/* As finish, and raises the service's revision if anything changed. */
static int finish_of(struct stmt *put, size_t get_index, const char *service_id, const char *key, enum row_verdict *verdict)
{
	struct tx *tx = put->tx;
	int rc = finish(put, get_index, service_id, key, verdict);

	if (rc == 0 && *verdict != ROW_UNCHANGED)
		fact_store_raise(tx, service_id);
	return tx_error(tx);
}

static void bind_position(struct stmt *q, bool has_position, struct geo_point at)
{
	if (has_position) {
		stmt_double(q, at.lat_deg);
		stmt_double(q, at.lon_deg);
	} else {
		stmt_null(q);
		stmt_null(q);
	}
}

/* Binds hours as text; text is to be released after the statement ran. */
static void bind_hours(struct stmt *q, const struct hours *hours, struct buf *text)
{
	hours_format(hours, text);
	stmt_text(q, buf_str(text));
}

int register_store_put_commune(struct tx *tx, const struct commune *row, enum row_verdict *verdict, struct fault *f)
{
	struct stmt *q = begin(tx, PUT_COMMUNE);

	(void)f;
	stmt_text(q, row->insee);
	stmt_text(q, row->name);
	stmt_text(q, row->departement);
	stmt_text(q, row->region);
	stmt_double(q, row->at.lat_deg);
	stmt_double(q, row->at.lon_deg);
	stmt_int(q, row->population);
	stmt_int(q, row->dens7);

	int rc = finish(q, GET_COMMUNE, row->insee, NULL, verdict);

	if (rc == 0 && *verdict != ROW_UNCHANGED)
		fact_store_raise_all(tx);
	return tx_error(tx);
}

int register_store_put_service(struct tx *tx, const struct service *row, enum row_verdict *verdict, struct fault *f)
{
	struct stmt *q = begin(tx, PUT_SERVICE);

	(void)f;
	stmt_text(q, row->service_id);
	stmt_text(q, row->name);
	stmt_word(q, service_kind_names, (int)row->kind);
	stmt_text(q, row->siret);
	stmt_text(q, row->region);
	stmt_text(q, row->timezone);
	stmt_int(q, row->mobilised);
	stmt_text(q, row->contact_email);

	int rc = finish(q, GET_SERVICE, row->service_id, NULL, verdict);

	if (rc == 0 && *verdict != ROW_UNCHANGED)
		fact_store_raise(tx, row->service_id);
	return tx_error(tx);
}

int register_store_put_centre(struct tx *tx, const struct centre *row, enum row_verdict *verdict, struct fault *f)
{
	int known = fact_store_service(tx, row->service_id, f);

	if (known < 0)
		return known;

	struct buf hours = BUF_INIT;
	struct stmt *q = begin(tx, PUT_CENTRE);

	stmt_text(q, row->service_id);
	stmt_text(q, row->centre_id);
	stmt_text(q, row->name);
	stmt_word(q, centre_kind_names, (int)row->kind);
	stmt_text(q, row->insee);
	bind_position(q, row->has_position, row->at);
	bind_hours(q, &row->hours, &hours);
	stmt_int(q, row->posts);
	stmt_date(q, row->opens_on);
	stmt_date(q, row->closes_on);

	int rc = finish_of(q, GET_CENTRE, row->service_id, row->centre_id, verdict);

	buf_release(&hours);
	return rc;
}

int register_store_put_staff(struct tx *tx, const struct staff *row, enum row_verdict *verdict, struct fault *f)
{
	int known = fact_store_service(tx, row->service_id, f);

	if (known < 0)
		return known;

	struct buf hours = BUF_INIT;
	struct stmt *q = begin(tx, PUT_STAFF);

	stmt_text(q, row->service_id);
	stmt_text(q, row->staff_id);
	stmt_word(q, staff_role_names, (int)row->role);
	stmt_int(q, row->vaccinates);
	stmt_text(q, row->rpps);
	stmt_text(q, row->name);
	stmt_text(q, row->email);
	stmt_text(q, row->centre_id);
	bind_hours(q, &row->hours, &hours);
	stmt_text(q, row->languages);
	stmt_int(q, row->max_days_per_week);

	int rc = finish_of(q, GET_STAFF, row->service_id, row->staff_id, verdict);

	buf_release(&hours);
	return rc;
}

int register_store_put_vehicle(struct tx *tx, const struct vehicle *row, enum row_verdict *verdict, struct fault *f)
{
	int known = fact_store_service(tx, row->service_id, f);

	if (known < 0)
		return known;

	struct stmt *q = begin(tx, PUT_VEHICLE);

	stmt_text(q, row->service_id);
	stmt_text(q, row->vehicle_id);
	stmt_text(q, row->centre_id);
	stmt_int(q, row->posts);
	stmt_int(q, row->weekdays);
	stmt_int(q, row->max_minutes);
	stmt_int(q, row->setup_min);
	stmt_int(q, row->pack_min);
	return finish_of(q, GET_VEHICLE, row->service_id, row->vehicle_id, verdict);
}

int register_store_put_company(struct tx *tx, const struct company *row, enum row_verdict *verdict, struct fault *f)
{
	int known = fact_store_service(tx, row->service_id, f);

	if (known < 0)
		return known;

	struct stmt *q = begin(tx, PUT_COMPANY);

	stmt_text(q, row->service_id);
	stmt_text(q, row->siret);
	stmt_text(q, row->name);
	stmt_text(q, row->insee);
	bind_position(q, row->has_position, row->at);
	stmt_text(q, row->naf);
	stmt_int(q, row->headcount);
	stmt_word(q, company_regime_names, (int)row->regime);
	stmt_word(q, company_kind_names, (int)row->kind);
	stmt_text(q, row->works_at);
	stmt_int(q, row->can_host);
	stmt_int(q, row->expected_takers);
	stmt_text(q, row->contact_email);
	return finish_of(q, GET_COMPANY, row->service_id, row->siret, verdict);
}

int register_store_put_person(struct tx *tx, const struct person *row, enum row_verdict *verdict, struct fault *f)
{
	int known = fact_store_service(tx, row->service_id, f);

	if (known < 0)
		return known;

	const char sex[] = {row->sex != '\0' ? row->sex : 'U', '\0'};
	struct stmt *q = begin(tx, PUT_PERSON);

	stmt_text(q, row->service_id);
	stmt_text(q, row->person_ref);
	stmt_text(q, row->siret);
	stmt_int(q, row->birth.days);
	stmt_text(q, sex);
	stmt_word(q, person_kind_names, (int)row->kind);
	stmt_int(q, (int64_t)row->flags);
	stmt_text(q, row->other_flags);
	stmt_text(q, row->relative_of);
	stmt_int(q, row->priority);
	stmt_date(q, row->history_as_of);
	return finish_of(q, GET_PERSON, row->service_id, row->person_ref, verdict);
}

int register_store_put_partner(struct tx *tx, const struct partner *row, enum row_verdict *verdict, struct fault *f)
{
	struct stmt *q = begin(tx, PUT_PARTNER);

	(void)f;
	stmt_text(q, row->region);
	stmt_text(q, row->name);
	stmt_text(q, row->insee);
	stmt_text(q, row->audience);
	stmt_text(q, row->languages);
	stmt_text(q, row->email);
	return finish(q, GET_PARTNER, row->region, row->name, verdict);
}

/* ---- history ---- */

/* Services, by id, that a query with one text parameter names; at most REGISTER_MAX_OWNERS. */
static size_t services_of(struct tx *tx, size_t query, const char *key, char ids[][TX_NAME_BYTES])
{
	struct stmt *q = tx_stmt(tx, &register_store_put_statements, query);
	size_t n = 0;

	stmt_text(q, key);
	while (stmt_next(q)) {
		const char *id = stmt_peek_text(q);
		size_t len = strlen(id);

		if (len < TX_NAME_BYTES && n < REGISTER_MAX_OWNERS)
			memcpy(ids[n++], id, len + 1);
	}
	return n;
}

/* Services that have a person, and the latest birth date that one of them knows. */
static size_t services_of_person(struct tx *tx, const char *ref, char ids[][TX_NAME_BYTES], struct date *birth)
{
	struct stmt *q = tx_stmt(tx, &register_store_put_statements, FIND_PERSON);
	size_t n = 0;

	*birth = DATE_NONE;
	stmt_text(q, ref);
	while (stmt_next(q)) {
		const char *id = stmt_peek_text(q);
		size_t len = strlen(id);

		if (len < TX_NAME_BYTES && n < REGISTER_MAX_OWNERS)
			memcpy(ids[n++], id, len + 1);
		struct date known = stmt_get_date(q);
		if (known.days > birth->days)
			*birth = known;
	}
	return n;
}

int register_store_put_owned(struct tx *tx, const struct history_event *row, struct register_owners *owners, enum row_verdict *verdict,
	struct fault *f)
{
	struct register_owners those;
	struct date birth;
	char (*ids)[TX_NAME_BYTES] = those.ids;
	size_t n = services_of_person(tx, row->person_ref, ids, &birth);
	enum row_verdict result = ROW_UNCHANGED;

	if (n == 0 && tx_error(tx) == 0) {
		fault_set(f, ERR_NOT_FOUND, "person_ref \"%.64s\" is unknown", row->person_ref);
		fault_hint(f, "import people.csv first");
		return ERR_NOT_FOUND;
	}
	if (n > 0 && row->date.days < birth.days) {
		fault_set(f, ERR_CONFLICT, "the date is before the birth of %.64s", row->person_ref);
		fault_hint(f, "look for a mistyped year, here or in people.csv");
		return ERR_CONFLICT;
	}
	those.n = n;
	for (size_t i = 0; i < n; i++) {
		struct stmt *q = tx_stmt(tx, &register_store_put_statements, PUT_EVENT);

		those.created[i] = false;
		stmt_text(q, ids[i]);
		stmt_text(q, row->person_ref);
		stmt_int(q, row->date.days);
		stmt_text(q, row->code);
		stmt_text(q, row->lot != NULL ? row->lot : "");
		if (!stmt_next(q))
			continue;
		stmt_skip(q);
		stmt_end(q);
		result = ROW_CREATED;
		those.created[i] = true;
		fact_store_raise(tx, ids[i]);
	}
	*verdict = result;
	if (owners != NULL)
		*owners = those;
	return tx_error(tx);
}

int register_store_put_event(struct tx *tx, const struct history_event *row, enum row_verdict *verdict, struct fault *f)
{
	return register_store_put_owned(tx, row, NULL, verdict, f);
}

/* ---- stock ---- */

struct register_ordinals {
	struct map counts; /* line without its quantity -> lines so far */
};

struct register_ordinals *register_store_ordinals_new(void)
{
	struct register_ordinals *o = xcalloc(1, sizeof(*o));

	map_init(&o->counts);
	return o;
}

void register_store_ordinals_free(struct register_ordinals *o)
{
	if (o == NULL)
		return;
	map_release(&o->counts);
	free(o);
}

int32_t register_store_ordinal(struct register_ordinals *o, const struct stock_lot *row)
{
	struct buf key = BUF_INIT;
	size_t n = 0;

	buf_printf(&key, "%s\n%s\n%s\n%d\n%s", row->service_id != NULL ? row->service_id : "",
		row->centre_id != NULL ? row->centre_id : "", row->product, row->delivered_on.days, row->lot != NULL ? row->lot : "");
	map_get(&o->counts, key.data, key.len, &n);
	map_put(&o->counts, key.data, key.len, n + 1);
	buf_release(&key);
	return (int32_t)n;
}

int register_store_stock_service(struct tx *tx, const struct stock_lot *row, char out[TX_NAME_BYTES], struct fault *f)
{
	char ids[REGISTER_MAX_OWNERS][TX_NAME_BYTES];

	if (row->service_id != NULL && row->service_id[0] != '\0') {
		size_t len = strlen(row->service_id);

		if (fact_store_service(tx, row->service_id, f) < 0 || len >= TX_NAME_BYTES)
			return ERR_NOT_FOUND;
		memcpy(out, row->service_id, len + 1);
		return 0;
	}
	if (row->centre_id == NULL || row->centre_id[0] == '\0')
		return fault_set(f, ERR_NOT_FOUND, "a delivery needs centre_id or service_id");

	size_t n = services_of(tx, FIND_CENTRE, row->centre_id, ids);

	if (n == 0) {
		fault_set(f, ERR_NOT_FOUND, "centre_id \"%.64s\" is unknown", row->centre_id);
		fault_hint(f, "import centres.csv first");
		return ERR_NOT_FOUND;
	}
	if (n > 1) {
		fault_set(f, ERR_CONFLICT, "two services have a centre \"%.64s\"", row->centre_id);
		fault_hint(f, "give service_id too");
		return ERR_CONFLICT;
	}
	memcpy(out, ids[0], TX_NAME_BYTES);
	return 0;
}

static void bind_stock_key(struct stmt *q, const struct stock_lot *row, const char *service_id, int32_t ordinal)
{
	stmt_text(q, service_id);
	stmt_text(q, row->centre_id != NULL ? row->centre_id : "");
	stmt_text(q, row->product);
	stmt_int(q, row->delivered_on.days);
	stmt_text(q, row->lot != NULL ? row->lot : "");
	stmt_int(q, ordinal);
}

int register_store_put_stock(struct tx *tx, const struct stock_lot *row, int32_t ordinal, enum row_verdict *verdict, struct fault *f)
{
	char service_id[TX_NAME_BYTES] = "";
	int rc = register_store_stock_service(tx, row, service_id, f);

	if (rc < 0)
		return tx_error(tx) < 0 ? tx_error(tx) : rc;

	struct stmt *q = tx_stmt(tx, &register_store_put_statements, GET_STOCK);
	enum row_verdict result = ROW_CREATED;

	bind_stock_key(q, row, service_id, ordinal);
	if (stmt_one(q)) {
		bool same = stmt_get_int(q) == row->vials;

		same = (stmt_get_date(q).days == row->expires_on.days) && same;
		stmt_end(q);
		result = same ? ROW_UNCHANGED : ROW_CHANGED;
	}
	if (result != ROW_UNCHANGED) {
		q = tx_stmt(tx, &register_store_put_statements, PUT_STOCK);
		bind_stock_key(q, row, service_id, ordinal);
		stmt_int(q, row->vials);
		stmt_date(q, row->expires_on);
		stmt_run(q);
		fact_store_raise(tx, service_id);
	}
	*verdict = result;
	return tx_error(tx);
}
