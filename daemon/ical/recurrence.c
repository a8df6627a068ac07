/* SPDX-License-Identifier: Apache-2.0 */
/* recurrence: see recurrence.h. The rule is cut and checked here, and rewritten in
 * a fixed form: only then is it given to libical (recurrence_expand). */
#include <planvax/ical/recurrence.h>

#include <planvax/base/buf.h>
#include <planvax/base/names.h>
#include <planvax/base/text.h>
#include <string.h>

#include "date_value.h"

enum part {
	PART_FREQ, PART_INTERVAL, PART_COUNT, PART_UNTIL, PART_WKST, PART_BYMONTH, PART_BYMONTHDAY, PART_BYYEARDAY,
	PART_BYWEEKNO, PART_BYDAY, PART_BYHOUR, PART_BYMINUTE, PART_BYSECOND, PART_BYSETPOS, PART_RSCALE
};
#define PARTS 15

static const struct name part_names[] = {
	{"FREQ", PART_FREQ},
	{"INTERVAL", PART_INTERVAL},
	{"COUNT", PART_COUNT},
	{"UNTIL", PART_UNTIL},
	{"WKST", PART_WKST},
	{"BYMONTH", PART_BYMONTH},
	{"BYMONTHDAY", PART_BYMONTHDAY},
	{"BYYEARDAY", PART_BYYEARDAY},
	{"BYWEEKNO", PART_BYWEEKNO},
	{"BYDAY", PART_BYDAY},
	{"BYHOUR", PART_BYHOUR},
	{"BYMINUTE", PART_BYMINUTE},
	{"BYSECOND", PART_BYSECOND},
	{"BYSETPOS", PART_BYSETPOS},
	{"RSCALE", PART_RSCALE},
	{NULL, 0},
};

static const struct name frequencies[] = {
	{"DAILY", RECURRENCE_DAILY},
	{"WEEKLY", RECURRENCE_WEEKLY},
	{"MONTHLY", RECURRENCE_MONTHLY},
	{"YEARLY", RECURRENCE_YEARLY},
	{NULL, 0},
};

static const struct name finer_frequencies[] = {{"HOURLY", 0}, {"MINUTELY", 0}, {"SECONDLY", 0}, {NULL, 0}};

static const struct name weekdays[] = {{"MO", 0}, {"TU", 1}, {"WE", 2}, {"TH", 3}, {"FR", 4}, {"SA", 5}, {"SU", 6}, {NULL, 0}};

/* A list of numbers, each once: bit n of `up` for n, of `back` for -n. */
struct numbers {
	uint64_t up[6], back[6];
	int len;
};

/* The rule's parts as they are read. */
struct draft {
	bool given[PARTS];
	struct recurrence rule;
	struct numbers months, month_days, year_days, weeks, hours, minutes, seconds, positions;
	struct numbers days[7]; /* ordinals of a weekday; bit 0: every */
	int week_start;
	bool ordinals;
};

static int invalid(struct fault *f, const char *what, const char *text, size_t len)
{
	fault_set(f, ERR_INVALID, "recurrence rule: %s \"%.*s\"", what, (int)(len < 60 ? len : 60), text);
	return ERR_INVALID;
}

static int declined(struct fault *f, const char *what)
{
	fault_set(f, ERR_UNSUPPORTED, "recurrence rule declined: %s", what);
	fault_hint(f, "let the agenda export single events");
	return ERR_UNSUPPORTED;
}

static bool has(const uint64_t bits[6], int n)
{
	return (bits[n / 64] >> (n % 64) & 1) != 0;
}

static void add_number(struct numbers *list, int n)
{
	uint64_t *bits = n < 0 ? list->back : list->up;
	int at = n < 0 ? -n : n;

	if (!has(bits, at))
		list->len++;
	bits[at / 64] |= UINT64_C(1) << (at % 64);
}

/* Reads an optional sign and digits. False: none, or outside. */
static bool read_signed(const char *text, size_t len, int64_t max, int64_t *out)
{
	bool minus = len > 0 && text[0] == '-';
	size_t skip = minus || (len > 0 && text[0] == '+') ? 1 : 0;

	if (skip == len || text[skip] == '-' || text_int(text + skip, len - skip, 0, max, out) < 0)
		return false;
	if (minus)
		*out = -*out;
	return true;
}

