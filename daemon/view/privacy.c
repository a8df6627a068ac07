/* SPDX-License-Identifier: Apache-2.0 */
/* privacy: which counts to hide. */
#include <planvax/base/alloc.h>
#include <planvax/view/privacy.h>

#include <assert.h>
#include <stdlib.h>

bool privacy_small(int64_t count, int64_t limit)
{
	return count > 0 && count < limit;
}

struct hidden_sum {
	size_t n;
	int64_t sum;
	bool all_small; /* an onlooker may know that each is small */
};

static struct hidden_sum sum_hidden(const int64_t *parts, size_t n, int64_t limit, const bool *hidden)
{
	struct hidden_sum h = {.all_small = true};

	for (size_t i = 0; i < n; i++) {
		if (!hidden[i] || parts[i] == 0)
			continue;
		h.n++;
		h.sum += parts[i];
		h.all_small = h.all_small && parts[i] < limit;
	}
	return h;
}

/* Whether the hidden parts stay hidden when their sum is known: at least two, together not small, and the sum
 * is not the least or the most that so many small counts can give. */
static bool is_safe(const struct hidden_sum *h, int64_t limit)
{
	if (h->n == 0)
		return true;
	return h->n >= 2 && h->sum >= limit && h->sum > (int64_t)h->n &&
		!(h->all_small && h->sum >= (limit - 1) * (int64_t)h->n);
}

bool privacy_mask_parts(const int64_t *parts, size_t n, int64_t limit, bool *hidden)
{
	for (size_t i = 0; i < n; i++)
		hidden[i] = hidden[i] || privacy_small(parts[i], limit);
	for (;;) {
		struct hidden_sum h = sum_hidden(parts, n, limit, hidden);
		size_t best = n;

		if (is_safe(&h, limit))
			return true;
		for (size_t i = 0; i < n; i++)
			if (!hidden[i] && parts[i] > 0 && (best == n || parts[i] < parts[best]))
				best = i;
		if (best == n)
			return false;
		hidden[best] = true;
	}
}

static size_t find_root(size_t *parent, size_t i)
{
	while (parent[i] != i)
		i = parent[i] = parent[parent[i]];
	return i;
}

/* Hidden cells are edges between their row and their column; rows and columns without a shown total are one
 * free node. A hidden cell follows from the totals if, and only if, its edge is a bridge. */
static bool is_bridge(const struct privacy_table *t, size_t row, size_t column, size_t *parent)
{
	size_t free_node = t->rows + t->columns;

	for (size_t i = 0; i <= free_node; i++)
		parent[i] = i;
	for (size_t r = 0; r < t->rows; r++)
		if (t->row_hidden[r])
			parent[find_root(parent, r)] = find_root(parent, free_node);
	for (size_t c = 0; c < t->columns; c++)
		if (t->column_hidden[c])
			parent[find_root(parent, t->rows + c)] = find_root(parent, free_node);
	for (size_t r = 0; r < t->rows; r++) {
		for (size_t c = 0; c < t->columns; c++) {
			size_t cell = r * t->columns + c;

			if (t->cell_hidden[cell] && t->cells[cell] > 0 && !(r == row && c == column))
				parent[find_root(parent, r)] = find_root(parent, t->rows + c);
		}
	}
	return find_root(parent, row) != find_root(parent, t->rows + column);
}

static void mask_rows(struct privacy_table *t)
{
	for (size_t r = 0; r < t->rows; r++) {
		const int64_t *cells = t->cells + r * t->columns;
		bool *hidden = t->cell_hidden + r * t->columns;

		if (t->row_hidden[r])
			for (size_t c = 0; c < t->columns; c++)
				hidden[c] = cells[c] > 0;
		else if (!privacy_mask_parts(cells, t->columns, t->limit, hidden))
			t->row_hidden[r] = true;
	}
}

/* A column whose hidden cells are together small, or few, shows too much by its total. */
static void mask_columns(struct privacy_table *t)
{
	for (size_t c = 0; c < t->columns; c++) {
		struct hidden_sum h = {.all_small = true};

		for (size_t r = 0; r < t->rows; r++) {
			size_t cell = r * t->columns + c;
			struct hidden_sum one = sum_hidden(t->cells + cell, 1, t->limit, t->cell_hidden + cell);

			h.n += one.n;
			h.sum += one.sum;
			h.all_small = h.all_small && one.all_small;
		}
		if (!is_safe(&h, t->limit))
			t->column_hidden[c] = true;
	}
}

void privacy_mask_table(struct privacy_table *t)
{
	size_t *parent = xcalloc(t->rows + t->columns + 1, sizeof(*parent));

	assert(t->columns <= PRIVACY_COLUMNS_MAX);
	mask_rows(t);
	mask_columns(t);
	for (size_t cell = 0; cell < t->rows * t->columns; cell++) {
		size_t row = cell / t->columns, column = cell % t->columns;

		if (!t->cell_hidden[cell] || t->cells[cell] == 0 || !is_bridge(t, row, column, parent))
			continue;
		if (!t->column_hidden[column])
			t->column_hidden[column] = true;
		else
			t->row_hidden[row] = true;
		mask_rows(t);
		mask_columns(t);
		cell = (size_t)-1; /* begin again: totals only ever disappear, so this ends */
	}
	free(parent);
}
