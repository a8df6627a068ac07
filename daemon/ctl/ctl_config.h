/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_config: planvaxctl config. */
#ifndef PLANVAX_CTL_CTL_CONFIG_H
#define PLANVAX_CTL_CTL_CONFIG_H

/* Runs the command; argv[0] is its word. Returns the exit code. */
int ctl_config(int argc, char **argv);

#endif
