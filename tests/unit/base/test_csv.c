/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/csv. */
#include <criterion/criterion.h>
#include <planvax/base/buf.h>
#include <planvax/base/clock.h>
#include <planvax/base/csv.h>
#include <stdio.h>
#include <string.h>

static struct csv *open_bytes(const char *text, size_t len)
{
	struct csv *csv = NULL;
	struct fault f = FAULT_NONE;

	cr_assert_eq(csv_open(text, len, "t.csv", &csv, &f), 0, "%s: %s", f.where, f.what);
	return csv;
}

static struct csv *open_text(const char *text)
{
	return open_bytes(text, strlen(text));
}

/* Expects a good row on that line whose cells joined by "|" are want. */
static void expect_row(struct csv *csv, int line, const char *want)
{
	struct fault f = FAULT_NONE;
	struct buf got = BUF_INIT;

	cr_assert_eq(csv_next(csv, &f), 0, "%s: %s", f.where, f.what);
	for (size_t i = 0; i < csv_columns(csv); i++)
		buf_printf(&got, "%s%s", i > 0 ? "|" : "", csv_cell(csv, (int)i));
	cr_assert_str_eq(buf_str(&got), want);
	cr_assert_eq(csv_line(csv), line, "line %d not %d of %s", csv_line(csv), line, want);
	buf_release(&got);
}

static void expect_end(struct csv *csv)
{
	struct fault f = FAULT_NONE;

	cr_assert_eq(csv_next(csv, &f), ERR_CLOSED);
	cr_assert_eq(csv_next(csv, &f), ERR_CLOSED);
	cr_assert_eq(f.code, ERR_NONE);
	cr_assert_str_eq(csv_cell(csv, 0), "");
	csv_close(csv);
}

static void expect_broken(struct csv *csv, const char *where, const char *what)
{
	struct fault f = FAULT_NONE;

	cr_assert_eq(csv_next(csv, &f), ERR_INVALID, "%s", where);
	cr_assert_eq(f.code, ERR_INVALID);
	cr_assert_str_eq(f.where, where);
	cr_assert_str_eq(f.what, what);
	cr_assert(f.hint[0] != '\0');
}

Test(csv, every_delimiter_and_line_break_reads_the_same)
{
	static const char *const texts[] = {
		"a;b;c\n1;2;3\n4;5;6\n", "a,b,c\n1,2,3\n4,5,6", "a\tb\tc\r\n1\t2\t3\r\n4\t5\t6\r\n", "a;b;c\r1;2;3\r4;5;6\r",
		"\"a\";\"b\";\"c\"\n\"1\";\"2\";\"3\"\n\"4\";\"5\";\"6\"", " a , b\t,c \n 1 , 2,\t3\n4 , \"5\" ,6",
		"\xef\xbb\xbf" "a;b;c\n1;2;3\n4;5;6",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct csv *csv = open_text(texts[i]);
		cr_assert_eq(csv_columns(csv), 3, "%s", texts[i]);
		cr_assert_str_eq(csv_column_name(csv, 2), "c");
		expect_row(csv, 2, "1|2|3");
		expect_row(csv, 3, "4|5|6");
		expect_end(csv);
	}
}

Test(csv, every_encoding_reads_the_same)
{
	static const struct {
		const char *text;
		size_t len;
	} rows[] = {
		{"pr\xc3\xa9nom;b\n\xc3\xa9t\xc3\xa9;2\n", 18},
		{"pr\xe9nom;b\n\xe9t\xe9;2\n", 15},
		{"\xff\xfep\0r\0\xe9\0n\0o\0m\0;\0b\0\n\0\xe9\0t\0\xe9\0;\0" "2\0", 30},
		{"\xfe\xff\0p\0r\0\xe9\0n\0o\0m\0;\0b\0\n\0\xe9\0t\0\xe9\0;\0" "2", 30},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct csv *csv = open_bytes(rows[i].text, rows[i].len);
		cr_assert_eq(csv_column(csv, "prénom"), 0, "row %zu", i);
		expect_row(csv, 2, "été|2");
		expect_end(csv);
	}
}

