/* SPDX-License-Identifier: Apache-2.0 */
/* csv: see csv.h. The text is converted to UTF-8 once; rows are cut from it
 * into one reused buffer of cells. */
#include <planvax/base/csv.h>

#include <planvax/base/alloc.h>
#include <planvax/base/buf.h>
#include <planvax/base/charset.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* After a broken row that spans lines, reading goes on at its second line, since a stray quote
 * swallows good rows. A file of nothing else would be read again and again: a budget ends that. */
#define MAX_REREAD_BYTES (16U << 20)

enum defect { DEFECT_NONE, DEFECT_UNCLOSED, DEFECT_AFTER_QUOTE, DEFECT_LONG, DEFECT_CELLS };

/* Cells of one row: texts one after the other, each with its NUL. */
struct row {
	struct buf text;
	size_t starts[CSV_MAX_COLUMNS]; /* of the first n_cells, into text */
	int lines[CSV_MAX_COLUMNS];     /* where they start in the file */
	size_t n_cells;                 /* may exceed CSV_MAX_COLUMNS: the rest is counted, not kept */
	size_t n_used;                  /* up to the last cell that is not empty */
	size_t offset;                  /* of the row in the file's text */
	int line;                       /* where it starts */
	enum defect defect;             /* of its last cell */
};

struct csv {
	struct buf text;   /* the whole file, UTF-8 */
	size_t next;       /* first byte not read */
	size_t reread;     /* bytes given back after broken rows */
	int line;          /* of next */
	int number;        /* rows read so far as a spreadsheet numbers them */
	char delimiter;
	char *name;
	size_t n_columns;
	struct row header;
	struct row row;
	struct map columns; /* header name -> column */
};

static bool is_break(char c)
{
	return c == '\n' || c == '\r';
}

/* Consumes one line break (CRLF, LF or CR) at next. */
static void skip_break(struct csv *csv)
{
	bool cr = csv->text.data[csv->next] == '\r';

	csv->next++;
	if (cr && csv->next < csv->text.len && csv->text.data[csv->next] == '\n')
		csv->next++;
	csv->line++;
}

static void skip_line(struct csv *csv)
{
	while (csv->next < csv->text.len && !is_break(csv->text.data[csv->next]))
		csv->next++;
	if (csv->next < csv->text.len)
		skip_break(csv);
}

static bool at_cell_end(const struct csv *csv)
{
	if (csv->next >= csv->text.len)
		return true;
	char c = csv->text.data[csv->next];
	return c == csv->delimiter || is_break(c);
}

static void skip_blanks(struct csv *csv)
{
	while (!at_cell_end(csv) && (csv->text.data[csv->next] == ' ' || csv->text.data[csv->next] == '\t'))
		csv->next++;
}

/* Appends a cell to its opening quote's fellow, "" as one quote, line breaks as LF. */
static enum defect read_quoted(struct csv *csv, struct buf *out)
{
	const char *data = csv->text.data;
	size_t start = out->len;

	csv->next++;
	for (;;) {
		size_t run = csv->next;
		while (run < csv->text.len && data[run] != '"' && !is_break(data[run]))
			run++;
		buf_put(out, data + csv->next, run - csv->next);
		csv->next = run;
		if (run >= csv->text.len)
			return DEFECT_UNCLOSED;
		if (out->len - start > CSV_MAX_CELL_BYTES)
			return DEFECT_LONG;
		if (is_break(data[run])) {
			skip_break(csv);
			buf_putc(out, '\n');
		} else if (run + 1 < csv->text.len && data[run + 1] == '"') {
			buf_putc(out, '"');
			csv->next += 2;
		} else {
			csv->next++;
			break;
		}
	}
	skip_blanks(csv);
	return at_cell_end(csv) ? DEFECT_NONE : DEFECT_AFTER_QUOTE;
}

static enum defect read_plain(struct csv *csv, struct buf *out)
{
	size_t start = csv->next;

	while (!at_cell_end(csv))
		csv->next++;
	buf_put(out, csv->text.data + start, csv->next - start);
	return csv->next - start > CSV_MAX_CELL_BYTES ? DEFECT_LONG : DEFECT_NONE;
}

static void trim_from(struct buf *text, size_t start)
{
	const char *kept = buf_str(text) + start;
	size_t len = text->len - start;

	text_trim(&kept, &len);
	if (len > 0)
		memmove(text->data + start, kept, len);
	buf_truncate(text, start + len);
}

static void read_cell(struct csv *csv, struct row *row)
{
	size_t column = row->n_cells++;
	size_t start = row->text.len;

	if (column < CSV_MAX_COLUMNS) {
		row->starts[column] = start;
		row->lines[column] = csv->line;
	}
	skip_blanks(csv);
	if (!at_cell_end(csv) && csv->text.data[csv->next] == '"')
		row->defect = read_quoted(csv, &row->text);
	else
		row->defect = read_plain(csv, &row->text);
	trim_from(&row->text, start);
	if (row->text.len > start)
		row->n_used = row->n_cells;
	if (column < CSV_MAX_COLUMNS)
		buf_putc(&row->text, '\0');
	else
		buf_truncate(&row->text, start);
}

