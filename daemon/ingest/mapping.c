/* SPDX-License-Identifier: Apache-2.0 */
/* mapping: see mapping.h. */
#include <planvax/ingest/mapping.h>

#include <assert.h>
#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "cell.h"
#include "mapping_parts.h"
#include "mapping_text.h"

#define MAX_PHRASES 2000
#define MAX_PHRASE_BYTES 200
#define FEW_STAFF 16 /* of an event: compared one by one; beyond, by a map */

const struct name mapping_role_names[] = {
	{"person", MAPPING_PERSON},
	{"type", MAPPING_TYPE},
	{"staff", MAPPING_STAFF},
	{"place", MAPPING_PLACE},
	{"due", MAPPING_DUE},
	{NULL, 0},
};

/* Names of the properties that sources read, each once. Returns 1 + the index. */
static size_t add_name(struct mapping *m, const char *name)
{
	size_t at = 0;

	while (at < m->n_names && strcmp(m->names[at], name) != 0)
		at++;
	if (at == m->n_names)
		m->names[m->n_names++] = name;
	return at + 1;
}

/* Whether one alternative of a role counts before another. */
static bool is_ranked(const struct mapping *m, size_t role)
{
	return m->n_sources[role] > 0 && m->sources[role][m->n_sources[role] - 1].rank != m->sources[role][0].rank;
}

static void collect_uses(struct mapping *m)
{
	size_t n = 0;

	for (size_t name = 0; name < m->n_names; name++) {
		m->first_use[name] = n;
		for (size_t role = 0; role < MAPPING_ROLES; role++) {
			for (size_t i = 0; i < m->n_sources[role] && !is_ranked(m, role); i++) {
				if (m->sources[role][i].wish == name + 1)
					m->uses[n++] = (struct mapping_use){(enum mapping_role)role, i};
			}
		}
	}
	m->first_use[m->n_names] = n;
}

static void collect_names(struct mapping *m)
{
	m->n_names = 0;
	for (size_t role = 0; role < MAPPING_ROLES; role++) {
		for (size_t i = 0; i < m->n_sources[role]; i++)
			m->sources[role][i].wish = add_name(m, m->sources[role][i].property);
	}
	for (size_t i = 0; i < m->n_kept; i++)
		add_name(m, m->kept[i]);
	collect_uses(m);
}

static void clear_role(struct mapping *m, enum mapping_role role)
{
	for (size_t i = 0; i < m->n_sources[role]; i++)
		mapping_source_release(&m->sources[role][i]);
	m->n_sources[role] = 0;
}

static void add_property(struct mapping *m, enum mapping_role role, const char *property, size_t rank)
{
	m->sources[role][m->n_sources[role]++] = (struct mapping_source){
		.text = xstrdup(property), .property = xstrdup(property), .rank = rank,
	};
}

struct mapping *mapping_new(void)
{
	struct mapping *m = xcalloc(1, sizeof(*m));

