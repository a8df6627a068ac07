/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_suggest: see mapping_suggest.h. */
#include <planvax/ingest/mapping_suggest.h>

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "mapping_text.h"
#include "suggest_find.h"
#include "suggest_words.h"

#define MAX_LEFT_SHOWN 15

/* A word of events that no type is known for. */
struct left_word {
	char *word; /* folded */
	size_t events;
	size_t last_event;
	size_t lower; /* times that it was written in lower case */
	size_t seen;
};

struct mapping_suggest {
	struct mapping_suggest_options options;
	struct suggest_sample sample;
	struct mapping *lexicon;
	unsigned char *visits;    /* by event: has a type */
	size_t n_visits, n_both, n_person_alone;
	size_t *by_code;          /* events of each code */
	struct suggest_choice type, person, staff, place, due;
	VEC(struct left_word) left;
	size_t n_nir;
};

/* Gives a mapping the words of all types. */
static void add_words(const struct mapping_suggest *s, struct mapping *m)
{
	for (size_t i = 0; i < s->options.n_codes; i++) {
		struct buf key = BUF_INIT, words = BUF_INIT;
		struct fault f = FAULT_NONE;

		buf_printf(&key, "type.%s", s->options.codes[i]);
		suggest_words_of(s->options.codes[i], s->options.names[i], &words);
		mapping_set(m, buf_str(&key), buf_str(&words), &f); /* words that two types share stay with the first */
		buf_release(&key);
		buf_release(&words);
	}
}

struct mapping_suggest *mapping_suggest_new(const struct mapping_suggest_options *options)
{
	struct mapping_suggest *s = xcalloc(1, sizeof(*s));

	s->options = *options;
	s->lexicon = mapping_new();
	mapping_set_types(s->lexicon, options->codes, options->n_codes);
	add_words(s, s->lexicon);
	s->by_code = xcalloc(options->n_codes + 1, sizeof(*s->by_code));
	return s;
}

void mapping_suggest_free(struct mapping_suggest *s)
{
	if (s == NULL)
		return;
	suggest_find_release(&s->type);
	suggest_find_release(&s->person);
	suggest_find_release(&s->staff);
	suggest_find_release(&s->place);
	suggest_find_release(&s->due);
	for (size_t i = 0; i < s->left.len; i++)
		free(s->left.items[i].word);
	VEC_RELEASE(&s->left);
	suggest_sample_release(&s->sample);
	mapping_free(s->lexicon);
	free(s->visits);
	free(s->by_code);
	free(s);
}

const struct mapping *mapping_suggest_lexicon(const struct mapping_suggest *s)
{
	return s->lexicon;
}

void mapping_suggest_event(struct mapping_suggest *s, const struct event *event)
{
	suggest_sample_add(&s->sample, event, MAPPING_SUGGEST_EVENTS);
}

/* ---- judging ---- */

static void mark_visits(struct mapping_suggest *s)
{
	s->visits = xcalloc(s->sample.events.len + 1, 1);
	for (size_t k = 0; k < s->type.n; k++) {
		for (size_t e = 0; e < s->sample.events.len; e++)
			s->visits[e] |= s->type.list[k].knows[e];
	}
	for (size_t e = 0; e < s->sample.events.len; e++)
		s->n_visits += s->visits[e];
}

static void count_persons(struct mapping_suggest *s)
{
	for (size_t e = 0; e < s->sample.events.len; e++) {
		bool person = false;
		for (size_t k = 0; k < s->person.n; k++)
			person |= s->person.list[k].covers[e];
		s->n_both += person && s->visits[e];
		s->n_person_alone += person && !s->visits[e];
	}
}

/* Which types there are, by the mapping itself. */
static void count_codes(struct mapping_suggest *s)
{
	struct mapping *m = mapping_suggest_mapping(s);

	for (size_t e = 0; e < s->sample.events.len; e++) {
		struct arena arena = ARENA_INIT;
		struct mapping_result r;
		const struct event_property *at;
		bool told = mapping_apply(m, &s->sample.events.items[e], &arena, &r, &at) == 0 && r.type != NULL;
		for (size_t i = 0; told && i < s->options.n_codes; i++)
			s->by_code[i] += strcmp(s->options.codes[i], r.type) == 0;
		arena_release(&arena);
	}
	mapping_free(m);
}

