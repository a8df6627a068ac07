/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of jobs/moves: from the published plan to the agenda and back, over a real store and the real planner. */
#include <criterion/criterion.h>
#include <planvax/jobs/intake_held.h>
#include <planvax/jobs/moves.h>
#include <planvax/store/audit_store.h>
#include <planvax/store/outbox_store.h>
#include <planvax/store/plan_store.h>
#include <planvax/store/visit_store.h>
#include <planvax/view/plan_document_read.h>

#include "jobs_fixture.h"

#include <stdio.h>
#include <string.h>

#define MONTH JOBS_FIXTURE_MONTH
#define DAYS 21
#define SLOTS 4

static struct jobs_fixture fx;
static struct arena arena;
static bool export_cut; /* the exports end too early */

/* Four visits a day leave no three hours free, so that a weekly day displaces some. Local minutes. */
static const int slots[SLOTS] = {570, 660, 840, 930};

/* A visit that does not stand where it was at first. */
struct other {
	const char *visit_id;
	const char *start;  /* UTC, "20220105T120000Z"; NULL: the visit is gone */
};

static void put_registers(void)
{
	struct buf people = BUF_INIT;

	jobs_fixture_put(&fx, "communes.csv", "insee;name;departement;region;lat;lon;dens7\n35238;Rennes;35;53;48.11;-1.68;1\n");
	jobs_fixture_put(&fx, "services.csv", "service_id;name;kind;region;contact_email\nS001;Service de test;SPSTI;53;contact@service.example\n");
	jobs_fixture_put(&fx, "centres.csv", "centre_id;service_id;name;kind;insee;posts\nC1;S001;Centre;service;35238;2\n");
	jobs_fixture_put(&fx, "staff.csv", "staff_id;service_id;role;name;email;centre_id\nP1;S001;physician;P1;p1@service.example;C1\n"
		"N1;S001;nurse;N1;n1@service.example;C1\n");
	jobs_fixture_put(&fx, "companies.csv", "siret;service_id;name;insee;headcount;expected_takers\n" MODEL_SIRET_HOST ";S001;Ateliers;35238;200;60\n");
	buf_puts(&people, "person_ref;service_id;siret;birth_date;kind;history_as_of\n");
	for (int i = 0; i < DAYS * SLOTS; i++)
		buf_printf(&people, "R%02d;S001;" MODEL_SIRET_HOST ";1980-02-03;employee;2021-12-20\n", i);
	jobs_fixture_put(&fx, "people.csv", buf_str(&people));
	jobs_fixture_put(&fx, "stock.csv", "centre_id;product;delivered_on;expires_on;vials\nC1;COMIRNATY;2021-12-20;2022-03-31;200\n");
	buf_release(&people);
}

static void put_event(struct buf *out, int n, const char *start, int sequence)
{
	struct instant at;
	char text[21], end[17];

	snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", start, start + 4, start + 6, start + 9, start + 11, start + 13);
	cr_assert_eq(instant_parse(text, strlen(text), &at), 0);
	at.utc_s += 1800;
	instant_format_ical(at, end);
	buf_printf(out, "BEGIN:VEVENT\nUID:v%02d\nSEQUENCE:%d\nDTSTAMP:20211201T080000Z\nDTSTART:%s\nDTEND:%s\nATTENDEE:mailto:p1@service.example\n"
		"X-PLANVAX-PERSON:R%02d\nCATEGORIES:VIP_PERIODIQUE\nX-PLANVAX-DUE:20220331\nLOCATION:C1\nEND:VEVENT\n", n, sequence, start, end, n);
}

