/* SPDX-License-Identifier: Apache-2.0 */
/* csv: see csv.h. Blocks of the source are converted to UTF-8 into a window that begins
 * with the current row; cells are cut from it into one reused buffer. A row that meets the
 * window's end is read again once the window has grown. */
#include <planvax/base/csv.h>

#include <planvax/base/alloc.h>
#include <planvax/base/buf.h>
#include <planvax/base/charset.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* After a broken row that spans lines, reading goes on at its second line, since a stray quote
 * swallows good rows. A file of nothing else would be read again and again: a budget, this and
 * REREAD_SHARE bytes for each byte read, ends that. */
#define MAX_REREAD_BYTES (4U << 20)
#define REREAD_SHARE 8
#define BLOCK_BYTES (64U << 10)
#define CTRL_Z "\x1a" /* DOS programs end a text with it */

enum defect { DEFECT_NONE, DEFECT_UNCLOSED, DEFECT_AFTER_QUOTE, DEFECT_LONG, DEFECT_LONG_ROW, DEFECT_NUL, DEFECT_CELLS };

/* Cells of one row: texts one after the other, each with its NUL. */
struct row {
	struct buf text;
	size_t starts[CSV_MAX_COLUMNS]; /* of the first n_cells, into text */
	int lines[CSV_MAX_COLUMNS];     /* where they start in the file */
	size_t n_cells;                 /* may exceed CSV_MAX_COLUMNS: the rest is counted, not kept */
	size_t n_used;                  /* up to the last cell that is not empty */
	size_t offset;                  /* of the row in the file's text */
	int line;                       /* where it starts */
	int last_line;                  /* of a broken row: the last one that is lost with it */
	enum defect defect;             /* of its last cell */
};

/* A text in memory as a source. */
struct memory {
	const char *text;
	size_t len;
};

