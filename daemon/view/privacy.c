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

/* ---- what follows from several totals together ---- */

/* The counts that are hidden are the edges of a graph: a cell joins its row and its column; a row's total its row and its
 * group; totals of columns and groups join these and the one free node, as does a row's total where there is no group.
 * At each node but the free one what comes in goes out, by numbers that are shown. So a hidden count follows from them if,
 * and only if, its edge lies on no cycle: is a bridge. */
enum edge_kind { EDGE_CELL, EDGE_ROW, EDGE_COLUMN, EDGE_GROUP };

struct edge {
	size_t nodes[2];
	enum edge_kind kind;
	size_t row, line; /* line: the column, or the group */
};

struct graph {
	struct edge *edges;
	size_t n_edges, n_nodes;
	size_t *first;    /* by node: where its edges begin in incident; n_nodes + 1 */
	size_t *incident; /* indexes of edges, each twice */
	size_t *order;    /* of the visit, from 1; 0: not seen */
	size_t *low;      /* earliest node that is reached from below by one edge back */
	bool *bridge;     /* by edge */
	size_t clock;
};

static int64_t total_of(const struct privacy_table *t, size_t row)
{
	int64_t total = 0;

	for (size_t c = 0; c < t->columns; c++)
		total += t->cells[row * t->columns + c];
	return total;
}

static int group_of(const struct privacy_table *t, size_t row)
{
	return t->row_group ? t->row_group[row] : -1;
}

static void add_edge(struct graph *g, size_t a, size_t b, struct edge edge)
{
	edge.nodes[0] = a;
	edge.nodes[1] = b;
	g->edges[g->n_edges++] = edge;
}

static void add_edges(const struct privacy_table *t, struct graph *g)
{
	const size_t columns = t->rows, groups = columns + t->columns, outside = groups + t->groups;

	for (size_t r = 0; r < t->rows; r++) {
		int group = group_of(t, r);

		for (size_t c = 0; c < t->columns; c++)
			if (t->cell_hidden[r * t->columns + c] && t->cells[r * t->columns + c] > 0)
				add_edge(g, r, columns + c, (struct edge){.kind = EDGE_CELL, .row = r, .line = c});
		if (t->row_hidden[r] && total_of(t, r) > 0)
			add_edge(g, r, group < 0 ? outside : groups + (size_t)group, (struct edge){.kind = EDGE_ROW, .row = r});
	}
	for (size_t c = 0; c < t->columns; c++)
		if (t->column_hidden[c])
			add_edge(g, columns + c, outside, (struct edge){.kind = EDGE_COLUMN, .line = c});
	for (size_t k = 0; k < t->groups; k++)
		if (t->group_hidden[k])
			add_edge(g, groups + k, outside, (struct edge){.kind = EDGE_GROUP, .line = k});
}

static void build_graph(const struct privacy_table *t, struct graph *g)
{
	g->n_nodes = t->rows + t->columns + t->groups + 1;
	g->edges = xcalloc(t->rows * (t->columns + 1) + t->columns + t->groups + 1, sizeof(*g->edges));
	add_edges(t, g);
	g->first = xcalloc(g->n_nodes + 2, sizeof(*g->first));
	g->incident = xcalloc(2 * g->n_edges + 1, sizeof(*g->incident));
	g->order = xcalloc(g->n_nodes, sizeof(*g->order));
	g->low = xcalloc(g->n_nodes, sizeof(*g->low));
	g->bridge = xcalloc(g->n_edges + 1, sizeof(*g->bridge));
	/* Counted two places on, so that filling moves each start to where it belongs. */
	for (size_t i = 0; i < 2 * g->n_edges; i++)
		g->first[g->edges[i / 2].nodes[i % 2] + 2]++;
	for (size_t n = 2; n < g->n_nodes + 2; n++)
		g->first[n] += g->first[n - 1];
	for (size_t i = 0; i < 2 * g->n_edges; i++)
		g->incident[g->first[g->edges[i / 2].nodes[i % 2] + 1]++] = i / 2;
}

static void release_graph(struct graph *g)
{
	free(g->edges);
	free(g->first);
	free(g->incident);
	free(g->order);
	free(g->low);
	free(g->bridge);
}

/* Depth first (Tarjan 1974); came: the edge by which node was reached. */
static void find_bridges(struct graph *g, size_t node, size_t came)
{
	g->order[node] = g->low[node] = ++g->clock;
	for (size_t i = g->first[node]; i < g->first[node + 1]; i++) {
		size_t edge = g->incident[i];
		size_t next = g->edges[edge].nodes[g->edges[edge].nodes[0] == node];

		if (edge == came)
			continue;
		if (!g->order[next]) {
			find_bridges(g, next, edge);
			g->bridge[edge] = g->low[next] > g->order[node];
			g->low[node] = g->low[next] < g->low[node] ? g->low[next] : g->low[node];
		} else if (g->order[next] < g->low[node]) {
			g->low[node] = g->order[next];
		}
	}
}

/* ---- hiding more ---- */

