/* SPDX-License-Identifier: Apache-2.0 */
/* schedule_load: reads schedule.json, see the header. */
#include "schedule_load.h"

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>

#include <stdlib.h>
#include <string.h>

#define MAX_CODES 30000 /* fits int16_t */

/* Members of an object by the bytes of their keys. */
struct member {
	const char *key;
	const struct json_value *value;
};

static int compare_members(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static struct member *sorted_members(struct entry_load *l, const struct json_value *object, size_t *n)
{
	struct member *members;

	*n = json_kind(object) == JSON_OBJECT_VALUE ? json_len(object) : 0;
	if (*n > MAX_CODES) {
		rule_read_error(l->r, object, NULL, "more than %d members", MAX_CODES);
		*n = 0;
	}
	members = xcalloc(*n + 1, sizeof(*members));
	for (size_t i = 0; i < *n; i++)
		members[i] = (struct member){arena_strdup(l->r->arena, json_key(object, i)), json_at(object, i)};
	qsort(members, *n, sizeof(*members), compare_members);
	return members;
}

static void load_observations(struct entry_load *l, const struct json_value *object)
{
	size_t n;
	struct member *members = sorted_members(l, object, &n);
	const char **codes = ARENA_NEW(l->r->arena, const char *, n + 1);
	const char **labels = ARENA_NEW(l->r->arena, const char *, n + 1);

	for (size_t i = 0; i < n; i++) {
		if (json_kind(members[i].value) != JSON_TEXT)
			rule_read_error(l->r, members[i].value, NULL, "must be a string");
		codes[i] = members[i].key;
		labels[i] = arena_strdup(l->r->arena, json_text(members[i].value));
		map_put_str(&l->schedule->observation_index, codes[i], i);
	}
	l->schedule->observations = codes;
	l->schedule->observation_labels = labels;
	l->schedule->n_observations = n;
	free(members);
}

/* group_antigens: the antigens of each group, every one in exactly one group. */
static size_t count_antigens(const struct member *members, size_t n)
{
	size_t antigens = 0;

	for (size_t i = 0; i < n; i++)
		antigens += json_kind(members[i].value) == JSON_ARRAY_VALUE ? json_len(members[i].value) : 0;
	return antigens;
}

static int compare_antigens(const void *a, const void *b)
{
	return strcmp(((const struct antigen_rules *)a)->name, ((const struct antigen_rules *)b)->name);
}

static void load_antigens(struct entry_load *l, const struct json_value *object)
{
	struct schedule *s = l->schedule;
	size_t n, count = 0;
	struct member *members = sorted_members(l, object, &n);
	struct antigen_rules *antigens = ARENA_NEW(l->r->arena, struct antigen_rules, count_antigens(members, n) + 1);

	for (size_t i = 0; i < n; i++) {
		const struct json_value *list = members[i].value;
		int group = schedule_group(s, members[i].key);

		if (group < 0)
			rule_read_error(l->r, list, NULL, "\"%s\" is no key of \"groups\"", members[i].key);
		if (json_kind(list) != JSON_ARRAY_VALUE || json_len(list) == 0)
			rule_read_error(l->r, list, NULL, "must be a list of antigens");
		for (size_t k = 0; k < (json_kind(list) == JSON_ARRAY_VALUE ? json_len(list) : 0) && count < MAX_CODES; k++) {
			const char *name = json_text(json_at(list, k));

			if (!name || !*name)
				rule_read_error(l->r, json_at(list, k), NULL, "must be a string");
			else
				antigens[count++] =
					(struct antigen_rules){.name = arena_strdup(l->r->arena, name), .group = (int16_t)group,
						.line = json_line(json_at(list, k))};
		}
	}
	qsort(antigens, count, sizeof(*antigens), compare_antigens);
	for (size_t i = 1; i < count; i++) {
		if (strcmp(antigens[i - 1].name, antigens[i].name) == 0)
			rule_read_error(l->r, object, NULL, "antigen \"%s\" stands in more than one place", antigens[i].name);
	}
	s->antigens = antigens;
	s->n_antigens = count;
	free(members);
}

static void link_group(struct entry_load *l, struct group_rule *group, int index)
{
	const struct schedule *s = l->schedule;
	int16_t *items = ARENA_NEW(l->r->arena, int16_t, s->n_antigens + 1);
	uint16_t n = 0;

	for (size_t i = 0; i < s->n_antigens; i++) {
		if (s->antigens[i].group == index)
			items[n++] = (int16_t)i;
	}
	group->antigens = (struct code_list){items, n};
}

static void load_groups(struct entry_load *l, const struct json_value *object, const struct json_value *antigens)
{
	static const struct rule_key keys[] = {{"full", RULE_BOOL, true}, {NULL, RULE_TEXT, false}};
	size_t n;
	struct member *members = sorted_members(l, object, &n);
	struct group_rule *groups = ARENA_NEW(l->r->arena, struct group_rule, n + 1);

	for (size_t i = 0; i < n; i++) {
		rule_read_object(l->r, members[i].value, keys);
		groups[i].name = members[i].key;
		groups[i].full = json_bool(json_get(members[i].value, "full"));
	}
	l->schedule->groups = groups;
	l->schedule->n_groups = n;
	load_antigens(l, antigens);
	for (size_t i = 0; i < n; i++) {
		link_group(l, &groups[i], (int)i);
		if (groups[i].antigens.n == 0 && json_kind(antigens) == JSON_OBJECT_VALUE)
			rule_read_error(l->r, members[i].value, NULL, "group \"%s\" has no antigen in \"group_antigens\"", groups[i].name);
	}
	free(members);
}

static void load_vaccine(struct entry_load *l, const struct json_value *v, struct vaccine_rule *vaccine)
{
	static const struct rule_key keys[] = {{"name", RULE_TEXT, true}, {"antigens", RULE_LIST, true}, {"cvx", RULE_TEXT, false},
		{"mvx", RULE_TEXT, false}, {"infection", RULE_BOOL, false}, {NULL, RULE_TEXT, false}};
	static const struct rule_key antigen_keys[] = {{"antigen", RULE_TEXT, true}, {"begin_age", RULE_TEXT, false},
		{"end_age", RULE_TEXT, false}, {NULL, RULE_TEXT, false}};
	const struct json_value *list = json_get(v, "antigens");
	size_t n = json_kind(list) == JSON_ARRAY_VALUE ? json_len(list) : 0;
	struct vaccine_antigen *antigens = ARENA_NEW(l->r->arena, struct vaccine_antigen, n + 1);

	if (!rule_read_object(l->r, v, keys))
		return;
	vaccine->name = rule_read_text(l->r, v, "name");
	vaccine->infection = json_bool(json_get(v, "infection"));
	for (size_t i = 0; i < n; i++) {
		const struct json_value *entry = json_at(list, i);
		const char *name = json_text(json_get(entry, "antigen"));
		int antigen = name ? schedule_antigen(l->schedule, name) : -1;

		if (!rule_read_object(l->r, entry, antigen_keys) || !name)
			continue;
		if (antigen < 0)
			rule_read_error(l->r, json_get(entry, "antigen"), "it must stand in \"group_antigens\"",
				"unknown antigen \"%s\"", name);
		antigens[i] = (struct vaccine_antigen){(int16_t)(antigen < 0 ? 0 : antigen), entry_window(l, entry)};
	}
	vaccine->antigens = antigens;
	vaccine->n_antigens = n;
}

static int compare_aliases(const void *a, const void *b)
{
	const struct vaccine_alias *x = a, *y = b;
	int order = strcmp(x->cvx, y->cvx);

	if (order == 0)
		order = text_compare(x->mvx, y->mvx);
	return order != 0 ? order : (x->vaccine > y->vaccine) - (x->vaccine < y->vaccine);
}

static void load_aliases(struct entry_load *l, const struct member *members, size_t n)
{
	struct vaccine_alias *aliases = ARENA_NEW(l->r->arena, struct vaccine_alias, n + 1);
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		const char *cvx = rule_read_text(l->r, members[i].value, "cvx");
		const char *mvx = rule_read_text(l->r, members[i].value, "mvx");

		if (mvx && !cvx)
			rule_read_error(l->r, members[i].value, NULL, "\"mvx\" without \"cvx\"");
		if (!cvx)
			continue;
		if (map_get_str(&l->schedule->vaccine_index, cvx, NULL))
			rule_read_error(l->r, json_get(members[i].value, "cvx"), "an alias is itself no key of \"vaccines\"",
				"alias \"%s\" is a vaccine code", cvx);
		aliases[count++] = (struct vaccine_alias){cvx, mvx, (int16_t)i};
	}
	qsort(aliases, count, sizeof(*aliases), compare_aliases);
	l->schedule->aliases = aliases;
	l->schedule->n_aliases = count;
}

