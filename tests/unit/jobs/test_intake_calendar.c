/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of jobs/intake_calendar: what exports of an agenda, one after the other, leave in the store. */
#include <criterion/criterion.h>
#include <planvax/store/visit_store.h>

#include "jobs_fixture.h"

#include <stdio.h>
#include <string.h>

static struct jobs_fixture fx;
static struct buf calendar;

static void open_fixture(void)
{
	jobs_fixture_open(&fx);
	jobs_fixture_put_service(&fx);
}

static void close_fixture(void)
{
	buf_release(&calendar);
	jobs_fixture_close(&fx);
}

TestSuite(intake_calendar, .init = open_fixture, .fini = close_fixture);

static void begin(void)
{
	buf_reset(&calendar);
	buf_puts(&calendar, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n");
}

/* One visit of half an hour on a day of January 2022 at 09:00 UTC; more: further lines. */
static void add_visit(const char *uid, int day, const char *more)
{
	buf_printf(&calendar, "BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20211230T100000Z\r\nDTSTART:202201%02dT090000Z\r\nDTEND:202201%02dT093000Z\r\n"
		"ATTENDEE:mailto:p1@service.example\r\nX-PLANVAX-PERSON:E-%s\r\nCATEGORIES:VIP_PERIODIQUE\r\n%sEND:VEVENT\r\n",
		uid, day, day, uid, more);
}

static void add_visits(int from, int to)
{
	for (int i = from; i < to; i++) {
		struct buf uid = BUF_INIT;

		buf_printf(&uid, "v%02d", i);
		add_visit(buf_str(&uid), 1 + i % 28, "");
		buf_release(&uid);
	}
}

static struct intake_result take(void)
{
	struct intake_result r;

	buf_puts(&calendar, "END:VCALENDAR\r\n");
	cr_assert_eq(jobs_fixture_take(&fx, "S001/agenda.ics", buf_str(&calendar), &r), 0);
	cr_assert_eq(r.read, r.created + r.changed + r.unchanged + r.cancelled + r.rejected + r.ignored, "the counts add up");
	return r;
}

static void take_only(void)
{
	struct intake_result r = take();

	buf_release(&r.report);
}

static bool is_there(const char *visit_id)
{
	struct tx *tx = store_temp_read(&fx.store);
	struct arena arena = ARENA_INIT;
	struct visit v;
	int rc = visit_store_visit(tx, "S001", visit_id, &arena, &v);

	store_temp_end(&fx.store, tx);
	arena_release(&arena);
	return rc == 0;
}

Test(intake_calendar, the_same_export_again_changes_nothing)
{
	begin();
	add_visits(0, 5);
	struct intake_result r = take();
	cr_assert_eq(r.created, 5);
	buf_release(&r.report);
	int64_t revision = jobs_fixture_revision(&fx, "S001");
	begin();
	add_visits(0, 5);
	r = take();
	cr_assert_eq(r.unchanged, 5);
	cr_assert_eq(jobs_fixture_revision(&fx, "S001"), revision);
	buf_release(&r.report);
}

Test(intake_calendar, an_event_that_is_gone_is_cancelled)
{
	begin();
	add_visits(0, 5);
	take_only();
	begin();
	add_visits(0, 4);
	struct intake_result r = take();
	cr_assert_eq(r.cancelled, 1);
	cr_assert_eq(r.unchanged, 4);
	cr_assert(!is_there("v04"));
	cr_assert(is_there("v03"));
	buf_release(&r.report);
}

Test(intake_calendar, an_event_that_was_gone_and_is_back_counts_again)
{
	begin();
	add_visits(0, 5);
	take_only();
	begin();
	add_visits(0, 4);
	take_only();
	begin();
	add_visits(0, 5);
	struct intake_result r = take();
	cr_assert_eq(r.changed, 1);
	cr_assert(is_there("v04"));
	buf_release(&r.report);
}

Test(intake_calendar, a_cancellation_is_not_revived_by_the_older_version)
{
	begin();
	add_visit("v", 12, "");
	take_only();
	begin();
	add_visit("v", 12, "SEQUENCE:1\r\nSTATUS:CANCELLED\r\n");
	struct intake_result r = take();
	cr_assert_eq(r.cancelled, 1);
	cr_assert(!is_there("v"));
	buf_release(&r.report);
	begin();
	add_visit("v", 12, "");
	r = take();
	cr_assert_eq(r.ignored, 1);
	cr_assert(!is_there("v"));
	buf_release(&r.report);
}

Test(intake_calendar, a_cancelled_series_is_not_revived_by_its_instances)
{
	static const char series[] = "RRULE:FREQ=WEEKLY;COUNT=3\r\n";

	begin();
	add_visit("s", 4, series);
	struct intake_result r = take();
	cr_assert_eq(r.created, 3);
	buf_release(&r.report);
	begin();
	add_visit("s", 4, "RRULE:FREQ=WEEKLY;COUNT=3\r\nSEQUENCE:1\r\nSTATUS:CANCELLED\r\n");
	take_only();
	cr_assert(!is_there("s/20220104T090000Z"));
	begin();
	add_visit("s", 4, series);
	r = take();
	cr_assert_eq(r.changed + r.created, 0);
	cr_assert(!is_there("s/20220111T090000Z"));
	buf_release(&r.report);
}

Test(intake_calendar, nothing_is_removed_when_more_than_half_is_gone)
{
	begin();
	add_visits(0, 20);
	take_only();
	begin();
	add_visits(0, 8);
	add_visit("v19", 20, "");
	struct intake_result r = take();
	cr_assert(r.held);
	cr_assert_eq(r.cancelled, 0);
	cr_assert(is_there("v18"));
	cr_assert_not_null(strstr(buf_str(&r.report), "11 of 20 known events are gone"), "%s", buf_str(&r.report));
	buf_release(&r.report);
	begin();
	add_visits(0, 9);
	add_visit("v19", 20, "");
	r = take();
	cr_assert(!r.held, "half may go");
	cr_assert_eq(r.cancelled, 10);
	cr_assert(!is_there("v18"));
	buf_release(&r.report);
}

Test(intake_calendar, an_empty_calendar_is_held_where_five_are_known)
{
	begin();
	add_visits(0, 5);
	take_only();
	begin();
	struct intake_result r = take();
	cr_assert(r.held);
	cr_assert(is_there("v00"));
	buf_release(&r.report);
	begin();
	add_visits(0, 4);
	take_only();
	begin();
	r = take();
	cr_assert(!r.held);
	cr_assert_eq(r.cancelled, 4);
	buf_release(&r.report);
}

Test(intake_calendar, a_rolling_export_removes_what_it_lacks_but_nothing_that_is_past)
{
	begin();
	add_visits(0, 28);
	take_only();
	fx.jobs.planning_now = "2022-01-11T12:00:00Z";
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	begin();
	add_visits(10, 14); /* 11 to 14 January */
	add_visits(15, 22); /* 16 to 22 January: the 15th was deleted */
	struct intake_result r = take();
	cr_assert(!r.held);
	cr_assert_eq(r.cancelled, 7);
	cr_assert(!is_there("v14") && !is_there("v22") && !is_there("v27"));
	cr_assert(is_there("v00") && is_there("v09"), "what is past stays");
	buf_release(&r.report);
}

Test(intake_calendar, nothing_is_past_in_a_month_that_is_replayed)
{
	begin();
	add_visits(0, 5);
	take_only();
	fx.jobs.planning_now = "2022-03-11T12:00:00Z";
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	begin();
	add_visits(1, 5);
	struct intake_result r = take();
	cr_assert_eq(r.cancelled, 1);
	cr_assert(!is_there("v00"));
	buf_release(&r.report);
}

/* Visits "x0000" and on, each step-th; UIDs in no order. */
static void add_many(int from, int to, int step)
{
	for (int i = from; i < to; i += step) {
		char uid[32];

		snprintf(uid, sizeof(uid), "x%04d", i * 7919 % 10000);
		add_visit(uid, 1 + i % 28, "");
	}
}

Test(intake_calendar, thousands_of_events_are_merged_over_many_transactions)
{
	begin();
	add_many(0, 3500, 1);
	struct intake_result r = take();
	cr_assert_eq(r.created, 3500);
	cr_assert(!r.held);
	cr_assert_eq(r.cancelled, 0);
	buf_release(&r.report);
	begin();
	add_many(0, 3500, 1);
	r = take();
	cr_assert_eq(r.unchanged, 3500);
	buf_release(&r.report);
	begin();
	add_many(0, 3500, 2);    /* every other one is gone */
	add_many(3500, 6000, 1); /* and others have come between */
	r = take();
	cr_assert(!r.held);
	cr_assert_eq(r.unchanged, 1750);
	cr_assert_eq(r.created, 2500);
	cr_assert_eq(r.cancelled, 1750);
	buf_release(&r.report);
	const struct snapshot *s = jobs_fixture_snapshot(&fx);
	cr_assert_eq(s->n_visits, 4250);
	snapshot_free(s);
}

Test(intake_calendar, the_last_event_can_be_deleted)
{
	begin();
	add_visits(0, 10);
	add_visit("last", 28, "");
	take_only();
	begin();
	add_visits(0, 10);
	struct intake_result r = take();
	cr_assert_eq(r.cancelled, 1);
	cr_assert(!is_there("last"));
	buf_release(&r.report);
}

Test(intake_calendar, a_cut_file_removes_nothing)
{
	struct intake_result r;

	begin();
	add_visits(0, 5);
	take_only();
	begin();
	add_visits(0, 4);
	buf_puts(&calendar, "BEGIN:VEVENT\r\nUID:v0");
	cr_assert_eq(jobs_fixture_take(&fx, "S001/agenda.ics", buf_str(&calendar), &r), 0);
	cr_assert_eq(r.cancelled, 0);
	cr_assert(is_there("v04"));
	cr_assert_not_null(strstr(buf_str(&r.report), "the file is cut"), "%s", buf_str(&r.report));
	buf_release(&r.report);
}

Test(intake_calendar, an_empty_file_fails_and_removes_nothing)
{
	struct intake_result r;

	begin();
	add_visits(0, 5);
	take_only();
	cr_assert_lt(jobs_fixture_take(&fx, "S001/agenda.ics", "", &r), 0);
	cr_assert_eq(r.cancelled, 0);
	cr_assert(is_there("v04"));
	buf_release(&r.report);
}

Test(intake_calendar, what_is_known_of_a_rejected_event_stays)
{
	begin();
	add_visits(0, 5);
	take_only();
	begin();
	add_visits(0, 4);
	buf_puts(&calendar, "BEGIN:VEVENT\r\nUID:v04\r\nDTSTAMP:20211231T100000Z\r\nDTSTART:20220131T250000Z\r\n"
		"ATTENDEE:mailto:p1@service.example\r\nX-PLANVAX-PERSON:E-v04\r\nCATEGORIES:VIP_PERIODIQUE\r\nEND:VEVENT\r\n");
	struct intake_result r = take();
	cr_assert_eq(r.rejected, 1);
	cr_assert_eq(r.cancelled, 0);
	cr_assert(is_there("v04"));
	cr_assert_not_null(strstr(buf_str(&r.report), "S001/agenda.ics:"), "%s", buf_str(&r.report));
	buf_release(&r.report);
}

Test(intake_calendar, a_file_named_after_a_member_gives_that_member_its_events)
{
	struct intake_result r;

	cr_assert_eq(jobs_fixture_take(&fx, "S001/P1.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:b\r\nDTSTAMP:20211230T100000Z\r\n"
		"DTSTART:20220112T090000Z\r\nDTEND:20220112T100000Z\r\nSUMMARY:Reunion\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", &r), 0);
	cr_assert_eq(r.created, 1);
	const struct snapshot *s = jobs_fixture_snapshot(&fx);
	cr_assert_eq(s->n_busy, 1);
	cr_assert_str_eq(s->staff[s->busy[0].staff].staff_id, "P1");
	snapshot_free(s);
	buf_release(&r.report);
}

Test(intake_calendar, a_text_that_is_no_calendar_fails)
{
	struct intake_result r;

	cr_assert_eq(jobs_fixture_take(&fx, "S001/agenda.ics", "hello\n", &r), ERR_INVALID);
	cr_assert_not_null(strstr(buf_str(&r.report), "not a calendar"), "%s", buf_str(&r.report));
	buf_release(&r.report);
}

/* Place of a stored visit: "-" where it has none. */
static const char *place_of(const char *visit_id, struct arena *arena)
{
	struct tx *tx = store_temp_read(&fx.store);
	struct visit v = {.place = "no such visit"};

	visit_store_visit(tx, "S001", visit_id, arena, &v);
	store_temp_end(&fx.store, tx);
	return v.place ? v.place : "-";
}

Test(intake_calendar, a_place_is_kept_only_where_it_names_a_centre)
{
	struct arena arena = ARENA_INIT;

	begin();
	add_visit("at-centre", 10, "LOCATION:C1\r\n");
	add_visit("at-home", 11, "LOCATION:chez Madame Canari\r\n");
	take_only();
	cr_assert_str_eq(place_of("at-centre", &arena), "C1");
	cr_assert_str_eq(place_of("at-home", &arena), "-", "a text may say where a person lives");
	arena_release(&arena);
}

Test(intake_calendar, the_same_export_under_a_dated_name_is_the_same_source)
{
	static const char *const names[] = {"S001/agenda_2022-01-10.ics", "S001/agenda (1).ics", "S001/agenda-20220110T0830.ics"};

	begin();
	add_visits(0, 5);
	take_only();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct intake_result r;

		cr_assert_eq(jobs_fixture_take(&fx, names[i], buf_str(&calendar), &r), 0);
		cr_assert_eq(r.unchanged, 5, "%s", names[i]);
		buf_release(&r.report);
	}
}

