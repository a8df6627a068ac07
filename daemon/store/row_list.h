/* SPDX-License-Identifier: Apache-2.0 */
/* row_list: rows read by a query, gathered in a growing array and handed over in the caller's arena. */
#ifndef PLANVAX_STORE_ROW_LIST_H
#define PLANVAX_STORE_ROW_LIST_H

#include <planvax/base/arena.h>
#include <planvax/base/vec.h>

/* Moves the items of a VEC to the arena; the VEC is empty after. */
#define ROW_LIST_TAKE(arena, vec, rows_out, n_out) \
	(*(rows_out) = arena_memdup((arena), (vec)->items, (vec)->len * sizeof(*(vec)->items)), *(n_out) = (vec)->len, \
	 VEC_RELEASE(vec))

#endif