/* A list of numbers min..max (min < 0: either sign, but not 0). */
static int read_numbers(const char *text, size_t len, int min, int max, struct numbers *out)
{
	for (size_t at = 0; at <= len;) {
		const char *comma = memchr(text + at, ',', len - at);
		size_t n = comma != NULL ? (size_t)(comma - text) - at : len - at;
		int64_t value;
		if (!read_signed(text + at, n, max, &value) || value < min || (min < 0 && value == 0))
			return ERR_INVALID;
		add_number(out, (int)value);
		at += n + 1;
	}
	return 0;
}

static int read_days(const char *text, size_t len, struct draft *d)
{
	for (size_t at = 0; at <= len;) {
		const char *comma = memchr(text + at, ',', len - at);
		size_t n = comma != NULL ? (size_t)(comma - text) - at : len - at;
		int64_t ordinal = 0;
		int day;
		if (n < 2 || !names_value(weekdays, text + at + n - 2, 2, &day))
			return ERR_INVALID;
		if (n > 2 && (!read_signed(text + at, n - 2, 53, &ordinal) || ordinal == 0))
			return ERR_INVALID;
		add_number(&d->days[day], (int)ordinal);
		d->ordinals = d->ordinals || ordinal != 0;
		d->rule.weekdays |= (uint8_t)(1U << day);
		at += n + 1;
	}
	return 0;
}

static int read_frequency(const char *text, size_t len, struct draft *d, struct fault *f)
{
	int value;

	if (names_value(finer_frequencies, text, len, &value))
		return declined(f, "more often than daily");
	if (!names_value(frequencies, text, len, &value))
		return invalid(f, "no frequency", text, len);
	d->rule.frequency = (enum recurrence_frequency)value;
	return 0;
}

static int read_count(const char *text, size_t len, int32_t max, int32_t *out, struct fault *f)
{
	int64_t value;
	int rc = text_int(text, len, 1, INT32_MAX, &value);

	if (rc < 0)
		return invalid(f, "no number", text, len);
	if (value > max)
		return declined(f, "COUNT or INTERVAL beyond 1000");
	*out = (int32_t)value;
	return 0;
}

static int read_until(const char *text, size_t len, struct draft *d, struct fault *f)
{
	struct date_value v;

	if (date_value_parse(text, len, &v) < 0)
		return invalid(f, "UNTIL is no date", text, len);
	d->rule.until = v.is_date ? RECURRENCE_UNTIL_DATE : v.is_utc ? RECURRENCE_UNTIL_UTC : RECURRENCE_UNTIL_LOCAL;
	d->rule.until_at = (struct recurrence_local){v.date, v.second};
	return 0;
}

static int read_list(enum part part, const char *text, size_t len, struct draft *d)
{
	switch (part) {
	case PART_BYMONTH:
		return read_numbers(text, len, 1, 12, &d->months);
	case PART_BYMONTHDAY:
		return read_numbers(text, len, -31, 31, &d->month_days);
	case PART_BYYEARDAY:
		return read_numbers(text, len, -366, 366, &d->year_days);
	case PART_BYWEEKNO:
		return read_numbers(text, len, -53, 53, &d->weeks);
	case PART_BYHOUR:
		return read_numbers(text, len, 0, 23, &d->hours);
	case PART_BYMINUTE:
		return read_numbers(text, len, 0, 59, &d->minutes);
	case PART_BYSECOND:
		return read_numbers(text, len, 0, 59, &d->seconds);
	case PART_BYSETPOS:
		return read_numbers(text, len, -366, 366, &d->positions);
	case PART_BYDAY:
		return read_days(text, len, d);
	case PART_WKST:
		return names_value(weekdays, text, len, &d->week_start) ? 0 : ERR_INVALID;
	case PART_FREQ:
	case PART_INTERVAL:
	case PART_COUNT:
	case PART_UNTIL:
	case PART_RSCALE:
		break;
	}
	return ERR_INVALID;
}

static int read_part(enum part part, const char *text, size_t len, struct draft *d, struct fault *f)
{
	if (d->given[part])
		return invalid(f, "a part stands twice before", text, len);
	d->given[part] = true;
	switch (part) {
	case PART_FREQ:
		return read_frequency(text, len, d, f);
	case PART_INTERVAL:
		return read_count(text, len, 1000, &d->rule.interval, f);
	case PART_COUNT:
		return read_count(text, len, RECURRENCE_MAX_COUNT, &d->rule.count, f);
	case PART_UNTIL:
		return read_until(text, len, d, f);
	case PART_RSCALE:
		return text_is(text, len, "GREGORIAN") ? 0 : declined(f, "not the Gregorian calendar");
	case PART_WKST:
	case PART_BYMONTH:
	case PART_BYMONTHDAY:
	case PART_BYYEARDAY:
	case PART_BYWEEKNO:
	case PART_BYDAY:
	case PART_BYHOUR:
	case PART_BYMINUTE:
	case PART_BYSECOND:
	case PART_BYSETPOS:
		break;
	}
	return read_list(part, text, len, d) < 0 ? invalid(f, "bad value", text, len) : 0;
}

