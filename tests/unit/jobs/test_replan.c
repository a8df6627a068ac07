/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of jobs/replan. */
#include <criterion/criterion.h>
#include <planvax/base/gzip.h>
#include <planvax/store/fact_store.h>
#include <planvax/store/outbox_store.h>
#include <planvax/store/plan_store.h>
#include <planvax/view/plan_document.h>
#include <planvax/view/plan_document_read.h>

#include "jobs_fixture.h"

#include <string.h>

#define MONTH JOBS_FIXTURE_MONTH

static struct jobs_fixture fx;
static struct arena arena;

static void open_fixture(void)
{
	static struct model_sample sample;

	jobs_fixture_open(&fx);
	model_build_sample(&sample);
	store_temp_fill(&fx.store, &sample);
	fx.authority.url = JOBS_FIXTURE_URL;
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
}

static void close_fixture(void)
{
	arena_release(&arena);
	jobs_fixture_close(&fx);
}

TestSuite(replan, .init = open_fixture, .fini = close_fixture);

static struct replan_result plan(void)
{
	const struct replan r = {.writer = fx.store.writer, .readers = fx.store.readers, .settings = fx.settings};
	struct replan_result result;
	struct fault f = FAULT_NONE;
	int rc = replan_service(&r, "S001", MONTH, &result, &f);

	cr_assert_eq(rc, 0, "%s: %s %s", err_name(rc), f.where, f.what);
	return result;
}

static int approve(int32_t *version)
{
	const struct replan r = {.writer = fx.store.writer, .readers = fx.store.readers, .settings = fx.settings};

	return replan_approve(&r, "S001", MONTH, "operator", version);
}

static void use_approval(void)
{
	fx.jobs.publish = PUBLISH_APPROVAL;
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
}

static size_t count_dirty(void)
{
	struct tx *tx = store_temp_read(&fx.store);
	const struct dirty_service *rows;
	size_t n = 0;

	cr_assert_eq(fact_store_dirty(tx, MONTH, &arena, &rows, &n), 0);
	store_temp_end(&fx.store, tx);
	return n;
}

/* Letters of a kind that are not dead. */
static size_t count_letters(enum letter_kind kind)
{
	struct tx *tx = store_temp_read(&fx.store);
	const struct outbox_letter *rows;
	size_t n = 0, found = 0;

	cr_assert_eq(outbox_store_list(tx, &(struct outbox_query){.state = -1, .limit = 1000}, &arena, &rows, &n), 0);
	store_temp_end(&fx.store, tx);
	for (size_t i = 0; i < n; i++)
		found += rows[i].letter.kind == kind && rows[i].state != LETTER_DEAD;
	return found;
}

static const char *document(int32_t version, enum audience audience)
{
	struct tx *tx = store_temp_read(&fx.store);
	const struct plan_key key = {"S001", MONTH, version};
	struct plan_body body;
	struct buf text = BUF_INIT;
	const char *copy = NULL;

	if (plan_store_body(tx, &key, audience, &arena, &body) == 0 && plan_store_expand(&body, &text) == 0)
		copy = arena_strndup(&arena, text.data, text.len);
	store_temp_end(&fx.store, tx);
	buf_release(&text);
	return copy;
}

static bool has_draft(void)
{
	struct tx *tx = store_temp_read(&fx.store);
	struct plan_version v;
	int rc = plan_store_draft(tx, "S001", MONTH, &arena, &v);

	store_temp_end(&fx.store, tx);
	return rc == 0;
}

static int forbid_job(struct tx *tx, void *arg)
{
	const struct fact_forbid *row = arg;

	return fact_store_forbid(tx, "S001", row, NULL);
}

static int allow_job(struct tx *tx, void *arg)
{
	int rc = fact_store_allow(tx, "S001", arg);

	fact_store_raise(tx, "S001");
	return rc;
}

