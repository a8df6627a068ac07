/* SPDX-License-Identifier: Apache-2.0 */
/* model_build: sample rows for tests. */
#include "model_build.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define SERVICE "S001"
#define TEXT_BYTES 24

struct date model_build_date(const char *text)
{
	struct date d = DATE_NONE;
	int rc = date_parse(text, strlen(text), &d);

	assert(rc == 0);
	return d;
}

struct instant model_build_instant(const char *date, const char *time)
{
	struct minute m = {0};
	int rc = minute_parse(time, strlen(time), &m);

	assert(rc == 0);
	return (struct instant){(int64_t)model_build_date(date).days * 86400 + (int64_t)m.min * 60};
}

static struct hours default_hours(void)
{
	struct hours h;
	int rc = hours_parse("", 0, &h, NULL);

	assert(rc == 0);
	return h;
}

struct service model_build_service(const char *id)
{
	return (struct service){.service_id = id, .name = "Service de test", .kind = SERVICE_SPSTI, .region = "53",
		.mobilised = true, .contact_email = "contact@service.example"};
}

struct commune model_build_commune(const char *insee, double lat, double lon, int dens7)
{
	return (struct commune){.insee = insee, .name = insee, .departement = "35", .region = "53",
		.at = {lat, lon}, .population = 1000, .dens7 = (int8_t)dens7};
}

struct centre model_build_centre(const char *id, enum centre_kind kind, const char *insee)
{
	return (struct centre){.centre_id = id, .service_id = SERVICE, .name = id, .kind = kind, .insee = insee,
		.hours = default_hours(), .posts = 1, .opens_on = DATE_NONE, .closes_on = DATE_NONE, .commune = -1};
}

struct staff model_build_staff(const char *id, enum staff_role role, const char *centre_id)
{
	return (struct staff){.staff_id = id, .service_id = SERVICE, .role = role,
		.vaccinates = role == STAFF_PHYSICIAN || role == STAFF_NURSE, .name = id, .centre_id = centre_id,
		.hours = default_hours(), .max_days_per_week = -1, .centre = -1};
}

struct vehicle model_build_vehicle(const char *id, const char *centre_id)
{
	return (struct vehicle){.vehicle_id = id, .service_id = SERVICE, .centre_id = centre_id, .posts = 1,
		.weekdays = 0x1f, .max_minutes = 480, .setup_min = 30, .pack_min = 15, .centre = -1};
}

struct company model_build_company(const char *siret, const char *insee, int headcount)
{
	return (struct company){.siret = siret, .service_id = SERVICE, .name = siret, .insee = insee,
		.headcount = headcount, .regime = REGIME_GENERAL, .kind = COMPANY_PLAIN, .can_host = headcount >= 10,
		.expected_takers = -1, .host = -1, .commune = -1};
}

struct person model_build_person(const char *ref, const char *siret, const char *birth)
{
	return (struct person){.person_ref = ref, .service_id = SERVICE, .siret = siret, .birth = model_build_date(birth),
		.sex = 'U', .kind = PERSON_EMPLOYEE, .history_as_of = model_build_date("2021-12-31"), .company = -1};
}

struct history_event model_build_event(const char *person_ref, const char *date, const char *code)
{
	return (struct history_event){.person_ref = person_ref, .date = model_build_date(date), .code = code};
}

struct stock_lot model_build_stock(const char *centre_id, const char *product, const char *delivered_on, int vials)
{
	return (struct stock_lot){.centre_id = centre_id, .service_id = SERVICE, .product = product,
		.delivered_on = model_build_date(delivered_on), .vials = vials, .expires_on = DATE_NONE, .centre = -1};
}

struct visit model_build_visit(const char *id, const char *staff_id, const char *person_ref, const char *date, const char *time)
{
	struct instant start = model_build_instant(date, time);

