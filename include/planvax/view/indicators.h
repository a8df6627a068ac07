/* SPDX-License-Identifier: Apache-2.0 */
/* indicators: the six actions of 10 January 2022 in figures (DOMAIN.md 1). Pure; any thread. */
#ifndef PLANVAX_VIEW_INDICATORS_H
#define PLANVAX_VIEW_INDICATORS_H

#include <planvax/model/plan.h>
#include <planvax/model/snapshot.h>

/* Adds one service's figures to sum. */
void indicators_add(const struct plan_service *plan, const struct snapshot *snapshot, struct plan_indicators *sum);

/* Each indicator's key and value, in the document's order. */
struct indicator {
	const char *key;
	int64_t value;
};
#define INDICATORS 16

/* Lists them. */
void indicators_list(const struct plan_indicators *i, struct indicator out[INDICATORS]);

#endif