/* Exports the agenda with some visits elsewhere. */
static void export_agenda(const struct other *others, size_t n_others)
{
	struct buf text = BUF_INIT;
	int n = 0;

	buf_puts(&text, "BEGIN:VCALENDAR\nVERSION:2.0\n");
	for (struct date day = date_of(2022, 1, 3); day.days <= date_of(2022, 1, 31).days; day = date_add_days(day, 1)) {
		for (int k = 0; date_weekday(day) < 5 && k < SLOTS; k++, n++) {
			char at[17], id[16];
			const struct other *other = NULL;

			instant_format_ical((struct instant){(int64_t)day.days * 86400 + (slots[k] - 60) * 60}, at);
			snprintf(id, sizeof(id), "v%02d", n);
			for (size_t i = 0; i < n_others; i++)
				if (!strcmp(others[i].visit_id, id))
					other = &others[i];
			if (!other || other->start)
				put_event(&text, n, other ? other->start : at, other ? 4 : 2);
		}
	}
	if (!export_cut)
		buf_puts(&text, "END:VCALENDAR\n");
	jobs_fixture_put(&fx, "S001/P1.ics", buf_str(&text));
	buf_release(&text);
}

static void open_fixture(void)
{
	clock_fix((struct instant){INT64_C(1640952000)}); /* 2021-12-31T12:00:00Z */
	jobs_fixture_open(&fx);
	put_registers();
	export_agenda(NULL, 0);
}

static void close_fixture(void)
{
	arena_release(&arena);
	jobs_fixture_close(&fx);
	clock_unfix();
}

TestSuite(moves, .init = open_fixture, .fini = close_fixture);

static struct replan_result plan(void)
{
	const struct replan r = {.writer = fx.store.writer, .readers = fx.store.readers, .settings = fx.settings};
	struct replan_result result;
	struct fault f = FAULT_NONE;
	int rc = replan_service(&r, "S001", MONTH, &result, &f);

	cr_assert_eq(rc, 0, "%s: %s", err_name(rc), f.what);
	return result;
}

static const struct plan_service *published(void)
{
	struct tx *tx = store_temp_read(&fx.store);
	const struct plan_key key = {"S001", MONTH, 0};
	struct plan *whole = ARENA_NEW(&arena, struct plan, 1);
	struct plan_body body;
	struct buf text = BUF_INIT;

	cr_assert_eq(plan_store_body(tx, &key, AUDIENCE_SERVICE, &arena, &body), 0);
	cr_assert_eq(plan_store_expand(&body, &text), 0);
	store_temp_end(&fx.store, tx);
	cr_assert_eq(plan_document_read(&(struct plan_document_text){"plan", buf_str(&text), text.len}, &arena, whole, NULL), 0);
	buf_release(&text);
	return plan_document_find(whole, "S001");
}

static const struct move *list(int state, size_t *n)
{
	struct tx *tx = store_temp_read(&fx.store);
	const struct move *rows = NULL;

	cr_assert_eq(move_store_list(tx, &(struct move_query){.state = state, .limit = 1000}, &arena, &rows, n), 0);
	store_temp_end(&fx.store, tx);
	return rows;
}

static size_t count(int state)
{
	size_t n = 0;

	list(state, &n);
	return n;
}

/* Visits of all open moves at their new times. */
static struct other *all_done(size_t *n)
{
	const struct move *rows = list(MOVE_OPEN, n);
	struct other *done = ARENA_NEW(&arena, struct other, *n + 1);

	for (size_t i = 0; i < *n; i++) {
		char *at = ARENA_NEW(&arena, char, 17);

		done[i] = (struct other){rows[i].visit_id, instant_format_ical(rows[i].to, at)};
	}
	return done;
}

static struct moves_round remind(void)
{
	struct moves_round round = {0};

	cr_assert_eq(moves_remind(fx.store.writer, fx.store.readers, fx.settings, &round), 0);
	return round;
}

static void wait_days(int days)
{
	clock_advance((int64_t)days * 86400000);
}

/* Bytes of the last reminder, quoted-printable as they are. */
static const char *last_letter(void)
{
	struct tx *tx = store_temp_read(&fx.store);
	const struct outbox_letter *rows;
	struct outbox_letter letter, found = {.service_id = NULL};
	size_t n = 0;

	cr_assert_eq(outbox_store_list(tx, &(struct outbox_query){.state = -1, .limit = 1000}, &arena, &rows, &n), 0);
	for (size_t i = 0; i < n; i++)
		if (!strncmp(rows[i].letter.topic, "moves ", 6) && rows[i].created_at.utc_s >= found.created_at.utc_s &&
			outbox_store_letter(tx, rows[i].letter.letter_id, true, &arena, &letter) == 0)
			found = letter;
	store_temp_end(&fx.store, tx);
	cr_assert_not_null(found.service_id, "a reminder lies in the outbox");
	cr_expect_str_eq(found.letter.recipient, "contact@service.example");
	return arena_strndup(&arena, found.letter.bytes, found.letter.len);
}

