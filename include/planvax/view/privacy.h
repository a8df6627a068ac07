/* SPDX-License-Identifier: Apache-2.0 */
/* privacy: masking of small counts for authorities (DOMAIN.md 5.7). A table of
 * persons by offer (row) and kind (column) is shown with its row and column totals
 * and totals of groups of rows; what is hidden must not follow from what is shown.
 * Pure; any thread. */
#ifndef PLANVAX_VIEW_PRIVACY_H
#define PLANVAX_VIEW_PRIVACY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct privacy_limits {
	int64_t min_persons;   /* counts of persons below are masked; 0 is shown */
	int64_t min_companies; /* the same for counts of companies */
};

/* What is masked by default: 11 persons, 3 companies. */
#define PRIVACY_LIMITS_DEFAULT {.min_persons = 11, .min_companies = 3}

/* Whether a count must be masked under limit: 0 < count < limit. */
bool privacy_small(int64_t count, int64_t limit);

/* Chooses which of n addends of a shown total to hide: hidden[i] is set for each small one and, so that no hidden one
 * follows from the total, for the smallest others that are not zero. Marks set before the call stay. Returns
 * false where hiding all of them is not enough: then the total must be hidden too. */
bool privacy_mask_parts(const int64_t *parts, size_t n, int64_t limit, bool *hidden);

#define PRIVACY_COLUMNS_MAX 16

/* A table of counts: rows x columns cells, each row and some columns with totals, and
 * totals of groups of rows. */
struct privacy_table {
	size_t rows, columns, groups;
	const int64_t *cells;  /* rows * columns; a row's total is the sum of its cells */
	const int *row_group;  /* by row: 0 to groups - 1, or -1: in none; NULL: all in none */
	bool *cell_hidden;     /* rows * columns; in and out */
	bool *row_hidden;      /* by row: its total is not shown; in and out */
	bool *column_hidden;   /* by column: its total is not shown, or does not exist; in and out */
	bool *group_hidden;    /* by group; in and out; NULL where groups is 0 */
	int64_t limit;
};

/* Hides small cells and totals, then further cells and, last, totals, until nothing hidden follows from what is shown:
 * neither by one total nor by several together (no bridge in the graph of what is hidden), and no sum of the hidden cells
 * of a line that follows is small. A row whose total is hidden hides all its cells that are not zero. */
void privacy_mask_table(struct privacy_table *t);

#endif
