/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo: `planvaxctl demo` writes a realistic, complete data set (INTERFACE.md 1 and 2). */
#ifndef PLANVAX_CTL_DEMO_H
#define PLANVAX_CTL_DEMO_H

/* Runs the command; argv[0] is its word. Returns the exit code: 0; 1 failed; 2 wrong usage. */
int ctl_demo(int argc, char **argv);

#endif
