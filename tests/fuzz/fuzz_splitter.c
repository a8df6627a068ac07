/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as lines: valid UTF-8 without NUL comes out, the same for the whole
 * as for blocks of the size that the first byte says; places lie in the text.
 * Layer: ical */
#include "splitter.h"

#include <planvax/base/text.h>
#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(void *arg, const struct splitter_line *line)
{
	int64_t number;
	int32_t column;

	assert(line->len > 0 && memchr(line->text, '\0', line->len) == NULL);
	assert(text_is_utf8(line->text, line->len));
	splitter_place(line, line->len, &number, &column);
	assert(number >= line->folds[0].line && column >= 1);
	buf_printf(arg, "%lld:%d:", (long long)number, (int)line->terminated);
	buf_put(arg, line->text, line->len);
	buf_putc(arg, '\n');
}

static void split(const char *text, size_t len, size_t block, struct buf *out)
{
	struct splitter s;

	splitter_init(&s, take, out);
	for (size_t at = 0; at < len; at += block)
		splitter_feed(&s, text + at, block < len - at ? block : len - at);
	splitter_finish(&s);
	splitter_release(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = BUF_INIT;
	struct buf parts = BUF_INIT;

	if (size < 2)
		return 0;
	const char *text = (const char *)data + 1;
	split(text, size - 1, size, &whole);
	split(text, size - 1, (size_t)data[0] % 32 + 1, &parts);
	assert(whole.len == parts.len);
	assert(whole.len == 0 || memcmp(whole.data, parts.data, whole.len) == 0);
	buf_release(&whole);
	buf_release(&parts);
	return 0;
}
