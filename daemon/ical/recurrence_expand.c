/* SPDX-License-Identifier: Apache-2.0 */
/* recurrence_expand: libical expands a vetted rule; each time that it gives is held against the rule's own limits, and
 * rules for whose day it would look for centuries are kept from it. */
#include <planvax/ical/recurrence.h>

#include <libical/ical.h>

static int decline(struct fault *f, const char *what)
{
	fault_set(f, ERR_UNSUPPORTED, "recurrence rule declined: %s", what);
	fault_hint(f, "let the agenda export single events");
	return ERR_UNSUPPORTED;
}

/* The last start by whole periods of so many days that lies a period or more before a day. */
static struct date skip_days(struct date start, struct date from, int32_t period)
{
	int32_t gap = from.days - start.days;

	return gap < 3 * period ? start : date_add_days(start, (gap / period - 1) * period);
}

/* The same by periods of months: on the same day of the month, which not every month has. */
static struct date skip_months(struct date start, struct date from, int32_t period)
{
	struct date_parts a = date_split(start), b = date_split(from);
	int32_t gap = (b.year - a.year) * 12 + b.month - a.month - 1;

	for (int32_t n = gap / period - 1; n > 0; n--) {
		int32_t months = a.month - 1 + n * period;
		if (date_exists(a.year + months / 12, months % 12 + 1, a.day))
			return date_of(a.year + months / 12, months % 12 + 1, a.day);
	}
	return start;
}

/* Moves a start without COUNT forward by whole periods, to before the day from which times are wanted. */
static struct date skip_ahead(const struct recurrence *r, const struct recurrence_span *span)
{
	struct date start = span->start.date;

	if (date_is_none(span->from) || r->count > 0)
		return start;
	switch (r->frequency) {
	case RECURRENCE_DAILY:
		return skip_days(start, span->from, r->interval);
	case RECURRENCE_WEEKLY:
		return skip_days(start, span->from, r->interval * 7);
	case RECURRENCE_MONTHLY:
		return skip_months(start, span->from, r->interval);
	case RECURRENCE_YEARLY: /* weeks without a weekday take the start's, which would be another */
		return r->rest ? start : skip_months(start, span->from, r->interval * 12);
	}
	return start;
}

static struct icaltimetype to_ical(struct date date, int32_t second, bool all_day)
{
	struct date_parts p = date_split(date);
	struct icaltimetype t = icaltime_null_time();

	t.year = p.year;
	t.month = p.month;
	t.day = p.day;
	t.is_date = all_day;
	if (!all_day) {
		t.hour = second / 3600;
		t.minute = second / 60 % 60;
		t.second = second % 60;
	}
	return t;
}

/* Whether a time fits what the rule says of months, month days and weekdays. */
static bool fits(const struct recurrence *r, struct date date)
{
	struct date_parts p = date_split(date);
	int last = date_split(date_month_last(date)).day;
	bool day_fits = (r->month_days >> p.day & 1) != 0 || (r->month_days_back >> (last - p.day + 1) & 1) != 0;

	if (r->months != 0 && (r->months >> p.month & 1) == 0)
		return false;
	if ((r->month_days != 0 || r->month_days_back != 0) && !day_fits)
		return false;
	return r->weekdays == 0 || (r->weekdays >> date_weekday(date) & 1) != 0;
}

static bool is_past(const struct recurrence *r, struct recurrence_local at)
{
	if (r->until == RECURRENCE_UNTIL_DATE)
		return at.date.days > r->until_at.date.days;
	if (r->until == RECURRENCE_UNTIL_LOCAL)
		return at.date.days > r->until_at.date.days ||
			(at.date.days == r->until_at.date.days && at.second > r->until_at.second);
	/* UTC: the caller compares instants; two days later it is over in every zone */
	return r->until == RECURRENCE_UNTIL_UTC && at.date.days > r->until_at.date.days + 2;
}

/* ---- rules for whose day libical would look for centuries ---- */

#define LONG_SEARCH_YEARS 30

/* Months that the rule comes to from a start: bit 1 to 12. */
static unsigned reached_months(const struct recurrence *r, int start_month)
{
	unsigned reached = 0;

	if (r->frequency != RECURRENCE_MONTHLY)
		return 0x1ffe;
	for (int k = 0, m = start_month - 1; k < 12; k++, m = (m + r->interval % 12) % 12)
		reached |= 2U << m;
	return reached;
}

/* Whether one of the months has one of the month days that the rule names; a bare rule means the start's. */
static bool has_month_day(const struct recurrence *r, struct date_parts start, unsigned months)
{
	bool bare = r->weekdays == 0 && !r->rest && r->month_days == 0 && r->month_days_back == 0;
	uint32_t up = bare && r->frequency >= RECURRENCE_MONTHLY ? (uint32_t)1 << start.day : r->month_days;

	if (up == 0 && r->month_days_back == 0)
		return true;
	for (int m = 1; m <= 12; m++) {
		uint32_t all = (uint32_t)((UINT64_C(2) << date_split(date_month_last(date_of(2024, m, 1))).day) - 2); /* a leap year */
		if ((months >> m & 1) != 0 && ((up & all) != 0 || (r->month_days_back & all) != 0))
			return true;
	}
	return false;
}

