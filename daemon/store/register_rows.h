/* SPDX-License-Identifier: Apache-2.0 */
/* register_rows: reads rows of registers from a statement whose columns stand in
 * the order of the macros below. Shared by register_store and snapshot_load.
 * Texts go to the arena, or stay valid until the next row where it is reset. */
#ifndef PLANVAX_STORE_REGISTER_ROWS_H
#define PLANVAX_STORE_REGISTER_ROWS_H

#include <planvax/model/registers.h>

#include "tx.h"

#define SERVICE_COLUMNS "service_id, name, kind, siret, region, timezone, mobilised, contact_email"
#define COMMUNE_COLUMNS "insee, name, departement, region, lat, lon, population, dens7"
#define CENTRE_COLUMNS "centre_id, name, kind, insee, lat, lon, hours, posts, opens_on, closes_on"
#define STAFF_COLUMNS "staff_id, role, vaccinates, rpps, name, email, centre_id, hours, languages, max_days_per_week"
#define COMPANY_COLUMNS \
	"siret, name, insee, lat, lon, naf, headcount, regime, kind, works_at, can_host, expected_takers, contact_email"

/* Read the current row; the service_id of rows of a service is the caller's. A row that cannot be read sets the error. */
struct service register_rows_service(struct stmt *q, struct arena *arena);
struct commune register_rows_commune(struct stmt *q, struct arena *arena);
struct centre register_rows_centre(struct stmt *q, const char *service_id, struct arena *arena);
struct staff register_rows_staff(struct stmt *q, const char *service_id, struct arena *arena);
struct company register_rows_company(struct stmt *q, const char *service_id, struct arena *arena);

#endif
