/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of api_moves: who may read the worklist, in which forms, and that it is audited. */
#include "api_fixture.h"

#include <planvax/base/text.h>
#include <planvax/store/audit_store.h>
#include <planvax/store/move_store.h>

#include <criterion/criterion.h>
#include <string.h>

static struct api_fixture f;

static int publish_job(struct tx *tx, void *arg)
{
	move_store_publish(tx, arg);
	return 0;
}

static void setup(void)
{
	api_fixture_open(&f);
	api_fixture_publish(&f, "S001", false);
	struct plan_move moves[3];
	for (size_t i = 0; i < 3; i++) {
		const struct visit *v = &f.sample.visits[i];

		moves[i] = (struct plan_move){v->visit_id, v->start, {v->start.utc_s + 3600}, v->staff_id};
	}
	const struct plan_service plan = {.service_id = "S001", .version = 1, .moves = moves, .n_moves = 3};
	struct publication p = {.service_id = "S001", .month = API_FIXTURE_MONTH, .plan = &plan};
	cr_assert_eq(store_temp_run(&f.store, publish_job, &p), 0);
}

static void teardown(void)
{
	api_fixture_close(&f);
}

TestSuite(api_moves, .init = setup, .fini = teardown);

static size_t count_readings(const char *actor)
{
	struct tx *tx = store_temp_read(&f.store);
	const struct audit_line *rows = NULL;
	size_t n = 0, found = 0;

	audit_store_list(tx, &(struct audit_query){.limit = 1000}, &f.arena, &rows, &n);
	store_temp_end(&f.store, tx);
	for (size_t i = 0; i < n; i++)
		found += rows[i].action == AUDIT_PERSON_READ && !strcmp(rows[i].subject, "moves") && (!actor || !strcmp(rows[i].actor, actor));
	return found;
}

Test(api_moves, the_list_pages_and_each_reading_is_audited)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/moves?service=S001&limit=2", NULL), 200, "%s", buf_str(&f.body));
	cr_expect_str_eq(api_fixture_text(&f, "items.0.visit"), f.sample.visits[0].visit_id);
	cr_expect_str_eq(api_fixture_text(&f, "items.1.state"), "open");
	cr_expect_eq(api_fixture_number(&f, "items.1.number"), 2);
	cr_expect_eq(api_fixture_number(&f, "items.2.number"), INT64_MIN);
	const char *next = arena_strdup(&f.arena, api_fixture_text(&f, "next"));
	cr_assert_not_null(next);
	cr_assert_eq(api_fixture_get(&f, arena_printf(&f.arena, "/v1/moves?service=S001&limit=2&cursor=%s", next), NULL), 200);
	cr_expect_eq(api_fixture_number(&f, "items.0.number"), 3);
	cr_expect_eq(api_fixture_number(&f, "items.1.number"), INT64_MIN);
	cr_expect_null(api_fixture_text(&f, "next"));
	cr_expect_eq(count_readings("operator"), 2);
	cr_assert_eq(api_fixture_get(&f, arena_printf(&f.arena, "/v1/moves?limit=2&cursor=%s", next), NULL), 200, "all services page too");
	cr_expect_eq(api_fixture_number(&f, "items.0.number"), 3);
}

Test(api_moves, the_service_reads_its_own_and_authorities_nothing)
{
	static const char *const targets[] = {"/v1/moves?service=S001", "/v1/moves/S001.csv", "/v1/moves/S001.ics"};
	const char *own = api_fixture_token(&f, TOKEN_SERVICE, "S001"), *other = api_fixture_token(&f, TOKEN_SERVICE, "S002");
	const char *region = api_fixture_token(&f, TOKEN_REGION, "53"), *national = api_fixture_token(&f, TOKEN_NATIONAL, NULL);

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		cr_expect_eq(api_fixture_get(&f, targets[i], own), 200, "%s", targets[i]);
		cr_expect_eq(api_fixture_get(&f, targets[i], other), 404, "%s", targets[i]);
		cr_expect_eq(api_fixture_get(&f, targets[i], region), 403, "%s", targets[i]);
		cr_expect_eq(api_fixture_get(&f, targets[i], national), 403, "%s", targets[i]);
		cr_expect_eq(api_fixture_get(&f, targets[i], ""), 401, "%s", targets[i]);
	}
	cr_expect_eq(count_readings(NULL), 3, "what was refused is no reading");
	cr_assert_eq(api_fixture_get(&f, "/v1/moves", other), 200, "without a name it is the caller's own");
	cr_expect_eq(api_fixture_number(&f, "items.0.number"), INT64_MIN);
}

Test(api_moves, the_sheets_hold_all_open_moves_and_note_that_they_were_told)
{
	const struct move *rows = NULL;
	size_t n = 0;

	cr_assert_eq(api_fixture_get(&f, "/v1/moves/S001.csv", NULL), 200);
	cr_expect(text_starts(buf_str(&f.body), "\xEF\xBB\xBFvisite;"), "%s", buf_str(&f.body));
	cr_expect_not_null(strstr(buf_str(&f.body), f.sample.visits[2].visit_id));
	cr_assert_eq(api_fixture_get(&f, "/v1/moves/S001.ics?method=PUBLISH", NULL), 200);
	cr_expect_not_null(strstr(buf_str(&f.body), "METHOD:PUBLISH"));
	cr_expect_not_null(strstr(buf_str(&f.body), arena_printf(&f.arena, "X-PLANVAX-PERSON:%s", f.sample.visits[0].person_ref)));
	struct tx *tx = store_temp_read(&f.store);
	cr_expect_eq(move_store_list(tx, &(struct move_query){.service_id = "S001", .state = -1, .limit = 10}, &f.arena, &rows, &n), 0);
	store_temp_end(&f.store, tx);
	cr_assert_eq(n, 3);
	cr_expect_neq(rows[0].told_at.utc_s, 0);
}

Test(api_moves, what_is_wrong_is_told)
{
	cr_expect_eq(api_fixture_get(&f, "/v1/moves?state=lost", NULL), 400);
	cr_expect_str_eq(api_fixture_text(&f, "errors.0.pointer"), "#/query/state");
	cr_expect_eq(api_fixture_get(&f, "/v1/moves/S001.ics?method=CANCEL", NULL), 400);
	cr_expect_eq(api_fixture_get(&f, "/v1/moves/S001", NULL), 404);
	cr_expect_eq(api_fixture_get(&f, "/v1/moves/S001.xlsx", NULL), 404);
	cr_expect_eq(api_fixture_get(&f, "/v1/moves/.csv", NULL), 404);
	cr_expect_eq(api_fixture_get(&f, "/v1/moves?service=S009", NULL), 404);
}

Test(api_moves, the_stand_counts_what_is_open)
{
	cr_assert_eq(api_fixture_get(&f, "/v1/status", NULL), 200);
	cr_expect_eq(api_fixture_number(&f, "moves.open"), 3);
	cr_expect_eq(api_fixture_number(&f, "moves.overdue"), 0);
	cr_expect_eq(api_fixture_number(&f, "moves.conflict"), 0);
}
