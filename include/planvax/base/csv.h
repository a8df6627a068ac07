/* SPDX-License-Identifier: Apache-2.0 */
/* csv: reads delimited text row by row: header by name, line numbers, cells
 * ("D14"), quoted fields, CRLF, LF or lone CR; delimiter ; , or tab detected from
 * the header; UTF-8 with or without BOM, UTF-16 with BOM, else Windows-1252.
 * Works on the whole text in memory (callers bound its size). One thread. */
#ifndef PLANVAX_BASE_CSV_H
#define PLANVAX_BASE_CSV_H

#include <planvax/base/fault.h>
#include <stdbool.h>
#include <stddef.h>

struct csv;

#define CSV_MAX_COLUMNS 200
#define CSV_MAX_CELL_BYTES 65536

/* Opens a text of len bytes; `name` is what faults call it. Reads the header. *csv is owned by
 * the caller; text may be freed after. 0; ERR_INVALID: no header, or not text; ERR_LIMIT: too many columns. */
int csv_open(const char *text, size_t len, const char *name, struct csv **csv, struct fault *f);

/* Frees it; NULL allowed. */
void csv_close(struct csv *csv);

/* Columns of the header, in file order, trimmed; names are UTF-8, valid until close. */
size_t csv_columns(const struct csv *csv);
const char *csv_column_name(const struct csv *csv, size_t column);

/* Column with that exact name, or -1. */
int csv_column(const struct csv *csv, const char *name);

/* Reads the next row that is not empty. 0; ERR_CLOSED: no more rows; ERR_INVALID: a broken row
 * (unclosed quote, more cells than columns) with f set; reading may go on after. */
int csv_next(struct csv *csv, struct fault *f);

/* Cell of the current row, trimmed, UTF-8, NUL-terminated; "" where the row is shorter or column is -1.
 * Valid until the next csv_next. */
const char *csv_cell(const struct csv *csv, int column);

/* Line in the file where the current row starts, from 1. */
int csv_line(const struct csv *csv);

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
