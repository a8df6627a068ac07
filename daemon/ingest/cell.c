/* SPDX-License-Identifier: Apache-2.0 */
/* cell: see cell.h. */
#include "cell.h"

#include <planvax/base/text.h>
#include <planvax/model/ids.h>
#include <string.h>

#include "fold.h"

#define MAX_TEXT_BYTES 400

/* Bytes of text to show: at most 80, whole characters. */
static int shown(const char *text)
{
	size_t n = strnlen(text, 80);

	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return (int)n;
}

static int refuse(struct fault *f, const char *text, const char *is_not, const char *hint)
{
	fault_set(f, ERR_INVALID, "\"%.*s\" %s", shown(text), text, is_not);
	fault_hint(f, "%s", hint);
	return ERR_INVALID;
}

static bool all_digits(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
	}
	return len > 0;
}

int cell_text(const char *text, const char **out, struct fault *f)
{
	size_t len = strlen(text);

	if (len > MAX_TEXT_BYTES) {
		fault_set(f, ERR_INVALID, "a text of %zu bytes", len);
		fault_hint(f, "at most %d are taken", MAX_TEXT_BYTES);
		return ERR_INVALID;
	}
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)text[i] >= 0x20 && text[i] != 0x7f)
			continue;
		if (text[i] == '\n') {
			fault_set(f, ERR_INVALID, "a line break inside a quoted cell");
			fault_hint(f, "remove it; look for a quote that is not closed");
			return ERR_INVALID;
		}
		fault_set(f, ERR_INVALID, "a control character (code %d)", text[i]);
		fault_hint(f, "remove line breaks and control characters");
		return ERR_INVALID;
	}
	*out = text;
	return 0;
}

int cell_mail(const char *text, const char **out, struct fault *f)
{
	const char *at = strchr(text, '@');

	if (at == NULL || at == text || at[1] == '\0' || strchr(at + 1, '@') != NULL || strpbrk(text, " \t<>()[],;:\\\"") != NULL) {
		fault_set(f, ERR_INVALID, "\"%s\" is no mailbox", text);
		fault_hint(f, "expected NAME@DOMAIN, or a blank cell");
		return ERR_INVALID;
	}
	return cell_text(text, out, f);
}

int cell_key(const char *text, const char **out, struct fault *f)
{
	if (!ids_key(text, strlen(text)))
		return refuse(f, text, "is no identifier", "1 to 64 letters, digits or signs, no blank, quote or slash");
	*out = text;
	return 0;
}

/* Drops blanks, no-break spaces included, that people put between groups of digits. */
static const char *without_blanks(const char *text, struct arena *arena, size_t *len)
{
	size_t n = strlen(text);
	char *out;

	if (strchr(text, ' ') == NULL && strstr(text, "\xc2\xa0") == NULL && strstr(text, "\xe2\x80\xaf") == NULL) {
		*len = n;
		return text;
	}
	out = arena_alloc(arena, n + 1);
	*len = 0;
	for (size_t i = 0; i < n; i++) {
		if (strncmp(text + i, "\xc2\xa0", 2) == 0)
			i += 1;
		else if (strncmp(text + i, "\xe2\x80\xaf", 3) == 0)
			i += 2;
		else if (text[i] != ' ')
			out[(*len)++] = text[i];
	}
	return out;
}

/* Whether a spreadsheet wrote a long number as 1,23457E+13. */
static bool is_scientific(const char *text)
{
	size_t n = strspn(text, "0123456789.,");

	return n > 0 && (text[n] == 'e' || text[n] == 'E') && (text[n + 1] == '+' || text[n + 1] == '-') && all_digits(text + n + 2, strlen(text + n + 2));
}

/* A number's ".0" or ",00", which spreadsheets add, dropped. */
static size_t without_zero_decimals(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] >= '0' && text[n] <= '9')
		n++;
	if (n > 0 && n + 1 < len && (text[n] == '.' || text[n] == ',') && strspn(text + n + 1, "0") >= len - n - 1)
		return n;
	return len;
}

#define AS_TEXT "format the column as text and export again"

