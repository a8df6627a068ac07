/* SPDX-License-Identifier: Apache-2.0 */
/* register_rows: columns to structs. */
#include "register_rows.h"

#include <string.h>

static struct hours read_hours(struct stmt *q)
{
	const char *text = stmt_peek_text(q);
	struct hours hours = {.n = {0}};

	/* No hours at all cannot be written as a text that hours_parse reads. */
	if (text == NULL || (text[0] != '\0' && hours_parse(text, strlen(text), &hours, NULL) < 0))
		tx_fail(q->tx, ERR_CORRUPT);
	return hours;
}

static void read_position(struct stmt *q, bool *has_position, struct geo_point *at)
{
	*has_position = !stmt_is_null(q);
	at->lat_deg = stmt_get_double(q);
	at->lon_deg = stmt_get_double(q);
}

struct service register_rows_service(struct stmt *q, struct arena *arena)
{
	struct service row = {.service_id = stmt_get_text(q, arena)};

	row.name = stmt_get_text(q, arena);
	row.kind = (enum service_kind)stmt_get_word(q, service_kind_names);
	row.siret = stmt_get_text(q, arena);
	row.region = stmt_get_text(q, arena);
	row.timezone = stmt_get_text(q, arena);
	row.mobilised = stmt_get_bool(q);
	row.contact_email = stmt_get_text(q, arena);
	return row;
}

struct commune register_rows_commune(struct stmt *q, struct arena *arena)
{
	struct commune row = {.insee = stmt_get_text(q, arena)};

	row.name = stmt_get_text(q, arena);
	row.departement = stmt_get_text(q, arena);
	row.region = stmt_get_text(q, arena);
	row.at.lat_deg = stmt_get_double(q);
	row.at.lon_deg = stmt_get_double(q);
	row.population = stmt_get_int32(q);
	row.dens7 = (int8_t)stmt_get_int(q);
	return row;
}

struct centre register_rows_centre(struct stmt *q, const char *service_id, struct arena *arena)
{
	struct centre row = {.service_id = service_id, .commune = -1};

	row.centre_id = stmt_get_text(q, arena);
	row.name = stmt_get_text(q, arena);
	row.kind = (enum centre_kind)stmt_get_word(q, centre_kind_names);
	row.insee = stmt_get_text(q, arena);
	read_position(q, &row.has_position, &row.at);
	row.hours = read_hours(q);
	row.posts = stmt_get_int32(q);
	row.opens_on = stmt_get_date(q);
	row.closes_on = stmt_get_date(q);
	return row;
}

struct staff register_rows_staff(struct stmt *q, const char *service_id, struct arena *arena)
{
	struct staff row = {.service_id = service_id, .centre = -1};

	row.staff_id = stmt_get_text(q, arena);
	row.role = (enum staff_role)stmt_get_word(q, staff_role_names);
	row.vaccinates = stmt_get_bool(q);
	row.rpps = stmt_get_text(q, arena);
	row.name = stmt_get_text(q, arena);
	row.email = stmt_get_text(q, arena);
	row.centre_id = stmt_get_text(q, arena);
	row.hours = read_hours(q);
	row.languages = stmt_get_text(q, arena);
	row.max_days_per_week = stmt_get_int32(q);
	return row;
}

struct company register_rows_company(struct stmt *q, const char *service_id, struct arena *arena)
{
	struct company row = {.service_id = service_id, .host = -1, .commune = -1};

	row.siret = stmt_get_text(q, arena);
	row.name = stmt_get_text(q, arena);
	row.insee = stmt_get_text(q, arena);
	read_position(q, &row.has_position, &row.at);
	row.naf = stmt_get_text(q, arena);
	row.headcount = stmt_get_int32(q);
	row.regime = (enum company_regime)stmt_get_word(q, company_regime_names);
	row.kind = (enum company_kind)stmt_get_word(q, company_kind_names);
	row.works_at = stmt_get_text(q, arena);
	row.can_host = stmt_get_bool(q);
	row.expected_takers = stmt_get_int32(q);
	row.contact_email = stmt_get_text(q, arena);
	return row;
}
