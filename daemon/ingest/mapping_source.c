/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_source: see mapping_source.h. An expression is POSIX extended; \d, \n, \t
 * and (?: ) are understood besides. What the matcher of the C library could take
 * exponential time or memory for is refused when the configuration is read. */
#include "mapping_source.h"

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <stdlib.h>
#include <string.h>

#include "mapping_text.h"

#define MAX_BOUND 100      /* of {n,m} */
#define MAX_BOUNDS 400     /* of all of them together */
#define MAX_GROUPS 9
#define MAX_NESTING 12

/* An expression while it is rewritten. */
struct rewriting {
	const char *at;
	struct buf out;
	size_t groups;             /* opened so far */
	size_t capture;            /* the one that is meant */
	size_t captures;           /* groups that are no (?: */
	size_t depth;
	long bounds;               /* of all {n,m} */
	bool repeats[MAX_NESTING]; /* whether the open group holds a repetition */
	bool closed_repeats;       /* the atom before is a group that holds one */
	bool quantified;           /* a quantifier was just read */
	bool can_repeat;           /* something stands before */
	const char *what, *hint;   /* what is wrong with it */
};

static bool refuse(struct rewriting *r, const char *what, const char *hint)
{
	r->what = what;
	r->hint = hint;
	return false;
}

/* The letter after a backslash. */
static bool take_escape(struct rewriting *r, bool in_bracket)
{
	char c = *r->at++;

	switch (c) {
	case '\0':
		return refuse(r, "ends with a backslash", "write \\\\ for a backslash");
	case 'd':
		buf_puts(&r->out, in_bracket ? "0-9" : "[0-9]");
		return true;
	case 'n':
		buf_putc(&r->out, '\n');
		return true;
	case 't':
		buf_putc(&r->out, '\t');
		return true;
	case 's':
		buf_puts(&r->out, in_bracket ? "[:space:]" : "[[:space:]]");
		return true;
	default:
		break;
	}
	if (c >= '1' && c <= '9')
		return refuse(r, "refers back to a group", "write out what is repeated");
	buf_putc(&r->out, '\\');
	buf_putc(&r->out, c);
	return true;
}

static bool take_bracket(struct rewriting *r)
{
	buf_putc(&r->out, '[');
	if (*r->at == '^')
		buf_putc(&r->out, *r->at++);
	if (*r->at == ']')
		buf_putc(&r->out, *r->at++);
	while (*r->at != ']') {
		if (*r->at == '\0')
			return refuse(r, "has a [ that is not closed", "write \\[ for the character");
		if (r->at[0] == '\\' && strchr("dnts", r->at[1]) != NULL && r->at[1] != '\0') {
			r->at++;
			take_escape(r, true);
		} else if (r->at[0] == '[' && (r->at[1] == ':' || r->at[1] == '.' || r->at[1] == '=')) {
			const char close[3] = {r->at[1], ']', '\0'};
			const char *end = strstr(r->at + 2, close);
			if (end == NULL)
				return refuse(r, "has a [ that is not closed", "write \\[ for the character");
			buf_put(&r->out, r->at, (size_t)(end + 2 - r->at));
			r->at = end + 2;
		} else {
			buf_putc(&r->out, *r->at++);
		}
	}
	buf_putc(&r->out, *r->at++);
	return true;
}

static bool open_group(struct rewriting *r)
{
	bool plain = r->at[0] == '?' && r->at[1] == ':';

	if (!plain && r->at[0] == '?')
		return refuse(r, "has a group (? that POSIX expressions do not know", "only ( ) and (?: ) are understood");
	if (++r->groups > MAX_GROUPS || r->depth + 1 >= MAX_NESTING)
		return refuse(r, "has too many groups", "at most 9");
	if (plain)
		r->at += 2;
	else if (++r->captures == 1)
		r->capture = r->groups;
	r->repeats[++r->depth] = false;
	buf_putc(&r->out, '(');
	r->can_repeat = false;
	return true;
}

static bool close_group(struct rewriting *r)
{
	if (r->depth == 0)
		return refuse(r, "has a ) without its (", "write \\) for the character");
	r->closed_repeats = r->repeats[r->depth];
	r->depth--;
	r->repeats[r->depth] |= r->closed_repeats;
	buf_putc(&r->out, ')');
	r->can_repeat = true;
	return true;
}

