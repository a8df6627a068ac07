/* SPDX-License-Identifier: Apache-2.0 */
/* geo: great-circle distances. The order of operations is part of the
 * contract: other programs recompute these metres and must get the same. */
#include <planvax/base/geo.h>

#include <assert.h>
#include <math.h>

#define EARTH_RADIUS_M 6371000.0
#define RADIANS_PER_DEGREE (3.14159265358979323846 / 180.0)

/* By pow, as the other programs do: it differs from s * s in the last bit of
 * one in a thousand squares. The compiler must not see the exponent, or it multiplies. */
static double square_of_sine(double half_angle)
{
	volatile double exponent = 2.0;

	return pow(sin(half_angle), exponent);
}

int32_t geo_road_m(struct geo_point a, struct geo_point b, int detour_pct)
{
	double p = a.lat_deg * RADIANS_PER_DEGREE;
	double q = b.lat_deg * RADIANS_PER_DEGREE;
	double east = (b.lon_deg - a.lon_deg) * RADIANS_PER_DEGREE;
	double h = square_of_sine((q - p) / 2) + cos(p) * cos(q) * square_of_sine(east / 2);

	/* Rounding may lift antipodes above one. */
	return (int32_t)ceil(2 * EARTH_RADIUS_M * asin(sqrt(fmin(h, 1.0))) * detour_pct / 100);
}

int32_t geo_drive_min(int32_t metres, int speed_kmh)
{
	assert(metres >= 0 && speed_kmh > 0);

	int64_t metres_per_hour = (int64_t)speed_kmh * 1000;

	return (int32_t)(((int64_t)metres * 60 + metres_per_hour - 1) / metres_per_hour);
}
