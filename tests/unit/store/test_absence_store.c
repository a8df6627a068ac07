/* SPDX-License-Identifier: Apache-2.0 */
/* Absences: kept, listed, withdrawn; a member's reaches the snapshot. */
#include <planvax/store/absence_store.h>

#include <planvax/store/fact_store.h>
#include <planvax/store/snapshot_load.h>

#include "store_temp.h"

#include <criterion/criterion.h>
#include <string.h>

static struct store_temp store;
static struct arena arena;

static void setup(void)
{
	static struct model_sample sample;

	arena_init(&arena);
	store_temp_open(&store);
	model_build_sample(&sample);
	store_temp_fill(&store, &sample);
}

static void teardown(void)
{
	store_temp_close(&store);
	arena_release(&arena);
}

TestSuite(absence_store, .init = setup, .fini = teardown);

static int put(struct tx *tx, void *arg)
{
	return absence_store_put(tx, "S001", arg, NULL);
}

static int put_elsewhere(struct tx *tx, void *arg)
{
	return absence_store_put(tx, "S999", arg, NULL);
}

static int withdraw(struct tx *tx, void *arg)
{
	return absence_store_withdraw(tx, "S001", arg);
}

static int64_t revision(void)
{
	struct tx *tx = store_temp_read(&store);
	int64_t n = -1;

	fact_store_revision(tx, "S001", &n);
	store_temp_end(&store, tx);
	return n;
}

static const struct snapshot *load(void)
{
	struct tx *tx = store_temp_read(&store);
	const struct snapshot_request request = {.service_id = "S001", .from = date_of(2022, 1, 1), .to = date_of(2022, 1, 31)};
	const struct snapshot *s = NULL;
	struct fault f = FAULT_NONE;

	cr_assert_eq(snapshot_load(tx, &request, NULL, &s, &f), 0, "%s", f.what);
	store_temp_end(&store, tx);
	return s;
}

static struct absence week(void)
{
	return (struct absence){.absence_id = "A1", .kind = ABSENCE_STAFF, .subject_id = "P1", .from = date_of(2022, 1, 10),
		.to = date_of(2022, 1, 14), .reason = "formation", .actor = "operator"};
}

Test(absence_store, an_absence_is_listed_until_it_is_withdrawn)
{
	struct absence row = week();
	const struct absence *rows = NULL;
	size_t n = 0;
	int64_t before = revision();

	cr_assert_eq(store_temp_run(&store, put, &row), 0);
	cr_assert_gt(revision(), before);
	struct tx *tx = store_temp_read(&store);
	cr_assert_eq(absence_store_list(tx, "S001", &arena, &rows, &n), 0);
	store_temp_end(&store, tx);
	cr_assert_eq(n, 1);
	cr_assert_str_eq(rows[0].subject_id, "P1");
	cr_assert_eq(rows[0].to.days, date_of(2022, 1, 14).days);
	cr_assert_str_eq(rows[0].reason, "formation");
	before = revision();
	cr_assert_eq(store_temp_run(&store, withdraw, (void *)"A2"), ERR_NOT_FOUND);
	cr_assert_eq(revision(), before);
	cr_assert_eq(store_temp_run(&store, withdraw, (void *)"A1"), 0);
	cr_assert_gt(revision(), before);
	cr_assert_eq(store_temp_run(&store, withdraw, (void *)"A1"), ERR_NOT_FOUND);
}

Test(absence_store, an_unknown_service_has_none)
{
	struct absence row = week();

	cr_assert_eq(store_temp_run(&store, put_elsewhere, &row), ERR_NOT_FOUND);
}

Test(absence_store, a_member_who_is_away_is_busy_from_midnight_to_midnight)
{
	struct absence row = week();
	const struct snapshot *before = load(), *after, *back;
	const struct busy *found = NULL;

	cr_assert_eq(store_temp_run(&store, put, &row), 0);
	after = load();
	for (size_t i = 0; i < after->n_busy; i++)
		if (!strcmp(after->busy[i].uid, "absence:A1"))
			found = &after->busy[i];
	cr_assert_not_null(found);
	struct zone_local start = zone_to_local(after->zone, found->start), end = zone_to_local(after->zone, found->end);
	cr_assert_eq(start.date.days, row.from.days);
	cr_assert_eq(start.second, 0);
	cr_assert_eq(end.date.days, row.to.days + 1);
	cr_assert_eq(end.second, 0);
	cr_assert_neq(memcmp(before->digest, after->digest, DIGEST_BYTES), 0);
	cr_assert_eq(store_temp_run(&store, withdraw, (void *)"A1"), 0);
	back = load();
	cr_assert_eq(memcmp(before->digest, back->digest, DIGEST_BYTES), 0);
	snapshot_free(before);
	snapshot_free(after);
	snapshot_free(back);
}

Test(absence_store, what_is_far_from_the_month_does_not_enter_its_snapshot)
{
	struct absence row = week();
	const struct snapshot *before = load(), *after;

	row.from = date_of(2022, 3, 1);
	row.to = date_of(2022, 3, 9);
	cr_assert_eq(store_temp_run(&store, put, &row), 0);
	row = week();
	row.absence_id = "V";
	row.kind = ABSENCE_VEHICLE;
	row.subject_id = "V1";
	cr_assert_eq(store_temp_run(&store, put, &row), 0);
	after = load();
	cr_assert_eq(memcmp(before->digest, after->digest, DIGEST_BYTES), 0);
	snapshot_free(before);
	snapshot_free(after);
}
