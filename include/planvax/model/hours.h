/* SPDX-License-Identifier: Apache-2.0 */
/* hours: weekly opening hours: "mon-fri 08:30-12:30,13:30-17:30", parts joined by '|'
 * (INTERFACE.md 2); French weekdays and "8h30" too. Plain value. Pure; any thread. */
#ifndef PLANVAX_MODEL_HOURS_H
#define PLANVAX_MODEL_HOURS_H

#include <planvax/base/buf.h>
#include <planvax/base/fault.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOURS_RANGES_MAX 6 /* a day */
#define HOURS_DEFAULT "mon-fri 08:30-12:30,13:30-17:30"

/* Minutes of day, from included, to excluded; 0 <= from < to <= 1440. */
struct hours_range {
	int16_t from_min, to_min;
};

struct hours {
	struct hours_range range[7][HOURS_RANGES_MAX]; /* by weekday, 0 Monday; sorted, not overlapping */
	uint8_t n[7];                                  /* ranges of that weekday; 0: closed */
};

/* Parses len bytes; blank means HOURS_DEFAULT; a part without times is open all day,
 * one without weekdays means mon-fri; ';' joins parts as '|' does; ranges that overlap become one, ranges that touch stay two.
 * 0; ERR_INVALID; ERR_LIMIT: more than HOURS_RANGES_MAX ranges a day. */
int hours_parse(const char *text, size_t len, struct hours *out, struct fault *f);

/* Appends hours as hours_parse reads them, each weekday a part; closed all week: nothing. */
void hours_format(const struct hours *h, struct buf *out);

/* Parses weekdays alone ("mon-fri", "mon,wed-thu"): a bit a weekday, bit 0 Monday; blank means mon-fri. 0; ERR_INVALID. */
int hours_parse_weekdays(const char *text, size_t len, unsigned *mask, struct fault *f);

/* Whether minute `min` of that weekday lies in a range (from <= min < to). */
bool hours_open_at(const struct hours *h, int weekday, int min);

/* Whether from..to lies inside one range of that weekday. */
bool hours_holds(const struct hours *h, int weekday, int from_min, int to_min);

/* Minutes of from..to that lie inside ranges of that weekday. */
int hours_overlap_min(const struct hours *h, int weekday, int from_min, int to_min);

/* First and last minute of the day; false when closed. */
bool hours_span(const struct hours *h, int weekday, int *first_min, int *last_min);

#endif
