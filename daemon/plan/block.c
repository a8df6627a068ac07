/* SPDX-License-Identifier: Apache-2.0 */
/* block: memory of blocks. */
#include "block.h"

#include <planvax/base/alloc.h>
#include <stdlib.h>
#include <string.h>

struct block *block_new(enum block_type type, int32_t day)
{
	struct block *b = xcalloc(1, sizeof(*b));

	b->type = type;
	b->day = day;
	b->n_stops = type == BLOCK_TOUR ? 0 : 1;
	b->vehicle = -1;
	b->slot = -1;
	b->at = -1;
	for (int32_t i = 0; i < BLOCK_MAX_STOPS; i++)
		b->stops[i].published = -1;
	return b;
}

#define COPY(to, from)                                                                           \
	do {                                                                                     \
		(to)->items = NULL;                                                              \
		(to)->len = (to)->cap = (from)->len;                                             \
		if ((from)->len > 0) {                                                           \
			(to)->items = xreallocarray(NULL, (from)->len, sizeof((from)->items[0])); \
			memcpy((to)->items, (from)->items, (from)->len * sizeof((from)->items[0])); \
		}                                                                                \
	} while (0)

struct block *block_copy(const struct block *b)
{
	struct block *copy = xmalloc(sizeof(*copy));

	*copy = *b;
	copy->slot = -1;
	copy->at = -1;
	COPY(&copy->moves, &b->moves);
	for (int32_t i = 0; i < BLOCK_MAX_STOPS; i++) {
		COPY(&copy->stops[i].lines, &b->stops[i].lines);
		COPY(&copy->stops[i].people, &b->stops[i].people);
		COPY(&copy->stops[i].doses, &b->stops[i].doses);
	}
	return copy;
}

void block_free(struct block *b)
{
	if (!b)
		return;
	for (int32_t i = 0; i < BLOCK_MAX_STOPS; i++) {
		VEC_RELEASE(&b->stops[i].lines);
		VEC_RELEASE(&b->stops[i].people);
		VEC_RELEASE(&b->stops[i].doses);
	}
	VEC_RELEASE(&b->moves);
	free(b);
}

void block_clear_stop(struct stop *stop)
{
	VEC_CLEAR(&stop->lines);
	VEC_CLEAR(&stop->people);
	VEC_CLEAR(&stop->doses);
	stop->points = 0;
	stop->expected = 0;
}

int32_t block_units(const struct problem *p, const struct block *b, int32_t product)
{
	int32_t units = 0;

	for (int32_t i = 0; i < b->n_stops; i++) {
		for (size_t k = 0; k < b->stops[i].doses.len; k++) {
			const struct dose *dose = &b->stops[i].doses.items[k];
			if (dose->product == product)
				units += dose->n * vials_units(&p->products[product], dose->booster ? DOSE_BOOSTER : DOSE_PRIMARY);
		}
	}
	return units;
}
