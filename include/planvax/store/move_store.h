/* SPDX-License-Identifier: Apache-2.0 */
/* move_store: the way back of moved visits to the agendas that they came from.
 * Publication opens, changes and withdraws moves; each intake of an agenda
 * settles them: the agenda's word counts. What it stores of a visit is its key;
 * person and place are read from the agenda. Prefix: move_store_. */
#ifndef PLANVAX_STORE_MOVE_STORE_H
#define PLANVAX_STORE_MOVE_STORE_H

#include <planvax/base/arena.h>
#include <planvax/model/move.h>
#include <planvax/store/db.h>
#include <planvax/store/plan_store.h>
#include <stddef.h>

/* Brings the moves of the publication's service and month in line with it: a new move or postponement is opened (not where the
 * agenda has it already, or its time is past by p->now), one with another time or staff is changed, one that the plan no longer asks for is withdrawn, or
 * settled where the agenda has another time by now. Sets the transaction's error. Writer, in the publication's transaction. */
void move_store_publish(struct tx *tx, const struct publication *p);

/* What an intake found. */
struct move_settled {
	int64_t done;      /* closed: the agenda agrees */
	int64_t cancelled; /* closed: the visit is gone */
	int64_t conflicts; /* it stands at a third time */
	int64_t waiting;   /* still at the old time */
};

/* Compares the open moves of a service with its agenda after an export of `source` (or of all files of a folder source) came, or
 * was found unchanged. source NULL: not all of it was taken, so what still stands at the old time says nothing. Adds to *out. Writer. */
int move_store_settle(struct tx *tx, const char *service_id, const char *source, struct move_settled *out);

/* Services that have moves to settle, by id. */
int move_store_services(struct tx *tx, struct arena *arena, const char *const **rows, size_t *n);

/* Open moves whose old and new time are before `now` (the planning clock) are stale. *n (may be NULL): how many. Writer. */
int move_store_expire(struct tx *tx, struct instant now, int64_t *n);

/* When to remind. */
struct move_terms {
	struct instant now;     /* real time */
	int64_t after_s;        /* from publication to overdue */
	int64_t every_s;        /* between two reminders */
};

/* Services with a move that is overdue and not reminded lately, or whose state is to be told. */
int move_store_due(struct tx *tx, const struct move_terms *terms, struct arena *arena, const char *const **rows, size_t *n);

/* Notes that a letter told the service's overdue moves and those to be announced. Writer. */
int move_store_reminded(struct tx *tx, const char *service_id, const struct move_terms *terms);

struct move_query {
	const char *service_id; /* NULL: all */
	const char *staff_id;   /* whose visit it is or becomes; NULL: all */
	const char *source;     /* NULL: all */
	int state;              /* enum move_state, or -1: any */
	const char *after_service; /* key of the last row seen; NULL: from the start */
	int64_t after_number;
	size_t limit;           /* 1 to 10000 */
};

/* Moves by service and number, with their visits. Never in the loop. */
int move_store_list(struct tx *tx, const struct move_query *query, struct arena *arena, const struct move **rows, size_t *n);

/* Notes that the open moves that the query names (service_id set; limit and after are not looked at) were handed out. Writer. */
int move_store_told(struct tx *tx, const struct move_query *query);

struct move_counts {
	int64_t open, overdue, conflicts;
};

/* Open moves, those overdue of them, and conflicts, of all services. */
int move_store_count(struct tx *tx, const struct move_terms *terms, struct move_counts *out);

#endif
