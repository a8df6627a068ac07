/* SPDX-License-Identifier: Apache-2.0 */
/* skip_load: reads conditional skips, see the header. */
#include "skip_load.h"

#include <planvax/base/text.h>

#include <string.h>

enum word_type {
	WORD_AGE, WORD_INTERVAL, WORD_COMPLETED, WORD_COUNT_AGE, WORD_COUNT_DATE, WORD_COUNT_BOTH, WORD_OBSERVATION, WORD_BAD
};

static const struct name type_names[] = {{"age", WORD_AGE}, {"interval", WORD_INTERVAL}, {"completed series", WORD_COMPLETED},
	{"vaccine count by age", WORD_COUNT_AGE}, {"vaccine count by date", WORD_COUNT_DATE},
	{"vaccine count by date and age", WORD_COUNT_BOTH}, {"observation", WORD_OBSERVATION}, {NULL, 0}};

#define COUNT_KEYS \
	{"type", RULE_TEXT, true}, {"count", RULE_TEXT, true}, {"dose_type", RULE_TEXT, true}, {"logic", RULE_TEXT, true}, \
	{"codes", RULE_LIST, false}
#define KEYS_END {NULL, RULE_TEXT, false}

static const struct rule_key *keys_of(enum word_type type)
{
	static const struct rule_key age[] = {
		{"type", RULE_TEXT, true}, {"begin_age", RULE_TEXT, false}, {"end_age", RULE_TEXT, false}, KEYS_END};
	static const struct rule_key interval[] = {{"type", RULE_TEXT, true}, {"interval", RULE_TEXT, true}, KEYS_END};
	static const struct rule_key completed[] = {{"type", RULE_TEXT, true}, {"groups", RULE_LIST, true}, KEYS_END};
	static const struct rule_key observation[] = {
		{"type", RULE_TEXT, true}, {"codes", RULE_LIST, true}, {"interval", RULE_TEXT, false}, KEYS_END};
	static const struct rule_key by_age[] = {COUNT_KEYS, {"begin_age", RULE_TEXT, false}, {"end_age", RULE_TEXT, false}, KEYS_END};
	static const struct rule_key by_date[] = {COUNT_KEYS, {"start", RULE_TEXT, false}, {"end", RULE_TEXT, false}, KEYS_END};
	static const struct rule_key by_both[] = {COUNT_KEYS, {"begin_age", RULE_TEXT, false}, {"end_age", RULE_TEXT, false},
		{"start", RULE_TEXT, false}, {"end", RULE_TEXT, false}, KEYS_END};

	switch (type) {
	case WORD_AGE:
		return age;
	case WORD_INTERVAL:
		return interval;
	case WORD_COMPLETED:
		return completed;
	case WORD_COUNT_AGE:
		return by_age;
	case WORD_COUNT_DATE:
		return by_date;
	case WORD_COUNT_BOTH:
		return by_both;
	case WORD_OBSERVATION:
		return observation;
	case WORD_BAD:
		return NULL;
	}
	return NULL;
}

static void load_count(struct entry_file *f, const struct json_value *v, struct condition_rule *c)
{
	static const struct name logic[] = {
		{"greater than", COUNT_GREATER}, {"equal to", COUNT_EQUAL}, {"less than", COUNT_LESS}, {NULL, 0}};
	static const struct name dose_type[] = {{"valid", 1}, {"total", 0}, {NULL, 0}};
	struct rule_read *r = f->load->r;
	const char *count = json_text(json_get(v, "count"));
	int64_t n = 0;

	c->type = CONDITION_COUNT;
	if (count && (text_int(count, strlen(count), 0, 9999, &n) < 0 || *count == '-'))
		rule_read_error(r, json_get(v, "count"), "expected digits", "bad count \"%s\"", count);
	c->count = (int32_t)n;
	c->valid_only = rule_read_anycase(r, json_get(v, "dose_type"), dose_type, 0) == 1;
	c->logic = (enum count_logic)rule_read_anycase(r, json_get(v, "logic"), logic, COUNT_GREATER);
	c->has_codes = json_get(v, "codes") != NULL;
	c->codes = entry_codes(f, v, "codes", ENTRY_VACCINES);
	c->start = entry_day(f->load, v, "start", SCHEDULE_FIRST_DAY);
	c->end = entry_day(f->load, v, "end", SCHEDULE_LAST_DAY);
	if (c->start >= c->end)
		rule_read_error(r, v, NULL, "\"start\" does not lie before \"end\"");
}

