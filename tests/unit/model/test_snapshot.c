/* SPDX-License-Identifier: Apache-2.0 */
/* Builder and seal: order, links, digest, what is left out. */
#include <planvax/model/snapshot.h>

#include <planvax/base/clock.h>
#include <planvax/base/rng.h>

#include "model_build.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reports {
	int n;
	char where[8][64];
};

static void take_report(void *arg, const struct fault *f)
{
	struct reports *r = arg;

	if (r->n < 8)
		snprintf(r->where[r->n], sizeof(r->where[0]), "%.60s", f->where);
	r->n++;
}

static const struct snapshot *seal(struct snapshot_builder *b, struct reports *reports)
{
	const struct snapshot *s = NULL;
	struct fault f = FAULT_NONE;

	cr_assert_eq(snapshot_seal(b, take_report, reports, &s, &f), 0, "%s", f.what);
	return s;
}

static const struct snapshot *seal_sample(const struct model_sample *sample)
{
	struct snapshot_builder *b = snapshot_builder_new();
	struct reports reports = {0};

	model_build_add(b, sample);
	return seal(b, &reports);
}

static void shuffle(struct rng *r, void *rows, size_t n, size_t size)
{
	char *at = rows, *swap = malloc(size);

	for (size_t i = n; i > 1; i--) {
		size_t j = rng_below(r, (uint32_t)i);

		memcpy(swap, at + (i - 1) * size, size);
		memmove(at + (i - 1) * size, at + j * size, size);
		memcpy(at + j * size, swap, size);
	}
	free(swap);
}

Test(snapshot, rows_are_sorted_by_key_and_found_by_it)
{
	const struct snapshot *s = model_build_sealed();

	cr_expect_eq(s->n_people, 40);
	for (size_t i = 1; i < s->n_people; i++)
		cr_expect_lt(strcmp(s->people[i - 1].person_ref, s->people[i].person_ref), 0);
	for (size_t i = 1; i < s->n_companies; i++)
		cr_expect_lt(strcmp(s->companies[i - 1].siret, s->companies[i].siret), 0);
	cr_expect_eq(snapshot_find_centre(s, "C2"), 1);
	cr_expect_eq(snapshot_find_centre(s, "C3"), -1);
	cr_expect_eq(snapshot_find_staff(s, NULL), -1);
	cr_expect_str_eq(s->people[snapshot_find_person(s, "E017")].person_ref, "E017");
	cr_expect_str_eq(s->visits[snapshot_find_visit(s, "V016")].visit_id, "V016");
	cr_expect_eq(snapshot_find_vehicle(s, "V1"), 0);
	cr_expect_str_eq(s->departement, "35");
	cr_expect_str_eq(zone_name(s->zone), "Europe/Paris");
	snapshot_free(s);
}

Test(snapshot, links_lead_to_the_rows_they_name)
{
	const struct snapshot *s = model_build_sealed();
	int32_t host = snapshot_find_company(s, MODEL_SIRET_HOST);
	size_t linked = 0;

	for (size_t i = 0; i < s->n_people; i++) {
		const struct person *p = &s->people[i];

		if (p->siret != NULL)
			cr_expect_str_eq(s->companies[p->company].siret, p->siret);
		else
			cr_expect_eq(p->company, -1);
		for (int32_t e = p->first_event; e < p->first_event + p->n_events; e++)
			cr_expect_str_eq(s->events[e].person_ref, p->person_ref);
		for (int32_t v = p->first_visit; v < p->first_visit + p->n_visits; v++)
			cr_expect_eq(s->visits[s->visits_by_person[v]].person, (int32_t)i);
		linked += (size_t)p->n_visits;
	}
	cr_expect_eq(linked, s->n_visits);
	for (int32_t i = 0; i < s->companies[host].n_persons; i++)
		cr_expect_eq(s->people[s->people_by_company[s->companies[host].first_person + i]].company, host);
	cr_expect_eq(s->companies[host].n_persons, 15);
	cr_expect_eq(s->staff[snapshot_find_staff(s, "N2")].centre, 0, "no centre of its own: the service's first");
	cr_expect_eq(s->vehicles[0].centre, 0);
	snapshot_free(s);
}