/* Index of a code of `conflicts`, which need not be declared. */
static int16_t conflict_code(struct entry_load *l, struct vaccine_rule *vaccines, const char *code)
{
	struct schedule *s = l->schedule;
	size_t index;

	if (!map_get_str(&s->vaccine_index, code, &index)) {
		index = s->n_vaccines++;
		vaccines[index] = (struct vaccine_rule){.code = arena_strdup(l->r->arena, code), .name = ""};
		map_put_str(&s->vaccine_index, code, index);
	}
	return (int16_t)index;
}

static int compare_conflicts(const void *a, const void *b)
{
	const struct conflict_rule *x = a, *y = b;

	if (x->cur != y->cur)
		return x->cur < y->cur ? -1 : 1;
	return (x->prev > y->prev) - (x->prev < y->prev);
}

static void load_conflicts(struct entry_load *l, const struct json_value *list, struct vaccine_rule *vaccines)
{
	static const struct rule_key keys[] = {{"prev", RULE_TEXT, true}, {"cur", RULE_TEXT, true}, {"begin", RULE_TEXT, true},
		{"min_end", RULE_TEXT, true}, {"end", RULE_TEXT, true}, {NULL, RULE_TEXT, false}};
	size_t n = json_kind(list) == JSON_ARRAY_VALUE ? json_len(list) : 0;
	struct conflict_rule *conflicts = ARENA_NEW(l->r->arena, struct conflict_rule, n + 1);
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		const struct json_value *v = json_at(list, i);
		const char *prev = json_text(json_get(v, "prev")), *cur = json_text(json_get(v, "cur"));
		struct conflict_rule *c = &conflicts[count];

		if (!rule_read_object(l->r, v, keys) || !prev || !cur)
			continue;
		c->prev = conflict_code(l, vaccines, prev);
		c->cur = conflict_code(l, vaccines, cur);
		c->begin = rule_read_span(l->r, v, "begin");
		c->min_end = rule_read_span(l->r, v, "min_end");
		c->end = rule_read_span(l->r, v, "end");
		count++;
	}
	qsort(conflicts, count, sizeof(*conflicts), compare_conflicts);
	l->schedule->conflicts = conflicts;
	l->schedule->n_conflicts = count;
	for (size_t i = 0; i < count; i++) {
		struct vaccine_rule *vaccine = &vaccines[conflicts[i].cur];

		if (vaccine->n_conflicts++ == 0)
			vaccine->first_conflict = (uint32_t)i;
	}
}