	m->any_type = true;
	add_property(m, MAPPING_PERSON, "X-PLANVAX-PERSON", 0);
	add_property(m, MAPPING_TYPE, "CATEGORIES", 0);
	add_property(m, MAPPING_STAFF, "ATTENDEE", 0);
	add_property(m, MAPPING_STAFF, "ORGANIZER", 0);
	add_property(m, MAPPING_PLACE, "LOCATION", 0);
	add_property(m, MAPPING_DUE, "X-PLANVAX-DUE", 0);
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
	for (size_t i = 0; i < m->phrases.len; i++) {
		free(m->phrases.items[i].words);
		free(m->phrases.items[i].written);
	}
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

void mapping_keep(struct mapping *m, const char *property)
{
	if (m->n_kept < MAPPING_PARTS_KEPT)
		m->kept[m->n_kept++] = property;
	collect_names(m);
}

const char *const *mapping_properties(const struct mapping *m, size_t *n)
{
	*n = m->n_names;
	return m->names;
}

const char *mapping_nearest_code(const struct mapping *m, const char *text)
{
	const char *nearest = NULL;
	size_t len = strlen(text);
	int best = 4;

	if (len > 60)
		return NULL;
	for (size_t i = 0; i < m->codes.len; i++) {
		int distance = text_distance(text, m->codes.items[i]);
		if (distance < best && 3 * (size_t)distance <= len) {
			best = distance;
			nearest = m->codes.items[i];
		}
	}
	return nearest;
}

/* ---- configuration ---- */

/* Where the next " || " begins, or the end. */
static const char *alternative_end(const char *text)
{
	for (const char *at = strstr(text, "||"); at != NULL; at = strstr(at + 1, "||")) {
		if (at > text && at[-1] == ' ' && at[2] == ' ')
			return at;
	}
	return text + strlen(text);
}

static int set_role(struct mapping *m, enum mapping_role role, const char *value, struct fault *f)
{
	struct mapping_source list[MAPPING_SOURCE_MAX];
	size_t n = 0;
	int rc = 0;
	bool more = true;

	while (rc == 0 && more) {
		const char *end = alternative_end(value);
		more = *end != '\0';
		if (n == MAPPING_SOURCE_MAX)
			rc = fault_set(f, ERR_LIMIT, "more than %d alternatives", MAPPING_SOURCE_MAX);
		else
			rc = mapping_source_parse(value, (size_t)(end - value), &list[n], f);
		if (rc == 0) {
			list[n].rank = n;
			n++;
		}
		value = more ? end + 2 : end;
	}
	if (rc < 0) {
		while (n > 0)
			mapping_source_release(&list[--n]);
		return ERR_INVALID;
	}
	clear_role(m, role);
	memcpy(m->sources[role], list, n * sizeof(list[0]));
	m->n_sources[role] = n;
	if (role == MAPPING_STAFF && n == 1 && strcmp(list[0].text, "ATTENDEE") == 0)
		add_property(m, role, "ORGANIZER", 0);
	collect_names(m);
	return 0;
}

static int compare_phrases(const void *a, const void *b)
{
	const struct mapping_phrase *x = a;
	const struct mapping_phrase *y = b;

	if (x->len != y->len)
		return x->len > y->len ? -1 : 1;
	if (x->open != y->open)
		return x->open ? 1 : -1;
	return strcmp(x->words, y->words);
}

static int add_phrase(struct mapping *m, size_t code, const char *text, size_t len, struct fault *f)
{
	struct buf words = BUF_INIT;
	struct mapping_phrase p = {.code = code, .open = len > 1 && text[len - 1] == '*'};

	fold_words(text, len, &words);
	p.len = words.len;
	if (words.len == 0 || words.len > MAX_PHRASE_BYTES || m->phrases.len >= MAX_PHRASES) {
		fault_set(f, ERR_INVALID, words.len == 0 ? "\"%.*s\" holds no word" : "\"%.*s\" is too long, or there are too many words",
			(int)mapping_text_cut(text, len, 80), text);
		fault_hint(f, "words as they stand in the calendar, with commas between them");
		buf_release(&words);
		return ERR_INVALID;
	}
	p.words = buf_detach(&words);
	for (size_t i = 0; i < m->phrases.len; i++) {
		const struct mapping_phrase *other = &m->phrases.items[i];
		if (other->code != code && other->open == p.open && strcmp(other->words, p.words) == 0) {
			fault_set(f, ERR_INVALID, "\"%.*s\" means %.60s already", (int)mapping_text_cut(text, len, 80), text, m->codes.items[other->code]);
			fault_hint(f, "words mean one type; case, accents and punctuation make no difference");
			free(p.words);
			return ERR_INVALID;
		}
	}
	p.written = xstrndup(text, len);
	VEC_PUSH(&m->phrases, p);
	return 0;
}

static int set_words(struct mapping *m, const char *code, const char *value, struct fault *f)
{
	size_t code_len = strlen(code);
	size_t at;
	int rc = 0;

	if (code_len == 0)
		return fault_set(f, ERR_INVALID, "type. without a code");
	if (!m->any_type && !map_get(&m->code_at, code, code_len, NULL)) {
		const char *nearest = mapping_nearest_code(m, code);
		fault_set(f, ERR_INVALID, "%.60s is no type of visit", code);
		if (nearest != NULL)
			fault_hint(f, "did you mean %s?", nearest);
		else
			fault_hint(f, "the codes are those of the visit rules, such as VIP_PERIODIQUE");
		return ERR_INVALID;
	}
	at = add_code(m, code, code_len);
	while (rc == 0 && *value != '\0') {
		size_t n = strcspn(value, ",");
		const char *words = value;
		size_t len = n;
		text_trim(&words, &len);
		if (len > 0)
			rc = add_phrase(m, at, words, len, f);
		value += n + (value[n] == ',');
	}
	if (m->phrases.len > 0)
		qsort(m->phrases.items, m->phrases.len, sizeof(m->phrases.items[0]), compare_phrases);
	return rc;
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

static bool configure_key(struct mapping *m, const char *name, const char *key, const char *value, struct fault *f)
{
	fault_clear(f);
	if (mapping_set(m, key, value, f) == 0)
		return true;
	fault_set(f, ERR_INVALID, "no such key");
	fault_at(f, "[mapping.%s] %s", name, key);
	return false;
}

int mapping_configure(struct mapping *m, const struct mapping_options *o, mapping_report report, void *arg)
{
	const char *const values[MAPPING_ROLES] = {
		[MAPPING_PERSON] = o->person, [MAPPING_TYPE] = o->type, [MAPPING_STAFF] = o->staff, [MAPPING_PLACE] = o->place,
		[MAPPING_DUE] = o->due,
	};
	struct fault f = FAULT_NONE;
	int rc = 0;

	for (size_t row = 0; row < mapping_options_n_rows; row++) {
		const char *key = mapping_options_rows[row].key;
		int role;
		if (!names_value(mapping_role_names, key, strlen(key), &role) || values[role] == NULL || option_is_default(&mapping_options_rows[row], o))
			continue;
		if (!configure_key(m, o->name, key, values[role], &f)) {
			report(arg, &f);
			rc = ERR_INVALID;
		}
	}
	for (size_t i = 0; i < o->n_words; i++) {
		struct buf key = BUF_INIT;
		buf_printf(&key, "type.%s", o->words[i].code);
		if (!configure_key(m, o->name, buf_str(&key), o->words[i].words, &f)) {
			report(arg, &f);
			rc = ERR_INVALID;
		}
		buf_release(&key);
	}
	return rc;
}

/* ---- application ---- */

/* What applying to one event carries. */
struct applying {
	const struct mapping *m;
	const struct event *event;
	struct arena *arena;
	struct mapping_result *out;
	const char **staff; /* memory of the arena */
	size_t n_staff, room;
	struct map known;   /* of many, those in staff */
	const struct event_property *bad_due;
};

const char *mapping_type_of(const struct mapping *m, const char *text, const char **words)
{
	struct buf folded = BUF_INIT;
	const char *code = NULL;
	size_t at;

	if (words != NULL)
		*words = NULL;
	if (map_get_str(&m->code_at, text, &at))
		return m->codes.items[at];
	if (m->phrases.len == 0)
		return NULL;
	fold_words(text, mapping_text_cut(text, strlen(text), MAPPING_SOURCE_TEXT_BYTES), &folded);
	for (size_t i = 0; i < m->phrases.len && code == NULL; i++) {
		const struct mapping_phrase *p = &m->phrases.items[i];
		if (p->len <= folded.len && mapping_text_holds(buf_str(&folded), p->words, p->open)) {
			code = m->codes.items[p->code];
			if (words != NULL)
				*words = p->written;
		}
	}
	buf_release(&folded);
	return code;
}

static const char *type_of_text(struct applying *a, const char *text)
{
	const char *code = mapping_type_of(a->m, text, NULL);

	return code == NULL && a->m->any_type && a->m->phrases.len == 0 ? text : code;
}

/* Type among the values of a list such as CATEGORIES, whose commas are not escaped. */
static void apply_type_list(struct applying *a, const struct event_property *p)
{
	const char *value = p->value;

	while (a->out->type == NULL && *value != '\0') {
		struct buf one = BUF_INIT;
		size_t n = 0, len;
		const char *text = value;
		while (value[n] != '\0' && value[n] != ',')
			n += value[n] == '\\' && value[n + 1] != '\0' ? 2 : 1;
		len = n;
		if (memchr(value, '\\', n) != NULL) {
			event_text(value, n, &one);
			text = buf_str(&one);
			len = one.len;
		}
		text_trim(&text, &len);
		if (len > 0)
			a->out->type = type_of_text(a, arena_strndup(a->arena, text, len));
		buf_release(&one);
		value += n + (value[n] == ',');
	}
}

static void apply_type(struct applying *a, const struct mapping_source *s, const struct event_property *p)
{
	const char *text;

	if (a->out->type != NULL)
		return;
	a->out->type_property = p;
	if (s->parameter == NULL && !s->has_regex) {
		apply_type_list(a, p);
		if (a->out->type != NULL || a->m->phrases.len == 0)
			return;
	}
	text = mapping_source_find(s, p, a->arena, NULL); /* a phrase may hold a comma itself */
	if (text != NULL)
		a->out->type = type_of_text(a, text);
}

/* Whether a name is among the staff already. */
static bool knows(struct applying *a, const char *name)
{
	if (a->n_staff < FEW_STAFF) {
		for (size_t i = 0; i < a->n_staff; i++) {
			if (strcmp(a->staff[i], name) == 0)
				return true;
		}
		return false;
	}
	if (a->n_staff == FEW_STAFF) {
		for (size_t i = 0; i < a->n_staff; i++)
			map_put_str(&a->known, a->staff[i], i);
	}
	return map_get_str(&a->known, name, NULL);
}

static void add_staff(struct applying *a, const char *name)
{
	if (knows(a, name))
		return;
	if (a->n_staff == a->room) {
		const char **more = ARENA_NEW(a->arena, const char *, a->room * 2 + 4);
		if (a->n_staff > 0)
			memcpy(more, a->staff, a->n_staff * sizeof(more[0]));
		a->staff = more;
		a->room = a->room * 2 + 4;
	}
	if (a->n_staff >= FEW_STAFF)
		map_put_str(&a->known, name, a->n_staff);
	a->staff[a->n_staff++] = name;
}

static void apply_staff(struct applying *a, const struct mapping_source *s, const struct event_property *p)
{
	const char *text = mapping_source_find(s, p, a->arena, NULL);
	const char *email = event_param(p, "EMAIL");

	if (text != NULL && strncasecmp(text, "mailto:", 7) == 0)
		text += 7;
	else if (email != NULL && s->parameter == NULL && !s->has_regex)
		text = email;
	if (text == NULL || *text == '\0')
		return;
	add_staff(a, text_lower(arena_strdup(a->arena, text)));
}

static void apply_due(struct applying *a, const struct mapping_source *s, const struct event_property *p)
{
	const char *text = date_is_none(a->out->due) ? mapping_source_find(s, p, a->arena, NULL) : NULL;
	size_t len = text != NULL ? strlen(text) : 0;
	struct fault f = FAULT_NONE;

	if (text == NULL)
		return;
	if (len > 8 && (text[8] == 'T' || text[8] == 't'))
		len = 8;
	else if (len > 10 && (text[10] == 'T' || text[10] == ' '))
		len = 10;
	if (cell_date(arena_strndup(a->arena, text, len), &a->out->due, &f) < 0 && a->bad_due == NULL)
		a->bad_due = p;
}

static void apply_source(struct applying *a, enum mapping_role role, const struct mapping_source *s, const struct event_property *p)
{
	switch (role) {
	case MAPPING_PERSON:
		if (a->out->person == NULL) {
			a->out->person = mapping_source_find(s, p, a->arena, NULL);
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
			a->out->place = mapping_source_find(s, p, a->arena, NULL);
		break;
	case MAPPING_DUE:
		apply_due(a, s, p);
		break;
	}
}

/* The alternatives of a rank (they begin at *k) over the properties in file order. */
static void apply_rank(struct applying *a, enum mapping_role role, size_t *k)
{
	const struct mapping_source *s = a->m->sources[role];
	size_t end = *k + 1;

	while (end < a->m->n_sources[role] && s[end].rank == s[*k].rank)
		end++;
	for (size_t i = 0; i < a->event->n_properties; i++) {
		const struct event_property *p = &a->event->properties[i];
		for (size_t j = *k; j < end; j++) {
			if (p->wish != 0 ? s[j].wish == p->wish : strcmp(s[j].property, p->name) == 0)
				apply_source(a, role, &s[j], p);
		}
	}
	*k = end;
}

/* 1 + the index among the mapping's names; 0: it is none of them. */
static size_t wish_of(const struct mapping *m, const struct event_property *p)
{
	assert(p->wish <= m->n_names);
	if (p->wish != 0)
		return p->wish;
	for (size_t i = 0; i < m->n_names; i++) {
		if (strcmp(m->names[i], p->name) == 0)
			return i + 1;
	}
	return 0;
}

/* The roles whose alternatives count alike, in one go over the properties. */
static void apply_unranked(struct applying *a)
{
	const struct mapping *m = a->m;

	for (size_t i = 0; i < a->event->n_properties; i++) {
		const struct event_property *p = &a->event->properties[i];
		size_t wish = wish_of(m, p);
		size_t end = wish > 0 ? m->first_use[wish] : 0;
		for (size_t u = wish > 0 ? m->first_use[wish - 1] : 0; u < end; u++)
			apply_source(a, m->uses[u].role, &m->sources[m->uses[u].role][m->uses[u].source], p);
	}
}

int mapping_apply(const struct mapping *m, const struct event *event, struct arena *arena, struct mapping_result *out,
	const struct event_property **at)
{
	struct mapping_result result = {.due = DATE_NONE};
	struct applying a = {.m = m, .event = event, .arena = arena, .out = &result};

	apply_unranked(&a);
	for (size_t role = 0; role < MAPPING_ROLES; role++) {
		for (size_t k = 0; is_ranked(m, role) && k < m->n_sources[role];)
			apply_rank(&a, (enum mapping_role)role, &k);
	}
	result.staff = a.staff;
	result.n_staff = a.n_staff;
	map_release(&a.known);
	if (m->any_type && result.person == NULL)
		result.type = NULL; /* without codes a category alone makes no visit */
	if (a.bad_due != NULL && date_is_none(result.due)) {
		*at = a.bad_due;
		return ERR_INVALID;
	}
	*out = result;
	return 0;
}
