/* SPDX-License-Identifier: Apache-2.0 */
/* civil: calendar dates, ISO weeks and minutes of the day, as integers.
 * Proleptic Gregorian, years 1 to 9999: sums and moments beyond stay at the
 * first or last day; a sum with DATE_NONE is DATE_NONE. Pure; any thread.
 * Prefixes: date_, minute_, instant_. */
#ifndef PLANVAX_BASE_CIVIL_H
#define PLANVAX_BASE_CIVIL_H

#include <planvax/base/clock.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A calendar day, in days since 1970-01-01. */
struct date {
	int32_t days;
};

/* A minute of a day, 0 to 1440. */
struct minute {
	int32_t min;
};

/* Where a date is unknown. Sorts before every date. */
#define DATE_NONE ((struct date){INT32_MIN})

struct date_parts {
	int year, month, day; /* month and day from 1 */
};

struct iso_week {
	int year; /* ISO year, not always the calendar's */
	int week; /* 1 to 53 */
};

/* The date of a year, month and day; the day must exist (date_exists). */
struct date date_of(int year, int month, int day);

/* Whether that day exists in the years 1 to 9999. */
bool date_exists(int year, int month, int day);

/* Year, month and day of d. */
struct date_parts date_split(struct date d);

/* Whether d is DATE_NONE. */
bool date_is_none(struct date d);

/* Day of the week, 0 Monday to 6 Sunday. */
int date_weekday(struct date d);

/* ISO 8601 week of d. */
struct iso_week date_iso_week(struct date d);

/* d and n days; n may be negative. */
struct date date_add_days(struct date d, int n);

/* Adds years, then months, then days; a day that does not exist after the year
 * or month step becomes the first of the next month (RULES.md 2; CDSi 4.6). */
struct date date_add_rolled(struct date d, int years, int months, int days);

/* d and n months: same day number, else the last day of that month (decree 2022-418). */
struct date date_add_months(struct date d, int n);

/* First day of the month of d. */
struct date date_month_first(struct date d);

/* Last day of the month of d. */
struct date date_month_last(struct date d);

/* "2022-01-10" or "20220110", exactly len bytes. 0; ERR_INVALID. */
int date_parse(const char *text, size_t len, struct date *out);

/* Writes "YYYY-MM-DD" and a NUL (11 bytes); "" for DATE_NONE. Returns text. */
char *date_format(struct date d, char text[11]);

/* "08:30" (len bytes), 00:00 to 24:00. 0; ERR_INVALID. */
int minute_parse(const char *text, size_t len, struct minute *out);

/* "2022-01-02T12:00:00Z" or with an offset "+01:00", exactly len bytes. 0; ERR_INVALID. */
int instant_parse(const char *text, size_t len, struct instant *out);

/* Writes "2022-01-02T12:00:00Z" and a NUL (21 bytes). Returns text. */
char *instant_format_utc(struct instant at, char text[21]);

/* Writes "2022-01-02T13:00:00+01:00" for an offset in seconds and a NUL (26 bytes). Returns text. */
char *instant_format_offset(struct instant at, int offset_s, char text[26]);

/* Writes the basic iCalendar form "20220102T120000Z" and a NUL (17 bytes). Returns text. */
char *instant_format_ical(struct instant at, char text[17]);

/* The UTC date of an instant. */
struct date instant_utc_date(struct instant at);

#endif