static void load_condition(struct entry_file *f, const struct json_value *v, struct condition_rule *c)
{
	struct rule_read *r = f->load->r;
	enum word_type type;

	if (json_kind(v) != JSON_OBJECT_VALUE || !json_text(json_get(v, "type"))) {
		rule_read_error(r, v, NULL, "must be an object with \"type\"");
		return;
	}
	type = (enum word_type)rule_read_anycase(r, json_get(v, "type"), type_names, WORD_BAD);
	if (type == WORD_BAD)
		return;
	rule_read_object(r, v, keys_of(type));
	c->window = entry_window(f->load, v);
	c->interval = rule_read_span(r, v, "interval");
	switch (type) {
	case WORD_AGE:
		c->type = CONDITION_AGE;
		if (!json_get(v, "begin_age") && !json_get(v, "end_age"))
			rule_read_error(r, v, NULL, "an Age condition needs \"begin_age\" or \"end_age\"");
		break;
	case WORD_INTERVAL:
		c->type = CONDITION_INTERVAL;
		break;
	case WORD_COMPLETED:
		c->type = CONDITION_COMPLETED;
		c->codes = entry_codes(f, v, "groups", ENTRY_SERIES_GROUPS);
		break;
	case WORD_COUNT_AGE:
	case WORD_COUNT_DATE:
	case WORD_COUNT_BOTH:
		load_count(f, v, c);
		break;
	case WORD_OBSERVATION:
		c->type = CONDITION_OBSERVATION;
		c->codes = entry_codes(f, v, "codes", ENTRY_OBSERVATIONS);
		break;
	case WORD_BAD:
		break;
	}
}

/* Whether members are joined by AND; the key is required for two or more. */
static bool load_logic(struct entry_file *f, const struct json_value *object, size_t n)
{
	static const struct name names[] = {{"and", 1}, {"or", 0}, {NULL, 0}};

	if (n > 1 && !json_get(object, "logic"))
		rule_read_error(f->load->r, object, "give AND or OR", "missing key \"logic\"");
	return rule_read_anycase(f->load->r, json_get(object, "logic"), names, 1) == 1;
}

static void load_set(struct entry_file *f, const struct json_value *v, struct skip_set *set)
{
	static const struct rule_key keys[] = {{"conditions", RULE_LIST, true}, {"logic", RULE_TEXT, false},
		{"effective", RULE_TEXT, false}, {"cessation", RULE_TEXT, false}, KEYS_END};
	const struct json_value *list = json_get(v, "conditions");
	size_t n = json_kind(list) == JSON_ARRAY_VALUE ? json_len(list) : 0;
	struct condition_rule *conditions = ARENA_NEW(f->load->r->arena, struct condition_rule, n + 1);

	if (!rule_read_object(f->load->r, v, keys))
		return;
	set->all = load_logic(f, v, n);
	set->period = entry_period(f->load, v, "effective", "cessation");
	for (size_t i = 0; i < n; i++)
		load_condition(f, json_at(list, i), &conditions[i]);
	set->conditions = conditions;
	set->n_conditions = (uint16_t)n;
}

static void load_one(struct entry_file *f, const struct json_value *v, struct skip_rule *skip, const char *source)
{
	static const struct rule_key keys[] = {{"context", RULE_TEXT, true}, {"sets", RULE_LIST, true}, {"logic", RULE_TEXT, false},
		{"source", RULE_TEXT, false}, KEYS_END};
	static const struct name contexts[] = {{"evaluation", 1}, {"forecast", 2}, {"both", 3}, {NULL, 0}};
	const struct json_value *list = json_get(v, "sets");
	size_t n = json_kind(list) == JSON_ARRAY_VALUE ? json_len(list) : 0;
	struct skip_set *sets = ARENA_NEW(f->load->r->arena, struct skip_set, n + 1);
	int context;

	if (!rule_read_object(f->load->r, v, keys))
		return;
	context = rule_read_anycase(f->load->r, json_get(v, "context"), contexts, 3);
	skip->evaluation = context & 1;
	skip->forecast = context & 2;
	skip->all = load_logic(f, v, n);
	skip->source = entry_source(f, v, source);
	for (size_t i = 0; i < n; i++)
		load_set(f, json_at(list, i), &sets[i]);
	skip->sets = sets;
	skip->n_sets = (uint16_t)n;
}

void skip_load(struct entry_file *f, const struct json_value *list, struct target_rule *t)
{
	size_t n = json_kind(list) == JSON_ARRAY_VALUE ? json_len(list) : 0;
	struct skip_rule *skips = ARENA_NEW(f->load->r->arena, struct skip_rule, n + 1);

	for (size_t i = 0; i < n; i++)
		load_one(f, json_at(list, i), &skips[i], t->source);
	t->skips = skips;
	t->n_skips = (uint16_t)n;
}