Test(snapshot, a_contractor_lies_at_its_host_and_in_its_commune)
{
	const struct snapshot *s = model_build_sealed();
	const struct company *c = &s->companies[snapshot_find_company(s, MODEL_SIRET_CONTRACTOR)];
	const struct company *host = &s->companies[snapshot_find_company(s, MODEL_SIRET_HOST)];

	cr_expect_eq(c->host, (int32_t)(host - s->companies));
	cr_expect_eq(c->at.lon_deg, host->at.lon_deg);
	cr_expect_str_eq(s->communes[c->commune].insee, "35238");
	cr_expect_str_eq(c->insee, "35360", "its own row stays");
	cr_expect_eq(host->host, -1);
	snapshot_free(s);
}

Test(snapshot, a_visit_uses_its_place_by_id_then_by_name_then_its_practitioners_centre)
{
	struct model_sample sample;

	model_build_sample(&sample);
	sample.centres[0].name = "Maison";
	sample.centres[1].name = "Maison";
	sample.visits[0].place = "C2";
	sample.visits[1].place = "Maison";
	sample.visits[2].place = "maison";
	sample.visits[3].staff_id = "GONE";
	sample.visits[4].person_ref = "GONE";

	const struct snapshot *s = seal_sample(&sample);

	cr_expect_eq(s->visits[0].centre, 1);
	cr_expect_eq(s->visits[1].centre, 0, "of two with that name the smaller id");
	cr_expect_eq(s->visits[2].centre, 1, "no such name: P2's centre");
	cr_expect_str_eq(s->visits[1].place, "Maison");
	cr_expect_null(s->visits[2].place, "a text that names no centre may be an address: it is not kept");
	cr_expect_eq(s->visits[3].centre, -1);
	cr_expect_eq(s->visits[3].staff, -1);
	cr_expect_eq(s->visits[4].person, -1);
	cr_expect_eq(s->n_visits, 16, "visits of unknown people stay");
	snapshot_free(s);
}

Test(snapshot, equal_rows_in_any_order_give_equal_digests)
{
	struct model_sample sample;
	struct rng r;

	model_build_sample(&sample);
	rng_init(&r, 7, "snapshot");

	const struct snapshot *first = seal_sample(&sample);

	for (int round = 0; round < 20; round++) {
		shuffle(&r, sample.communes, 4, sizeof(sample.communes[0]));
		shuffle(&r, sample.centres, 2, sizeof(sample.centres[0]));
		shuffle(&r, sample.staff, 6, sizeof(sample.staff[0]));
		shuffle(&r, sample.companies, 5, sizeof(sample.companies[0]));
		shuffle(&r, sample.people, 40, sizeof(sample.people[0]));
		shuffle(&r, sample.events, sample.n_events, sizeof(sample.events[0]));
		shuffle(&r, sample.stock, 4, sizeof(sample.stock[0]));
		shuffle(&r, sample.visits, 16, sizeof(sample.visits[0]));
		shuffle(&r, sample.busy, 3, sizeof(sample.busy[0]));

		const struct snapshot *s = seal_sample(&sample);

		cr_assert_arr_eq(s->digest, first->digest, DIGEST_BYTES);
		cr_assert_str_eq(s->stock[3].product, first->stock[3].product);
		snapshot_free(s);
	}
	snapshot_free(first);
}

