/* SPDX-License-Identifier: Apache-2.0 */
/* absence_store: facts that hold from one day to another: a member of staff is
 * away, a vehicle is out of use, a centre is closed. Each change raises the
 * service's revision in its own transaction (fact_store). A member's absence
 * reaches the snapshot as busy time, the others reach the planner as
 * prohibitions. Prefixes: absence_, absence_store_. */
#ifndef PLANVAX_STORE_ABSENCE_STORE_H
#define PLANVAX_STORE_ABSENCE_STORE_H

#include <planvax/base/arena.h>
#include <planvax/base/civil.h>
#include <planvax/base/names.h>
#include <planvax/store/db.h>
#include <stddef.h>

enum absence_kind { ABSENCE_STAFF, ABSENCE_VEHICLE, ABSENCE_CENTRE };
extern const struct name absence_kind_names[];

struct absence {
	const char *absence_id; /* key in the service */
	enum absence_kind kind;
	const char *subject_id; /* staff_id, vehicle_id or centre_id */
	struct date from, to;   /* both included */
	const char *reason;     /* or NULL */
	const char *actor;      /* who said so */
};

/* Adds or replaces one. ERR_NOT_FOUND: unknown service (f). */
int absence_store_put(struct tx *tx, const char *service_id, const struct absence *row, struct fault *f);

/* Takes one back. 0; ERR_NOT_FOUND. */
int absence_store_withdraw(struct tx *tx, const char *service_id, const char *absence_id);

/* Those of a service by id. Rows in arena. */
int absence_store_list(struct tx *tx, const char *service_id, struct arena *arena, const struct absence **rows, size_t *n);

#endif
