/* SPDX-License-Identifier: Apache-2.0 */
/* shell: when an offer takes place and who holds it, before anyone is given a
 * place in it: the cheapest team and time for a site and a day. */
#ifndef PLANVAX_PLAN_SHELL_H
#define PLANVAX_PLAN_SHELL_H

#include "solution.h"

/* What stood in the way of the offer that came farthest. */
enum shell_failure { SHELL_OK, SHELL_CLOSED, SHELL_STAFF };

struct shell_request {
	int32_t site, day;
	enum block_type type;   /* BLOCK_DAY or BLOCK_SESSION */
	int32_t posts;
	int32_t minutes;        /* that must count */
	int32_t offset;         /* starts tried: offset, then every step minutes */
	int32_t step;
	int32_t most_moves;     /* visits that each member may have displaced; 0: no limit */
};

/* Fills a fresh block's team, times, capacity and moves. Returns SHELL_OK or why there is none. */
enum shell_failure shell_find(struct solution *s, const struct shell_request *r, struct block *b);

/* Whether enough members, among them who must be, have a day left that week. */
bool shell_staffed(const struct solution *s, int32_t day, enum block_type type);

/* The cheapest team for a day or session whose stop has its times; fills team, capacity and moves. False: none. */
bool shell_team(struct solution *s, const struct shell_request *r, struct block *b);

/* Minutes of start..end in which the site is open and `posts` of the members are within their hours. */
int32_t shell_usable(const struct problem *p, const struct site *site, const struct block *b, const struct stop *stop);

/* Capacity of an offer of so many counting minutes. */
int32_t shell_capacity(const struct problem *p, int32_t posts, int32_t usable);

/* Sets a stop's usable minutes and capacity, and the block's travel and staff time. */
void shell_measure(const struct solution *s, struct block *b);

/* What the block costs: displaced visits, travel, staff time, session, tour and stops; in points, rounded up. */
int64_t shell_cost(const struct problem *p, const struct block *b);

/* Ends the offer of a day or session as soon as its expected takers, and so many more, allow. */
void shell_trim(struct solution *s, struct block *b, int32_t spare);

/* A member's hours on a day of the horizon hold from..to. */
bool shell_within_hours(const struct problem *p, int32_t staff, int32_t day, int32_t from, int32_t to);

/* Adds a member to a block's team (sorted) with a span. The team has room. */
void shell_join(struct block *b, int32_t staff, int32_t from, int32_t to);

#endif