static void mask_rows(struct privacy_table *t)
{
	for (size_t r = 0; r < t->rows; r++) {
		const int64_t *cells = t->cells + r * t->columns;
		bool *hidden = t->cell_hidden + r * t->columns;

		t->row_hidden[r] = t->row_hidden[r] || privacy_small(total_of(t, r), t->limit);
		if (!t->row_hidden[r] && !privacy_mask_parts(cells, t->columns, t->limit, hidden))
			t->row_hidden[r] = true;
		if (t->row_hidden[r])
			for (size_t c = 0; c < t->columns; c++)
				hidden[c] = cells[c] > 0;
	}
}

/* A group whose hidden rows are together small, or few, hides more rows, or its total. */
static void mask_groups(struct privacy_table *t)
{
	int64_t *parts = xcalloc(t->rows + 1, sizeof(*parts));
	bool *hidden = xcalloc(t->rows + 1, sizeof(*hidden));

	for (size_t k = 0; k < t->groups; k++) {
		int64_t total = 0;

		for (size_t r = 0; r < t->rows; r++) {
			bool mine = group_of(t, r) == (int)k;

			parts[r] = mine ? total_of(t, r) : 0;
			hidden[r] = mine && t->row_hidden[r];
			total += parts[r];
		}
		if (!t->group_hidden[k])
			t->group_hidden[k] = privacy_small(total, t->limit) || !privacy_mask_parts(parts, t->rows, t->limit, hidden);
		for (size_t r = 0; r < t->rows; r++)
			t->row_hidden[r] = t->row_hidden[r] || hidden[r];
	}
	free(parts);
	free(hidden);
}

static struct hidden_sum sum_column(const struct privacy_table *t, size_t column)
{
	struct hidden_sum h = {.all_small = true};

	for (size_t r = 0; r < t->rows; r++) {
		size_t cell = r * t->columns + column;
		struct hidden_sum one = sum_hidden(t->cells + cell, 1, t->limit, t->cell_hidden + cell);

		h.n += one.n;
		h.sum += one.sum;
		h.all_small = h.all_small && one.all_small;
	}
	return h;
}

/* A column whose hidden cells are together small, or few, shows too much by its total. */
static void mask_columns(struct privacy_table *t)
{
	for (size_t c = 0; c < t->columns; c++) {
		struct hidden_sum h = sum_column(t, c);

		if (!is_safe(&h, t->limit))
			t->column_hidden[c] = true;
	}
}

/* Hides the row's total or, where that is hidden, its group's; false: neither is shown. */
static bool hide_above(struct privacy_table *t, size_t row)
{
	int group = group_of(t, row);

	if (!t->row_hidden[row])
		return t->row_hidden[row] = true;
	if (group < 0 || t->group_hidden[group])
		return false;
	return t->group_hidden[group] = true;
}

/* Hides the total of a column in which the row has a hidden cell; false: none is shown. */
static bool hide_below(struct privacy_table *t, size_t row)
{
	for (size_t c = 0; c < t->columns; c++)
		if (t->cell_hidden[row * t->columns + c] && t->cells[row * t->columns + c] > 0 && !t->column_hidden[c])
			return t->column_hidden[c] = true;
	return false;
}

/* Hides one total more, so that what follows by this bridge follows no longer; false: it may follow, or nothing is left. */
static bool break_bridge(struct privacy_table *t, const struct edge *e)
{
	struct hidden_sum h;

	switch (e->kind) {
	case EDGE_CELL:
		if (!t->column_hidden[e->line])
			return t->column_hidden[e->line] = true;
		return hide_above(t, e->row);
	case EDGE_ROW:
		return hide_above(t, e->row) || hide_below(t, e->row);
	case EDGE_COLUMN:
		/* That a total follows does no harm where its hidden cells are many. */
		h = sum_column(t, e->line);
		for (size_t r = 0; !is_safe(&h, t->limit) && r < t->rows; r++)
			if (t->cell_hidden[r * t->columns + e->line] && t->cells[r * t->columns + e->line] > 0 && hide_above(t, r))
				return true;
		return false;
	case EDGE_GROUP:
		for (size_t r = 0; r < t->rows; r++)
			if (group_of(t, r) == (int)e->line && t->row_hidden[r] && hide_below(t, r))
				return true;
		return false;
	}
	return false;
}

/* Hides what keeps one hidden count from following; false: none follows. */
static bool hide_more(struct privacy_table *t)
{
	struct graph g = {.n_edges = 0};
	bool hid = false;

	build_graph(t, &g);
	for (size_t n = 0; n < g.n_nodes; n++)
		if (!g.order[n])
			find_bridges(&g, n, g.n_edges);
	for (size_t i = 0; !hid && i < g.n_edges; i++)
		hid = g.bridge[i] && break_bridge(t, &g.edges[i]);
	release_graph(&g);
	return hid;
}

static size_t count_hidden(const bool *hidden, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += hidden[i];
	return count;
}

void privacy_mask_table(struct privacy_table *t)
{
	assert(t->columns <= PRIVACY_COLUMNS_MAX);
	/* Totals only ever disappear, so this ends. */
	do {
		size_t before, after = 0;

		do {
			before = after;
			mask_rows(t);
			mask_groups(t);
			mask_columns(t);
			after = 1 + count_hidden(t->row_hidden, t->rows);
		} while (after != before);
	} while (hide_more(t));
}
