/* SPDX-License-Identifier: Apache-2.0 */
/* arena: memory of one run or one file, released as a whole. Blocks grow
 * geometrically; nothing in it is freed singly. One thread at a time. */
#ifndef PLANVAX_BASE_ARENA_H
#define PLANVAX_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first; owned */
	char *next;                 /* first free byte of the newest */
	char *end;                  /* one past its last byte */
	size_t used_bytes;          /* handed out so far */
};

/* An empty arena. */
#define ARENA_INIT {.blocks = NULL}

/* Makes a an empty arena. */
void arena_init(struct arena *a);

/* Frees everything handed out; a is empty and usable again. */
void arena_release(struct arena *a);

/* Forgets everything handed out but keeps the largest block for reuse. */
void arena_reset(struct arena *a);

/* size zeroed bytes, aligned for any type; valid until release or reset. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull));

/* n zeroed members of size bytes; aborts on overflow. */
void *arena_calloc(struct arena *a, size_t n, size_t size) __attribute__((returns_nonnull));

/* Copy of a NUL-terminated text; NULL gives NULL. */
char *arena_strdup(struct arena *a, const char *text);

/* Copy of len bytes and a NUL. */
char *arena_strndup(struct arena *a, const char *text, size_t len) __attribute__((returns_nonnull));

/* Copy of len bytes, no NUL added. */
void *arena_memdup(struct arena *a, const void *bytes, size_t len) __attribute__((returns_nonnull));

/* Formatted text. */
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3), returns_nonnull));

/* n zeroed members of a type. */
#define ARENA_NEW(arena, type, n) ((type *)arena_calloc((arena), (n), sizeof(type)))

#endif
