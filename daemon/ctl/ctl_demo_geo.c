/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_geo: reads communes, forms areas, measures with integers. */
#include "ctl_demo_geo.h"

#include <errno.h>
#include <planvax/base/alloc.h>
#include <planvax/base/buf.h>
#include <planvax/base/csv.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE_BYTES (64u << 20)
#define SEAT_POPULATION 4000
#define SEAT_APART_M 45000
#define SEAT_RADIUS_M 30000
#define SEAT_NEIGHBOURS 18
#define CM_PER_E5 111195 /* hundredths of a centimetre: 1/100,000 degree of latitude is 1.11195 m */

/* Cosine in thousandths, by whole degree. */
static const int16_t cosines[91] = {
	1000, 1000, 999, 999, 998, 996, 995, 993, 990, 988, 985, 982, 978, 974, 970, 966, 961, 956, 951, 946, 940, 934, 927,
	921, 914, 906, 899, 891, 883, 875, 866, 857, 848, 839, 829, 819, 809, 799, 788, 777, 766, 755, 743, 731, 719, 707,
	695, 682, 669, 656, 643, 629, 616, 602, 588, 574, 559, 545, 530, 515, 500, 485, 469, 454, 438, 423, 407, 391, 375,
	358, 342, 326, 309, 292, 276, 259, 242, 225, 208, 191, 174, 156, 139, 122, 105, 87, 70, 52, 35, 17, 0,
};

static uint64_t integer_root(uint64_t n)
{
	uint64_t root = 0;

	for (uint64_t bit = 1ull << 31; bit != 0; bit >>= 1)
		if ((root | bit) * (root | bit) <= n)
			root |= bit;
	return root;
}

int32_t ctl_demo_geo_metres(struct ctl_demo_point a, struct ctl_demo_point b)
{
	int64_t middle = ((int64_t)a.lat_e5 + b.lat_e5) / 2;
	int64_t degree = llabs(middle) / 100000 > 89 ? 89 : llabs(middle) / 100000;
	int64_t part = llabs(middle) - degree * 100000;
	int64_t cosine = cosines[degree] * 100000 - (cosines[degree] - cosines[degree + 1]) * part;
	int64_t dy = ((int64_t)a.lat_e5 - b.lat_e5) * CM_PER_E5 / 100000;
	int64_t dx = (((int64_t)a.lon_e5 - b.lon_e5) * CM_PER_E5 / 100000) * (cosine / 1000) / 100000;

	return (int32_t)integer_root((uint64_t)(dx * dx + dy * dy));
}

bool ctl_demo_geo_rural(const struct ctl_demo_commune *c)
{
	return c->dens7 >= 5;
}

static int read_whole(const char *path, struct buf *out, struct fault *f)
{
	FILE *in = fopen(path, "rb");
	size_t n;

	if (in == NULL)
		return fault_set(f, ERR_IO, "cannot read %s: %s", path, strerror(errno));
	do {
		n = fread(buf_reserve(out, 65536), 1, 65536, in);
		out->len += n;
	} while (n > 0 && out->len <= MAX_FILE_BYTES);
	int failed = ferror(in);

	fclose(in);
	if (failed)
		return fault_set(f, ERR_IO, "cannot read %s", path);
	if (out->len > MAX_FILE_BYTES)
		return fault_set(f, ERR_LIMIT, "%s is larger than %u MiB", path, MAX_FILE_BYTES >> 20);
	return 0;
}

/* A coordinate in 1/100,000 degree. */
static bool coordinate(const char *cell, int32_t limit_deg, int32_t *out)
{
	double deg;

	if (text_decimal(cell, strlen(cell), &deg) < 0 || deg > limit_deg || deg < -limit_deg)
		return false;
	*out = (int32_t)(deg * 100000.0 + (deg < 0 ? -0.5 : 0.5));
	return true;
}

enum { COL_INSEE, COL_NAME, COL_DEPARTEMENT, COL_REGION, COL_LAT, COL_LON, COL_POPULATION, COL_DENS7, N_COLS };

/* The current row as a commune; false where it cannot be used. */
static bool commune_row(const struct csv *csv, const int cols[N_COLS], struct arena *arena, struct ctl_demo_commune *c)
{
	const char *insee = csv_cell(csv, cols[COL_INSEE]), *departement = csv_cell(csv, cols[COL_DEPARTEMENT]);
	const char *region = csv_cell(csv, cols[COL_REGION]), *population = csv_cell(csv, cols[COL_POPULATION]);
	const char *dens7 = csv_cell(csv, cols[COL_DENS7]);
	int64_t number = 0;

	memset(c, 0, sizeof(*c));
	if (strlen(insee) != 5 || strlen(departement) < 2 || strlen(departement) > 3 || strlen(region) != 2)
		return false;
	if (!coordinate(csv_cell(csv, cols[COL_LAT]), 90, &c->at.lat_e5) ||
		!coordinate(csv_cell(csv, cols[COL_LON]), 180, &c->at.lon_e5))
		return false;
	memcpy(c->insee, insee, 6);
	memcpy(c->departement, departement, strlen(departement) + 1);
	memcpy(c->region, region, 3);
	if (text_int(population, strlen(population), 0, 50000000, &number) == 0)
		c->population = (int32_t)number;
	if (text_int(dens7, strlen(dens7), 1, 7, &number) == 0)
		c->dens7 = (int8_t)number;
	char *name = arena_strdup(arena, csv_cell(csv, cols[COL_NAME]));

	for (char *p = name; *p != '\0'; p++)
		if (strchr(";\"\\,\r\n\t", *p) != NULL)
			*p = ' ';
	if (strlen(name) > 60)
		name[60] = '\0';
	c->name = name;
	return name[0] != '\0';
}

