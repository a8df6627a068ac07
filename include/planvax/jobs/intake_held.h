/* SPDX-License-Identifier: Apache-2.0 */
/* intake_held: the operator's word on a run over a calendar that would have removed
 * suspiciously much. Both are written to the audit trail. A pool thread's work: it
 * waits for the writer. */
#ifndef PLANVAX_JOBS_INTAKE_HELD_H
#define PLANVAX_JOBS_INTAKE_HELD_H

#include <planvax/jobs/intake.h>

struct intake_held {
	const char *service_id, *source;
	const char *actor;       /* for the audit trail */
};

/* Removes what the run would have removed, but for what changed since. *removed: entries. 0; ERR_NOT_FOUND: nothing of the
 * source is held; errors of the writer: the same call again does the rest. */
int intake_held_release(const struct intake *in, const struct intake_held *held, int64_t *removed);

/* Forgets the run: what is known stays. 0; ERR_NOT_FOUND; errors of the writer. */
int intake_held_dismiss(const struct intake *in, const struct intake_held *held);

#endif