/* Cuts the rule into its parts. text is in upper case, without blanks. */
static int read_parts(const char *text, size_t len, struct draft *d, struct fault *f)
{
	for (size_t at = 0; at < len;) {
		const char *semicolon = memchr(text + at, ';', len - at);
		size_t n = semicolon != NULL ? (size_t)(semicolon - text) - at : len - at;
		const char *equals = memchr(text + at, '=', n);
		size_t name_len = equals != NULL ? (size_t)(equals - text) - at : n;
		int part;
		int rc = 0;
		if (n > 0 && equals == NULL)
			return invalid(f, "no value in", text + at, n);
		if (n > 0 && names_value(part_names, text + at, name_len, &part))
			rc = read_part((enum part)part, equals + 1, n - name_len - 1, d, f);
		else if (n > 0 && strncmp(text + at, "X-", 2) != 0)
			rc = text_is(text + at, name_len, "SKIP") ? declined(f, "SKIP") : invalid(f, "unknown part", text + at, n);
		if (rc < 0)
			return rc;
		at += n + 1;
	}
	return d->given[PART_FREQ] ? 0 : invalid(f, "FREQ is missing in", text, len);
}

/* Combinations that RFC 5545 forbids, that readers take differently, or that libical 3.0.16 gets wrong. */
static int check_combination(const struct draft *d, struct fault *f)
{
	enum recurrence_frequency freq = d->rule.frequency;

	if (d->given[PART_COUNT] && d->given[PART_UNTIL])
		return declined(f, "both COUNT and UNTIL");
	if (d->given[PART_BYMONTHDAY] && freq == RECURRENCE_WEEKLY)
		return declined(f, "BYMONTHDAY in a weekly rule");
	if (d->given[PART_BYMONTHDAY] && d->ordinals)
		return declined(f, "month days and numbered weekdays together");
	if (d->given[PART_BYMONTHDAY] && !d->given[PART_BYMONTH] && freq == RECURRENCE_YEARLY)
		return declined(f, "BYMONTHDAY without BYMONTH in a yearly rule"); /* readers differ: one month, or each */
	if (d->given[PART_BYYEARDAY] && freq != RECURRENCE_YEARLY)
		return declined(f, "BYYEARDAY in a rule that is not yearly");
	if (d->given[PART_BYWEEKNO] && freq != RECURRENCE_YEARLY)
		return declined(f, "BYWEEKNO in a rule that is not yearly");
	if (d->ordinals && (freq == RECURRENCE_DAILY || freq == RECURRENCE_WEEKLY || d->given[PART_BYWEEKNO]))
		return declined(f, "numbered weekdays in such a rule");
	if (d->given[PART_BYSETPOS] && !d->given[PART_BYMONTH] && !d->given[PART_BYMONTHDAY] && !d->given[PART_BYYEARDAY] &&
	    !d->given[PART_BYWEEKNO] && !d->given[PART_BYDAY] && !d->given[PART_BYHOUR] && !d->given[PART_BYMINUTE] &&
	    !d->given[PART_BYSECOND])
		return declined(f, "BYSETPOS without another BY part");
	if (d->given[PART_BYSETPOS] && (d->given[PART_BYHOUR] || d->given[PART_BYMINUTE] || d->given[PART_BYSECOND]))
		return declined(f, "BYSETPOS over times of the day"); /* libical 3.0.16 counts them wrongly */
	return 0;
}

/* Weeks at the turn of the year: libical 3.0.16 takes days of the wrong year. */
static int check_weeks(const struct draft *d, struct fault *f)
{
	bool turn = has(d->weeks.up, 1) || has(d->weeks.up, 52) || has(d->weeks.up, 53);

	for (int n = 1; n <= 53; n++)
		turn = turn || has(d->weeks.back, n);
	return turn ? declined(f, "a week at the turn of the year") : 0;
}

static const int longest[13] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

/* Whether a day of a month of len days that begins on weekday `first` is named by BYMONTHDAY and BYDAY. */
static bool names_day(const struct draft *d, int first, int len, int day)
{
	const struct numbers *list = &d->days[(first + day - 1) % 7];

	if (d->given[PART_BYMONTHDAY] && !has(d->month_days.up, day) && !has(d->month_days.back, len - day + 1))
		return false;
	return !d->given[PART_BYDAY] || has(list->up, 0) || has(list->up, (day - 1) / 7 + 1) || has(list->back, (len - day) / 7 + 1);
}

