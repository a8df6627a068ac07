/* SPDX-License-Identifier: Apache-2.0 */
/* campaigns_load: reads planvax-campaign/1, see the header. */
#include "campaigns_load.h"

#include <planvax/base/text.h>
#include <planvax/model/registers.h>

#include <stdlib.h>
#include <string.h>

static void read_weight(struct rule_read *r, const struct json_value *v, struct campaign_weight *w)
{
	static const struct rule_key keys[] = {{"weight", RULE_INT, true}, {"flags", RULE_LIST, false}, {"from_age", RULE_TEXT, false},
		{"primary", RULE_BOOL, false}, {NULL, RULE_TEXT, false}};
	const struct json_value *flags = json_get(v, "flags");

	if (!rule_read_object(r, v, keys))
		return;
	w->weight = rule_read_int(r, v, "weight", (struct rule_range){1, 9, 1});
	w->age = rule_read_span(r, v, "from_age");
	w->primary = json_bool(json_get(v, "primary"));
	for (size_t i = 0; i < json_len(flags); i++) {
		const char *word = json_text(json_at(flags, i));
		int bit;

		if (word && names_value(person_flag_names, word, strlen(word), &bit))
			w->flags |= (uint64_t)1 << bit;
		else
			rule_read_error(r, json_at(flags, i), NULL, "unknown flag \"%s\"", word ? word : "");
	}
}

void campaigns_load(struct rule_read *r, const struct json_value *root, struct ruleset *rules, struct campaign *out)
{
	static const struct rule_key keys[] = {{"format", RULE_TEXT, true}, {"id", RULE_TEXT, true}, {"group", RULE_TEXT, true},
		{"priority", RULE_INT, true}, {"from", RULE_TEXT, true}, {"to", RULE_TEXT, false}, {"weights", RULE_LIST, false},
		{"source", RULE_TEXT, true}, {"note", RULE_TEXT, false}, {NULL, RULE_TEXT, false}};
	const struct json_value *list = json_get(root, "weights");
	struct campaign_weight *weights = ARENA_NEW(r->arena, struct campaign_weight, json_len(list) + 1);

	if (!rule_read_object(r, root, keys))
		return;
	out->id = rule_read_text(r, root, "id");
	out->group = rule_read_text(r, root, "group");
	out->priority = rule_read_int(r, root, "priority", (struct rule_range){1, 1000, 1});
	out->from = rule_read_date(r, root, "from");
	out->to = rule_read_date(r, root, "to");
	out->source = rule_read_text(r, root, "source");
	out->group_index = rules->schedule && out->group ? schedule_group(rules->schedule, out->group) : -1;
	if (out->group && out->group_index < 0 && !r->blind)
		rule_read_error(r, json_get(root, "group"), "it must be a key of \"groups\" in schedule.json",
			"unknown group \"%s\"", out->group);
	if (!date_is_none(out->to) && out->from.days > out->to.days)
		rule_read_error(r, root, NULL, "\"from\" lies after \"to\"");
	for (size_t i = 0; i < json_len(list); i++)
		read_weight(r, json_at(list, i), &weights[i]);
	out->weights = weights;
	out->n_weights = json_len(list);
}

static int compare_campaigns(const void *a, const void *b)
{
	const struct campaign *x = a, *y = b;
	int order;

	if (x->priority != y->priority)
		return x->priority > y->priority ? -1 : 1;
	order = text_compare(x->group, y->group);
	return order != 0 ? order : (x->from.days > y->from.days) - (x->from.days < y->from.days);
}

void campaigns_load_all(struct rule_read *r, struct ruleset *rules, struct campaign *campaigns, size_t n)
{
	qsort(campaigns, n, sizeof(*campaigns), compare_campaigns);
	for (size_t i = 1; i < n; i++) {
		const struct campaign *a = &campaigns[i - 1], *b = &campaigns[i];

		if (text_compare(a->group, b->group) == 0 && (date_is_none(a->to) || a->to.days >= b->from.days))
			rule_read_fail(r, ERR_INVALID, "campaigns", "two campaigns of one group are open on one day", b->group);
	}
	rules->campaigns = campaigns;
	rules->n_campaigns = n;
}
