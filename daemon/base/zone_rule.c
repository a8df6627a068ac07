/* SPDX-License-Identifier: Apache-2.0 */
/* zone_rule: parser and evaluation of POSIX TZ rules. */
#include "zone_rule.h"

#include <planvax/base/err.h>

#include <string.h>

#define DAY_S 86400

/* What is left to read; a failed step leaves failed set, and later steps do nothing. */
struct reader {
	const char *at, *end;
	bool failed;
};

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes c if it comes next. */
static bool take(struct reader *r, char c)
{
	if (r->failed || r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static void expect(struct reader *r, char c)
{
	if (!take(r, c))
		r->failed = true;
}

/* A number of one to three digits in min..max. */
static int number(struct reader *r, int min, int max)
{
	int value = 0, digits = 0;

	for (; !r->failed && r->at < r->end && is_digit(*r->at) && digits < 4; r->at++, digits++)
		value = value * 10 + (*r->at - '0');
	if (digits < 1 || digits > 3 || value < min || value > max)
		r->failed = true;
	return r->failed ? min : value;
}

/* "CET" or "<+0330>": at least three characters. */
static void abbreviation(struct reader *r)
{
	bool quoted = take(r, '<');
	const char *start = r->at;

	while (r->at < r->end && (is_letter(*r->at) || (quoted && (is_digit(*r->at) || *r->at == '+' || *r->at == '-'))))
		r->at++;
	if (r->at - start < 3)
		r->failed = true;
	if (quoted)
		expect(r, '>');
}

/* [+-]hh[:mm[:ss]] in seconds. */
static int32_t clock_time(struct reader *r, int max_hours)
{
	int sign = 1;

	if (take(r, '-'))
		sign = -1;
	else
		(void)take(r, '+');

	int32_t seconds = number(r, 0, max_hours) * 3600;

	if (take(r, ':')) {
		seconds += number(r, 0, 59) * 60;
		if (take(r, ':'))
			seconds += number(r, 0, 59);
	}
	return sign * seconds;
}

static struct zone_rule_change change(struct reader *r)
{
	struct zone_rule_change c = {.second = 2 * 3600};

	expect(r, ',');
	if (take(r, 'M')) {
		c.kind = ZONE_RULE_MONTH_WEEK;
		c.month = number(r, 1, 12);
		expect(r, '.');
		c.week = number(r, 1, 5);
		expect(r, '.');
		c.weekday = number(r, 0, 6);
	} else if (take(r, 'J')) {
		c.kind = ZONE_RULE_JULIAN;
		c.day = number(r, 1, 365);
	} else {
		c.kind = ZONE_RULE_DAY;
		c.day = number(r, 0, 365);
	}
	if (take(r, '/'))
		c.second = clock_time(r, 167);
	return c;
}

int zone_rule_parse(const char *text, size_t len, struct zone_rule *out)
{
	struct reader r = {text, text + len, false};
	struct zone_rule tz = {.has_dst = false};

	abbreviation(&r);
	/* POSIX counts offsets west of Greenwich. */
	tz.std_s = -clock_time(&r, 24);
	if (!r.failed && r.at < r.end) {
		tz.has_dst = true;
		abbreviation(&r);
		tz.dst_s = tz.std_s + 3600;
		if (r.at < r.end && *r.at != ',')
			tz.dst_s = -clock_time(&r, 24);
		tz.start = change(&r);
		tz.end = change(&r);
	}
	if (r.failed || r.at != r.end)
		return ERR_INVALID;
	*out = tz;
	return 0;
}

/* The day of a change in a year. */
static struct date change_day(const struct zone_rule_change *c, int year)
{
	struct date first = date_of(year, c->kind == ZONE_RULE_MONTH_WEEK ? c->month : 1, 1);

	switch (c->kind) {
	case ZONE_RULE_MONTH_WEEK: {
		struct date last = date_month_last(first);
		int to_weekday = (c->weekday + 6 - date_weekday(first)) % 7;
		struct date day = {first.days + to_weekday + (c->week - 1) * 7};

		return day.days > last.days ? (struct date){day.days - 7} : day;
	}
	case ZONE_RULE_JULIAN: {
		bool is_leap = date_exists(year, 2, 29);

		return (struct date){first.days + c->day - 1 + (is_leap && c->day >= 60)};
	}
	case ZONE_RULE_DAY:
		return (struct date){first.days + c->day};
	}
	return first;
}

static int64_t change_utc_s(const struct zone_rule_change *c, int year, int32_t offset_before_s)
{
	return (int64_t)change_day(c, year).days * DAY_S + c->second - offset_before_s;
}

int zone_rule_offset_s(const struct zone_rule *tz, struct instant at)
{
	int64_t latest = INT64_MIN;
	int offset_s = tz->std_s;
	int year = date_split(instant_utc_date(at)).year;

	if (!tz->has_dst)
		return tz->std_s;
	/* The latest change up to `at` counts; times of day of a week away can move it into a neighbouring year. */
	for (int y = year > 1 ? year - 1 : 1; y <= year + 1 && y <= 9999; y++) {
		int64_t start = change_utc_s(&tz->start, y, tz->std_s);
		int64_t end = change_utc_s(&tz->end, y, tz->dst_s);

		if (end <= at.utc_s && end > latest) {
			latest = end;
			offset_s = tz->std_s;
		}
		/* An end that meets the next start is no end: daylight saving time all year. */
		if (start <= at.utc_s && start >= latest) {
			latest = start;
			offset_s = tz->dst_s;
		}
	}
	return offset_s;
}
