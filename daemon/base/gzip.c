/* SPDX-License-Identifier: Apache-2.0 */
/* gzip: see gzip.h. zlib counts in unsigned int, so long texts go in steps. */
#include <planvax/base/gzip.h>

#include <planvax/base/err.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#define WINDOW_GZIP (15 + 16) /* largest window, gzip header */
#define STEP_BYTES (1U << 16)
#define MAX_INPUT_STEP (1U << 30)

/* Gives zlib the next part of what is left. */
static void feed(z_stream *z, const unsigned char **next, size_t *left)
{
	size_t step = *left < MAX_INPUT_STEP ? *left : MAX_INPUT_STEP;

	z->next_in = *next;
	z->avail_in = (unsigned int)step;
	*next += step;
	*left -= step;
}

void gzip_compress(const void *bytes, size_t len, struct buf *out)
{
	const unsigned char *next = len > 0 ? bytes : (const void *)"";
	z_stream z = {0};
	int rc = Z_OK;

	if (deflateInit2(&z, 6, Z_DEFLATED, WINDOW_GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	while (rc != Z_STREAM_END) {
		if (z.avail_in == 0 && len > 0)
			feed(&z, &next, &len);
		z.next_out = (unsigned char *)buf_reserve(out, STEP_BYTES);
		z.avail_out = STEP_BYTES;
		rc = deflate(&z, len > 0 ? Z_NO_FLUSH : Z_FINISH);
		if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
			abort();
		out->len += STEP_BYTES - z.avail_out;
	}
	deflateEnd(&z);
	buf_puts(out, ""); /* the NUL behind what zlib wrote */
}

/* One member from z's input on. 0; ERR_CORRUPT; ERR_TRUNCATED; ERR_LIMIT. */
static int expand_member(z_stream *z, const unsigned char **next, size_t *left, size_t max_len, struct buf *out)
{
	for (;;) {
		if (z->avail_in == 0 && *left > 0)
			feed(z, next, left);
		z->next_out = (unsigned char *)buf_reserve(out, STEP_BYTES);
		z->avail_out = STEP_BYTES;
		int rc = inflate(z, Z_NO_FLUSH);
		out->len += STEP_BYTES - z->avail_out;
		if (rc == Z_MEM_ERROR)
			abort();
		if (out->len > max_len)
			return ERR_LIMIT;
		if (rc == Z_STREAM_END)
			return 0;
		if (rc != Z_OK && rc != Z_BUF_ERROR)
			return ERR_CORRUPT;
		if (z->avail_in == 0 && *left == 0 && z->avail_out > 0)
			return ERR_TRUNCATED;
	}
}

int gzip_expand(const void *bytes, size_t len, size_t max_bytes, struct buf *out)
{
	const unsigned char *next = bytes;
	size_t start = out->len;
	size_t max_len = max_bytes > SIZE_MAX - start ? SIZE_MAX : start + max_bytes;
	z_stream z = {0};
	int rc = ERR_TRUNCATED;

	if (inflateInit2(&z, WINDOW_GZIP) != Z_OK)
		abort();
	while (len > 0 || z.avail_in > 0) {
		rc = expand_member(&z, &next, &len, max_len, out);
		if (rc < 0)
			break;
		inflateReset(&z);
	}
	inflateEnd(&z);
	buf_truncate(out, rc < 0 ? start : out->len);
	return rc;
}

bool gzip_is(const void *bytes, size_t len)
{
	return len >= 2 && memcmp(bytes, "\x1f\x8b", 2) == 0;
}
