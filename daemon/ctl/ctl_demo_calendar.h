/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_calendar: the month of a service's staff: visits, meetings, work in
 * companies, absences, as calendars or as rows of visits.csv. */
#ifndef PLANVAX_CTL_DEMO_CALENDAR_H
#define PLANVAX_CTL_DEMO_CALENDAR_H

#include "ctl_demo_world.h"

/* Writes them. 0; ERR_NOT_FOUND: the system does not know the service's time zone (f). */
int ctl_demo_calendar_write(struct ctl_demo_world *w, const struct ctl_demo_service *s, struct fault *f);

#endif