Test(moves, a_published_plan_opens_a_move_for_each_visit_that_it_moves)
{
	size_t n = 0;

	cr_expect_eq(plan().outcome, REPLAN_PUBLISHED);
	const struct plan_service *p = published();
	const struct move *rows = list(MOVE_OPEN, &n);

	cr_assert_gt(p->n_moves, 1);
	cr_assert_eq(n, p->n_moves);
	for (size_t i = 0; i < n; i++) {
		cr_expect_str_eq(rows[i].visit_id, p->moves[i].visit_id);
		cr_expect_eq(rows[i].from.utc_s, p->moves[i].from.utc_s);
		cr_expect_eq(rows[i].to.utc_s, p->moves[i].to.utc_s);
		cr_expect_str_eq(rows[i].source, "P1.ics");
		cr_expect_str_eq(rows[i].to_staff_id, p->moves[i].staff_id);
		cr_expect_str_eq(rows[i].person_ref + 1, rows[i].visit_id + 1, "the person is the agenda's");
		cr_expect_not_null(rows[i].offer_id);
		cr_expect_eq(rows[i].number, (int64_t)i + 1);
	}
}

Test(moves, a_draft_opens_none_before_it_is_approved)
{
	const struct replan r = {.writer = fx.store.writer, .readers = fx.store.readers, .settings = fx.settings};
	int32_t version = 0;

	fx.jobs.publish = PUBLISH_APPROVAL;
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	cr_expect_eq(plan().outcome, REPLAN_DRAFTED);
	cr_expect_eq(count(-1), 0);
	cr_assert_eq(replan_approve(&(struct replan){.writer = r.writer, .readers = r.readers, .settings = fx.settings}, "S001", MONTH, "operator", &version), 0);
	cr_expect_gt(count(MOVE_OPEN), 0);
}

Test(moves, an_agenda_with_the_old_times_leaves_the_plan_as_it_is)
{
	plan();
	const struct plan_service *before = published();

	export_agenda(NULL, 0);
	/* A fact elsewhere: the service is planned anew. */
	jobs_fixture_put(&fx, "stock.csv", "centre_id;product;delivered_on;expires_on;vials\nC1;COMIRNATY;2021-12-20;2022-03-31;200\nC1;SPIKEVAX;2021-12-20;2022-03-31;3\n");
	plan();
	const struct plan_service *after = published();
	cr_assert_eq(after->n_moves, before->n_moves);
	for (size_t i = 0; i < after->n_moves; i++) {
		cr_expect_str_eq(after->moves[i].visit_id, before->moves[i].visit_id);
		cr_expect_eq(after->moves[i].to.utc_s, before->moves[i].to.utc_s, "a published move is not moved again");
	}
	cr_expect_eq(after->score.changes, 0);
	cr_expect_eq(count(MOVE_OPEN), after->n_moves);
	cr_expect_eq(count(-1), after->n_moves);
}

Test(moves, an_agenda_that_agrees_closes_the_moves_and_the_plan_moves_none_again)
{
	size_t n = 0;

	plan();
	const struct plan_service *before = published();
	struct other *done = all_done(&n);
	export_agenda(done, n);
	cr_expect_eq(count(MOVE_OPEN), 0);
	cr_expect_eq(count(MOVE_CLOSED), n);
	plan();
	const struct plan_service *after = published();
	cr_expect_eq(after->n_moves, 0, "no visit is moved a second time, or back");
	cr_expect_eq(after->score.changes, 0);
	cr_expect_eq(after->score.displaced, 0);
	cr_assert_eq(after->n_days, before->n_days);
	for (size_t i = 0; i < after->n_days; i++) {
		cr_expect_str_eq(after->days[i].id, before->days[i].id);
		cr_expect_eq(after->days[i].start.utc_s, before->days[i].start.utc_s);
	}
	for (size_t i = 0; i < after->n_forced; i++)
		cr_expect_str_eq(after->forced[i].detail, "des visites déplacées sont à leur nouvelle heure dans l'agenda");
	cr_expect_eq(count(-1), n, "and no move is opened");
}

