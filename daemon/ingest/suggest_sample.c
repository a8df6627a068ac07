/* SPDX-License-Identifier: Apache-2.0 */
/* suggest_sample: see suggest_sample.h. */
#include "suggest_sample.h"

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <string.h>

#include "mapping_text.h"

#define MAX_VALUE_BYTES 4096
#define MAX_EVENT_PROPERTIES 60
#define MAX_PROPERTIES 400
#define MAX_MASKED 40

/* Properties that say nothing about a visit, or whose text is markup. */
static bool is_noise(const char *name)
{
	static const char *const names[] = {
		"UID", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "CREATED", "LAST-MODIFIED", "SEQUENCE", "STATUS", "TRANSP", "CLASS", "PRIORITY", "RRULE", "RDATE",
		"EXDATE", "EXRULE", "RECURRENCE-ID", "ATTACH", "GEO", "URL", "CONFERENCE", "COLOR", "X-ALT-DESC", "REQUEST-STATUS", "RELATED-TO", "VCALENDAR.VERSION",
		"VCALENDAR.CALSCALE", "VCALENDAR.METHOD", "VCALENDAR.X-WR-TIMEZONE", "VCALENDAR.PRODID",
	};
	static const char *const prefixes[] = {"X-MICROSOFT-", "X-MS-", "X-APPLE-", "X-MOZ-", "X-GOOGLE-", "X-LIC-", "X-WR-", "X-EVOLUTION-", "X-ALARM"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (text_starts(name, prefixes[i]))
			return true;
	}
	return false;
}

