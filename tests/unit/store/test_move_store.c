/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of store/move_store: what each version of a plan makes of the moves of the one before. */
#include <criterion/criterion.h>
#include <planvax/store/move_store.h>
#include <planvax/store/visit_store.h>

#include "store_temp.h"

#include <string.h>

#define SOURCE "sample.ics" /* of store_temp_fill */

static struct store_temp t;
static struct model_sample sample;
static struct arena arena;

static void open_store(void)
{
	clock_fix((struct instant){INT64_C(1640952000)});
	store_temp_open(&t);
	model_build_sample(&sample);
	store_temp_fill(&t, &sample);
}

static void close_store(void)
{
	arena_release(&arena);
	store_temp_close(&t);
	clock_unfix();
}

TestSuite(move_store, .init = open_store, .fini = close_store);

/* The sample's first two visits. */
#define VISIT(i) (&sample.visits[i])

static int publish_job(struct tx *tx, void *arg)
{
	move_store_publish(tx, arg);
	return 0;
}

static void publish_moves(int32_t version, const struct plan_move *moves, size_t n)
{
	const struct plan_service plan = {.service_id = "S001", .version = version, .moves = moves, .n_moves = n};
	struct publication p = {.service_id = "S001", .month = "2022-01", .base = version - 1, .plan = &plan};

	cr_assert_eq(store_temp_run(&t, publish_job, &p), 0);
}

static void publish_postponed(int32_t version, const struct plan_postponed *postponed)
{
	const char *const displaced[] = {postponed->visit_id};
	const struct plan_offer day = {.id = "D1", .displaced = displaced, .n_displaced = 1};
	const struct plan_service plan = {.service_id = "S001", .version = version, .postponed = postponed, .n_postponed = 1, .days = &day, .n_days = 1};
	struct publication p = {.service_id = "S001", .month = "2022-01", .base = version - 1, .plan = &plan};

	cr_assert_eq(store_temp_run(&t, publish_job, &p), 0);
}

static struct plan_move move_by(size_t visit, int64_t seconds)
{
	return (struct plan_move){VISIT(visit)->visit_id, VISIT(visit)->start, {VISIT(visit)->start.utc_s + seconds}, VISIT(visit)->staff_id};
}

static const struct move *list(size_t *n)
{
	struct tx *tx = store_temp_read(&t);
	const struct move *rows = NULL;

	cr_assert_eq(move_store_list(tx, &(struct move_query){.service_id = "S001", .state = -1, .limit = 100}, &arena, &rows, n), 0);
	store_temp_end(&t, tx);
	return rows;
}

static const struct move *only(void)
{
	size_t n = 0;
	const struct move *rows = list(&n);

	cr_assert_eq(n, 1);
	return rows;
}

/* Moves a visit in the agenda, wherever its entry is. */
struct shift {
	const struct visit *visit;
	int64_t seconds;
};

static int shift_job(struct tx *tx, void *arg)
{
	const struct shift *s = arg;
	const char *staff[1] = {s->visit->staff_id};
	struct agenda_entry e = {.key = {"S001", SOURCE, s->visit->visit_id, ""}, .version = {.status = AGENDA_VISIT, .sequence = 7},
		.visit = *s->visit, .staff = staff, .n_staff = 1};
	enum row_verdict verdict;

	e.visit.start.utc_s += s->seconds;
	e.visit.end.utc_s += s->seconds;
	memset(e.version.digest, (int)(s->seconds / 900), sizeof(e.version.digest));
	return visit_store_put(tx, &e, &verdict, NULL);
}

static int settle_job(struct tx *tx, void *arg)
{
	return move_store_settle(tx, "S001", SOURCE, arg);
}

static int settle_other_job(struct tx *tx, void *arg)
{
	return move_store_settle(tx, "S001", "sample", arg); /* begins like the other's name */
}

static struct move_settled settle(void)
{
	struct move_settled found = {0};

	cr_assert_eq(store_temp_run(&t, settle_job, &found), 0);
	return found;
}

static void put_visits(void)
{
	for (size_t i = 0; i < 2; i++)
		cr_assert_eq(store_temp_run(&t, shift_job, &(struct shift){VISIT(i), 0}), 0);
}

static int told_job(struct tx *tx, void *arg)
{
	return move_store_told(tx, arg);
}

static void tell(void)
{
	struct move_query all = {.service_id = "S001"};

	cr_assert_eq(store_temp_run(&t, told_job, &all), 0);
}