/* Reads one row, empty or not, up to its line break or its first defect. */
static void read_row(struct csv *csv, struct row *row)
{
	buf_reset(&row->text);
	row->n_cells = 0;
	row->n_used = 0;
	row->offset = csv->next;
	row->line = csv->line;
	csv->number++;
	for (;;) {
		read_cell(csv, row);
		if (row->defect != DEFECT_NONE || csv->next >= csv->text.len)
			return;
		if (csv->text.data[csv->next] != csv->delimiter)
			break;
		csv->next++;
	}
	skip_break(csv);
}

/* Finds the place from which reading goes on after a broken row. */
static void recover(struct csv *csv, const struct row *row)
{
	size_t again = csv->next - row->offset;

	if (csv->reread + again <= MAX_REREAD_BYTES) {
		csv->next = row->offset;
		csv->line = row->line;
		csv->reread += again;
	}
	skip_line(csv);
}

/* Letters of a column as spreadsheets write them: A to Z, AA ... */
static void column_letters(size_t column, char letters[8])
{
	char reversed[8];
	size_t n = 0;

	for (size_t rest = column + 1; rest > 0 && n < sizeof(reversed) - 1; rest = (rest - 1) / 26)
		reversed[n++] = (char)('A' + (rest - 1) % 26);
	for (size_t i = 0; i < n; i++)
		letters[i] = reversed[n - 1 - i];
	letters[n] = '\0';
}

static void place(const struct csv *csv, int line, size_t column, struct fault *f)
{
	const char *name = csv_column_name(csv, column);
	char letters[8];

	column_letters(column, letters);
	if (name != NULL && name[0] != '\0')
		fault_at(f, "%s:%d: column %s (cell %s%d)", csv->name, line, name, letters, csv->number);
	else
		fault_at(f, "%s:%d: cell %s%d", csv->name, line, letters, csv->number);
}

/* Sets f for a row's defect. */
static int defect_fault(const struct csv *csv, const struct row *row, struct fault *f)
{
	size_t column = row->n_cells - 1;

	switch (row->defect) {
	case DEFECT_NONE:
		return 0;
	case DEFECT_UNCLOSED:
		fault_set(f, ERR_INVALID, "a quoted cell that is not closed");
		fault_hint(f, "close it with \"; inside it a quote is written twice");
		break;
	case DEFECT_AFTER_QUOTE:
		fault_set(f, ERR_INVALID, "text after the closing quote of a cell");
		fault_hint(f, "inside a quoted cell a quote is written twice");
		break;
	case DEFECT_LONG:
		fault_set(f, ERR_INVALID, "a cell of more than %d bytes", CSV_MAX_CELL_BYTES);
		fault_hint(f, "look for a quote that is not closed");
		break;
	case DEFECT_CELLS:
		column = row->n_used - 1;
		fault_set(f, ERR_INVALID, "%zu cells, but the header has %zu columns", row->n_used, csv->n_columns);
		fault_hint(f, "quote a cell that contains the delimiter");
		break;
	}
	place(csv, column < CSV_MAX_COLUMNS ? row->lines[column] : row->line, column, f);
	return ERR_INVALID;
}

/* The most frequent of ; , and tab outside quotes in the first line that is not blank; ; if there is none. */
static char find_delimiter(const char *text, size_t len)
{
	static const char delimiters[] = {';', ',', '\t'};
	size_t counts[3] = {0};
	bool quoted = false;
	bool blank = true;
	size_t best = 0;

	for (size_t i = 0; i < len && (quoted || blank || !is_break(text[i])); i++) {
		if (text[i] == '"')
			quoted = !quoted;
		for (size_t d = 0; d < 3; d++)
			counts[d] += !quoted && text[i] == delimiters[d];
		blank = blank && (is_break(text[i]) || text[i] == ' ');
	}
	for (size_t d = 1; d < 3; d++) {
		if (counts[d] > counts[best])
			best = d;
	}
	return delimiters[best];
}

/* Takes in the text; refuses what is none. */
static int load(struct csv *csv, const char *text, size_t len, struct fault *f)
{
	bool zip = len >= 4 && memcmp(text, "PK\x03\x04", 4) == 0;
	bool ole = len >= 4 && memcmp(text, "\xd0\xcf\x11\xe0", 4) == 0;

	if (!zip && !ole)
		charset_to_utf8(CHARSET_UNKNOWN, text, len, &csv->text);
	if (zip || ole || (csv->text.len > 0 && memchr(csv->text.data, '\0', csv->text.len) != NULL)) {
		fault_set(f, ERR_INVALID, "not a text file");
		fault_at(f, "%s", csv->name);
		fault_hint(f, "%s", zip || ole ? "export the workbook as CSV" : "expected delimited text with a header row");
		return ERR_INVALID;
	}
	buf_puts(&csv->text, ""); /* data is never NULL */
	csv->delimiter = find_delimiter(buf_str(&csv->text), csv->text.len);
	return 0;
}