static bool is_noise_parameter(const char *name)
{
	static const char *const names[] = {
		"TZID", "VALUE", "ROLE", "PARTSTAT", "RSVP", "CUTYPE", "LANGUAGE", "ENCODING", "CHARSET", "SCHEDULE-STATUS", "SCHEDULE-AGENT", "ALTREP", "DIR", "FMTTYPE",
		"X-NUM-GUESTS", "SENT-BY", "DELEGATED-TO", "DELEGATED-FROM", "MEMBER", "X-RESPONSE-COMMENT",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

static void count_property(struct suggest_sample *s, const char *name, const char *parameter)
{
	struct buf key = BUF_INIT;
	size_t at;

	buf_printf(&key, "%s;%s", name, parameter != NULL ? parameter : "");
	if (!map_get_str(&s->property_at, buf_str(&key), &at) && s->properties.len < MAX_PROPERTIES) {
		struct suggest_property new = {.name = arena_strdup(&s->arena, name), .parameter = arena_strdup(&s->arena, parameter)};
		at = s->properties.len;
		map_put_str(&s->property_at, buf_str(&key), at);
		VEC_PUSH(&s->properties, new);
	} else if (s->properties.len >= MAX_PROPERTIES && !map_get_str(&s->property_at, buf_str(&key), &at)) {
		buf_release(&key);
		return;
	}
	if (s->properties.items[at].last_event != s->events.len + 1) {
		s->properties.items[at].last_event = s->events.len + 1;
		s->properties.items[at].events++;
	}
	buf_release(&key);
}

static struct event_property copy_property(struct suggest_sample *s, const struct event_property *p)
{
	struct event_param *params = ARENA_NEW(&s->arena, struct event_param, p->n_params + 1);
	struct event_property copy = {.name = arena_strdup(&s->arena, p->name), .params = params};

	copy.value = arena_strndup(&s->arena, p->value, mapping_text_cut(p->value, strlen(p->value), MAX_VALUE_BYTES));
	count_property(s, p->name, NULL);
	for (size_t i = 0; i < p->n_params; i++) {
		if (is_noise_parameter(p->params[i].name))
			continue;
		params[copy.n_params].name = arena_strdup(&s->arena, p->params[i].name);
		params[copy.n_params++].value = arena_strndup(&s->arena, p->params[i].value,
			mapping_text_cut(p->params[i].value, strlen(p->params[i].value), MAX_VALUE_BYTES));
		count_property(s, p->name, p->params[i].name);
	}
	return copy;
}

void suggest_sample_add(struct suggest_sample *s, const struct event *event, size_t room)
{
	struct event_property *list;
	struct event copy = {.line = event->line};
	size_t n = 0;

	s->seen++;
	for (size_t i = 0; i < event->n_properties && s->product == NULL; i++) {
		if (strcmp(event->properties[i].name, "VCALENDAR.PRODID") == 0)
			s->product = arena_strdup(&s->arena, event->properties[i].value);
	}
	if (s->events.len >= room)
		return;
	list = ARENA_NEW(&s->arena, struct event_property, MAX_EVENT_PROPERTIES);
	for (size_t i = 0; i < event->n_properties && n < MAX_EVENT_PROPERTIES; i++) {
		if (!is_noise(event->properties[i].name))
			list[n++] = copy_property(s, &event->properties[i]);
	}
	copy.properties = list;
	copy.n_properties = n;
	VEC_PUSH(&s->events, copy);
}

void suggest_sample_release(struct suggest_sample *s)
{
	VEC_RELEASE(&s->events);
	VEC_RELEASE(&s->properties);
	map_release(&s->property_at);
	arena_release(&s->arena);
}

void suggest_measure_mask(const char *text, struct buf *out)
{
	size_t n = 0;

	for (; *text != '\0' && n < MAX_MASKED; text++) {
		unsigned char c = (unsigned char)*text;
		if ((c & 0xc0) == 0x80)
			continue;
		n++;
		if (c >= '0' && c <= '9')
			buf_putc(out, '9');
		else if ((c >= 'a' && c <= 'z') || c >= 0x80)
			buf_putc(out, 'x');
		else if (c >= 'A' && c <= 'Z')
			buf_putc(out, 'X');
		else
			buf_putc(out, c < ' ' ? ' ' : (char)c);
	}
}

/* What counting the values of one source carries. */
struct counting {
	const struct mapping_source *source;
	struct map values;
	const struct suggest_measure_how *how;
	struct suggest_measure *out;
};

static bool count_value(struct counting *c, const struct event_property *p, struct arena *arena, bool *known)
{
	const char *text = mapping_source_find(c->source, p, arena, NULL);

	if (text == NULL)
		return false;
	if (strncasecmp(text, "mailto:", 7) == 0)
		text += 7;
	if (map_put(&c->values, text, strlen(text), 0))
		c->out->distinct++;
	if (c->out->example == NULL) {
		struct buf masked = BUF_INIT;
		suggest_measure_mask(text, &masked);
		c->out->example = buf_detach(&masked);
	}
	*known |= c->how->known != NULL && c->how->known(c->how->arg, text);
	return true;
}

bool suggest_measure_source(const struct suggest_sample *s, const char *source, const struct suggest_measure_how *how,
	struct suggest_measure *out)
{
	struct mapping_source parsed;
	struct arena arena = ARENA_INIT;
	struct fault f = FAULT_NONE;
	struct counting c = {.source = &parsed, .how = how, .out = out};

	if (mapping_source_parse(source, strlen(source), &parsed, &f) < 0)
		return false;
	*out = (struct suggest_measure){.source = xstrdup(source), .covers = xcalloc(s->events.len + 1, 1), .knows = xcalloc(s->events.len + 1, 1)};
	for (size_t e = 0; e < s->events.len; e++) {
		const struct event *event = &s->events.items[e];
		bool is_known = false;
		for (size_t i = 0; i < event->n_properties && (how->known != NULL ? !is_known : !out->covers[e]); i++) {
			if (strcmp(event->properties[i].name, parsed.property) == 0)
				out->covers[e] |= count_value(&c, &event->properties[i], &arena, &is_known);
		}
		out->knows[e] = is_known;
		out->events += out->covers[e];
		out->wanted += out->covers[e] && (how->wanted == NULL || how->wanted[e]);
		out->known += is_known;
		arena_reset(&arena);
	}
	map_release(&c.values);
	arena_release(&arena);
	mapping_source_release(&parsed);
	return true;
}

void suggest_measure_release(struct suggest_measure *m)
{
	free(m->source);
	free(m->covers);
	free(m->knows);
	free(m->example);
	*m = (struct suggest_measure){.source = NULL};
}
