/* SPDX-License-Identifier: Apache-2.0 */
/* source_name: dates, times and copy numbers cut out of a file's name. */
#include <planvax/ingest/source_name.h>

#include <planvax/base/civil.h>
#include <planvax/base/text.h>

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define FIRST_YEAR 2000
#define LAST_YEAR 2099

/* Number of digits at text. */
static size_t digits(const char *text)
{
	return strspn(text, "0123456789");
}

static int number(const char *text, size_t len)
{
	int n = 0;

	for (size_t i = 0; i < len; i++)
		n = n * 10 + (text[i] - '0');
	return n;
}

static bool is_date(int year, int month, int day)
{
	char text[16];
	struct date date;

	snprintf(text, sizeof(text), "%04d%02d%02d", year, month, day);
	return year >= FIRST_YEAR && year <= LAST_YEAR && date_parse(text, 8, &date) == 0;
}

static bool is_time(const char *text, size_t len)
{
	return (len == 4 || len == 6) && number(text, 2) < 24 && number(text + 2, 2) < 60 && (len == 4 || number(text + 4, 2) < 60);
}

/* Length of a time that follows a date: "T083000Z", "_0830", "-08h30", " 08-30-00"; else 0. */
static size_t time_len(const char *text)
{
	size_t at = text[0] == 'T' || (*text != '\0' && strchr("_- .", *text) != NULL) ? 1 : 0, n = digits(text + at);

	if (at == 0)
		return 0;
	if (is_time(text + at, n))
		return at + n + (text[at + n] == 'Z');
	if (n != 2 || number(text + at, 2) > 23 || text[at + 2] == '\0' || strchr("h:-._", text[at + 2]) == NULL)
		return 0;
	at += 3;
	if (digits(text + at) != 2 || number(text + at, 2) > 59)
		return 0;
	at += 2;
	if (*text && text[at] != '\0' && strchr("m:-._", text[at]) != NULL && digits(text + at + 1) == 2 && number(text + at + 1, 2) < 60)
		at += 3;
	return at + (text[at] == 'Z');
}

/* "2022-01-10" or "10.01.2022" with one mark of the four between; else 0. */
static size_t marked_date_len(const char *text)
{
	size_t first = digits(text);
	const char *second = text + first + 1;
	bool year_first = first == 4;

	if ((first != 4 && first != 2) || text[first] == '\0' || strchr("-_. ", text[first]) == NULL)
		return 0;
	if (digits(second) != 2 || second[2] != text[first] || digits(second + 3) != (year_first ? 2 : 4))
		return 0;
	int a = number(text, first), b = number(second, 2), c = number(second + 3, year_first ? 2 : 4);
	bool ok = year_first ? is_date(a, b, c) : is_date(c, b, a);
	return ok ? first + 1 + 2 + 1 + (year_first ? 2 : 4) : 0;
}

/* Length of a date at text, with a time behind it; 0: there is none. */
static size_t date_len(const char *text)
{
	size_t n = digits(text), len;

	if (n == 8 || ((n == 12 || n == 14) && is_time(text + 8, n - 8))) {
		if (!is_date(number(text, 4), number(text + 4, 2), number(text + 6, 2)) &&
			!(n == 8 && is_date(number(text + 4, 4), number(text + 2, 2), number(text, 2))))
			return 0;
		return n == 8 ? n + time_len(text + n) : n;
	}
	len = marked_date_len(text);
	return len > 0 ? len + time_len(text + len) : 0;
}

static bool is_mark(char c)
{
	return c == ' ' || c == '_' || c == '-' || c == '.';
}

static void trim_end(struct buf *name)
{
	while (name->len > 0 && is_mark(name->data[name->len - 1]))
		buf_truncate(name, name->len - 1);
}

/* Cuts "(1)", "- Copie", "copy" off the end. False: there was nothing. */
static bool cut_copy(struct buf *name)
{
	static const char *const words[] = {" - copie", "-copie", "_copie", " copie", " - copy", "-copy", "_copy", " copy"};
	size_t at = name->len;

	if (at > 0 && name->data[at - 1] == ')') {
		at--;
		while (at > 0 && isdigit((unsigned char)name->data[at - 1]))
			at--;
		if (at > 1 && at < name->len - 1 && name->data[at - 1] == '(') {
			buf_truncate(name, at - 1);
			trim_end(name);
			return true;
		}
		return false;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i]);

		if (name->len > len && text_same_nocase(name->data + name->len - len, words[i])) {
			buf_truncate(name, name->len - len);
			trim_end(name);
			return true;
		}
	}
	return false;
}

void source_name(const char *path, struct buf *out)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path, *dot = strrchr(name, '.');
	size_t end = dot != NULL && dot > name ? (size_t)(dot - name) : strlen(name);
	struct buf stem = BUF_INIT, kept = BUF_INIT;

	buf_put(&stem, name, end);
	while (cut_copy(&stem))
		;
	for (const char *at = buf_str(&stem); *at != '\0';) {
		size_t len = date_len(at), n = digits(at);

		if (len > 0 && !isdigit((unsigned char)at[len])) {
			at += len;
			if (kept.len == 0 || is_mark(kept.data[kept.len - 1]))
				at += is_mark(*at);
			continue;
		}
		buf_put(&kept, at, n > 0 ? n : 1);
		at += n > 0 ? n : 1;
	}
	trim_end(&kept);
	buf_puts(out, kept.len > 0 ? buf_str(&kept) : "export");
	buf_puts(out, name + end);
	buf_release(&kept);
	buf_release(&stem);
}
