/* SPDX-License-Identifier: Apache-2.0 */
/* register_columns: see register_columns.h. Constant tables only. */
#include <planvax/ingest/register_columns.h>

#include <planvax/base/text.h>
#include <stddef.h>
#include <string.h>

const struct name register_columns_kinds[] = {
	{"communes", REGISTER_COMMUNES},
	{"services", REGISTER_SERVICES},
	{"centres", REGISTER_CENTRES},
	{"staff", REGISTER_STAFF},
	{"vehicles", REGISTER_VEHICLES},
	{"companies", REGISTER_COMPANIES},
	{"people", REGISTER_PEOPLE},
	{"history", REGISTER_HISTORY},
	{"stock", REGISTER_STOCK},
	{"partners", REGISTER_PARTNERS},
	{"visits", REGISTER_VISITS},
	{NULL, 0},
};

static const struct name visit_status_names[] = {
	{"planned", REGISTER_VISIT_PLANNED},
	{"cancelled", REGISTER_VISIT_CANCELLED},
	{NULL, 0},
};

#define AT(type, member) .offset = offsetof(struct type, member)
#define REQUIRED .required = true

static const struct register_column communes[] = {
	{"insee", "code_insee code_commune", REQUIRED, CELL_INSEE, AT(commune, insee)},
	{"name", "nom", REQUIRED, CELL_TEXT, AT(commune, name)},
	{"departement", NULL, REQUIRED, CELL_AREA, AT(commune, departement)},
	{"region", NULL, REQUIRED, CELL_AREA, AT(commune, region)},
	{"lat", "latitude", REQUIRED, CELL_DEGREES, AT(commune, at.lat_deg), .max = 90},
	{"lon", "longitude", REQUIRED, CELL_DEGREES, AT(commune, at.lon_deg), .max = 180},
	{"population", NULL, false, CELL_INT, AT(commune, population), .max = 100000000, .fallback = -1},
	{"dens7", NULL, false, CELL_LEVEL, AT(commune, dens7), .min = 1, .max = 7},
};

static const struct register_column services[] = {
	{"service_id", NULL, REQUIRED, CELL_KEY, AT(service, service_id)},
	{"name", "nom", REQUIRED, CELL_TEXT, AT(service, name)},
	{"kind", NULL, REQUIRED, CELL_WORD, AT(service, kind), .words = service_kind_names},
	{"siret", NULL, false, CELL_SIRET, AT(service, siret)},
	{"region", NULL, REQUIRED, CELL_AREA, AT(service, region)},
	{"timezone", "fuseau_horaire", false, CELL_ZONE, AT(service, timezone)},
	{"mobilised", NULL, false, CELL_BOOL, AT(service, mobilised), .fallback = 1},
	{"contact_email", NULL, false, CELL_TEXT, AT(service, contact_email)},
};

static const struct register_column centres[] = {
	{"centre_id", NULL, REQUIRED, CELL_TEXT, AT(centre, centre_id)},
	{"service_id", NULL, REQUIRED, CELL_KEY, AT(centre, service_id)},
	{"name", "nom", REQUIRED, CELL_TEXT, AT(centre, name)},
	{"kind", NULL, false, CELL_WORD, AT(centre, kind), .words = centre_kind_names, .fallback = CENTRE_SERVICE},
	{"insee", "code_insee code_commune", REQUIRED, CELL_INSEE, AT(centre, insee)},
	{"lat", "latitude", false, CELL_DEGREES, AT(centre, at.lat_deg), .max = 90},
	{"lon", "longitude", false, CELL_DEGREES, AT(centre, at.lon_deg), .max = 180},
	{"hours", "horaires", false, CELL_HOURS, AT(centre, hours)},
	{"posts", "postes", false, CELL_INT, AT(centre, posts), .min = 1, .max = 1000, .fallback = 1},
	{"opens_on", NULL, false, CELL_DATE, AT(centre, opens_on)},
	{"closes_on", NULL, false, CELL_DATE, AT(centre, closes_on)},
};

