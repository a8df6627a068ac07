/* SPDX-License-Identifier: Apache-2.0 */
/* date_value: see date_value.h. */
#include "date_value.h"

#include <planvax/base/err.h>
#include <planvax/base/text.h>

/* n digits as a number, or -1. */
static int digits(const char *text, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

int date_value_parse(const char *text, size_t len, struct date_value *out)
{
	struct date_value v = {.is_date = len == 8, .is_utc = len == 16};
	int year, month, day, hour = 0, minute = 0, second = 0;

	if (len != 8 && len != 15 && len != 16)
		return ERR_INVALID;
	year = digits(text, 4);
	month = digits(text + 4, 2);
	day = digits(text + 6, 2);
	if (!v.is_date) {
		if ((text[8] != 'T' && text[8] != 't') || (v.is_utc && text[15] != 'Z' && text[15] != 'z'))
			return ERR_INVALID;
		hour = digits(text + 9, 2);
		minute = digits(text + 11, 2);
		second = digits(text + 13, 2);
	}
	if (year < 0 || month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0)
		return ERR_INVALID;
	if (second == 60)
		second = 59; /* a leap second: RFC 5545 3.3.12 */
	if (!date_exists(year, month, day) || hour > 23 || minute > 59 || second > 59)
		return ERR_NOT_FOUND;
	v.date = date_of(year, month, day);
	v.second = hour * 3600 + minute * 60 + second;
	*out = v;
	return 0;
}

static int32_t unit_seconds(char unit, bool in_time)
{
	switch (unit) {
	case 'W':
	case 'w':
		return in_time ? 0 : 604800;
	case 'D':
	case 'd':
		return in_time ? 0 : 86400;
	case 'H':
	case 'h':
		return in_time ? 3600 : 0;
	case 'M':
	case 'm':
		return in_time ? 60 : 0;
	case 'S':
	case 's':
		return in_time ? 1 : 0;
	default:
		return 0;
	}
}

/* Adds n units to days or seconds, within a century. */
static int add_units(int64_t n, int32_t unit_s, int64_t *days, int64_t *seconds)
{
	if (n > 3200000000 / unit_s)
		return ERR_INVALID;
	if (unit_s >= 86400)
		*days += n * (unit_s / 86400);
	else
		*seconds += n * unit_s;
	return *days > 36525 || *seconds > INT32_MAX / 2 ? ERR_INVALID : 0;
}

int date_value_duration(const char *text, size_t len, int32_t *days, int32_t *seconds)
{
	int64_t whole_days = 0;
	int64_t rest_s = 0;
	size_t at = len > 0 && (text[0] == '+' || text[0] == '-') ? 1 : 0;
	int32_t sign = at == 1 && text[0] == '-' ? -1 : 1;
	bool in_time = false;
	bool any = false;

	if (at >= len || (text[at] != 'P' && text[at] != 'p'))
		return ERR_INVALID;
	for (at++; at < len;) {
		size_t n = 0;
		int64_t value;
		if (!in_time && (text[at] == 'T' || text[at] == 't')) {
			in_time = true;
			at++;
			continue;
		}
		while (at + n < len && text[at + n] >= '0' && text[at + n] <= '9')
			n++;
		if (n == 0 || n > 9 || at + n >= len || unit_seconds(text[at + n], in_time) == 0)
			return ERR_INVALID;
		if (text_int(text + at, n, 0, INT32_MAX, &value) < 0)
			return ERR_INVALID;
		if (add_units(value, unit_seconds(text[at + n], in_time), &whole_days, &rest_s) < 0)
			return ERR_INVALID;
		at += n + 1;
		any = true;
	}
	if (!any)
		return ERR_INVALID;
	*days = sign * (int32_t)whole_days;
	*seconds = sign * (int32_t)rest_s;
	return 0;
}

int date_value_offset(const char *text, size_t len, int32_t *seconds)
{
	int hour, minute, second;

	if ((len != 5 && len != 7) || (text[0] != '+' && text[0] != '-'))
		return ERR_INVALID;
	hour = digits(text + 1, 2);
	minute = digits(text + 3, 2);
	second = len == 7 ? digits(text + 5, 2) : 0;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
		return ERR_INVALID;
	*seconds = (text[0] == '-' ? -1 : 1) * (hour * 3600 + minute * 60 + second);
	return 0;
}
