/* SPDX-License-Identifier: Apache-2.0 */
/* vials_load: reads planvax-vials/1, see the header. */
#include "vials_load.h"

#include <planvax/base/text.h>

#include <stdlib.h>
#include <string.h>

struct aliases {
	const char *(*pairs)[2];
	size_t n;
};

static int compare_vials(const void *a, const void *b)
{
	return text_compare(((const struct vial *)a)->product, ((const struct vial *)b)->product);
}

static int compare_aliases(const void *a, const void *b)
{
	return text_compare(((const char *const *)a)[0], ((const char *const *)b)[0]);
}

static void read_vial(struct rule_read *r, const struct json_value *v, struct vial *vial, struct aliases *aliases)
{
	static const struct rule_key keys[] = {{"product", RULE_TEXT, true}, {"aliases", RULE_LIST, false},
		{"units_per_vial", RULE_INT, true}, {"units_booster", RULE_INT, false}, {"units_other", RULE_INT, false},
		{"unit_ml", RULE_TEXT, true}, {"unopened", RULE_TEXT, false}, {"opened_hours", RULE_INT, false},
		{"source", RULE_TEXT, true}, {NULL, RULE_TEXT, false}};
	size_t n;
	const char *const *given;
	struct age_span unopened;

	if (!rule_read_object(r, v, keys))
		return;
	vial->product = rule_read_text(r, v, "product");
	vial->units_per_vial = rule_read_int(r, v, "units_per_vial", (struct rule_range){1, 100, 1});
	vial->units_booster = rule_read_int(r, v, "units_booster", (struct rule_range){1, 100, 1});
	vial->units_other = rule_read_int(r, v, "units_other", (struct rule_range){1, 100, 1});
	unopened = rule_read_span(r, v, "unopened");
	vial->unopened_days = age_span_given(unopened) ? unopened.days : 0;
	if (age_span_given(unopened) && (unopened.years != 0 || unopened.months != 0 || unopened.days <= 0))
		rule_read_error(r, json_get(v, "unopened"), NULL, "a shelf life is told in days or weeks");
	vial->opened_hours = rule_read_int(r, v, "opened_hours", (struct rule_range){1, 1000, 0});
	vial->source = rule_read_text(r, v, "source");
	vial->key_booster = vial->product;
	if (vial->product && vial->units_booster != vial->units_other)
		vial->key_booster = arena_printf(r->arena, "%s/booster", vial->product);
	given = rule_read_texts(r, v, "aliases", &n);
	for (size_t i = 0; i < n && aliases->n < 1024; i++) {
		aliases->pairs[aliases->n][0] = given[i];
		aliases->pairs[aliases->n++][1] = vial->product;
	}
}

void vials_load(struct rule_read *r, const struct json_value *root, struct ruleset *rules)
{
	static const struct rule_key keys[] = {{"format", RULE_TEXT, true}, {"note", RULE_TEXT, false},
		{"vials", RULE_LIST, true}, {NULL, RULE_TEXT, false}};
	const struct json_value *list = json_get(root, "vials");
	size_t n = json_len(list), errors = r->n_errors;
	struct vial *vials = ARENA_NEW(r->arena, struct vial, n + 1);
	struct aliases aliases = {.pairs = arena_calloc(r->arena, 1024, sizeof(*aliases.pairs))};

	rule_read_object(r, root, keys);
	if (rules->n_vials > 0) {
		rule_read_error(r, root, NULL, "a second file of vials");
		return;
	}
	for (size_t i = 0; i < n; i++)
		read_vial(r, json_at(list, i), &vials[i], &aliases);
	if (r->n_errors > errors)
		return;
	qsort(vials, n, sizeof(*vials), compare_vials);
	qsort(aliases.pairs, aliases.n, sizeof(*aliases.pairs), compare_aliases);
	for (size_t i = 1; i < n; i++) {
		if (strcmp(vials[i - 1].product, vials[i].product) == 0)
			rule_read_error(r, list, NULL, "\"%s\" stands twice", vials[i].product);
	}
	for (size_t i = 1; i < aliases.n; i++) {
		if (strcmp(aliases.pairs[i - 1][0], aliases.pairs[i][0]) == 0)
			rule_read_error(r, list, NULL, "alias \"%s\" stands twice", aliases.pairs[i][0]);
	}
	rules->vials = vials;
	rules->n_vials = n;
	rules->vial_aliases = (const char *const(*)[2])aliases.pairs;
	rules->n_vial_aliases = aliases.n;
}
