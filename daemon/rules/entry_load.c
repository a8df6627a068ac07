/* SPDX-License-Identifier: Apache-2.0 */
/* entry_load: shared pieces of antigen files, see the header. Prefix: entry_ */
#include "entry_load.h"

#include <planvax/base/text.h>

#include <stdio.h>
#include <string.h>

#define MAX_AGES 60000

void entry_load_init(struct entry_load *l, struct rule_read *r, struct schedule *s)
{
	*l = (struct entry_load){.r = r, .schedule = s};
	map_init(&l->age_map);
	VEC_PUSH(&l->ages, AGE_SPAN_NONE); /* AGE_LOWEST */
	VEC_PUSH(&l->ages, AGE_SPAN_NONE); /* AGE_HIGHEST */
}

void entry_load_release(struct entry_load *l)
{
	VEC_RELEASE(&l->ages);
	map_release(&l->age_map);
}

age_index entry_age(struct entry_load *l, const struct json_value *object, const char *key, age_index absent)
{
	struct age_span span = rule_read_span(l->r, object, key);
	char text[64];
	int len;
	size_t index;

	if (!age_span_given(span))
		return absent;
	len = snprintf(text, sizeof(text), "%d %d %d", span.years, span.months, (int)span.days);
	if (map_get(&l->age_map, text, (size_t)len, &index))
		return (age_index)index;
	if (l->ages.len >= MAX_AGES) {
		rule_read_error(l->r, json_get(object, key), NULL, "more than %d different ages", MAX_AGES);
		return absent;
	}
	index = l->ages.len;
	VEC_PUSH(&l->ages, span);
	map_put(&l->age_map, text, (size_t)len, index);
	return (age_index)index;
}

struct age_window entry_window(struct entry_load *l, const struct json_value *object)
{
	return (struct age_window){entry_age(l, object, "begin_age", AGE_LOWEST), entry_age(l, object, "end_age", AGE_HIGHEST)};
}

int32_t entry_day(struct entry_load *l, const struct json_value *object, const char *key, int32_t absent)
{
	struct date d = rule_read_date(l->r, object, key);

	return date_is_none(d) ? absent : d.days;
}

struct rule_period entry_period(struct entry_load *l, const struct json_value *object, const char *first, const char *last)
{
	struct rule_period p = {entry_day(l, object, first, SCHEDULE_FIRST_DAY), entry_day(l, object, last, SCHEDULE_LAST_DAY)};

	if (p.first > p.last) {
		rule_read_error(l->r, json_get(object, first), NULL, "\"%s\" lies after \"%s\"", first, last);
		p.last = p.first;
	}
	return p;
}

int entry_vaccine(struct entry_load *l, const struct json_value *v)
{
	const char *code = json_text(v);
	size_t index;

	if (!code)
		return -1;
	if (map_get_str(&l->schedule->vaccine_index, code, &index) && l->schedule->vaccines[index].declared)
		return (int)index;
	if (!l->r->blind)
		rule_read_error(l->r, v, "it must be a key of \"vaccines\" in schedule.json", "unknown vaccine code \"%s\"", code);
	return -1;
}

int entry_observation(struct entry_load *l, const struct json_value *v)
{
	const char *code = json_text(v);
	int index;

	if (!code)
		return -1;
	index = schedule_observation(l->schedule, code);
	if (index < 0 && !l->r->blind)
		rule_read_error(l->r, v, "it must be a key of \"observations\" in schedule.json", "unknown observation \"%s\"", code);
	return index;
}

static int series_group(struct entry_file *f, const struct json_value *v)
{
	const char *name = json_text(v);

	if (!name)
		return -1;
	for (size_t i = 0; i < f->n_groups; i++) {
		if (strcmp(f->groups[i], name) == 0)
			return (int)i;
	}
	rule_read_error(f->load->r, v, "it must be the \"group\" of a series of this file", "unknown series group \"%s\"", name);
	return -1;
}

