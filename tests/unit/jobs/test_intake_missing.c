/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of jobs/intake: rows that were known and that a file does not name. */
#include <criterion/criterion.h>
#include <planvax/store/register_gone.h>

#include "jobs_fixture.h"

#include <string.h>

static struct jobs_fixture fx;

static void open_fixture(void)
{
	jobs_fixture_open(&fx);
	jobs_fixture_put_service(&fx);
	jobs_fixture_put(&fx, "people.csv", "person_ref;service_id;birth_date;kind\nE1;S001;1980-01-01;employee\nE2;S001;1980-01-01;employee\n"
		"E3;S001;1980-01-01;relative\n");
}

static void close_fixture(void)
{
	jobs_fixture_close(&fx);
}

TestSuite(intake_missing, .init = open_fixture, .fini = close_fixture);

enum way { PART, WHOLE, TRIED };

/* Takes a text, checks that the counts add up and what is told ("": nothing of missing rows). */
static struct intake_result take(const char *name, const char *text, enum way way, const char *told)
{
	const struct intake_file file = {.name = name, .text = text, .len = strlen(text), .actor = "test", .complete = way != PART,
		.dry_run = way == TRIED};
	struct intake_result r;
	struct fault f = FAULT_NONE;

	cr_assert_eq(intake_run(&fx.intake, &file, &r, &f), 0, "%s", f.what);
	cr_assert_eq(r.read, r.created + r.changed + r.unchanged + r.cancelled + r.rejected + r.ignored);
	if (told[0])
		cr_expect_not_null(strstr(buf_str(&r.report), told), "%s: no \"%s\" in: %s", name, told, buf_str(&r.report));
	else
		cr_expect_null(strstr(buf_str(&r.report), "not in this file"), "%s", buf_str(&r.report));
	buf_release(&r.report);
	return r;
}

static int64_t count(enum register_table table)
{
	const struct register_scope scope = {.table = table, .service_id = "S001", .now = settings_now(fx.settings)};
	struct tx *tx = store_temp_read(&fx.store);
	int64_t n = -1;

	cr_assert_eq(register_gone_count(tx, &scope, &n), 0);
	store_temp_end(&fx.store, tx);
	return n;
}

#define VISITS "visit_id;service_id;staff_id;start;minutes;person_ref;type;status\n"
#define PAST "V0;S001;P1;2021-12-01T09:00;30;E1;VIP_INITIALE;\n"
#define VISIT(id) id ";S001;P1;2022-01-12T09:00;30;E1;VIP_INITIALE;\n"

Test(intake_missing, visits_that_the_table_no_longer_names_go_with_a_complete_one_alone_and_never_past_ones)
{
	struct intake_result r;

	take("visits.csv", VISITS PAST VISIT("V1") VISIT("V2") VISIT("V3"), PART, "");
	cr_assert_eq(count(REGISTER_TABLE_VISITS), 3, "those to come");
	r = take("visits.csv", VISITS VISIT("V1") VISIT("V4"), PART, "2 rows of S001 known before are not in this file: they stay");
	cr_expect_eq(r.missing, 2);
	cr_expect_eq(count(REGISTER_TABLE_VISITS), 4);
	r = take("visits.csv", VISITS VISIT("V1") VISIT("V4"), TRIED, "2 rows of S001 known before are not in this file: they would be removed");
	cr_expect_eq(count(REGISTER_TABLE_VISITS), 4);
	int64_t revision = jobs_fixture_revision(&fx, "S001");
	r = take("visits.csv", VISITS VISIT("V1") VISIT("V4"), WHOLE, "");
	cr_expect_eq(r.removed, 2);
	cr_expect_eq(count(REGISTER_TABLE_VISITS), 2);
	cr_expect_gt(jobs_fixture_revision(&fx, "S001"), revision);
	/* One that comes back is there again; one that was gone before is not missing. */
	r = take("visits.csv", VISITS VISIT("V2") VISIT("V1") VISIT("V4"), PART, "");
	cr_expect_eq(r.changed, 1);
	cr_expect_eq(count(REGISTER_TABLE_VISITS), 3);
}

