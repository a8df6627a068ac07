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

/* ---- an onlooker who knows all equations between the numbers that are shown ---- */

#define ROWS 6
#define COLUMNS 5
#define GROUPS 3
#define UNKNOWNS (ROWS * COLUMNS + ROWS + COLUMNS + GROUPS)
#define PRIME INT64_C(2147483647)

struct attack {
	int64_t a[ROWS + COLUMNS + GROUPS][UNKNOWNS]; /* equations, in echelon form: their known sides do not matter */
	size_t n;
};

static int64_t inverse(int64_t x)
{
	int64_t result = 1;

	for (int64_t power = PRIME - 2; power > 0; power /= 2, x = x * x % PRIME)
		if (power % 2)
			result = result * x % PRIME;
	return result;
}

/* Takes out of v what the equations give. */
static void reduce(const struct attack *k, int64_t *v)
{
	for (size_t e = 0; e < k->n; e++) {
		size_t lead = 0;

		while (!k->a[e][lead])
			lead++;
		int64_t factor = v[lead];
		for (size_t i = lead; factor && i < UNKNOWNS; i++)
			v[i] = (v[i] + (PRIME - factor) * k->a[e][i]) % PRIME;
	}
}

static void learn(struct attack *k, int64_t *v)
{
	size_t lead = 0;

	reduce(k, v);
	while (lead < UNKNOWNS && !v[lead])
		lead++;
	if (lead == UNKNOWNS)
		return;
	int64_t factor = inverse(v[lead]);
	for (size_t i = 0; i < UNKNOWNS; i++)
		k->a[k->n][i] = v[i] * factor % PRIME;
	k->n++;
}

/* Whether the sum of the unknowns marked in v follows. */
static bool follows(const struct attack *k, int64_t *v)
{
	reduce(k, v);
	for (size_t i = 0; i < UNKNOWNS; i++)
		if (v[i])
			return false;
	return true;
}

static size_t place(size_t what, size_t i)
{
	static const size_t starts[] = {0, ROWS * COLUMNS, ROWS * COLUMNS + ROWS, ROWS * COLUMNS + ROWS + COLUMNS};

	return starts[what] + i;
}

static bool hides_cell(const struct privacy_table *t, size_t cell)
{
	return t->cell_hidden[cell] && t->cells[cell] > 0;
}

static int64_t row_sum(const struct privacy_table *t, size_t r)
{
	int64_t sum = 0;

	for (size_t c = 0; c < COLUMNS; c++)
		sum += t->cells[r * COLUMNS + c];
	return sum;
}

static void learn_table(const struct privacy_table *t, struct attack *k)
{
	for (size_t r = 0; r < ROWS; r++) {
		int64_t v[UNKNOWNS] = {0};

		for (size_t c = 0; c < COLUMNS; c++)
			v[place(0, r * COLUMNS + c)] = hides_cell(t, r * COLUMNS + c);
		if (t->row_hidden[r])
			v[place(1, r)] = PRIME - 1;
		learn(k, v);
	}
	for (size_t c = 0; c < COLUMNS; c++) {
		int64_t v[UNKNOWNS] = {0};

		for (size_t r = 0; r < ROWS; r++)
			v[place(0, r * COLUMNS + c)] = hides_cell(t, r * COLUMNS + c);
		if (t->column_hidden[c])
			v[place(2, c)] = PRIME - 1;
		learn(k, v);
	}
	for (size_t g = 0; g < GROUPS; g++) {
		int64_t v[UNKNOWNS] = {0};

		for (size_t r = 0; r < ROWS; r++)
			if (t->row_group[r] == (int)g && t->row_hidden[r])
				v[place(1, r)] = 1;
		if (t->group_hidden[g])
			v[place(3, g)] = PRIME - 1;
		learn(k, v);
	}
}

/* What follows and must not: NULL if nothing does. */
static const char *what_follows(const struct privacy_table *t, const struct attack *k)
{
	for (size_t i = 0; i < ROWS * COLUMNS; i++) {
		int64_t v[UNKNOWNS] = {0};

		v[place(0, i)] = 1;
		if (hides_cell(t, i) && follows(k, v))
			return "a cell";
	}
	for (size_t r = 0; r < ROWS; r++) {
		int64_t v[UNKNOWNS] = {0};

		v[place(1, r)] = 1;
		if (t->row_hidden[r] && row_sum(t, r) > 0 && follows(k, v))
			return "a row's total";
	}
	for (size_t g = 0; g < GROUPS; g++) {
		int64_t v[UNKNOWNS] = {0};

		v[place(3, g)] = 1;
		if (t->group_hidden[g] && follows(k, v))
			return "a group's total";
	}
	for (size_t c = 0; c < COLUMNS; c++) {
		int64_t v[UNKNOWNS] = {0}, sum = 0;

		for (size_t r = 0; r < ROWS; r++) {
			v[place(0, r * COLUMNS + c)] = hides_cell(t, r * COLUMNS + c);
			sum += hides_cell(t, r * COLUMNS + c) ? t->cells[r * COLUMNS + c] : 0;
		}
		if (privacy_small(sum, t->limit) && follows(k, v))
			return "the sum of a column's hidden cells";
	}
	return NULL;
}

