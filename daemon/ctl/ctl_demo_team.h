/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_team: staff, vehicles, stock and partners of a service of the demo data. */
#ifndef PLANVAX_CTL_DEMO_TEAM_H
#define PLANVAX_CTL_DEMO_TEAM_H

#include "ctl_demo_world.h"

/* Writes the service's staff, vehicles, stock and, the first time in a region, its partners. */
void ctl_demo_team_write(struct ctl_demo_world *w, struct ctl_demo_service *s);

#endif
