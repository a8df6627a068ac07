/* SPDX-License-Identifier: Apache-2.0 */
/* age_span: durations of rule files, see the header. */
#include "age_span.h"

#include <planvax/base/err.h>
#include <planvax/base/text.h>

#include <string.h>

#define MAX_NUMBER 99999
#define MAX_YEARS 9999
#define MAX_MONTHS 30000 /* fits int16_t */

struct cursor {
	const char *at, *end;
};

static void skip_blanks(struct cursor *c)
{
	while (c->at < c->end && *c->at == ' ')
		c->at++;
}

static bool read_number(struct cursor *c, long *out)
{
	const char *start = c->at;
	int64_t n;

	while (c->at < c->end && *c->at >= '0' && *c->at <= '9')
		c->at++;
	if (c->at == start || text_int(start, (size_t)(c->at - start), 0, MAX_NUMBER, &n) < 0)
		return false;
	*out = (long)n;
	return true;
}

static bool read_unit(struct cursor *c, long n, long sum[3])
{
	static const struct {
		const char *word;
		int part, factor;
	} units[] = {{"day", 2, 1}, {"week", 2, 7}, {"month", 1, 1}, {"year", 0, 1}, {"yr", 0, 1}};
	const char *start = c->at;
	size_t len;

	while (c->at < c->end && *c->at >= 'a' && *c->at <= 'z')
		c->at++;
	len = (size_t)(c->at - start);
	if (len > 1 && start[len - 1] == 's')
		len--;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (text_is(start, len, units[i].word)) {
			sum[units[i].part] += n * units[i].factor;
			return true;
		}
	}
	return false;
}

int age_span_parse(const char *text, size_t len, struct age_span *out)
{
	struct cursor c = {text, text + len};
	long sum[3] = {0, 0, 0};
	long sign = 1, n;

	if (len > 200)
		return ERR_LIMIT;
	for (;;) {
		const char *blank;

		if (!read_number(&c, &n))
			return ERR_INVALID;
		blank = c.at;
		skip_blanks(&c);
		if (c.at == blank || !read_unit(&c, sign * n, sum))
			return ERR_INVALID;
		if (c.at == c.end)
			break;
		skip_blanks(&c);
		if (c.at == c.end || (*c.at != '+' && *c.at != '-'))
			return ERR_INVALID;
		sign = *c.at++ == '-' ? -1 : 1;
		skip_blanks(&c);
	}
	if (sum[0] < -MAX_YEARS || sum[0] > MAX_YEARS || sum[1] < -MAX_MONTHS || sum[1] > MAX_MONTHS)
		return ERR_LIMIT;
	*out = (struct age_span){.years = (int16_t)sum[0], .months = (int16_t)sum[1], .days = (int32_t)sum[2]};
	return 0;
}

struct date age_span_add(struct date d, struct age_span s)
{
	if (s.years == 0 && s.months == 0)
		return date_add_days(d, s.days);
	return date_add_rolled(d, s.years, s.months, s.days);
}