/* The most days that the rule names in one month of len days. */
static int largest_month(const struct draft *d, int len)
{
	int most = 0;

	if (!d->given[PART_BYMONTHDAY] && !d->given[PART_BYDAY])
		return 1;
	for (int first = 0; first < 7; first++) {
		int n = 0;
		for (int day = 1; day <= len; day++)
			n += names_day(d, first, len, day);
		most = n > most ? n : most;
	}
	return most;
}

/* As largest_month, of a month by its number. */
static int largest_named(const struct draft *d, int month)
{
	int n = largest_month(d, longest[month]);
	int other = month == 2 ? largest_month(d, 28) : 0;

	return n > other ? n : other;
}

/* Of the days of a year: so many as the lists allow. */
static int largest_year(const struct draft *d)
{
	int weekdays_named = 0;
	int days_named = 0; /* by their numbers in the year */
	int sum = 0;

	for (int day = 0; day < 7; day++) {
		weekdays_named += d->days[day].len > 0;
		days_named += has(d->days[day].up, 0) ? 53 : d->days[day].len;
	}
	if (d->given[PART_BYYEARDAY])
		return d->year_days.len;
	if (d->given[PART_BYWEEKNO])
		return d->weeks.len * (d->given[PART_BYDAY] ? weekdays_named : 1);
	if (d->ordinals && !d->given[PART_BYMONTH])
		return days_named;
	for (int m = 1; m <= 12; m++) {
		if (d->months.len == 0 || has(d->months.up, m))
			sum += largest_named(d, m);
	}
	return sum;
}

/* An upper bound of the days in one period of the rule, from which BYSETPOS picks. */
static int largest_set(const struct draft *d)
{
	int n = 0;

	switch (d->rule.frequency) {
	case RECURRENCE_DAILY:
		return 1;
	case RECURRENCE_WEEKLY:
		for (int day = 0; day < 7; day++)
			n += d->days[day].len > 0;
		return n > 0 ? n : 1;
	case RECURRENCE_MONTHLY:
		for (int m = 1; m <= 12; m++) {
			if ((d->months.len == 0 || has(d->months.up, m)) && largest_named(d, m) > n)
				n = largest_named(d, m);
		}
		return n;
	case RECURRENCE_YEARLY:
		return largest_year(d);
	}
	return 0;
}

/* Declines a rule whose positions lie beyond every set: libical would look for them for centuries. */
static int check_positions(const struct draft *d, struct fault *f)
{
	int max = largest_set(d);

	for (int n = 1; n <= max && n <= 366; n++) {
		if (has(d->positions.up, n) || has(d->positions.back, n))
			return 0;
	}
	return d->positions.len > 0 ? declined(f, "its position never comes") : 0;
}

/* Drops month days that none of the months has; declines a rule that is left with none. */
static int check_month_days(struct draft *d, struct fault *f)
{
	struct numbers kept = {.len = 0};
	int max = 0;

	if (!d->given[PART_BYMONTHDAY])
		return 0;
	for (int m = 1; m <= 12; m++) {
		if ((d->months.len == 0 || has(d->months.up, m)) && longest[m] > max)
			max = longest[m];
	}
	for (int day = 1; day <= max; day++) {
		if (has(d->month_days.up, day))
			add_number(&kept, day);
		if (has(d->month_days.back, day))
			add_number(&kept, -day);
	}
	if (kept.len == 0)
		return declined(f, "its day never comes");
	d->month_days = kept;
	return 0;
}

/* Drops numbered weekdays beyond the last of a month or year; declines a rule that is left with none: libical would look
 * for them for centuries. */
static int check_ordinals(struct draft *d, struct fault *f)
{
	int max = d->rule.frequency == RECURRENCE_YEARLY && !d->given[PART_BYMONTH] ? 53 : 5;
	bool any = false;

	if (!d->ordinals)
		return 0;
	d->rule.weekdays = 0;
	for (int day = 0; day < 7; day++) {
		struct numbers kept = {.len = 0};
		for (int n = 0; n <= max; n++) {
			if (has(d->days[day].up, n))
				add_number(&kept, n);
			if (n > 0 && has(d->days[day].back, n))
				add_number(&kept, -n);
		}
		d->days[day] = kept;
		d->rule.weekdays |= (uint8_t)((kept.len > 0) << day);
		any = any || kept.len > 0;
	}
	return any ? 0 : declined(f, "its day never comes");
}