void schedule_load(struct entry_load *l, const struct json_value *root)
{
	static const struct rule_key keys[] = {{"format", RULE_TEXT, true}, {"vaccines", RULE_OBJECT, true},
		{"observations", RULE_OBJECT, true}, {"groups", RULE_OBJECT, true}, {"group_antigens", RULE_OBJECT, true},
		{"conflicts", RULE_LIST_ANY, true}, {NULL, RULE_TEXT, false}};
	struct schedule *s = l->schedule;
	const struct json_value *conflicts = json_get(root, "conflicts");
	struct vaccine_rule *vaccines;
	struct member *members;
	size_t n, room;

	rule_read_object(l->r, root, keys);
	l->r->blind = json_kind(json_get(root, "vaccines")) != JSON_OBJECT_VALUE ||
		json_kind(json_get(root, "observations")) != JSON_OBJECT_VALUE ||
		json_kind(json_get(root, "groups")) != JSON_OBJECT_VALUE || json_kind(json_get(root, "group_antigens")) != JSON_OBJECT_VALUE;
	load_observations(l, json_get(root, "observations"));
	load_groups(l, json_get(root, "groups"), json_get(root, "group_antigens"));
	members = sorted_members(l, json_get(root, "vaccines"), &n);
	room = n + 2 * (json_kind(conflicts) == JSON_ARRAY_VALUE ? json_len(conflicts) : 0);
	if (room > INT16_MAX) {
		rule_read_error(l->r, root, NULL, "more than %d codes in \"vaccines\" and \"conflicts\"", INT16_MAX);
		free(members);
		return;
	}
	vaccines = ARENA_NEW(l->r->arena, struct vaccine_rule, room + 1);
	s->vaccines = vaccines;
	s->n_vaccines = n;
	for (size_t i = 0; i < n; i++) {
		vaccines[i] = (struct vaccine_rule){.code = members[i].key, .name = "", .declared = true};
		load_vaccine(l, members[i].value, &vaccines[i]);
		map_put_str(&s->vaccine_index, members[i].key, i);
	}
	load_aliases(l, members, n);
	load_conflicts(l, conflicts, vaccines);
	free(members);
}
