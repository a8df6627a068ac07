/* SPDX-License-Identifier: Apache-2.0 */
/* intake_calendar: a calendar's occurrences into the store, reconciled by version. Private to intake. */
#ifndef PLANVAX_JOBS_INTAKE_CALENDAR_H
#define PLANVAX_JOBS_INTAKE_CALENDAR_H

#include <planvax/jobs/intake.h>

/* Takes one calendar file of a service. Errors as intake_run. */
int intake_calendar(const struct intake *in, const struct intake_file *file, const char *service_id, struct intake_result *result,
	struct fault *f);

/* Whether the report has room for one more problem; says once that it has not. */
bool intake_calendar_has_room(struct intake_result *result);

#endif
