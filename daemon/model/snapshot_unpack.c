/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot_unpack: reads what snapshot_pack wrote, member by member in the same
 * order, and seals it again. Anything that does not fit is an error: the digest
 * of what was sealed must be that of the bytes. */
#include <planvax/model/snapshot.h>

#include "snapshot_builder.h"

#include <string.h>

#define TEXT_MAX ((int64_t)1 << 20)
#define ROWS_MAX ((int64_t)20000000)

struct row_reader {
	const unsigned char *next, *end;
	struct arena texts; /* of the row being read */
	bool broken;
};

static int64_t get_int(struct row_reader *r)
{
	uint64_t value = 0;

	if (r->end - r->next < 8) {
		r->broken = true;
		return 0;
	}
	for (int i = 0; i < 8; i++)
		value = value << 8 | *r->next++;
	return (int64_t)value;
}

/* An integer within min..max; 0 and broken otherwise. */
static int32_t get_range(struct row_reader *r, int64_t min, int64_t max)
{
	int64_t value = get_int(r);

	if (value < min || value > max) {
		r->broken = true;
		return 0;
	}
	return (int32_t)value;
}

static int32_t get_int32(struct row_reader *r)
{
	return get_range(r, INT32_MIN, INT32_MAX);
}

static bool get_bool(struct row_reader *r)
{
	return get_range(r, 0, 1) == 1;
}

/* An optional text; valid until the next row. */
static const char *get_text(struct row_reader *r)
{
	int64_t len = get_int(r);

	if (r->broken || len == -1)
		return NULL;
	if (len < 0 || len > TEXT_MAX || len > r->end - r->next) {
		r->broken = true;
		return NULL;
	}

	const char *text = arena_strndup(&r->texts, (const char *)r->next, (size_t)len);

	r->next += len;
	return text;
}

/* A text that must be there; "" and broken otherwise. */
static const char *need_text(struct row_reader *r)
{
	const char *text = get_text(r);

	if (text != NULL)
		return text;
	r->broken = true;
	return "";
}

static double get_degrees(struct row_reader *r)
{
	int64_t bits = get_int(r);
	double degrees;

	memcpy(&degrees, &bits, sizeof(degrees));
	return degrees;
}

static bool get_position(struct row_reader *r, struct geo_point *at)
{
	bool has_position = get_bool(r);

	at->lat_deg = get_degrees(r);
	at->lon_deg = get_degrees(r);
	return has_position;
}

static struct hours get_hours(struct row_reader *r)
{
	struct hours h = {.n = {0}};

	for (int day = 0; day < 7; day++) {
		h.n[day] = (uint8_t)get_range(r, 0, HOURS_RANGES_MAX);
		for (int i = 0; i < h.n[day]; i++) {
			int32_t range = get_range(r, 0, 14409999);

			h.range[day][i] = (struct hours_range){(int16_t)(range / 10000), (int16_t)(range % 10000)};
			if (h.range[day][i].from_min >= h.range[day][i].to_min || h.range[day][i].to_min > 1440 ||
				(i > 0 && h.range[day][i].from_min < h.range[day][i - 1].to_min))
				r->broken = true;
		}
	}
	return h;
}

/* Starts a table: its name must be next. Returns its number of rows. */
static int64_t begin_table(struct row_reader *r, const char *name)
{
	const char *there = need_text(r);
	int64_t rows = get_int(r);

	if (strcmp(there, name) != 0 || rows < 0 || rows > ROWS_MAX)
		r->broken = true;
	return r->broken ? 0 : rows;
}

/* Whether another row of the table is to be read; forgets the texts of the one before. */
static bool next_row(struct row_reader *r, int64_t *rows)
{
	arena_reset(&r->texts);
	return !r->broken && (*rows)-- > 0;
}

