/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes in any charset, cut anywhere: UTF-8 comes out, the same for the
 * whole as for two blocks. The first two bytes say charset and cut.
 * Layer: base */
#include <planvax/base/charset.h>

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t convert(enum charset from, const char *text, size_t len, size_t cut, struct buf *out)
{
	struct charset_stream s;

	charset_start(&s, from);
	charset_feed(&s, text, cut, out);
	charset_feed(&s, text + cut, len - cut, out);
	charset_finish(&s, out);
	return s.broken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = BUF_INIT;
	struct buf parts = BUF_INIT;
	struct buf again = BUF_INIT;

	if (size < 2)
		return 0;
	enum charset from = (enum charset)(data[0] % (CHARSET_ISO_8859_15 + 1));
	const char *text = (const char *)data + 2;
	size_t len = size - 2;
	size_t broken = convert(from, text, len, 0, &whole);
	size_t in_parts = convert(from, text, len, data[1] < len ? data[1] : len, &parts);
	assert(broken == in_parts && whole.len == parts.len);
	assert(whole.len == 0 || memcmp(whole.data, parts.data, whole.len) == 0);
	broken = charset_to_utf8(CHARSET_UTF8, whole.len > 0 ? whole.data : "", whole.len, &again);
	assert(broken == 0);
	buf_release(&whole);
	buf_release(&parts);
	buf_release(&again);
	return 0;
}