/* Whether 29 February alone is named, and the years passed over are never leap years. */
static bool misses_leap_years(const struct recurrence *r, struct date_parts start, unsigned months)
{
	bool bare = r->weekdays == 0 && !r->rest && r->month_days == 0 && r->month_days_back == 0;
	bool last = r->month_days == UINT32_C(1) << 29 || (bare && start.day == 29);

	if (r->frequency != RECURRENCE_YEARLY || (r->months != 0 ? months != 1U << 2 : start.month != 2) || !last || r->month_days_back != 0)
		return false;
	for (int year = start.year, k = 0; k < 400; k++, year += r->interval)
		if (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
			return false;
	return true;
}

/* Whether one of the weeks has days in one of the months: week n begins between day 7n - 10 and 7n - 3 of the year. */
static bool has_week(const struct recurrence *r, unsigned months)
{
	for (int n = 1; n <= 53; n++)
		for (int day = 7 * n - 10; (r->weeks >> n & 1) != 0 && day <= 7 * n + 4; day++) {
			struct date_parts p = date_split(date_add_days(date_of(2023, 1, 1), day - 1));
			if ((months >> p.month & 1) != 0)
				return true;
		}
	return r->weeks == 0;
}

/* Whether no day from the start on can fit, as far as that can be told without a search. */
static bool never_comes(const struct recurrence *r, struct date from)
{
	struct date_parts start = date_split(from);
	unsigned months = reached_months(r, start.month) & (r->months != 0 ? r->months : 0x1ffe);
	bool same_weekday = r->frequency == RECURRENCE_DAILY && r->interval % 7 == 0;

	if (months == 0 || !has_month_day(r, start, months) || misses_leap_years(r, start, months) || !has_week(r, months))
		return true;
	return same_weekday && r->weekdays != 0 && (r->weekdays >> date_weekday(from) & 1) == 0;
}

/* Whether the rule's days follow each other within a few years, whatever it starts with. */
static bool is_dense(const struct recurrence *r)
{
	int limits = (r->months != 0) + (r->month_days != 0 || r->month_days_back != 0) + (r->weekdays != 0);

	return !r->rest && limits <= 1 && r->interval <= 12;
}

/* How far an expansion came. */
struct progress {
	recurrence_fn fn;
	void *arg;
	int32_t last_day;
	bool ended; /* by UNTIL or by the caller */
	bool far;   /* libical looked long for some time */
};

static int run(icalrecur_iterator *iterator, const struct recurrence *r, struct progress *p, struct fault *f)
{
	for (int step = 0; step < RECURRENCE_MAX_STEPS; step++) {
		struct icaltimetype t = icalrecur_iterator_next(iterator);
		if (icaltime_is_null_time(t) || t.year > 2500)
			return 0;
		if (!date_exists(t.year, t.month, t.day))
			return decline(f, "libical gives a day that does not exist");
		struct recurrence_local at = {date_of(t.year, t.month, t.day), t.hour * 3600 + t.minute * 60 + t.second};
		if (!fits(r, at.date))
			return decline(f, "libical gives a day that the rule excludes");
		p->far = p->far || at.date.days - p->last_day > LONG_SEARCH_YEARS * 366;
		p->last_day = at.date.days;
		p->ended = is_past(r, at) || !p->fn(p->arg, at);
		if (p->ended)
			return 0;
	}
	fault_set(f, ERR_LIMIT, "recurrence rule: more than %d steps", RECURRENCE_MAX_STEPS);
	fault_hint(f, "let the agenda end the series, or start it later");
	return ERR_LIMIT;
}

int recurrence_expand(const struct recurrence *r, const struct recurrence_span *span, recurrence_fn fn, void *arg, struct fault *f)
{
	struct icalrecurrencetype rule = icalrecurrencetype_from_string(r->rule);
	struct date first = skip_ahead(r, span);
	struct icaltimetype start = to_ical(first, span->start.second, span->all_day);
	icalrecur_iterator *iterator;
	struct progress p = {.fn = fn, .arg = arg, .last_day = first.days};
	int rc;

	if (never_comes(r, span->start.date))
		return decline(f, "its day never comes");
	if (span->searches != NULL && *span->searches <= 0 && !is_dense(r)) {
		fault_set(f, ERR_LIMIT, "recurrence rule: the file has too many rules whose day hardly ever comes");
		fault_hint(f, "let the agenda export single events");
		return ERR_LIMIT;
	}
	if (rule.freq == ICAL_NO_RECURRENCE)
		return decline(f, "libical does not read it");
	iterator = icalrecur_iterator_new(rule, start);
	if (iterator == NULL)
		return decline(f, "libical does not expand it");
	rc = run(iterator, r, &p, f);
	icalrecur_iterator_free(iterator);
	/* It ran out without UNTIL or COUNT, or was far ahead at its last step. */
	if (span->searches != NULL && (p.far || (rc == 0 && !p.ended && r->count == 0)))
		--*span->searches;
	return rc;
}
