/* SPDX-License-Identifier: Apache-2.0 */
/* suggest_token: see suggest_token.h. */
#include "fold.h"
#include "suggest_token.h"

#include <planvax/base/buf.h>
#include <planvax/base/civil.h>
#include <string.h>

#include "mapping_text.h"
#include "suggest_words.h"

#define MIN_DIGITS 3
#define MAX_TOKEN 24
#define MAX_LABEL 40

/* A run of letters, digits, '-' and '_' that holds digits. */
struct token {
	const char *line; /* where its line begins */
	const char *text;
	size_t len;
	size_t digits;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static bool is_token_byte(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

/* Years, phone, registration and social security numbers. */
static bool is_other_number(const char *text, size_t len, size_t digits)
{
	struct date date;

	if (date_parse(text, len, &date) == 0)
		return true;
	if (digits != len)
		return false;
	return (len == 4 && (strncmp(text, "19", 2) == 0 || strncmp(text, "20", 2) == 0)) || (len == 10 && text[0] == '0') || len == 13 ||
		len == 14 || len == 15;
}

/* "10h30", "8h05". */
static bool is_time(const char *text, size_t len)
{
	const char *h = memchr(text, 'h', len) != NULL ? memchr(text, 'h', len) : memchr(text, 'H', len);
	size_t before = h != NULL ? (size_t)(h - text) : 0;

	if (h == NULL || before == 0 || before > 2 || len - before - 1 > 2)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (i != before && !is_digit(text[i]))
			return false;
	}
	return true;
}

/* Whether it is one of several groups of digits, as phone, registration and social security numbers are written. */
static bool is_in_groups(const struct token *t)
{
	const char *from = t->text, *to = t->text + t->len;
	size_t digits = 0, groups = 1;

	while (from > t->line && (is_digit(from[-1]) || (from[-1] == ' ' && from - 1 > t->line && is_digit(from[-2]) && is_digit(*from))))
		from--;
	while (is_digit(*to) || (*to == ' ' && is_digit(to[1]) && is_digit(to[-1])))
		to++;
	for (; from < to; from++) {
		digits += is_digit(*from);
		groups += *from == ' ';
	}
	return groups > 1 && digits >= 9;
}

static bool is_candidate(const struct token *t, const char *text)
{
	char before = t->text > text ? t->text[-1] : ' ';
	char after = t->text[t->len];

	if (t->digits < MIN_DIGITS || t->len > MAX_TOKEN || before == '@' || after == '@' || before == '+' || (unsigned char)after >= 0x80)
		return false;
	if (strchr("./:,", before) != NULL && t->text > text + 1 && (is_digit(t->text[-2]) || before == '/'))
		return false;
	if (after != '\0' && strchr("./:", after) != NULL && is_token_byte(t->text[t->len + 1]))
		return false;
	return !is_in_groups(t) && !is_other_number(t->text, t->len, t->digits) && !is_time(t->text, t->len);
}

/* The classes of its runs: "S001-P0042" is [A-Z]+[0-9]+-[A-Z]+[0-9]+. */
static void put_shape(const struct token *t, const char *digits, struct buf *out)
{
	for (size_t i = 0; i < t->len;) {
		char c = t->text[i];
		const char *of = is_digit(c) ? digits : c >= 'a' && c <= 'z' ? "[a-z]+" : c >= 'A' && c <= 'Z' ? "[A-Z]+" : NULL;
		size_t run = 1;
		if (of == NULL) {
			buf_putc(out, c);
		} else {
			while (i + run < t->len && is_digit(t->text[i + run]) == is_digit(c) && is_token_byte(t->text[i + run]) &&
				(is_digit(c) || ((t->text[i + run] >= 'a') == (c >= 'a') && t->text[i + run] != '-' && t->text[i + run] != '_')))
				run++;
			buf_puts(out, of);
		}
		i += run;
	}
}

static void put_literal(const char *text, size_t len, struct buf *out)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr("[]\\.*+?{}()|^$", text[i]) != NULL)
			buf_putc(out, '\\');
		buf_putc(out, text[i]);
	}
}

/* What stands between a label and its number: blanks and at most three signs. */
static size_t separator_start(const struct token *t)
{
	size_t at = (size_t)(t->text - t->line);
	size_t signs = 0;

	while (at > 0 && !is_letter(t->line[at - 1]) && !is_digit(t->line[at - 1]) && signs < 4) {
		signs += t->line[at - 1] != ' ';
		at--;
	}
	return at;
}