Test(csv, columns_are_found_by_their_exact_name)
{
	struct csv *csv = open_text("siret;;name;\n1;2;3;\n");

	cr_assert_eq(csv_columns(csv), 3);
	cr_assert_eq(csv_column(csv, "siret"), 0);
	cr_assert_eq(csv_column(csv, "name"), 2);
	cr_assert_eq(csv_column(csv, ""), -1);
	cr_assert_eq(csv_column(csv, "Name"), -1);
	cr_assert_str_eq(csv_column_name(csv, 1), "");
	cr_assert_null(csv_column_name(csv, 3));
	expect_row(csv, 2, "1|2|3");
	cr_assert_str_eq(csv_cell(csv, -1), "");
	cr_assert_str_eq(csv_cell(csv, 3), "");
	cr_assert_str_eq(csv_cell(csv, 900), "");
	expect_end(csv);
}

Test(csv, the_delimiter_is_the_most_frequent_outside_quotes)
{
	static const struct {
		const char *text;
		size_t columns;
	} rows[] = {
		{"\"a,b,c,d\";e;f", 3}, {"a,b;c,d", 3}, {"a;b,c", 2}, {"one", 1}, {"a\tb\tc,d", 3}, {"\n\na,b\n;;;;", 2},
		{"\"a\nb;c;d\",e", 2},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct csv *csv = open_text(rows[i].text);
		cr_assert_eq(csv_columns(csv), rows[i].columns, "%s: %zu", rows[i].text, csv_columns(csv));
		csv_close(csv);
	}
}

Test(csv, quoted_cells_hold_delimiters_quotes_and_lines)
{
	struct csv *csv = open_text("a;b\n\"x;y\";\"say \"\"hi\"\"\"\n\"l1\r\nl2\rl3\nl4\";  \" q \"  \n\"\";z\nin\"side;\"\"\"\"\n");

	expect_row(csv, 2, "x;y|say \"hi\"");
	expect_row(csv, 3, "l1\nl2\nl3\nl4|q");
	expect_row(csv, 7, "|z");
	expect_row(csv, 8, "in\"side|\"");
	expect_end(csv);
}

Test(csv, empty_rows_are_skipped_but_counted)
{
	struct csv *csv = open_text("a;b\n\n;\n \t \n1;\n\"\";\" \"\n;2");

	expect_row(csv, 5, "1|");
	expect_row(csv, 7, "|2");
	expect_end(csv);
}

Test(csv, short_rows_have_empty_cells_and_empty_extra_cells_are_ignored)
{
	struct csv *csv = open_text("a;b;c\n1\n1;2;3;;; \n");

	expect_row(csv, 2, "1||");
	expect_row(csv, 3, "1|2|3");
	expect_end(csv);
}

Test(csv, more_cells_than_columns_are_a_fault_and_reading_goes_on)
{
	struct csv *csv = open_text("a,b\n1,2,3\n4,5\n");

	expect_broken(csv, "t.csv:2: cell C2", "3 cells, but the header has 2 columns");
	expect_row(csv, 3, "4|5");
	expect_end(csv);
}

Test(csv, a_quote_that_is_not_closed_costs_one_line)
{
	struct csv *csv = open_text("a;b\n1;2\n3;\"4\n5;6\n7;8\n");

	expect_row(csv, 2, "1|2");
	expect_broken(csv, "t.csv:3: column b (cell B3)", "a quoted cell that is not closed");
	expect_row(csv, 4, "5|6");
	expect_row(csv, 5, "7|8");
	expect_end(csv);
}

Test(csv, text_after_a_closing_quote_costs_one_line)
{
	struct csv *csv = open_text("a;b\n\"x\"y;1\n\"stray;2\n3;4\n5;\"6\"\n7;8\n");

	expect_broken(csv, "t.csv:2: column a (cell A2)", "text after the closing quote of a cell");
	expect_broken(csv, "t.csv:3: column a (cell A3)", "text after the closing quote of a cell");
	expect_row(csv, 4, "3|4");
	expect_row(csv, 5, "5|6");
	expect_row(csv, 6, "7|8");
	expect_end(csv);
}

