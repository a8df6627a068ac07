/* SPDX-License-Identifier: Apache-2.0 */
/* Calendar entries, their versions and cancellations. */
#include <planvax/store/visit_store.h>

#include <planvax/store/fact_store.h>
#include <planvax/store/snapshot_load.h>

#include "store_temp.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct store_temp store;
static struct model_sample sample;

static void setup(void)
{
	store_temp_open(&store);
	model_build_sample(&sample);
	store_temp_fill(&store, &sample);
}

static void teardown(void)
{
	store_temp_close(&store);
}

TestSuite(visit_store, .init = setup, .fini = teardown);

struct put {
	struct agenda_entry entry;
	enum row_verdict verdict;
};

static int put_job(struct tx *tx, void *arg)
{
	struct put *p = arg;

	return visit_store_put(tx, &p->entry, &p->verdict, NULL);
}

/* Puts V001 of a feed in some version. */
static enum row_verdict put(const char *source, const char *recurrence, enum agenda_status status, int sequence, int digest)
{
	static const char *const staff[] = {"P1", "N1"};
	static char id[64];
	struct put p = {.entry = {.key = {"S001", source, "u1", recurrence}, .staff = staff, .n_staff = 2}};

	snprintf(id, sizeof(id), "u1%s%s", recurrence[0] != '\0' ? "/" : "", recurrence);
	p.entry.visit = model_build_visit(id, "P1", "E001", "2022-01-18", "10:00");
	p.entry.version.status = status;
	p.entry.version.sequence = sequence;
	p.entry.version.digest[0] = (unsigned char)digest;
	cr_assert_eq(store_temp_run(&store, put_job, &p), 0);
	return p.verdict;
}

static int known(const char *recurrence, struct agenda_version *v)
{
	struct agenda_key key = {"S001", "feed", "u1", recurrence};
	struct tx *tx = store_temp_read(&store);
	int rc = visit_store_known(tx, &key, v);

	store_temp_end(&store, tx);
	return rc;
}

static int64_t revision(void)
{
	struct tx *tx = store_temp_read(&store);
	int64_t r = -1;

	fact_store_revision(tx, "S001", &r);
	store_temp_end(&store, tx);
	return r;
}

static const struct snapshot *load(void)
{
	struct snapshot_request request = {.service_id = "S001", .from = DATE_NONE, .to = DATE_NONE};
	const struct snapshot *s = NULL;
	struct tx *tx = store_temp_read(&store);

	cr_assert_eq(snapshot_load(tx, &request, NULL, &s, NULL), 0);
	store_temp_end(&store, tx);
	return s;
}

Test(visit_store, an_entry_is_created_changed_and_recognised)
{
	struct agenda_version v;
	int64_t before = revision();

	cr_expect_eq(known("", &v), ERR_NOT_FOUND);
	cr_expect_eq(put("feed", "", AGENDA_VISIT, 0, 1), ROW_CREATED);
	cr_expect_eq(revision(), before + 1);
	cr_expect_eq(put("feed", "", AGENDA_VISIT, 1, 1), ROW_UNCHANGED);
	cr_expect_eq(revision(), before + 1);
	cr_expect_eq(known("", &v), 0);
	cr_expect_eq(v.sequence, 1, "the version number is renewed all the same");
	cr_expect_eq(put("feed", "", AGENDA_VISIT, 2, 2), ROW_CHANGED);
	cr_expect_eq(revision(), before + 2);
}

Test(visit_store, a_visit_belongs_to_the_first_and_keeps_the_others_busy)
{
	put("feed", "", AGENDA_VISIT, 0, 1);

	const struct snapshot *s = load();
	int32_t at = snapshot_find_visit(s, "u1");

	cr_assert_geq(at, 0);
	cr_expect_str_eq(s->visits[at].staff_id, "P1");
	cr_expect_eq(s->n_busy, 4);
	snapshot_free(s);
}

Test(visit_store, a_cancelled_entry_is_gone_but_its_mark_stays)
{
	struct agenda_version v;
	const struct snapshot *s;

	put("feed", "", AGENDA_VISIT, 0, 1);
	cr_expect_eq(put("feed", "", AGENDA_CANCELLED, 3, 9), ROW_CHANGED);
	cr_expect_eq(known("", &v), 0);
	cr_expect_eq(v.status, AGENDA_CANCELLED);
	cr_expect_eq(v.sequence, 3);
	s = load();
	cr_expect_eq(snapshot_find_visit(s, "u1"), -1);
	cr_expect_eq(s->n_busy, 3);
	snapshot_free(s);
}

