/* SPDX-License-Identifier: Apache-2.0 */
/* civil: calendar dates by Howard Hinnant's days-from-civil algorithms
 * ("chrono-Compatible Low-Level Date Algorithms"), years beginning in March. */
#include <planvax/base/civil.h>

#include <planvax/base/err.h>

#include <assert.h>
#include <string.h>

#define DAY_S 86400
#define FIRST_DAY (-719162) /* 0001-01-01 */
#define LAST_DAY 2932896    /* 9999-12-31 */

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Results beyond the calendar stay at its ends. */
static struct date clamped(int64_t days)
{
	if (days < FIRST_DAY)
		days = FIRST_DAY;
	if (days > LAST_DAY)
		days = LAST_DAY;
	return (struct date){(int32_t)days};
}

bool date_exists(int year, int month, int day)
{
	return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= month_days(year, month);
}

struct date date_of(int year, int month, int day)
{
	assert(date_exists(year, month, day));

	int y = month <= 2 ? year - 1 : year;
	int era = y / 400;
	int year_of_era = y - era * 400;
	int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return (struct date){era * 146097 + day_of_era - 719468};
}

struct date_parts date_split(struct date d)
{
	assert(d.days >= FIRST_DAY && d.days <= LAST_DAY);

	int z = d.days + 719468; /* days since 0000-03-01, positive */
	int era = z / 146097;
	int day_of_era = z - era * 146097;
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int month_from_march = (5 * day_of_year + 2) / 153;
	int month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;

	return (struct date_parts){
		.year = era * 400 + year_of_era + (month <= 2),
		.month = month,
		.day = day_of_year - (153 * month_from_march + 2) / 5 + 1,
	};
}

bool date_is_none(struct date d)
{
	return d.days == DATE_NONE.days;
}

int date_weekday(struct date d)
{
	assert(!date_is_none(d));

	int from_monday = (d.days % 7 + 3) % 7; /* 1970-01-01 was a Thursday */

	return from_monday < 0 ? from_monday + 7 : from_monday;
}

struct iso_week date_iso_week(struct date d)
{
	struct date thursday = {d.days - date_weekday(d) + 3};
	int year = date_split(thursday).year;

	return (struct iso_week){year, (thursday.days - date_of(year, 1, 1).days) / 7 + 1};
}

struct date date_add_days(struct date d, int n)
{
	return date_is_none(d) ? d : clamped((int64_t)d.days + n);
}

/* The month n months after year and month; false, with *edge the end of the calendar, if that is beyond it. */
static bool shift_month(struct date_parts *p, int64_t n, struct date *edge)
{
	int64_t months = (int64_t)p->year * 12 + p->month - 1 + n;

	if (months < 12 || months >= 10000 * 12) {
		*edge = clamped(months < 12 ? FIRST_DAY : LAST_DAY);
		return false;
	}
	p->year = (int)(months / 12);
	p->month = (int)(months % 12) + 1;
	return true;
}

/* d and n months; a day that is missing there becomes the first of the next month. */
static struct date roll_months(struct date d, int64_t n)
{
	struct date_parts p = date_split(d);
	struct date edge;

	if (!shift_month(&p, n, &edge))
		return edge;
	if (p.day <= month_days(p.year, p.month))
		return date_of(p.year, p.month, p.day);
	/* December has 31 days, so the next month is in the same year. */
	return date_of(p.year, p.month + 1, 1);
}

struct date date_add_rolled(struct date d, int years, int months, int days)
{
	if (date_is_none(d))
		return d;
	return date_add_days(roll_months(roll_months(d, (int64_t)years * 12), months), days);
}

struct date date_add_months(struct date d, int n)
{
	if (date_is_none(d))
		return d;

	struct date_parts p = date_split(d);
	struct date edge;

	if (!shift_month(&p, n, &edge))
		return edge;

	int last = month_days(p.year, p.month);

	return date_of(p.year, p.month, p.day < last ? p.day : last);
}

struct date date_month_first(struct date d)
{
	struct date_parts p = date_split(d);

	return date_of(p.year, p.month, 1);
}

struct date date_month_last(struct date d)
{
	struct date_parts p = date_split(d);

	return date_of(p.year, p.month, month_days(p.year, p.month));
}

