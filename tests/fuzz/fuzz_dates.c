/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as DATE, DATE-TIME, DURATION, UTC-OFFSET and as a recurrence rule: what is taken is within its bounds
 * and can be written again; a rule gives times in order, from its start on, within its limits.
 * Layer: ical */
#include "date_value.h"

#include <planvax/ical/recurrence.h>
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_date(const char *text, size_t len)
{
	struct date_value v, again;
	struct date_parts p;
	char back[32];
	int n;

	if (date_value_parse(text, len, &v) < 0)
		return;
	assert(v.second >= 0 && v.second < 86400 && !(v.is_date && (v.second != 0 || v.is_utc)));
	p = date_split(v.date);
	assert(date_exists(p.year, p.month, p.day));
	if (v.is_date)
		n = snprintf(back, sizeof(back), "%04d%02d%02d", p.year, p.month, p.day);
	else
		n = snprintf(back, sizeof(back), "%04d%02d%02dT%02d%02d%02d%s", p.year, p.month, p.day, (int)(v.second / 3600),
			(int)(v.second / 60 % 60), (int)(v.second % 60), v.is_utc ? "Z" : "");
	assert(n > 0 && (size_t)n == len && memcmp(back, text, 8) == 0);
	assert(date_value_parse(back, (size_t)n, &again) == 0 && again.date.days == v.date.days && again.second == v.second);
}

static void check_spans(const char *text, size_t len)
{
	int32_t days, seconds;

	if (date_value_duration(text, len, &days, &seconds) == 0)
		assert(days >= -36525 && days <= 36525 && (int64_t)days * seconds >= 0);
	if (date_value_offset(text, len, &seconds) == 0)
		assert(seconds > -86400 && seconds < 86400);
}

struct hearing {
	struct recurrence_local last;
	int n;
};

static bool hear(void *arg, struct recurrence_local at)
{
	struct hearing *h = arg;

	assert(at.second >= 0 && at.second < 86400);
	assert(at.date.days > h->last.date.days || (at.date.days == h->last.date.days && at.second >= h->last.second));
	h->last = at;
	return ++h->n < 2000;
}

static void check_rule(const char *text, size_t len)
{
	struct recurrence r;
	struct fault f = FAULT_NONE;
	const struct recurrence_span span = {.start = {date_of(2022, 1, 31), 30600}, .all_day = false, .from = DATE_NONE};
	struct hearing h = {.last = span.start};

	if (recurrence_parse(text, len, &r, &f) < 0) {
		assert(f.code != ERR_NONE && f.what[0] != '\0');
		return;
	}
	assert(r.interval >= 1 && r.interval <= 1000 && r.count >= 0 && r.count <= RECURRENCE_MAX_COUNT);
	if (recurrence_expand(&r, &span, hear, &h, &f) < 0)
		assert(f.code != ERR_NONE && f.what[0] != '\0');
	assert(r.count == 0 || h.n <= r.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;

	if (size == 0 || size > 2000)
		return 0;
	check_date(text, size);
	check_spans(text, size);
	check_rule(text, size);
	return 0;
}
