/* SPDX-License-Identifier: Apache-2.0 */
/* intake_gone: what a full export no longer holds: taken out, or kept for the operator. Private to intake. */
#ifndef PLANVAX_JOBS_INTAKE_GONE_H
#define PLANVAX_JOBS_INTAKE_GONE_H

#include <planvax/base/sorter.h>
#include <planvax/ingest/reconcile.h>
#include <planvax/jobs/intake.h>

/* Values of the list; its keys are "UID NUL RECURRENCE NUL". */
struct intake_gone {
	int32_t sequence;        /* of the version that was known */
	struct instant stamp;
	unsigned char digest[DIGEST_BYTES];
};

/* A run over a full export. */
struct intake_gone_run {
	const struct intake *in;
	const struct intake_file *file;
	const char *service_id, *source;
	struct sorter *gone;      /* sorted; read once */
	int64_t known;
	int64_t removed;         /* out: entries taken out */
};

/* Removes what is gone; an earlier run of the source that was held is forgotten. A dry run counts alone. Errors as the writer. */
int intake_gone_remove(struct intake_gone_run *run);

/* Removes nothing, keeps the list in place of an earlier one. Errors as the writer. */
int intake_gone_keep(struct intake_gone_run *run);

#endif