/* Reads n digits; -1 if one is none. */
static int digits(const char *text, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

int date_parse(const char *text, size_t len, struct date *out)
{
	int year, month, day;

	if (len == 10 && text[4] == '-' && text[7] == '-') {
		year = digits(text, 4);
		month = digits(text + 5, 2);
		day = digits(text + 8, 2);
	} else if (len == 8) {
		year = digits(text, 4);
		month = digits(text + 4, 2);
		day = digits(text + 6, 2);
	} else {
		return ERR_INVALID;
	}
	if (!date_exists(year, month, day))
		return ERR_INVALID;
	*out = date_of(year, month, day);
	return 0;
}

/* Writes n decimal digits of value. */
static char *put_digits(char *at, int value, int n)
{
	for (int i = n - 1; i >= 0; i--, value /= 10)
		at[i] = (char)('0' + value % 10);
	return at + n;
}

/* Writes c, or nothing for NUL. */
static char *put_separator(char *at, char c)
{
	*at = c;
	return at + (c != '\0');
}

static char *put_date(char *at, struct date d, char separator)
{
	struct date_parts p = date_split(d);

	at = put_separator(put_digits(at, p.year, 4), separator);
	at = put_separator(put_digits(at, p.month, 2), separator);
	return put_digits(at, p.day, 2);
}

static char *put_time(char *at, int second, char separator)
{
	at = put_separator(put_digits(at, second / 3600, 2), separator);
	at = put_separator(put_digits(at, second / 60 % 60, 2), separator);
	return put_digits(at, second % 60, 2);
}

char *date_format(struct date d, char text[11])
{
	char *end = date_is_none(d) ? text : put_date(text, d, '-');

	*end = '\0';
	return text;
}

int minute_parse(const char *text, size_t len, struct minute *out)
{
	if (len != 5 || text[2] != ':')
		return ERR_INVALID;

	int hour = digits(text, 2), min = digits(text + 3, 2);

	if (hour < 0 || min < 0 || min > 59 || hour > 24 || (hour == 24 && min > 0))
		return ERR_INVALID;
	*out = (struct minute){hour * 60 + min};
	return 0;
}

/* "Z", "+01:00" or "-01:00" of len bytes as seconds east. */
static int parse_offset(const char *text, size_t len, int *out)
{
	if (len == 1 && text[0] == 'Z') {
		*out = 0;
		return 0;
	}
	if (len != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':')
		return ERR_INVALID;

	int hour = digits(text + 1, 2), min = digits(text + 4, 2);

	if (hour < 0 || hour > 23 || min < 0 || min > 59)
		return ERR_INVALID;
	*out = (hour * 3600 + min * 60) * (text[0] == '-' ? -1 : 1);
	return 0;
}

int instant_parse(const char *text, size_t len, struct instant *out)
{
	struct date d;
	int offset_s;

	if (len < 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':')
		return ERR_INVALID;
	if (date_parse(text, 10, &d) < 0 || parse_offset(text + 19, len - 19, &offset_s) < 0)
		return ERR_INVALID;

	int hour = digits(text + 11, 2), min = digits(text + 14, 2), second = digits(text + 17, 2);

	if (hour < 0 || hour > 23 || min < 0 || min > 59 || second < 0 || second > 59)
		return ERR_INVALID;

	int64_t utc_s = (int64_t)d.days * DAY_S + hour * 3600 + min * 60 + second - offset_s;

	if (utc_s < (int64_t)FIRST_DAY * DAY_S || utc_s >= ((int64_t)LAST_DAY + 1) * DAY_S)
		return ERR_INVALID;
	*out = (struct instant){utc_s};
	return 0;
}

/* Date and second of the day of a count of seconds; beyond the calendar, its first or last second. */
static struct date split_seconds(int64_t seconds, int *second)
{
	const int64_t first = (int64_t)FIRST_DAY * DAY_S, end = ((int64_t)LAST_DAY + 1) * DAY_S;

	if (seconds < first)
		seconds = first;
	if (seconds >= end)
		seconds = end - 1;

	int64_t from_first = seconds - first;

	*second = (int)(from_first % DAY_S);
	return (struct date){FIRST_DAY + (int32_t)(from_first / DAY_S)};
}

static char *put_instant(char *text, int64_t seconds)
{
	int second;
	char *at = put_date(text, split_seconds(seconds, &second), '-');

	*at = 'T';
	return put_time(at + 1, second, ':');
}

char *instant_format_utc(struct instant at, char text[21])
{
	memcpy(put_instant(text, at.utc_s), "Z", 2);
	return text;
}

char *instant_format_offset(struct instant at, int offset_s, char text[26])
{
	/* Old local mean times have seconds, which the form has not: whole minutes, same instant. */
	int offset_min = offset_s / 60;
	int east_min = offset_min < 0 ? -offset_min : offset_min;
	int64_t local_s;

	if (__builtin_add_overflow(at.utc_s, (int64_t)offset_min * 60, &local_s))
		local_s = at.utc_s;

	char *end = put_instant(text, local_s);

	*end = offset_min < 0 ? '-' : '+';
	end = put_digits(end + 1, east_min / 60, 2);
	*end = ':';
	*put_digits(end + 1, east_min % 60, 2) = '\0';
	return text;
}

char *instant_format_ical(struct instant at, char text[17])
{
	int second;
	char *end = put_date(text, split_seconds(at.utc_s, &second), '\0');

	*end = 'T';
	memcpy(put_time(end + 1, second, '\0'), "Z", 2);
	return text;
}

struct date instant_utc_date(struct instant at)
{
	int second;

	return split_seconds(at.utc_s, &second);
}