Test(visit_store, a_free_entry_changes_no_plan)
{
	int64_t before = revision();

	cr_expect_eq(put("feed", "", AGENDA_FREE, 0, 1), ROW_CREATED);
	cr_expect_eq(revision(), before);
}

struct change {
	struct agenda_key key;
	struct agenda_version known;
	enum agenda_status status;
	int64_t n;
};

static int gone_job(struct tx *tx, void *arg)
{
	struct change *c = arg;

	return visit_store_gone(tx, &c->key, &c->n);
}

static int gone_uid_job(struct tx *tx, void *arg)
{
	struct change *c = arg;

	return visit_store_gone_uid(tx, &c->key, &c->n);
}

static int mark_job(struct tx *tx, void *arg)
{
	struct change *c = arg;

	return visit_store_mark(tx, &c->key, &c->known, c->status);
}

Test(visit_store, what_is_gone_keeps_its_version_and_raises_the_revision_once)
{
	struct change c = {.key = {"S001", "feed", "u1", "20220125T100000Z"}};
	struct agenda_version v;
	int64_t before;

	put("feed", "20220118T100000Z", AGENDA_VISIT, 0, 1);
	put("feed", "20220125T100000Z", AGENDA_VISIT, 4, 2);
	before = revision();
	cr_expect_eq(store_temp_run(&store, gone_job, &c), 0);
	cr_expect_eq(revision(), before + 1);
	cr_expect_eq(store_temp_run(&store, gone_job, &c), 0);
	cr_expect_eq(revision(), before + 1, "gone is gone");
	cr_expect_eq(c.n, 1);
	cr_expect_eq(known("20220125T100000Z", &v), 0);
	cr_expect_eq(v.status, AGENDA_GONE);
	cr_expect_eq(v.sequence, 4);
	cr_expect_eq(known("20220118T100000Z", &v), 0);
	cr_expect_eq(v.status, AGENDA_VISIT);
}

Test(visit_store, all_of_a_uid_goes_from_its_source_alone)
{
	struct change c = {.key = {"S001", "feed", "u1", ""}};
	const struct snapshot *s;

	put("feed", "20220118T100000Z", AGENDA_VISIT, 0, 1);
	put("feed", "20220125T100000Z", AGENDA_VISIT, 0, 2);
	put("feed", "20220201T100000Z", AGENDA_CANCELLED, 0, 2);
	put("other", "20220118T100000Z", AGENDA_VISIT, 0, 2);
	cr_expect_eq(store_temp_run(&store, gone_uid_job, &c), 0);
	cr_expect_eq(c.n, 2, "what was cancelled stays so");
	s = load();
	cr_expect_geq(snapshot_find_visit(s, "u1/20220118T100000Z"), 0, "another source still has it");
	cr_expect_eq(snapshot_find_visit(s, "u1/20220125T100000Z"), -1);
	snapshot_free(s);
}

Test(visit_store, a_mark_changes_the_status_alone)
{
	struct change c = {.key = {"S001", "feed", "u1", ""}, .known = {.status = AGENDA_VISIT}, .status = AGENDA_CANCELLED};
	struct agenda_version v;
	int64_t before;

	put("feed", "", AGENDA_VISIT, 3, 1);
	before = revision();
	cr_expect_eq(store_temp_run(&store, mark_job, &c), 0);
	cr_expect_eq(revision(), before + 1);
	cr_expect_eq(known("", &v), 0);
	cr_expect_eq(v.status, AGENDA_CANCELLED);
	cr_expect_eq(v.sequence, 3);
	cr_expect_eq(v.digest[0], 1);
}

Test(visit_store, entries_of_a_source_come_in_pages_by_key)
{
	static const char *const want[] = {"", "20220118T100000Z", "20220125T100000Z"};
	struct agenda_key from = {"S001", "feed", "", ""};
	struct agenda_known rows[2];
	struct arena arena = ARENA_INIT;
	char next[32];
	struct agenda_page page = {.rows = rows, .limit = 2, .arena = &arena};
	size_t seen = 0;
	struct tx *tx;

	put("feed", "20220125T100000Z", AGENDA_VISIT, 0, 2);
	put("feed", "", AGENDA_SERIES, 2, 0);
	put("feed", "20220118T100000Z", AGENDA_BUSY, 1, 1);
	put("other", "20220119T100000Z", AGENDA_BUSY, 0, 2);
	tx = store_temp_read(&store);
	do {
		cr_assert_eq(visit_store_page(tx, &from, &page), 0);
		for (size_t i = 0; i < page.n; i++, seen++) {
			cr_assert_lt(seen, 3);
			cr_expect_str_eq(rows[i].uid, "u1");
			cr_expect_str_eq(rows[i].recurrence, want[seen]);
			snprintf(next, sizeof(next), "%s ", rows[i].recurrence);
			from.uid = rows[i].uid;
			from.recurrence = next;
		}
	} while (page.n == 2);
	store_temp_end(&store, tx);
	cr_expect_eq(seen, 3);
	arena_release(&arena);
}