Test(moves, what_is_half_done_keeps_the_other_half)
{
	size_t n = 0;

	plan();
	const struct plan_service *before = published();
	struct other *done = all_done(&n);
	export_agenda(done, 1);
	plan();
	const struct plan_service *after = published();
	cr_assert_eq(after->n_moves, before->n_moves - 1);
	for (size_t i = 0; i < after->n_moves; i++)
		cr_expect_eq(after->moves[i].to.utc_s, before->moves[i + 1].to.utc_s);
	cr_expect_eq(count(MOVE_OPEN), n - 1);
}

Test(moves, a_third_time_is_a_conflict_and_the_agenda_counts)
{
	size_t n = 0;

	plan();
	const struct move *rows = list(MOVE_OPEN, &n);
	const struct other there = {rows[0].visit_id, "20220131T163000Z"};

	export_agenda(&there, 1);
	cr_expect_eq(count(MOVE_CONFLICT), 1);
	cr_expect_eq(count(MOVE_OPEN), n - 1);
	plan();
	const struct plan_service *after = published();
	for (size_t i = 0; i < after->n_moves; i++)
		cr_expect_str_neq(after->moves[i].visit_id, there.visit_id, "the plan takes the agenda's time");
	cr_expect_eq(remind().letters, 1, "a conflict is told at once");
	cr_expect_eq(remind().letters, 0, "once");
	cr_expect_not_null(strstr(last_letter(), there.visit_id));
}

Test(moves, a_visit_cancelled_in_the_agenda_closes_its_move)
{
	size_t n = 0;

	plan();
	const struct move *rows = list(MOVE_OPEN, &n);
	export_agenda(&(struct other){rows[0].visit_id, NULL}, 1);
	rows = list(MOVE_CLOSED, &n);
	cr_assert_eq(n, 1);
	cr_expect_eq(rows[0].reason, MOVE_REASON_CANCELLED);
	cr_expect_null(rows[0].person_ref);
}

Test(moves, a_visit_that_was_gone_for_a_while_is_to_be_moved_again)
{
	size_t n = 0, all = 0;

	plan();
	const struct move *rows = list(MOVE_OPEN, &all);
	const int32_t version = published()->version;
	export_agenda(&(struct other){rows[0].visit_id, NULL}, 1);
	cr_expect_eq(count(MOVE_OPEN), all - 1);
	export_agenda(NULL, 0);
	cr_expect_eq(plan().outcome, REPLAN_UNCHANGED);
	rows = list(MOVE_OPEN, &n);
	cr_expect_eq(n, all);
	for (size_t i = 0; i < n; i++)
		cr_expect_eq(rows[i].version, version);
}

Test(moves, what_is_past_is_not_opened_again)
{
	plan();
	fx.jobs.planning_now = "2022-02-01T12:00:00Z";
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	cr_expect_gt(remind().stale, 0);
	const size_t all = count(-1);
	export_agenda(&(struct other){"v00", "20220131T163000Z"}, 1);
	plan();
	cr_expect_eq(count(-1), all);
	cr_expect_eq(count(MOVE_OPEN), 0);
}

Test(moves, a_service_is_reminded_after_a_while_by_one_mail_of_what_a_later_export_still_shows)
{
	size_t n = 0;

	plan();
	wait_days(4);
	cr_expect_eq(remind().letters, 0, "no export came since: nobody knows");
	export_agenda(NULL, 0);
	const struct move *rows = list(MOVE_OPEN, &n);
	cr_assert_gt(n, 1);
	cr_expect_eq(remind().letters, 1, "one mail for all");
	const char *text = last_letter();
	for (size_t i = 0; i < n; i++) {
		cr_expect_not_null(strstr(text, arena_printf(&arena, "- visite %s,", rows[i].visit_id)));
		cr_expect_null(strstr(text, rows[i].person_ref), "no person in a mail");
	}
	cr_expect_eq(remind().letters, 0);
	wait_days(2);
	cr_expect_eq(remind().letters, 0);
	wait_days(1);
	cr_expect_eq(remind().letters, 1, "and again after remind_every");
	rows = list(MOVE_OPEN, &n);
	cr_expect_eq(rows[0].reminders, 2);
	export_agenda(all_done(&n), n);
	wait_days(5);
	cr_expect_eq(remind().letters, 0, "what is done is not reminded");
}

