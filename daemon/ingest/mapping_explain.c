/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_explain: how a mapping reads one event, in sentences. Shows what was taken
 * from a value, never the text around it. */
#include <planvax/ingest/mapping.h>

#include <planvax/base/text.h>
#include <string.h>

#include "fold.h"
#include "mapping_parts.h"
#include "mapping_text.h"

#define MAX_WORDS 200     /* of a text that are compared with those of the types */
#define MAX_SHOWN_BYTES 60

struct explaining {
	const struct mapping *m;
	const struct event *event;
	struct arena *arena;
	struct mapping_result result;
	mapping_say say;
	void *arg;
	struct buf text; /* the sentence */
};

static void tell(struct explaining *x, enum mapping_role role)
{
	x->say(x->arg, role, buf_str(&x->text));
	buf_reset(&x->text);
}

/* The first property of a role, in the order of the alternatives, where a source finds something. */
static const struct mapping_source *found_by(const struct explaining *x, enum mapping_role role, const char **text)
{
	for (size_t k = 0; k < x->m->n_sources[role]; k++) {
		const struct mapping_source *s = &x->m->sources[role][k];
		for (size_t i = 0; i < x->event->n_properties; i++) {
			const struct event_property *p = &x->event->properties[i];
			if (strcmp(s->property, p->name) == 0 && (*text = mapping_source_find(s, p, x->arena, NULL)) != NULL)
				return s;
		}
	}
	return NULL;
}

/* Why a source finds nothing in the event. */
static void miss_of(struct explaining *x, const struct mapping_source *s)
{
	enum mapping_source_miss miss = MAPPING_SOURCE_FOUND;
	bool there = false;

	for (size_t i = 0; i < x->event->n_properties && (!there || miss != MAPPING_SOURCE_NO_MATCH); i++) {
		if (strcmp(s->property, x->event->properties[i].name) == 0) {
			there = true;
			mapping_source_find(s, &x->event->properties[i], x->arena, &miss);
		}
	}
	if (!there) {
		buf_printf(&x->text, "there is no %s", s->property);
		return;
	}
	switch (miss) {
	case MAPPING_SOURCE_FOUND:
		break;
	case MAPPING_SOURCE_NO_PARAMETER:
		buf_printf(&x->text, "%s has no parameter %s", s->property, s->parameter);
		break;
	case MAPPING_SOURCE_EMPTY:
		buf_printf(&x->text, "%s is empty", s->property);
		break;
	case MAPPING_SOURCE_NO_MATCH:
		buf_printf(&x->text, "the expression of \"%s\" finds nothing in it", s->text);
		break;
	}
}

static void explain_misses(struct explaining *x, enum mapping_role role)
{
	buf_printf(&x->text, "no %s: ", names_word(mapping_role_names, (int)role));
	for (size_t k = 0; k < x->m->n_sources[role]; k++) {
		if (k > 0)
			buf_puts(&x->text, "; ");
		miss_of(x, &x->m->sources[role][k]);
	}
	tell(x, role);
}

static bool has_digit(const char *text)
{
	return strpbrk(text, "0123456789") != NULL;
}

static void explain_person(struct explaining *x)
{
	const char *text;
	const struct mapping_source *s = found_by(x, MAPPING_PERSON, &text);

	if (s == NULL) {
		explain_misses(x, MAPPING_PERSON);
		return;
	}
	buf_printf(&x->text, "person %.*s: from %s, by person = %s", (int)mapping_text_cut(text, strlen(text), MAX_SHOWN_BYTES), text, s->property, s->text);
	if (!has_digit(text))
		buf_puts(&x->text, "; it holds no digit: is it a name? take the person's number instead");
	tell(x, MAPPING_PERSON);
}

/* Whether text nearly holds the words: so many blanks-separated words of it, with few changes. */
static bool nearly_holds(const char *text, const struct mapping_phrase *p)
{
	size_t n_words = 1;
	int allowed = p->len < 5 ? 1 : p->len < 12 ? 2 : 3;

	for (const char *c = p->words; *c != '\0'; c++)
		n_words += *c == ' ';
	for (size_t at = 0; *text != '\0' && at < MAX_WORDS; at++) {
		const char *end = text;
		char window[64];
		for (size_t w = 0; w < n_words && *end != '\0'; w++)
			end += strcspn(end + (w > 0), " ") + (w > 0);
		if ((size_t)(end - text) < sizeof(window)) {
			memcpy(window, text, (size_t)(end - text));
			window[end - text] = '\0';
			if (text_distance(window, p->words) <= allowed)
				return true;
		}
		text += strcspn(text, " ");
		text += *text == ' ';
	}
	return false;
}