/* Puts one entry of u1 in a source on a day of January. */
static void put_day(const char *source, const char *recurrence, enum agenda_status status, int sequence, const char *day)
{
	static const char *const staff[] = {"P1"};
	char id[64];
	struct put p = {.entry = {.key = {"S001", source, "u1", recurrence}, .staff = staff, .n_staff = 1}};

	snprintf(id, sizeof(id), "u1%s%s", recurrence[0] != '\0' ? "/" : "", recurrence);
	p.entry.visit = model_build_visit(id, "P1", "E001", day, "14:00");
	p.entry.version = (struct agenda_version){.status = status, .sequence = sequence};
	cr_assert_eq(store_temp_run(&store, put_job, &p), 0);
}

Test(visit_store, one_visit_of_several_sources_is_there_once_in_its_newest_version)
{
	const struct snapshot *s;
	struct snapshot_request january = {.service_id = "S001"};
	struct tx *tx;

	put_day("a", "", AGENDA_VISIT, 0, "2022-01-19");
	put_day("b", "", AGENDA_VISIT, 1, "2022-03-19");
	cr_assert_eq(date_parse("2022-01-01", 10, &january.from), 0);
	cr_assert_eq(date_parse("2022-01-31", 10, &january.to), 0);
	tx = store_temp_read(&store);
	cr_assert_eq(snapshot_load(tx, &january, NULL, &s, NULL), 0);
	store_temp_end(&store, tx);
	cr_expect_eq(snapshot_find_visit(s, "u1"), -1, "it moved to March, outside of what is loaded");
	snapshot_free(s);
	put_day("a", "", AGENDA_VISIT, 2, "2022-01-19");
	put_day("c", "", AGENDA_BUSY, 3, "2022-01-19");
	s = load();
	cr_expect_geq(snapshot_find_visit(s, "u1"), 0, "a copy that shows less takes nothing away");
	cr_expect_eq(s->n_visits, 17);
	cr_expect_eq(s->n_busy, 3, "and does not block its own member");
	snapshot_free(s);
}

Test(visit_store, a_newer_cancellation_in_another_source_counts_an_older_one_does_not)
{
	const struct snapshot *s;

	put_day("a", "20220119T140000Z", AGENDA_VISIT, 1, "2022-01-19");
	put_day("b", "20220119T140000Z", AGENDA_CANCELLED, 0, "2022-01-19");
	s = load();
	cr_expect_geq(snapshot_find_visit(s, "u1/20220119T140000Z"), 0);
	snapshot_free(s);
	put_day("b", "", AGENDA_CANCELLED, 2, "2022-01-19");
	s = load();
	cr_expect_eq(snapshot_find_visit(s, "u1/20220119T140000Z"), -1, "its series is cancelled");
	snapshot_free(s);
}

Test(visit_store, of_two_sources_with_one_visit_the_newer_version_counts)
{
	static const char *const staff[] = {"P1"};
	struct put p = {.entry = {.key = {"S001", "b", "V001", ""}, .staff = staff, .n_staff = 1}};
	const struct snapshot *s;

	p.entry.visit = model_build_visit("V001", "P1", "E001", "2022-01-19", "14:00");
	p.entry.version = (struct agenda_version){.status = AGENDA_VISIT, .sequence = 7};
	cr_assert_eq(store_temp_run(&store, put_job, &p), 0);
	s = load();
	cr_expect_eq(s->n_visits, 16);
	cr_expect_eq(s->visits[snapshot_find_visit(s, "V001")].start.utc_s, p.entry.visit.start.utc_s);
	snapshot_free(s);
}

Test(visit_store, a_visit_is_found_by_its_id)
{
	struct arena arena = ARENA_INIT;
	struct visit v;
	struct tx *tx = store_temp_read(&store);

	cr_expect_eq(visit_store_visit(tx, "S001", "V003", &arena, &v), 0);
	cr_expect_str_eq(v.staff_id, "P2");
	cr_expect_str_eq(v.type, "VIP_PERIODIQUE");
	cr_expect_eq(visit_store_visit(tx, "S001", "V999", &arena, &v), ERR_NOT_FOUND);
	store_temp_end(&store, tx);
	arena_release(&arena);
}
