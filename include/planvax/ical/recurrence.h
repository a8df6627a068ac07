/* SPDX-License-Identifier: Apache-2.0 */
/* recurrence: a recurrence rule (RFC 5545 3.3.10), vetted before libical expands
 * it: daily or coarser, a bounded COUNT, no day that never comes, a limit of
 * steps. What is declined says so; nothing is expanded wrongly in silence. Works
 * in local time: zones are the caller's. Any thread. */
#ifndef PLANVAX_ICAL_RECURRENCE_H
#define PLANVAX_ICAL_RECURRENCE_H

#include <planvax/base/civil.h>
#include <planvax/base/fault.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECURRENCE_MAX_COUNT 1000
#define RECURRENCE_MAX_STEPS 40000
#define RECURRENCE_MAX_RULE_BYTES 1000
#define RECURRENCE_MAX_SEARCHES 50 /* of one file: times for which libical looks decades ahead, up to 0.1 s each */
#define RECURRENCE_MAX_TIMES 64 /* a day: values of BYHOUR x BYMINUTE x BYSECOND */

/* A wall-clock time. */
struct recurrence_local {
	struct date date;
	int32_t second; /* of the day */
};

enum recurrence_frequency { RECURRENCE_DAILY, RECURRENCE_WEEKLY, RECURRENCE_MONTHLY, RECURRENCE_YEARLY };

enum recurrence_until {
	RECURRENCE_FOREVER,
	RECURRENCE_UNTIL_DATE,  /* that day included */
	RECURRENCE_UNTIL_LOCAL, /* that wall-clock time included */
	RECURRENCE_UNTIL_UTC    /* that instant included: the caller compares */
};

/* A vetted rule. */
struct recurrence {
	enum recurrence_frequency frequency;
	int32_t interval;
	int32_t count;                  /* 0: none */
	enum recurrence_until until;
	struct recurrence_local until_at; /* UTC fields for RECURRENCE_UNTIL_UTC */
	uint16_t months;                /* bit 1 to 12; 0: any */
	uint32_t month_days;            /* bit 1 to 31; 0 with month_days_back 0: any */
	uint32_t month_days_back;       /* bit 1 to 31: counted from the month's end */
	uint64_t weeks;                 /* bit 1 to 53, of the year; 0: any */
	uint8_t weekdays;               /* bit 0 Monday; 0: any */
	bool rest;                      /* week numbers, year days or positions are given */
	char rule[RECURRENCE_MAX_RULE_BYTES + 64]; /* in a fixed form, without UNTIL */
};

/* Reads and vets a rule of len bytes. 0; ERR_INVALID: not a rule; ERR_UNSUPPORTED: declined (f says why). */
int recurrence_parse(const char *text, size_t len, struct recurrence *out, struct fault *f);

/* Hears of each time, in order; false ends the expansion. */
typedef bool (*recurrence_fn)(void *arg, struct recurrence_local at);

/* Where an expansion begins. */
struct recurrence_span {
	struct recurrence_local start; /* of DTSTART */
	bool all_day;
	struct date from;              /* times of earlier days may be left out; DATE_NONE: none may */
	int *searches;                 /* long searches that are left; each that is made counts down, at 0 rules that may need one are
	                                * declined. NULL: any number */
};

/* Gives the times of the rule from the start on, until it ends or fn returns false. A start that does not fit the
 * rule is not one of them. 0; ERR_UNSUPPORTED: its day never comes, or libical declines it; ERR_LIMIT: RECURRENCE_MAX_STEPS, or no
 * search is left (f). */
int recurrence_expand(const struct recurrence *r, const struct recurrence_span *span, recurrence_fn fn, void *arg, struct fault *f);

#endif