Test(csv, places_name_file_line_column_and_spreadsheet_cell)
{
	struct csv *csv = open_text("id;birth_date\n1;\"two\nlines\"\n\n\"a\nb\";31/02/1980\n");
	struct fault f = FAULT_NONE;

	expect_row(csv, 2, "1|two\nlines");
	expect_row(csv, 5, "a\nb|31/02/1980");
	fault_set(&f, ERR_INVALID, "no such day");
	csv_fault_at(csv, 1, &f);
	/* The cell stands on line 6; a spreadsheet shows its row as the fourth. */
	cr_assert_str_eq(f.where, "t.csv:6: column birth_date (cell B4)");
	fault_clear(&f);
	csv_fault_at(csv, -1, &f);
	cr_assert_str_eq(f.where, "t.csv:5");
	fault_clear(&f);
	csv_fault_at(csv, 2, &f);
	cr_assert_str_eq(f.where, "t.csv:5");
	csv_fault_at(csv, 0, NULL);
	expect_end(csv);
}

Test(csv, places_of_absent_cells_are_those_of_the_row)
{
	struct csv *csv = open_text("a;b;c\n\n1;2\n");
	struct fault f = FAULT_NONE;

	expect_row(csv, 3, "1|2|");
	csv_fault_at(csv, 2, &f);
	cr_assert_str_eq(f.where, "t.csv:3: column c (cell C3)");
	expect_end(csv);
}

Test(csv, columns_beyond_z_have_two_letters)
{
	struct buf text = BUF_INIT;
	struct fault f = FAULT_NONE;

	for (int i = 0; i < 53; i++)
		buf_printf(&text, "c%d;", i);
	buf_puts(&text, "\n1\n");
	struct csv *csv = open_text(buf_str(&text));
	cr_assert_eq(csv_next(csv, &f), 0);
	csv_fault_at(csv, 25, &f);
	cr_assert_str_eq(f.where, "t.csv:2: column c25 (cell Z2)");
	fault_clear(&f);
	csv_fault_at(csv, 26, &f);
	cr_assert_str_eq(f.where, "t.csv:2: column c26 (cell AA2)");
	fault_clear(&f);
	csv_fault_at(csv, 52, &f);
	cr_assert_str_eq(f.where, "t.csv:2: column c52 (cell BA2)");
	csv_close(csv);
	buf_release(&text);
}

