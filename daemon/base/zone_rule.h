/* SPDX-License-Identifier: Apache-2.0 */
/* zone_rule: the rule for times after the last transition of a TZif file, as
 * the TZ variable of POSIX with the extensions of RFC 8536 3.3.1. Pure. */
#ifndef PLANVAX_BASE_ZONE_RULE_H
#define PLANVAX_BASE_ZONE_RULE_H

#include <planvax/base/civil.h>
#include <planvax/base/clock.h>

#include <stdbool.h>
#include <stddef.h>

enum zone_rule_kind {
	ZONE_RULE_MONTH_WEEK, /* Mm.w.d */
	ZONE_RULE_JULIAN,     /* Jn, 1 to 365, 29 February not counted */
	ZONE_RULE_DAY         /* n, 0 to 365 */
};

/* A day of each year and a wall-clock time on it. */
struct zone_rule_change {
	enum zone_rule_kind kind;
	int month, week, weekday; /* 1-12, 1-5 (5: the last), 0-6 from Sunday */
	int day;                  /* of JULIAN and DAY */
	int32_t second;           /* may lie days before or after: -167 h to 167 h */
};

struct zone_rule {
	int32_t std_s, dst_s; /* east of Greenwich */
	bool has_dst;
	struct zone_rule_change start, end; /* of daylight saving time */
};

/* Reads "CET-1CEST,M3.5.0,M10.5.0/3" (exactly len bytes); a daylight zone must name its days. 0; ERR_INVALID. */
int zone_rule_parse(const char *text, size_t len, struct zone_rule *out);

/* Offset in seconds east of Greenwich at an instant. */
int zone_rule_offset_s(const struct zone_rule *tz, struct instant at);

#endif
