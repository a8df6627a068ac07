/* SPDX-License-Identifier: Apache-2.0 */
/* postponement_load: reads planvax-postponement/1, see the header. */
#include "postponement_load.h"

#include <planvax/model/registers.h>

#include <string.h>

static uint64_t read_flags(struct rule_read *r, const struct json_value *object, const char *key)
{
	const struct json_value *list = json_get(object, key);
	uint64_t flags = 0;

	for (size_t i = 0; i < json_len(list); i++) {
		const char *word = json_text(json_at(list, i));
		int bit;

		if (word && names_value(person_flag_names, word, strlen(word), &bit))
			flags |= (uint64_t)1 << bit;
		else
			rule_read_error(r, json_at(list, i), NULL, "unknown flag \"%s\"", word ? word : "");
	}
	return flags;
}

static void read_windows(struct rule_read *r, const struct json_value *list, struct postponement_regime *g)
{
	static const struct rule_key keys[] = {{"from", RULE_TEXT, true}, {"to", RULE_TEXT, false}, {"due_from", RULE_TEXT, false},
		{"due_to", RULE_TEXT, true}, {NULL, RULE_TEXT, false}};
	struct postponement_window *windows = ARENA_NEW(r->arena, struct postponement_window, json_len(list) + 1);

	for (size_t i = 0; i < json_len(list); i++) {
		const struct json_value *v = json_at(list, i);
		struct postponement_window *w = &windows[i];

		rule_read_object(r, v, keys);
		w->from = rule_read_date(r, v, "from");
		w->to = rule_read_date(r, v, "to");
		w->due_from = rule_read_date(r, v, "due_from");
		w->due_to = rule_read_date(r, v, "due_to");
		if (w->due_from.days > w->due_to.days || (!date_is_none(w->to) && w->from.days > w->to.days))
			rule_read_error(r, v, NULL, "a window that ends before it begins");
	}
	g->windows = windows;
	g->n_windows = json_len(list);
}

static void read_never(struct rule_read *r, const struct json_value *list, struct postponement_regime *g)
{
	static const struct rule_key keys[] = {{"type", RULE_TEXT, true}, {"flags", RULE_LIST, false}, {NULL, RULE_TEXT, false}};
	struct postponement_exclusion *never = ARENA_NEW(r->arena, struct postponement_exclusion, json_len(list) + 1);

	for (size_t i = 0; i < json_len(list); i++) {
		rule_read_object(r, json_at(list, i), keys);
		never[i].type = rule_read_text(r, json_at(list, i), "type");
		never[i].flags = read_flags(r, json_at(list, i), "flags");
	}
	g->never = never;
	g->n_never = json_len(list);
}

static void read_regime(struct rule_read *r, const struct json_value *v, struct postponement_regime *g)
{
	static const struct rule_key keys[] = {{"id", RULE_TEXT, true}, {"source", RULE_TEXT, true}, {"windows", RULE_LIST, true},
		{"types", RULE_LIST, true}, {"never", RULE_LIST, false}, {"months", RULE_INT, false}, {"months_again", RULE_INT, false},
		{"until", RULE_TEXT, false}, {"note", RULE_TEXT, false}, {NULL, RULE_TEXT, false}};

	if (!rule_read_object(r, v, keys))
		return;
	g->id = rule_read_text(r, v, "id");
	g->source = rule_read_text(r, v, "source");
	read_windows(r, json_get(v, "windows"), g);
	g->types = rule_read_texts(r, v, "types", &g->n_types);
	read_never(r, json_get(v, "never"), g);
	g->months = rule_read_int(r, v, "months", (struct rule_range){1, 60, 0});
	g->months_again = rule_read_int(r, v, "months_again", (struct rule_range){1, 60, g->months});
	g->until = rule_read_date(r, v, "until");
	if ((g->months == 0) == date_is_none(g->until))
		rule_read_error(r, v, NULL, "give either \"months\" or \"until\"");
}

void postponement_load(struct rule_read *r, const struct json_value *root, struct ruleset *rules)
{
	static const struct rule_key keys[] = {{"format", RULE_TEXT, true}, {"note", RULE_TEXT, false},
		{"regimes", RULE_LIST, true}, {NULL, RULE_TEXT, false}};
	const struct json_value *list = json_get(root, "regimes");
	struct postponement_table *table = ARENA_NEW(r->arena, struct postponement_table, 1);
	struct postponement_regime *regimes = ARENA_NEW(r->arena, struct postponement_regime, json_len(list) + 1);

	rule_read_object(r, root, keys);
	if (rules->postponement) {
		rule_read_error(r, root, NULL, "a second file of postponement regimes");
		return;
	}
	for (size_t i = 0; i < json_len(list); i++)
		read_regime(r, json_at(list, i), &regimes[i]);
	table->regimes = regimes;
	table->n_regimes = json_len(list);
	rules->postponement = table;
}
