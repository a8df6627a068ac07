/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of ingest/reconcile. */
#include <criterion/criterion.h>
#include <planvax/ingest/reconcile.h>
#include <string.h>

static struct reconcile_version version(int32_t sequence, int64_t stamp, bool cancelled, unsigned char content)
{
	struct reconcile_version v = {.sequence = sequence, .stamp = {stamp}, .cancelled = cancelled};

	v.digest[0] = content;
	return v;
}

Test(reconcile, decides_by_sequence_then_stamp_then_content)
{
	static const struct {
		int32_t known_sequence;
		int64_t known_stamp;
		bool known_cancelled;
		unsigned char known_content;
		int32_t sequence;
		int64_t stamp;
		bool cancelled;
		unsigned char content;
		enum reconcile_verdict want;
	} rows[] = {
		{1, 10, false, 1, 2, 5, false, 2, RECONCILE_CHANGED},
		{2, 10, false, 1, 1, 50, false, 2, RECONCILE_IGNORED},
		{1, 10, false, 1, 1, 11, false, 2, RECONCILE_CHANGED},
		{1, 10, false, 1, 1, 9, false, 2, RECONCILE_IGNORED},
		{1, 10, false, 1, 1, 10, false, 1, RECONCILE_UNCHANGED},
		{1, 10, false, 1, 2, 11, false, 1, RECONCILE_UNCHANGED},
		{1, 10, false, 1, 1, 10, false, 2, RECONCILE_CHANGED},
		{1, 10, false, 1, 1, 10, true, 0, RECONCILE_CANCELLED},
		{1, 10, true, 0, 1, 10, false, 1, RECONCILE_IGNORED},
		{1, 10, true, 0, 2, 11, false, 1, RECONCILE_CHANGED},
		{1, 10, true, 0, 2, 11, true, 0, RECONCILE_UNCHANGED},
		{1, 10, false, 1, 0, 99, true, 0, RECONCILE_IGNORED},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct reconcile_version known = version(rows[i].known_sequence, rows[i].known_stamp, rows[i].known_cancelled, rows[i].known_content);
		struct reconcile_version seen = version(rows[i].sequence, rows[i].stamp, rows[i].cancelled, rows[i].content);
		cr_assert_eq(reconcile_decide(&known, &seen, RECONCILE_BY_ARRIVAL), rows[i].want, "row %zu", i);
	}
}

Test(reconcile, what_is_new_is_created_and_an_early_cancellation_kept)
{
	struct reconcile_version seen = version(0, INT64_MIN, false, 1);

	cr_assert_eq(reconcile_decide(NULL, &seen, RECONCILE_BY_DIGEST), RECONCILE_CREATED);
	seen.cancelled = true;
	cr_assert_eq(reconcile_decide(NULL, &seen, RECONCILE_BY_DIGEST), RECONCILE_CANCELLED);
}

Test(reconcile, of_two_live_versions_that_no_number_tells_apart_the_digest_or_the_arrival_decides)
{
	struct reconcile_version small = version(1, 10, false, 1), great = version(1, 10, false, 2);

	cr_assert_eq(reconcile_decide(&small, &great, RECONCILE_BY_DIGEST), RECONCILE_CHANGED);
	cr_assert_eq(reconcile_decide(&great, &small, RECONCILE_BY_DIGEST), RECONCILE_IGNORED);
	cr_assert_eq(reconcile_decide(&great, &small, RECONCILE_BY_ARRIVAL), RECONCILE_CHANGED);
	great.stamp.utc_s = 11;
	cr_assert_eq(reconcile_decide(&small, &great, RECONCILE_BY_DIGEST), RECONCILE_CHANGED, "a number goes before the digest");
	cr_assert_eq(reconcile_decide(&great, &small, RECONCILE_BY_ARRIVAL), RECONCILE_IGNORED);
}

Test(reconcile, what_was_gone_comes_back_with_the_same_or_a_newer_version)
{
	struct reconcile_version known = version(1, 10, false, 1), same = version(1, 10, false, 1), older = version(0, 10, false, 2);
	struct reconcile_version cancelled = version(1, 10, true, 0);

	known.gone = true;
	cr_assert_eq(reconcile_decide(&known, &same, RECONCILE_BY_DIGEST), RECONCILE_CHANGED);
	cr_assert_eq(reconcile_decide(&known, &older, RECONCILE_BY_ARRIVAL), RECONCILE_IGNORED);
	cr_assert_eq(reconcile_decide(&known, &cancelled, RECONCILE_BY_ARRIVAL), RECONCILE_CANCELLED);
}

/* The state after versions have come in some order: what is kept is the last one taken. */
static struct reconcile_version state_after(const struct reconcile_version *versions, const int *order, size_t n)
{
	struct reconcile_version known = {0};
	bool has = false;

	for (size_t i = 0; i < n; i++) {
		const struct reconcile_version *seen = &versions[order[i]];
		enum reconcile_verdict v = reconcile_decide(has ? &known : NULL, seen, RECONCILE_BY_DIGEST);
		if (v != RECONCILE_IGNORED)
			known = *seen;
		has = true;
	}
	return known;
}

