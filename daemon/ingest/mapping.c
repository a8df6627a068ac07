/* SPDX-License-Identifier: Apache-2.0 */
/* mapping: see mapping.h. */
#include <planvax/ingest/mapping.h>

#include <planvax/base/alloc.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SOURCES 2
#define MAX_REGEX_TEXT_BYTES 4096
#define MAX_NAMES (MAPPING_ROLES * MAX_SOURCES)

const struct name mapping_role_names[] = {
	{"person", MAPPING_PERSON},
	{"type", MAPPING_TYPE},
	{"staff", MAPPING_STAFF},
	{"place", MAPPING_PLACE},
	{"due", MAPPING_DUE},
	{NULL, 0},
};

/* Where a role is told. */
struct source {
	char *property;  /* upper case */
	char *parameter; /* upper case, or NULL */
	bool has_regex;
	regex_t regex;
};

/* Words that mean a type. */
struct phrase {
	char *words; /* lower case */
	size_t len;
	size_t code;
};

struct mapping {
	struct source sources[MAPPING_ROLES][MAX_SOURCES];
	size_t n_sources[MAPPING_ROLES];
	VEC(char *) codes;
	struct map code_at;
	bool any_type;             /* no codes were given: every category is a type */
	VEC(struct phrase) phrases; /* longest first */
	const char *names[MAX_NAMES];
	size_t n_names;
};

static void source_release(struct source *s)
{
	free(s->property);
	free(s->parameter);
	if (s->has_regex)
		regfree(&s->regex);
	*s = (struct source){.property = NULL};
}

