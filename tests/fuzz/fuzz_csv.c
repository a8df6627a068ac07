/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a table: rows come with rising lines, each cell is text within
 * its limit, and a row read again by its place gives the same cells.
 * Layer: base */
#include <planvax/base/charset.h>
#include <planvax/base/csv.h>

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The current row of both is the same. */
static void compare(const struct csv *a, const struct csv *b)
{
	assert(csv_line(a) == csv_line(b));
	for (size_t i = 0; i < csv_columns(a); i++)
		assert(strcmp(csv_cell(a, (int)i), csv_cell(b, (int)i)) == 0);
}

/* The text in pieces of 1 to 16 bytes. */
struct pieces {
	const char *text;
	size_t len, piece;
};

static int read_piece(void *arg, char *out, size_t size, size_t *n)
{
	struct pieces *p = arg;

	p->piece = p->piece % 16 + 1;
	*n = p->len < p->piece ? p->len : p->piece;
	assert(*n <= size);
	memcpy(out, p->text, *n);
	p->text += *n;
	p->len -= *n;
	return 0;
}

/* The text as csv sees it. */
static void convert(const uint8_t *data, size_t size, struct buf *text)
{
	struct charset_stream s;

	charset_start(&s, CHARSET_UNKNOWN);
	charset_feed(&s, (const char *)data, size, text);
	charset_finish(&s, text);
}

static void read_again(struct csv *again, const struct buf *text, const struct csv *csv)
{
	struct csv_place place = csv_row_place(csv);
	int rc;

	assert(place.end <= text->len && place.offset < place.end);
	csv_continue(again, text->data + place.offset, place.end - place.offset, &place);
	rc = csv_next(again, NULL);
	assert(rc == 0);
	compare(csv, again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pieces p = {(const char *)data, size, size > 0 ? data[size / 2] : 0};
	const struct csv_source source = {read_piece, &p};
	struct buf text = BUF_INIT;
	struct csv *csv = NULL, *again = NULL, *pieces = NULL;
	struct fault f = FAULT_NONE, g = FAULT_NONE;
	int line = 0;
	int rc = csv_open((const char *)data, size, "f", &csv, &f);
	int other = csv_open_source(&source, "f", &pieces, &g);

	assert(rc == other && strcmp(f.what, g.what) == 0);
	if (rc < 0) {
		assert(f.code != ERR_NONE && f.where[0] != '\0' && f.what[0] != '\0');
		return 0;
	}
	convert(data, size, &text);
	rc = csv_open((const char *)data, size, "f", &again, NULL);
	assert(rc == 0 && csv_columns(csv) >= 1 && csv_columns(csv) <= CSV_MAX_COLUMNS);
	while ((rc = csv_next(csv, &f)) != ERR_CLOSED) {
		other = csv_next(pieces, &g);
		assert(other == rc && csv_line(pieces) == csv_line(csv) && strcmp(f.what, g.what) == 0 && strcmp(f.where, g.where) == 0);
		assert(csv_line(csv) > line);
		line = csv_line(csv);
		csv_fault_at(csv, 0, &f);
		assert((f.code == ERR_NONE) == (rc == 0) && f.where[0] != '\0');
		fault_clear(&f);
		fault_clear(&g);
		if (rc < 0)
			continue;
		compare(csv, pieces);
		for (size_t i = 0; i < csv_columns(csv); i++)
			assert(strlen(csv_cell(csv, (int)i)) <= CSV_MAX_CELL_BYTES);
		read_again(again, &text, csv);
	}
	other = csv_next(pieces, NULL);
	assert(other == ERR_CLOSED && csv_broken(csv) == csv_broken(pieces));
	csv_close(csv);
	csv_close(again);
	csv_close(pieces);
	buf_release(&text);
	return 0;
}