static void get_service(struct row_reader *r, struct snapshot_builder *b)
{
	struct service s = {.mobilised = false};

	if (begin_table(r, "service") != 1)
		r->broken = true;
	s.service_id = need_text(r);
	s.name = need_text(r);
	s.kind = (enum service_kind)get_range(r, 0, SERVICE_MSA);
	s.siret = get_text(r);
	s.region = need_text(r);
	s.timezone = get_text(r);
	s.mobilised = get_bool(r);
	s.contact_email = get_text(r);
	snapshot_add_service(b, &s);
}

static void get_communes(struct row_reader *r, struct snapshot_builder *b)
{
	for (int64_t rows = begin_table(r, "communes"); next_row(r, &rows);) {
		struct commune c = {.insee = need_text(r)};

		c.name = need_text(r);
		c.departement = need_text(r);
		c.region = need_text(r);
		get_position(r, &c.at);
		c.population = get_int32(r);
		c.dens7 = (int8_t)get_range(r, INT8_MIN, INT8_MAX);
		snapshot_add_commune(b, &c);
	}
}

static void get_centres(struct row_reader *r, struct snapshot_builder *b)
{
	for (int64_t rows = begin_table(r, "centres"); next_row(r, &rows);) {
		struct centre c = {.centre_id = need_text(r)};

		c.name = need_text(r);
		c.kind = (enum centre_kind)get_range(r, 0, CENTRE_VACCINATION_CENTRE);
		c.insee = need_text(r);
		c.has_position = get_position(r, &c.at);
		c.hours = get_hours(r);
		c.posts = get_int32(r);
		c.opens_on.days = get_int32(r);
		c.closes_on.days = get_int32(r);
		c.service_id = b->service.service_id;
		snapshot_add_centre(b, &c);
	}
}

static void get_staff(struct row_reader *r, struct snapshot_builder *b)
{
	for (int64_t rows = begin_table(r, "staff"); next_row(r, &rows);) {
		struct staff m = {.staff_id = need_text(r)};

		m.role = (enum staff_role)get_range(r, 0, STAFF_INTERPRETER);
		m.vaccinates = get_bool(r);
		m.rpps = get_text(r);
		m.name = need_text(r);
		m.email = get_text(r);
		m.centre_id = get_text(r);
		m.hours = get_hours(r);
		m.languages = get_text(r);
		m.max_days_per_week = get_int32(r);
		m.service_id = b->service.service_id;
		snapshot_add_staff(b, &m);
	}
}

static void get_vehicles(struct row_reader *r, struct snapshot_builder *b)
{
	for (int64_t rows = begin_table(r, "vehicles"); next_row(r, &rows);) {
		struct vehicle v = {.vehicle_id = need_text(r)};

		v.centre_id = need_text(r);
		v.posts = get_int32(r);
		v.weekdays = (unsigned)get_range(r, 0, 0x7f);
		v.max_minutes = get_int32(r);
		v.setup_min = get_int32(r);
		v.pack_min = get_int32(r);
		v.service_id = b->service.service_id;
		snapshot_add_vehicle(b, &v);
	}
}

static void get_companies(struct row_reader *r, struct snapshot_builder *b)
{
	for (int64_t rows = begin_table(r, "companies"); next_row(r, &rows);) {
		struct company c = {.siret = need_text(r)};

		c.name = need_text(r);
		c.insee = need_text(r);
		c.has_position = get_position(r, &c.at);
		c.naf = get_text(r);
		c.headcount = get_int32(r);
		c.regime = (enum company_regime)get_range(r, 0, REGIME_AGRICULTURAL);
		c.kind = (enum company_kind)get_range(r, 0, COMPANY_TEMP_AGENCY);
		c.works_at = get_text(r);
		c.can_host = get_bool(r);
		c.expected_takers = get_int32(r);
		c.contact_email = get_text(r);
		c.service_id = b->service.service_id;
		snapshot_add_company(b, &c);
	}
}