static int check_times(const struct draft *d, struct fault *f)
{
	int hours = d->hours.len > 0 ? d->hours.len : 1;
	int minutes = d->minutes.len > 0 ? d->minutes.len : 1;
	int seconds = d->seconds.len > 0 ? d->seconds.len : 1;

	return hours * minutes * seconds > RECURRENCE_MAX_TIMES ? declined(f, "too many times a day") : 0;
}

static void put_numbers(struct buf *out, const char *name, const struct numbers *list, int max)
{
	const char *mark = name;

	for (int n = 0; n <= max && list->len > 0; n++) {
		if (has(list->up, n)) {
			buf_printf(out, "%s%d", mark, n);
			mark = ",";
		}
		if (n > 0 && has(list->back, n)) {
			buf_printf(out, "%s-%d", mark, n);
			mark = ",";
		}
	}
}

static void put_days(struct buf *out, const struct draft *d)
{
	const char *mark = ";BYDAY=";

	for (int day = 0; day < 7; day++) {
		for (int n = 0; n <= 53 && d->days[day].len > 0; n++) {
			if (has(d->days[day].up, n)) {
				buf_printf(out, "%s", mark);
				buf_printf(out, n > 0 ? "%d%s" : "%.0d%s", n, weekdays[day].word);
				mark = ",";
			}
			if (n > 0 && has(d->days[day].back, n)) {
				buf_printf(out, "%s-%d%s", mark, n, weekdays[day].word);
				mark = ",";
			}
		}
	}
}

/* Writes the rule in a fixed form: parts in one order, values sorted, each once. */
static int write_rule(struct draft *d, struct fault *f)
{
	struct buf out = BUF_INIT;
	struct recurrence *r = &d->rule;
	int rc = 0;

	buf_printf(&out, "FREQ=%s;INTERVAL=%d;WKST=%s", frequencies[r->frequency].word, (int)r->interval, weekdays[d->week_start].word);
	if (r->count > 0)
		buf_printf(&out, ";COUNT=%d", (int)r->count);
	put_numbers(&out, ";BYMONTH=", &d->months, 12);
	put_numbers(&out, ";BYMONTHDAY=", &d->month_days, 31);
	put_numbers(&out, ";BYYEARDAY=", &d->year_days, 366);
	put_numbers(&out, ";BYWEEKNO=", &d->weeks, 53);
	put_days(&out, d);
	put_numbers(&out, ";BYHOUR=", &d->hours, 23);
	put_numbers(&out, ";BYMINUTE=", &d->minutes, 59);
	put_numbers(&out, ";BYSECOND=", &d->seconds, 59);
	put_numbers(&out, ";BYSETPOS=", &d->positions, 366);
	if (out.len < sizeof(r->rule))
		memcpy(r->rule, buf_str(&out), out.len + 1);
	else
		rc = declined(f, "its lists are too long");
	buf_release(&out);
	return rc;
}

/* Copies in upper case without blanks. Returns the length, or -1 when too long. */
static int fold_rule(const char *text, size_t len, char out[RECURRENCE_MAX_RULE_BYTES])
{
	int n = 0;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		if (c == ' ' || c == '\t')
			continue;
		if (n == RECURRENCE_MAX_RULE_BYTES)
			return -1;
		out[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	return n;
}

int recurrence_parse(const char *text, size_t len, struct recurrence *out, struct fault *f)
{
	struct draft d = {.rule = {.interval = 1}};
	char folded[RECURRENCE_MAX_RULE_BYTES];
	int n = fold_rule(text, len, folded);
	int rc = n < 0 ? declined(f, "longer than 1000 characters") : read_parts(folded, (size_t)n, &d, f);

	if (rc == 0)
		rc = check_combination(&d, f);
	if (rc == 0)
		rc = check_weeks(&d, f);
	if (rc == 0)
		rc = check_month_days(&d, f);
	if (rc == 0)
		rc = check_ordinals(&d, f);
	if (rc == 0)
		rc = check_times(&d, f);
	if (rc == 0)
		rc = check_positions(&d, f);
	if (rc == 0)
		rc = write_rule(&d, f);
	if (rc < 0)
		return rc;
	d.rule.months = (uint16_t)d.months.up[0];
	d.rule.month_days = (uint32_t)d.month_days.up[0];
	d.rule.month_days_back = (uint32_t)d.month_days.back[0];
	d.rule.weeks = d.weeks.up[0];
	d.rule.rest = d.given[PART_BYYEARDAY] || d.given[PART_BYWEEKNO] || d.given[PART_BYSETPOS];
	*out = d.rule;
	return 0;
}
