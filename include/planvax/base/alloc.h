/* SPDX-License-Identifier: Apache-2.0 */
/* alloc: heap memory that is there or the program ends. Out of memory logs one
 * line and aborts, so callers never test; every input therefore has a limit.
 * Prefix: x. Any thread. */
#ifndef PLANVAX_BASE_ALLOC_H
#define PLANVAX_BASE_ALLOC_H

#include <stddef.h>

/* size bytes, uninitialised; size 0 gives a unique pointer. Owned by the caller; free(). */
void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));

/* n zeroed members of size bytes; aborts when n * size overflows. Owned by the caller. */
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));

/* Resizes p (NULL allowed) to n members of size bytes; aborts on overflow. p is consumed. */
void *xreallocarray(void *p, size_t n, size_t size) __attribute__((returns_nonnull));

/* Copy of a NUL-terminated text. Owned by the caller. */
char *xstrdup(const char *text) __attribute__((malloc, returns_nonnull));

/* Copy of len bytes and a NUL. Owned by the caller. */
char *xstrndup(const char *text, size_t len) __attribute__((malloc, returns_nonnull));

#endif