static void explain_nearest(struct explaining *x, const char *text)
{
	struct buf folded = BUF_INIT;
	const char *nearest = mapping_nearest_code(x->m, text);

	fold_words(text, mapping_text_cut(text, strlen(text), MAPPING_SOURCE_TEXT_BYTES), &folded);
	if (nearest != NULL)
		buf_printf(&x->text, "; almost the code %s", nearest);
	for (size_t i = 0; i < x->m->phrases.len && nearest == NULL; i++) {
		const struct mapping_phrase *p = &x->m->phrases.items[i];
		if (p->len >= 4 && nearly_holds(buf_str(&folded), p)) {
			nearest = p->written;
			buf_printf(&x->text, "; almost the words \"%s\" of type.%s", p->written, x->m->codes.items[p->code]);
		}
	}
	buf_release(&folded);
}

/* The part of a property's text that tells the type: a list is one text here, which its words do not mind. */
static void explain_type(struct explaining *x)
{
	const char *text, *words = NULL, *code = x->result.type;
	const struct mapping_source *s = found_by(x, MAPPING_TYPE, &text);

	for (size_t k = 0; code != NULL && k < x->m->n_sources[MAPPING_TYPE]; k++) {
		const struct mapping_source *t = &x->m->sources[MAPPING_TYPE][k];
		if (x->result.type_property != NULL && strcmp(t->property, x->result.type_property->name) == 0) {
			const char *told = mapping_source_find(t, x->result.type_property, x->arena, NULL);
			if (told != NULL) {
				s = t;
				text = told;
				break;
			}
		}
	}
	if (s == NULL) {
		explain_misses(x, MAPPING_TYPE);
		return;
	}
	if (code == NULL) {
		buf_printf(&x->text, "no type: %s holds %s", s->property, x->m->phrases.len > 0 ? "neither a known code nor words of a key type.CODE" :
			"no known code, and the mapping has no words (keys type.CODE)");
		explain_nearest(x, text);
	} else {
		mapping_type_of(x->m, text, &words);
		buf_printf(&x->text, "type %s: from %s, ", code, s->property);
		if (words != NULL)
			buf_printf(&x->text, "by the words \"%s\" of type.%s", words, code);
		else
			buf_puts(&x->text, "which holds the code");
		buf_printf(&x->text, "; type = %s", s->text);
	}
	tell(x, MAPPING_TYPE);
}

/* How many each property names; who is shown elsewhere, as far as they are on the register. */
static void explain_staff(struct explaining *x)
{
	size_t told = 0;

	for (size_t k = 0; k < x->m->n_sources[MAPPING_STAFF]; k++) {
		const struct mapping_source *s = &x->m->sources[MAPPING_STAFF][k];
		size_t n = 0;
		for (size_t i = 0; i < x->event->n_properties; i++)
			n += strcmp(s->property, x->event->properties[i].name) == 0 &&
				mapping_source_find(s, &x->event->properties[i], x->arena, NULL) != NULL;
		if (n > 0)
			buf_printf(&x->text, "%s%zu named by %s", told++ > 0 ? ", " : "staff: ", n, s->text);
	}
	if (told == 0) {
		explain_misses(x, MAPPING_STAFF);
		return;
	}
	tell(x, MAPPING_STAFF);
}

static void explain_place(struct explaining *x)
{
	const char *text;
	const struct mapping_source *s = found_by(x, MAPPING_PLACE, &text);

	if (s == NULL) {
		explain_misses(x, MAPPING_PLACE);
		return;
	}
	buf_printf(&x->text, "place: from %s, by place = %s", s->property, s->text);
	tell(x, MAPPING_PLACE);
}

static void explain_due(struct explaining *x)
{
	const char *text;
	char date[11];
	const struct mapping_source *s = found_by(x, MAPPING_DUE, &text);

	if (s == NULL)
		explain_misses(x, MAPPING_DUE);
	else if (date_is_none(x->result.due))
		buf_printf(&x->text, "no due date: what due = %s finds is not a date", s->text);
	else
		buf_printf(&x->text, "due %s: from %s, by due = %s", date_format(x->result.due, date), s->property, s->text);
	if (x->text.len > 0)
		tell(x, MAPPING_DUE);
}

void mapping_explain(const struct mapping *m, const struct event *event, mapping_say say, void *arg)
{
	struct arena arena = ARENA_INIT;
	struct explaining x = {.m = m, .event = event, .arena = &arena, .say = say, .arg = arg};
	const struct event_property *at = NULL;

	bool whole = mapping_apply(m, event, &arena, &x.result, &at) == 0; /* else the due date alone is what matters */

	if (!whole)
		x.result = (struct mapping_result){.due = DATE_NONE};
	explain_person(&x);
	if (whole)
		explain_type(&x);
	explain_staff(&x);
	explain_place(&x);
	explain_due(&x);
	buf_release(&x.text);
	arena_release(&arena);
}
