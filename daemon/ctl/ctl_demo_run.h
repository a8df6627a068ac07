/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_demo_run: makes a demo data set. Service by service: memory does not grow with
 * their number. Equal parameters and communes give equal bytes. */
#ifndef PLANVAX_CTL_DEMO_RUN_H
#define PLANVAX_CTL_DEMO_RUN_H

#include "progress.h"

#include <planvax/base/civil.h>
#include <planvax/base/fault.h>
#include <stdbool.h>
#include <stdint.h>

#define CTL_DEMO_RUN_MAX_SERVICES 5000
#define CTL_DEMO_RUN_MAX_PEOPLE 500000

struct ctl_demo_run_params {
	const char *dir;       /* where to */
	const char *communes;  /* table of communes */
	int services;          /* 1 to CTL_DEMO_RUN_MAX_SERVICES */
	int people;            /* mean of a service, 20 to CTL_DEMO_RUN_MAX_PEOPLE */
	struct date month;     /* any day of it */
	uint64_t seed;
	bool force;            /* replace a data set that is there */
};

struct ctl_demo_run_counts {
	uint64_t services, centres, companies, people, visits;
};

/* Writes the data set; progress may be NULL, counts too. 0; ERR_EXISTS: the folder is not empty; ERR_IO;
 * ERR_INVALID, ERR_LIMIT: the table of communes cannot be used; ERR_NOT_FOUND: no such time zone (f). */
int ctl_demo_run(const struct ctl_demo_run_params *p, struct progress *progress, struct ctl_demo_run_counts *counts,
	struct fault *f);

#endif
