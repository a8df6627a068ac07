/* SPDX-License-Identifier: Apache-2.0 */
/* Registers in and out, verdicts, and the snapshot of a stored service. */
#include <planvax/store/register_store.h>

#include <planvax/store/fact_store.h>
#include <planvax/store/snapshot_load.h>

#include "store_temp.h"

#include <criterion/criterion.h>
#include <string.h>

static struct store_temp store;
static struct model_sample sample;
static struct arena arena;

static void setup(void)
{
	store_temp_open(&store);
	model_build_sample(&sample);
	arena_init(&arena);
}

static void teardown(void)
{
	arena_release(&arena);
	store_temp_close(&store);
}

TestSuite(register_store, .init = setup, .fini = teardown);

static int64_t revision(void)
{
	struct tx *tx = store_temp_read(&store);
	int64_t r = -1;

	fact_store_revision(tx, "S001", &r);
	store_temp_end(&store, tx);
	return r;
}

/* A job that puts one row of a kind. */
struct put {
	char kind;
	const void *row;
	enum row_verdict verdict;
	struct fault fault;
	int32_t ordinal;
};

static int put_row(struct tx *tx, void *arg)
{
	struct put *p = arg;

	switch (p->kind) {
	case 's': return register_store_put_service(tx, p->row, &p->verdict, &p->fault);
	case 'c': return register_store_put_centre(tx, p->row, &p->verdict, &p->fault);
	case 't': return register_store_put_staff(tx, p->row, &p->verdict, &p->fault);
	case 'v': return register_store_put_vehicle(tx, p->row, &p->verdict, &p->fault);
	case 'y': return register_store_put_company(tx, p->row, &p->verdict, &p->fault);
	case 'p': return register_store_put_person(tx, p->row, &p->verdict, &p->fault);
	case 'e': return register_store_put_event(tx, p->row, &p->verdict, &p->fault);
	case 'k': return register_store_put_stock(tx, p->row, p->ordinal, &p->verdict, &p->fault);
	case 'm': return register_store_put_commune(tx, p->row, &p->verdict, &p->fault);
	default: return register_store_put_partner(tx, p->row, &p->verdict, &p->fault);
	}
}

static int put(char kind, const void *row, enum row_verdict *verdict)
{
	struct put p = {.kind = kind, .row = row, .fault = FAULT_NONE};
	int rc = store_temp_run(&store, put_row, &p);

	*verdict = p.verdict;
	return rc;
}

static const struct snapshot *load(int64_t *rev)
{
	struct snapshot_request request = {.service_id = "S001", .from = DATE_NONE, .to = DATE_NONE};
	const struct snapshot *s = NULL;
	struct fault f = FAULT_NONE;
	struct tx *tx = store_temp_read(&store);

	cr_assert_eq(snapshot_load(tx, &request, rev, &s, &f), 0, "%s", f.what);
	cr_assert_eq(store_temp_end(&store, tx), 0);
	return s;
}

Test(register_store, a_stored_service_seals_to_the_same_bytes_as_its_rows)
{
	const struct snapshot *direct = model_build_sealed(), *stored;
	int64_t rev = 0;

	sample.people[3].other_flags = NULL;
	store_temp_fill(&store, &sample);
	stored = load(&rev);
	cr_expect_gt(rev, 0);
	cr_expect_eq(stored->n_people, 40);
	cr_expect_eq(stored->n_events, direct->n_events);
	cr_expect_eq(stored->n_visits, 16);
	cr_expect_eq(stored->n_busy, 3);
	cr_expect_eq(stored->n_stock, 4);
	cr_expect_arr_eq(stored->digest, direct->digest, DIGEST_BYTES);
	snapshot_free(stored);
	snapshot_free(direct);
}

Test(register_store, every_member_survives_the_store)
{
	struct snapshot_builder *b = snapshot_builder_new();
	const struct snapshot *direct = NULL, *stored;
	struct fault f = FAULT_NONE;

	sample.service.siret = "73282932000074";
	sample.service.timezone = "Indian/Reunion";
	sample.centres[0].has_position = true;
	sample.centres[0].at = (struct geo_point){48.123456789, -1.1};
	sample.centres[0].opens_on = model_build_date("2022-01-05");
	sample.centres[0].closes_on = model_build_date("2022-03-01");
	cr_assert_eq(hours_parse("mon 08:00-12:00,12:00-13:00|sun", 31, &sample.centres[0].hours, NULL), 0);
	sample.staff[0].languages = "fr|br";
	sample.staff[0].max_days_per_week = 4;
	sample.vehicles[0].weekdays = 0x41;
	sample.companies[0].naf = "86.21Z";
	sample.companies[0].contact_email = "rh@company.example";
	sample.companies[0].has_position = true;
	sample.people[0].flags = (uint64_t)1 << FLAG_ANAPHYLAXIS_MRNA | 1;
	sample.people[0].other_flags = "TRUC|CHOSE";
	sample.people[0].relative_of = "E002";
	sample.people[0].priority = 9;
	sample.people[0].sex = 'F';
	sample.events[0].lot = "L1";
	sample.stock[0].expires_on = model_build_date("2022-06-30");
	sample.visits[0].postponed_before = true;
	sample.visits[0].place = "Centre à côté";
	model_build_add(b, &sample);
	cr_assert_eq(snapshot_seal(b, NULL, NULL, &direct, &f), 0);
	store_temp_fill(&store, &sample);
	stored = load(NULL);
	cr_expect_arr_eq(stored->digest, direct->digest, DIGEST_BYTES);
	snapshot_free(stored);
	snapshot_free(direct);
}

