/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_place: a service of the demo data, its place and its centres. */
#ifndef PLANVAX_CTL_DEMO_PLACE_H
#define PLANVAX_CTL_DEMO_PLACE_H

#include "ctl_demo_world.h"

/* Which communes may be picked. */
struct ctl_demo_range {
	struct ctl_demo_point from;
	int32_t min_m, max_m;
	bool rural;
};

/* Begins service `number`: profile, area, size; s is released with ctl_demo_place_end. Nothing is written. */
void ctl_demo_place_begin(struct ctl_demo_world *w, int number, struct ctl_demo_service *s);

/* Frees what s owns. */
void ctl_demo_place_end(struct ctl_demo_service *s);

/* Marks the areas that the run's services use. */
void ctl_demo_place_mark(struct ctl_demo_world *w);

/* Writes the communes of all marked areas. */
void ctl_demo_place_communes(struct ctl_demo_world *w);

/* Writes the service's row and its centres. */
void ctl_demo_place_write(struct ctl_demo_world *w, struct ctl_demo_service *s);

/* A random member commune without a centre, min_m to max_m from `from`, rural where wanted; where none fits, any member. */
uint32_t ctl_demo_place_pick(const struct ctl_demo_world *w, const struct ctl_demo_service *s, struct rng *r,
	const struct ctl_demo_range *range);

/* The rural member commune that lies farthest from all centres so far. */
uint32_t ctl_demo_place_remote(const struct ctl_demo_world *w, const struct ctl_demo_service *s);

/* A position at most spread_m from a commune's. */
struct ctl_demo_point ctl_demo_place_near(const struct ctl_demo_commune *c, struct rng *r, int spread_m);

/* Writes a coordinate such as "-1.23456" into text (16 bytes). Returns text. */
char *ctl_demo_place_degrees(int32_t e5, char text[16]);

#endif
