/* SPDX-License-Identifier: Apache-2.0 */
/* campaigns_load: reads planvax-campaign/1, see the header. */
#include "campaigns_load.h"

#include "campaign_figures.h"

#include <planvax/base/text.h>
#include <planvax/model/registers.h>

#include <stdlib.h>
#include <string.h>

#define KEYS_END {NULL, RULE_TEXT, false}

static size_t list_len(const struct json_value *list)
{
	return json_kind(list) == JSON_ARRAY_VALUE ? json_len(list) : 0;
}

/* Bits of the words of a list. */
static uint64_t read_bits(struct rule_read *r, const struct json_value *list, const struct name *table, const char *what)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < list_len(list); i++) {
		const char *word = json_text(json_at(list, i));
		int bit;

		if (word && names_value(table, word, strlen(word), &bit))
			bits |= (uint64_t)1 << bit;
		else
			rule_read_error(r, json_at(list, i), NULL, "unknown %s \"%s\"", what, word ? word : "");
	}
	return bits;
}

static void read_weight(struct rule_read *r, const struct json_value *v, struct campaign_weight *w)
{
	static const struct rule_key keys[] = {{"weight", RULE_INT, true}, {"flags", RULE_LIST, false}, {"from_age", RULE_TEXT, false},
		{"primary", RULE_BOOL, false}, KEYS_END};

	if (!rule_read_object(r, v, keys))
		return;
	w->weight = rule_read_int(r, v, "weight", (struct rule_range){1, 9, 1});
	w->age = rule_read_span(r, v, "from_age");
	w->primary = json_bool(json_get(v, "primary"));
	w->flags = read_bits(r, json_get(v, "flags"), person_flag_names, "flag");
}

static void check_phase(struct rule_read *r, const struct json_value *v, const struct campaign *c, size_t i)
{
	const struct campaign_phase *p = &c->phases[i];

	if (!date_is_none(p->to) && p->from.days > p->to.days)
		rule_read_error(r, v, NULL, "\"from\" lies after \"to\"");
	if (!date_is_none(p->from) && (p->from.days < c->from.days || (!date_is_none(c->to) && (p->from.days > c->to.days ||
			(!date_is_none(p->to) && p->to.days > c->to.days)))))
		rule_read_error(r, v, "a phase lies within its campaign", "a day of the phase is no day of the campaign");
	for (size_t k = 0; k < i; k++) {
		if (p->id && text_compare(c->phases[k].id, p->id) == 0)
			rule_read_error(r, json_get(v, "id"), NULL, "phase \"%s\" stands twice", p->id);
	}
}

static void read_phases(struct rule_read *r, const struct json_value *list, struct campaign_figures *figures, struct campaign *c)
{
	static const struct rule_key keys[] = {{"id", RULE_TEXT, true}, {"from", RULE_TEXT, true}, {"to", RULE_TEXT, false},
		{"text", RULE_TEXT, false}, {"source", RULE_TEXT, false}, {"flags", RULE_LIST, false}, {"kinds", RULE_LIST, false},
		{"from_age", RULE_TEXT, false}, {"to_age", RULE_TEXT, false}, {"priority", RULE_INT, false}, KEYS_END};
	struct campaign_phase *phases = ARENA_NEW(r->arena, struct campaign_phase, list_len(list) + 1);

	c->phases = phases;
	for (size_t i = 0; i < list_len(list); i++) {
		const struct json_value *v = json_at(list, i);

		phases[i] = (struct campaign_phase){.from = DATE_NONE, .to = DATE_NONE, .from_age = AGE_SPAN_NONE, .to_age = AGE_SPAN_NONE};
		if (!rule_read_object(r, v, keys))
			continue;
		phases[i].id = rule_read_text(r, v, "id");
		phases[i].text = rule_read_text(r, v, "text");
		phases[i].source = campaign_figures_source(figures, v);
		phases[i].from = rule_read_date(r, v, "from");
		phases[i].to = rule_read_date(r, v, "to");
		phases[i].flags = read_bits(r, json_get(v, "flags"), person_flag_names, "flag");
		phases[i].kinds = (unsigned)read_bits(r, json_get(v, "kinds"), person_kind_names, "kind of person");
		phases[i].from_age = rule_read_span(r, v, "from_age");
		phases[i].to_age = rule_read_span(r, v, "to_age");
		phases[i].priority = rule_read_int(r, v, "priority", (struct rule_range){1, 1000, c->priority});
		check_phase(r, v, c, i);
	}
	c->n_phases = list_len(list);
}

