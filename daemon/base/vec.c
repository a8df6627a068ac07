/* SPDX-License-Identifier: Apache-2.0 */
/* vec: growth of typed arrays. */
#include <planvax/base/vec.h>

#include <planvax/base/alloc.h>

#include <assert.h>
#include <stdint.h>

#define FIRST_CAP 8

void *vec_grow(void *items, size_t len, size_t *cap, size_t size)
{
	assert(len < SIZE_MAX / 4);

	size_t wanted = len < FIRST_CAP ? FIRST_CAP : len * 2;
	void *grown = xreallocarray(items, wanted, size);

	*cap = wanted;
	return grown;
}