	return (struct visit){.visit_id = id, .service_id = SERVICE, .staff_id = staff_id, .person_ref = person_ref,
		.type = "VIP_PERIODIQUE", .start = start, .end = {start.utc_s + 30 * 60}, .due = DATE_NONE,
		.staff = -1, .person = -1, .centre = -1};
}

struct busy model_build_busy(const char *uid, const char *staff_id, const char *date, const char *from, const char *to)
{
	return (struct busy){.uid = uid, .service_id = SERVICE, .staff_id = staff_id,
		.start = model_build_instant(date, from), .end = model_build_instant(date, to), .staff = -1};
}

static void sample_places(struct model_sample *s)
{
	s->communes[0] = model_build_commune("35238", 48.1147, -1.6794, 1);
	s->communes[1] = model_build_commune("35360", 48.1239, -1.2094, 3);
	s->communes[2] = model_build_commune("35168", 47.9100, -1.6300, 6);
	s->communes[3] = model_build_commune("35012", 47.9300, -1.6000, 6);
	s->centres[0] = model_build_centre("C1", CENTRE_SERVICE, "35238");
	s->centres[0].posts = 2;
	s->centres[1] = model_build_centre("C2", CENTRE_MSA, "35360");
	s->vehicles[0] = model_build_vehicle("V1", "C1");
	s->companies[0] = model_build_company(MODEL_SIRET_HOST, "35238", 60);
	s->companies[1] = model_build_company(MODEL_SIRET_RURAL, "35168", 25);
	s->companies[1].regime = REGIME_AGRICULTURAL;
	s->companies[1].naf = "01.11Z";
	s->companies[1].expected_takers = 9;
	s->companies[2] = model_build_company(MODEL_SIRET_SMALL, "35012", 4);
	s->companies[2].expected_takers = 2;
	s->companies[3] = model_build_company(MODEL_SIRET_CONTRACTOR, "35360", 8);
	s->companies[3].works_at = MODEL_SIRET_HOST;
	s->companies[4] = model_build_company(MODEL_SIRET_AGENCY, "35238", 30);
	s->companies[4].kind = COMPANY_TEMP_AGENCY;
}

static void sample_staff(struct model_sample *s)
{
	s->staff[0] = model_build_staff("P1", STAFF_PHYSICIAN, "C1");
	s->staff[0].email = "p1@service.example";
	s->staff[0].rpps = "10002909371";
	s->staff[1] = model_build_staff("P2", STAFF_PHYSICIAN, "C2");
	s->staff[1].email = "p2@service.example";
	s->staff[2] = model_build_staff("N1", STAFF_NURSE, "C1");
	s->staff[2].email = "n1@service.example";
	s->staff[3] = model_build_staff("N2", STAFF_NURSE, NULL);
	s->staff[3].email = "n2@service.example";
	s->staff[4] = model_build_staff("A1", STAFF_ASSISTANT, "C1");
	s->staff[5] = model_build_staff("D1", STAFF_DRIVER, "C1");
}

static void sample_people(struct model_sample *s)
{
	static char refs[40][TEXT_BYTES];
	static const char *const employers[] = {MODEL_SIRET_HOST, MODEL_SIRET_HOST, MODEL_SIRET_RURAL,
		MODEL_SIRET_SMALL, MODEL_SIRET_CONTRACTOR, MODEL_SIRET_AGENCY, MODEL_SIRET_HOST, NULL};

	for (size_t i = 0; i < 40; i++) {
		snprintf(refs[i], sizeof(refs[i]), "E%03zu", i + 1);

		struct person p = model_build_person(refs[i], employers[i % 8], "1980-01-01");

		p.birth = date_add_days(p.birth, (int)(i * 311 % 9000) - 4500);
		if (i % 8 == 4)
			p.kind = PERSON_CONTRACTOR;
		if (i % 8 == 5)
			p.kind = PERSON_TEMPORARY;
		if (i % 8 == 7)
			p.kind = PERSON_SELF_EMPLOYED;
		if (i % 10 == 3)
			p.flags = (uint64_t)1 << FLAG_SEVERE_RISK;
		if (i % 13 == 12)
			p.history_as_of = DATE_NONE;
		s->people[i] = p;
	}
	s->n_events = 0;
	for (size_t i = 0; i < 40; i++) {
		if (i % 3 == 2)
			continue; /* nothing given yet */
		s->events[s->n_events++] = model_build_event(refs[i], "2021-06-01", "208");
		if (i % 3 == 0 && s->n_events < 50)
			s->events[s->n_events++] = model_build_event(refs[i], "2021-06-29", "208");
	}
}

