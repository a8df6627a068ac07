/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_plan_offline: the same questions to a plan document and a data set, without a service. Prefixes: ctl_plan_. */
#ifndef PLANVAX_CTL_CTL_PLAN_OFFLINE_H
#define PLANVAX_CTL_CTL_PLAN_OFFLINE_H

#include "ctl_ask.h"

/* What the command line said. */
struct ctl_plan_words {
	const char *service, *month, *staff, *accept, *version, *since, *plan, *input, *options, *base, *from, *to, *now, *rules, *fewer,
		*region, *reason;
	bool fresh;
	struct ctl_ask *ask;
	char **args; /* after the verb */
	int n;
};

/* Answers service by service: printed as they come, or gathered as {"items":[...]}. */
struct ctl_plan_answers {
	bool json;
	void (*print)(const struct json_value *root);
	struct buf items;
	size_t n;
};

/* Takes one answer. Returns an exit code. */
int ctl_plan_answers_add(struct ctl_plan_answers *out, const struct buf *answer);

/* Writes what was gathered, frees. Returns code. */
int ctl_plan_answers_end(struct ctl_plan_answers *out, int code);

/* Each returns an exit code; problems are told on stderr. */
int ctl_plan_offline_fairness(const struct ctl_plan_words *w, struct ctl_plan_answers *out);
int ctl_plan_offline_orders(const struct ctl_plan_words *w, struct ctl_plan_answers *out);
int ctl_plan_offline_what_if(const struct ctl_plan_words *w, struct buf *answer);
int ctl_plan_offline_territory(const struct ctl_plan_words *w, struct buf *answer);

#endif
