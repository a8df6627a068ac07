/* SPDX-License-Identifier: Apache-2.0 */
/* fill: who gets a place in an offer: companies' takers and named people, best
 * first, by whole vials. */
#ifndef PLANVAX_PLAN_FILL_H
#define PLANVAX_PLAN_FILL_H

#include "solution.h"

struct fill_request {
	int32_t stop;        /* of the block, cleared, its site, day and posts set */
	int32_t cap;         /* most takers */
	int32_t least;       /* fewest, else the stop stays empty */
	int64_t price;       /* points that a dose from a vial yet to open must bring */
};

/* Fills a stop of an attached block outside the solution, takes the vials, and marks whom it took (solution.mark).
 * *value: points of the places, of isolated takers and kept promises, less waste and price. False: fewer than least. */
bool fill_stop(struct solution *s, struct block *b, const struct fill_request *r, int64_t *value);

/* Takers whom a site could serve on a day, at most `cap`, best first, vials aside and but for those marked; *value:
 * their points. */
int32_t fill_potential(const struct solution *s, int32_t site, int32_t day, int32_t cap, int64_t *value);

/* The same as a curve: points[k] of the best k takers, for k up to those returned; cap + 1 entries. */
int32_t fill_curve(const struct solution *s, int32_t site, int32_t day, int32_t cap, int64_t *points);

/* Most doses of one product that the vials open or to be had would give an attached block, at most `most`. */
int32_t fill_doses(struct solution *s, const struct block *b, int32_t most);

/* Takes a stop's places and vials back, and the marks. */
void fill_undo(struct solution *s, struct block *b, int32_t stop);

/* Starts a new block: nobody is marked. */
void fill_begin(struct solution *s);

/* Marks whom a stop has. */
void fill_mark(struct solution *s, const struct stop *stop);

/* Doses of n takers of company c on day d from a product; false: some may not get it. */
bool fill_line_doses(const struct problem *p, const struct line *line, int32_t day, int32_t product, struct dose out[2]);

/* Adds doses to a stop's. */
void fill_add_doses(struct stop *stop, const struct dose *dose);

/* Points of a stop's lines and people. */
int64_t fill_points(const struct problem *p, const struct block *b, const struct stop *stop);

#endif
