/* SPDX-License-Identifier: Apache-2.0 */
/* csv: reads delimited text row by row: header by name, line numbers, cells
 * ("D14"), quoted fields, CRLF, LF or lone CR; delimiter ; , or tab detected from
 * the header (or named by a first line "sep=;"); UTF-8 with or without BOM, UTF-16, else Windows-1252,
 * detected as the text flows (charset_stream). Holds one row and a block, however long the text. One thread. */
#ifndef PLANVAX_BASE_CSV_H
#define PLANVAX_BASE_CSV_H

#include <planvax/base/fault.h>
#include <stdbool.h>
#include <stddef.h>

struct csv;

#define CSV_MAX_COLUMNS 200
#define CSV_MAX_CELL_BYTES 65536
#define CSV_MAX_ROW_BYTES (1 << 20)

/* Where a text comes from, block by block. */
struct csv_source {
	/* Reads up to size bytes to out; *n of them, 0 at the end. 0; ERR_IO. */
	int (*read)(void *arg, char *out, size_t size, size_t *n);
	void *arg;
};

/* Opens a text; `name` is what faults call it. Reads the header. *csv is owned by the caller; what source.arg points to
 * is used until csv_close. 0; ERR_INVALID: no header, or not text; ERR_LIMIT: too many columns, a row too long; ERR_IO. */
int csv_open_source(const struct csv_source *source, const char *name, struct csv **csv, struct fault *f);

/* As csv_open_source for len bytes in memory, borrowed until csv_close. */
int csv_open(const char *text, size_t len, const char *name, struct csv **csv, struct fault *f);

/* Frees it; NULL allowed. */
void csv_close(struct csv *csv);

/* Columns of the header, in file order, trimmed; names are UTF-8, valid until close. */
size_t csv_columns(const struct csv *csv);
const char *csv_column_name(const struct csv *csv, size_t column);

/* Column with that exact name, the first of several; or -1. */
int csv_column(const struct csv *csv, const char *name);

/* Reads the next row that is not empty. 0; ERR_CLOSED: no more rows; ERR_INVALID: a broken row
 * (unclosed quote, more cells than columns, a NUL, more than CSV_MAX_ROW_BYTES) with f set; reading may go on after;
 * ERR_IO: the source failed, what follows cannot be read (f). */
int csv_next(struct csv *csv, struct fault *f);

/* Cell of the current row, trimmed, ="X" as X, UTF-8, NUL-terminated; "" where the row is shorter or column is -1.
 * Valid until the next csv_next. */
const char *csv_cell(const struct csv *csv, int column);

/* Line in the file where the current row starts, from 1. */
int csv_line(const struct csv *csv);

/* Bytes so far that do not fit the text's charset: each was read as Windows-1252, or became U+FFFD. */
size_t csv_broken(const struct csv *csv);

/* Whether the first of them stands in the row that csv_next just read (before the first one: in the header). */
bool csv_row_broken(const struct csv *csv);

/* Where the current row stands, for who comes back to it (csv_continue). */
struct csv_place {
	size_t offset; /* of its first byte in the file's text as UTF-8 without BOM */
	size_t end;    /* one past its line break */
	int line;      /* from 1 */
	int number;    /* row number as a spreadsheet counts, from 1 */
};

/* Place of the current row. */
struct csv_place csv_row_place(const struct csv *csv);

/* Reads on in other rows of the same file: len bytes of UTF-8 (copied), whole rows, the first of which stood at that place. */
void csv_continue(struct csv *csv, const char *rows, size_t len, const struct csv_place *first);

/* Sets f's place to "name:line: column NAME (cell D14)" for a column of the current row; its text was set by fault_set. */
void csv_fault_at(const struct csv *csv, int column, struct fault *f);

#endif