/* Tries every order of the first n of six versions from place at on; returns their number. */
static int try_orders(const struct reconcile_version *versions, const struct reconcile_version *want, int *order, int at)
{
	int n = 0;

	if (at == 6) {
		struct reconcile_version got = state_after(versions, order, 6);

		cr_assert_eq(reconcile_compare(&got, want), 0, "%d %d %d %d %d %d", order[0], order[1], order[2], order[3], order[4], order[5]);
		return 1;
	}
	for (int i = at; i < 6; i++) {
		int swap = order[at];

		order[at] = order[i];
		order[i] = swap;
		n += try_orders(versions, want, order, at + 1);
		order[i] = order[at];
		order[at] = swap;
	}
	return n;
}

Test(reconcile, any_order_of_the_same_six_versions_ends_in_the_greatest)
{
	const struct reconcile_version sets[][6] = {
		{version(0, 10, false, 1), version(1, 20, false, 2), version(1, 30, false, 1), version(2, 40, true, 0), version(0, 99, false, 5), version(2, 5, false, 9)},
		{version(0, 10, false, 1), version(0, 20, false, 2), version(0, 20, true, 0), version(0, 5, true, 0), version(0, 20, false, 7), version(0, 20, false, 3)},
		{version(0, 20, false, 1), version(0, 20, false, 2), version(0, 20, false, 3), version(0, 20, false, 4), version(0, 20, false, 2), version(0, 19, false, 200)},
		{version(0, INT64_MIN, false, 1), version(0, INT64_MIN, false, 2), version(0, INT64_MIN, true, 0), version(0, INT64_MIN, false, 9),
			version(0, 0, false, 3), version(0, 0, false, 4)},
		{version(3, 20, true, 0), version(3, 20, true, 0), version(3, 20, false, 3), version(3, 21, false, 4), version(3, 21, false, 5), version(2, 99, true, 0)},
	};

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		int order[6] = {0, 1, 2, 3, 4, 5};
		struct reconcile_version want = sets[i][0];

		for (int k = 1; k < 6; k++)
			if (reconcile_compare(&sets[i][k], &want) > 0)
				want = sets[i][k];
		cr_assert_eq(try_orders(sets[i], &want, order, 0), 720, "set %zu", i);
	}
}

Test(reconcile, a_series_overrules_its_instances_as_its_version_says)
{
	static const struct {
		int32_t series_sequence;
		bool series_cancelled;
		int32_t sequence;
		bool instance, want;
	} rows[] = {
		{2, true, 1, true, true}, {2, true, 2, true, true}, {2, true, 2, false, true}, {2, true, 3, false, false},
		{2, false, 1, true, true}, {2, false, 2, true, false}, {2, false, 1, false, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct reconcile_version series = version(rows[i].series_sequence, 10, rows[i].series_cancelled, 0);
		struct reconcile_version seen = version(rows[i].sequence, 10, false, 1);

		cr_assert_eq(reconcile_blocked(&seen, rows[i].instance, &series), rows[i].want, "row %zu", i);
	}
	struct reconcile_version series = version(2, 10, false, 0), equal = version(2, 10, false, 1), older = version(1, 10, false, 1);

	cr_assert(reconcile_dropped(&older, &series, RECONCILE_BY_DIGEST));
	cr_assert(!reconcile_dropped(&equal, &series, RECONCILE_BY_DIGEST));
	cr_assert(reconcile_dropped(&equal, &series, RECONCILE_BY_ARRIVAL));
}

Test(reconcile, the_digest_covers_what_matters_and_nothing_else)
{
	static const char *const staff[] = {"N1", "N2"};
	struct calendar_row row = {
		.status = CALENDAR_VISIT, .line = 5, .id = "a", .uid = "a", .has_time = true, .start = {100}, .end = {200}, .staff = staff, .n_staff = 2,
		.person = "P", .type = "VIP", .place = "C", .due = {7}, .sequence = 1, .stamp = {3},
	};
	struct digest *digest = digest_new();
	struct buf scratch = BUF_INIT;
	struct reconcile_version a, b;

	reconcile_version_of(&row, digest, &scratch, &a);
	row.line = 9;
	row.sequence = 2;
	reconcile_version_of(&row, digest, &scratch, &b);
	cr_assert_eq(memcmp(a.digest, b.digest, sizeof(a.digest)), 0);
	cr_assert_eq(b.sequence, 2);
	for (int i = 0; i < 7; i++) {
		struct calendar_row other = row;
		switch (i) {
		case 0: other.start.utc_s++; break;
		case 1: other.end.utc_s++; break;
		case 2: other.person = "Q"; break;
		case 3: other.type = NULL; break;
		case 4: other.place = NULL; break;
		case 5: other.due.days++; break;
		case 6: other.n_staff = 1; break;
		}
		reconcile_version_of(&other, digest, &scratch, &b);
		cr_assert_neq(memcmp(a.digest, b.digest, sizeof(a.digest)), 0, "member %d", i);
	}
	digest_free(digest);
	buf_release(&scratch);
}

Test(reconcile, a_run_that_loses_more_than_half_of_twenty_is_suspicious_and_so_is_an_empty_one)
{
	static const struct {
		int64_t known, gone;
		bool empty, want;
	} rows[] = {{20, 11, false, true}, {20, 10, false, false}, {19, 19, false, false}, {1000, 501, false, true}, {0, 0, true, false},
		{5, 5, true, true}, {4, 4, true, false}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct reconcile_run run = {rows[i].known, rows[i].gone, rows[i].empty};
		cr_assert_eq(reconcile_suspicious(&run), rows[i].want, "row %zu", i);
	}
}