static const struct register_column staff[] = {
	{"staff_id", NULL, REQUIRED, CELL_TEXT, AT(staff, staff_id)},
	{"service_id", NULL, REQUIRED, CELL_KEY, AT(staff, service_id)},
	{"role", "fonction", REQUIRED, CELL_WORD, AT(staff, role), .words = staff_role_names},
	{"vaccinates", NULL, false, CELL_BOOL, AT(staff, vaccinates), .fallback = 1},
	{"rpps", NULL, false, CELL_RPPS, AT(staff, rpps)},
	{"name", "nom", REQUIRED, CELL_TEXT, AT(staff, name)},
	{"email", "courriel", false, CELL_MAIL, AT(staff, email)},
	{"centre_id", NULL, false, CELL_TEXT, AT(staff, centre_id)},
	{"hours", "horaires", false, CELL_HOURS, AT(staff, hours)},
	{"languages", "langues", false, CELL_TEXT, AT(staff, languages)},
	{"max_days_per_week", NULL, false, CELL_INT, AT(staff, max_days_per_week), .max = 7, .fallback = -1},
};

static const struct register_column vehicles[] = {
	{"vehicle_id", NULL, REQUIRED, CELL_TEXT, AT(vehicle, vehicle_id)},
	{"service_id", NULL, REQUIRED, CELL_KEY, AT(vehicle, service_id)},
	{"centre_id", NULL, REQUIRED, CELL_TEXT, AT(vehicle, centre_id)},
	{"posts", "postes", false, CELL_INT, AT(vehicle, posts), .min = 1, .max = 100, .fallback = 1},
	{"days", "jours", false, CELL_WEEKDAYS, AT(vehicle, weekdays)},
	{"max_minutes", NULL, false, CELL_INT, AT(vehicle, max_minutes), .min = 1, .max = 1440, .fallback = 480},
	{"setup_min", NULL, false, CELL_INT, AT(vehicle, setup_min), .max = 1440, .fallback = 30},
	{"pack_min", NULL, false, CELL_INT, AT(vehicle, pack_min), .max = 1440, .fallback = 15},
};

static const struct register_column companies[] = {
	{"siret", NULL, REQUIRED, CELL_SIRET, AT(company, siret)},
	{"service_id", NULL, REQUIRED, CELL_KEY, AT(company, service_id)},
	{"name", "raison_sociale nom", REQUIRED, CELL_TEXT, AT(company, name)},
	{"insee", "code_insee code_commune", REQUIRED, CELL_INSEE, AT(company, insee)},
	{"lat", "latitude", false, CELL_DEGREES, AT(company, at.lat_deg), .max = 90},
	{"lon", "longitude", false, CELL_DEGREES, AT(company, at.lon_deg), .max = 180},
	{"naf", "code_naf ape", false, CELL_TEXT, AT(company, naf)},
	{"headcount", "effectif", REQUIRED, CELL_INT, AT(company, headcount), .max = 10000000},
	{"regime", NULL, false, CELL_WORD, AT(company, regime), .words = company_regime_names, .fallback = REGIME_GENERAL},
	{"kind", NULL, false, CELL_WORD, AT(company, kind), .words = company_kind_names, .fallback = COMPANY_PLAIN},
	{"works_at", NULL, false, CELL_SIRET, AT(company, works_at)},
	{"can_host", NULL, false, CELL_BOOL, AT(company, can_host)},
	{"expected_takers", NULL, false, CELL_INT, AT(company, expected_takers), .max = 10000000, .fallback = -1},
	{"contact_email", NULL, false, CELL_TEXT, AT(company, contact_email)},
};

static const struct register_column people[] = {
	{"person_ref", NULL, REQUIRED, CELL_TEXT, AT(person, person_ref)},
	{"service_id", NULL, REQUIRED, CELL_KEY, AT(person, service_id)},
	{"siret", NULL, false, CELL_SIRET, AT(person, siret)},
	{"birth_date", "date_naissance", REQUIRED, CELL_DATE, AT(person, birth)},
	{"sex", "sexe", false, CELL_SEX, AT(person, sex)},
	{"kind", NULL, REQUIRED, CELL_WORD, AT(person, kind), .words = person_kind_names},
	{"flags", NULL, false, CELL_FLAGS, .offset = 0},
	{"relative_of", NULL, false, CELL_TEXT, AT(person, relative_of)},
	{"priority", "priorite", false, CELL_INT, AT(person, priority), .min = 1, .max = 9},
	{"history_as_of", NULL, false, CELL_DATE, AT(person, history_as_of)},
};

static const struct register_column history[] = {
	{"person_ref", NULL, REQUIRED, CELL_TEXT, AT(history_event, person_ref)},
	{"date", NULL, REQUIRED, CELL_DATE, AT(history_event, date)},
	{"code", NULL, REQUIRED, CELL_TEXT, AT(history_event, code)},
	{"lot", NULL, false, CELL_TEXT, AT(history_event, lot)},
};

