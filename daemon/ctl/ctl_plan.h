/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_plan: planvaxctl plan. */
#ifndef PLANVAX_CTL_CTL_PLAN_H
#define PLANVAX_CTL_CTL_PLAN_H

/* Runs the command; argv[0] is its word. Returns the exit code. */
int ctl_plan(int argc, char **argv);

#endif