/* Numbers of {n}, {n,} or {n,m}; true where the upper one is above 1. */
static bool take_bounds(struct rewriting *r, bool *repeats)
{
	long low = -1, high = -1;
	char *end;

	buf_putc(&r->out, '{');
	if (*r->at >= '0' && *r->at <= '9') {
		low = high = strtol(r->at, &end, 10);
		buf_put(&r->out, r->at, (size_t)(end - r->at));
		r->at = end;
	}
	if (low >= 0 && *r->at == ',') {
		buf_putc(&r->out, *r->at++);
		high = MAX_BOUND;
		if (*r->at >= '0' && *r->at <= '9') {
			high = strtol(r->at, &end, 10);
			buf_put(&r->out, r->at, (size_t)(end - r->at));
			r->at = end;
		}
	}
	if (low < 0 || *r->at != '}')
		return refuse(r, "has a { that begins no number of times", "write {3}, {3,} or {3,8}, or \\{ for the character");
	r->bounds += high;
	if (low > MAX_BOUND || high > MAX_BOUND || r->bounds > MAX_BOUNDS)
		return refuse(r, "repeats something more than 100 times, or 400 in all", "use + instead");
	buf_putc(&r->out, *r->at++);
	*repeats = high > 1;
	return true;
}

/* A quantifier: not twice, not on a group that holds a repetition itself: time would grow without bound. */
static bool take_quantifier(struct rewriting *r, char c)
{
	bool repeats = c != '?';

	if (r->quantified)
		return refuse(r, "repeats a repetition", "a repetition is never lazy or possessive here: write [^ ]+ or the like");
	if (!r->can_repeat)
		return refuse(r, "repeats nothing", "put a character or a group before it, or a backslash to mean the character");
	if (c == '{') {
		if (!take_bounds(r, &repeats))
			return false;
	} else {
		buf_putc(&r->out, c);
	}
	if (repeats && r->closed_repeats)
		return refuse(r, "repeats a group that holds a repetition", "write one without the other, such as [A-Z0-9-]+");
	r->repeats[r->depth] |= repeats;
	r->quantified = true;
	return true;
}

static bool take_one(struct rewriting *r)
{
	char c = *r->at++;

	if (c == '*' || c == '+' || c == '?' || c == '{')
		return take_quantifier(r, c);
	r->quantified = false;
	r->closed_repeats = false;
	switch (c) {
	case '(':
		return open_group(r);
	case ')':
		return close_group(r);
	case '|':
	case '^':
		buf_putc(&r->out, c);
		r->can_repeat = false;
		return true;
	case '[':
		r->can_repeat = true;
		return take_bracket(r);
	case '\\':
		r->can_repeat = true;
		return take_escape(r, false);
	default:
		buf_putc(&r->out, c);
		r->can_repeat = true;
		return true;
	}
}

static bool rewrite(struct rewriting *r)
{
	if (strlen(r->at) > MAPPING_SOURCE_PATTERN_BYTES)
		return refuse(r, "is longer than 400 bytes", "shorten it, or split it with ||");
	while (*r->at != '\0') {
		if (!take_one(r))
			return false;
	}
	if (r->depth > 0)
		return refuse(r, "has a ( that is not closed", "write \\( for the character");
	if (r->captures == 0)
		return refuse(r, "has no group", "put ( ) around what is meant");
	if (r->captures > 1)
		return refuse(r, "has more than one group", "( ) around what is meant alone; (?: ) for the others, or alternatives with ||");
	return true;
}

static int compile(struct mapping_source *s, const char *pattern, int flags, struct fault *f)
{
	struct rewriting r = {.at = pattern, .out = BUF_INIT};
	char why[120];
	int rc = 0, failed;

	if (!rewrite(&r)) {
		fault_set(f, ERR_INVALID, "\"%.80s\" %s", pattern, r.what);
		fault_hint(f, "%s", r.hint);
		rc = ERR_INVALID;
	} else if ((failed = regcomp(&s->regex, buf_str(&r.out), REG_EXTENDED | REG_NEWLINE | flags)) != 0) {
		regerror(failed, &s->regex, why, sizeof(why));
		fault_set(f, ERR_INVALID, "\"%.80s\" is no regular expression: %s", pattern, why);
		fault_hint(f, "POSIX extended, with one group for what is meant");
		rc = ERR_INVALID;
	} else {
		s->has_regex = true;
		s->group = r.capture;
	}
	buf_release(&r.out);
	return rc;
}

static bool is_property_name(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return len > 0 && len < 60;
}

static int bad_source(struct fault *f, const char *text, size_t len)
{
	fault_set(f, ERR_INVALID, "\"%.*s\" names no property", (int)mapping_text_cut(text, len, 80), text);
	fault_hint(f, "expected PROPERTY, PROPERTY;PARAMETER or PROPERTY ~ REGEX; alternatives with || between them");
	return ERR_INVALID;
}

static char *upper_copy(const char *text, size_t len)
{
	char *copy = xstrndup(text, len);

	for (char *c = copy; *c != '\0'; c++) {
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	}
	return copy;
}