Test(snapshot, any_changed_member_changes_the_digest)
{
	struct model_sample a, b;

	model_build_sample(&a);

	const struct snapshot *first = seal_sample(&a);

	for (int change = 0; change < 12; change++) {
		b = a;
		switch (change) {
		case 0: b.service.mobilised = false; break;
		case 1: b.centres[0].posts++; break;
		case 2: b.staff[0].max_days_per_week = 2; break;
		case 3: b.vehicles[0].pack_min++; break;
		case 4: b.companies[2].expected_takers++; break;
		case 5: b.people[3].flags ^= 1; break;
		case 6: b.events[0].code = "207"; break;
		case 7: b.stock[0].vials++; break;
		case 8: b.visits[0].end.utc_s += 60; break;
		case 9: b.busy[0].uid = "other"; break;
		case 10: b.communes[0].dens7 = 2; break;
		default: b.centres[0].has_position = true; break;
		}

		const struct snapshot *s = seal_sample(&b);

		cr_expect_neq(memcmp(s->digest, first->digest, DIGEST_BYTES), 0, "change %d", change);
		snapshot_free(s);
	}
	snapshot_free(first);
}

Test(snapshot, communes_that_no_row_names_do_not_count)
{
	struct model_sample sample;
	struct snapshot_builder *b = snapshot_builder_new();
	struct commune other = model_build_commune("29019", 48.39, -4.48, 1);
	struct reports reports = {0};

	model_build_sample(&sample);

	const struct snapshot *without = seal_sample(&sample);

	model_build_add(b, &sample);
	snapshot_add_commune(b, &other);

	const struct snapshot *with = seal(b, &reports);

	cr_expect_eq(with->n_communes, 4);
	cr_expect_arr_eq(with->digest, without->digest, DIGEST_BYTES);
	snapshot_free(with);
	snapshot_free(without);
}

Test(snapshot, of_two_rows_with_one_key_the_later_replaces)
{
	struct model_sample sample;
	struct snapshot_builder *b = snapshot_builder_new();
	struct reports reports = {0};

	model_build_sample(&sample);
	model_build_add(b, &sample);
	sample.companies[2].expected_takers = 3;
	snapshot_add_company(b, &sample.companies[2]);
	snapshot_add_event(b, &sample.events[0]);

	const struct snapshot *s = seal(b, &reports);

	cr_expect_eq(s->n_companies, 5);
	cr_expect_eq(s->companies[snapshot_find_company(s, MODEL_SIRET_SMALL)].expected_takers, 3);
	cr_expect_eq(s->n_events, sample.n_events, "the same event twice is one");
	snapshot_free(s);
}

Test(snapshot, rows_that_lead_nowhere_are_left_out_and_told)
{
	struct model_sample sample;
	struct snapshot_builder *b = snapshot_builder_new();
	struct reports reports = {0};

	model_build_sample(&sample);
	sample.centres[1].insee = "99999";
	sample.companies[2].insee = "99998";
	sample.vehicles[0].centre_id = "C9";
	sample.events[0].person_ref = "E999";
	sample.busy[0].staff_id = "X1";
	model_build_add(b, &sample);

	const struct snapshot *s = seal(b, &reports);

	cr_expect_eq(reports.n, 8);
	cr_expect_str_eq(reports.where[0], "centre C2");
	cr_expect_str_eq(reports.where[1], "staff P2", "its centre is gone");
	cr_expect_str_eq(reports.where[2], "vehicle V1");
	cr_expect_str_eq(reports.where[3], "company " MODEL_SIRET_SMALL);
	cr_expect_str_eq(reports.where[4], "history of E999");
	cr_expect_str_eq(reports.where[5], "stock of C2");
	cr_expect_str_eq(reports.where[6], "busy time of P2");
	cr_expect_str_eq(reports.where[7], "busy time of X1");
	cr_expect_eq(s->n_centres, 1);
	cr_expect_eq(s->n_vehicles, 0);
	cr_expect_eq(s->n_companies, 4);
	cr_expect_eq(s->people[snapshot_find_person(s, "E004")].company, -1);
	snapshot_free(s);
}

Test(snapshot, a_contractor_without_a_position_is_saved_by_its_host)
{
	struct model_sample sample;

	model_build_sample(&sample);
	sample.companies[3].insee = "99999";

	const struct snapshot *s = seal_sample(&sample);
	int32_t at = snapshot_find_company(s, MODEL_SIRET_CONTRACTOR);

	cr_assert_geq(at, 0);
	cr_expect_str_eq(s->communes[s->companies[at].commune].insee, "35238");
	snapshot_free(s);
}

