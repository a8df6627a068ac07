/* SPDX-License-Identifier: Apache-2.0 */
/* scanner: see scanner.h. */
#include "scanner.h"

#include <planvax/base/err.h>
#include <string.h>

void scanner_init(struct scanner *s)
{
	*s = (struct scanner){.name = BUF_INIT, .texts = BUF_INIT};
}

void scanner_release(struct scanner *s)
{
	buf_release(&s->name);
	buf_release(&s->texts);
}

/* Upper case of the characters of names; 0: others. */
static const char name_characters[256] = {
	['-'] = '-', ['.'] = '.', ['_'] = '_', ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6',
	['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'A', ['B'] = 'B', ['C'] = 'C', ['D'] = 'D', ['E'] = 'E', ['F'] = 'F', ['G'] = 'G',
	['H'] = 'H', ['I'] = 'I', ['J'] = 'J', ['K'] = 'K', ['L'] = 'L', ['M'] = 'M', ['N'] = 'N', ['O'] = 'O', ['P'] = 'P', ['Q'] = 'Q',
	['R'] = 'R', ['S'] = 'S', ['T'] = 'T', ['U'] = 'U', ['V'] = 'V', ['W'] = 'W', ['X'] = 'X', ['Y'] = 'Y', ['Z'] = 'Z', ['a'] = 'A',
	['b'] = 'B', ['c'] = 'C', ['d'] = 'D', ['e'] = 'E', ['f'] = 'F', ['g'] = 'G', ['h'] = 'H', ['i'] = 'I', ['j'] = 'J', ['k'] = 'K',
	['l'] = 'L', ['m'] = 'M', ['n'] = 'N', ['o'] = 'O', ['p'] = 'P', ['q'] = 'Q', ['r'] = 'R', ['s'] = 'S', ['t'] = 'T', ['u'] = 'U',
	['v'] = 'V', ['w'] = 'W', ['x'] = 'X', ['y'] = 'Y', ['z'] = 'Z',
};

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

size_t scanner_name_len(const char *text, size_t len)
{
	const char *at = text;
	const char *end = text + len;

	while (at < end && name_characters[(unsigned char)*at] != '\0')
		at++;
	return at < end && (*at == ':' || *at == ';') ? (size_t)(at - text) : 0;
}

size_t scanner_name(const char *text, size_t len, char *name, size_t room)
{
	size_t n = scanner_name_len(text, len);

	if (n + 1 > room)
		n = room - 1;
	for (size_t i = 0; i < n; i++)
		name[i] = name_characters[(unsigned char)text[i]];
	name[n] = '\0';
	return n;
}

/* Writes a parameter's value: quotes dropped, ^n ^^ ^' decoded (RFC 6868). Returns its end; it never grows. */
static char *put_value(char *to, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char next = i + 1 < len ? text[i + 1] : '\0';
		if (text[i] == '"')
			continue;
		if (text[i] == '^' && (next == 'n' || next == '^' || next == '\'')) {
			*to++ = next == 'n' ? '\n' : next == '^' ? '^' : '"';
			i++;
		} else {
			*to++ = text[i];
		}
	}
	return to;
}

static void put_param(struct scanner *s, size_t index, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len);
	size_t name_len = equals != NULL ? (size_t)(equals - text) : len;
	char *start = buf_reserve(&s->texts, len + 2);
	char *to = start;

	s->starts[2 * index] = s->texts.len;
	for (size_t i = 0; i < name_len; i++) {
		if (text[i] != ' ' && text[i] != '\t')
			*to++ = upper(text[i]);
	}
	*to++ = '\0';
	s->starts[2 * index + 1] = s->texts.len + (size_t)(to - start);
	if (equals != NULL)
		to = put_value(to, equals + 1, len - name_len - 1);
	*to++ = '\0';
	s->texts.len += (size_t)(to - start);
}

/* Length up to the next ; or : that is not inside quotes; quotes that do not pair up count as text. */
static size_t param_len(const char *text, size_t len, bool heed_quotes)
{
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"' && heed_quotes)
			quoted = !quoted;
		else if (!quoted && (text[i] == ';' || text[i] == ':'))
			return i;
	}
	return len;
}

struct cut {
	const char *text;
	size_t len;
	bool heed_quotes;
};

