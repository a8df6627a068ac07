/* SPDX-License-Identifier: Apache-2.0 */
/* text: strict numbers, words and small text tools. */
#include <planvax/base/text.h>

#include <planvax/base/err.h>

#include <string.h>

#define MAX_DECIMAL_DIGITS 15 /* so that mantissa and power of ten are exact doubles */
#define MAX_DISTANCE_BYTES 64

struct unit {
	const char *word;
	int64_t factor;
};

static const struct unit duration_units[] = {
	{"ms", 1},
	{"s", 1000}, {"sec", 1000}, {"second", 1000}, {"seconds", 1000},
	{"min", 60000}, {"minute", 60000}, {"minutes", 60000},
	{"h", 3600000}, {"hour", 3600000}, {"hours", 3600000},
	{"d", 86400000}, {"day", 86400000}, {"days", 86400000},
	{"week", 604800000}, {"weeks", 604800000},
	{NULL, 0},
};

static const struct unit byte_units[] = {
	{"", 1}, {"B", 1},
	{"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024 * 1024 * 1024},
	{"kB", 1000}, {"MB", 1000 * 1000}, {"GB", 1000 * 1000 * 1000},
	{NULL, 0},
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int text_int(const char *text, size_t len, int64_t min, int64_t max, int64_t *out)
{
	bool negative = len > 0 && text[0] == '-';
	bool over = false;
	int64_t value = 0;

	if (len == (size_t)negative)
		return ERR_INVALID;
	for (size_t i = negative; i < len; i++) {
		if (!is_digit(text[i]))
			return ERR_INVALID;
		int digit = text[i] - '0';
		/* Counts downwards where negative, so that INT64_MIN fits. */
		over = over || __builtin_mul_overflow(value, 10, &value) ||
		       __builtin_add_overflow(value, negative ? -digit : digit, &value);
	}
	if (over || value < min || value > max)
		return ERR_LIMIT;
	*out = value;
	return 0;
}

int text_decimal(const char *text, size_t len, double *out)
{
	bool negative = len > 0 && text[0] == '-';
	int64_t mantissa = 0, power = 1;
	int digits = 0;
	bool point = false;

	for (size_t i = negative; i < len; i++) {
		if ((text[i] == '.' || text[i] == ',') && !point && digits > 0 && i + 1 < len) {
			point = true;
			continue;
		}
		if (!is_digit(text[i]) || ++digits > MAX_DECIMAL_DIGITS)
			return ERR_INVALID;
		mantissa = mantissa * 10 + (text[i] - '0');
		if (point)
			power *= 10;
	}
	if (digits == 0)
		return ERR_INVALID;
	/* Both are exact, so the one rounding of the division is right. */
	*out = (double)mantissa / (double)power;
	if (negative)
		*out = -*out;
	return 0;
}

/* Digits, blanks, a unit of the table. */
static int quantity(const char *text, size_t len, const struct unit *units, int64_t *out)
{
	size_t digits = 0;
	int64_t number = 0, value;

	while (digits < len && is_digit(text[digits]))
		digits++;

	size_t at = digits;

	while (at < len && text[at] == ' ')
		at++;
	for (; units->word != NULL; units++)
		if (text_is(text + at, len - at, units->word))
			break;
	if (digits == 0 || units->word == NULL || (at == len && at != digits))
		return ERR_INVALID;

	int rc = text_int(text, digits, 0, INT64_MAX, &number);

	if (rc < 0)
		return rc;
	if (__builtin_mul_overflow(number, units->factor, &value))
		return ERR_LIMIT;
	*out = value;
	return 0;
}

int text_duration_ms(const char *text, size_t len, int64_t *out)
{
	if (text_is(text, len, "0")) {
		*out = 0;
		return 0;
	}
	return quantity(text, len, duration_units, out);
}

int text_bytes(const char *text, size_t len, int64_t *out)
{
	return quantity(text, len, byte_units, out);
}

bool text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
	size_t len = strlen(text), end = strlen(suffix);

	return len >= end && memcmp(text + len - end, suffix, end) == 0;
}

bool text_same_nocase(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b))
		a++, b++;
	return lower(*a) == lower(*b);
}

bool text_is(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && (len == 0 || memcmp(text, word, len) == 0);
}

char *text_lower(char *text)
{
	for (char *c = text; *c != '\0'; c++)
		*c = lower(*c);
	return text;
}

void text_trim(const char **text, size_t *len)
{
	while (*len > 0 && is_blank((*text)[0]))
		(*text)++, (*len)--;
	while (*len > 0 && is_blank((*text)[*len - 1]))
		(*len)--;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

int text_distance(const char *a, const char *b)
{
	int rows[3][MAX_DISTANCE_BYTES + 1];
	size_t a_len = strnlen(a, MAX_DISTANCE_BYTES + 1), b_len = strnlen(b, MAX_DISTANCE_BYTES + 1);

	if (a_len > MAX_DISTANCE_BYTES || b_len > MAX_DISTANCE_BYTES)
		return MAX_DISTANCE_BYTES;

	int *before = rows[0], *above = rows[1], *row = rows[2]; /* of i - 2, i - 1 and i */

	for (size_t j = 0; j <= b_len; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= a_len; i++) {
		int *oldest = before;

		before = above;
		above = row;
		row = oldest;
		row[0] = (int)i;
		for (size_t j = 1; j <= b_len; j++) {
			row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]), least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return row[b_len];
}

/* Bytes of the UTF-8 character at s (RFC 3629), 0 if there is none. */
static size_t utf8_bytes(const unsigned char *s, size_t len)
{
	static const struct {
		unsigned char first, last;     /* range of the first byte */
		unsigned char second, second_last;
		size_t bytes;
	} forms[] = {
		{0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	if (s[0] >= 0x01 && s[0] <= 0x7f)
		return 1;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (s[0] < forms[i].first || s[0] > forms[i].last)
			continue;
		if (len < forms[i].bytes || s[1] < forms[i].second || s[1] > forms[i].second_last)
			return 0;
		for (size_t k = 2; k < forms[i].bytes; k++)
			if ((s[k] & 0xc0) != 0x80)
				return 0;
		return forms[i].bytes;
	}
	return 0;
}

bool text_is_utf8(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;

	for (size_t at = 0; at < len;) {
		size_t bytes = utf8_bytes(s + at, len - at);

		if (bytes == 0)
			return false;
		at += bytes;
	}
	return true;
}

int text_compare(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}