Test(csv, what_is_no_table_is_refused)
{
	static const struct {
		const char *text;
		size_t len;
		const char *where, *what;
	} rows[] = {
		{"", 0, "t.csv:1", "no header row: the file is empty"},
		{"\n \r\n;;\n", 7, "t.csv:4", "no header row: the file is empty"},
		{"\xef\xbb\xbf", 3, "t.csv:1", "no header row: the file is empty"},
		{"a;b\0;c\n", 7, "t.csv", "not a text file"},
		{"PK\x03\x04stuff", 9, "t.csv", "a workbook or a ZIP archive, not a text file"},
		{"\xd0\xcf\x11\xe0\xa1", 5, "t.csv", "a workbook (.xls), not a text file"},
		{"\x1f\x8b\x08", 3, "t.csv", "a gzip archive, not a text file"},
		{"\xef\xbb\xbf<!doctype html>", 18, "t.csv", "a web page, not a table"},
		{"BEGIN:VCALENDAR\r\n", 17, "t.csv", "a calendar, not a table"},
		{"a;\"b\n1;2\n", 9, "t.csv:1: cell B1", "a quoted cell that is not closed"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct csv *csv = (struct csv *)0x1;
		struct fault f = FAULT_NONE;
		cr_assert_eq(csv_open(rows[i].text, rows[i].len, "t.csv", &csv, &f), ERR_INVALID, "row %zu", i);
		cr_assert_str_eq(f.where, rows[i].where);
		cr_assert_str_eq(f.what, rows[i].what);
		cr_assert_eq(csv, (struct csv *)0x1);
		cr_assert_eq(csv_open(rows[i].text, rows[i].len, "t.csv", &csv, NULL), ERR_INVALID);
	}
}

static void many_columns(struct buf *text, int n)
{
	buf_reset(text);
	for (int i = 0; i < n; i++)
		buf_printf(text, "%sc%d", i > 0 ? ";" : "", i);
	buf_putc(text, '\n');
}

Test(csv, columns_are_limited_but_empty_ones_do_not_count)
{
	struct buf text = BUF_INIT;
	struct csv *csv;
	struct fault f = FAULT_NONE;

	many_columns(&text, CSV_MAX_COLUMNS);
	for (int i = 0; i < 500; i++)
		buf_puts(&text, ";");
	csv = open_text(buf_str(&text));
	cr_assert_eq(csv_columns(csv), CSV_MAX_COLUMNS);
	expect_end(csv);
	many_columns(&text, CSV_MAX_COLUMNS + 1);
	cr_assert_eq(csv_open(text.data, text.len, "t.csv", &csv, &f), ERR_LIMIT);
	cr_assert_str_eq(f.where, "t.csv:1");
	buf_release(&text);
}

Test(csv, a_row_of_many_cells_beyond_the_limit_is_one_fault)
{
	struct buf text = BUF_INIT;

	buf_puts(&text, "a;b\n");
	for (int i = 0; i < 5000; i++)
		buf_puts(&text, "x;");
	buf_puts(&text, "\n1;2\n");
	struct csv *csv = open_text(buf_str(&text));
	expect_broken(csv, "t.csv:2: cell GJH2", "5000 cells, but the header has 2 columns");
	expect_row(csv, 3, "1|2");
	expect_end(csv);
	buf_release(&text);
}

Test(csv, long_cells_are_limited)
{
	struct buf text = BUF_INIT;

	for (int quoted = 0; quoted < 2; quoted++) {
		for (int over = 0; over < 2; over++) {
			buf_reset(&text);
			buf_puts(&text, quoted ? "a;b\n\"" : "a;b\n");
			for (int i = 0; i < CSV_MAX_CELL_BYTES + over; i++)
				buf_putc(&text, 'x');
			buf_puts(&text, quoted ? "\";1\n3;4\n" : ";1\n3;4\n");
			struct csv *csv = open_text(buf_str(&text));
			if (over)
				expect_broken(csv, "t.csv:2: column a (cell A2)", "a cell of more than 65536 bytes");
			else
				cr_assert_eq(csv_next(csv, NULL), 0);
			expect_row(csv, 3, "3|4");
			expect_end(csv);
		}
	}
	buf_release(&text);
}

Test(csv, hostile_quotes_are_read_in_linear_time)
{
	struct buf text = BUF_INIT;
	struct fault f = FAULT_NONE;
	int faults = 0;

	/* Every line opens a quote, whether the reader stands in one before it or not, so every row runs to the end. */
	buf_puts(&text, "a;b\n1;2\n");
	for (int i = 0; i < 200000; i++)
		buf_puts(&text, "x;\"\"\";a\";\"\n");
	int64_t before = clock_cpu_us();
	struct csv *csv = open_text(buf_str(&text));
	expect_row(csv, 2, "1|2");
	while (csv_next(csv, &f) == ERR_INVALID)
		faults++;
	cr_assert_geq(faults, 2);
	cr_assert_str_eq(f.where, "t.csv:3"); /* the first fault stays */
	cr_assert_str_eq(f.what, "a row of more than 1048576 bytes");
	cr_assert_lt(clock_cpu_us() - before, 5000000); /* without the budget: hours */
	csv_close(csv);
	buf_release(&text);
}

Test(csv, a_row_can_be_read_again_from_its_place)
{
	static const char text[] = "a;b\n1;2\n\n\"x\ny\";3\n5;6;7\n8;9";
	struct csv *csv = open_text(text);
	struct csv_place place;
	struct fault f = FAULT_NONE;

	expect_row(csv, 2, "1|2");
	expect_row(csv, 4, "x\ny|3");
	place = csv_row_place(csv);
	cr_assert_eq(place.offset, 9);
	cr_assert_eq(place.end, 17);
	cr_assert_eq(place.line, 4);
	cr_assert_eq(place.number, 4);
	csv_next(csv, NULL);
	expect_row(csv, 7, "8|9");
	/* Lines, spreadsheet rows and columns are those of the whole file. */
	csv_continue(csv, text + place.offset, strlen(text) - place.offset, &place);
	cr_assert_str_eq(csv_cell(csv, 0), "");
	expect_row(csv, 4, "x\ny|3");
	csv_fault_at(csv, 1, &f);
	cr_assert_str_eq(f.where, "t.csv:5: column b (cell B4)");
	expect_broken(csv, "t.csv:6: cell C5", "3 cells, but the header has 2 columns");
	expect_row(csv, 7, "8|9");
	csv_continue(csv, text + place.offset, place.end - place.offset, &place);
	expect_row(csv, 4, "x\ny|3");
	expect_end(csv);
}

/* A source that gives its text in pieces of a few bytes, and may fail at its end. */
struct pieces {
	const char *text;
	size_t len, piece;
	int rc;
};

static int read_piece(void *arg, char *out, size_t size, size_t *n)
{
	struct pieces *p = arg;
	size_t len = p->len < p->piece ? p->len : p->piece;

	if (p->len == 0 && p->rc < 0)
		return p->rc;
	*n = len < size ? len : size;
	memcpy(out, p->text, *n);
	p->text += *n;
	p->len -= *n;
	return 0;
}

/* All rows and faults of a text as one text. */
static void read_all(const char *text, size_t len, size_t piece, struct buf *out)
{
	struct pieces p = {text, len, piece, 0};
	const struct csv_source source = {read_piece, &p};
	struct csv *csv = NULL;
	int rc;

	buf_reset(out);
	cr_assert_eq(csv_open_source(&source, "t.csv", &csv, NULL), 0);
	for (;;) {
		struct fault f = FAULT_NONE;
		rc = csv_next(csv, &f);
		if (rc == ERR_CLOSED)
			break;
		buf_printf(out, "%d %zu-%zu ", csv_line(csv), csv_row_place(csv).offset, csv_row_place(csv).end);
		for (size_t i = 0; rc == 0 && i < csv_columns(csv); i++)
			buf_printf(out, "[%s]", csv_cell(csv, (int)i));
		fault_format(&f, out);
		buf_puts(out, csv_row_broken(csv) ? " broken\n" : "\n");
	}
	buf_printf(out, "%zu broken\n", csv_broken(csv));
	csv_close(csv);
}

Test(csv, any_size_of_block_gives_the_same_rows)
{
	struct buf text = BUF_INIT, whole = BUF_INIT, part = BUF_INIT;

	buf_puts(&text, "\xef\xbb\xbf" "a;b\r\n\"x\r\ny\";\xc3\xa9\r\n\r1;\"open\n2;3;4\rs\xe9;\"\"\r\n");
	for (int i = 0; i < 30000; i++)
		buf_printf(&text, "%d;\"row \"\"%d\"\"\"\r\n", i, i);
	buf_puts(&text, "last;\"not closed");
	read_all(text.data, text.len, 1 << 20, &whole);
	for (size_t piece = 1; piece < 70000; piece = piece * 5 + 2) {
		read_all(text.data, text.len, piece, &part);
		cr_assert(part.len == whole.len && memcmp(part.data, whole.data, part.len) == 0, "pieces of %zu bytes", piece);
	}
	cr_assert_not_null(strstr(buf_str(&whole), "a quoted cell that is not closed"));
	cr_assert_not_null(strstr(buf_str(&whole), "[s\xc3\xa9][] broken\n"), "%.400s", buf_str(&whole));
	cr_assert_not_null(strstr(buf_str(&whole), "\n1 broken\n"));
	buf_release(&text);
	buf_release(&whole);
	buf_release(&part);
}

Test(csv, a_source_that_fails_is_told_where)
{
	struct pieces p = {"a;b\n1;2\n", 8, 3, ERR_IO};
	const struct csv_source source = {read_piece, &p};
	struct csv *csv = NULL;
	struct fault f = FAULT_NONE;

	cr_assert_eq(csv_open_source(&source, "t.csv", &csv, &f), ERR_IO);
	cr_assert_str_eq(f.where, "t.csv");
	cr_assert_null(csv);
}

Test(csv, a_source_that_fails_after_the_first_block_gives_its_rows_first)
{
	struct buf text = BUF_INIT;
	struct csv *csv = NULL;
	struct fault f = FAULT_NONE;
	int rows = 0, rc;

	buf_puts(&text, "a;b\n");
	for (int i = 0; i < 20000; i++)
		buf_puts(&text, "1;2\n5;6\n");
	struct pieces p = {text.data, text.len, 4096, ERR_IO};
	const struct csv_source source = {read_piece, &p};
	cr_assert_eq(csv_open_source(&source, "t.csv", &csv, NULL), 0);
	while ((rc = csv_next(csv, &f)) == 0)
		rows++;
	cr_assert_eq(rc, ERR_IO);
	cr_assert_eq(rows, 40000);
	cr_assert_str_eq(f.where, "t.csv:40002");
	csv_close(csv);
	buf_release(&text);
}

Test(csv, a_nul_costs_its_row_and_a_line_without_end_one_fault)
{
	struct buf text = BUF_INIT;

	buf_put(&text, "a;b\n1;\0\n3;4\n", 12);
	for (int i = 0; i < 3000000; i++)
		buf_putc(&text, '\0');
	struct csv *csv = open_bytes(text.data, text.len);
	expect_broken(csv, "t.csv:2: column b (cell B2)", "a NUL byte");
	expect_row(csv, 3, "3|4");
	expect_broken(csv, "t.csv:4", "a row of more than 1048576 bytes");
	expect_end(csv);
	buf_release(&text);
}

Test(csv, lines_that_a_stray_quote_costs_are_told_when_they_cannot_be_read_again)
{
	struct buf text = BUF_INIT;
	struct fault f = FAULT_NONE;
	int64_t told = 0;
	int rc, rows = 0;

	/* A quote opens in each line and none is closed before the limit of a cell. */
	buf_puts(&text, "a;b\n");
	for (int i = 0; i < 100000; i++)
		buf_puts(&text, "x;y\n1;\"12345678901234567890\n");
	struct csv *csv = open_bytes(text.data, text.len);
	while ((rc = csv_next(csv, &f)) != ERR_CLOSED) {
		int from, to;
		rows += rc == 0;
		if (rc < 0 && sscanf(f.what, "a quoted cell that is not closed: lines %d to %d", &from, &to) == 2)
			told += to - from + 1;
		else
			told += rc < 0;
		fault_clear(&f);
	}
	cr_assert_eq(rows + told, 200000, "%d rows, %d lines told", rows, (int)told);
	csv_close(csv);
	buf_release(&text);
}

Test(csv, a_line_of_a_spreadsheet_may_name_the_delimiter)
{
	struct csv *csv = open_text("sep=,\r\na;b,c\r\n1,2\r\n\x1a");

	cr_assert_eq(csv_columns(csv), 2);
	expect_row(csv, 3, "1|2");
	expect_end(csv);
}

Test(csv, cells_that_are_guarded_from_spreadsheets_are_their_text)
{
	struct csv *csv = open_text("a;b;c;d\n=\"01004\";\"=\"\"2A\"\"\";=\"\";=\"x\n=\" \";=1;=\"\"\";\"=\"\n");

	expect_row(csv, 2, "01004|2A||=\"x");
	expect_row(csv, 3, "|=1|\"|=");
	expect_end(csv);
}

Test(csv, of_two_columns_of_one_name_the_first_is_found)
{
	struct csv *csv = open_text("a;b;a\n1;2;3\n");

	cr_assert_eq(csv_column(csv, "a"), 0);
	expect_row(csv, 2, "1|2|3");
	expect_end(csv);
}

Test(csv, close_takes_null)
{
	csv_close(NULL);
}