static void count_left(struct mapping_suggest *s, struct map *at, const char *word, size_t len, size_t event)
{
	struct buf folded = BUF_INIT;
	struct left_word *w;
	size_t i;

	fold_words(word, len, &folded);
	if (folded.len >= 3 && strpbrk(buf_str(&folded), "0123456789 ") == NULL) {
		if (!map_get_str(at, buf_str(&folded), &i)) {
			i = s->left.len;
			map_put_str(at, buf_str(&folded), i);
			struct left_word new = {.word = xstrdup(buf_str(&folded))};
			VEC_PUSH(&s->left, new);
		}
		w = &s->left.items[i];
		w->seen++;
		w->lower += !(word[0] >= 'A' && word[0] <= 'Z') && (unsigned char)word[0] < 0x80;
		w->events += w->last_event != event;
		w->last_event = event;
	}
	buf_release(&folded);
}

static int compare_left(const void *a, const void *b)
{
	const struct left_word *x = a;
	const struct left_word *y = b;

	if (x->events != y->events)
		return x->events > y->events ? -1 : 1;
	return strcmp(x->word, y->word);
}

/* The words of the properties that tell types, in events that have none. */
static void collect_left(struct mapping_suggest *s)
{
	const char *name = s->type.n > 0 ? s->sample.properties.items[s->type.list[0].property].name : "SUMMARY";
	struct map at = MAP_INIT;

	for (size_t e = 0; e < s->sample.events.len; e++) {
		const struct event *event = &s->sample.events.items[e];
		for (size_t i = 0; i < event->n_properties && !s->visits[e]; i++) {
			const char *text = event->properties[i].value;
			if (strcmp(event->properties[i].name, name) != 0)
				continue;
			while (*text != '\0') {
				size_t len = 0;
				while (((unsigned char)text[len] | 0x20) >= 'a' && ((unsigned char)text[len] >= 0x80 || ((unsigned char)text[len] | 0x20) <= 'z'))
					len++;
				if (len > 0)
					count_left(s, &at, text, len, e + 1);
				text += len > 0 ? len : 1;
			}
		}
	}
	map_release(&at);
	if (s->left.len > 0)
		qsort(s->left.items, s->left.len, sizeof(s->left.items[0]), compare_left);
}

void mapping_suggest_judge(struct mapping_suggest *s)
{
	suggest_find_type(&s->sample, s->lexicon, &s->type);
	mark_visits(s);
	suggest_find_person(&s->sample, s->n_visits > 0 ? s->visits : NULL, &s->person);
	suggest_find_staff(&s->sample, s->options.staff, s->options.arg, &s->staff);
	suggest_find_place(&s->sample, s->n_visits > 0 ? s->visits : NULL, &s->place);
	suggest_find_due(&s->sample, s->n_visits > 0 ? s->visits : NULL, &s->due);
	count_persons(s);
	count_codes(s);
	collect_left(s);
	s->n_nir = suggest_find_nir(&s->sample);
}

/* ---- the proposal ---- */

static void put_sources(const struct suggest_choice *c, struct buf *out)
{
	for (size_t i = 0; i < c->n; i++)
		buf_printf(out, "%s%s", i > 0 ? " || " : "", c->list[i].source);
}

static void set_choice(struct mapping *m, const char *key, const struct suggest_choice *c)
{
	struct buf value = BUF_INIT;
	struct fault f = FAULT_NONE;

	put_sources(c, &value);
	if (c->n > 0)
		mapping_set(m, key, buf_str(&value), &f);
	buf_release(&value);
}

struct mapping *mapping_suggest_mapping(const struct mapping_suggest *s)
{
	struct mapping *m = mapping_new();

	mapping_set_types(m, s->options.codes, s->options.n_codes);
	set_choice(m, "person", &s->person);
	set_choice(m, "type", &s->type);
	set_choice(m, "staff", &s->staff);
	set_choice(m, "place", &s->place);
	set_choice(m, "due", &s->due);
	add_words(s, m);
	return m;
}