Test(snapshot, arrondissements_fall_back_to_their_city)
{
	struct snapshot_builder *b = snapshot_builder_new();
	struct service service = model_build_service("S001");
	struct commune paris = model_build_commune("75056", 48.86, 2.35, 1), first = model_build_commune("75101", 48.862, 2.336, 1);
	struct centre c1 = model_build_centre("C1", CENTRE_SERVICE, "75101"), c2 = model_build_centre("C2", CENTRE_SERVICE, "75120");
	struct centre c3 = model_build_centre("C3", CENTRE_SERVICE, "75121");
	struct reports reports = {0};

	snapshot_add_service(b, &service);
	snapshot_add_commune(b, &paris);
	snapshot_add_commune(b, &first);
	snapshot_add_centre(b, &c1);
	snapshot_add_centre(b, &c2);
	snapshot_add_centre(b, &c3);

	const struct snapshot *s = seal(b, &reports);

	cr_expect_eq(reports.n, 1);
	cr_expect_eq(s->centres[0].at.lat_deg, 48.862);
	cr_expect_eq(s->centres[1].at.lat_deg, 48.86);
	snapshot_free(s);
}

Test(snapshot, sealing_needs_a_service_and_a_zone)
{
	struct snapshot_builder *b = snapshot_builder_new();
	struct service service = model_build_service("S001");
	const struct snapshot *s = NULL;
	struct fault f = FAULT_NONE;

	cr_expect_eq(snapshot_seal(b, NULL, NULL, &s, &f), ERR_INVALID);
	b = snapshot_builder_new();
	service.timezone = "Europe/Nowhere";
	snapshot_add_service(b, &service);
	fault_clear(&f);
	cr_expect_eq(snapshot_seal(b, NULL, NULL, &s, &f), ERR_NOT_FOUND);
	cr_expect_null(s);
	cr_expect_not_null(strstr(f.what, "Europe/Nowhere"));
	b = snapshot_builder_new();
	service.timezone = NULL;
	service.region = "04";
	snapshot_add_service(b, &service);
	cr_assert_eq(snapshot_seal(b, NULL, NULL, &s, &f), 0);
	cr_expect_str_eq(zone_name(s->zone), "Indian/Reunion");
	cr_expect_eq(s->home_centre, -1);
	cr_expect_str_eq(s->departement, "75");
	snapshot_free(s);
}

/* Adds n people in an order that no sort likes, each with some history. */
static void add_crowd(struct snapshot_builder *b, uint32_t n, uint32_t events)
{
	char ref[32], siret[16];

	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = (uint32_t)((uint64_t)i * 48271 % n);

		snprintf(ref, sizeof(ref), "S001-P%07u", at);
		snprintf(siret, sizeof(siret), "9%013u", at % 7000);

		struct person p = model_build_person(ref, siret, "1980-01-01");

		snapshot_add_person(b, &p);
	}
	for (uint32_t i = 0; i < events; i++) {
		snprintf(ref, sizeof(ref), "S001-P%07u", (uint32_t)((uint64_t)i * 16807 % n));

		struct history_event e = model_build_event(ref, "2021-06-01", i % 2 == 0 ? "208" : "207");

		e.date = date_add_days(e.date, (int)(i / n));
		snapshot_add_event(b, &e);
	}
}

Test(snapshot, a_service_of_ninety_thousand_is_sealed_in_a_moment)
{
	struct snapshot_builder *b = snapshot_builder_new();
	struct service service = model_build_service("S001");
	struct commune commune = model_build_commune("35238", 48.1, -1.6, 1);
	struct reports reports = {0};
	char siret[16];

	snapshot_add_service(b, &service);
	snapshot_add_commune(b, &commune);
	for (uint32_t i = 0; i < 7000; i++) {
		snprintf(siret, sizeof(siret), "9%013u", i * 17 % 7000);

		struct company c = model_build_company(siret, "35238", 12);

		snapshot_add_company(b, &c);
	}
	add_crowd(b, 90001, 300000);

	int64_t before = clock_cpu_us();
	const struct snapshot *s = seal(b, &reports);
	int64_t spent_ms = (clock_cpu_us() - before) / 1000;

	cr_expect_eq(s->n_people, 90001);
	cr_expect_eq(s->n_events, 300000);
	cr_expect_lt(spent_ms, 3000, "sealing took %lld ms", (long long)spent_ms); /* generous: sanitizers are slow */
	cr_log_info("sealed in %lld ms", (long long)spent_ms);
	snapshot_free(s);
}

