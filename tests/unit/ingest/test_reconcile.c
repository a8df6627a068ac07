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
		cr_assert_eq(reconcile_decide(&known, &seen), rows[i].want, "row %zu", i);
	}
}

Test(reconcile, what_is_new_is_created_and_an_early_cancellation_kept)
{
	struct reconcile_version seen = version(0, INT64_MIN, false, 1);

	cr_assert_eq(reconcile_decide(NULL, &seen), RECONCILE_CREATED);
	seen.cancelled = true;
	cr_assert_eq(reconcile_decide(NULL, &seen), RECONCILE_CANCELLED);
}

/* The state after versions have come in some order: what is kept is the last one taken. */
static struct reconcile_version state_after(const struct reconcile_version *versions, const int *order, size_t n)
{
	struct reconcile_version known = {0};
	bool has = false;

	for (size_t i = 0; i < n; i++) {
		const struct reconcile_version *seen = &versions[order[i]];
		enum reconcile_verdict v = reconcile_decide(has ? &known : NULL, seen);
		if (v != RECONCILE_IGNORED)
			known = *seen;
		has = true;
	}
	return known;
}

Test(reconcile, any_order_of_the_same_versions_ends_in_the_same_state)
{
	struct reconcile_version versions[] = {version(0, 10, false, 1), version(1, 20, false, 2), version(1, 30, false, 1), version(2, 40, true, 0)};
	struct reconcile_version same_number[] = {version(0, 10, false, 1), version(0, 20, false, 2), version(0, 20, true, 0), version(0, 5, true, 0)};
	int order[4] = {0, 1, 2, 3};
	size_t n = 0;

	for (order[0] = 0; order[0] < 4; order[0]++) {
		for (order[1] = 0; order[1] < 4; order[1]++) {
			for (order[2] = 0; order[2] < 4; order[2]++) {
				order[3] = 6 - order[0] - order[1] - order[2];
				if (order[0] == order[1] || order[0] == order[2] || order[1] == order[2])
					continue;
				struct reconcile_version a = state_after(versions, order, 4);
				struct reconcile_version b = state_after(same_number, order, 4);
				cr_assert(a.cancelled && a.sequence == 2);
				cr_assert(b.cancelled && b.stamp.utc_s == 20);
				n++;
			}
		}
	}
	cr_assert_eq(n, 24);
}

Test(reconcile, the_digest_covers_what_matters_and_nothing_else)
{
	static const char *const staff[] = {"N1", "N2"};
	struct calendar_row row = {
		.status = CALENDAR_VISIT, .line = 5, .id = "a", .uid = "a", .has_time = true, .start = {100}, .end = {200}, .staff = staff, .n_staff = 2,
		.person = "P", .type = "VIP", .place = "C", .due = {7}, .sequence = 1, .stamp = {3},
	};
	struct reconcile_version a, b;

	reconcile_version_of(&row, &a);
	row.line = 9;
	row.sequence = 2;
	reconcile_version_of(&row, &b);
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
		reconcile_version_of(&other, &b);
		cr_assert_neq(memcmp(a.digest, b.digest, sizeof(a.digest)), 0, "member %d", i);
	}
}

Test(reconcile, a_run_that_loses_more_than_half_of_twenty_is_suspicious)
{
	static const struct {
		int64_t known, gone;
		bool want;
	} rows[] = {{20, 11, true}, {20, 10, false}, {19, 19, false}, {1000, 501, true}, {0, 0, false}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct reconcile_run run = {rows[i].known, rows[i].gone};
		cr_assert_eq(reconcile_suspicious(&run), rows[i].want, "row %zu", i);
	}
}