/* A value as the configuration reads it: in quotes where it could be taken for a comment. */
static void put_value(const char *value, struct buf *out)
{
	bool quotes = strstr(value, " #") != NULL || strstr(value, " ;") != NULL || strchr("\"#;", value[0]) != NULL;

	buf_printf(out, quotes ? "\"%s\"\n" : "%s\n", value);
}

/* "acme" of "-//ACME Corp//Agenda 3.1//FR". */
static void put_name(const struct mapping_suggest *s, struct buf *out)
{
	const char *p = s->sample.product != NULL ? s->sample.product : "";
	size_t start = out->len;

	if (s->options.name != NULL) {
		buf_puts(out, s->options.name);
		return;
	}
	p += strspn(p, "-+/ ");
	for (; out->len - start < 24 && ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9')); p++)
		buf_putc(out, *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p);
	if (out->len == start)
		buf_puts(out, "vendor");
}

static const char *confidence(size_t part, size_t whole)
{
	return 20 * part >= 19 * whole && part > 0 ? "high" : 10 * part >= 7 * whole && part > 0 ? "medium" : "low";
}

static void put_measures(const struct suggest_choice *c, bool by_known, struct buf *out)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct suggest_measure *m = &c->list[i];
		size_t n = m->events;
		if (by_known)
			n = m->known;
		buf_printf(out, "#   %s: %zu events, %zu values, such as \"%s\"\n", m->source, n, m->distinct, m->example != NULL ? m->example : "");
	}
}

static void put_key(const char *key, const struct suggest_choice *c, struct buf *out)
{
	struct buf value = BUF_INIT;

	put_sources(c, &value);
	buf_printf(out, "%s = ", key);
	put_value(buf_str(&value), out);
	buf_release(&value);
}

static void put_person(const struct mapping_suggest *s, struct buf *out)
{
	size_t whole = s->n_visits > 0 ? s->n_visits : s->sample.events.len;

	buf_puts(out, "\n# The person, by number.\n");
	if (s->person.n == 0) {
		buf_puts(out, "# Nothing was found that numbers persons: without it there are no visits. Ask the vendor to export the person's number,\n"
			"# never the name, then name its property here.\n#person = PROPERTY ~ ([0-9]+)\n");
		return;
	}
	buf_printf(out, "# Found in %zu of %zu events that have a type (confidence: %s).\n", s->n_visits > 0 ? s->n_both : s->person.covered, whole,
		confidence(s->n_visits > 0 ? s->n_both : s->person.covered, whole));
	put_measures(&s->person, false, out);
	if (s->n_person_alone > 0)
		buf_printf(out, "# %zu events have such a number but no type: they will be rejected until words for them stand below, or are no visits.\n",
			s->n_person_alone);
	put_key("person", &s->person, out);
}

static void put_type(const struct mapping_suggest *s, struct buf *out)
{
	buf_printf(out, "\n# The type of visit.\n");
	if (s->type.n == 0) {
		buf_puts(out, "# No property holds words of a known type: name the one that does, and its words below.\n#type = SUMMARY\n");
		return;
	}
	buf_printf(out, "# Found in %zu of %zu events; the others are busy time (confidence: %s).\n", s->n_visits, s->sample.events.len,
		s->n_visits * 10 >= s->sample.events.len * 3 ? "high" : "medium");
	put_measures(&s->type, true, out);
	put_key("type", &s->type, out);
}

static void put_others(const struct mapping_suggest *s, struct buf *out)
{
	buf_puts(out, "\n# Whose agenda it is.\n");
	if (s->staff.n == 0) {
		buf_puts(out, "# Nothing was found that names staff: give each member a file named STAFF_ID.ics, or name the property.\n#staff = ORGANIZER\n");
	} else {
		buf_printf(out, s->options.staff != NULL ? "# Compared with staff.csv.\n" : "# Compare with staff.csv: e-mail, staff_id or name must be there.\n");
		put_measures(&s->staff, false, out);
		put_key("staff", &s->staff, out);
	}
	buf_puts(out, "\n# Where: a centre_id or the name of a centre.\n");
	if (s->place.n == 0) {
		buf_puts(out, "# Nothing was found.\n#place = LOCATION\n");
	} else {
		put_measures(&s->place, false, out);
		put_key("place", &s->place, out);
	}
	buf_puts(out, "\n# The statutory due date.\n");
	if (s->due.n == 0) {
		buf_puts(out, "# Nothing was found.\n#due = X-PLANVAX-DUE\n");
	} else {
		put_measures(&s->due, false, out);
		put_key("due", &s->due, out);
	}
}

