/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of jobs/intake: registers. */
#include <criterion/criterion.h>
#include <planvax/ingest/dataset.h>
#include <planvax/store/audit_store.h>
#include <planvax/store/register_store.h>
#include <planvax/store/visit_store.h>

#include "jobs_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct jobs_fixture fx;

static void open_fixture(void)
{
	jobs_fixture_open(&fx);
}

static void close_fixture(void)
{
	jobs_fixture_close(&fx);
}

TestSuite(intake, .init = open_fixture, .fini = close_fixture);

static int64_t count_centres(void)
{
	struct tx *tx = store_temp_read(&fx.store);
	struct register_totals totals;

	register_store_totals(tx, &totals);
	store_temp_end(&fx.store, tx);
	return totals.centres;
}

static bool adds_up(const struct intake_result *r)
{
	return r->read == r->created + r->changed + r->unchanged + r->cancelled + r->rejected + r->ignored;
}

Test(intake, bad_rows_are_told_with_their_place_and_the_rest_is_taken)
{
	struct intake_result r;

	jobs_fixture_put_service(&fx);
	cr_assert_eq(jobs_fixture_take(&fx, "centres.csv", "centre_id;service_id;name;insee;posts\n"
		"C2;S001;Deux;35238;2\nC3;S001;Trois;35238;many\nC4;S999;Quatre;35238;1\nC5;S001;Cinq;35238;1\n", &r), 0);
	cr_assert_eq(r.read, 4);
	cr_assert_eq(r.created, 2);
	cr_assert_eq(r.rejected, 2);
	cr_assert(adds_up(&r));
	cr_assert_eq(count_centres(), 3);
	cr_assert_not_null(strstr(buf_str(&r.report), "centres.csv:3: column posts (cell E3)"), "%s", buf_str(&r.report));
	cr_assert_not_null(strstr(buf_str(&r.report), "centres.csv:4: "), "%s", buf_str(&r.report));
	cr_assert_not_null(strstr(buf_str(&r.report), "S999"), "%s", buf_str(&r.report));
	buf_release(&r.report);
}

Test(intake, the_same_file_again_changes_nothing_and_raises_no_revision)
{
	static const char text[] = "centre_id;service_id;name;insee\nC1;S001;Centre;35238\nC2;S001;Deux;35238\n";
	struct intake_result r;

	jobs_fixture_put_service(&fx);
	jobs_fixture_put(&fx, "centres.csv", text);
	int64_t revision = jobs_fixture_revision(&fx, "S001");
	cr_assert_gt(revision, 0);
	cr_assert_eq(jobs_fixture_take(&fx, "centres.csv", text, &r), 0);
	cr_assert_eq(r.unchanged, 2);
	cr_assert_eq(r.created + r.changed, 0);
	cr_assert_eq(jobs_fixture_revision(&fx, "S001"), revision);
	buf_release(&r.report);
}

Test(intake, equal_lines_of_stock_are_two_deliveries_and_stay_two)
{
	static const char text[] = "centre_id;product;delivered_on;vials\nC1;COMIRNATY;2022-01-03;5\nC1;COMIRNATY;2022-01-03;5\n";
	struct intake_result r;

	jobs_fixture_put_service(&fx);
	jobs_fixture_put(&fx, "stock.csv", text);
	cr_assert_eq(jobs_fixture_take(&fx, "stock.csv", text, &r), 0);
	cr_assert_eq(r.unchanged, 2);
	const struct snapshot *s = jobs_fixture_snapshot(&fx);
	cr_assert_eq(s->n_stock, 2);
	snapshot_free(s);
	buf_release(&r.report);
}

Test(intake, a_dry_run_says_what_would_happen_and_writes_nothing)
{
	static const char text[] = "centre_id;service_id;name;insee\nC1;S001;Nouveau nom;35238\nC2;S001;Deux;35238\nC3;S999;Trois;35238\n";
	const struct intake_file file = {.name = "centres.csv", .text = text, .len = sizeof(text) - 1, .actor = "test", .dry_run = true};
	struct intake_result r;
	struct fault f = FAULT_NONE;

	jobs_fixture_put_service(&fx);
	int64_t revision = jobs_fixture_revision(&fx, "S001");
	cr_assert_eq(intake_run(&fx.intake, &file, &r, &f), 0, "%s", f.what);
	cr_assert_eq(r.changed, 1);
	cr_assert_eq(r.created, 1);
	cr_assert_eq(r.rejected, 1);
	cr_assert_eq(count_centres(), 1);
	cr_assert_eq(jobs_fixture_revision(&fx, "S001"), revision);
	buf_release(&r.report);
}

