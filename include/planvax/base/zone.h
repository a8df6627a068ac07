/* SPDX-License-Identifier: Apache-2.0 */
/* zone: time zones from the system's TZif files (RFC 8536): instant <-> local
 * time. Loaded zones are immutable; any thread may read them. */
#ifndef PLANVAX_BASE_ZONE_H
#define PLANVAX_BASE_ZONE_H

#include <planvax/base/civil.h>
#include <planvax/base/clock.h>

struct zone;

/* A wall-clock time. */
struct zone_local {
	struct date date;
	int32_t second; /* of the day, 0 to 86399 */
	int32_t offset_s; /* east of Greenwich at that moment */
};

/* What a wall-clock time meant. */
enum zone_fit {
	ZONE_ONE, /* exists once */
	ZONE_GAP, /* skipped by a forward change: taken with the offset before it (RFC 5545 3.3.5) */
	ZONE_FOLD /* exists twice: the first one is taken */
};

/* Loads an IANA zone by name ("Europe/Paris"; no "..", no leading "/").
 * *zone is owned by the caller. 0; ERR_NOT_FOUND: no such zone; ERR_CORRUPT: bad file. */
int zone_load(const char *name, struct zone **zone);

/* The zone that is always UTC. Static; not to be freed. */
const struct zone *zone_utc(void);

/* Frees a loaded zone; NULL allowed. */
void zone_free(struct zone *zone);

/* Its name as loaded. */
const char *zone_name(const struct zone *zone);

/* Offset in seconds east of Greenwich at an instant. */
int zone_offset_s(const struct zone *zone, struct instant at);

/* Wall-clock time of an instant. */
struct zone_local zone_to_local(const struct zone *zone, struct instant at);

/* Instant of a wall-clock time (second of day 0 to 86400); *fit (may be NULL) says whether it exists once. */
struct instant zone_to_instant(const struct zone *zone, struct date date, int32_t second, enum zone_fit *fit);

#endif
