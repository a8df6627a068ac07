/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_head: request heads, as a whole and byte by byte: both ways must end
 * alike, and what is taken must hold what the parser promises. Layer: net. */
#include <planvax/net/head.h>

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct http_request *r)
{
	assert(r->path[0] == '/' || strcmp(r->path, "*") == 0);
	assert(r->minor == 0 || r->minor == 1);
	assert(r->content_length >= (r->chunked ? -1 : 0));
	assert(!r->chunked || r->content_length == -1);
	assert(r->n_headers <= HEAD_MAX_HEADERS && r->n_query <= HEAD_MAX_QUERY && r->n_segments <= HEAD_MAX_SEGMENTS);
	for (size_t i = 0; i < r->n_segments; i++) {
		assert(strcmp(r->segments[i], ".") != 0 && strcmp(r->segments[i], "..") != 0);
		for (const char *p = r->segments[i]; *p != '\0'; p++)
			assert((unsigned char)*p >= 0x20);
	}
	for (size_t i = 0; i < r->n_headers; i++) {
		assert(r->headers[i].name[0] != '\0');
		assert(strpbrk(r->headers[i].value, "\r\n") == NULL);
		for (size_t j = 0; j < i; j++)
			assert(strcmp(r->headers[i].name, r->headers[j].name) != 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct arena arena = ARENA_INIT;
	struct http_request request = {.arena = &arena};
	struct head_refusal why = {0};
	struct head_refusal why_slow = {0};
	size_t seen = 0;
	size_t seen_slow = 0;
	int64_t slow = 0;
	int64_t len = head_find(bytes, size, &seen, &why);

	for (size_t n = 1; n <= size && slow == 0; n++)
		slow = head_find(bytes, n, &seen_slow, &why_slow);
	assert(len == slow);
	if (len > 0 && head_parse(bytes, (size_t)len, &request, &why) == 0)
		check(&request);
	else if (len != 0)
		assert(why.status >= 400 && why.status <= 505 && why.what != NULL);
	arena_release(&arena);
	return 0;
}
