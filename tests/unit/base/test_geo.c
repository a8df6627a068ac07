/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of base/geo. */
#include <planvax/base/geo.h>

#include <planvax/base/rng.h>

#include <criterion/criterion.h>

/* Computed with the reference formula in Python 3.11. */
static const struct {
	struct geo_point a, b;
	int detour_pct;
	int32_t metres;
} reference[] = {
	{{48.8566, 2.3522}, {45.764, 4.8357}, 130, 508949},
	{{48.8566, 2.3522}, {48.8566, 2.3522}, 130, 0},
	{{48.8566, 2.3522}, {48.85661, 2.3522}, 130, 2},
	{{48.8566, 2.3522}, {48.8566, 2.35221}, 100, 1},
	{{-20.8789, 55.4481}, {-12.7806, 45.2278}, 130, 1834498},
	{{16.265, -61.551}, {14.6161, -61.0588}, 125, 238485},
	{{-22.2711, 166.438}, {-17.5516, -149.5585}, 130, 5999163},
	{{0, 0}, {0, 180}, 100, 20015087},
	{{90, 0}, {-90, 0}, 100, 20015087},
	{{42.0396, 9.0129}, {43.2965, 5.3698}, 150, 493473},
	{{48.1173, -1.6778}, {47.2184, -1.5536}, 130, 130501},
	{{0, 179.9}, {0, -179.9}, 100, 22239},
	{{0, 0}, {0, 1}, 100, 111195},
	{{0, 0}, {0, 1}, 1000, 1111950},
};

Test(geo, distances_equal_the_reference)
{
	for (size_t i = 0; i < sizeof(reference) / sizeof(reference[0]); i++)
		cr_assert_eq(geo_road_m(reference[i].a, reference[i].b, reference[i].detour_pct), reference[i].metres, "row %zu", i);
}

static struct geo_point random_point(struct rng *r)
{
	return (struct geo_point){(double)rng_range(r, -9000000, 9000000) / 1e5, (double)rng_range(r, -18000000, 18000000) / 1e5};
}

Test(geo, distance_is_the_same_in_both_directions)
{
	struct rng r;

	rng_init(&r, 1, "geo");
	for (int i = 0; i < 200000; i++) {
		struct geo_point a = random_point(&r), b = random_point(&r);

		cr_assert_eq(geo_road_m(a, b, 130), geo_road_m(b, a, 130), "%.5f %.5f, %.5f %.5f", a.lat_deg, a.lon_deg, b.lat_deg, b.lon_deg);
		cr_assert_eq(geo_road_m(a, a, 130), 0);
	}
}

Test(geo, antipodes_are_a_number)
{
	struct rng r;

	rng_init(&r, 2, "antipodes");
	for (int i = 0; i < 200000; i++) {
		struct geo_point a = random_point(&r);
		struct geo_point b = {-a.lat_deg, a.lon_deg > 0 ? a.lon_deg - 180 : a.lon_deg + 180};
		int32_t metres = geo_road_m(a, b, 100);

		cr_assert(metres >= 20015080 && metres <= 20015087, "%.5f %.5f: %d", a.lat_deg, a.lon_deg, metres);
	}
}

Test(geo, driving_minutes_are_rounded_up)
{
	static const struct {
		int32_t metres;
		int speed_kmh;
		int32_t minutes;
	} rows[] = {
		{0, 50, 0}, {1, 50, 1}, {833, 50, 1}, {834, 50, 2}, {50000, 50, 60}, {50001, 50, 61}, {1000, 60, 1}, {1001, 60, 2},
		{INT32_MAX, 1, 128849019}, {508949, 70, 437},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_eq(geo_drive_min(rows[i].metres, rows[i].speed_kmh), rows[i].minutes, "row %zu", i);
}