/* Names "X-WR-..." are always the calendar's own. */
static bool take_property(struct mapping_source *s, const char *name, size_t len)
{
	static const char calendar[] = "VCALENDAR.";
	size_t prefix = strlen(calendar);
	bool of_calendar = len > prefix && strncasecmp(name, calendar, prefix) == 0;
	struct buf full = BUF_INIT;

	if (!is_property_name(name + (of_calendar ? prefix : 0), len - (of_calendar ? prefix : 0)))
		return false;
	s->property = upper_copy(name, len);
	if (of_calendar || !text_starts(s->property, "X-WR-"))
		return true;
	buf_printf(&full, "%s%s", calendar, s->property);
	free(s->property);
	s->property = buf_detach(&full);
	return true;
}

/* PROPERTY or PROPERTY;PARAMETER. */
static bool take_place(struct mapping_source *s, const char *name, size_t len)
{
	const char *semicolon = memchr(name, ';', len);

	if (semicolon != NULL) {
		const char *param = semicolon + 1;
		size_t param_len = len - (size_t)(param - name);
		text_trim(&param, &param_len);
		len = (size_t)(semicolon - name);
		if (!is_property_name(param, param_len))
			return false;
		s->parameter = upper_copy(param, param_len);
	}
	text_trim(&name, &len);
	return take_property(s, name, len);
}

int mapping_source_parse(const char *text, size_t len, struct mapping_source *out, struct fault *f)
{
	struct mapping_source s = {.property = NULL};
	const char *tilde, *name = text, *pattern;
	size_t name_len;
	int rc = 0, flags = 0;

	text_trim(&text, &len);
	s.text = xstrndup(text, len);
	tilde = strchr(s.text, '~');
	name = s.text;
	name_len = tilde != NULL ? (size_t)(tilde - s.text) : len;
	text_trim(&name, &name_len);
	if (!take_place(&s, name, name_len))
		rc = bad_source(f, text, len);
	if (rc == 0 && tilde != NULL) {
		pattern = tilde + 1;
		if (*pattern == '*') {
			flags = REG_ICASE;
			pattern++;
		}
		rc = compile(&s, pattern + strspn(pattern, " \t"), flags, f);
	}
	if (rc < 0)
		mapping_source_release(&s);
	else
		*out = s;
	return rc;
}

void mapping_source_release(struct mapping_source *s)
{
	free(s->text);
	free(s->property);
	free(s->parameter);
	if (s->has_regex)
		regfree(&s->regex);
	*s = (struct mapping_source){.property = NULL};
}

/* The group that is meant, or *text as it is without an expression. */
static bool match(const struct mapping_source *s, const char **text, size_t *len)
{
	regmatch_t groups[MAX_GROUPS + 1];

	if (!s->has_regex)
		return true;
	if (regexec(&s->regex, *text, s->group + 1, groups, 0) != 0 || groups[s->group].rm_so < 0)
		return false;
	*len = (size_t)(groups[s->group].rm_eo - groups[s->group].rm_so);
	*text += groups[s->group].rm_so;
	return true;
}

/* The value as text: escapes undone, no longer than an expression may look at; plain is used where it must be copied. */
static const char *text_of(const struct mapping_source *s, const char *value, struct buf *plain, size_t *len)
{
	*len = strlen(value);
	if (s->parameter == NULL && memchr(value, '\\', *len) != NULL)
		event_text(value, *len, plain);
	else if (s->has_regex && *len > MAPPING_SOURCE_TEXT_BYTES)
		buf_put(plain, value, *len);
	else
		return value;
	if (s->has_regex)
		buf_truncate(plain, mapping_text_cut(plain->data, plain->len, MAPPING_SOURCE_TEXT_BYTES));
	*len = plain->len;
	return buf_str(plain);
}

const char *mapping_source_find(const struct mapping_source *s, const struct event_property *p, struct arena *arena,
	enum mapping_source_miss *miss)
{
	enum mapping_source_miss why = MAPPING_SOURCE_FOUND;
	struct buf plain = BUF_INIT;
	const char *value = s->parameter != NULL ? event_param(p, s->parameter) : p->value;
	const char *found = NULL;

	if (value == NULL) {
		why = MAPPING_SOURCE_NO_PARAMETER;
	} else {
		size_t len;
		const char *text = text_of(s, value, &plain, &len);
		bool matches = match(s, &text, &len);

		text_trim(&text, &len);
		if (matches && len > 0)
			found = arena_strndup(arena, text, len);
		else
			why = matches ? MAPPING_SOURCE_EMPTY : MAPPING_SOURCE_NO_MATCH;
	}
	if (miss != NULL)
		*miss = why;
	buf_release(&plain);
	return found;
}
