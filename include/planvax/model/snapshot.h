/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot: everything that planning one service needs, immutable once sealed.
 * A builder takes rows in any order (from the store or from a directory);
 * sealing sorts by key, links by index and digests. Afterwards an entity is
 * its index and index order is key order (bytes).
 * The builder belongs to one thread; a sealed snapshot may be read by any. */
#ifndef PLANVAX_MODEL_SNAPSHOT_H
#define PLANVAX_MODEL_SNAPSHOT_H

#include <planvax/base/buf.h>
#include <planvax/base/digest.h>
#include <planvax/base/fault.h>
#include <planvax/base/zone.h>
#include <planvax/model/registers.h>
#include <planvax/model/visit.h>
#include <stddef.h>

struct snapshot_builder;

/* Sorted by key unless said; texts and arrays live as long as the snapshot. */
struct snapshot {
	const struct service *service;
	const struct zone *zone;               /* the service's, or its region's */
	const struct commune *communes;        /* those that rows name; by insee */
	size_t n_communes;
	const struct centre *centres;          /* by centre_id */
	size_t n_centres;
	const struct staff *staff;             /* by staff_id */
	size_t n_staff;
	const struct vehicle *vehicles;        /* by vehicle_id */
	size_t n_vehicles;
	const struct company *companies;       /* by siret */
	size_t n_companies;
	const struct person *people;           /* by person_ref */
	size_t n_people;
	const int32_t *people_by_company;      /* person indexes, by company then person */
	const struct history_event *events;    /* by person, date, code, lot */
	size_t n_events;
	const struct stock_lot *stock;         /* by centre, product, delivered_on, expires_on, lot, vials */
	size_t n_stock;
	const struct visit *visits;            /* by visit_id */
	size_t n_visits;
	const int32_t *visits_by_person;       /* visit indexes, by person then start; unknown persons left out */
	const struct busy *busy;               /* by staff, start, end, uid */
	size_t n_busy;
	int32_t home_centre;                   /* first centre of kind service, else first centre; -1 none */
	char departement[4];                   /* of the home centre; "75" without one (working days) */
	unsigned char digest[DIGEST_BYTES];    /* of rows and visits: equal rows in any order give equal bytes */
};

/* A row that sealing leaves out, and why. */
typedef void (*snapshot_report)(void *arg, const struct fault *fault);

/* A builder for one service; owned by the caller. Rows added are copied. */
struct snapshot_builder *snapshot_builder_new(void);

/* Frees an unsealed builder; NULL allowed. */
void snapshot_builder_free(struct snapshot_builder *b);

/* Add a row. The service exactly once. Of two rows with one key, the later one replaces the earlier. */
void snapshot_add_service(struct snapshot_builder *b, const struct service *row);
void snapshot_add_commune(struct snapshot_builder *b, const struct commune *row);
void snapshot_add_centre(struct snapshot_builder *b, const struct centre *row);
void snapshot_add_staff(struct snapshot_builder *b, const struct staff *row);
void snapshot_add_vehicle(struct snapshot_builder *b, const struct vehicle *row);
void snapshot_add_company(struct snapshot_builder *b, const struct company *row);
void snapshot_add_person(struct snapshot_builder *b, const struct person *row);
void snapshot_add_event(struct snapshot_builder *b, const struct history_event *row);
void snapshot_add_stock(struct snapshot_builder *b, const struct stock_lot *row);
void snapshot_add_visit(struct snapshot_builder *b, const struct visit *row);
void snapshot_add_busy(struct snapshot_builder *b, const struct busy *row);

/* Visits and busy time that do not touch these days of the service (both included) are dropped by sealing, unreported; without a
 * call none is. The same days give the same digest wherever the rows come from. */
void snapshot_set_window(struct snapshot_builder *b, struct date from, struct date to);

/* Sorts, links and digests; consumes the builder. Rows whose links lead nowhere (a centre or company
 * without a position, a vehicle without its base, history of an unknown person, stock of an unknown
 * centre, staff that names an unknown centre, busy time of unknown staff) are left out and reported, by kind and in key order.
 * One visit comes from one place: of visits with one id that of a calendar counts, not that of visits.csv. Busy time that is a copy of a visit of the same member is left out.
 * A visit of an unknown person or staff stays, unlinked. What is left out does not enter the digest.
 * Communes that no row names are dropped, and only named ones enter the digest; arrondissements fall back to their
 * city's commune. *snapshot is owned by the caller.
 * 0; ERR_INVALID: no service; ERR_NOT_FOUND: its time zone is unknown (f). */
int snapshot_seal(struct snapshot_builder *b, snapshot_report report, void *arg,
	const struct snapshot **snapshot, struct fault *f);

/* Appends all rows of a sealed snapshot in one canonical form; SHA-256 of it is snapshot->digest. Kept with a published
 * plan, so that it can be replayed. */
void snapshot_pack(const struct snapshot *s, struct buf *out);

/* Seals what snapshot_pack wrote. *snapshot is owned by the caller. 0; ERR_CORRUPT: these bytes are no packed snapshot (f);
 * ERR_NOT_FOUND: its time zone is unknown (f). */
int snapshot_unpack(const void *bytes, size_t len, const struct snapshot **snapshot, struct fault *f);

/* Frees a sealed snapshot; NULL allowed. */
void snapshot_free(const struct snapshot *snapshot);

/* Index by key, or -1. */
int32_t snapshot_find_centre(const struct snapshot *s, const char *centre_id);
int32_t snapshot_find_staff(const struct snapshot *s, const char *staff_id);
int32_t snapshot_find_vehicle(const struct snapshot *s, const char *vehicle_id);
int32_t snapshot_find_company(const struct snapshot *s, const char *siret);
int32_t snapshot_find_person(const struct snapshot *s, const char *person_ref);
int32_t snapshot_find_visit(const struct snapshot *s, const char *visit_id);

#endif
