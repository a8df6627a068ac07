/* SPDX-License-Identifier: Apache-2.0 */
/* geo: positions on the globe and road distances by detour factor
 * (PLANNING.md 1, Distance). Pure; any thread. */
#ifndef PLANVAX_BASE_GEO_H
#define PLANVAX_BASE_GEO_H

#include <stdint.h>

/* WGS84 degrees; latitude -90 to 90, longitude -180 to 180. */
struct geo_point {
	double lat_deg;
	double lon_deg;
};

/* Road metres from a to b: haversine on a sphere of 6,371,000 m, times
 * detour_pct / 100, rounded up. Equal points: 0. The same for (b, a). */
int32_t geo_road_m(struct geo_point a, struct geo_point b, int detour_pct);

/* Driving minutes for metres at speed_kmh: ceil(metres * 60 / (speed_kmh * 1000)). */
int32_t geo_drive_min(int32_t metres, int speed_kmh);

#endif