Test(intake, more_rows_than_one_transaction_takes_all_arrive)
{
	struct buf text = BUF_INIT;
	struct intake_result r;

	jobs_fixture_put_service(&fx);
	buf_puts(&text, "person_ref;service_id;birth_date;kind\n");
	for (int i = 0; i < 2500; i++)
		buf_printf(&text, "E%05d;S001;1980-01-01;employee\n", i);
	cr_assert_eq(jobs_fixture_take(&fx, "people.csv", buf_str(&text), &r), 0);
	cr_assert_eq(r.created, 2500);
	const struct snapshot *s = jobs_fixture_snapshot(&fx);
	cr_assert_eq(s->n_people, 2500);
	snapshot_free(s);
	buf_release(&text);
	buf_release(&r.report);
}

#define PEOPLE "person_ref;service_id;birth_date;kind\n"

Test(intake, problems_are_told_in_the_order_of_the_file_whoever_finds_them)
{
	struct intake_result r;
	const char *at, *next;

	jobs_fixture_put_service(&fx);
	cr_assert_eq(jobs_fixture_take(&fx, "people.csv", PEOPLE "E1;S001;never;head\nE2;S777;1980-01-01;head\nE3;S001;1980-01-01;head\n"
		"E4;S001;soon;head\nE5;S778;1980-01-01;head\n", &r), 0);
	cr_assert_eq(r.read, 5);
	cr_assert_eq(r.rejected, 4);
	cr_assert(adds_up(&r));
	at = buf_str(&r.report);
	for (int line = 2; line <= 6; line++) {
		char mark[32];
		snprintf(mark, sizeof(mark), "people.csv:%d:", line);
		next = strstr(at, mark);
		if (line == 4) {
			cr_expect_null(next);
			continue;
		}
		cr_assert_not_null(next, "%s in %s", mark, buf_str(&r.report));
		at = next;
	}
	buf_release(&r.report);
}

Test(intake, problems_beyond_the_report_are_counted)
{
	struct buf text = BUF_INIT;
	struct intake_result r;

	jobs_fixture_put_service(&fx);
	buf_puts(&text, PEOPLE);
	for (int i = 0; i < 50000; i++)
		buf_printf(&text, "E%d;S001;31/02/1980;employee\n", i);
	cr_assert_eq(jobs_fixture_take(&fx, "people.csv", buf_str(&text), &r), 0);
	cr_assert_eq(r.rejected, 50000);
	cr_assert_gt(r.unlisted, 0);
	cr_assert_lt(r.report.len, 5 << 20);
	cr_assert_not_null(strstr(buf_str(&r.report), "further problems are counted, but not listed"));
	cr_assert_not_null(strstr(buf_str(&r.report), "people.csv:2: column birth_date (cell C2): \"31/02/1980\" is not a date"));
	buf_release(&text);
	buf_release(&r.report);
}

/* people.csv with those from first to last. */
static void write_people(struct buf *text, int first, int last)
{
	buf_reset(text);
	buf_puts(text, PEOPLE);
	for (int i = first; i <= last; i++)
		buf_printf(text, "E%03d;S001;1980-01-01;employee\n", i);
}

static int64_t take_people(struct buf *text, bool complete, bool dry_run, struct intake_result *r)
{
	const struct intake_file file = {
		.name = "people.csv", .text = text->data, .len = text->len, .actor = "test", .complete = complete, .dry_run = dry_run,
	};
	struct register_totals totals;
	struct fault f = FAULT_NONE;

	cr_assert_eq(intake_run(&fx.intake, &file, r, &f), 0, "%s", f.what);
	cr_assert(adds_up(r));
	struct tx *tx = store_temp_read(&fx.store);
	register_store_totals(tx, &totals);
	store_temp_end(&fx.store, tx);
	buf_release(&r->report);
	return totals.people;
}

