/* SPDX-License-Identifier: Apache-2.0 */
/* move: a visit that a published plan takes away from its time, until the agenda
 * that it came from agrees. Plain value; any thread may read. Texts are borrowed
 * from the arena of whoever made it. Prefix: move_. */
#ifndef PLANVAX_MODEL_MOVE_H
#define PLANVAX_MODEL_MOVE_H

#include <planvax/base/civil.h>
#include <planvax/base/names.h>
#include <stdbool.h>
#include <stdint.h>

/* MOVE_POSTPONED has no new time, only a new due date: the physician decides. */
enum move_kind { MOVE_MOVED, MOVE_POSTPONED };
extern const struct name move_kind_names[];

/* open -> closed (the agenda agrees, or the visit is cancelled there) | withdrawn (a later plan leaves the visit where it is)
 * | conflict (it stands at a third time, which counts) | stale (its time has passed). conflict -> closed. */
enum move_state { MOVE_OPEN, MOVE_CLOSED, MOVE_WITHDRAWN, MOVE_STALE, MOVE_CONFLICT };
extern const struct name move_state_names[];

/* Why it is closed. */
enum move_reason { MOVE_REASON_NONE, MOVE_REASON_DONE, MOVE_REASON_CANCELLED };
extern const struct name move_reason_names[];

struct move {
	const char *service_id;
	int64_t number;            /* in the service, from 1; with it the key */
	const char *month;         /* of the plan */
	const char *visit_id;
	enum move_kind kind;
	enum move_state state;
	enum move_reason reason;
	/* the agenda that it came from */
	const char *source, *uid;
	const char *recurrence;    /* original start of an instance, "20220112T083000Z"; "" for a single event */
	bool from_table;           /* source is visits.csv, no calendar */
	/* what the plan wants */
	const char *staff_id;      /* whose visit it is; "" unknown */
	const char *to_staff_id;   /* who takes it; NULL for MOVE_POSTPONED */
	struct instant from;
	struct instant to;         /* utc_s 0 for MOVE_POSTPONED */
	struct date new_due;       /* of MOVE_POSTPONED; else DATE_NONE */
	const char *regime;        /* of MOVE_POSTPONED; else NULL */
	const char *offer_id;      /* the day or session that needs the time; NULL unknown */
	int32_t first_version, version; /* of the plan: that opened it, that last asked for it */
	int32_t updates;           /* how often a later version chose another time */
	struct instant before;     /* an earlier `to` that the service was told; utc_s 0: none */
	/* its life; utc_s 0: not yet */
	struct instant opened_at, since; /* since: the present `to` is published */
	struct instant seen_at;    /* an export after that still had the old time */
	struct instant told_at;    /* the service was told by a sheet or a letter */
	struct instant reminded_at;
	int32_t reminders;
	bool announce;             /* its state is to be told in the next letter */
	/* the visit as the agenda has it now; NULL, 0: gone */
	const char *person_ref, *type, *place;
	struct date due;
	struct instant start, end;
	int32_t sequence;
	const char *to_mail;       /* mailbox of to_staff_id; NULL: none */
};

/* Whether an open move should be done by now: an export came that still has the old time, and `after_s` have passed since it was published. */
bool move_is_overdue(const struct move *m, struct instant now, int64_t after_s);

#endif
