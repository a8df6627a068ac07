/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_receive: planvaxctl receive, a sample authority. */
#ifndef PLANVAX_CTL_CTL_RECEIVE_H
#define PLANVAX_CTL_CTL_RECEIVE_H

/* Runs the command; argv[0] is its word. Returns the exit code. */
int ctl_receive(int argc, char **argv);

#endif