Test(intake_calendar, one_visit_in_two_sources_is_one_and_goes_with_the_last_of_them)
{
	struct intake_result r;
	struct buf both = BUF_INIT;

	begin();
	add_visits(0, 3);
	take_only();
	buf_puts(&both, buf_str(&calendar));
	cr_assert_eq(jobs_fixture_take(&fx, "S001/other.ics", buf_str(&both), &r), 0);
	buf_release(&r.report);
	const struct snapshot *s = jobs_fixture_snapshot(&fx);
	cr_assert_eq(s->n_visits, 3);
	cr_assert_eq(s->n_busy, 0);
	snapshot_free(s);
	begin();
	add_visits(0, 2);
	take_only();
	cr_assert(is_there("v02"), "the other source still has it");
	cr_assert_eq(jobs_fixture_take(&fx, "S001/other.ics", buf_str(&calendar), &r), 0);
	cr_assert(!is_there("v02"));
	buf_release(&r.report);
	buf_release(&both);
}

Test(intake_calendar, an_import_tried_dry_says_what_would_happen_and_writes_nothing)
{
	struct fault f = FAULT_NONE;
	struct intake_result r;

	begin();
	add_visits(0, 10);
	take_only();
	int64_t revision = jobs_fixture_revision(&fx, "S001");
	begin();
	add_visits(0, 8);
	add_visit("new", 3, "");
	add_visit("v09", 12, "SEQUENCE:1\r\n");
	buf_puts(&calendar, "END:VCALENDAR\r\n");
	const struct intake_file file = {.name = "S001/agenda.ics", .text = buf_str(&calendar), .len = calendar.len, .actor = "test", .dry_run = true};

	cr_assert_eq(intake_run(&fx.intake, &file, &r, &f), 0);
	cr_assert_eq(r.created, 1);
	cr_assert_eq(r.changed, 1);
	cr_assert_eq(r.unchanged, 8);
	cr_assert_eq(r.cancelled, 1);
	cr_assert_eq(r.read, 11);
	cr_assert_eq(jobs_fixture_revision(&fx, "S001"), revision);
	cr_assert(is_there("v08") && !is_there("new"));
	buf_release(&r.report);
}