Test(intake_missing, stock_and_history_are_complete_where_the_file_says_so)
{
	struct intake_result r;

	take("stock.csv", "centre_id;product;delivered_on;vials;lot\nC1;COMIRNATY;2022-01-03;9;A\nC1;COMIRNATY;2022-01-03;9;A\nC1;COMIRNATY;2022-01-10;4;\n",
		PART, "");
	cr_assert_eq(count(REGISTER_TABLE_STOCK), 3);
	r = take("stock.csv", "centre_id;product;delivered_on;vials;lot\nC1;COMIRNATY;2022-01-03;8;A\n", PART, "2 rows of S001 known before");
	cr_expect_eq(r.changed, 1);
	r = take("stock.csv", "centre_id;product;delivered_on;vials;lot\nC1;COMIRNATY;2022-01-03;8;A\n", WHOLE, "");
	cr_expect_eq(r.removed, 2);
	cr_expect_eq(count(REGISTER_TABLE_STOCK), 1);

	take("history.csv", "person_ref;date;code;lot\nE1;2021-05-01;208;X\nE1;2021-06-01;208;\nE2;2021-06-01;208;\n", WHOLE, "");
	r = take("history.csv", "person_ref;date;code;lot\nE1;2021-06-01;208;\nE1;2021-06-01;208;\nE2;2021-07-01;208;\n", TRIED, "2 rows of S001");
	cr_expect_eq(count(REGISTER_TABLE_HISTORY), 3);
	r = take("history.csv", "person_ref;date;code;lot\nE1;2021-06-01;208;\nE1;2021-06-01;208;\nE2;2021-07-01;208;\n", WHOLE, "");
	cr_expect_eq(r.removed, 2);
	cr_expect_eq(r.created, 1);
	cr_expect_eq(count(REGISTER_TABLE_HISTORY), 2);
}

Test(intake_missing, services_are_told_and_stay)
{
	struct intake_result r;

	r = take("services.csv", "service_id;name;kind;region\nS002;Autre;SPSTI;53\n", WHOLE, "1 services known before are not in this file: they stay");
	cr_expect_eq(r.missing, 1);
	r = take("services.csv", "service_id;name;kind;region\nS002;Autre;SPSTI;53\n", TRIED, "1 services known before");
	r = take("services.csv", "service_id;name;kind;region\nS003;Troisieme;SPSTI;53\n", TRIED, "2 services known before");
}

Test(intake_missing, what_named_a_removed_row_is_told)
{
	take("centres.csv", "centre_id;service_id;name;insee\nC1;S001;Un;35238\nC2;S001;Deux;35238\n", PART, "");
	take("staff.csv", "staff_id;service_id;role;name;centre_id\nP1;S001;physician;P;C1\nN1;S001;nurse;N;C2\n", PART, "");
	take("centres.csv", "centre_id;service_id;name;insee\nC1;S001;Un;35238\n", WHOLE, "1 members of staff of S001 name a row that is not there");
	take("people.csv", "person_ref;service_id;birth_date;kind;relative_of\nE3;S001;1980-01-01;relative;E2\n", PART, "2 rows of S001");
	take("visits.csv", VISITS VISIT("V1"), PART, "");
	take("people.csv", "person_ref;service_id;birth_date;kind;relative_of\nE3;S001;1980-01-01;relative;E2\n", WHOLE, "1 relatives of S001 name a row");
	take("people.csv", "person_ref;service_id;birth_date;kind\nE4;S001;1980-01-01;relative\n", WHOLE, "1 visits of S001 name a row");
	cr_expect_eq(count(REGISTER_TABLE_PEOPLE), 1);
}

Test(intake_missing, a_visit_of_the_table_that_a_calendar_has_too_is_told_by_both)
{
	const char *calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20211201T080000Z\r\nDTSTART:20220112T080000Z\r\n"
		"DURATION:PT30M\r\nX-PLANVAX-PERSON:E1\r\nCATEGORIES:VIP_INITIALE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

	take("visits.csv", VISITS VISIT("u1"), PART, "");
	take("S001/P1.ics", calendar, PART, "1 visits of visits.csv are in a calendar too: the calendar counts");
	take("visits.csv", VISITS VISIT("u1"), PART, "1 visits of visits.csv are in a calendar too");
	const struct snapshot *s = jobs_fixture_snapshot(&fx);
	cr_assert_eq(s->n_visits, 1);
	cr_expect_str_eq(s->visits[0].visit_id, "u1");
	snapshot_free(s);
}
