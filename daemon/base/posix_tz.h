/* SPDX-License-Identifier: Apache-2.0 */
/* posix_tz: the rule for times after the last transition of a TZif file, as
 * the TZ variable of POSIX with the extensions of RFC 8536 3.3.1. Pure. */
#ifndef PLANVAX_BASE_POSIX_TZ_H
#define PLANVAX_BASE_POSIX_TZ_H

#include <planvax/base/civil.h>
#include <planvax/base/clock.h>

#include <stdbool.h>
#include <stddef.h>

enum posix_tz_kind {
	POSIX_TZ_MONTH_WEEK, /* Mm.w.d */
	POSIX_TZ_JULIAN,     /* Jn, 1 to 365, 29 February not counted */
	POSIX_TZ_DAY         /* n, 0 to 365 */
};

/* A day of each year and a wall-clock time on it. */
struct posix_tz_change {
	enum posix_tz_kind kind;
	int month, week, weekday; /* 1-12, 1-5 (5: the last), 0-6 from Sunday */
	int day;                  /* of JULIAN and DAY */
	int32_t second;           /* may lie days before or after: -167 h to 167 h */
};

struct posix_tz {
	int32_t std_s, dst_s; /* east of Greenwich */
	bool has_dst;
	struct posix_tz_change start, end; /* of daylight saving time */
};

/* Reads "CET-1CEST,M3.5.0,M10.5.0/3" (exactly len bytes); a daylight zone must name its days. 0; ERR_INVALID. */
int posix_tz_parse(const char *text, size_t len, struct posix_tz *out);

/* Offset in seconds east of Greenwich at an instant. */
int posix_tz_offset_s(const struct posix_tz *tz, struct instant at);

#endif