static int compare_insee(const void *a, const void *b)
{
	return strcmp(((const struct ctl_demo_commune *)a)->insee, ((const struct ctl_demo_commune *)b)->insee);
}

static int read_rows(struct ctl_demo_geo *g, struct csv *csv, const char *path, struct fault *f)
{
	static const char *const names[N_COLS] = {
		"insee", "name", "departement", "region", "lat", "lon", "population", "dens7"};
	VEC(struct ctl_demo_commune) rows = VEC_INIT;
	int cols[N_COLS], rc;

	for (int i = 0; i < N_COLS; i++) {
		cols[i] = csv_column(csv, names[i]);
		if (cols[i] < 0 && i <= COL_LON)
			return fault_set(f, ERR_INVALID, "%s has no column %s", path, names[i]);
	}
	while ((rc = csv_next(csv, NULL)) != ERR_CLOSED) {
		struct ctl_demo_commune c;

		if (rc == 0 && commune_row(csv, cols, &g->arena, &c))
			VEC_PUSH(&rows, c);
	}
	if (rows.len > 0) {
		qsort(rows.items, rows.len, sizeof(rows.items[0]), compare_insee);
		g->communes = arena_memdup(&g->arena, rows.items, rows.len * sizeof(rows.items[0]));
		g->n_communes = rows.len;
	}
	VEC_RELEASE(&rows);
	return 0;
}

static enum ctl_demo_area_class classify(const struct ctl_demo_commune *seat, size_t n, size_t n_rural)
{
	if (strncmp(seat->departement, "97", 2) == 0)
		return CTL_DEMO_OVERSEAS;
	if (strcmp(seat->departement, "57") == 0 || strcmp(seat->departement, "67") == 0 ||
		strcmp(seat->departement, "68") == 0)
		return CTL_DEMO_ALSACE;
	if (strcmp(seat->region, "11") == 0)
		return CTL_DEMO_PARIS;
	return n_rural * 100 >= n * 85 ? CTL_DEMO_RURAL : CTL_DEMO_OTHER;
}

struct ranked {
	int32_t population;
	uint32_t commune;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->population != y->population)
		return x->population > y->population ? -1 : 1;
	return x->commune < y->commune ? -1 : x->commune > y->commune;
}

/* Takes towns as seats, the largest first, where no seat is near and enough communes are. */
static void form_areas(struct ctl_demo_geo *g)
{
	VEC(struct ranked) towns = VEC_INIT;
	VEC(struct ctl_demo_area) areas = VEC_INIT;

	for (size_t i = 0; i < g->n_communes; i++)
		if (g->communes[i].population >= SEAT_POPULATION)
			VEC_PUSH(&towns, ((struct ranked){g->communes[i].population, (uint32_t)i}));
	if (towns.len > 0)
		qsort(towns.items, towns.len, sizeof(towns.items[0]), compare_ranked);
	for (size_t t = 0; t < towns.len; t++) {
		const struct ctl_demo_commune *seat = &g->communes[towns.items[t].commune];
		size_t n = 0, n_rural = 0, a = 0;

		while (a < areas.len && ctl_demo_geo_metres(seat->at, g->communes[areas.items[a].seat].at) >= SEAT_APART_M)
			a++;
		if (a < areas.len)
			continue;
		for (size_t i = 0; i < g->n_communes; i++)
			if (ctl_demo_geo_metres(seat->at, g->communes[i].at) <= SEAT_RADIUS_M) {
				n++;
				n_rural += ctl_demo_geo_rural(&g->communes[i]);
			}
		if (n >= SEAT_NEIGHBOURS)
			VEC_PUSH(&areas, ((struct ctl_demo_area){.seat = towns.items[t].commune, .class = classify(seat, n, n_rural)}));
	}
	if (areas.len > 0)
		g->areas = arena_memdup(&g->arena, areas.items, areas.len * sizeof(areas.items[0]));
	g->n_areas = areas.len;
	VEC_RELEASE(&towns);
	VEC_RELEASE(&areas);
}

int ctl_demo_geo_load(struct ctl_demo_geo *g, const char *path, struct fault *f)
{
	struct buf text = BUF_INIT;
	struct csv *csv = NULL;
	int rc;

	memset(g, 0, sizeof(*g));
	arena_init(&g->arena);
	if ((rc = read_whole(path, &text, f)) < 0)
		goto out;
	if ((rc = csv_open(buf_str(&text), text.len, path, &csv, f)) < 0)
		goto out;
	if ((rc = read_rows(g, csv, path, f)) < 0)
		goto out;
	form_areas(g);
	if (g->n_areas == 0) {
		rc = fault_set(f, ERR_INVALID, "%s holds no town of %d inhabitants with %d communes around it", path,
			SEAT_POPULATION, SEAT_NEIGHBOURS);
		fault_hint(f, "expected columns insee, name, departement, region, lat, lon, population, dens7");
	}
out:
	csv_close(csv);
	buf_release(&text);
	if (rc < 0)
		ctl_demo_geo_release(g);
	return rc;
}

void ctl_demo_geo_release(struct ctl_demo_geo *g)
{
	arena_release(&g->arena);
	memset(g, 0, sizeof(*g));
}

size_t ctl_demo_geo_members(const struct ctl_demo_geo *g, const struct ctl_demo_area *area, int32_t radius_m,
	uint32_t **members)
{
	uint32_t *list = xmalloc(g->n_communes * sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < g->n_communes; i++)
		if (ctl_demo_geo_metres(g->communes[area->seat].at, g->communes[i].at) <= radius_m)
			list[n++] = (uint32_t)i;
	*members = list;
	return n;
}
