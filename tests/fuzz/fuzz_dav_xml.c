/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_dav_xml: answers of CalDAV servers, as a whole and byte by byte: both ways must end alike and give the same
 * responses; hrefs that come are resolved as addresses. Layer: net. */
#include <planvax/base/buf.h>
#include <planvax/net/dav_xml.h>
#include <planvax/net/url.h>

#include <assert.h>
#include <stdint.h>
#include <string.h>

#define BASE "https://dav.example/cal/"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hear(void *arg, const struct dav_response *r)
{
	struct buf *out = arg, url = BUF_INIT, key = BUF_INIT;

	assert(r->href != NULL);
	buf_printf(out, "%s %d %s %s %zu|", r->href, r->status, r->etag ? r->etag : "-", r->sync_token ? r->sync_token : "-", r->data_len);
	if (url_resolve(BASE, r->href, &url) == 0) {
		assert(strncmp(buf_str(&url), "http", 4) == 0);
		assert(url_path_key(buf_str(&url), &key) == 0 && key.data[0] == '/');
		assert(url_same_origin(buf_str(&url), buf_str(&url)));
	}
	buf_release(&url);
	buf_release(&key);
}

/* 0 or an error; the responses in out, the token at their end. */
static int read_blocks(const char *bytes, size_t size, size_t block, struct buf *out)
{
	struct dav_xml *x = dav_xml_new(hear, out);
	struct dav_answer answer;
	int rc = 0;

	for (size_t at = 0; rc == 0 && at < size; at += block)
		rc = dav_xml_feed(x, bytes + at, size - at < block ? size - at : block, NULL);
	if (rc == 0)
		rc = dav_xml_end(x, &answer, NULL);
	if (rc == 0)
		buf_puts(out, answer.sync_token ? answer.sync_token : "-");
	dav_xml_free(x);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = BUF_INIT, slow = BUF_INIT;
	int rc = read_blocks((const char *)data, size, size + 1, &whole), rc_slow = read_blocks((const char *)data, size, 1, &slow);

	assert((rc == 0) == (rc_slow == 0));
	assert(rc < 0 || (whole.len == slow.len && memcmp(buf_str(&whole), buf_str(&slow), whole.len) == 0));
	buf_release(&whole);
	buf_release(&slow);
	return 0;
}
