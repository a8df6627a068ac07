/* SPDX-License-Identifier: Apache-2.0 */
/* change: what differs between two plans of one service, item by item, and
 * who is to be told. Made by plan_diff, turned into letters by deliver. */
#ifndef PLANVAX_MODEL_CHANGE_H
#define PLANVAX_MODEL_CHANGE_H

#include <planvax/model/plan.h>

enum change_kind {
	CHANGE_ADDED,   /* a new offer */
	CHANGE_MOVED,   /* date, time or place differ */
	CHANGE_TEAM,    /* same time and place, another team */
	CHANGE_DETAIL,  /* only expected takers, doses, people or lines differ */
	CHANGE_REMOVED  /* gone */
};
extern const struct name change_kind_names[];

struct plan_change {
	enum change_kind kind;
	const char *offer_id;
	const struct plan_offer *before; /* NULL when added; borrowed from the old plan */
	const struct plan_offer *after;  /* NULL when removed; borrowed from the new plan */
	bool forced;                     /* facts left no choice */
	const char *text;                /* the difference in words, French, without persons */
};

#endif
