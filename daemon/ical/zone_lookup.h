/* SPDX-License-Identifier: Apache-2.0 */
/* zone_lookup: names of time zones as vendors write them to zones of the system:
 * IANA names also behind prefixes, Windows names (ICU), display names of Outlook and
 * Zimbra by their cities. What is not sure is unknown, never a guess. Pure. */
#ifndef PLANVAX_ICAL_ZONE_LOOKUP_H
#define PLANVAX_ICAL_ZONE_LOOKUP_H

#include <planvax/base/zone.h>

#define ZONE_LOOKUP_MAX_BYTES 200

/* The zone of a name, owned by the caller; NULL: unknown, or too long. */
struct zone *zone_lookup(const char *tzid);

#endif
