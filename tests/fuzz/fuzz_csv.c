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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = BUF_INIT;
	struct csv *csv = NULL;
	struct csv *again = NULL;
	struct fault f = FAULT_NONE;
	int line = 0;
	int rc;

	if (csv_open((const char *)data, size, "f", &csv, &f) < 0) {
		assert(f.code != ERR_NONE && f.where[0] != '\0' && f.what[0] != '\0');
		return 0;
	}
	charset_to_utf8(CHARSET_UNKNOWN, (const char *)data, size, &text);
	rc = csv_open((const char *)data, size, "f", &again, &f);
	assert(rc == 0 && csv_columns(csv) >= 1 && csv_columns(csv) <= CSV_MAX_COLUMNS);
	while ((rc = csv_next(csv, &f)) != ERR_CLOSED) {
		assert(csv_line(csv) > line);
		line = csv_line(csv);
		csv_fault_at(csv, 0, &f);
		assert((f.code == ERR_NONE) == (rc == 0) && f.where[0] != '\0');
		fault_clear(&f);
		if (rc < 0)
			continue;
		for (size_t i = 0; i < csv_columns(csv); i++)
			assert(strlen(csv_cell(csv, (int)i)) <= CSV_MAX_CELL_BYTES);
		struct csv_place place = csv_row_place(csv);
		assert(place.end <= text.len && place.offset < place.end);
		csv_continue(again, text.data + place.offset, place.end - place.offset, &place);
		rc = csv_next(again, NULL);
		assert(rc == 0);
		compare(csv, again);
	}
	csv_close(csv);
	csv_close(again);
	buf_release(&text);
	return 0;
}
