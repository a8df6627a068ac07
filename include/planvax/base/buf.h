/* SPDX-License-Identifier: Apache-2.0 */
/* buf: growable text and bytes. data is always NUL-terminated once anything
 * was put; len does not count that NUL. One thread at a time. */
#ifndef PLANVAX_BASE_BUF_H
#define PLANVAX_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *data; /* NULL while nothing was ever put; owned */
	size_t len; /* bytes in use */
	size_t cap; /* bytes allocated, the NUL included */
};

/* An empty buffer. */
#define BUF_INIT {.data = NULL}

/* Makes b an empty buffer. */
void buf_init(struct buf *b);

/* Frees its memory; b is empty and usable again. */
void buf_release(struct buf *b);

/* Empties b, keeps its memory. */
void buf_reset(struct buf *b);

/* Cuts b to len bytes (len <= b->len). */
void buf_truncate(struct buf *b, size_t len);

/* Room for more bytes after len, so that the next puts do not allocate. Returns the first free byte. */
char *buf_reserve(struct buf *b, size_t more);

/* Appends len bytes. bytes may be NULL where len is 0; must not point into b. */
void buf_put(struct buf *b, const void *bytes, size_t len);

/* Appends one byte. */
void buf_putc(struct buf *b, char c);

/* Appends a NUL-terminated text. */
void buf_puts(struct buf *b, const char *text);

/* Appends a decimal integer. */
void buf_put_int(struct buf *b, int64_t value);

/* Appends formatted text. */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* As buf_printf, with an argument list. */
void buf_vprintf(struct buf *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* The text, NUL-terminated, "" when empty; valid until the next change. */
const char *buf_str(const struct buf *b);

/* Hands the NUL-terminated memory to the caller, who frees it; b is empty after. Never NULL. */
char *buf_detach(struct buf *b);

/* Removes the first len bytes (len <= b->len). */
void buf_consume(struct buf *b, size_t len);

/* Appends text with what XML and HTML read as marks escaped. */
void buf_put_markup(struct buf *b, const char *text);

#endif