Test(intake, rows_that_a_register_no_longer_names_stay_and_are_told_unless_it_is_complete)
{
	struct buf text = BUF_INIT;
	struct intake_result r;

	jobs_fixture_put_service(&fx);
	write_people(&text, 1, 100);
	cr_assert_eq(take_people(&text, true, false, &r), 100);
	cr_assert_eq(r.missing + r.removed, 0);
	jobs_fixture_put(&fx, "history.csv", "person_ref;date;code\nE001;2021-06-01;208\nE060;2021-06-01;208\n");
	write_people(&text, 41, 110);
	cr_assert_eq(take_people(&text, false, false, &r), 110);
	cr_assert_eq(r.missing, 40);
	cr_assert_eq(r.created, 10);
	cr_assert_eq(take_people(&text, true, true, &r), 110, "a dry run removes nothing");
	cr_assert_eq(r.missing, 40);
	int64_t revision = jobs_fixture_revision(&fx, "S001");
	cr_assert_eq(take_people(&text, true, false, &r), 70);
	cr_assert_eq(r.removed, 40);
	cr_assert_eq(r.unchanged, 70);
	cr_assert_gt(jobs_fixture_revision(&fx, "S001"), revision);
	const struct snapshot *s = jobs_fixture_snapshot(&fx);
	cr_assert_lt(snapshot_find_person(s, "E001"), 0);
	cr_assert_eq(s->n_events, 1, "history goes with its person");
	snapshot_free(s);
	buf_release(&text);
}

Test(intake, a_complete_register_that_lost_half_or_has_bad_rows_takes_nothing_out)
{
	struct buf text = BUF_INIT;
	struct intake_result r;

	jobs_fixture_put_service(&fx);
	write_people(&text, 1, 40);
	take_people(&text, false, false, &r);
	write_people(&text, 1, 19);
	cr_assert_eq(take_people(&text, true, false, &r), 40);
	cr_assert(r.held);
	cr_assert_eq(r.missing, 21);
	write_people(&text, 1, 39);
	buf_puts(&text, "E041;S001;never;employee\n");
	cr_assert_eq(take_people(&text, true, false, &r), 40);
	cr_assert(!r.held);
	cr_assert_eq(r.missing, 1);
	buf_release(&text);
}

Test(intake, another_import_repairs_links_that_led_nowhere)
{
	jobs_fixture_put_service(&fx);
	jobs_fixture_put(&fx, "people.csv", "person_ref;service_id;siret;birth_date;kind\nE1;S001;73282932000074;1980-01-01;employee\n");
	jobs_fixture_put(&fx, "staff.csv", "staff_id;service_id;role;name;centre_id\nN9;S001;nurse;Neuf;C9\n");
	const struct snapshot *s = jobs_fixture_snapshot(&fx);
	cr_assert_eq(s->people[snapshot_find_person(s, "E1")].company, -1, "no company yet");
	snapshot_free(s);
	jobs_fixture_put(&fx, "companies.csv", "siret;service_id;name;insee;headcount\n73282932000074;S001;Atelier;35001;12\n");
	s = jobs_fixture_snapshot(&fx);
	cr_assert_eq(s->n_companies, 0, "a company without a commune has no place");
	snapshot_free(s);
	jobs_fixture_put(&fx, "communes.csv", "insee;name;departement;region;lat;lon;dens7\n35001;Acigne;35;53;48.1;-1.5;5\n");
	jobs_fixture_put(&fx, "centres.csv", "centre_id;service_id;name;insee\nC9;S001;Neuf;35001\n");
	s = jobs_fixture_snapshot(&fx);
	cr_assert_eq(s->n_companies, 1);
	cr_assert_eq(s->people[snapshot_find_person(s, "E1")].company, 0);
	int32_t nurse = snapshot_find_staff(s, "N9");
	cr_assert_geq(nurse, 0);
	cr_assert_str_eq(s->centres[s->staff[nurse].centre].centre_id, "C9");
	snapshot_free(s);
}

Test(intake, a_dose_before_birth_is_refused)
{
	struct intake_result r;

	jobs_fixture_put_service(&fx);
	jobs_fixture_put(&fx, "people.csv", PEOPLE "E1;S001;1980-01-01;employee\n");
	cr_assert_eq(jobs_fixture_take(&fx, "history.csv", "person_ref;date;code\nE1;1979-12-31;208\nE1;1980-01-01;208\n", &r), 0);
	cr_assert_eq(r.created, 1);
	cr_assert_eq(r.rejected, 1);
	cr_assert_not_null(strstr(buf_str(&r.report), "history.csv:2: the date is before the birth of E1"), "%s", buf_str(&r.report));
	buf_release(&r.report);
}