Test(move_store, a_version_that_says_the_same_confirms_the_move)
{
	put_visits();
	const struct plan_move m = move_by(0, 3600);

	publish_moves(1, &m, 1);
	publish_moves(2, &m, 1);
	const struct move *row = only();
	cr_expect_eq(row->state, MOVE_OPEN);
	cr_expect_eq(row->first_version, 1);
	cr_expect_eq(row->version, 2);
	cr_expect_eq(row->updates, 0);
	cr_expect_not(row->from_table);
}

Test(move_store, another_time_changes_the_move_and_remembers_what_was_told)
{
	struct plan_move m = move_by(0, 3600);

	put_visits();
	publish_moves(1, &m, 1);
	m.to.utc_s += 900;
	publish_moves(2, &m, 1);
	const struct move *row = only();
	cr_expect_eq(row->updates, 1);
	cr_expect_eq(row->before.utc_s, 0, "nobody was told the first time");
	cr_expect_not(row->announce);
	tell();
	m.to.utc_s += 900;
	publish_moves(3, &m, 1);
	row = only();
	cr_expect_eq(row->before.utc_s, m.to.utc_s - 900);
	cr_expect_eq(row->to.utc_s, m.to.utc_s);
	cr_expect(row->announce, "the change of mind is told");
}

Test(move_store, a_version_that_leaves_the_visit_withdraws_the_move_and_tells_whom_it_was_told)
{
	const struct plan_move moves[2] = {move_by(0, 3600), move_by(1, 3600)};

	put_visits();
	publish_moves(1, moves, 2);
	tell();
	publish_moves(2, moves, 1);
	size_t n = 0;
	const struct move *rows = list(&n);
	cr_assert_eq(n, 2);
	cr_expect_eq(rows[0].state, MOVE_OPEN);
	cr_expect_eq(rows[1].state, MOVE_WITHDRAWN);
	cr_expect(rows[1].announce);
	publish_moves(3, moves, 2);
	rows = list(&n);
	cr_assert_eq(n, 3, "asked for again, it is a new move");
	cr_expect_eq(rows[2].state, MOVE_OPEN);
	cr_expect_eq(rows[2].number, 3);
}

Test(move_store, a_version_that_leaves_a_visit_that_was_moved_meanwhile_closes_the_move)
{
	const struct plan_move m = move_by(0, 3600);

	put_visits();
	publish_moves(1, &m, 1);
	cr_assert_eq(store_temp_run(&t, shift_job, &(struct shift){VISIT(0), 3600}), 0);
	publish_moves(2, NULL, 0);
	cr_expect_eq(only()->state, MOVE_CLOSED);
	cr_expect_eq(only()->reason, MOVE_REASON_DONE);
}

Test(move_store, a_move_that_the_agenda_has_already_is_not_opened)
{
	const struct plan_move m = move_by(0, 3600);
	size_t n = 0;

	put_visits();
	cr_assert_eq(store_temp_run(&t, shift_job, &(struct shift){VISIT(0), 3600}), 0);
	publish_moves(1, &m, 1);
	list(&n);
	cr_expect_eq(n, 0);
}

Test(move_store, plans_of_other_months_leave_a_month_alone)
{
	const struct plan_move m = move_by(0, 3600);
	const struct plan_service plan = {.service_id = "S001", .version = 1};
	struct publication p = {.service_id = "S001", .month = "2022-02", .base = 0, .plan = &plan};

	put_visits();
	publish_moves(1, &m, 1);
	cr_assert_eq(store_temp_run(&t, publish_job, &p), 0);
	cr_expect_eq(only()->state, MOVE_OPEN);
}

Test(move_store, a_postponed_visit_is_done_at_any_other_time_until_the_new_due_date)
{
	struct plan_postponed late = {VISIT(0)->visit_id, model_build_date("2022-01-20"), model_build_date("2023-01-20"), "R1"};

	put_visits();
	publish_postponed(1, &late);
	const struct move *row = only();
	cr_expect_eq(row->kind, MOVE_POSTPONED);
	cr_expect_str_eq(row->offer_id, "D1");
	cr_expect_str_eq(row->regime, "R1");
	cr_expect_eq(row->to.utc_s, 0);
	cr_expect_eq(settle().waiting, 1);
	cr_assert_eq(store_temp_run(&t, shift_job, &(struct shift){VISIT(0), 90 * 86400}), 0);
	cr_expect_eq(settle().done, 1);
	cr_expect_eq(only()->state, MOVE_CLOSED);
}