Test(register_store, verdicts_tell_new_changed_and_known_rows)
{
	static const char *const names[] = {"service", "centre", "staff", "vehicle", "company", "person", "commune", "partner"};
	struct partner partner = {.name = "Relais", .region = "53"};
	struct {
		char kind;
		const void *row;
		void *member; /* an integer or pointer that is changed */
	} rows[] = {
		{'s', &sample.service, &sample.service.region}, {'c', &sample.centres[0], &sample.centres[0].name},
		{'t', &sample.staff[0], &sample.staff[0].name}, {'v', &sample.vehicles[0], &sample.vehicles[0].centre_id},
		{'y', &sample.companies[0], &sample.companies[0].name}, {'p', &sample.people[0], &sample.people[0].siret},
		{'m', &sample.communes[0], &sample.communes[0].name}, {'q', &partner, &partner.email},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static const char other[] = "other";
		const char *changed = other;
		enum row_verdict v;

		cr_expect_eq(put(rows[i].kind, rows[i].row, &v), 0);
		cr_expect_eq(v, ROW_CREATED, "%s", names[i]);

		int64_t before = revision();

		cr_expect_eq(put(rows[i].kind, rows[i].row, &v), 0);
		cr_expect_eq(v, ROW_UNCHANGED, "%s", names[i]);
		cr_expect_eq(revision(), before, "%s: nothing happened", names[i]);
		memcpy(rows[i].member, &changed, sizeof(changed));
		cr_expect_eq(put(rows[i].kind, rows[i].row, &v), 0);
		cr_expect_eq(v, ROW_CHANGED, "%s", names[i]);
		cr_expect_eq(revision(), before + (rows[i].kind != 'q'), "%s", names[i]);
	}
}

Test(register_store, rows_of_unknown_services_are_refused_and_the_others_taken)
{
	enum row_verdict v;
	struct put p = {.kind = 'p', .row = &sample.people[0]};

	cr_expect_eq(store_temp_run(&store, put_row, &p), ERR_NOT_FOUND);
	cr_expect_not_null(strstr(p.fault.what, "S001"));
	cr_expect_not_null(strstr(p.fault.hint, "services.csv"));
	cr_expect_eq(put('e', &sample.events[0], &v), ERR_NOT_FOUND);
	cr_expect_eq(put('s', &sample.service, &v), 0);
	cr_expect_eq(put('p', &sample.people[0], &v), 0);
	cr_expect_eq(put('e', &sample.events[0], &v), 0);
	cr_expect_eq(v, ROW_CREATED);
	cr_expect_eq(put('e', &sample.events[0], &v), 0);
	cr_expect_eq(v, ROW_UNCHANGED);
}

/* One transaction: a row that is refused, then one that is not. */
static int put_both(struct tx *tx, void *arg)
{
	struct put *both = arg;

	cr_expect_eq(put_row(tx, &both[0]), ERR_NOT_FOUND);
	return put_row(tx, &both[1]);
}

Test(register_store, a_refusal_leaves_the_transaction_usable)
{
	struct put both[] = {{.kind = 'e', .row = &sample.events[0]}, {.kind = 's', .row = &sample.service}};

	cr_expect_eq(store_temp_run(&store, put_both, both), 0);
	cr_expect_eq(revision(), 1);
}

Test(register_store, history_goes_to_every_service_that_has_the_person)
{
	struct service other = model_build_service("S002");
	struct person twin = sample.people[0];
	enum row_verdict v;
	struct register_totals totals;
	struct tx *tx;

	twin.service_id = "S002";
	put('s', &sample.service, &v);
	put('s', &other, &v);
	put('p', &sample.people[0], &v);
	put('p', &twin, &v);
	cr_expect_eq(put('e', &sample.events[0], &v), 0);
	tx = store_temp_read(&store);
	cr_expect_eq(register_store_totals(tx, &totals), 0);
	cr_expect_eq(totals.events, 2);
	cr_expect_eq(totals.services, 2);
	cr_expect_eq(totals.people, 2);
	store_temp_end(&store, tx);
}