Test(intake, a_table_of_visits_is_read_in_local_time_and_its_cancellations_count)
{
	struct intake_result r;
	struct visit v;
	struct arena arena = ARENA_INIT;

	jobs_fixture_put_service(&fx);
	cr_assert_eq(jobs_fixture_take(&fx, "visits.csv", "visit_id;service_id;staff_id;start;minutes;person_ref;type;status\n"
		"V1;S001;P1;2022-01-12 09:00;30;E1;VIP_PERIODIQUE;planned\nV2;S001;P1;2022-01-12 10:00;30;E2;VIP_PERIODIQUE;planned\n", &r), 0);
	cr_assert_eq(r.created, 2, "%s", buf_str(&r.report));
	buf_release(&r.report);
	cr_assert_eq(jobs_fixture_take(&fx, "visits.csv", "visit_id;service_id;staff_id;start;minutes;person_ref;type;status\n"
		"V2;S001;P1;2022-01-12 10:00;30;E2;VIP_PERIODIQUE;cancelled\n", &r), 0);
	cr_assert_eq(r.changed, 1);
	struct tx *tx = store_temp_read(&fx.store);
	cr_assert_eq(visit_store_visit(tx, "S001", "V1", &arena, &v), 0);
	cr_assert_eq(v.start.utc_s, model_build_instant("2022-01-12", "08:00").utc_s);
	cr_assert_eq(visit_store_visit(tx, "S001", "V2", &arena, &v), ERR_NOT_FOUND);
	store_temp_end(&fx.store, tx);
	arena_release(&arena);
	buf_release(&r.report);
}

Test(intake, the_shipped_table_leaves_imported_communes_alone)
{
	static const char shipped[] = "insee;name;departement;region;lat;lon;dens7\n35238;Old;35;53;48.0;-1.0;7\n35001;New;35;53;48.2;-1.5;6\n";
	const struct intake_file file = {.name = "communes.csv", .text = shipped, .len = sizeof(shipped) - 1, .actor = "daemon", .only_new = true};
	struct intake_result r;
	struct fault f = FAULT_NONE;
	struct commune row;
	struct arena arena = ARENA_INIT;

	jobs_fixture_put_service(&fx);
	cr_assert_eq(intake_run(&fx.intake, &file, &r, &f), 0, "%s", f.what);
	cr_assert_eq(r.created, 1);
	cr_assert_eq(r.unchanged, 1);
	struct tx *tx = store_temp_read(&fx.store);
	cr_assert_eq(register_store_commune(tx, "35238", &arena, &row), 0);
	cr_assert_str_eq(row.name, "Rennes");
	store_temp_end(&fx.store, tx);
	arena_release(&arena);
	buf_release(&r.report);
}

