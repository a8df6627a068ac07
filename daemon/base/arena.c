/* SPDX-License-Identifier: Apache-2.0 */
/* arena: memory released as a whole. */
#include <planvax/base/arena.h>

#include <planvax/base/alloc.h>

#include <assert.h>
#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK_BYTES ((size_t)4096)
#define MAX_DOUBLED_BYTES ((size_t)8 << 20) /* beyond it blocks no longer double */
#define MAX_BYTES (SIZE_MAX / 4)

struct arena_block {
	struct arena_block *older;
	size_t size; /* bytes of data */
	alignas(max_align_t) char data[];
};

void arena_init(struct arena *a)
{
	*a = (struct arena)ARENA_INIT;
}

static void free_blocks(struct arena_block *block)
{
	while (block != NULL) {
		struct arena_block *older = block->older;

		free(block);
		block = older;
	}
}

void arena_release(struct arena *a)
{
	free_blocks(a->blocks);
	arena_init(a);
}

static void use_block(struct arena *a, struct arena_block *block)
{
	a->blocks = block;
	a->next = block->data;
	a->end = block->data + block->size;
}

void arena_reset(struct arena *a)
{
	struct arena_block *largest = a->blocks;

	if (largest == NULL)
		return;
	for (struct arena_block *b = a->blocks; b != NULL; b = b->older)
		if (b->size > largest->size)
			largest = b;
	for (struct arena_block **at = &a->blocks; *at != NULL; at = &(*at)->older)
		if (*at == largest) {
			*at = largest->older;
			break;
		}
	free_blocks(a->blocks);
	largest->older = NULL;
	use_block(a, largest);
	a->used_bytes = 0;
}

/* A new block with room for size bytes, twice the one before where that is not too much. */
static void add_block(struct arena *a, size_t size)
{
	size_t wanted = a->blocks == NULL ? FIRST_BLOCK_BYTES : a->blocks->size * 2;

	if (wanted > MAX_DOUBLED_BYTES)
		wanted = MAX_DOUBLED_BYTES;
	if (wanted < size)
		wanted = size;

	struct arena_block *block = xmalloc(sizeof(*block) + wanted);

	block->size = wanted;
	block->older = a->blocks;
	use_block(a, block);
}

/* size bytes as they are. */
static void *take(struct arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);

	if (size > MAX_BYTES)
		return xreallocarray(NULL, SIZE_MAX, 2); /* aborts */

	size_t whole = size == 0 ? align : (size + align - 1) / align * align;

	if (a->blocks == NULL || (size_t)(a->end - a->next) < whole)
		add_block(a, whole);

	void *p = a->next;

	a->next += whole;
	a->used_bytes += whole;
	return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
	void *p = take(a, size);

	memset(p, 0, size);
	return p;
}

void *arena_calloc(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		bytes = SIZE_MAX;
	return arena_alloc(a, bytes);
}

char *arena_strdup(struct arena *a, const char *text)
{
	return text != NULL ? arena_strndup(a, text, strlen(text)) : NULL;
}

char *arena_strndup(struct arena *a, const char *text, size_t len)
{
	assert(len < SIZE_MAX);

	char *copy = take(a, len + 1);

	if (len > 0)
		memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

void *arena_memdup(struct arena *a, const void *bytes, size_t len)
{
	void *copy = take(a, len);

	if (len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);

	int len = vsnprintf(NULL, 0, format, args);

	va_end(args);
	assert(len >= 0);

	char *text = take(a, (size_t)len + 1);
	int written = vsnprintf(text, (size_t)len + 1, format, again);

	va_end(again);
	assert(written == len);
	return text;
}