static void put_words(const struct mapping_suggest *s, struct buf *out)
{
	struct mapping *m = mapping_new();

	mapping_set_types(m, s->options.codes, s->options.n_codes);
	buf_puts(out, "\n# Words of each type, without case and accents; the longest that fit win. Check them: services differ.\n");
	for (size_t i = 0; i < s->options.n_codes; i++) {
		struct buf words = BUF_INIT, key = BUF_INIT;
		struct fault f = FAULT_NONE;

		suggest_words_of(s->options.codes[i], s->options.names[i], &words);
		buf_printf(&key, "type.%s", s->options.codes[i]);
		buf_printf(out, "# %zu events\n", s->by_code[i]);
		if (mapping_set(m, buf_str(&key), buf_str(&words), &f) < 0)
			buf_puts(out, "#"); /* shares words with a type above */
		buf_printf(out, "%s = ", buf_str(&key));
		put_value(buf_str(&words), out);
		buf_release(&words);
		buf_release(&key);
	}
	mapping_free(m);
}

/* A word is shown whole only where it is surely no name: of the common vocabulary, or mostly written in lower case by many. */
static void put_left(const struct mapping_suggest *s, struct buf *out)
{
	size_t shown = 0;

	for (size_t i = 0; i < s->left.len && shown < MAX_LEFT_SHOWN; i++) {
		const struct left_word *w = &s->left.items[i];
		bool common = suggest_words_common(w->word);
		if (w->events < 2 && !common)
			continue;
		if (shown++ == 0)
			buf_puts(out, "\n# Words of events without a type (words that may be names are masked):\n");
		if (common || (w->events >= 5 && 10 * w->lower >= 9 * w->seen))
			buf_printf(out, "#   %s: %zu\n", w->word, w->events);
		else
			buf_printf(out, "#   %c... (%zu letters): %zu\n", w->word[0], strlen(w->word), w->events);
	}
}

static void put_source(const struct mapping_suggest *s, const char *name, struct buf *out)
{
	bool whole = s->options.service != NULL && s->options.path != NULL;
	const char *mark = whole ? "" : "#";

	buf_puts(out, "\n# Where its files come from.\n");
	if (!whole)
		buf_puts(out, "# Fill in the service and the folder, then take the signs # away; or drop the files into the spool and name this mapping \"default\".\n");
	buf_printf(out, "%s[source.%s]\n%skind = folder\n%sservice = %s\n%spath = ", mark, name, mark, mark,
		s->options.service != NULL ? s->options.service : "SERVICE_ID", mark);
	put_value(s->options.path != NULL ? s->options.path : "FOLDER", out);
	buf_printf(out, "%smapping = %s\n", mark, name);
	buf_printf(out, "# 1: each export holds all events of its agenda; 0: changes alone.\n%scomplete = 1\n", mark);
}

void mapping_suggest_text(const struct mapping_suggest *s, struct buf *out)
{
	struct buf name = BUF_INIT;

	put_name(s, &name);
	buf_printf(out, "# Proposed by planvaxctl ingest --suggest from %zu events (%zu looked at). Values are masked: X and x are letters, 9 digits.\n"
		"# Check it with planvaxctl ingest --dry-run --explain before use.\n", s->sample.seen, s->sample.events.len);
	if (s->n_nir > 0)
		buf_printf(out, "# WARNING: %zu events hold what looks like a social security number; it is never mapped. Ask the vendor to leave it out.\n",
			s->n_nir);
	buf_printf(out, "\n[mapping.%s]\n", buf_str(&name));
	put_person(s, out);
	put_type(s, out);
	put_others(s, out);
	put_words(s, out);
	put_left(s, out);
	put_source(s, buf_str(&name), out);
	buf_release(&name);
}