Test(move_store, a_visit_beyond_its_new_due_date_is_a_conflict_until_it_comes_back)
{
	struct plan_postponed late = {VISIT(0)->visit_id, model_build_date("2022-01-20"), model_build_date("2022-03-20"), "R1"};

	put_visits();
	publish_postponed(1, &late);
	cr_assert_eq(store_temp_run(&t, shift_job, &(struct shift){VISIT(0), 121 * 86400}), 0);
	cr_expect_eq(settle().conflicts, 1);
	cr_expect_eq(only()->state, MOVE_CONFLICT);
	cr_expect_eq(settle().conflicts, 0, "told once");
	cr_assert_eq(store_temp_run(&t, shift_job, &(struct shift){VISIT(0), 40 * 86400}), 0);
	cr_expect_eq(settle().done, 1);
	cr_expect_eq(only()->state, MOVE_CLOSED);
}

Test(move_store, lists_page_by_number_and_filter_by_staff_and_state)
{
	const struct plan_move moves[2] = {move_by(0, 3600), move_by(1, 3600)};
	const struct move *rows = NULL;
	struct move_counts counts;
	size_t n = 0;

	put_visits();
	publish_moves(1, moves, 2);
	struct tx *tx = store_temp_read(&t);
	cr_expect_eq(move_store_list(tx, &(struct move_query){.state = MOVE_OPEN, .limit = 1}, &arena, &rows, &n), 0);
	cr_expect(n == 1 && rows[0].number == 1);
	cr_expect_eq(move_store_list(tx, &(struct move_query){.state = MOVE_OPEN, .after_service = "S001", .after_number = 1, .limit = 5}, &arena, &rows, &n), 0);
	cr_expect(n == 1 && rows[0].number == 2);
	cr_expect_eq(move_store_list(tx, &(struct move_query){.service_id = "S001", .staff_id = "nobody", .state = -1, .limit = 5}, &arena, &rows, &n), 0);
	cr_expect_eq(n, 0);
	cr_expect_eq(move_store_list(tx, &(struct move_query){.service_id = "S001", .state = MOVE_CLOSED, .limit = 5}, &arena, &rows, &n), 0);
	cr_expect_eq(n, 0);
	cr_expect_eq(move_store_count(tx, &(struct move_terms){.now = clock_now()}, &counts), 0);
	cr_expect(counts.open == 2 && counts.overdue == 0 && counts.conflicts == 0);
	store_temp_end(&t, tx);
}

Test(move_store, a_visit_that_another_member_takes_is_done_when_it_is_theirs)
{
	struct plan_move m = move_by(0, 3600);
	struct visit theirs = *VISIT(0);

	put_visits();
	m.staff_id = "N1";
	publish_moves(1, &m, 1);
	cr_assert_str_neq(VISIT(0)->staff_id, "N1");
	cr_assert_eq(store_temp_run(&t, shift_job, &(struct shift){VISIT(0), 3600}), 0);
	cr_expect_eq(settle().conflicts, 1, "the time is right, but not who takes it");
	theirs.staff_id = "N1";
	cr_assert_eq(store_temp_run(&t, shift_job, &(struct shift){&theirs, 3600 + 900}), 0);
	cr_expect_eq(settle().done, 0);
	theirs.start.utc_s -= 1800;
	cr_assert_eq(store_temp_run(&t, shift_job, &(struct shift){&theirs, 3600 + 1800}), 0);
	cr_expect_eq(settle().done, 1);
}

Test(move_store, an_export_speaks_for_its_own_agenda_and_is_noted_once_an_hour)
{
	const struct plan_move m = move_by(0, 3600);
	struct move_settled found = {0};

	put_visits();
	publish_moves(1, &m, 1);
	cr_expect_eq(settle().waiting, 1);
	const struct instant seen = only()->seen_at;
	cr_expect_neq(seen.utc_s, 0);
	clock_advance(60000);
	cr_expect_eq(settle().waiting, 1);
	cr_expect_eq(only()->seen_at.utc_s, seen.utc_s, "no write a minute");
	clock_advance(3600000);
	cr_expect_eq(store_temp_run(&t, settle_other_job, &found), 0);
	cr_expect_eq(found.waiting, 0);
	cr_expect_eq(settle().waiting, 1);
	cr_expect_gt(only()->seen_at.utc_s, seen.utc_s);
}
