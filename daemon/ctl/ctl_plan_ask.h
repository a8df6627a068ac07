/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_plan_ask: questions to a plan: replace, calls, fairness, what-if, orders, territory; of the running service, or offline. */
#ifndef PLANVAX_CTL_CTL_PLAN_ASK_H
#define PLANVAX_CTL_CTL_PLAN_ASK_H

#include <stdbool.h>

/* Whether a verb is one of them. */
bool ctl_plan_ask_knows(const char *verb);

/* Runs "plan VERB ...". Returns the exit code. */
int ctl_plan_ask(int argc, char **argv);

#endif