/* Each row in one group, or in none; columns 0 and 4 have no total. */
static void make_table(struct rng *r, int64_t *cells, int *group)
{
	for (size_t i = 0; i < ROWS * COLUMNS; i++)
		cells[i] = rng_below(r, 3) ? (int64_t)rng_below(r, i % COLUMNS ? 20 : 60) : 0;
	for (size_t i = 0; i < ROWS; i++)
		group[i] = (int)rng_below(r, GROUPS + 1) - 1;
}

Test(privacy, leaves_nothing_of_random_tables_to_be_derived)
{
	struct rng r;
	size_t shown = 0, totals = 0;

	rng_init(&r, 7, "privacy");
	for (int round = 0; round < 3000; round++) {
		int64_t cells[ROWS * COLUMNS];
		int group[ROWS];
		bool cell_hidden[ROWS * COLUMNS] = {false}, row_hidden[ROWS] = {false}, column_hidden[COLUMNS] = {false},
			group_hidden[GROUPS] = {false};
		struct privacy_table t = {ROWS, COLUMNS, GROUPS, cells, group, cell_hidden, row_hidden, column_hidden, group_hidden, 11};
		struct attack k = {.n = 0};

		make_table(&r, cells, group);
		column_hidden[0] = column_hidden[4] = true;
		privacy_mask_table(&t);
		learn_table(&t, &k);
		const char *what = what_follows(&t, &k);
		cr_assert_null(what, "round %d: %s follows", round, what);
		for (size_t i = 0; i < ROWS * COLUMNS; i++) {
			cr_assert(cell_hidden[i] || !privacy_small(cells[i], 11));
			shown += !cell_hidden[i] && cells[i] > 0;
		}
		for (size_t i = 0; i < ROWS; i++) {
			cr_assert(row_hidden[i] || !privacy_small(row_sum(&t, i), 11));
			totals += !row_hidden[i];
		}
	}
	cr_assert_gt(shown, 6000, "masking must not hide everything");
	cr_assert_gt(totals, 9000, "masking must not hide everything");
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
	struct privacy_table t = {4, 5, 0, cells, NULL, cell_hidden, row_hidden, column_hidden, NULL, 11};

	for (size_t i = 0; i < 20; i++)
		cell_hidden[i] = cells[i] > 0;
	privacy_mask_table(&t);
	cr_assert(column_hidden[2] || row_hidden[0] || row_hidden[3]);
}

/* Both rows are hidden, their sum is shown, and so is the first column's: the second column's seven would follow. */
Test(privacy, hides_the_total_of_a_group_that_gives_away_the_rest)
{
	int64_t cells[] = {9, 3, 9, 4};
	int group[] = {0, 0};
	bool cell_hidden[4] = {false}, row_hidden[2] = {true, true}, column_hidden[2] = {false, true}, group_hidden[1] = {false};
	struct privacy_table t = {2, 2, 1, cells, group, cell_hidden, row_hidden, column_hidden, group_hidden, 11};

	privacy_mask_table(&t);
	cr_assert(group_hidden[0] || column_hidden[0]);
}

Test(privacy, shows_what_is_large_with_all_its_totals)
{
	int64_t cells[] = {30, 12, 25, 0};
	int group[] = {0, 0};
	bool cell_hidden[4] = {false}, row_hidden[2] = {false}, column_hidden[2] = {false}, group_hidden[1] = {false};
	struct privacy_table t = {2, 2, 1, cells, group, cell_hidden, row_hidden, column_hidden, group_hidden, 11};

	privacy_mask_table(&t);
	for (size_t i = 0; i < 4; i++)
		cr_assert(!cell_hidden[i]);
	cr_assert(!row_hidden[0] && !row_hidden[1] && !column_hidden[0] && !column_hidden[1] && !group_hidden[0]);
}
