/* SPDX-License-Identifier: Apache-2.0 */
/* intake_stage: what a calendar file says of one key (UID, RECURRENCE-ID), packed for sorting. */
#ifndef PLANVAX_JOBS_INTAKE_STAGE_H
#define PLANVAX_JOBS_INTAKE_STAGE_H

#include <planvax/base/sorter.h>
#include <planvax/ingest/calendar_read.h>
#include <planvax/store/visit_store.h>

/* REJECTED: a component of the UID could not be read. SERIES: the version of a rule that gave instances. Both have recurrence "". */
enum intake_stage_kind { STAGE_REJECTED, STAGE_SERIES, STAGE_ENTRY };

struct intake_stage {
	enum intake_stage_kind kind;
	const char *uid, *recurrence;
	bool instance;                 /* given by a rule */
	struct agenda_version version; /* of SERIES and ENTRY */
	struct instant start, end;     /* 0 where a cancellation has none */
	struct date due;
	const char *staff;             /* ids, separated by blanks */
	const char *person, *type, *place; /* or NULL */
};

/* Adds one. Errors as sorter_add. scratch: memory to pack it in. */
int intake_stage_add(struct sorter *sorter, const struct intake_stage *s, struct buf *scratch);

/* Unpacks one; its texts lie in the record. */
void intake_stage_read(const struct sorter_record *record, struct intake_stage *out);

#endif