Test(snapshot, a_packed_snapshot_is_read_back_the_same)
{
	struct model_sample sample;
	struct buf packed = BUF_INIT, again = BUF_INIT;
	const struct snapshot *copy = NULL;
	unsigned char digest[DIGEST_BYTES];
	struct fault f = FAULT_NONE;

	model_build_sample(&sample);
	sample.companies[3].has_position = true; /* a contractor: it lies at its host all the same */
	sample.companies[3].at = (struct geo_point){48.0, -1.0};
	sample.service.timezone = "Indian/Reunion";

	const struct snapshot *s = seal_sample(&sample);

	snapshot_pack(s, &packed);
	digest_sha256(packed.data, packed.len, digest);
	cr_expect_arr_eq(digest, s->digest, DIGEST_BYTES);
	cr_assert_eq(snapshot_unpack(packed.data, packed.len, &copy, &f), 0, "%s", f.what);
	cr_expect_arr_eq(copy->digest, s->digest, DIGEST_BYTES);
	snapshot_pack(copy, &again);
	cr_assert_eq(again.len, packed.len);
	cr_expect_arr_eq(again.data, packed.data, packed.len);
	cr_expect_eq(copy->companies[3].at.lat_deg, s->companies[3].at.lat_deg);
	snapshot_free(copy);
	snapshot_free(s);
	buf_release(&packed);
	buf_release(&again);
}

Test(snapshot, a_damaged_pack_is_refused_or_shows_by_its_digest)
{
	struct buf packed = BUF_INIT;
	const struct snapshot *s = model_build_sealed(), *copy = NULL;
	struct rng r;
	char *bytes;
	int refused = 0;

	snapshot_pack(s, &packed);
	bytes = malloc(packed.len);
	rng_init(&r, 1, "pack");
	for (int round = 0; round < 2000; round++) {
		size_t len = packed.len;

		memcpy(bytes, packed.data, len);
		if (round % 2 == 0)
			len = rng_below(&r, (uint32_t)len);
		else
			bytes[rng_below(&r, (uint32_t)len)] ^= (char)(1 << rng_below(&r, 8));
		if (snapshot_unpack(bytes, len, &copy, NULL) < 0) {
			refused++;
			continue;
		}
		cr_assert_eq(len, packed.len, "round %d: a cut one is never taken", round);
		cr_assert_neq(memcmp(copy->digest, s->digest, DIGEST_BYTES), 0, "round %d", round);
		snapshot_free(copy);
	}
	cr_expect_gt(refused, 1000);
	free(bytes);
	snapshot_free(s);
	buf_release(&packed);
}

/* The sample without its visits and busy time. */
static struct snapshot_builder *begin_without_visits(void)
{
	struct snapshot_builder *b = snapshot_builder_new();
	struct model_sample sample;

	model_build_sample(&sample);
	for (size_t i = 0; i < sizeof(sample.staff) / sizeof(sample.staff[0]); i++)
		snapshot_add_staff(b, &sample.staff[i]);
	for (size_t i = 0; i < sizeof(sample.communes) / sizeof(sample.communes[0]); i++)
		snapshot_add_commune(b, &sample.communes[i]);
	for (size_t i = 0; i < sizeof(sample.centres) / sizeof(sample.centres[0]); i++)
		snapshot_add_centre(b, &sample.centres[i]);
	snapshot_add_service(b, &sample.service);
	return b;
}