Test(intake, refuses_what_it_does_not_know_with_a_hint)
{
	static const struct { const char *name, *text; int rc; const char *hint; } cases[] = {
		{"notes.txt", "hello", ERR_UNSUPPORTED, "services.csv"},
		{"agenda.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR\n", ERR_NOT_FOUND, "folder named by the service_id"},
		{"S777/agenda.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR\n", ERR_NOT_FOUND, "services.csv first"},
		{"centres.csv", "\n", ERR_INVALID, ""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct intake_file file = {.name = cases[i].name, .text = cases[i].text, .len = strlen(cases[i].text), .actor = "test"};
		struct intake_result r;
		struct fault f = FAULT_NONE;

		cr_expect_eq(intake_run(&fx.intake, &file, &r, &f), cases[i].rc, "%s", cases[i].name);
		cr_expect_not_null(strstr(f.hint, cases[i].hint), "%s: %s", cases[i].name, f.hint);
		cr_expect(!strncmp(f.where, cases[i].name, strlen(cases[i].name)), "%s: %s", cases[i].name, f.where);
		buf_release(&r.report);
	}
}

Test(intake, parents_come_first_and_calendars_last)
{
	static const char *const names[] = {"services.csv", "centres.csv", "staff.csv", "people.csv", "history.csv", "S001/P1.ics"};

	for (size_t i = 1; i < sizeof(names) / sizeof(names[0]); i++)
		cr_expect_lt(intake_order(names[i - 1]), intake_order(names[i]), "%s", names[i]);
	cr_assert_eq(intake_order("S001/staff.csv"), intake_order("staff.csv"));
	cr_assert_eq(intake_order("notes.txt"), -1);
}

Test(intake, an_import_that_changed_something_is_in_the_audit_trail)
{
	const struct audit_line *lines;
	struct arena arena = ARENA_INIT;
	size_t n = 0, before;

	jobs_fixture_put_service(&fx);
	struct tx *tx = store_temp_read(&fx.store);
	cr_assert_eq(audit_store_list(tx, &(struct audit_query){.limit = 100}, &arena, &lines, &before), 0);
	cr_assert_eq(lines[before - 1].action, AUDIT_IMPORTED);
	cr_assert_str_eq(lines[before - 1].subject, "staff.csv");
	store_temp_end(&fx.store, tx);
	jobs_fixture_put(&fx, "centres.csv", "centre_id;service_id;name;insee\nC1;S001;Centre;35238\n");
	tx = store_temp_read(&fx.store);
	cr_assert_eq(audit_store_list(tx, &(struct audit_query){.limit = 100}, &arena, &lines, &n), 0);
	store_temp_end(&fx.store, tx);
	cr_assert_eq(n, before, "nothing changed");
	arena_release(&arena);
}

/* ---- the daemon and the offline planner see the same ---- */

#define DATA "tests/scenarios/data"

static void take_path(const char *name, const char *path)
{
	struct intake_file file = {.name = name, .actor = "test", .fd = open(path, O_RDONLY)};
	struct intake_result r;
	struct fault f = FAULT_NONE;

	cr_assert_geq(file.fd, 0, "%s", path);
	cr_assert_eq(intake_run(&fx.intake, &file, &r, &f), 0, "%s: %s", path, f.what);
	close(file.fd);
	buf_release(&r.report);
}

static int is_calendar(const struct dirent *e)
{
	return strstr(e->d_name, ".ics") != NULL;
}

static void take_data(void)
{
	static const char *const registers[] = {"communes", "services", "centres", "staff", "vehicles", "companies", "people",
		"history", "stock", "partners"};
	char path[300], name[300];
	struct dirent **files;

	for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
		snprintf(path, sizeof(path), DATA "/%s.csv", registers[i]);
		snprintf(name, sizeof(name), "%s.csv", registers[i]);
		take_path(name, path);
	}
	int n = scandir(DATA "/calendars/S001", &files, is_calendar, alphasort);
	cr_assert_gt(n, 0);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), DATA "/calendars/S001/%s", files[i]->d_name);
		snprintf(name, sizeof(name), "S001/%s", files[i]->d_name);
		take_path(name, path);
		free(files[i]);
	}
	free(files);
}

Test(intake, a_folder_read_offline_and_through_the_store_is_one_snapshot)
{
	struct dataset *d = NULL;
	const struct snapshot *offline = NULL, *stored;
	struct fault f = FAULT_NONE;
	struct dataset_options options = {.visit_types = fx.settings->visit_types, .n_visit_types = fx.settings->n_visit_types};
	struct buf a = BUF_INIT, b = BUF_INIT;

	options.from = model_build_date("2022-01-01");
	options.to = model_build_date("2022-01-31");
	cr_assert_eq(dataset_open(DATA, &options, &d, &f), 0, "%s", f.what);
	cr_assert_eq(dataset_load(d, 0, &offline, &f), 0, "%s", f.what);
	take_data();
	stored = jobs_fixture_snapshot(&fx);
	cr_assert_gt(stored->n_visits, 10);
	cr_assert_gt(stored->n_busy, 0);
	cr_expect_eq(stored->n_visits, offline->n_visits);
	cr_expect_eq(stored->n_busy, offline->n_busy);
	cr_expect_eq(stored->n_people, offline->n_people);
	cr_expect_eq(stored->n_events, offline->n_events);
	cr_expect_eq(stored->n_stock, offline->n_stock);
	snapshot_pack(offline, &a);
	snapshot_pack(stored, &b);
	size_t at = 0;
	while (at < a.len && at < b.len && a.data[at] == b.data[at])
		at++;
	cr_expect_eq(a.len, b.len);
	cr_expect_eq(at, a.len, "they differ at byte %zu: %.80s", at, at < a.len ? a.data + at : "");
	cr_assert_arr_eq(stored->digest, offline->digest, DIGEST_BYTES);
	snapshot_free(offline);
	snapshot_free(stored);
	dataset_free(d);
	buf_release(&a);
	buf_release(&b);
}
