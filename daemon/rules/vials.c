/* SPDX-License-Identifier: Apache-2.0 */
/* vials: products and what a vial holds. */
#include <planvax/rules/vials.h>

#include "rule_parts.h"

#include <string.h>

const struct vial *vials_all(const struct ruleset *rules, size_t *n)
{
	*n = rules->n_vials;
	return rules->vials;
}

static const struct vial *find_product(const struct ruleset *rules, const char *product)
{
	for (size_t i = 0; i < rules->n_vials; i++) {
		if (strcmp(rules->vials[i].product, product) == 0)
			return &rules->vials[i];
	}
	return NULL;
}

const struct vial *vials_find(const struct ruleset *rules, const char *code)
{
	const struct vial *found = find_product(rules, code);

	for (size_t i = 0; !found && i < rules->n_vial_aliases; i++) {
		if (strcmp(rules->vial_aliases[i][0], code) == 0)
			found = find_product(rules, rules->vial_aliases[i][1]);
	}
	return found;
}

int32_t vials_units(const struct vial *v, enum dose_kind kind)
{
	return kind == DOSE_BOOSTER ? v->units_booster : v->units_other;
}

const char *vials_key(const struct vial *v, enum dose_kind kind)
{
	return kind == DOSE_BOOSTER ? v->key_booster : v->product;
}

struct date vials_last_day(const struct vial *v, struct date delivered_on, struct date expires_on)
{
	if (!date_is_none(expires_on) || !v || v->unopened_days == 0 || date_is_none(delivered_on))
		return expires_on;
	return date_add_days(delivered_on, v->unopened_days);
}

bool vials_known(const void *rules, const char *code)
{
	return vials_find(rules, code) != NULL;
}
