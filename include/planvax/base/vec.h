/* SPDX-License-Identifier: Apache-2.0 */
/* vec: typed growable arrays: VEC(struct x) list = VEC_INIT. Items are moved
 * when the array grows, so keep indexes, not pointers. One thread at a time. */
#ifndef PLANVAX_BASE_VEC_H
#define PLANVAX_BASE_VEC_H

#include <stddef.h>
#include <stdlib.h>

/* An array type of its own for each use. */
#define VEC(type) struct { type *items; size_t len, cap; }

/* An empty array. */
#define VEC_INIT {.items = NULL, .len = 0, .cap = 0}

/* Memory for one more member of size bytes; sets *cap. Used by VEC_PUSH. */
void *vec_grow(void *items, size_t len, size_t *cap, size_t size) __attribute__((returns_nonnull));

/* Appends an item (an expression; a compound literal in parentheses). */
#define VEC_PUSH(v, item) \
	((v)->items = (v)->len < (v)->cap ? (v)->items : vec_grow((v)->items, (v)->len, &(v)->cap, sizeof(*(v)->items)), \
	 (v)->items[(v)->len++] = (item))

/* Forgets the items, keeps the memory. */
#define VEC_CLEAR(v) ((v)->len = 0)

/* Frees the array (not what items point to); empty and usable again. */
#define VEC_RELEASE(v) (free((v)->items), (v)->items = NULL, (v)->len = 0, (v)->cap = 0)

#endif