Test(intake_calendar, what_its_source_deleted_is_taken_out_and_comes_back)
{
	static const char *const uids[] = {"v01", "v03", "nobody"};
	const struct intake_removal removal = {.service_id = "S001", .source = "agenda.ics", .uids = uids, .n_uids = 3, .actor = "test"};
	struct fault f = FAULT_NONE;
	int64_t removed = -1;

	begin();
	add_visits(0, 5);
	take_only();
	int64_t revision = jobs_fixture_revision(&fx, "S001");
	cr_assert_eq(intake_remove(&fx.intake, &removal, &removed, &f), 0);
	cr_assert_eq(removed, 2);
	cr_assert(!is_there("v01") && is_there("v02") && !is_there("v03"));
	cr_assert_gt(jobs_fixture_revision(&fx, "S001"), revision);
	cr_assert_eq(intake_remove(&fx.intake, &removal, &removed, &f), 0);
	cr_assert_eq(removed, 0);
	begin();
	add_visits(0, 5);
	take_only();
	cr_assert(is_there("v01"));
}

Test(intake_calendar, a_removal_of_an_unknown_service_is_told)
{
	static const char *const uids[] = {"v01"};
	const struct intake_removal removal = {.service_id = "S9", .source = "agenda.ics", .uids = uids, .n_uids = 1, .actor = "test"};
	struct fault f = FAULT_NONE;
	int64_t removed = -1;

	cr_assert_eq(intake_remove(&fx.intake, &removal, &removed, &f), ERR_NOT_FOUND);
	cr_assert_eq(removed, -1);
	cr_assert(strstr(f.what, "S9") != NULL);
}