static int name_columns(struct csv *csv, struct fault *f)
{
	csv->n_columns = csv->header.n_used;
	for (size_t i = 0; i < csv->n_columns; i++) {
		const char *name = csv_column_name(csv, i);
		size_t other;
		if (name[0] == '\0')
			continue;
		if (map_get_str(&csv->columns, name, &other)) {
			fault_set(f, ERR_INVALID, "column %s stands twice in the header", name);
			place(csv, csv->header.lines[i], i, f);
			return ERR_INVALID;
		}
		map_put_str(&csv->columns, name, i);
	}
	return 0;
}

static int read_header(struct csv *csv, struct fault *f)
{
	do {
		if (csv->next >= csv->text.len) {
			fault_set(f, ERR_INVALID, "no header row: the file is empty");
			fault_at(f, "%s:%d", csv->name, csv->line);
			return ERR_INVALID;
		}
		read_row(csv, &csv->header);
		if (csv->header.defect != DEFECT_NONE)
			return defect_fault(csv, &csv->header, f);
	} while (csv->header.n_used == 0);
	if (csv->header.n_used > CSV_MAX_COLUMNS) {
		fault_set(f, ERR_LIMIT, "%zu columns, at most %d are read", csv->header.n_used, CSV_MAX_COLUMNS);
		fault_at(f, "%s:%d", csv->name, csv->header.line);
		return ERR_LIMIT;
	}
	return name_columns(csv, f);
}

int csv_open(const char *text, size_t len, const char *name, struct csv **csv, struct fault *f)
{
	struct csv *c = xcalloc(1, sizeof(*c));
	int rc;

	c->name = xstrdup(name);
	c->line = 1;
	rc = load(c, text, len, f);
	if (rc == 0)
		rc = read_header(c, f);
	if (rc < 0)
		csv_close(c);
	else
		*csv = c;
	return rc;
}

void csv_close(struct csv *csv)
{
	if (csv == NULL)
		return;
	buf_release(&csv->text);
	buf_release(&csv->header.text);
	buf_release(&csv->row.text);
	map_release(&csv->columns);
	free(csv->name);
	free(csv);
}

size_t csv_columns(const struct csv *csv)
{
	return csv->n_columns;
}

const char *csv_column_name(const struct csv *csv, size_t column)
{
	return column < csv->n_columns ? csv->header.text.data + csv->header.starts[column] : NULL;
}

int csv_column(const struct csv *csv, const char *name)
{
	size_t column;

	return map_get_str(&csv->columns, name, &column) ? (int)column : -1;
}

int csv_next(struct csv *csv, struct fault *f)
{
	struct row *row = &csv->row;

	do {
		if (csv->next >= csv->text.len) {
			row->n_cells = 0;
			return ERR_CLOSED;
		}
		read_row(csv, row);
		if (row->defect != DEFECT_NONE) {
			recover(csv, row);
			return defect_fault(csv, row, f);
		}
	} while (row->n_used == 0);
	if (row->n_used > csv->n_columns) {
		row->defect = DEFECT_CELLS;
		return defect_fault(csv, row, f);
	}
	return 0;
}

const char *csv_cell(const struct csv *csv, int column)
{
	if (column < 0 || (size_t)column >= csv->row.n_cells || (size_t)column >= csv->n_columns)
		return "";
	return csv->row.text.data + csv->row.starts[column];
}

int csv_line(const struct csv *csv)
{
	return csv->row.line;
}

struct csv_place csv_row_place(const struct csv *csv)
{
	return (struct csv_place){csv->row.offset, csv->next, csv->row.line, csv->number};
}

void csv_continue(struct csv *csv, const char *rows, size_t len, const struct csv_place *first)
{
	buf_reset(&csv->text);
	buf_put(&csv->text, rows, len);
	buf_puts(&csv->text, "");
	csv->next = 0;
	csv->reread = 0;
	csv->line = first->line;
	csv->number = first->number - 1;
	csv->row.n_cells = 0;
}

void csv_fault_at(const struct csv *csv, int column, struct fault *f)
{
	bool known = column >= 0 && (size_t)column < csv->n_columns;
	bool present = known && (size_t)column < csv->row.n_cells;

	if (known)
		place(csv, present ? csv->row.lines[column] : csv->row.line, (size_t)column, f);
	else
		fault_at(f, "%s:%d", csv->name, csv->row.line);
}
