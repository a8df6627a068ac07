/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_run: the order in which a demo data set is written. */
#include "ctl_demo_run.h"

#include "ctl_demo_calendar.h"
#include "ctl_demo_company.h"
#include "ctl_demo_people.h"
#include "ctl_demo_place.h"
#include "ctl_demo_team.h"

static int write_service(struct ctl_demo_world *w, int number, struct fault *f)
{
	struct ctl_demo_service s;
	int rc;

	ctl_demo_place_begin(w, number, &s);
	ctl_demo_place_write(w, &s);
	ctl_demo_team_write(w, &s);
	ctl_demo_company_write(w, &s);
	ctl_demo_people_write(w, &s);
	rc = ctl_demo_calendar_write(w, &s, f);
	ctl_demo_place_end(&s);
	return rc;
}

int ctl_demo_run(const struct ctl_demo_run_params *p, struct progress *progress, struct ctl_demo_run_counts *counts,
	struct fault *f)
{
	struct ctl_demo_world w = {.seed = p->seed, .n_services = p->services, .mean_people = p->people,
		.first = date_month_first(p->month), .last = date_month_last(p->month), .next_rpps = 1, .next_company = 1};
	int rc = ctl_demo_geo_load(&w.geo, p->communes, f);

	if (rc < 0)
		return rc;
	if ((rc = ctl_demo_files_open(&w.files, p->dir, p->force, f)) < 0)
		goto out;
	ctl_demo_place_mark(&w);
	ctl_demo_place_communes(&w);
	for (int i = 0; i < p->services && rc == 0 && !ctl_demo_files_failed(&w.files); i++) {
		rc = write_service(&w, i, f);
		if (progress != NULL)
			progress_set(progress, (uint64_t)i + 1);
	}
	int closed = ctl_demo_files_close(&w.files, rc < 0 ? NULL : f);

	rc = rc < 0 ? rc : closed;
	if (rc == 0 && counts != NULL)
		*counts = (struct ctl_demo_run_counts){.services = w.files.rows[CTL_DEMO_SERVICES],
			.centres = w.files.rows[CTL_DEMO_CENTRES], .companies = w.files.rows[CTL_DEMO_COMPANIES],
			.people = w.files.rows[CTL_DEMO_PEOPLE], .visits = w.visits};
out:
	ctl_demo_geo_release(&w.geo);
	return rc;
}
