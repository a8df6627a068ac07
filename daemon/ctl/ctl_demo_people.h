/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_people: the people of a service of the demo data and what they were
 * given: vaccination histories as they were in France at the start of 2022. */
#ifndef PLANVAX_CTL_DEMO_PEOPLE_H
#define PLANVAX_CTL_DEMO_PEOPLE_H

#include "ctl_demo_world.h"

/* Writes the people of all companies, the self-employed and the histories. */
void ctl_demo_people_write(struct ctl_demo_world *w, struct ctl_demo_service *s);

/* Farmers and others who employ nobody: on the MSA's register above all. */
int ctl_demo_people_self_employed(const struct ctl_demo_service *s);

#endif