static void put_separator(const char *text, size_t len, struct buf *out)
{
	bool blank = true;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == ' ' || text[i] == '\t') {
			blank = true;
			continue;
		}
		if (blank)
			buf_puts(out, " *");
		put_literal(text + i, 1, out);
		blank = false;
	}
	buf_puts(out, " *");
}

/* "Dossier n° 4711": the word before the number, and what stands between. */
static bool tell_label(const struct token *t, suggest_token_fn fn, void *arg)
{
	size_t separator = separator_start(t), at = separator;
	struct buf folded = BUF_INIT, pattern = BUF_INIT;
	int verdict;

	while (at > 0 && is_letter(t->line[at - 1]) && separator - at < MAX_LABEL)
		at--;
	fold_words(t->line + at, separator - at, &folded);
	verdict = suggest_words_label(buf_str(&folded));
	if (separator > at && verdict >= 0) {
		put_literal(t->line + at, separator - at, &pattern);
		put_separator(t->line + separator, (size_t)(t->text - t->line) - separator, &pattern);
		buf_putc(&pattern, '(');
		put_shape(t, "[0-9]+", &pattern);
		buf_putc(&pattern, ')');
		fn(arg, buf_str(&pattern), verdict > 0 ? 0.2 : suggest_words_common(buf_str(&folded)) ? 0 : -0.05);
	}
	buf_release(&folded);
	buf_release(&pattern);
	return verdict >= 0;
}

/* "(4711)", "#4711"; at the start of a line; anywhere. */
static void tell_place(const struct token *t, suggest_token_fn fn, void *arg)
{
	size_t at = (size_t)(t->text - t->line);
	struct buf pattern = BUF_INIT;

	while (at > 0 && t->line[at - 1] == ' ')
		at--;
	if (at == 0) {
		buf_puts(&pattern, "^ *(");
		put_shape(t, "[0-9]+", &pattern);
		buf_puts(&pattern, ")\\b");
		fn(arg, buf_str(&pattern), 0.03);
	} else if (strchr("([{#/|<", t->line[at - 1]) != NULL) {
		put_literal(t->line + at - 1, 1, &pattern);
		buf_puts(&pattern, " *(");
		put_shape(t, "[0-9]+", &pattern);
		buf_puts(&pattern, ")\\b");
		fn(arg, buf_str(&pattern), 0.05);
	}
	buf_reset(&pattern);
	buf_puts(&pattern, "\\b(");
	put_shape(t, t->digits == t->len ? t->len >= 5 ? "[0-9]{5,}" : "[0-9]{3,}" : "[0-9]+", &pattern);
	buf_puts(&pattern, ")\\b");
	fn(arg, buf_str(&pattern), 0);
	buf_release(&pattern);
}

void suggest_token_patterns(const char *text, suggest_token_fn fn, void *arg)
{
	struct token t = {.line = text};

	for (const char *at = text; *at != '\0';) {
		if (*at == '\n')
			t.line = at + 1;
		if (!is_token_byte(*at) || *at == '-' || *at == '_' || (at > text && (unsigned char)at[-1] >= 0x80 && is_letter(*at))) {
			at++;
			continue;
		}
		t.text = at;
		t.digits = 0;
		while (is_token_byte(*at))
			t.digits += is_digit(*at++);
		t.len = (size_t)(at - t.text);
		while (t.len > 0 && (t.text[t.len - 1] == '-' || t.text[t.len - 1] == '_'))
			t.len--;
		if (is_candidate(&t, text) && tell_label(&t, fn, arg))
			tell_place(&t, fn, arg);
	}
}

bool suggest_token_is_reference(const char *text)
{
	size_t len = strlen(text), digits = 0;

	for (size_t i = 0; i < len; i++) {
		if (!is_token_byte(text[i]) && text[i] != '.' && text[i] != '/')
			return false;
		digits += is_digit(text[i]);
	}
	return digits >= 1 && len <= 40 && !is_other_number(text, len, digits) && !is_time(text, len);
}

bool suggest_token_holds_nir(const char *text)
{
	while (*text != '\0') {
		size_t digits = 0, n = 0;
		if (!is_digit(*text)) {
			text++;
			continue;
		}
		while (is_digit(text[n]) || (text[n] == ' ' && is_digit(text[n + 1])))
			digits += is_digit(text[n++]);
		if ((digits == 13 || digits == 15) && strchr("12378", *text) != NULL)
			return true;
		text += n;
	}
	return false;
}
