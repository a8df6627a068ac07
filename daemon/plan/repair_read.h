/* SPDX-License-Identifier: Apache-2.0 */
/* repair_read: published items read back into blocks, and what of them still
 * holds. Constraints are named as PLANNING.md 3 does; NULL: nothing is broken. */
#ifndef PLANVAX_PLAN_REPAIR_READ_H
#define PLANVAX_PLAN_REPAIR_READ_H

#include "solution.h"

/* Reads day, sites, times, posts and vehicle of published offers (one, or a tour's stops in order) into a fresh block. */
const char *repair_read_shell(const struct solution *s, struct block *b, const struct plan_service *old, const int32_t *offers,
	const struct plan_tour *tour);

/* Whether the block's sites are open then and may be used. */
const char *repair_read_place(const struct solution *s, const struct block *b);

/* Reads the team with its moved visits; on failure the block has none, but for "H7": its visits were placed anew. This very "H7" says
 * that some stand at their published new time by now, in the agenda itself: the others keep their published places. */
extern const char repair_read_done[];
const char *repair_read_team(struct solution *s, struct block *b, const struct plan_service *old);

/* Reads lines, people and doses of all stops, leaving out what no longer holds. */
const char *repair_read_places(struct solution *s, struct block *b, const struct plan_service *old);

/* Takes a stop's last person or line out, its host's line after all others. */
void repair_read_drop_last(const struct solution *s, struct block *b, struct stop *stop);

/* Whether a stop's host has a place in the stop or in what the solution holds, or wants none (D3). */
bool repair_read_host_in(const struct solution *s, const struct block *b, const struct stop *stop);

/* Whether the block's team is the published one. */
bool repair_read_same_team(const struct solution *s, const struct block *b, const struct plan_offer *offer);

/* Length of a tour through its stops. */
int32_t repair_read_distance(const struct solution *s, const struct block *b);

/* Proposes a published dose at a visit again, if all still holds. */
void repair_read_dose(struct solution *s, const struct plan_proposal *old);

#endif
