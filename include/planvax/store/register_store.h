/* SPDX-License-Identifier: Apache-2.0 */
/* register_store: the registers (INTERFACE.md 2). A row is put by its key; what
 * it was is told, so that an import's counts add up: created + changed +
 * unchanged + refused = rows. A row that changes something raises the revision
 * of its service in the same transaction (fact_store). Imports put at most
 * REGISTER_CHUNK_ROWS rows a transaction, so that readers stay smooth.
 * Refusals (ERR_NOT_FOUND, ERR_CONFLICT with f) leave the transaction usable;
 * other errors are the transaction's. Rows may come in any order, but a service
 * before its rows, people before their history, centres before their stock;
 * other links may be mended later, by importing what they name. */
#ifndef PLANVAX_STORE_REGISTER_STORE_H
#define PLANVAX_STORE_REGISTER_STORE_H

#include <planvax/base/arena.h>
#include <planvax/base/fault.h>
#include <planvax/model/registers.h>
#include <planvax/store/db.h>
#include <stddef.h>

#define REGISTER_CHUNK_ROWS 1000

/* What a row did. Numbers count from 0 and index counters. */
enum row_verdict { ROW_CREATED, ROW_CHANGED, ROW_UNCHANGED };
#define ROW_VERDICTS 3

/* Put a row. 0 and *verdict; ERR_NOT_FOUND: its service is unknown (f); else the transaction's error. */
int register_store_put_commune(struct tx *tx, const struct commune *row, enum row_verdict *verdict, struct fault *f);
int register_store_put_service(struct tx *tx, const struct service *row, enum row_verdict *verdict, struct fault *f);
int register_store_put_centre(struct tx *tx, const struct centre *row, enum row_verdict *verdict, struct fault *f);
int register_store_put_staff(struct tx *tx, const struct staff *row, enum row_verdict *verdict, struct fault *f);
int register_store_put_vehicle(struct tx *tx, const struct vehicle *row, enum row_verdict *verdict, struct fault *f);
int register_store_put_company(struct tx *tx, const struct company *row, enum row_verdict *verdict, struct fault *f);
int register_store_put_person(struct tx *tx, const struct person *row, enum row_verdict *verdict, struct fault *f);
int register_store_put_partner(struct tx *tx, const struct partner *row, enum row_verdict *verdict, struct fault *f);

#define REGISTER_MAX_OWNERS 16   /* services that have one person */
#define REGISTER_OWNER_BYTES 65 /* of a service_id, with its end */

/* Services that got a line of history, and where it was new. */
struct register_owners {
	size_t n;
	char ids[REGISTER_MAX_OWNERS][REGISTER_OWNER_BYTES];
	bool created[REGISTER_MAX_OWNERS];
};

/* Puts a line of history for every service that has the person. ERR_NOT_FOUND: nobody has that person_ref; ERR_CONFLICT: the
 * date is before the person's birth. */
int register_store_put_event(struct tx *tx, const struct history_event *row, enum row_verdict *verdict, struct fault *f);

/* The same; *owners (may be NULL) are these services. */
int register_store_put_owned(struct tx *tx, const struct history_event *row, struct register_owners *owners, enum row_verdict *verdict,
	struct fault *f);

/* Puts a delivery. Without a service, its centre's. `ordinal` counts, from 0, the lines of one file that are alike in place,
 * product, date and lot, so that two equal lines are two deliveries and importing the file again changes nothing
 * (register_store_ordinal counts). ERR_NOT_FOUND: unknown place; ERR_CONFLICT: two services have such a centre. */
int register_store_put_stock(struct tx *tx, const struct stock_lot *row, int32_t ordinal, enum row_verdict *verdict, struct fault *f);

/* The service of a delivery: its own, else its centre's. 0; ERR_NOT_FOUND, ERR_CONFLICT as above. */
int register_store_stock_service(struct tx *tx, const struct stock_lot *row, char out[REGISTER_OWNER_BYTES], struct fault *f);

/* Counts stock lines of one file. */
struct register_ordinals;

/* A count of nothing yet; owned by the caller. */
struct register_ordinals *register_store_ordinals_new(void);

/* Frees it; NULL allowed. */
void register_store_ordinals_free(struct register_ordinals *o);

/* The ordinal of this line; counts it. */
int32_t register_store_ordinal(struct register_ordinals *o, const struct stock_lot *row);

/* One service. Texts in arena. 0; ERR_NOT_FOUND. */
int register_store_service(struct tx *tx, const char *service_id, struct arena *arena, struct service *out);

/* All services by id. */
int register_store_services(struct tx *tx, struct arena *arena, const struct service **rows, size_t *n);

/* Members of staff of a service by id (calendars name them by e-mail). */
int register_store_staff(struct tx *tx, const char *service_id, struct arena *arena, const struct staff **rows, size_t *n);

/* Centres of a service by id. */
int register_store_centres(struct tx *tx, const char *service_id, struct arena *arena, const struct centre **rows, size_t *n);

/* Whether a service has a vehicle. */
int register_store_has_vehicle(struct tx *tx, const char *service_id, const char *vehicle_id, bool *has);

/* One company of a service. 0; ERR_NOT_FOUND. */
int register_store_company(struct tx *tx, const char *service_id, const char *siret, struct arena *arena, struct company *out);

/* What kind of person someone of a service is, and the birth date (DATE_NONE: unknown). 0; ERR_NOT_FOUND. */
int register_store_person(struct tx *tx, const char *service_id, const char *person_ref, enum person_kind *kind, struct date *birth);

/* One commune. 0; ERR_NOT_FOUND. */
int register_store_commune(struct tx *tx, const char *insee, struct arena *arena, struct commune *out);

/* Partners of a region by name. */
int register_store_partners(struct tx *tx, const char *region, struct arena *arena, const struct partner **rows, size_t *n);

/* Whether any commune was imported. */
bool register_store_has_communes(struct tx *tx);

struct register_totals {
	int64_t services, centres, staff, vehicles, companies, people, events, stock, communes, partners, visits, busy;
};

/* Rows of each register, for status and metrics. Reads whole indexes: never in the loop. */
int register_store_totals(struct tx *tx, struct register_totals *out);

#endif
