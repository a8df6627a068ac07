/* SPDX-License-Identifier: Apache-2.0 */
/* visit_types_load: reads planvax-visit-types/1, see the header. */
#include "visit_types_load.h"

#include <planvax/base/text.h>
#include <planvax/model/registers.h>

#include <stdlib.h>
#include <string.h>

static const struct name delegable_names[] = {
	{"no", DELEGABLE_NO}, {"yes", DELEGABLE_YES}, {"protocol", DELEGABLE_PROTOCOL}, {NULL, 0}};

static int compare_types(const void *a, const void *b)
{
	const struct visit_type *x = a, *y = b;
	int order = text_compare(x->code, y->code);

	return order != 0 ? order : (x->valid_from.days > y->valid_from.days) - (x->valid_from.days < y->valid_from.days);
}

static uint64_t read_flags(struct rule_read *r, const struct json_value *list)
{
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

static void read_type(struct rule_read *r, const struct json_value *v, struct visit_type *t)
{
	static const struct rule_key keys[] = {{"code", RULE_TEXT, true}, {"name_fr", RULE_TEXT, true},
		{"legal_basis", RULE_TEXT, true}, {"delegable", RULE_TEXT, true}, {"performed_by", RULE_TEXT, true},
		{"trigger", RULE_TEXT, false}, {"deadline", RULE_TEXT, false}, {"never_earlier", RULE_BOOL, false},
		{"physician_only", RULE_BOOL, false}, {"interval_months", RULE_INT, false}, {"default_minutes", RULE_INT, true},
		{"due_after", RULE_TEXT, false}, {"at_once", RULE_LIST, false},
		{"valid_from", RULE_TEXT, false}, {"valid_to", RULE_TEXT, false}, {NULL, RULE_TEXT, false}};

	struct age_span after;

	if (!rule_read_object(r, v, keys))
		return;
	t->code = rule_read_text(r, v, "code");
	t->name_fr = rule_read_text(r, v, "name_fr");
	t->legal_basis = rule_read_text(r, v, "legal_basis");
	t->delegable = (enum visit_delegable)rule_read_word(r, v, "delegable", delegable_names, DELEGABLE_NO);
	t->never_earlier = json_bool(json_get(v, "never_earlier"));
	t->physician_only = json_bool(json_get(v, "physician_only"));
	t->interval_months = rule_read_int(r, v, "interval_months", (struct rule_range){1, 600, 0});
	t->default_minutes = rule_read_int(r, v, "default_minutes", (struct rule_range){1, 480, 30});
	t->performed_by = rule_read_text(r, v, "performed_by");
	t->trigger = rule_read_text(r, v, "trigger");
	t->deadline = rule_read_text(r, v, "deadline");
	after = rule_read_span(r, v, "due_after");
	t->has_due = age_span_given(after);
	if (t->has_due) {
		t->due_months = after.years * 12 + after.months;
		t->due_days = after.days;
	}
	if (t->has_due && t->interval_months > 0)
		rule_read_error(r, v, NULL, "give either \"interval_months\" or \"due_after\"");
	t->at_once_flags = read_flags(r, json_get(v, "at_once"));
	t->valid_from = rule_read_date(r, v, "valid_from");
	t->valid_to = rule_read_date(r, v, "valid_to");
	if (!date_is_none(t->valid_to) && t->valid_from.days > t->valid_to.days)
		rule_read_error(r, v, NULL, "valid_from lies after valid_to");
	if (t->physician_only && t->delegable != DELEGABLE_NO)
		rule_read_error(r, v, NULL, "a visit of physicians only cannot be delegable");
}

static void check_overlaps(struct rule_read *r, const struct json_value *list, const struct visit_type *types, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const struct visit_type *a = &types[i - 1], *b = &types[i];

		if (text_compare(a->code, b->code) == 0 && (date_is_none(a->valid_to) || a->valid_to.days >= b->valid_from.days))
			rule_read_error(r, list, NULL, "two entries of \"%s\" are valid on one day", b->code);
	}
}

void visit_types_load(struct rule_read *r, const struct json_value *root, struct ruleset *rules)
{
	static const struct rule_key keys[] = {{"format", RULE_TEXT, true}, {"note", RULE_TEXT, false},
		{"types", RULE_LIST, true}, {NULL, RULE_TEXT, false}};
	const struct json_value *list = json_get(root, "types");
	size_t errors = r->n_errors;
	struct visit_type *types;

	rule_read_object(r, root, keys);
	if (rules->n_visit_types > 0) {
		rule_read_error(r, root, NULL, "a second file of visit types");
		return;
	}
	types = ARENA_NEW(r->arena, struct visit_type, json_len(list) + 1);
	for (size_t i = 0; i < json_len(list); i++)
		read_type(r, json_at(list, i), &types[i]);
	if (r->n_errors > errors)
		return;
	qsort(types, json_len(list), sizeof(*types), compare_types);
	check_overlaps(r, list, types, json_len(list));
	rules->visit_types = types;
	rules->n_visit_types = json_len(list);
}