Test(register_store, equal_lines_of_stock_are_two_deliveries_and_importing_again_changes_nothing)
{
	struct register_ordinals *o;
	struct stock_lot line = model_build_stock("C1", "COMIRNATY", "2022-01-03", 10);
	enum row_verdict v;
	const struct snapshot *s;

	put('s', &sample.service, &v);
	put('c', &sample.centres[0], &v);
	put('m', &sample.communes[0], &v);
	line.service_id = NULL; /* stock.csv may name the centre alone */
	for (int round = 0; round < 2; round++) {
		o = register_store_ordinals_new();
		for (int i = 0; i < 2; i++) {
			struct put p = {.kind = 'k', .row = &line, .ordinal = register_store_ordinal(o, &line)};

			cr_expect_eq(store_temp_run(&store, put_row, &p), 0);
			cr_expect_eq(p.verdict, round == 0 ? ROW_CREATED : ROW_UNCHANGED);
		}
		register_store_ordinals_free(o);
	}
	line.vials = 12;
	cr_expect_eq(put('k', &line, &v), 0);
	cr_expect_eq(v, ROW_CHANGED);
	s = load(NULL);
	cr_expect_eq(s->n_stock, 2);
	cr_expect_eq(s->stock[0].vials + s->stock[1].vials, 22);
	snapshot_free(s);
}

Test(register_store, stock_of_an_unknown_or_ambiguous_centre_is_refused)
{
	struct service other = model_build_service("S002");
	struct centre twin = sample.centres[0];
	struct stock_lot line = model_build_stock("C1", "COMIRNATY", "2022-01-03", 10);
	enum row_verdict v;

	line.service_id = NULL;
	twin.service_id = "S002";
	put('s', &sample.service, &v);
	put('s', &other, &v);
	cr_expect_eq(put('k', &line, &v), ERR_NOT_FOUND);
	put('c', &sample.centres[0], &v);
	put('c', &twin, &v);
	cr_expect_eq(put('k', &line, &v), ERR_CONFLICT);
	line.service_id = "S002";
	cr_expect_eq(put('k', &line, &v), 0);
}

Test(register_store, rows_are_read_back_in_key_order)
{
	const struct staff *staff;
	const struct centre *centres;
	struct company company;
	struct commune commune;
	size_t n_staff, n_centres;
	struct tx *tx;

	store_temp_fill(&store, &sample);
	tx = store_temp_read(&store);
	cr_expect_eq(register_store_staff(tx, "S001", &arena, &staff, &n_staff), 0);
	cr_expect_eq(n_staff, 6);
	cr_expect_str_eq(staff[0].staff_id, "A1");
	cr_expect_str_eq(staff[5].email, "p2@service.example");
	cr_expect_eq(register_store_centres(tx, "S001", &arena, &centres, &n_centres), 0);
	cr_expect_eq(n_centres, 2);
	cr_expect_eq(centres[0].posts, 2);
	cr_expect_eq(register_store_company(tx, "S001", MODEL_SIRET_RURAL, &arena, &company), 0);
	cr_expect_eq(company.expected_takers, 9);
	cr_expect_eq(register_store_company(tx, "S001", "0", &arena, &company), ERR_NOT_FOUND);
	cr_expect_eq(register_store_commune(tx, "35238", &arena, &commune), 0);
	cr_expect_eq(commune.at.lat_deg, 48.1147);
	cr_expect(register_store_has_communes(tx));
	cr_expect_eq(register_store_staff(tx, "S999", &arena, &staff, &n_staff), 0);
	cr_expect_eq(n_staff, 0);
	store_temp_end(&store, tx);
}

Test(register_store, a_snapshot_takes_the_visits_of_its_days_alone)
{
	struct snapshot_request request = {.service_id = "S001", .from = model_build_date("2022-01-13"), .to = model_build_date("2022-01-14")};
	const struct snapshot *s = NULL;
	struct fault f = FAULT_NONE;
	struct tx *tx;

	store_temp_fill(&store, &sample);
	tx = store_temp_read(&store);
	cr_assert_eq(snapshot_load(tx, &request, NULL, &s, &f), 0);
	cr_expect_gt(s->n_visits, 0);
	cr_expect_lt(s->n_visits, 16);
	for (size_t i = 0; i < s->n_visits; i++)
		cr_expect(s->visits[i].start.utc_s >= ((int64_t)request.from.days - 1) * 86400 &&
			s->visits[i].start.utc_s < ((int64_t)request.to.days + 2) * 86400);
	snapshot_free(s);
	request.service_id = "S999";
	fault_clear(&f);
	cr_expect_eq(snapshot_load(tx, &request, NULL, &s, &f), ERR_NOT_FOUND);
	store_temp_end(&store, tx);
}
