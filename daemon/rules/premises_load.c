/* SPDX-License-Identifier: Apache-2.0 */
/* premises_load: reads planvax-premises/1, see the header. */
#include "premises_load.h"

#include <planvax/model/registers.h>

#include <string.h>

/* Bits of the words of a list; absent: all. */
static unsigned read_bits(struct rule_read *r, const struct json_value *object, const char *key, const struct name *table)
{
	const struct json_value *list = json_get(object, key);
	unsigned bits = 0;

	if (!list)
		return ~0u;
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

static void read_rule(struct rule_read *r, const struct json_value *v, struct premises_rule *p)
{
	static const struct rule_key keys[] = {{"from", RULE_TEXT, false}, {"to", RULE_TEXT, false}, {"services", RULE_LIST, false},
		{"company", RULE_BOOL, true}, {"centres", RULE_LIST_ANY, false}, {"source", RULE_TEXT, true}, {NULL, RULE_TEXT, false}};

	if (!rule_read_object(r, v, keys))
		return;
	p->from = rule_read_date(r, v, "from");
	p->to = rule_read_date(r, v, "to");
	if (!date_is_none(p->to) && p->from.days > p->to.days)
		rule_read_error(r, v, NULL, "\"from\" lies after \"to\"");
	p->services = read_bits(r, v, "services", service_kind_names);
	p->company = json_bool(json_get(v, "company"));
	p->centres = read_bits(r, v, "centres", centre_kind_names);
}

void premises_load(struct rule_read *r, const struct json_value *root, struct ruleset *rules)
{
	static const struct rule_key keys[] = {{"format", RULE_TEXT, true}, {"note", RULE_TEXT, false},
		{"rules", RULE_LIST, true}, {NULL, RULE_TEXT, false}};
	const struct json_value *list = json_get(root, "rules");
	struct premises_table *table = ARENA_NEW(r->arena, struct premises_table, 1);
	struct premises_rule *items = ARENA_NEW(r->arena, struct premises_rule, json_len(list) + 1);

	rule_read_object(r, root, keys);
	if (rules->premises) {
		rule_read_error(r, root, NULL, "a second file of premises");
		return;
	}
	for (size_t i = 0; i < json_len(list); i++)
		read_rule(r, json_at(list, i), &items[i]);
	table->rules = items;
	table->n_rules = json_len(list);
	rules->premises = table;
}
