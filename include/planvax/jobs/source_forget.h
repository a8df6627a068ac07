/* SPDX-License-Identifier: Apache-2.0 */
/* source_forget: a source whose section was taken out of the configuration leaves with all that it brought: its
 * events, their marks, what was held of it, its state. Written to the audit trail. A pool thread's work: it waits for
 * the writer. */
#ifndef PLANVAX_JOBS_SOURCE_FORGET_H
#define PLANVAX_JOBS_SOURCE_FORGET_H

#include <planvax/jobs/intake.h>

struct source_forget {
	const char *service_id, *name;
	const char *actor;      /* for the audit trail */
	bool dry_run;           /* counts alone */
};

struct source_forgotten {
	int64_t visits, busy;   /* planned entries among */
	int64_t entries;        /* all that is kept of it, marks too */
};

/* Forgets it, or counts what would go. 0; errors of the store: the same call again does the rest. */
int source_forget_run(const struct intake *in, const struct source_forget *what, struct source_forgotten *out);

#endif