struct code_list entry_codes(struct entry_file *f, const struct json_value *object, const char *key, enum entry_space space)
{
	const struct json_value *list = json_get(object, key);
	size_t n = json_kind(list) == JSON_ARRAY_VALUE ? json_len(list) : 0;
	int16_t *items = ARENA_NEW(f->load->r->arena, int16_t, n + 1);
	struct code_list codes = {.items = items};

	for (size_t i = 0; i < n && i < UINT16_MAX; i++) {
		const struct json_value *v = json_at(list, i);
		int index = -1;

		if (json_kind(v) != JSON_TEXT) {
			rule_read_error(f->load->r, v, NULL, "must be a string");
			continue;
		}
		switch (space) {
		case ENTRY_VACCINES:
			index = entry_vaccine(f->load, v);
			break;
		case ENTRY_OBSERVATIONS:
			index = entry_observation(f->load, v);
			break;
		case ENTRY_SERIES_GROUPS:
			index = series_group(f, v);
			break;
		}
		if (index >= 0)
			items[codes.n++] = (int16_t)index;
	}
	return codes;
}

/* Codes of "recent:CODE,CODE", after the colon. */
static struct code_list recent_codes(struct entry_file *f, const struct json_value *v, const char *text)
{
	struct rule_read *r = f->load->r;
	int16_t *items = ARENA_NEW(r->arena, int16_t, strlen(text) / 2 + 2);
	struct code_list codes = {.items = items};

	for (;;) {
		size_t len = strcspn(text, ","), index;

		if (map_get(&f->load->schedule->vaccine_index, text, len, &index) && f->load->schedule->vaccines[index].declared)
			items[codes.n++] = (int16_t)index;
		else if (len == 0 || !f->load->r->blind)
			rule_read_error(r, v, "codes are keys of \"vaccines\", joined by commas without blanks",
				"unknown vaccine code \"%.*s\"", (int)(len < 64 ? len : 64), text);
		if (!text[len])
			return codes;
		text += len + 1;
	}
}

struct reference_rule entry_reference(struct entry_file *f, const struct json_value *object, int32_t n)
{
	const struct json_value *v = json_get(object, "from");
	const char *text = json_text(v);
	struct reference_rule ref = {.kind = REFERENCE_PREVIOUS};
	int64_t dose;

	if (!text || strcmp(text, "previous") == 0)
		return ref;
	if (text_starts(text, "dose:") && text_int(text + 5, strlen(text + 5), 1, 9999, &dose) == 0) {
		ref.kind = REFERENCE_DOSE;
		ref.index = (int16_t)(dose - 1);
		if (dose >= n) {
			rule_read_error(f->load->r, v, "it must be an earlier dose", "\"%s\" in dose %d", text, (int)n);
			ref.index = 0;
		}
	} else if (text_starts(text, "recent:")) {
		ref.kind = REFERENCE_RECENT;
		ref.codes = recent_codes(f, v, text + 7);
	} else if (text_starts(text, "obs:")) {
		ref.kind = REFERENCE_OBSERVATION;
		ref.index = (int16_t)schedule_observation(f->load->schedule, text + 4);
		if (ref.index < 0 && !f->load->r->blind)
			rule_read_error(f->load->r, v, "it must be a key of \"observations\" in schedule.json",
				"unknown observation \"%s\"", text + 4);
	} else {
		rule_read_error(f->load->r, v, "expected previous, dose:N, recent:CODE,CODE or obs:CODE", "bad reference \"%s\"", text);
	}
	return ref;
}

const char *entry_source(struct entry_file *f, const struct json_value *object, const char *parent)
{
	const struct json_value *v = json_get(object, "source");
	const char *id = json_text(v);

	if (!id)
		return parent;
	for (size_t i = 0; i < f->n_sources; i++) {
		if (f->sources[i].id && strcmp(f->sources[i].id, id) == 0)
			return f->sources[i].text;
	}
	rule_read_error(f->load->r, v, "it must be the \"id\" of an entry of \"sources\"", "unknown source \"%s\"", id);
	return parent;
}
