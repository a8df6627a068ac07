/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of view/privacy. */
#include <criterion/criterion.h>
#include <planvax/base/rng.h>
#include <planvax/view/privacy.h>

#include <string.h>

Test(privacy, shows_zero_and_masks_what_is_below_the_limit)
{
	cr_assert(!privacy_small(0, 11));
	cr_assert(privacy_small(1, 11));
	cr_assert(privacy_small(10, 11));
	cr_assert(!privacy_small(11, 11));
}

Test(privacy, hides_a_second_part_when_one_alone_would_follow_from_the_total)
{
	int64_t parts[] = {50, 4, 20, 0};
	bool hidden[4] = {false};

	cr_assert(privacy_mask_parts(parts, 4, 11, hidden));
	cr_assert(!hidden[0]);
	cr_assert(hidden[1]);
	cr_assert(hidden[2], "the smallest other part hides the first");
	cr_assert(!hidden[3], "zero is shown");
}

Test(privacy, hides_more_until_the_hidden_sum_is_not_small)
{
	int64_t parts[] = {2, 3, 40};
	bool hidden[3] = {false};

	cr_assert(privacy_mask_parts(parts, 3, 11, hidden));
	cr_assert(hidden[0] && hidden[1] && hidden[2]);
}

Test(privacy, asks_to_hide_the_total_where_parts_cannot_protect_each_other)
{
	int64_t parts[] = {5, 0, 0};
	bool hidden[3] = {false};

	cr_assert(!privacy_mask_parts(parts, 3, 11, hidden));
}

Test(privacy, does_not_leave_parts_that_their_sum_determines)
{
	int64_t parts[] = {10, 10, 30}; /* two small ones that sum to 20 can only be 10 and 10 */
	bool hidden[3] = {false};

	cr_assert(privacy_mask_parts(parts, 3, 11, hidden));
	cr_assert(hidden[2]);
}

/* Whether some hidden cell is the only unknown of a shown total, again and again: an onlooker's arithmetic. */
static bool can_derive(const struct privacy_table *t)
{
	bool known[64];
	bool progress = true, derived = false;

	for (size_t i = 0; i < t->rows * t->columns; i++)
		known[i] = !t->cell_hidden[i] || t->cells[i] == 0;
	while (progress) {
		progress = false;
		for (size_t line = 0; line < t->rows + t->columns; line++) {
			bool is_row = line < t->rows;
			size_t n = is_row ? t->columns : t->rows, unknown = 0, last = 0;

			if (is_row ? t->row_hidden[line] : t->column_hidden[line - t->rows])
				continue;
			for (size_t i = 0; i < n; i++) {
				size_t cell = is_row ? line * t->columns + i : i * t->columns + line - t->rows;

				if (!known[cell]) {
					unknown++;
					last = cell;
				}
			}
			if (unknown == 1) {
				known[last] = progress = derived = true;
			}
		}
	}
	return derived;
}

Test(privacy, leaves_no_cell_of_random_tables_to_be_derived)
{
	struct rng r;
	size_t shown = 0;

	rng_init(&r, 7, "privacy");
	for (int round = 0; round < 500; round++) {
		int64_t cells[30];
		bool cell_hidden[30] = {false}, row_hidden[5] = {false}, column_hidden[6] = {false};
		struct privacy_table t = {5, 6, cells, cell_hidden, row_hidden, column_hidden, 11};

		column_hidden[0] = column_hidden[5] = true;
		for (size_t i = 0; i < 30; i++)
			cells[i] = rng_below(&r, 3) ? (int64_t)rng_below(&r, 30) : 0;
		privacy_mask_table(&t);
		cr_assert(!can_derive(&t), "round %d", round);
		for (size_t i = 0; i < 30; i++) {
			cr_assert(cell_hidden[i] || !privacy_small(cells[i], 11));
			shown += !cell_hidden[i] && cells[i] > 0;
		}
	}
	cr_assert_gt(shown, 1000, "masking must not hide everything");
}

/* Two cycles of hidden cells that one cell joins: that cell follows from several totals together. */
Test(privacy, finds_a_cell_that_several_totals_together_give_away)
{
	int64_t cells[] = {
		12, 12, 5, 0, 0,
		12, 12, 0, 0, 0,
		0, 0, 0, 12, 12,
		0, 0, 9, 12, 12,
	};
	bool cell_hidden[20], row_hidden[4] = {false}, column_hidden[5] = {false};
	struct privacy_table t = {4, 5, cells, cell_hidden, row_hidden, column_hidden, 11};

	for (size_t i = 0; i < 20; i++)
		cell_hidden[i] = cells[i] > 0;
	privacy_mask_table(&t);
	cr_assert(column_hidden[2] || row_hidden[0] || row_hidden[3]);
}
