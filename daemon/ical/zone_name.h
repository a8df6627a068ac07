/* SPDX-License-Identifier: Apache-2.0 */
/* zone_name: what a TZID means: an IANA name (also behind a vendor's prefix), a
 * Windows name, a display name of Outlook (zone_lookup), else the file's own VTIMEZONE.
 * An unknown name is unknown, never UTC. One set a calendar, one thread.
 * Prefixes: zone_name_, zone_names_. */
#ifndef PLANVAX_ICAL_ZONE_NAME_H
#define PLANVAX_ICAL_ZONE_NAME_H

#include <planvax/base/arena.h>
#include <planvax/base/map.h>
#include <planvax/base/vec.h>
#include <planvax/base/zone.h>
#include <planvax/ical/recurrence.h>

#include "scanner.h"
#include "zone_lookup.h"

#define ZONE_NAMES_MAX_DEFINITIONS 500  /* VTIMEZONEs of a file */
#define ZONE_NAMES_MAX_OBSERVANCES 200  /* of a VTIMEZONE */
#define ZONE_NAMES_MAX_DATES 100        /* RDATEs of an observance */

/* STANDARD or DAYLIGHT, as it stands. */
struct zone_observance {
	struct recurrence_local start;
	int32_t from_s, to_s;      /* east of Greenwich, before and after */
	bool has_start, has_from, has_to;
	const char *rule;          /* RRULE, or NULL */
	struct recurrence_local *dates; /* RDATE */
	size_t n_dates;
};

struct zone_definition {
	struct arena arena;
	const char *tzid;          /* NULL: none was given */
	bool broken;               /* it cannot be used: more than is read, or nonsense */
	struct zone_observance *observances;
	size_t n_observances;
};

struct zone_onset {
	int64_t local_s;           /* seconds since 1970 on the clock before the change */
	int32_t from_s, to_s;
};

/* A resolved name; lives as long as the set. */
struct zone_name {
	const char *name;                         /* IANA name, or the TZID of the file's own */
	const struct zone *zone;                  /* NULL: the file's own */
	const struct zone_onset *onsets;          /* of the file's own, by local_s */
	size_t n_onsets;
	const struct zone_definition *definition; /* of the file, also beside an IANA zone; or NULL */
	int32_t n_compared;                       /* events that agreed with it so far */
	bool compared;                            /* enough */
};

struct zone_names {
	struct arena arena;
	struct map known;          /* TZID -> resolved */
	char last_tzid[ZONE_LOOKUP_MAX_BYTES + 1]; /* found last: most files know one zone; "": none */
	struct zone_name *last;
	VEC(struct zone_name *) resolved;
	VEC(struct zone *) loaded; /* owned */
	struct map defined;        /* TZID -> definition */
	VEC(struct zone_definition *) definitions; /* owned */
	size_t definition_bytes;
	struct zone_definition *open; /* owned; or NULL */
	bool in_observance;
	struct zone_name floating; /* of times without a zone */
	struct zone_name utc;
};

/* An empty set; fallback is the zone of floating times. */
void zone_names_init(struct zone_names *z, const struct zone *fallback);

/* Frees all zones of the set. */
void zone_names_release(struct zone_names *z);

/* BEGIN:VTIMEZONE, BEGIN:STANDARD or DAYLIGHT, their lines, their ends. */
void zone_names_begin(struct zone_names *z);
void zone_names_begin_observance(struct zone_names *z);
void zone_names_line(struct zone_names *z, const struct scanner_line *line);
void zone_names_end_observance(struct zone_names *z);
void zone_names_end(struct zone_names *z);

/* What a TZID means; NULL: unknown. */
struct zone_name *zone_names_find(struct zone_names *z, const char *tzid);

/* Instant of a wall-clock time. */
struct instant zone_name_instant(const struct zone_name *n, struct recurrence_local at);

/* Wall-clock time of an instant. */
struct recurrence_local zone_name_local(const struct zone_name *n, struct instant at);

/* Whether the file's definition gives the same instant as the IANA zone; true where there is nothing to compare. */
bool zone_name_agrees(const struct zone_name *n, struct recurrence_local at);

#endif
