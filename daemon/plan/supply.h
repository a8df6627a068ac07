/* SPDX-License-Identifier: Apache-2.0 */
/* supply: whole vials from lots to openings (H4). A slot is what shares vials
 * on one day: a centre, a tour, or a session by car. Its vials are a flow that
 * is kept feasible at all times; openings change lots to make room. */
#ifndef PLANVAX_PLAN_SUPPLY_H
#define PLANVAX_PLAN_SUPPLY_H

#include "problem.h"

#define SUPPLY_MAX_SOURCES 16

struct supply;

/* Of the problem's stock; supply_free frees, NULL allowed. */
struct supply *supply_new(const struct problem *p);
void supply_free(struct supply *s);

/* The slot of a centre (-1: visits without one) on a day: made at first use, stays. */
int32_t supply_centre_slot(struct supply *s, int32_t centre, int32_t day);

/* A slot of its own for a tour or a session by car, and back; a slot given back holds nothing. */
int32_t supply_open(struct supply *s, int32_t day);
void supply_close(struct supply *s, int32_t slot);

/* Adds a centre (>= 0) whose vials of a product the slot may use; counted. False, nothing changed: too many sources. */
bool supply_add_source(struct supply *s, int32_t slot, int32_t product, int32_t centre);

/* Takes it away again. False, nothing changed: the slot's vials cannot come from the others. */
bool supply_remove_source(struct supply *s, int32_t slot, int32_t product, int32_t centre);

/* Sets the smallest doses that a slot uses of a product. False, nothing changed: no vials. */
bool supply_set(struct supply *s, int32_t slot, int32_t product, int32_t units);

/* Smallest doses used, and vials opened. */
int32_t supply_units(const struct supply *s, int32_t slot, int32_t product);
int32_t supply_vials(const struct supply *s, int32_t slot, int32_t product);

/* How many vials more, at most `most`, the slot could open now. */
int32_t supply_room(struct supply *s, int32_t slot, int32_t product, int32_t most);

/* Wasted smallest doses over all slots. */
int64_t supply_waste(const struct supply *s);

/* Vials of a product in all lots that serve in the horizon. */
int64_t supply_total(const struct supply *s, int32_t product);

/* Vials of a product that lots hold on a day for those sources alone, however they are used: whether stock exists. */
bool supply_stocked(const struct supply *s, int32_t centre, int32_t day, int32_t product);

#endif
