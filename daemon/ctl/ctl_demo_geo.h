/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_geo: the communes of the demo data and the areas in which its services
 * lie: a town and the communes around it. Distances are integers made of integers
 * only, so that every machine draws the same data. */
#ifndef PLANVAX_CTL_DEMO_GEO_H
#define PLANVAX_CTL_DEMO_GEO_H

#include <planvax/base/arena.h>
#include <planvax/base/fault.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A position in 1/100,000 degree (about a metre). */
struct ctl_demo_point {
	int32_t lat_e5, lon_e5;
};

struct ctl_demo_commune {
	char insee[6], departement[4], region[3];
	const char *name;     /* without delimiters or quotes */
	struct ctl_demo_point at;
	int32_t population;
	int8_t dens7;         /* 0 unknown; 5-7 rural */
};

enum ctl_demo_area_class { CTL_DEMO_RURAL, CTL_DEMO_ALSACE, CTL_DEMO_OVERSEAS, CTL_DEMO_PARIS, CTL_DEMO_OTHER };

struct ctl_demo_area {
	uint32_t seat;        /* commune of the town */
	enum ctl_demo_area_class class;
	bool used;            /* some service lies there */
};

struct ctl_demo_geo {
	struct arena arena;   /* names and arrays */
	struct ctl_demo_commune *communes; /* by insee */
	size_t n_communes;
	struct ctl_demo_area *areas; /* by population of the seat, descending */
	size_t n_areas;
};

/* Reads a table of communes and forms the areas. Rows without a position are skipped. 0; ERR_IO, ERR_INVALID, ERR_LIMIT (f);
 * g is released by the caller on 0 only. */
int ctl_demo_geo_load(struct ctl_demo_geo *g, const char *path, struct fault *f);

/* Frees it. */
void ctl_demo_geo_release(struct ctl_demo_geo *g);

/* Metres as the crow flies, to about 1 per cent below 100 km. */
int32_t ctl_demo_geo_metres(struct ctl_demo_point a, struct ctl_demo_point b);

/* Communes within radius_m of the area's seat, by insee; *members is owned by the caller. Returns their number. */
size_t ctl_demo_geo_members(const struct ctl_demo_geo *g, const struct ctl_demo_area *area, int32_t radius_m,
	uint32_t **members);

/* Whether the commune is rural. */
bool ctl_demo_geo_rural(const struct ctl_demo_commune *c);

#endif