Test(moves, an_export_at_once_is_not_overdue_before_its_time)
{
	size_t n = 0;
	struct move_terms terms;

	plan();
	export_agenda(NULL, 0);
	moves_terms(fx.settings, &terms);
	const struct move *rows = list(MOVE_OPEN, &n);
	cr_expect(rows[0].seen_at.utc_s != 0 && !move_is_overdue(&rows[0], terms.now, terms.after_s));
	cr_expect_eq(remind().letters, 0);
}

Test(moves, a_held_export_says_nothing_of_what_still_stands)
{
	size_t n = 0;
	const struct moves_export taken = {.service_id = "S001", .source = "P1.ics", .partial = true};

	plan();
	cr_assert_eq(moves_after_intake(fx.store.writer, &taken, NULL), 0);
	cr_expect_eq(list(MOVE_OPEN, &n)[0].seen_at.utc_s, 0);
	cr_assert_eq(moves_after_intake(fx.store.writer, &(struct moves_export){.service_id = "S001", .source = "N1.ics"}, NULL), 0);
	cr_expect_eq(list(MOVE_OPEN, &n)[0].seen_at.utc_s, 0, "nor does that of another agenda");
	cr_assert_eq(moves_after_intake(fx.store.writer, &(struct moves_export){.service_id = "S001", .source = "P1.ics"}, NULL), 0);
	cr_expect_neq(list(MOVE_OPEN, &n)[0].seen_at.utc_s, 0);
}

Test(moves, a_cut_export_says_nothing_of_what_still_stands)
{
	size_t n = 0;

	plan();
	wait_days(2);
	export_cut = true;
	export_agenda(NULL, 0);
	cr_expect_eq(list(MOVE_OPEN, &n)[0].seen_at.utc_s, 0);
	export_cut = false;
	export_agenda(NULL, 0);
	cr_expect_neq(list(MOVE_OPEN, &n)[0].seen_at.utc_s, 0);
}

Test(moves, releasing_a_held_export_settles_what_went_with_it)
{
	struct intake_result r;
	int64_t removed = 0;

	plan();
	size_t open = count(MOVE_OPEN);
	cr_assert_gt(open, 0);
	cr_assert_eq(jobs_fixture_take(&fx, "S001/P1.ics", "BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n", &r), 0);
	cr_assert(r.held);
	buf_release(&r.report);
	cr_assert_eq(count(MOVE_OPEN), open);
	cr_assert_eq(intake_held_release(&fx.intake, &(struct intake_held){.service_id = "S001", .source = "P1.ics", .actor = "test"}, &removed), 0);
	cr_expect_gt(removed, 20);
	cr_expect_eq(count(MOVE_OPEN), 0);
	cr_expect_eq(count(MOVE_CLOSED), open);
}

Test(moves, what_is_past_by_the_planning_clock_is_stale)
{
	size_t n = 0;

	plan();
	n = count(MOVE_OPEN);
	cr_expect_eq(remind().stale, 0);
	fx.jobs.planning_now = "2022-02-01T12:00:00Z";
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	cr_expect_eq(remind().stale, (int64_t)n);
	cr_expect_eq(count(MOVE_STALE), n);
}

Test(moves, a_service_without_a_mailbox_gets_no_letter)
{
	plan();
	jobs_fixture_put(&fx, "services.csv", "service_id;name;kind;region;contact_email\nS001;Service de test;SPSTI;53;\n");
	wait_days(4);
	export_agenda(NULL, 0);
	struct moves_round round = remind();
	cr_expect_eq(round.letters, 0);
	cr_expect_eq(round.unreachable, 1);
}
