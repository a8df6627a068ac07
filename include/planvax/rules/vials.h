/* SPDX-License-Identifier: Apache-2.0 */
/* vials: products and what a vial holds, counted in the product's smallest doses
 * (PLANNING.md 2; data under conf/rules/vials). Any thread. */
#ifndef PLANVAX_RULES_VIALS_H
#define PLANVAX_RULES_VIALS_H

#include <planvax/base/civil.h>
#include <planvax/model/plan.h>
#include <planvax/rules/ruleset.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vial {
	const char *product;    /* "SPIKEVAX" */
	int32_t units_per_vial; /* smallest doses in a vial (Spikevax 20) */
	int32_t units_booster;  /* smallest doses in a booster (Spikevax 1) */
	int32_t units_other;    /* smallest doses in any other dose (Spikevax 2) */
	const char *key_booster; /* "SPIKEVAX/booster" where its volume differs, else the product */
	int32_t unopened_days;  /* shelf life at 2-8 °C once delivered (thawed), for lots that tell no last day; 0: by lot alone */
	int32_t opened_hours;   /* use within, once open or diluted; 0: at once */
	const char *source;
};

/* All products, by code. *n is their number. */
const struct vial *vials_all(const struct ruleset *rules, size_t *n);

/* The product of a code or CVX alias; NULL if unknown. */
const struct vial *vials_find(const struct ruleset *rules, const char *code);

/* Whether code is a product or alias of a ruleset (struct ruleset *); for readers of registers. */
bool vials_known(const void *rules, const char *code);

/* Smallest doses that one dose of that kind takes. */
int32_t vials_units(const struct vial *v, enum dose_kind kind);

/* Key of the doses in a plan ("SPIKEVAX/booster"). */
const char *vials_key(const struct vial *v, enum dose_kind kind);

/* Last day on which a lot serves: the one told, else by the product's shelf life unopened, counted from delivery;
 * DATE_NONE: no end. v may be NULL (no such product: what is told). */
struct date vials_last_day(const struct vial *v, struct date delivered_on, struct date expires_on);

#endif
