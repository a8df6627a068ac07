/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_sources: sources of calendars of the running service. */
#ifndef PLANVAX_CTL_CTL_SOURCES_H
#define PLANVAX_CTL_CTL_SOURCES_H

/* planvaxctl sources list | show NAME | fetch NAME... */
int ctl_sources(int argc, char **argv);

#endif
