/* SPDX-License-Identifier: Apache-2.0 */
/* hours: parses weekly hours and answers questions on minutes of a weekday. */
#include <planvax/model/hours.h>

#include <planvax/base/text.h>

#include <stdlib.h>
#include <string.h>

#define DAYS 7
#define MONDAY_TO_FRIDAY 0x1fu
#define DAY_MINUTES 1440
#define HINT "expected parts like \"" HOURS_DEFAULT "\", joined by |"

static const char day_words[2][DAYS][10] = {
	{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"},
	{"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"},
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Length of the token at text that ends before any byte of `ends` or a blank. */
static size_t span_until(const char *text, size_t len, const char *ends)
{
	size_t n = 0;

	while (n < len && !is_blank(text[n]) && strchr(ends, text[n]) == NULL)
		n++;
	return n;
}

/* Weekday of a word, English or French: its first three letters or more, any case; -1 otherwise. */
static int weekday_of(const char *text, size_t len)
{
	for (int i_day = 0; i_day < 2 * DAYS; i_day++) {
		int day = i_day % DAYS;
		const char *word = day_words[i_day / DAYS][day];
		size_t i = 0;

		while (i < len && i < strlen(word) && (text[i] | 0x20) == word[i])
			i++;
		if (i == len && len >= 3)
			return day;
	}
	return -1;
}

/* Adds "mon" or "mon-fri" to the mask. */
static int parse_days(const char *text, size_t len, unsigned *mask, struct fault *f)
{
	const char *dash = memchr(text, '-', len);
	size_t first_len = dash != NULL ? (size_t)(dash - text) : len;
	int first = weekday_of(text, first_len);
	int last = dash != NULL ? weekday_of(dash + 1, len - first_len - 1) : first;

	if (first < 0 || last < 0 || last < first) {
		fault_set(f, ERR_INVALID, "\"%.*s\" names no weekdays", (int)(len > 40 ? 40 : len), text);
		fault_hint(f, "expected mon, tue, wed, thu, fri, sat, sun (lun, mar, mer, jeu, ven, sam, dim) or a range like mon-fri");
		return ERR_INVALID;
	}
	for (int day = first; day <= last; day++)
		*mask |= 1u << day;
	return 0;
}

/* "8:30", "08:30", "8h30" or "8h" to minutes; -1 otherwise. */
static int parse_minute(const char *text, size_t len)
{
	size_t mark = 0;
	int64_t hour, min = 0;

	while (mark < len && is_digit(text[mark]))
		mark++;
	bool alone = mark + 1 == len && (text[mark] == 'h' || text[mark] == 'H');
	if (mark < 1 || mark > 2 || (!alone && (mark + 3 != len || strchr(":hH", text[mark]) == NULL)))
		return -1;
	if (text_int(text, mark, 0, 24, &hour) < 0 || (!alone && text_int(text + mark + 1, 2, 0, 59, &min) < 0))
		return -1;
	return hour * 60 + min <= DAY_MINUTES ? (int)(hour * 60 + min) : -1;
}

static int parse_range(const char *text, size_t len, struct hours_range *range, struct fault *f)
{
	const char *dash = memchr(text, '-', len);
	size_t from_len = dash != NULL ? (size_t)(dash - text) : 0;
	int from = dash != NULL ? parse_minute(text, from_len) : -1;
	int to = dash != NULL ? parse_minute(dash + 1, len - from_len - 1) : -1;

	if (from < 0 || to < 0 || from >= to) {
		fault_set(f, ERR_INVALID, "\"%.*s\" is not a range of times", (int)(len > 40 ? 40 : len), text);
		fault_hint(f, "expected HH:MM-HH:MM, the end after the start, 24:00 at most");
		return ERR_INVALID;
	}
	*range = (struct hours_range){(int16_t)from, (int16_t)to};
	return 0;
}

/* One part: weekdays and ranges, in any order; none of either means all. */
struct part {
	unsigned days;
	struct hours_range ranges[HOURS_RANGES_MAX];
	int n_ranges;
};

static int parse_part(const char *text, size_t len, struct part *part, struct fault *f)
{
	const char *end = text + len;

	*part = (struct part){.days = 0};
	while (text < end) {
		size_t n = span_until(text, (size_t)(end - text), ",");

		if (n == 0) {
			text++;
			continue;
		}
		if (!is_digit(*text)) {
			if (parse_days(text, n, &part->days, f) < 0)
				return ERR_INVALID;
		} else {
			if (part->n_ranges == HOURS_RANGES_MAX)
				return fault_set(f, ERR_LIMIT, "more than %d ranges a day", HOURS_RANGES_MAX);
			if (parse_range(text, n, &part->ranges[part->n_ranges], f) < 0)
				return ERR_INVALID;
			part->n_ranges++;
		}
		text += n;
	}
	if (part->n_ranges == 0)
		part->ranges[part->n_ranges++] = (struct hours_range){0, DAY_MINUTES};
	if (part->days == 0)
		part->days = MONDAY_TO_FRIDAY;
	return 0;
}

/* Puts a range into a weekday: in order, joined with those that it overlaps (touching ones stay apart). */
static int add_range(struct hours *h, int day, struct hours_range range, struct fault *f)
{
	struct hours_range *ranges = h->range[day];
	int n = h->n[day], kept = 0;

	for (int i = 0; i < n; i++) {
		if (ranges[i].to_min <= range.from_min || ranges[i].from_min >= range.to_min) {
			ranges[kept++] = ranges[i];
			continue;
		}
		if (ranges[i].from_min < range.from_min)
			range.from_min = ranges[i].from_min;
		if (ranges[i].to_min > range.to_min)
			range.to_min = ranges[i].to_min;
	}
	if (kept == HOURS_RANGES_MAX)
		return fault_set(f, ERR_LIMIT, "more than %d ranges a day", HOURS_RANGES_MAX);

	int at = kept;

	while (at > 0 && ranges[at - 1].from_min > range.from_min) {
		ranges[at] = ranges[at - 1];
		at--;
	}
	ranges[at] = range;
	h->n[day] = (uint8_t)(kept + 1);
	return 0;
}

static int add_part(struct hours *h, const struct part *part, struct fault *f)
{
	for (int day = 0; day < DAYS; day++)
		for (int i = 0; (part->days >> day & 1) != 0 && i < part->n_ranges; i++)
			if (add_range(h, day, part->ranges[i], f) < 0)
				return ERR_LIMIT;
	return 0;
}

int hours_parse(const char *text, size_t len, struct hours *out, struct fault *f)
{
	struct hours h = {.n = {0}};

	text_trim(&text, &len);
	if (len == 0) {
		text = HOURS_DEFAULT;
		len = strlen(text);
	}
	for (;;) {
		size_t n = 0;
		struct part part;

		while (n < len && text[n] != '|' && text[n] != ';')
			n++;

		const char *inner = text;
		size_t inner_len = n;

		text_trim(&inner, &inner_len);
		if (inner_len == 0) {
			fault_set(f, ERR_INVALID, "hours have an empty part");
			fault_hint(f, HINT);
			return ERR_INVALID;
		}

		int rc = parse_part(inner, inner_len, &part, f);

		if (rc == 0)
			rc = add_part(&h, &part, f);
		if (rc < 0)
			return rc;
		if (n == len)
			break;
		text += n + 1;
		len -= n + 1;
	}
	*out = h;
	return 0;
}

void hours_format(const struct hours *h, struct buf *out)
{
	const char *joint = "";

	for (int day = 0; day < DAYS; day++) {
		if (h->n[day] == 0)
			continue;
		buf_printf(out, "%s%.3s ", joint, day_words[0][day]);
		for (int i = 0; i < h->n[day]; i++) {
			const struct hours_range *r = &h->range[day][i];

			buf_printf(out, "%s%02d:%02d-%02d:%02d", i > 0 ? "," : "", r->from_min / 60, r->from_min % 60,
				r->to_min / 60, r->to_min % 60);
		}
		joint = "|";
	}
}

int hours_parse_weekdays(const char *text, size_t len, unsigned *mask, struct fault *f)
{
	unsigned days = 0;

	while (len > 0) {
		size_t n = span_until(text, len, ",");

		if (n > 0 && parse_days(text, n, &days, f) < 0)
			return ERR_INVALID;
		n += n == 0;
		text += n;
		len -= n;
	}
	*mask = days != 0 ? days : MONDAY_TO_FRIDAY;
	return 0;
}

bool hours_open_at(const struct hours *h, int weekday, int min)
{
	for (int i = 0; i < h->n[weekday]; i++)
		if (h->range[weekday][i].from_min <= min && min < h->range[weekday][i].to_min)
			return true;
	return false;
}

bool hours_holds(const struct hours *h, int weekday, int from_min, int to_min)
{
	for (int i = 0; i < h->n[weekday]; i++)
		if (h->range[weekday][i].from_min <= from_min && to_min <= h->range[weekday][i].to_min)
			return true;
	return false;
}

int hours_overlap_min(const struct hours *h, int weekday, int from_min, int to_min)
{
	int sum = 0;

	for (int i = 0; i < h->n[weekday]; i++) {
		int from = h->range[weekday][i].from_min, to = h->range[weekday][i].to_min;

		if (from < from_min)
			from = from_min;
		if (to > to_min)
			to = to_min;
		if (to > from)
			sum += to - from;
	}
	return sum;
}

bool hours_span(const struct hours *h, int weekday, int *first_min, int *last_min)
{
	if (h->n[weekday] == 0)
		return false;
	*first_min = h->range[weekday][0].from_min;
	*last_min = h->range[weekday][h->n[weekday] - 1].to_min;
	return true;
}