int cell_siret(const char *text, struct arena *arena, const char **out, struct fault *f)
{
	size_t len;
	const char *digits = without_blanks(text, arena, &len);
	bool eaten;

	len = without_zero_decimals(digits, len);
	eaten = all_digits(digits, len) && len < 14 && len >= 10;
	if (eaten || len != strlen(digits))
		digits = arena_printf(arena, "%.*s%.*s", eaten ? (int)(14 - len) : 0, "00000000000000", (int)len, digits);
	len = eaten ? 14 : len;
	if (len == 14 && ids_siret(digits, len)) {
		*out = digits;
		return 0;
	}
	if (is_scientific(text))
		return refuse(f, text, "is a SIRET that a spreadsheet rounded", AS_TEXT);
	if (eaten)
		return refuse(f, text, "is not a SIRET: digits are missing", "14 digits; if a spreadsheet ate zeros, " AS_TEXT);
	if (all_digits(digits, len) && len == 9)
		return refuse(f, text, "is not a SIRET: it has the 9 digits of a SIREN", "14 digits: the SIREN and the establishment's number");
	if (!all_digits(digits, len) || len != 14)
		return refuse(f, text, "is not a SIRET", "14 digits");
	return refuse(f, text, "is not a SIRET: its check digit is wrong", "look for a mistyped digit");
}

int cell_rpps(const char *text, struct arena *arena, const char **out, struct fault *f)
{
	size_t len;
	const char *digits = without_blanks(text, arena, &len);

	if (len == 12 && digits[0] == '8' && all_digits(digits, len)) { /* as identity systems write it: 8 and the RPPS */
		digits++;
		len--;
	}
	if (is_scientific(text))
		return refuse(f, text, "is an RPPS number that a spreadsheet rounded", AS_TEXT);
	if (!ids_rpps(digits, len))
		return refuse(f, text, "is not an RPPS number", "11 digits, the last one a check digit");
	*out = digits[len] == '\0' ? digits : arena_strndup(arena, digits, len);
	return 0;
}

int cell_insee(const char *text, struct arena *arena, const char **out, struct fault *f)
{
	size_t len;
	const char *code = without_blanks(text, arena, &len);

	len = without_zero_decimals(code, len);
	if (len == 4 && all_digits(code, len))
		code = arena_printf(arena, "0%.4s", code);
	else if (len == 5 && code[0] == '2' && (code[1] == 'a' || code[1] == 'b'))
		code = arena_printf(arena, "2%c%.3s", code[1] - 'a' + 'A', code + 2);
	else
		code = arena_strndup(arena, code, len);
	if (is_scientific(text))
		return refuse(f, text, "is a commune code that a spreadsheet took for a number", AS_TEXT);
	if (strlen(code) == 5 && all_digits(code, 5) && code[0] == '2' && code[1] == '0')
		return refuse(f, text, "is a postal code of Corsica, not a commune code", "communes of Corsica have 2A or 2B: 2A004");
	if (!ids_insee(code, strlen(code)))
		return refuse(f, text, "is not a commune code", "5 characters as INSEE writes them, not the postal code: 75056, 2A004");
	*out = code;
	return 0;
}

int cell_area(const char *text, struct arena *arena, const char **out, struct fault *f)
{
	size_t len = without_zero_decimals(text, strlen(text));
	char upper = len == 2 && text[0] == '2' ? (char)(text[1] & ~0x20) : '\0';

	if (len == 1 && all_digits(text, 1))
		*out = arena_printf(arena, "0%.1s", text);
	else if (upper == 'A' || upper == 'B')
		*out = arena_printf(arena, "2%c", upper);
	else if (len < 2 || len > 3 || !all_digits(text, len))
		return refuse(f, text, "is not an INSEE code of a region or departement", "2 or 3 digits: 84, 01, 971, 2A");
	else
		*out = arena_strndup(arena, text, len);
	return 0;
}

int cell_zone(const char *text, const char **out, struct fault *f)
{
	struct zone *zone;

	if (zone_load(text, &zone) < 0)
		return refuse(f, text, "is not a known time zone", "an IANA name such as Europe/Paris; blank: the region's");
	zone_free(zone);
	*out = text;
	return 0;
}

int cell_int(const char *text, int32_t min, int32_t max, int32_t *out, struct fault *f)
{
	struct arena arena = ARENA_INIT;
	size_t len;
	const char *digits = without_blanks(text, &arena, &len); /* blanks between thousands */
	int64_t value;
	int rc = text_int(digits, without_zero_decimals(digits, len), min, max, &value);

	arena_release(&arena);
	if (rc == 0) {
		*out = (int32_t)value;
		return 0;
	}
	fault_set(f, ERR_INVALID, rc == ERR_LIMIT ? "%.*s is out of range" : "\"%.*s\" is not a whole number", shown(text), text);
	fault_hint(f, "expected %d to %d", min, max);
	return ERR_INVALID;
}