static void sample_agenda(struct model_sample *s)
{
	static const char *const staff[] = {"P1", "N1", "P2", "N2"};
	static const char *const times[] = {"08:00", "08:30", "09:30", "13:00"};
	static char ids[16][TEXT_BYTES], days[16][TEXT_BYTES];

	for (size_t i = 0; i < 16; i++) {
		snprintf(ids[i], sizeof(ids[i]), "V%03zu", i + 1);
		snprintf(days[i], sizeof(days[i]), "2022-01-%02zu", 10 + i % 5 + i / 5 % 3 * 7);
		s->visits[i] = model_build_visit(ids[i], staff[i % 4], s->people[i * 2].person_ref, days[i], times[i / 4]);
		if (i % 3 == 0)
			s->visits[i].due = model_build_date("2022-03-31");
	}
	s->visits[5].place = "C2";
	s->busy[0] = model_build_busy("meeting-1@service.example", "P1", "2022-01-11", "13:00", "15:00");
	s->busy[1] = model_build_busy("meeting-1@service.example", "N1", "2022-01-11", "13:00", "15:00");
	s->busy[2] = model_build_busy("leave-1@service.example", "P2", "2022-01-20", "07:00", "17:00");
	s->stock[0] = model_build_stock("C1", "COMIRNATY", "2022-01-03", 30);
	s->stock[0].lot = "LOT-A";
	s->stock[1] = model_build_stock("C2", "COMIRNATY", "2022-01-03", 10);
	s->stock[2] = model_build_stock(NULL, "SPIKEVAX", "2022-01-10", 20);
	s->stock[3] = model_build_stock("C1", "COMIRNATY", "2022-01-17", 20);
	s->stock[3].expires_on = model_build_date("2022-02-28");
}

void model_build_sample(struct model_sample *sample)
{
	memset(sample, 0, sizeof(*sample));
	sample->service = model_build_service(SERVICE);
	sample_places(sample);
	sample_staff(sample);
	sample_people(sample);
	sample_agenda(sample);
}

#define ADD_ALL(b, kind, rows, n) \
	do { \
		for (size_t i_ = 0; i_ < (n); i_++) \
			snapshot_add_##kind((b), &(rows)[i_]); \
	} while (0)

void model_build_add(struct snapshot_builder *b, const struct model_sample *s)
{
	snapshot_add_service(b, &s->service);
	ADD_ALL(b, commune, s->communes, 4);
	ADD_ALL(b, centre, s->centres, 2);
	ADD_ALL(b, staff, s->staff, 6);
	ADD_ALL(b, vehicle, s->vehicles, 1);
	ADD_ALL(b, company, s->companies, 5);
	ADD_ALL(b, person, s->people, 40);
	ADD_ALL(b, event, s->events, s->n_events);
	ADD_ALL(b, stock, s->stock, 4);
	ADD_ALL(b, visit, s->visits, 16);
	ADD_ALL(b, busy, s->busy, 3);
}

const struct snapshot *model_build_sealed(void)
{
	static struct model_sample sample;
	struct snapshot_builder *b = snapshot_builder_new();
	const struct snapshot *s = NULL;
	struct fault f = FAULT_NONE;

	model_build_sample(&sample);
	model_build_add(b, &sample);

	int rc = snapshot_seal(b, NULL, NULL, &s, &f);

	assert(rc == 0);
	return s;
}
