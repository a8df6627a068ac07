/* SPDX-License-Identifier: Apache-2.0 */
/* table_suggest: see table_suggest.h. A column is known by its name, else guessed by what
 * its first rows hold. */
#include <planvax/ingest/table_suggest.h>

#include <planvax/base/alloc.h>
#include <planvax/base/csv.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <planvax/ingest/register_columns.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "fold.h"
#include "suggest_token.h"

#define MAX_ROWS 1000
#define MAX_KNOWN 32 /* columns of a register */

/* What the rows hold in one column of the table. */
struct seen {
	size_t filled, times, dates, types, references, mails, distinct;
	struct map values;
};

struct table {
	struct csv *csv;
	size_t n_columns, rows;
	struct seen *seen;
	const struct register_column *known;
	size_t n_known;
	int at[MAX_KNOWN];     /* column of the table that is this one, or -1 */
	bool guessed[MAX_KNOWN];
	bool used[CSV_MAX_COLUMNS];
};

/* Whether a header is one of the words that blanks separate. */
static bool is_named(const char *header, const char *words)
{
	char wanted[FOLD_MAX_BYTES], got[FOLD_MAX_BYTES];
	bool found = false;

	fold_key(header, strlen(header), got);
	while (words != NULL && *words != '\0' && !found) {
		size_t n = strcspn(words, " ");
		found = n > 0 && strcmp(fold_key(words, n, wanted), got) == 0;
		words += n + (words[n] == ' ');
	}
	return found;
}

static void find_named(struct table *t)
{
	for (size_t k = 0; k < t->n_known; k++) {
		t->at[k] = -1;
		for (size_t c = 0; c < t->n_columns && t->at[k] < 0; c++) {
			const char *header = csv_column_name(t->csv, c);
			if (!t->used[c] && (is_named(header, t->known[k].name) || is_named(header, t->known[k].aliases))) {
				t->at[k] = (int)c;
				t->used[c] = true;
			}
		}
	}
}

static void look_at(struct seen *s, const char *cell, const struct mapping *lexicon)
{
	struct instant at;
	struct date date;
	struct fault f = FAULT_NONE;

	if (*cell == '\0')
		return;
	s->filled++;
	s->distinct += map_put(&s->values, cell, strlen(cell), 0);
	s->dates += cell_date(cell, &date, &f) == 0;
	fault_clear(&f);
	s->times += strlen(cell) > 10 && cell_local_time(cell, zone_utc(), &at, &f) == 0;
	s->types += mapping_type_of(lexicon, cell, NULL) != NULL;
	s->references += suggest_token_is_reference(cell);
	s->mails += strchr(cell, '@') != NULL;
}

static void read_rows(struct table *t, const struct mapping *lexicon, struct table_suggest_counts *counts)
{
	struct fault f = FAULT_NONE;
	int rc;

	while (t->rows < MAX_ROWS && (rc = csv_next(t->csv, &f)) != ERR_CLOSED && rc != ERR_IO) {
		fault_clear(&f);
		if (rc < 0) {
			if (++counts->broken > MAX_ROWS)
				break;
			continue;
		}
		t->rows++;
		for (size_t c = 0; c < t->n_columns; c++)
			look_at(&t->seen[c], csv_cell(t->csv, (int)c), lexicon);
	}
	counts->rows = t->rows;
}

/* How well a column of the table would be the known one; 0: not. */
static double fits(const struct seen *s, const char *known, size_t rows)
{
	double whole = rows > 0 ? (double)rows : 1, varied = s->filled > 0 ? (double)s->distinct / (double)s->filled : 0;

	if (strcmp(known, "start") == 0)
		return (double)s->times / whole;
	if (strcmp(known, "type") == 0)
		return (double)s->types / whole;
	if (strcmp(known, "due") == 0)
		return (double)(s->dates - (s->times < s->dates ? s->times : s->dates)) / whole;
	if (strcmp(known, "person_ref") == 0)
		return varied > 0.3 ? (double)s->references / whole : 0;
	if (strcmp(known, "staff_id") == 0)
		return varied < 0.3 ? (double)s->mails / whole : 0;
	return 0;
}

/* What is required and not named; a due date besides. */
static void guess(struct table *t, struct table_suggest_counts *counts)
{
	for (size_t k = 0; k < t->n_known; k++) {
		double best = 0.6;
		if (t->at[k] >= 0)
			continue;
		for (size_t c = 0; c < t->n_columns; c++) {
			double fit = t->used[c] ? 0 : fits(&t->seen[c], t->known[k].name, t->rows);
			if (fit > best) {
				best = fit;
				t->at[k] = (int)c;
			}
		}
		t->guessed[k] = t->at[k] >= 0;
		if (t->at[k] >= 0)
			t->used[t->at[k]] = true;
		else
			counts->missing += t->known[k].required;
	}
}

static void put_column(const struct table *t, size_t k, struct buf *out)
{
	const char *name = t->known[k].name;

	if (t->at[k] < 0) {
		buf_printf(out, "#   %s: %s\n", name, t->known[k].required ? "MISSING: add this column" : "not there, which is allowed");
		return;
	}
	const struct seen *s = &t->seen[t->at[k]];
	buf_printf(out, "#   %s: column \"%s\", %zu of %zu rows filled, %zu values%s\n", name, csv_column_name(t->csv, (size_t)t->at[k]), s->filled, t->rows,
		s->distinct, t->guessed[k] ? "; by what it holds: RENAME it" : "");
	if (strcmp(name, "type") == 0 && s->types < s->filled)
		buf_printf(out, "#     %zu rows hold no words of a known type\n", s->filled - s->types);
	if (strcmp(name, "type") == 0 && s->types > 0)
		buf_puts(out, "#     where it holds words, put the codes of the visit types in their place\n");
}

int table_suggest_text(const struct table_suggest_input *in, struct buf *out, struct table_suggest_counts *counts, struct fault *f)
{
	struct table t = {.rows = 0};
	struct table_suggest_counts c = {0};
	size_t others = 0;
	int rc = csv_open(in->text, in->len, in->name, &t.csv, f);

	if (rc < 0)
		return rc;
	t.n_columns = csv_columns(t.csv);
	t.seen = xcalloc(t.n_columns + 1, sizeof(*t.seen));
	t.known = register_columns_of(REGISTER_VISITS, &t.n_known);
	find_named(&t);
	read_rows(&t, in->lexicon, &c);
	guess(&t, &c);
	buf_printf(out, "# %s is a table: it needs no mapping. Name it visits.csv and give it these columns (%zu rows looked at):\n", in->name, t.rows);
	for (size_t k = 0; k < t.n_known; k++)
		put_column(&t, k, out);
	for (size_t i = 0; i < t.n_columns; i++)
		others += !t.used[i];
	buf_printf(out, "# %zu other columns are ignored; leave names and numbers of persons' documents out of the export.\n", others);
	for (size_t i = 0; i < t.n_columns; i++)
		map_release(&t.seen[i].values);
	free(t.seen);
	csv_close(t.csv);
	*counts = c;
	return 0;
}
