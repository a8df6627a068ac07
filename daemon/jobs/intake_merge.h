/* SPDX-License-Identifier: Apache-2.0 */
/* intake_merge: a calendar file, staged and sorted, beside what is known of its source: both are read once in the
 * order of their keys, at most REGISTER_CHUNK_ROWS of them in a transaction. Each job of the writer reads what it
 * compares, so that nothing comes between. */
#ifndef PLANVAX_JOBS_INTAKE_MERGE_H
#define PLANVAX_JOBS_INTAKE_MERGE_H

#include <planvax/base/sorter.h>
#include <planvax/ingest/reconcile.h>
#include <planvax/jobs/intake.h>

struct intake_merge {
	const struct intake *in;
	const char *service_id, *source;
	struct sorter *staged;         /* sorted */
	bool whole;                   /* what the file does not hold is gone */
	bool dry_run;
	enum reconcile_tie tie;
	struct date from, to;         /* days that rules were expanded over */
	struct instant past;          /* what ended by then stays */
	struct intake_result *result; /* counts are added */
	struct sorter *gone;           /* made by the caller; filled (intake_gone) */
	struct reconcile_run run;     /* filled, but for empty */
};

/* Takes what the file holds; what is gone is only listed. 0; ERR_IO, ERR_BUSY, ERR_CLOSED ... as the writer. */
int intake_merge_run(struct intake_merge *m);

#endif
