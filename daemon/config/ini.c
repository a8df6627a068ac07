/* SPDX-License-Identifier: Apache-2.0 */
/* ini: line by line. A comment begins with # or ; at the start of a line, or with
 * them after a blank outside quotes. A setting may follow its heading on the line. */
#include "ini.h"

#include <planvax/base/buf.h>
#include <planvax/base/text.h>

#include <stdbool.h>
#include <string.h>

struct reader {
	ini_visit visit;
	void *arg;
	struct buf section, line, key, value;
	int number;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void tell(struct reader *r, int key_column, int value_column, const struct fault *fault, bool has_key)
{
	struct ini_item item = {
		.section = buf_str(&r->section), .key = has_key ? buf_str(&r->key) : NULL, .value = buf_str(&r->value),
		.line = buf_str(&r->line), .line_number = r->number, .key_column = key_column,
		.value_column = value_column, .fault = fault,
	};

	r->visit(r->arg, &item);
}

static void complain(struct reader *r, size_t at, const char *what, const char *hint)
{
	struct fault f = FAULT_NONE;

	fault_set(&f, ERR_INVALID, "%s", what);
	fault_hint(&f, "%s", hint);
	tell(r, (int)at + 1, (int)at + 1, &f, false);
}

/* Length of the value that starts at text, without a trailing comment and blanks. */
static size_t value_length(const char *text)
{
	size_t end = 0;

	for (size_t i = 0; text[i]; i++) {
		if ((text[i] == '#' || text[i] == ';') && i > 0 && is_blank(text[i - 1]))
			break;
		if (!is_blank(text[i]))
			end = i + 1;
	}
	return end;
}

/* A value in double quotes is taken as it stands, up to the closing quote. */
static bool read_quoted(struct reader *r, const char *text, size_t at)
{
	const char *close = strrchr(text + 1, '"');

	if (!close) {
		complain(r, at, "the quotes are not closed", "end the value with \"");
		return false;
	}
	buf_put(&r->value, text + 1, (size_t)(close - text) - 1);
	return true;
}

static void read_setting(struct reader *r, const char *line, size_t at)
{
	const char *equals = strchr(line + at, '=');
	const char *key = line + at;
	size_t key_len;

	if (!equals) {
		complain(r, at, "the line is neither a heading, nor a setting, nor a comment", "write key = value, [section] or # comment");
		return;
	}
	key_len = (size_t)(equals - key);
	text_trim(&key, &key_len);
	if (key_len == 0) {
		complain(r, at, "no key stands before =", "write key = value");
		return;
	}
	buf_reset(&r->key);
	buf_reset(&r->value);
	buf_put(&r->key, key, key_len);
	size_t value = (size_t)(equals - line) + 1;
	while (is_blank(line[value]))
		value++;
	if (line[value] == '"' && !read_quoted(r, line + value, value))
		return;
	if (line[value] != '"')
		buf_put(&r->value, line + value, line[value] == '#' || line[value] == ';' ? 0 : value_length(line + value));
	tell(r, (int)(key - line) + 1, (int)value + 1, NULL, true);
}

static void read_line(struct reader *r)
{
	const char *line = buf_str(&r->line);
	size_t at = 0;

	while (is_blank(line[at]))
		at++;
	if (!line[at] || line[at] == '#' || line[at] == ';')
		return;
	if (line[at] != '[') {
		read_setting(r, line, at);
		return;
	}
	const char *close = strchr(line + at, ']'), *name = line + at + 1;
	if (!close) {
		complain(r, at, "the heading is not closed", "write [section]");
		return;
	}
	size_t len = (size_t)(close - name);
	text_trim(&name, &len);
	buf_reset(&r->section);
	buf_put(&r->section, name, len);
	buf_reset(&r->value);
	tell(r, (int)at + 1, (int)(name - line) + 1, NULL, false);
	at = (size_t)(close - line) + 1;
	while (is_blank(line[at]))
		at++;
	if (line[at] && line[at] != '#' && line[at] != ';')
		read_setting(r, line, at);
}

void ini_read(const char *text, size_t len, ini_visit visit, void *arg)
{
	struct reader r = {.visit = visit, .arg = arg};
	size_t at = len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3) ? 3 : 0;

	while (at < len) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end ? (size_t)(end - text) - at : len - at;

		r.number++;
		buf_reset(&r.line);
		buf_put(&r.line, text + at, n > 0 && text[at + n - 1] == '\r' ? n - 1 : n);
		at += n + 1;
		if (r.line.len && !text_is_utf8(r.line.data, r.line.len))
			complain(&r, 0, "the line is not UTF-8 text", "save the file as UTF-8");
		else
			read_line(&r);
	}
	buf_release(&r.section);
	buf_release(&r.line);
	buf_release(&r.key);
	buf_release(&r.value);
}