/* Forbids everybody the day of the first offer of the published plan, so that the next plan differs. */
static void forbid_first_day(void)
{
	struct tx *tx = store_temp_read(&fx.store);
	const struct plan_item *items;
	size_t n = 0;

	cr_assert_eq(plan_store_items(tx, &(struct plan_item_query){.service_id = "S001", .month = MONTH}, &arena, &items, &n), 0);
	store_temp_end(&fx.store, tx);
	cr_assert_gt(n, 0);
	struct fact_forbid row = {.forbid_id = "F1", .date = items[0].date, .actor = "test"};
	for (size_t i = 0; i < n; i++)
		if (items[i].date.days >= model_build_date("2022-01-20").days)
			row.date = items[i].date; /* late enough to be moved */
	cr_assert_eq(store_temp_run(&fx.store, forbid_job, &row), 0);
}

Test(replan, publishes_documents_letters_and_input_in_one_version)
{
	const void *gzip;
	size_t len = 0;

	cr_assert_eq(count_dirty(), 1);
	struct replan_result r = plan();
	cr_assert_eq(r.outcome, REPLAN_PUBLISHED);
	cr_assert_eq(r.version, 1);
	cr_assert_eq(count_dirty(), 0);
	cr_assert_gt(r.n_changes, 0);
	cr_assert_eq(count_letters(LETTER_PUSH), 1);
	cr_assert_eq(count_letters(LETTER_MAIL) + 1, r.n_letters);
	cr_assert_gt(count_letters(LETTER_MAIL), 0);
	cr_assert_not_null(strstr(document(0, AUDIENCE_SERVICE), "\"format\":\"planvax-plan/1\""));
	cr_assert_not_null(strstr(document(0, AUDIENCE_AUTHORITY), "\"format\":\"planvax-authority/1\""));

	/* The sealed input is that of the plan. */
	struct tx *tx = store_temp_read(&fx.store);
	cr_assert_eq(plan_store_input(tx, &(struct plan_key){"S001", MONTH, 1}, &arena, &gzip, &len), 0);
	store_temp_end(&fx.store, tx);
	struct buf packed = BUF_INIT;
	const struct snapshot *replayed = NULL, *now = jobs_fixture_snapshot(&fx);
	struct fault f = FAULT_NONE;
	cr_assert_eq(gzip_expand(gzip, len, 1 << 24, &packed), 0);
	cr_assert_eq(snapshot_unpack(packed.data, packed.len, &replayed, &f), 0, "%s", f.what);
	cr_assert_arr_eq(replayed->digest, now->digest, DIGEST_BYTES);
	snapshot_free(replayed);
	snapshot_free(now);
	buf_release(&packed);
}

Test(replan, without_a_change_the_published_plan_stands)
{
	plan();
	size_t letters = count_letters(LETTER_MAIL);
	const char *before = document(0, AUDIENCE_SERVICE);

	struct replan_result r = plan();
	cr_assert_eq(r.outcome, REPLAN_UNCHANGED);
	cr_assert_eq(r.version, 1);
	cr_assert_eq(count_letters(LETTER_MAIL), letters);
	cr_assert_str_eq(document(0, AUDIENCE_SERVICE), before);
	cr_assert_null(document(2, AUDIENCE_SERVICE));
}

Test(replan, a_fact_makes_a_new_version_and_supersedes_the_push_that_waits)
{
	plan();
	forbid_first_day();
	cr_assert_eq(count_dirty(), 1);
	struct replan_result r = plan();
	cr_assert_eq(r.outcome, REPLAN_PUBLISHED);
	cr_assert_eq(r.version, 2);
	cr_assert_eq(count_letters(LETTER_PUSH), 1, "the older one is dead");
	cr_assert_not_null(document(1, AUDIENCE_SERVICE), "the older version stays");
}

Test(replan, without_an_authority_nothing_is_pushed)
{
	fx.authority.url = NULL;
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	plan();
	cr_assert_eq(count_letters(LETTER_PUSH), 0);
	cr_assert_not_null(document(0, AUDIENCE_AUTHORITY), "it may be pulled");
}

