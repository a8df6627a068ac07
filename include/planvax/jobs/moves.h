/* SPDX-License-Identifier: Apache-2.0 */
/* moves: visits that plans move go back to the agendas that they came from.
 *
 *   publication opens, changes and withdraws moves (publish, in its transaction)
 *   -> the worklist goes to the service: list, CSV, .ics (deliver/move_sheet)
 *   -> each intake settles: done, cancelled there, a third time (the agenda's word counts), or still at the old time
 *   -> what is not done after a while is reminded, one mail a service
 *
 * Reminders and their waits follow real time, what is past follows the planning
 * clock. A pool thread's work: it waits for the writer. */
#ifndef PLANVAX_JOBS_MOVES_H
#define PLANVAX_JOBS_MOVES_H

#include <planvax/base/buf.h>
#include <planvax/deliver/move_sheet.h>
#include <planvax/jobs/settings.h>
#include <planvax/store/move_store.h>
#include <planvax/store/readers.h>
#include <planvax/store/writer.h>

/* An export that was taken. */
struct moves_export {
	const char *service_id; /* NULL: all services that have moves (visits.csv) */
	const char *source;     /* what its events are kept under */
	bool partial;           /* held or cut: what stands at its old time says nothing */
};

/* Settles moves after an intake. Appends a line to report (NULL allowed) where there was something. 0, or the store's error. */
int moves_after_intake(struct writer *writer, const struct moves_export *taken, struct buf *report);

/* When a move is overdue and reminded, as configured, at real time. */
void moves_terms(const struct settings *s, struct move_terms *out);

/* What one round did. */
struct moves_round {
	int64_t stale;     /* moves whose time has passed */
	int64_t letters;   /* reminders put */
	int64_t unreachable; /* services without a mailbox */
};

/* Ends what is past, and puts the reminders that are due into the outbox. 0, or the store's error. */
int moves_remind(struct writer *writer, struct readers *readers, const struct settings *s, struct moves_round *out);

/* Appends the calendar of moves, written with the properties that the mapping of each one's source reads. c->moves, n and
 * method are set; the rest is set here. */
void moves_calendar(const struct settings *s, struct move_sheet_calendar *c, struct buf *out);

#endif