int cell_bool(const char *text, bool *out, struct fault *f)
{
	static const struct name words[] = {
		{"0", 0}, {"1", 1}, {"no", 0}, {"yes", 1}, {"non", 0}, {"oui", 1},
		{"false", 0}, {"true", 1}, {"faux", 0}, {"vrai", 1}, {"n", 0}, {"y", 1}, {"o", 1}, {NULL, 0},
	};
	int value;

	if (!cell_word(words, text, strlen(text), &value))
		return refuse(f, text, "is neither 0 nor 1", "expected 0 or 1");
	*out = value != 0;
	return 0;
}

/* DD/MM/YYYY, also with '-' or '.'; one digit is enough for day and month. */
static bool french_date(const char *text, size_t len, struct date *out)
{
	int64_t part[3];
	const char *at = text;
	char mark = '\0';

	for (int i = 0; i < 3; i++) {
		size_t n = 0;
		while ((size_t)(at + n - text) < len && at[n] >= '0' && at[n] <= '9')
			n++;
		if (n == 0 || n > 4 || (i < 2 && n > 2) || (i == 2 && n != 4) || text_int(at, n, 0, 9999, &part[i]) < 0)
			return false;
		at += n;
		if (i == 2)
			break;
		if ((size_t)(at - text) >= len || strchr("/-.", *at) == NULL || (i == 1 && *at != mark))
			return false;
		mark = *at++;
	}
	if ((size_t)(at - text) != len || !date_exists((int)part[2], (int)part[1], (int)part[0]))
		return false;
	*out = date_of((int)part[2], (int)part[1], (int)part[0]);
	return true;
}

static bool any_date(const char *text, size_t len, struct date *out)
{
	return date_parse(text, len, out) == 0 || french_date(text, len, out);
}

/* Length of the date in a text that a spreadsheet ended with midnight. */
static size_t without_midnight(const char *text)
{
	size_t len = strcspn(text, " T");

	if (strcmp(text + len, " 00:00:00") == 0 || strcmp(text + len, "T00:00:00") == 0 || strcmp(text + len, " 00:00") == 0 ||
		strcmp(text + len, " 0:00") == 0)
		return len;
	return strlen(text);
}

#define DATE_FORMS "expected YYYY-MM-DD or DD/MM/YYYY"

/* What the matter is with a text that is no date. */
static const char *date_hint(const char *text)
{
	size_t len = strlen(text);
	const char *year = strrchr(text, '/');

	if (all_digits(text, len) && len == 5)
		return DATE_FORMS "; a spreadsheet's day number is not read: format the column as a date";
	if (year == NULL)
		year = strrchr(text, text[strcspn(text, "-.")]);
	if (len >= 6 && len <= 8 && year != NULL && all_digits(year + 1, strlen(year + 1)) && strlen(year + 1) == 2)
		return DATE_FORMS ", the year with four digits";
	return DATE_FORMS;
}

int cell_date(const char *text, struct date *out, struct fault *f)
{
	struct date date;

	if (!any_date(text, without_midnight(text), &date))
		return refuse(f, text, "is not a date", date_hint(text));
	*out = date;
	return 0;
}

int cell_degrees(const char *text, int32_t max, double *out, struct fault *f)
{
	double value;

	if (text_decimal(text, strlen(text), &value) < 0) /* point or comma */
		return refuse(f, text, "is not a number", "expected degrees such as 45.24368");
	if (!(value >= -max && value <= max)) {
		fault_set(f, ERR_INVALID, "%.80s is out of range", text);
		fault_hint(f, "expected degrees from -%d to %d", max, max);
		return ERR_INVALID;
	}
	*out = value;
	return 0;
}

int cell_sex(const char *text, char *out, struct fault *f)
{
	static const struct name words[] = {
		{"F", 'F'}, {"M", 'M'}, {"U", 'U'}, {"H", 'M'}, {"1", 'M'}, {"2", 'F'}, {"femme", 'F'}, {"homme", 'M'},
		{"mme", 'F'}, {"mlle", 'F'}, {"m.", 'M'}, {"mr", 'M'}, {"feminin", 'F'}, {"masculin", 'M'}, {"féminin", 'F'}, {NULL, 0},
	};
	int value;

	if (!cell_word(words, text, strlen(text), &value))
		return refuse(f, text, "is not a sex", "expected F, M or blank");
	*out = (char)value;
	return 0;
}

