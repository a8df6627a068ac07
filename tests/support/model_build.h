/* SPDX-License-Identifier: Apache-2.0 */
/* model_build: rows with sensible members for tests, and one small sample
 * service in January 2022. Each maker gives a row by value, to be changed and
 * added (snapshot_add_*) or stored; its texts are the caller's or static. */
#ifndef PLANVAX_TESTS_MODEL_BUILD_H
#define PLANVAX_TESTS_MODEL_BUILD_H

#include <planvax/model/snapshot.h>

/* SIRETs of the sample's companies, valid, of no real company. */
#define MODEL_SIRET_HOST "90000037300010"       /* 60 people's employer in Rennes, can host */
#define MODEL_SIRET_RURAL "90000074600017"      /* agricultural, in a rural commune, can host */
#define MODEL_SIRET_SMALL "90000111600012"      /* beside the rural one, too small to host */
#define MODEL_SIRET_CONTRACTOR "90000148800015" /* works at MODEL_SIRET_HOST */
#define MODEL_SIRET_AGENCY "90000185000016"     /* temp agency */

/* Rows with defaults; ids are borrowed. Dates and times are texts ("2022-01-10", "09:00" UTC). */
struct service model_build_service(const char *id);
struct commune model_build_commune(const char *insee, double lat, double lon, int dens7);
struct centre model_build_centre(const char *id, enum centre_kind kind, const char *insee);
struct staff model_build_staff(const char *id, enum staff_role role, const char *centre_id);
struct vehicle model_build_vehicle(const char *id, const char *centre_id);
struct company model_build_company(const char *siret, const char *insee, int headcount);
struct person model_build_person(const char *ref, const char *siret, const char *birth);
struct history_event model_build_event(const char *person_ref, const char *date, const char *code);
struct stock_lot model_build_stock(const char *centre_id, const char *product, const char *delivered_on, int vials);
struct visit model_build_visit(const char *id, const char *staff_id, const char *person_ref, const char *date, const char *time);
struct busy model_build_busy(const char *uid, const char *staff_id, const char *date, const char *from, const char *to);

/* "2022-01-10" as a date; aborts on another form. */
struct date model_build_date(const char *text);

/* That date at that time UTC. */
struct instant model_build_instant(const char *date, const char *time);

/* All rows of the sample: service S001 (SPSTI, Bretagne), 2 centres, 6 staff, a vehicle, 5 companies,
 * 40 people with histories, stock, 16 visits and busy time. */
struct model_sample {
	struct service service;
	struct commune communes[4];
	struct centre centres[2];
	struct staff staff[6];
	struct vehicle vehicles[1];
	struct company companies[5];
	struct person people[40];
	struct history_event events[50];
	size_t n_events;
	struct stock_lot stock[4];
	struct visit visits[16];
	struct busy busy[3];
};

/* Fills the sample; its texts are static. */
void model_build_sample(struct model_sample *sample);

/* Adds all rows of the sample to a builder. */
void model_build_add(struct snapshot_builder *b, const struct model_sample *sample);

/* The sample, sealed; snapshot_free it. Aborts if sealing fails. */
const struct snapshot *model_build_sealed(void);

#endif