Test(replan, a_draft_sends_nothing_until_it_is_approved_and_is_published_byte_for_byte)
{
	int32_t version = 0;
	size_t len;
	const void *gzip;

	use_approval();
	struct replan_result r = plan();
	cr_assert_eq(r.outcome, REPLAN_DRAFTED);
	cr_assert_eq(r.n_letters, 0);
	cr_assert_eq(count_letters(LETTER_MAIL) + count_letters(LETTER_PUSH), 0);
	cr_assert_null(document(0, AUDIENCE_SERVICE));
	cr_assert_eq(count_dirty(), 0, "a draft is an answer to the facts");
	const char *draft = document(1, AUDIENCE_SERVICE), *masked = document(1, AUDIENCE_AUTHORITY);

	cr_assert_eq(approve(&version), 0);
	cr_assert_eq(version, 1);
	cr_assert(!has_draft());
	cr_assert_str_eq(document(0, AUDIENCE_SERVICE), draft);
	cr_assert_str_eq(document(0, AUDIENCE_AUTHORITY), masked);
	cr_assert_gt(count_letters(LETTER_MAIL), 0);
	cr_assert_eq(count_letters(LETTER_PUSH), 1);
	struct tx *tx = store_temp_read(&fx.store);
	cr_assert_eq(plan_store_input(tx, &(struct plan_key){"S001", MONTH, 1}, &arena, &gzip, &len), 0, "its input is kept");
	store_temp_end(&fx.store, tx);
	cr_assert_eq(approve(&version), ERR_NOT_FOUND);
}

Test(replan, a_draft_made_from_an_older_version_is_not_published)
{
	int32_t version = 0;

	plan();
	forbid_first_day();
	use_approval();
	cr_assert_eq(plan().outcome, REPLAN_DRAFTED);
	/* Meanwhile the same facts are planned and published by another hand. */
	fx.jobs.publish = PUBLISH_AUTOMATIC;
	cr_assert_eq(jobs_fixture_renew(&fx), 0);
	cr_assert_eq(plan().version, 2);
	cr_assert_lt(approve(&version), 0);
	cr_assert_eq(version, 0);
}

Test(replan, a_draft_goes_when_its_facts_go)
{
	plan();
	forbid_first_day();
	use_approval();
	cr_assert_eq(plan().outcome, REPLAN_DRAFTED);
	cr_assert(has_draft());
	cr_assert_eq(store_temp_run(&fx.store, allow_job, "F1"), 0);
	cr_assert_eq(plan().outcome, REPLAN_UNCHANGED);
	cr_assert(!has_draft());
}

Test(replan, an_unknown_service_and_a_wrong_month_are_told)
{
	const struct replan r = {.writer = fx.store.writer, .readers = fx.store.readers, .settings = fx.settings};
	struct replan_result result;
	struct fault f = FAULT_NONE;

	cr_assert_eq(replan_service(&r, "S999", MONTH, &result, &f), ERR_NOT_FOUND);
	cr_assert_not_null(strstr(f.what, "S999"), "%s", f.what);
	fault_clear(&f);
	cr_assert_eq(replan_service(&r, "S001", "2022-13", &result, &f), ERR_INVALID);
}

Test(replan, stops_when_it_is_asked_to)
{
	atomic_bool stop = true;
	const struct replan r = {.writer = fx.store.writer, .readers = fx.store.readers, .settings = fx.settings, .stop = &stop};
	struct replan_result result;
	struct fault f = FAULT_NONE;

	cr_assert_eq(replan_service(&r, "S001", MONTH, &result, &f), ERR_STOPPED);
	cr_assert_eq(count_dirty(), 1, "it is still to be planned");
}

Test(replan, the_stored_document_reads_back_and_writes_the_same_bytes)
{
	struct plan stored;
	struct buf part = BUF_INIT, options = BUF_INIT, out = BUF_INIT;
	struct fault f = FAULT_NONE;
	const struct snapshot *s = jobs_fixture_snapshot(&fx);

	plan();
	const char *text = document(0, AUDIENCE_SERVICE);
	const struct plan_document_text in = {"stored", text, strlen(text)};
	cr_assert_eq(plan_document_read(&in, &arena, &stored, &f), 0, "%s: %s", f.where, f.what);
	plan_document_service(plan_document_find(&stored, "S001"), s->zone, &part);
	plan_options_json(&fx.plan, &options);
	stored.options_json = buf_str(&options);
	const struct plan_document_part parts[1] = {{"S001", part.data, part.len}};
	plan_document_write(&stored, parts, 1, &out);
	cr_assert_str_eq(buf_str(&out), text);
	snapshot_free(s);
	buf_release(&part);
	buf_release(&options);
	buf_release(&out);
}
