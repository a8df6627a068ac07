/* SPDX-License-Identifier: Apache-2.0 */
/* buf: growable text and bytes. */
#include <planvax/base/buf.h>

#include <planvax/base/alloc.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 64

void buf_init(struct buf *b)
{
	*b = (struct buf)BUF_INIT;
}

void buf_release(struct buf *b)
{
	free(b->data);
	buf_init(b);
}

void buf_reset(struct buf *b)
{
	buf_truncate(b, 0);
}

void buf_truncate(struct buf *b, size_t len)
{
	assert(len <= b->len);
	b->len = len;
	if (b->data != NULL)
		b->data[len] = '\0';
}

char *buf_reserve(struct buf *b, size_t more)
{
	assert(more < SIZE_MAX / 4 && b->len < SIZE_MAX / 4);

	size_t need = b->len + more + 1;

	if (need > b->cap) {
		size_t cap = b->cap < FIRST_CAP ? FIRST_CAP : b->cap * 2;

		b->cap = cap < need ? need : cap;
		b->data = xreallocarray(b->data, b->cap, 1);
		b->data[b->len] = '\0';
	}
	return b->data + b->len;
}

void buf_put(struct buf *b, const void *bytes, size_t len)
{
	char *at = buf_reserve(b, len);

	if (len > 0)
		memcpy(at, bytes, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_putc(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void buf_puts(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text));
}

void buf_put_int(struct buf *b, int64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (value < 0)
		buf_putc(b, '-');
	buf_put(b, digits + at, sizeof(digits) - at);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(b, format, args);
	va_end(args);
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
	va_list again;

	buf_reserve(b, 0);
	va_copy(again, args);

	size_t room = b->cap - b->len;
	int len = vsnprintf(b->data + b->len, room, format, args);

	assert(len >= 0);
	if ((size_t)len >= room) {
		int rest;

		buf_reserve(b, (size_t)len);
		rest = vsnprintf(b->data + b->len, b->cap - b->len, format, again);
		assert(rest == len);
	}
	va_end(again);
	b->len += (size_t)len;
}

const char *buf_str(const struct buf *b)
{
	return b->data != NULL ? b->data : "";
}

char *buf_detach(struct buf *b)
{
	buf_reserve(b, 0);

	char *data = b->data;

	buf_init(b);
	return data;
}

void buf_consume(struct buf *b, size_t len)
{
	assert(len <= b->len);
	if (len == 0)
		return;
	memmove(b->data, b->data + len, b->len - len);
	buf_truncate(b, b->len - len);
}

void buf_put_markup(struct buf *b, const char *text)
{
	for (; *text; text++) {
		if (*text == '&')
			buf_puts(b, "&amp;");
		else if (*text == '<')
			buf_puts(b, "&lt;");
		else if (*text == '>')
			buf_puts(b, "&gt;");
		else if (*text == '"')
			buf_puts(b, "&quot;");
		else
			buf_putc(b, *text);
	}
}