/* Where a plain value ends, or what makes it less than plain. */
static const bool value_stops[256] = {[';'] = true, [':'] = true, ['"'] = true, ['^'] = true};

/* Takes a parameter as nearly all of them are: NAME=value, or NAME="value" with nothing to decode. Returns its length; 0: it
 * is not so. */
static size_t take_plain(struct scanner *s, size_t index, const char *text, size_t len)
{
	size_t name_len = 0, from, n;
	const char *quote = NULL;
	char *to;

	while (name_len < len && name_characters[(unsigned char)text[name_len]] != '\0')
		name_len++;
	if (name_len + 1 >= len || text[name_len] != '=')
		return 0;
	from = n = name_len + 1;
	if (text[from] == '"') {
		from++;
		quote = memchr(text + from, '"', len - from);
		if (quote == NULL || memchr(text + from, '^', (size_t)(quote - text) - from) != NULL)
			return 0;
		n = (size_t)(quote - text) + 1;
	} else {
		while (n < len && !value_stops[(unsigned char)text[n]])
			n++;
	}
	if (n == len || (text[n] != ';' && text[n] != ':'))
		return 0;
	to = buf_reserve(&s->texts, n + 2);
	s->starts[2 * index] = s->texts.len;
	s->starts[2 * index + 1] = s->texts.len + name_len + 1;
	for (size_t i = 0; i < name_len; i++)
		to[i] = name_characters[(unsigned char)text[i]];
	to[name_len] = '\0';
	to += name_len + 1;
	len = (quote != NULL ? n - 1 : n) - from;
	memcpy(to, text + from, len);
	to[len] = '\0';
	s->texts.len += name_len + len + 2;
	return n;
}

/* Cuts the parameters from text[at] == ';' on. Returns the offset of the colon, or len without one. */
static size_t scan_params(struct scanner *s, const struct cut *c, size_t at, size_t *n)
{
	*n = 0;
	buf_reset(&s->texts);
	while (at < c->len && c->text[at] == ';') {
		size_t n_bytes = c->heed_quotes && *n < SCANNER_MAX_PARAMS ? take_plain(s, *n, c->text + at + 1, c->len - at - 1) : 0;
		if (n_bytes > 0) {
			(*n)++;
			at += 1 + n_bytes;
			continue;
		}
		n_bytes = param_len(c->text + at + 1, c->len - at - 1, c->heed_quotes);
		if (*n < SCANNER_MAX_PARAMS)
			put_param(s, (*n)++, c->text + at + 1, n_bytes);
		at += 1 + n_bytes;
	}
	return at;
}

int scanner_scan_rest(struct scanner *s, const char *text, size_t len, size_t name_len, struct scanner_line *out)
{
	size_t n = 0;
	size_t colon;

	colon = scan_params(s, &(struct cut){text, len, true}, name_len, &n);
	if (colon >= len)
		colon = scan_params(s, &(struct cut){text, len, false}, name_len, &n);
	if (colon >= len)
		return ERR_INVALID;
	for (size_t i = 0; i < n; i++)
		s->params[i] = (struct event_param){s->texts.data + s->starts[2 * i], s->texts.data + s->starts[2 * i + 1]};
	*out = (struct scanner_line){
		.name_len = name_len, .params = s->params, .n_params = n,
		.texts = s->texts.data, .texts_len = n > 0 ? s->texts.len : 0,
		.value = text + colon + 1, .value_len = len - colon - 1, .value_offset = colon + 1,
	};
	return 0;
}

int scanner_scan(struct scanner *s, const char *text, size_t len, struct scanner_line *out)
{
	size_t n = scanner_name_len(text, len);
	char *name;

	if (n == 0 || scanner_scan_rest(s, text, len, n, out) < 0)
		return ERR_INVALID;
	name = buf_reserve(&s->name, n + 1); /* nothing was put: it is the buffer's start */
	scanner_name(text, len, name, n + 1);
	out->name = name;
	return 0;
}

const char *scanner_param(const struct scanner_line *line, const char *name)
{
	for (size_t i = 0; i < line->n_params; i++) {
		if (strcmp(line->params[i].name, name) == 0)
			return line->params[i].value;
	}
	return NULL;
}