static const struct register_column stock[] = {
	{"centre_id", NULL, false, CELL_TEXT, AT(stock_lot, centre_id)},
	{"service_id", NULL, false, CELL_KEY, AT(stock_lot, service_id)},
	{"product", "produit vaccin", REQUIRED, CELL_TEXT, AT(stock_lot, product)},
	{"delivered_on", NULL, REQUIRED, CELL_DATE, AT(stock_lot, delivered_on)},
	{"vials", "flacons", REQUIRED, CELL_INT, AT(stock_lot, vials), .max = 1000000},
	{"lot", NULL, false, CELL_TEXT, AT(stock_lot, lot)},
	{"expires_on", NULL, false, CELL_DATE, AT(stock_lot, expires_on)},
};

static const struct register_column partners[] = {
	{"name", "nom", REQUIRED, CELL_TEXT, AT(partner, name)},
	{"region", NULL, REQUIRED, CELL_AREA, AT(partner, region)},
	{"insee", "code_insee code_commune", false, CELL_INSEE, AT(partner, insee)},
	{"audience", NULL, false, CELL_TEXT, AT(partner, audience)},
	{"languages", "langues", false, CELL_TEXT, AT(partner, languages)},
	{"email", "courriel", false, CELL_TEXT, AT(partner, email)},
};

static const struct register_column visits[] = {
	{"visit_id", NULL, REQUIRED, CELL_TEXT, AT(register_visit, visit.visit_id)},
	{"service_id", NULL, REQUIRED, CELL_KEY, AT(register_visit, visit.service_id)},
	{"staff_id", NULL, REQUIRED, CELL_TEXT, AT(register_visit, visit.staff_id)},
	{"start", "debut", REQUIRED, CELL_TEXT, AT(register_visit, start_text)},
	{"end", "fin", false, CELL_TEXT, AT(register_visit, end_text)},
	{"minutes", "duree", false, CELL_INT, AT(register_visit, minutes), .min = 1, .max = 1440},
	{"person_ref", NULL, REQUIRED, CELL_TEXT, AT(register_visit, visit.person_ref)},
	{"type", NULL, REQUIRED, CELL_TEXT, AT(register_visit, visit.type)},
	{"due", "echeance", false, CELL_DATE, AT(register_visit, visit.due)},
	{"postponed_before", NULL, false, CELL_BOOL, AT(register_visit, visit.postponed_before)},
	{"centre_id", NULL, false, CELL_TEXT, AT(register_visit, visit.place)},
	{"status", "statut", false, CELL_WORD, AT(register_visit, status), .words = visit_status_names},
};

#undef AT
#undef REQUIRED

#define TABLE(columns) {(columns), sizeof(columns) / sizeof((columns)[0])}
static const struct {
	const struct register_column *columns;
	size_t n;
} tables[REGISTER_KINDS] = {
	[REGISTER_COMMUNES] = TABLE(communes),
	[REGISTER_SERVICES] = TABLE(services),
	[REGISTER_CENTRES] = TABLE(centres),
	[REGISTER_STAFF] = TABLE(staff),
	[REGISTER_VEHICLES] = TABLE(vehicles),
	[REGISTER_COMPANIES] = TABLE(companies),
	[REGISTER_PEOPLE] = TABLE(people),
	[REGISTER_HISTORY] = TABLE(history),
	[REGISTER_STOCK] = TABLE(stock),
	[REGISTER_PARTNERS] = TABLE(partners),
	[REGISTER_VISITS] = TABLE(visits),
};
#undef TABLE

const struct register_column *register_columns_of(enum register_kind kind, size_t *n)
{
	*n = tables[kind].n;
	return tables[kind].columns;
}

bool register_columns_kind(const char *file_name, enum register_kind *kind)
{
	const char *slash = strrchr(file_name, '/');
	const char *base = slash != NULL ? slash + 1 : file_name;
	size_t len = strlen(base);
	char word[32];
	int value;

	if (len < 5 || len - 4 >= sizeof(word) || !text_same_nocase(base + len - 4, ".csv"))
		return false;
	memcpy(word, base, len - 4);
	word[len - 4] = '\0';
	text_lower(word);
	if (!names_value(register_columns_kinds, word, len - 4, &value))
		return false;
	*kind = (enum register_kind)value;
	return true;
}