static void add_visit(struct snapshot_builder *b, const char *id, const char *staff, const char *time, bool from_table)
{
	struct visit v = model_build_visit(id, staff, "X1", "2022-01-10", time);

	v.from_table = from_table;
	snapshot_add_visit(b, &v);
}

Test(snapshot, a_visit_of_the_table_that_a_calendar_has_too_is_one_visit)
{
	for (int order = 0; order < 2; order++) {
		struct snapshot_builder *b = begin_without_visits();
		struct reports reports = {0};

		for (int i = 0; i < 2; i++) {
			if (i == order) {
				add_visit(b, "same-id", "P1", "08:00", false);
				add_visit(b, "uid", "P1", "10:00", false);
			} else {
				add_visit(b, "same-id", "P1", "09:00", true);
				add_visit(b, "table-1", "P1", "10:00", true);
			}
		}
		const struct snapshot *s = seal(b, &reports);

		cr_expect_eq(s->n_visits, 3, "order %d: %zu", order, s->n_visits);
		cr_expect_eq(s->visits[snapshot_find_visit(s, "same-id")].start.utc_s, model_build_instant("2022-01-10", "08:00").utc_s);
		cr_expect_geq(snapshot_find_visit(s, "table-1"), 0, "another id is another visit");
		snapshot_free(s);
	}
}

Test(snapshot, a_copy_of_a_visit_in_the_same_members_calendar_is_no_busy_time)
{
	struct snapshot_builder *b = begin_without_visits();
	struct reports reports = {0};

	add_visit(b, "a", "P1", "08:00", false);
	snapshot_add_busy(b, &(struct busy){.uid = "a", .service_id = "S001", .staff_id = "P1", .start = model_build_instant("2022-01-10", "08:00"),
		.end = model_build_instant("2022-01-10", "08:30")});
	snapshot_add_busy(b, &(struct busy){.uid = "a", .service_id = "S001", .staff_id = "P2", .start = model_build_instant("2022-01-10", "08:00"),
		.end = model_build_instant("2022-01-10", "08:30")});
	const struct snapshot *s = seal(b, &reports);

	cr_assert_eq(s->n_busy, 1);
	cr_expect_str_eq(s->busy[0].staff_id, "P2", "whoever helps is busy");
	snapshot_free(s);
}

Test(snapshot, a_window_keeps_what_touches_its_days_in_the_services_zone)
{
	static const struct {
		const char *from_date, *from, *to_date, *to;
		bool kept;
	} table[] = {
		{"2022-01-02", "22:00", "2022-01-02", "22:59", false}, /* UTC: 23:59 in Paris */
		{"2022-01-02", "22:00", "2022-01-02", "23:00", false}, /* ends at midnight */
		{"2022-01-02", "22:00", "2022-01-02", "23:01", true},
		{"2022-01-02", "23:00", "2022-01-02", "23:00", true},  /* no length, at the very beginning */
		{"2022-01-30", "22:59", "2022-01-30", "23:30", true},
		{"2022-01-30", "23:00", "2022-01-30", "23:30", false}, /* midnight in Paris */
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct snapshot_builder *b = begin_without_visits();
		struct reports reports = {0};
		struct visit v = model_build_visit("v", "P1", "X1", "2022-01-10", "08:00");
		struct busy busy = {.uid = "b", .service_id = "S001", .staff_id = "P1"};

		v.start = busy.start = model_build_instant(table[i].from_date, table[i].from);
		v.end = busy.end = model_build_instant(table[i].to_date, table[i].to);
		snapshot_add_visit(b, &v);
		busy.uid = "other";
		snapshot_add_busy(b, &busy);
		snapshot_set_window(b, date_of(2022, 1, 3), date_of(2022, 1, 30));
		const struct snapshot *s = seal(b, &reports);

		cr_expect_eq(s->n_visits, table[i].kept ? 1 : 0, "row %zu", i);
		cr_expect_eq(s->n_busy, table[i].kept ? 1 : 0, "row %zu", i);
		cr_expect_eq(reports.n, 0);
		snapshot_free(s);
	}
}