/* Names of the properties that sources read, each once. */
static void collect_names(struct mapping *m)
{
	m->n_names = 0;
	for (size_t role = 0; role < MAPPING_ROLES; role++) {
		for (size_t i = 0; i < m->n_sources[role]; i++) {
			const char *name = m->sources[role][i].property;
			size_t at = 0;
			while (at < m->n_names && strcmp(m->names[at], name) != 0)
				at++;
			if (at == m->n_names)
				m->names[m->n_names++] = name;
		}
	}
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

static void clear_role(struct mapping *m, enum mapping_role role)
{
	for (size_t i = 0; i < m->n_sources[role]; i++)
		source_release(&m->sources[role][i]);
	m->n_sources[role] = 0;
}

static void add_property(struct mapping *m, enum mapping_role role, const char *property)
{
	m->sources[role][m->n_sources[role]++] = (struct source){.property = xstrdup(property)};
}

struct mapping *mapping_new(void)
{
	struct mapping *m = xcalloc(1, sizeof(*m));

	m->any_type = true;
	add_property(m, MAPPING_PERSON, "X-PLANVAX-PERSON");
	add_property(m, MAPPING_TYPE, "CATEGORIES");
	add_property(m, MAPPING_STAFF, "ATTENDEE");
	add_property(m, MAPPING_STAFF, "ORGANIZER");
	add_property(m, MAPPING_PLACE, "LOCATION");
	add_property(m, MAPPING_DUE, "X-PLANVAX-DUE");
	collect_names(m);
	return m;
}

void mapping_free(struct mapping *m)
{
	if (m == NULL)
		return;
	for (size_t role = 0; role < MAPPING_ROLES; role++)
		clear_role(m, (enum mapping_role)role);
	for (size_t i = 0; i < m->codes.len; i++)
		free(m->codes.items[i]);
	for (size_t i = 0; i < m->phrases.len; i++)
		free(m->phrases.items[i].words);
	VEC_RELEASE(&m->codes);
	VEC_RELEASE(&m->phrases);
	map_release(&m->code_at);
	free(m);
}

static size_t add_code(struct mapping *m, const char *code, size_t len)
{
	size_t at;

	if (map_get(&m->code_at, code, len, &at))
		return at;
	map_put(&m->code_at, code, len, m->codes.len);
	VEC_PUSH(&m->codes, xstrndup(code, len));
	return m->codes.len - 1;
}

void mapping_set_types(struct mapping *m, const char *const *codes, size_t n)
{
	m->any_type = false;
	for (size_t i = 0; i < n; i++)
		add_code(m, codes[i], strlen(codes[i]));
}

const char *const *mapping_properties(const struct mapping *m, size_t *n)
{
	*n = m->n_names;
	return m->names;
}

/* ---- configuration ---- */

static bool is_property_name(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return len > 0 && len < 60;
}

static int bad_source(struct fault *f, const char *value)
{
	fault_set(f, ERR_INVALID, "\"%.80s\" names no property", value);
	fault_hint(f, "expected PROPERTY, PROPERTY;PARAMETER or PROPERTY ~ REGEX");
	return ERR_INVALID;
}

static int compile(struct source *s, const char *pattern, struct fault *f)
{
	char why[120];
	int rc = regcomp(&s->regex, pattern, REG_EXTENDED);

	if (rc != 0) {
		regerror(rc, &s->regex, why, sizeof(why));
		fault_set(f, ERR_INVALID, "\"%.80s\" is no regular expression: %s", pattern, why);
		fault_hint(f, "POSIX extended, with one group for what is meant");
		return ERR_INVALID;
	}
	s->has_regex = true;
	if (s->regex.re_nsub >= 1)
		return 0;
	fault_set(f, ERR_INVALID, "\"%.80s\" has no group", pattern);
	fault_hint(f, "put ( ) around what is meant");
	return ERR_INVALID;
}

static int parse_source(const char *value, struct source *out, struct fault *f)
{
	struct source s = {.property = NULL};
	const char *tilde = strchr(value, '~');
	const char *name = value;
	size_t len = tilde != NULL ? (size_t)(tilde - value) : strlen(value);
	const char *semicolon;
	int rc = 0;

	text_trim(&name, &len);
	semicolon = memchr(name, ';', len);
	if (semicolon != NULL) {
		const char *param = semicolon + 1;
		size_t param_len = len - (size_t)(param - name);
		text_trim(&param, &param_len);
		len = (size_t)(semicolon - name);
		text_trim(&name, &len);
		if (!is_property_name(param, param_len))
			return bad_source(f, value);
		s.parameter = upper_copy(param, param_len);
	}
	if (!is_property_name(name, len))
		rc = bad_source(f, value);
	if (rc == 0 && tilde != NULL)
		rc = compile(&s, tilde + 1 + strspn(tilde + 1, " \t"), f);
	if (rc < 0) {
		source_release(&s);
		return rc;
	}
	s.property = upper_copy(name, len);
	*out = s;
	return 0;
}

static int set_role(struct mapping *m, enum mapping_role role, const char *value, struct fault *f)
{
	struct source s;
	int rc = parse_source(value, &s, f);

	if (rc < 0)
		return rc;
	clear_role(m, role);
	m->sources[role][m->n_sources[role]++] = s;
	if (role == MAPPING_STAFF && strcmp(s.property, "ATTENDEE") == 0 && s.parameter == NULL && !s.has_regex)
		add_property(m, role, "ORGANIZER");
	collect_names(m);
	return 0;
}

static int compare_phrases(const void *a, const void *b)
{
	const struct phrase *x = a;
	const struct phrase *y = b;

	if (x->len != y->len)
		return x->len > y->len ? -1 : 1;
	return strcmp(x->words, y->words);
}

static int set_words(struct mapping *m, const char *code, const char *value, struct fault *f)
{
	size_t at;
	size_t code_len = strlen(code);

	if (code_len == 0)
		return fault_set(f, ERR_INVALID, "type. without a code");
	if (!m->any_type && !map_get(&m->code_at, code, code_len, NULL)) {
		fault_set(f, ERR_INVALID, "%.60s is no type of visit", code);
		fault_hint(f, "the codes are those of the visit rules, such as VIP_PERIODIQUE");
		return ERR_INVALID;
	}
	at = add_code(m, code, code_len);
	while (*value != '\0') {
		size_t n = strcspn(value, ",");
		const char *words = value;
		size_t len = n;
		text_trim(&words, &len);
		if (len > 0) {
			struct phrase p = {xstrndup(words, len), len, at};
			text_lower(p.words);
			VEC_PUSH(&m->phrases, p);
		}
		value += n + (value[n] == ',');
	}
	if (m->phrases.len > 0)
		qsort(m->phrases.items, m->phrases.len, sizeof(m->phrases.items[0]), compare_phrases);
	return 0;
}

int mapping_set(struct mapping *m, const char *key, const char *value, struct fault *f)
{
	int role;

	if (text_starts(key, "type."))
		return set_words(m, key + 5, value, f);
	if (names_value(mapping_role_names, key, strlen(key), &role))
		return set_role(m, (enum mapping_role)role, value, f);
	return ERR_NOT_FOUND;
}

/* ---- application ---- */

/* What applying to one event carries. */
struct applying {
	const struct mapping *m;
	struct arena *arena;
	struct mapping_result *out;
	struct buf text;
	VEC(const char *) staff;
	bool bad_due;
};

/* The text that a source finds in a property, trimmed; NULL: none. A list is left as one. */
static const char *found_text(struct applying *a, const struct source *s, const struct event_property *p)
{
	const char *text;
	size_t len;

	buf_reset(&a->text);
	if (s->parameter != NULL) {
		const char *value = event_param(p, s->parameter);
		if (value == NULL)
			return NULL;
		buf_puts(&a->text, value);
	} else {
		event_text(p->value, strlen(p->value), &a->text);
	}
	text = buf_str(&a->text);
	len = a->text.len;
	if (s->has_regex) {
		regmatch_t match[2];
		if (len > MAX_REGEX_TEXT_BYTES || regexec(&s->regex, text, 2, match, 0) != 0 || match[1].rm_so < 0)
			return NULL;
		len = (size_t)(match[1].rm_eo - match[1].rm_so);
		text += match[1].rm_so;
	}
	text_trim(&text, &len);
	return len > 0 ? arena_strndup(a->arena, text, len) : NULL;
}

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* Whether lower-case text holds the words, not inside longer ones. */
static bool holds(const char *text, const struct phrase *p)
{
	for (const char *at = strstr(text, p->words); at != NULL; at = strstr(at + 1, p->words)) {
		if ((at == text || !is_word_byte(at[-1])) && !is_word_byte(at[p->len]))
			return true;
	}
	return false;
}

static const char *type_of_text(struct applying *a, const char *text)
{
	size_t at;
	char *lower;

	if (map_get_str(&a->m->code_at, text, &at))
		return a->m->codes.items[at];
	lower = text_lower(arena_strdup(a->arena, text));
	for (size_t i = 0; i < a->m->phrases.len; i++) {
		if (holds(lower, &a->m->phrases.items[i]))
			return a->m->codes.items[a->m->phrases.items[i].code];
	}
	return a->m->any_type && a->m->phrases.len == 0 ? text : NULL;
}

/* Type among the values of a list such as CATEGORIES, whose commas are not escaped. */
static void apply_type_list(struct applying *a, const struct event_property *p)
{
	const char *value = p->value;

	while (a->out->type == NULL && *value != '\0') {
		size_t n = 0;
		const char *text;
		size_t len;
		while (value[n] != '\0' && value[n] != ',')
			n += value[n] == '\\' && value[n + 1] != '\0' ? 2 : 1;
		buf_reset(&a->text);
		event_text(value, n, &a->text);
		text = buf_str(&a->text);
		len = a->text.len;
		text_trim(&text, &len);
		if (len > 0)
			a->out->type = type_of_text(a, arena_strndup(a->arena, text, len));
		value += n + (value[n] == ',');
	}
}

static void apply_type(struct applying *a, const struct source *s, const struct event_property *p)
{
	const char *text;

	if (a->out->type != NULL)
		return;
	a->out->type_property = p;
	if (s->parameter == NULL && !s->has_regex) {
		apply_type_list(a, p);
		if (a->out->type != NULL)
			return;
	}
	text = found_text(a, s, p); /* a phrase may hold a comma itself */
	if (text != NULL && (a->m->phrases.len > 0 || s->parameter != NULL || s->has_regex))
		a->out->type = type_of_text(a, text);
}

static void apply_staff(struct applying *a, const struct source *s, const struct event_property *p)
{
	const char *text = found_text(a, s, p);
	const char *email = event_param(p, "EMAIL");
	char *lower;

	if (text != NULL && strncasecmp(text, "mailto:", 7) == 0)
		text += 7;
	else if (email != NULL && s->parameter == NULL && !s->has_regex)
		text = email;
	if (text == NULL || *text == '\0')
		return;
	lower = text_lower(arena_strdup(a->arena, text));
	for (size_t i = 0; i < a->staff.len; i++) {
		if (strcmp(a->staff.items[i], lower) == 0)
			return;
	}
	VEC_PUSH(&a->staff, lower);
}

/* False: the text is no date. */
static bool apply_due(struct applying *a, const struct source *s, const struct event_property *p)
{
	const char *text = found_text(a, s, p);
	size_t len = text != NULL ? strlen(text) : 0;

	if (text == NULL || !date_is_none(a->out->due))
		return true;
	if (len > 8 && (text[8] == 'T' || text[8] == 't'))
		len = 8;
	else if (len > 10 && (text[10] == 'T' || text[10] == ' '))
		len = 10;
	return date_parse(text, len, &a->out->due) == 0;
}

static bool apply_source(struct applying *a, enum mapping_role role, const struct source *s, const struct event_property *p)
{
	switch (role) {
	case MAPPING_PERSON:
		if (a->out->person == NULL) {
			a->out->person = found_text(a, s, p);
			a->out->person_property = a->out->person != NULL ? p : NULL;
		}
		break;
	case MAPPING_TYPE:
		apply_type(a, s, p);
		break;
	case MAPPING_STAFF:
		apply_staff(a, s, p);
		break;
	case MAPPING_PLACE:
		if (a->out->place == NULL)
			a->out->place = found_text(a, s, p);
		break;
	case MAPPING_DUE:
		return apply_due(a, s, p);
	}
	return true;
}

int mapping_apply(const struct mapping *m, const struct event *event, struct arena *arena, struct mapping_result *out,
	const struct event_property **at)
{
	struct mapping_result result = {.due = DATE_NONE};
	struct applying a = {.m = m, .arena = arena, .out = &result, .text = BUF_INIT};
	const struct event_property *bad = NULL;

	for (size_t i = 0; i < event->n_properties; i++) {
		const struct event_property *p = &event->properties[i];
		for (size_t role = 0; role < MAPPING_ROLES; role++) {
			for (size_t k = 0; k < m->n_sources[role]; k++) {
				const struct source *s = &m->sources[role][k];
				if (strcmp(s->property, p->name) == 0 && !apply_source(&a, (enum mapping_role)role, s, p) && bad == NULL)
					bad = p;
			}
		}
	}
	if (a.staff.len > 0)
		result.staff = arena_memdup(arena, a.staff.items, a.staff.len * sizeof(a.staff.items[0]));
	result.n_staff = a.staff.len;
	buf_release(&a.text);
	VEC_RELEASE(&a.staff);
	if (m->any_type && result.person == NULL)
		result.type = NULL; /* without codes a category alone makes no visit */
	if (bad != NULL) {
		*at = bad;
		return ERR_INVALID;
	}
	*out = result;
	return 0;
}