static void get_people(struct row_reader *r, struct snapshot_builder *b)
{
	for (int64_t rows = begin_table(r, "people"); next_row(r, &rows);) {
		struct person p = {.person_ref = need_text(r)};

		p.siret = get_text(r);
		p.birth.days = get_int32(r);
		p.sex = (char)get_range(r, 0, 127);
		p.kind = (enum person_kind)get_range(r, 0, PERSON_KINDS - 1);
		p.flags = (uint64_t)get_int(r);
		p.other_flags = get_text(r);
		p.relative_of = get_text(r);
		p.priority = get_int32(r);
		p.history_as_of.days = get_int32(r);
		p.service_id = b->service.service_id;
		snapshot_add_person(b, &p);
	}
	for (int64_t rows = begin_table(r, "history"); next_row(r, &rows);) {
		struct history_event e = {.person_ref = need_text(r)};

		e.date.days = get_int32(r);
		e.code = need_text(r);
		e.lot = get_text(r);
		snapshot_add_event(b, &e);
	}
}

static void get_stock(struct row_reader *r, struct snapshot_builder *b)
{
	for (int64_t rows = begin_table(r, "stock"); next_row(r, &rows);) {
		struct stock_lot l = {.centre_id = get_text(r)};

		l.product = need_text(r);
		l.delivered_on.days = get_int32(r);
		l.vials = get_int32(r);
		l.lot = get_text(r);
		l.expires_on.days = get_int32(r);
		l.service_id = b->service.service_id;
		snapshot_add_stock(b, &l);
	}
}

static void get_visits(struct row_reader *r, struct snapshot_builder *b)
{
	for (int64_t rows = begin_table(r, "visits"); next_row(r, &rows);) {
		struct visit v = {.visit_id = need_text(r)};

		v.staff_id = get_text(r);
		v.person_ref = need_text(r);
		v.type = need_text(r);
		v.start.utc_s = get_int(r);
		v.end.utc_s = get_int(r);
		v.due.days = get_int32(r);
		v.postponed_before = get_bool(r);
		v.place = get_text(r);
		v.service_id = b->service.service_id;
		snapshot_add_visit(b, &v);
	}
	for (int64_t rows = begin_table(r, "busy"); next_row(r, &rows);) {
		struct busy y = {.uid = need_text(r)};

		y.staff_id = need_text(r);
		y.start.utc_s = get_int(r);
		y.end.utc_s = get_int(r);
		y.service_id = b->service.service_id;
		snapshot_add_busy(b, &y);
	}
}

static bool read_all(struct row_reader *r, struct snapshot_builder *b)
{
	if (strcmp(need_text(r), SNAPSHOT_PACK_FORMAT) != 0)
		return false;
	get_service(r, b);
	get_communes(r, b);
	get_centres(r, b);
	get_staff(r, b);
	get_vehicles(r, b);
	get_companies(r, b);
	get_people(r, b);
	get_stock(r, b);
	get_visits(r, b);
	arena_release(&r->texts);
	return !r->broken && r->next == r->end;
}

int snapshot_unpack(const void *bytes, size_t len, const struct snapshot **snapshot, struct fault *f)
{
	struct row_reader r = {.next = bytes, .end = (const unsigned char *)bytes + len, .texts = ARENA_INIT};
	struct snapshot_builder *b = snapshot_builder_new();
	const struct snapshot *s = NULL;
	unsigned char digest[DIGEST_BYTES];

	if (!read_all(&r, b)) {
		arena_release(&r.texts);
		snapshot_builder_free(b);
		return fault_set(f, ERR_CORRUPT, "not a packed snapshot");
	}

	int rc = snapshot_seal(b, NULL, NULL, &s, f);

	if (rc < 0)
		return rc;
	digest_sha256(bytes, len, digest);
	if (memcmp(digest, s->digest, sizeof(digest)) != 0) {
		snapshot_free(s);
		return fault_set(f, ERR_CORRUPT, "a packed snapshot that does not fit its digest");
	}
	*snapshot = s;
	return 0;
}
