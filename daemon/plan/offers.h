/* SPDX-License-Identifier: Apache-2.0 */
/* offers: builds blocks with team, time and places and weighs them; puts them
 * into the solution. */
#ifndef PLANVAX_PLAN_OFFERS_H
#define PLANVAX_PLAN_OFFERS_H

#include "fill.h"
#include "shell.h"

#include <planvax/base/rng.h>

/* How to build; chosen anew for each attempt of the search. */
struct offers_style {
	int64_t price;      /* of a dose from a vial yet to open */
	int64_t slot_price; /* of a displaced visit beside its points: free slots are few where calendars are full */
	int32_t offset;     /* of the grid of starts, minutes */
	int32_t step;       /* of that grid */
	int32_t most;       /* takers; 0: no limit */
	int32_t spare;      /* takers for whom time is left beside those who have a place */
	bool thorough;      /* try more lengths */
	bool quick;         /* try few */
	struct rng *rng;    /* for chance in what is tried; NULL: none */
};

/* A block to be, outside the solution and detached, and what it would bring. */
struct offers_choice {
	struct block *block; /* NULL: none; owned by who asked */
	int64_t value;
};

/* Tries lengths and posts for a day or session at a site on a day: teams and times first, then places for the most
 * promising of them. Keeps in *best what is better than it. */
void offers_try_site(struct solution *s, const struct shell_request *r, const struct offers_style *style, struct offers_choice *best);

/* Points besides places and costs that adding a block brings: a week's first day, an MSA centre's first offer. */
int64_t offers_bonus(const struct solution *s, const struct block *b);

/* Attaches, supplies and adds a block; false: it no longer fits, the block is freed. */
bool offers_add(struct solution *s, struct block *b);

/* Gives a block's stops new places (the block is taken out and a copy put in). False, nothing changed: it would not
 * reach its least. Fixed blocks are left alone. */
bool offers_refill(struct solution *s, struct block *b, int64_t price, int32_t most);

/* Ends a day or session that displaces nobody as soon as its takers allow. True: done; false: nothing changed. */
bool offers_trim(struct solution *s, struct block *b);

/* Refills all blocks, in their order. */
void offers_refill_all(struct solution *s, int64_t price);

/* Fewest takers of a block's stop (H12). */
int32_t offers_least(const struct solution *s, const struct block *b, const struct stop *stop);

#endif
