/* SPDX-License-Identifier: Apache-2.0 */
/* beneficiaries_load: reads planvax-beneficiaries/1, see the header. */
#include "beneficiaries_load.h"

#include <planvax/base/text.h>
#include <planvax/rules/beneficiaries.h>

#include <string.h>

#define KEYS_END {NULL, RULE_TEXT, false}

static unsigned read_bits(struct rule_read *r, const struct json_value *list, const struct name *table)
{
	unsigned bits = 0;

	for (size_t i = 0; i < json_len(list); i++) {
		const char *word = json_text(json_at(list, i));
		int value;

		if (word && names_value(table, word, strlen(word), &value))
			bits |= 1u << value;
		else
			rule_read_error(r, json_at(list, i), NULL, "unknown word \"%s\"", word ? word : "");
	}
	return bits;
}

static void read_rule(struct rule_read *r, const struct json_value *v, const struct schedule *s, struct beneficiary_rule *b)
{
	static const struct rule_key keys[] = {{"id", RULE_TEXT, true}, {"kinds", RULE_LIST, true}, {"places", RULE_LIST, true},
		{"groups", RULE_LIST, false}, {"from", RULE_TEXT, false}, {"to", RULE_TEXT, false}, {"min_age", RULE_TEXT, false},
		{"ground", RULE_TEXT, true}, {"source", RULE_TEXT, true}, KEYS_END};

	b->min_age = AGE_SPAN_NONE;
	if (!rule_read_object(r, v, keys))
		return;
	b->id = rule_read_text(r, v, "id");
	b->ground = rule_read_text(r, v, "ground");
	b->source = rule_read_text(r, v, "source");
	b->kinds = read_bits(r, json_get(v, "kinds"), person_kind_names);
	b->places = read_bits(r, json_get(v, "places"), beneficiary_place_names);
	b->groups = rule_read_texts(r, v, "groups", &b->n_groups);
	b->from = rule_read_date(r, v, "from");
	b->to = rule_read_date(r, v, "to");
	b->min_age = rule_read_span(r, v, "min_age");
	if (!date_is_none(b->to) && b->from.days > b->to.days)
		rule_read_error(r, v, NULL, "\"from\" lies after \"to\"");
	for (size_t i = 0; i < b->n_groups; i++) {
		if (schedule_group(s, b->groups[i]) < 0 && !r->blind)
			rule_read_error(r, json_get(v, "groups"), "it must be a key of \"groups\" in schedule.json", "unknown group \"%s\"",
				b->groups[i]);
	}
}

void beneficiaries_load(struct rule_read *r, const struct json_value *root, struct ruleset *rules)
{
	static const struct rule_key keys[] = {
		{"format", RULE_TEXT, true}, {"note", RULE_TEXT, false}, {"rules", RULE_LIST, true}, KEYS_END};
	const struct json_value *list = json_get(root, "rules");
	size_t n = json_kind(list) == JSON_ARRAY_VALUE ? json_len(list) : 0;
	struct beneficiaries_table *table = ARENA_NEW(r->arena, struct beneficiaries_table, 1);
	struct beneficiary_rule *items = ARENA_NEW(r->arena, struct beneficiary_rule, n + 1);

	rule_read_object(r, root, keys);
	if (rules->beneficiaries) {
		rule_read_error(r, root, NULL, "a second file of beneficiaries");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		read_rule(r, json_at(list, i), rules->schedule, &items[i]);
		for (size_t k = 0; k < i; k++) {
			if (items[i].id && text_compare(items[k].id, items[i].id) == 0)
				rule_read_error(r, json_get(json_at(list, i), "id"), NULL, "rule \"%s\" stands twice", items[i].id);
		}
	}
	table->rules = items;
	table->n_rules = n;
	rules->beneficiaries = table;
}