/* A number of one or two digits at *at, which moves on. */
static bool two_digits(const char **at, int max, int *out)
{
	size_t n = strspn(*at, "0123456789");
	int64_t value;

	if (n < 1 || n > 2 || text_int(*at, n, 0, max, &value) < 0)
		return false;
	*at += n;
	*out = (int)value;
	return true;
}

/* "08:30", "8:30", "08:30:00", "8h30", "8h", "08 h 30" to the second of the day. */
static bool time_of_day(const char *text, int32_t *second)
{
	const char *at = text;
	int part[3] = {0, 0, 0};

	if (!two_digits(&at, 23, &part[0]))
		return false;
	if (*at == ':') {
		at++;
		if (!two_digits(&at, 59, &part[1]) || at[-2] == ':')
			return false;
		if (*at == ':' && (at++, !two_digits(&at, 59, &part[2])))
			return false;
	} else {
		at += strspn(at, " ");
		if (*at != 'h' && *at != 'H')
			return false;
		at++;
		at += strspn(at, " ");
		if (*at != '\0' && (!two_digits(&at, 59, &part[1]) || at[-1] == 'h'))
			return false;
		if (*at == 'm')
			at += strspn(at, "min");
	}
	*second = part[0] * 3600 + part[1] * 60 + part[2];
	return *at == '\0';
}

/* The instant of a wall-clock time, which must exist. */
static int local_instant(const char *text, const struct zone_local *wall, const struct zone *zone, struct instant *out, struct fault *f)
{
	enum zone_fit fit;
	struct instant at = zone_to_instant(zone, wall->date, wall->second, &fit);

	if (fit == ZONE_GAP)
		return refuse(f, text, "is a time that does not exist", "the clocks went forward over it that day");
	*out = at;
	return 0;
}

int cell_local_time(const char *text, const struct zone *zone, struct instant *out, struct fault *f)
{
	size_t date_len = strcspn(text, " T");
	struct zone_local wall;

	if (instant_parse(text, strlen(text), out) == 0)
		return 0;
	if (text[date_len] == '\0' || !any_date(text, date_len, &wall.date) ||
		!time_of_day(text + date_len + 1 + strspn(text + date_len + 1, " "), &wall.second))
		return refuse(f, text, "is not a date and time", "expected 2022-01-03T08:30, local time, or a date with the time in a column heure");
	return local_instant(text, &wall, zone, out, f);
}

int cell_end_time(const char *text, const struct zone *zone, struct instant start, struct instant *out, struct fault *f)
{
	struct zone_local wall = zone_to_local(zone, start);

	if (time_of_day(text, &wall.second))
		return local_instant(text, &wall, zone, out, f);
	return cell_local_time(text, zone, out, f);
}

bool cell_word(const struct name *table, const char *word, size_t len, int *out)
{
	for (const struct name *n = table; n->word != NULL; n++) {
		if (strncasecmp(n->word, word, len) == 0 && n->word[len] == '\0') {
			*out = n->value;
			return true;
		}
	}
	return false;
}

bool cell_word_folded(const struct name *table, const char *word, int *out)
{
	char wanted[FOLD_MAX_BYTES], key[FOLD_MAX_BYTES];

	if (fold_key(word, strlen(word), wanted)[0] == '\0')
		return false;
	for (const struct name *n = table; n != NULL && n->word != NULL; n++) {
		if (strcmp(fold_key(n->word, strlen(n->word), key), wanted) == 0) {
			*out = n->value;
			return true;
		}
	}
	return false;
}

int cell_word_fault(const struct name *table, const char *word, struct fault *f)
{
	const char *nearest = names_nearest(table, word);
	char words[160];
	size_t used = 0;

	fault_set(f, ERR_INVALID, "\"%.*s\" is not a known word", shown(word), word);
	for (const struct name *n = table; n->word != NULL; n++) {
		size_t len = strlen(n->word);
		if (used + len + 3 > sizeof(words))
			break;
		memcpy(words + used, n->word, len);
		memcpy(words + used + len, ", ", 2);
		used += len + 2;
	}
	words[used > 2 ? used - 2 : 0] = '\0';
	if (nearest != NULL)
		fault_hint(f, "did you mean %s? expected one of %s", nearest, words);
	else
		fault_hint(f, "expected one of %s", words);
	return ERR_INVALID;
}