static void read_uptake(struct rule_read *r, const struct json_value *v, struct campaign *c)
{
	static const struct rule_key keys[] = {{"employee", RULE_INT, false}, {"temporary", RULE_INT, false}, {"contractor", RULE_INT, false},
		{"head", RULE_INT, false}, {"relative", RULE_INT, false}, {"self_employed", RULE_INT, false}, KEYS_END};

	for (int kind = 0; kind < PERSON_KINDS; kind++)
		c->uptake[kind] = -1;
	if (!v || !rule_read_object(r, v, keys))
		return;
	for (int kind = 0; kind < PERSON_KINDS; kind++)
		c->uptake[kind] = rule_read_int(r, v, names_word(person_kind_names, kind), (struct rule_range){0, 100, -1});
}

static void read_weights(struct rule_read *r, const struct json_value *list, struct campaign *c)
{
	struct campaign_weight *weights = ARENA_NEW(r->arena, struct campaign_weight, list_len(list) + 1);

	for (size_t i = 0; i < list_len(list); i++)
		read_weight(r, json_at(list, i), &weights[i]);
	c->weights = weights;
	c->n_weights = list_len(list);
}

static void read_head(struct rule_read *r, const struct json_value *root, const struct schedule *s, struct campaign *out)
{
	const char *joined = json_text(json_get(root, "joined_by"));

	out->id = rule_read_text(r, root, "id");
	out->group = rule_read_text(r, root, "group");
	out->priority = rule_read_int(r, root, "priority", (struct rule_range){1, 1000, 1});
	out->from = rule_read_date(r, root, "from");
	out->to = rule_read_date(r, root, "to");
	out->source = rule_read_text(r, root, "source");
	out->group_index = s && out->group ? schedule_group(s, out->group) : -1;
	out->joined_by_stock = joined != NULL;
	if (out->group && out->group_index < 0 && !r->blind)
		rule_read_error(r, json_get(root, "group"), "it must be a key of \"groups\" in schedule.json",
			"unknown group \"%s\"", out->group);
	if (!date_is_none(out->to) && out->from.days > out->to.days)
		rule_read_error(r, root, NULL, "\"from\" lies after \"to\"");
	if (joined && strcmp(joined, "stock") != 0)
		rule_read_error(r, json_get(root, "joined_by"), "the only word is \"stock\"", "unknown word \"%s\"", joined);
}

void campaigns_load(struct rule_read *r, const struct json_value *root, struct ruleset *rules, struct campaign *out)
{
	static const struct rule_key keys[] = {{"format", RULE_TEXT, true}, {"id", RULE_TEXT, true}, {"group", RULE_TEXT, true},
		{"priority", RULE_INT, true}, {"from", RULE_TEXT, true}, {"to", RULE_TEXT, false}, {"weights", RULE_LIST, false},
		{"source", RULE_TEXT, true}, {"note", RULE_TEXT, false}, {"sources", RULE_LIST, false}, {"phases", RULE_LIST, false},
		{"uptake", RULE_OBJECT, false}, {"counts", RULE_LIST, false}, {"baseline", RULE_OBJECT, false},
		{"joined_by", RULE_TEXT, false}, KEYS_END};
	struct campaign_figures figures = {.r = r};

	if (!rule_read_object(r, root, keys))
		return;
	read_head(r, root, rules->schedule, out);
	read_weights(r, json_get(root, "weights"), out);
	campaign_figures_sources(&figures, json_get(root, "sources"));
	read_phases(r, json_get(root, "phases"), &figures, out);
	read_uptake(r, json_get(root, "uptake"), out);
	campaign_figures_counts(&figures, json_get(root, "counts"), out);
	campaign_figures_baseline(&figures, json_get(root, "baseline"), out);
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
	for (size_t i = 0; i < n; i++) {
		const struct campaign *a = &campaigns[i];

		for (size_t k = i + 1; k < n; k++) {
			const struct campaign *b = &campaigns[k];

			if (text_compare(a->id, b->id) == 0)
				rule_read_fail(r, ERR_INVALID, "campaigns", "two campaigns of one id", a->id);
			if (text_compare(a->group, b->group) == 0 && (date_is_none(a->to) || a->to.days >= b->from.days) &&
				(date_is_none(b->to) || b->to.days >= a->from.days))
				rule_read_fail(r, ERR_INVALID, "campaigns", "two campaigns of one group are open on one day", b->group);
		}
	}
	rules->campaigns = campaigns;
	rules->n_campaigns = n;
}
