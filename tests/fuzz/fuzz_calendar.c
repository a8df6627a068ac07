/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a calendar: every VEVENT begun is given or rejected, the counts
 * add up, and blocks of any size (the first byte and one; 255: 4096) give the same rows.
 * Layer: ingest */
#include <planvax/ingest/calendar_read.h>

#include <planvax/base/text.h>
#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct hearing {
	struct buf text;
	int64_t rows, rejected;
};

static void take(void *arg, const struct calendar_row *row)
{
	struct hearing *h = arg;

	if (row->status == CALENDAR_REJECTED) {
		h->rejected++;
		assert(row->problem != NULL && row->problem->what[0] != '\0' && row->problem->line >= 1);
		assert(text_is_utf8(row->problem->what, strlen(row->problem->what)));
	} else {
		h->rows++;
		assert(row->id != NULL && row->uid != NULL);
		assert(!row->has_time || row->end.utc_s >= row->start.utc_s);
	}
	assert((row->status == CALENDAR_VISIT) <= (row->person != NULL && row->type != NULL));
	buf_printf(&h->text, "%d %lld %s %lld %lld\n", (int)row->status, (long long)row->line, row->id != NULL ? row->id : "",
		(long long)row->start.utc_s, (long long)row->end.utc_s);
}

static struct calendar_counts read_blocks(const char *text, size_t len, size_t block, struct hearing *h)
{
	static const char *const codes[] = {"VIP", "REPRISE"};
	struct mapping *m = mapping_new();
	struct calendar_options o = {.mapping = m, .from = date_of(2022, 1, 1), .to = date_of(2022, 3, 31), .row = take, .arg = h};
	struct calendar_counts c = {0};

	mapping_set_types(m, codes, 2);
	struct calendar_reader *r = calendar_reader_new(&o);
	for (size_t at = 0; at < len; at += block)
		calendar_reader_feed(r, text + at, block < len - at ? block : len - at);
	calendar_reader_finish(r, &c);
	mapping_free(m);
	return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hearing whole = {.rows = 0};
	struct hearing parts = {.rows = 0};

	if (size < 2)
		return 0;
	const char *text = (const char *)data + 1;
	struct calendar_counts c = read_blocks(text, size - 1, size, &whole);
	read_blocks(text, size - 1, data[0] < 255 ? (size_t)data[0] + 1 : 4096, &parts);
	assert(c.occurrences == whole.rows && c.rejected == whole.rejected && c.bytes == (int64_t)size - 1);
	assert(c.occurrences == c.visit + c.busy + c.free + c.cancelled && c.rejected <= c.components);
	assert(whole.text.len == parts.text.len);
	assert(whole.text.len == 0 || memcmp(whole.text.data, parts.text.data, whole.text.len) == 0);
	buf_release(&whole.text);
	buf_release(&parts.text);
	return 0;
}