struct csv {
	struct csv_source source;
	struct memory memory;  /* of csv_open */
	char *block;           /* as the source gave it */
	size_t block_len;
	struct charset_stream charset;
	struct buf text;       /* the window: UTF-8 from offset base on */
	size_t base;
	bool ended;            /* the window reaches the end of the text */
	int rc;                /* ERR_IO: the source failed there */
	size_t next;           /* first byte of the window not read */
	size_t first_broken;   /* offset of the first byte that does not fit the charset; SIZE_MAX: none yet */
	size_t row_start, row_end; /* offsets of the last row read, the header to begin with */
	size_t reread;         /* bytes given back after broken rows */
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

static int read_memory(void *arg, char *out, size_t size, size_t *n)
{
	struct memory *m = arg;

	*n = m->len < size ? m->len : size;
	if (*n > 0)
		memcpy(out, m->text, *n);
	m->text += *n;
	m->len -= *n;
	return 0;
}

/* Drops what lies before keep in the window and appends what comes next, if anything comes. */
static void fill(struct csv *csv, size_t keep)
{
	buf_consume(&csv->text, keep);
	csv->base += keep;
	csv->next -= keep;
	csv->block_len = 0;
	csv->rc = csv->source.read(csv->source.arg, csv->block, BLOCK_BYTES, &csv->block_len);
	csv->ended = csv->rc < 0 || csv->block_len == 0;
	csv->charset.marked = false;
	if (csv->ended)
		charset_finish(&csv->charset, &csv->text);
	else
		charset_feed(&csv->charset, csv->block, csv->block_len, &csv->text);
	if (csv->charset.marked && csv->first_broken == SIZE_MAX)
		csv->first_broken = csv->base + csv->charset.mark;
}

static void skip_line(struct csv *csv)
{
	for (;;) {
		const char *data = csv->text.data;
		while (csv->next < csv->text.len && !is_break(data[csv->next]))
			csv->next++;
		if (csv->ended || csv->next + 1 < csv->text.len)
			break;
		fill(csv, csv->next); /* two bytes may be one break */
	}
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
	const char *data = csv->text.data;
	size_t start = csv->next, len = csv->text.len, at = start;
	char delimiter = csv->delimiter;

	while (at < len && data[at] != delimiter && !is_break(data[at]))
		at++;
	csv->next = at;
	buf_put(out, data + start, at - start);
	return at - start > CSV_MAX_CELL_BYTES ? DEFECT_LONG : DEFECT_NONE;
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

/* Programs write ="01004" so that a spreadsheet keeps the zero: 01004 is meant. */
static void unguard_from(struct buf *text, size_t start)
{
	size_t len = text->len - start;

	if (len < 3 || memcmp(text->data + start, "=\"", 2) != 0 || text->data[text->len - 1] != '"')
		return;
	memmove(text->data + start, text->data + start + 2, len - 3);
	buf_truncate(text, start + len - 3);
	trim_from(text, start);
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
	unguard_from(&row->text, start);
	if (row->text.len > start) {
		row->n_used = row->n_cells;
		if (row->defect == DEFECT_NONE && memchr(row->text.data + start, '\0', row->text.len - start) != NULL)
			row->defect = DEFECT_NUL;
	}
	if (column < CSV_MAX_COLUMNS)
		buf_putc(&row->text, '\0');
	else
		buf_truncate(&row->text, start);
}

/* Cuts one row, empty or not, up to its line break, its first defect or the window's end. */
static void cut_row(struct csv *csv, struct row *row)
{
	buf_reset(&row->text);
	row->n_cells = 0;
	row->n_used = 0;
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

/* Reads one row, empty or not, up to its line break or its first defect. */
static void read_row(struct csv *csv, struct row *row)
{
	row->offset = csv->base + csv->next;
	row->line = csv->line;
	csv->number++;
	for (;;) {
		cut_row(csv, row);
		if (csv->ended || csv->next < csv->text.len)
			break;
		if (csv->base + csv->text.len - row->offset > CSV_MAX_ROW_BYTES) {
			row->defect = DEFECT_LONG_ROW;
			break;
		}
		csv->next = row->offset - csv->base; /* what stands at the end may go on */
		csv->line = row->line;
		fill(csv, csv->next);
	}
	csv->row_start = row->offset;
	csv->row_end = csv->base + csv->next;
}

/* Finds the place from which reading goes on after a broken row. */
static void recover(struct csv *csv, struct row *row)
{
	size_t at = csv->base + csv->next;
	size_t again = at - row->offset;

	if (csv->reread + again <= MAX_REREAD_BYTES + REREAD_SHARE * at) {
		csv->next = row->offset - csv->base;
		csv->line = row->line;
		csv->reread += again;
	}
	skip_line(csv);
	row->last_line = csv->line > row->line ? csv->line - 1 : row->line;
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

	if (row->last_line > row->line && row->defect != DEFECT_NONE && row->defect != DEFECT_CELLS) {
		fault_set(f, ERR_INVALID, "a quoted cell that is not closed: lines %d to %d are lost with it", row->line, row->last_line);
		fault_hint(f, "look for a quote that is not closed; inside a quoted cell it is written twice");
	}
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
	case DEFECT_LONG_ROW:
		fault_set(f, ERR_INVALID, "a row of more than %d bytes", CSV_MAX_ROW_BYTES);
		fault_at(f, "%s:%d", csv->name, row->line);
		fault_hint(f, "look for a quote that is not closed, and for missing line breaks");
		break;
	case DEFECT_NUL:
		fault_set(f, ERR_INVALID, "a NUL byte");
		fault_hint(f, "the file is damaged or was cut: export it again");
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

#define KNOWN_BYTES 16 /* enough to know by */

/* What a file is that begins like that, and is no text; NULL: unknown. */
static const char *known_binary(const struct buf *text, const char **hint)
{
	static const struct {
		const char *start;
		size_t len;
		const char *what, *hint;
	} table[] = {
		{"PK\x03\x04", 4, "a workbook or a ZIP archive, not a text file", "export the sheet as CSV, or unpack the archive"},
		{"\xd0\xcf\x11\xe0", 4, "a workbook (.xls), not a text file", "export the sheet as CSV"},
		{"\x1f\x8b", 2, "a gzip archive, not a text file", "unpack it (gunzip)"},
		{"%PDF", 4, "a PDF, not a text file", "export the table as CSV"},
		{"{\\rtf", 5, "a text processor's document, not a text file", "export the table as CSV"},
		{"<!DOCTYPE", 9, "a web page, not a table", "export the table as CSV; many programs call such a page .xls or .csv"},
		{"<html", 5, "a web page, not a table", "export the table as CSV; many programs call such a page .xls or .csv"},
		{"<table", 6, "a web page, not a table", "export the table as CSV; many programs call such a page .xls or .csv"},
		{"<?xml", 5, "an XML document, not a table", "export the table as CSV"},
		{"BEGIN:VCALENDAR", 15, "a calendar, not a table", "name it *.ics and put it into the folder of its service"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (text->len >= table[i].len && strncasecmp(text->data, table[i].start, table[i].len) == 0) {
			*hint = table[i].hint;
			return table[i].what;
		}
	}
	return NULL;
}

static int refuse_binary(const struct csv *csv, const char *what, const char *hint, struct fault *f)
{
	fault_set(f, ERR_INVALID, "%s", what);
	fault_at(f, "%s", csv->name);
	fault_hint(f, "%s", hint);
	return ERR_INVALID;
}

/* Excel's own first line "sep=;" names the delimiter. */
static bool take_sep_line(struct csv *csv)
{
	const char *at = csv->text.data;

	if (csv->text.len < 5 || strncasecmp(at, "sep=", 4) != 0 || strchr(";,\t", at[4]) == NULL)
		return false;
	if (csv->text.len > 5 && !is_break(at[5]))
		return false;
	csv->delimiter = at[4];
	csv->number++;
	skip_line(csv);
	return true;
}

/* Takes the first blocks in; refuses what is no text. */
static int load(struct csv *csv, struct fault *f)
{
	const char *hint = NULL;
	struct buf raw = BUF_INIT;

	while (!csv->ended && csv->text.len < BLOCK_BYTES) {
		fill(csv, 0);
		if (raw.len < KNOWN_BYTES)
			buf_put(&raw, csv->block, csv->block_len < KNOWN_BYTES ? csv->block_len : KNOWN_BYTES);
	}
	if (csv->rc < 0) {
		buf_release(&raw);
		fault_set(f, (enum err)csv->rc, "cannot be read");
		fault_at(f, "%s", csv->name);
		return csv->rc;
	}
	const char *what = known_binary(&raw, &hint);
	if (what == NULL)
		what = known_binary(&csv->text, &hint);
	buf_release(&raw);
	if (what != NULL)
		return refuse_binary(csv, what, hint, f);
	if (!take_sep_line(csv))
		csv->delimiter = find_delimiter(csv->text.data, csv->text.len);
	return 0;
}

static void name_columns(struct csv *csv)
{
	csv->n_columns = csv->header.n_used;
	for (size_t i = csv->n_columns; i-- > 0;) { /* of two columns of one name the first is found */
		const char *name = csv_column_name(csv, i);
		if (name[0] != '\0')
			map_put_str(&csv->columns, name, i);
	}
}

static int read_header(struct csv *csv, struct fault *f)
{
	do {
		if (csv->ended && csv->next >= csv->text.len) {
			fault_set(f, ERR_INVALID, "no header row: the file is empty");
			fault_at(f, "%s:%d", csv->name, csv->line);
			return ERR_INVALID;
		}
		read_row(csv, &csv->header);
		if (csv->header.defect == DEFECT_NUL)
			return refuse_binary(csv, "not a text file", "expected delimited text with a header row", f);
		if (csv->header.defect != DEFECT_NONE)
			return defect_fault(csv, &csv->header, f);
	} while (csv->header.n_used == 0);
	if (csv->header.n_used > CSV_MAX_COLUMNS) {
		fault_set(f, ERR_LIMIT, "%zu columns, at most %d are read", csv->header.n_used, CSV_MAX_COLUMNS);
		fault_at(f, "%s:%d", csv->name, csv->header.line);
		return ERR_LIMIT;
	}
	name_columns(csv);
	return 0;
}

static struct csv *csv_new(const char *name)
{
	struct csv *c = xcalloc(1, sizeof(*c));

	c->name = xstrdup(name);
	c->line = 1;
	c->first_broken = SIZE_MAX;
	c->block = xmalloc(BLOCK_BYTES);
	charset_start(&c->charset, CHARSET_UNKNOWN);
	buf_puts(&c->text, ""); /* data is never NULL */
	return c;
}

static int open_table(struct csv *c, struct csv **csv, struct fault *f)
{
	int rc = load(c, f);

	if (rc == 0)
		rc = read_header(c, f);
	if (rc < 0)
		csv_close(c);
	else
		*csv = c;
	return rc;
}

int csv_open_source(const struct csv_source *source, const char *name, struct csv **csv, struct fault *f)
{
	struct csv *c = csv_new(name);

	c->source = *source;
	return open_table(c, csv, f);
}

int csv_open(const char *text, size_t len, const char *name, struct csv **csv, struct fault *f)
{
	struct csv *c = csv_new(name);

	c->memory = (struct memory){text, len};
	c->source = (struct csv_source){read_memory, &c->memory};
	return open_table(c, csv, f);
}

void csv_close(struct csv *csv)
{
	if (csv == NULL)
		return;
	buf_release(&csv->text);
	buf_release(&csv->header.text);
	buf_release(&csv->row.text);
	map_release(&csv->columns);
	free(csv->block);
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

static bool is_blank(const struct row *row)
{
	return row->n_used == 0 || (row->n_used == 1 && strcmp(row->text.data, CTRL_Z) == 0);
}

/* No more rows: the end of the text, or where its source failed. */
static int end_rows(struct csv *csv, struct fault *f)
{
	csv->row.n_cells = 0;
	if (csv->rc == 0)
		return ERR_CLOSED;
	fault_set(f, (enum err)csv->rc, "cannot be read on from here");
	fault_at(f, "%s:%d", csv->name, csv->line);
	return csv->rc;
}

int csv_next(struct csv *csv, struct fault *f)
{
	struct row *row = &csv->row;

	do {
		if (csv->next >= csv->text.len && !csv->ended)
			fill(csv, csv->next);
		if (csv->next >= csv->text.len && csv->ended)
			return end_rows(csv, f);
		row->last_line = 0;
		read_row(csv, row);
		if (row->defect != DEFECT_NONE) {
			recover(csv, row);
			return defect_fault(csv, row, f);
		}
	} while (is_blank(row));
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
	return (struct csv_place){csv->row.offset, csv->base + csv->next, csv->row.line, csv->number};
}

size_t csv_broken(const struct csv *csv)
{
	return csv->charset.broken;
}

bool csv_row_broken(const struct csv *csv)
{
	return csv->first_broken >= csv->row_start && csv->first_broken < csv->row_end;
}

void csv_continue(struct csv *csv, const char *rows, size_t len, const struct csv_place *first)
{
	buf_reset(&csv->text);
	buf_put(&csv->text, rows, len);
	buf_puts(&csv->text, "");
	csv->base = first->offset;
	csv->ended = true;
	csv->rc = 0;
	csv->first_broken = SIZE_MAX;
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
