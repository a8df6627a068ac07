/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_http_body: chunked bodies, as a whole and byte by byte: both ways must
 * end alike and give the same bytes. Layer: net. */
#include "http_body.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#define MAX_BODY 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct http_body whole, slow;
	struct buf out = BUF_INIT;
	struct buf out_slow = BUF_INIT;
	size_t used, used_slow = 0;
	int rc, rc_slow = ERR_AGAIN;

	http_body_init(&whole, -1, MAX_BODY);
	http_body_init(&slow, -1, MAX_BODY);
	rc = http_body_feed(&whole, bytes, size, &used, &out);
	for (size_t i = 0; i < size && rc_slow == ERR_AGAIN; i++) {
		size_t one;

		rc_slow = http_body_feed(&slow, bytes + i, 1, &one, &out_slow);
		used_slow += one;
	}
	assert(rc == rc_slow && used == used_slow);
	assert(out.len == out_slow.len && out.len <= MAX_BODY && (int64_t)out.len == whole.received);
	assert(out.len == 0 || memcmp(out.data, out_slow.data, out.len) == 0);
	buf_release(&out);
	buf_release(&out_slow);
	return 0;
}
