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

/* ---- words that people write besides ---- */

static const struct name visit_status_also[] = {
	{"planifie", REGISTER_VISIT_PLANNED}, {"planifiee", REGISTER_VISIT_PLANNED}, {"prevu", REGISTER_VISIT_PLANNED},
	{"prevue", REGISTER_VISIT_PLANNED}, {"confirme", REGISTER_VISIT_PLANNED}, {"confirmee", REGISTER_VISIT_PLANNED},
	{"annule", REGISTER_VISIT_CANCELLED}, {"annulee", REGISTER_VISIT_CANCELLED}, {"canceled", REGISTER_VISIT_CANCELLED},
	{"supprime", REGISTER_VISIT_CANCELLED}, {"supprimee", REGISTER_VISIT_CANCELLED}, {NULL, 0},
};

static const struct name centre_kind_also[] = {
	{"centre", CENTRE_SERVICE}, {"mairie", CENTRE_TOWN_HALL}, {"centre_de_sante", CENTRE_HEALTH_CENTRE},
	{"maison_de_sante", CENTRE_HEALTH_CENTRE}, {"hopital", CENTRE_HOSPITAL}, {"pharmacie", CENTRE_PHARMACY},
	{"centre_de_vaccination", CENTRE_VACCINATION_CENTRE}, {NULL, 0},
};

static const struct name staff_role_also[] = {
	{"medecin", STAFF_PHYSICIAN}, {"medecin_du_travail", STAFF_PHYSICIAN}, {"docteur", STAFF_PHYSICIAN},
	{"infirmier", STAFF_NURSE}, {"infirmiere", STAFF_NURSE}, {"ide", STAFF_NURSE}, {"idest", STAFF_NURSE},
	{"infirmier_sante_travail", STAFF_NURSE}, {"infirmiere_sante_travail", STAFF_NURSE},
	{"assistante", STAFF_ASSISTANT}, {"assistant_medical", STAFF_ASSISTANT}, {"assistante_medicale", STAFF_ASSISTANT},
	{"secretaire", STAFF_ASSISTANT}, {"secretaire_medicale", STAFF_ASSISTANT},
	{"chauffeur", STAFF_DRIVER}, {"conducteur", STAFF_DRIVER}, {"conductrice", STAFF_DRIVER},
	{"mediateur", STAFF_MEDIATOR}, {"mediatrice", STAFF_MEDIATOR}, {"interprete", STAFF_INTERPRETER}, {NULL, 0},
};

static const struct name company_regime_also[] = {
	{"regime_general", REGIME_GENERAL}, {"agricole", REGIME_AGRICULTURAL}, {"msa", REGIME_AGRICULTURAL}, {NULL, 0},
};

static const struct name company_kind_also[] = {
	{"entreprise", COMPANY_PLAIN}, {"etablissement", COMPANY_PLAIN}, {"interim", COMPANY_TEMP_AGENCY}, {"ett", COMPANY_TEMP_AGENCY},
	{"agence_interim", COMPANY_TEMP_AGENCY}, {"agence_d_interim", COMPANY_TEMP_AGENCY}, {NULL, 0},
};

static const struct name person_kind_also[] = {
	{"salarie", PERSON_EMPLOYEE}, {"salariee", PERSON_EMPLOYEE}, {"interimaire", PERSON_TEMPORARY},
	{"sous_traitant", PERSON_CONTRACTOR}, {"prestataire", PERSON_CONTRACTOR}, {"dirigeant", PERSON_HEAD},
	{"dirigeante", PERSON_HEAD}, {"chef_entreprise", PERSON_HEAD}, {"chef_d_entreprise", PERSON_HEAD}, {"gerant", PERSON_HEAD},
	{"proche", PERSON_RELATIVE}, {"conjoint", PERSON_RELATIVE}, {"conjointe", PERSON_RELATIVE}, {"independant", PERSON_SELF_EMPLOYED},
	{"independante", PERSON_SELF_EMPLOYED}, {"travailleur_independant", PERSON_SELF_EMPLOYED}, {NULL, 0},
};

/* ---- columns; an alias stands for every way to write it: fold.h ---- */

#define AT(type, member) .offset = offsetof(struct type, member)
#define REQUIRED .required = true
#define ALSO_SERVICE "service id_service code_service identifiant_service numero_service"
#define ALSO_CENTRE "centre id_centre code_centre identifiant_centre numero_centre"
#define ALSO_INSEE "code_insee code_commune commune insee_commune commune_insee code_insee_commune depcom codgeo"
#define ALSO_LAT "latitude lat_wgs84"
#define ALSO_LON "longitude lng long lon_wgs84"
#define ALSO_MAIL "courriel mail adresse_mail adresse_email adresse_courriel adresse_electronique e_mail email_contact mail_contact courriel_contact contact"
#define ALSO_SIRET "numero_siret code_siret siret_etablissement"
#define ALSO_HOURS "horaires heures horaire heures_ouverture horaires_ouverture"
#define ALSO_POSTS "postes nombre_postes nb_postes postes_vaccination"
#define ALSO_PERSON "reference ref reference_salarie ref_salarie id_salarie numero_salarie code_salarie reference_personne ref_personne id_personne " \
	"matricule identifiant numero_dossier dossier salarie"
#define ALSO_LOT "numero_lot batch"
#define ALSO_LANGUAGES "langues langue langues_parlees"

static const struct register_column communes[] = {
	{"insee", ALSO_INSEE " com", REQUIRED, CELL_INSEE, AT(commune, insee)},
	{"name", "nom nom_commune libelle libelle_commune libgeo ncc nccenr", REQUIRED, CELL_TEXT, AT(commune, name)},
	{"departement", "dep code_departement dept dpt", REQUIRED, CELL_AREA, AT(commune, departement)},
	{"region", "reg code_region", REQUIRED, CELL_AREA, AT(commune, region)},
	{"lat", ALSO_LAT, REQUIRED, CELL_DEGREES, AT(commune, at.lat_deg), .max = 90},
	{"lon", ALSO_LON, REQUIRED, CELL_DEGREES, AT(commune, at.lon_deg), .max = 180},
	{"population", "pop population_municipale pmun habitants", false, CELL_INT, AT(commune, population), .max = 100000000, .fallback = -1},
	{"dens7", "densite niveau_densite grille_densite densite_7", false, CELL_LEVEL, AT(commune, dens7), .min = 1, .max = 7},
};

static const struct register_column services[] = {
	{"service_id", ALSO_SERVICE, REQUIRED, CELL_KEY, AT(service, service_id)},
	{"name", "nom nom_service raison_sociale denomination libelle", REQUIRED, CELL_TEXT, AT(service, name)},
	{"kind", "type nature type_service categorie", REQUIRED, CELL_WORD, AT(service, kind), .words = service_kind_names},
	{"siret", ALSO_SIRET, false, CELL_SIRET, AT(service, siret)},
	{"region", "reg code_region region_insee", REQUIRED, CELL_AREA, AT(service, region)},
	{"timezone", "fuseau_horaire fuseau", false, CELL_ZONE, AT(service, timezone)},
	{"mobilised", "mobilise mobilisation", false, CELL_BOOL, AT(service, mobilised), .fallback = 1},
	{"contact_email", "email " ALSO_MAIL, false, CELL_TEXT, AT(service, contact_email)},
};

static const struct register_column centres[] = {
	{"centre_id", ALSO_CENTRE, REQUIRED, CELL_TEXT, AT(centre, centre_id)},
	{"service_id", ALSO_SERVICE, REQUIRED, CELL_KEY, AT(centre, service_id)},
	{"name", "nom nom_centre denomination libelle", REQUIRED, CELL_TEXT, AT(centre, name)},
	{"kind", "type nature type_centre categorie", false, CELL_WORD, AT(centre, kind), .words = centre_kind_names, .also = centre_kind_also,
		.fallback = CENTRE_SERVICE},
	{"insee", ALSO_INSEE, REQUIRED, CELL_INSEE, AT(centre, insee)},
	{"lat", ALSO_LAT, false, CELL_DEGREES, AT(centre, at.lat_deg), .max = 90},
	{"lon", ALSO_LON, false, CELL_DEGREES, AT(centre, at.lon_deg), .max = 180},
	{"hours", ALSO_HOURS, false, CELL_HOURS, AT(centre, hours)},
	{"posts", ALSO_POSTS, false, CELL_INT, AT(centre, posts), .min = 1, .max = 1000, .fallback = 1},
	{"opens_on", "ouverture date_ouverture ouvre_le ouvert_le premier_jour", false, CELL_DATE, AT(centre, opens_on)},
	{"closes_on", "fermeture date_fermeture ferme_le dernier_jour", false, CELL_DATE, AT(centre, closes_on)},
};

static const struct register_column staff[] = {
	{"staff_id", "id_personnel code_personnel personnel matricule identifiant id_agent code_agent agent id_professionnel id_intervenant code_intervenant",
		REQUIRED, CELL_TEXT, AT(staff, staff_id)},
	{"service_id", ALSO_SERVICE, REQUIRED, CELL_KEY, AT(staff, service_id)},
	{"role", "fonction metier profession qualite", REQUIRED, CELL_WORD, AT(staff, role), .words = staff_role_names, .also = staff_role_also},
	{"vaccinates", "vaccine vaccinateur vaccinatrice peut_vacciner vaccination", false, CELL_BOOL, AT(staff, vaccinates), .fallback = 1},
	{"rpps", "numero_rpps code_rpps", false, CELL_RPPS, AT(staff, rpps)},
	{"name", "nom nom_complet nom_prenom prenom_nom nom_usage", REQUIRED, CELL_TEXT, AT(staff, name)},
	{"email", ALSO_MAIL, false, CELL_MAIL, AT(staff, email)},
	{"centre_id", ALSO_CENTRE, false, CELL_TEXT, AT(staff, centre_id)},
	{"hours", ALSO_HOURS, false, CELL_HOURS, AT(staff, hours)},
	{"languages", ALSO_LANGUAGES, false, CELL_TEXT, AT(staff, languages)},
	{"max_days_per_week", "jours_max jours_max_semaine jours_max_par_semaine jours_par_semaine max_jours_semaine", false, CELL_INT,
		AT(staff, max_days_per_week), .max = 7, .fallback = -1},
};

static const struct register_column vehicles[] = {
	{"vehicle_id", "vehicule id_vehicule code_vehicule numero_vehicule immatriculation", REQUIRED, CELL_TEXT, AT(vehicle, vehicle_id)},
	{"service_id", ALSO_SERVICE, REQUIRED, CELL_KEY, AT(vehicle, service_id)},
	{"centre_id", ALSO_CENTRE " base", REQUIRED, CELL_TEXT, AT(vehicle, centre_id)},
	{"posts", ALSO_POSTS, false, CELL_INT, AT(vehicle, posts), .min = 1, .max = 100, .fallback = 1},
	{"days", "jours jours_semaine jours_circulation", false, CELL_WEEKDAYS, AT(vehicle, weekdays)},
	{"max_minutes", "minutes_max duree_max duree_max_minutes", false, CELL_INT, AT(vehicle, max_minutes), .min = 1, .max = 1440, .fallback = 480},
	{"setup_min", "installation temps_installation minutes_installation", false, CELL_INT, AT(vehicle, setup_min), .max = 1440, .fallback = 30},
	{"pack_min", "rangement temps_rangement minutes_rangement", false, CELL_INT, AT(vehicle, pack_min), .max = 1440, .fallback = 15},
};

static const struct register_column companies[] = {
	{"siret", ALSO_SIRET, REQUIRED, CELL_SIRET, AT(company, siret)},
	{"service_id", ALSO_SERVICE, REQUIRED, CELL_KEY, AT(company, service_id)},
	{"name", "raison_sociale nom denomination nom_entreprise entreprise nom_adherent adherent enseigne libelle", REQUIRED, CELL_TEXT,
		AT(company, name)},
	{"insee", ALSO_INSEE, REQUIRED, CELL_INSEE, AT(company, insee)},
	{"lat", ALSO_LAT, false, CELL_DEGREES, AT(company, at.lat_deg), .max = 90},
	{"lon", ALSO_LON, false, CELL_DEGREES, AT(company, at.lon_deg), .max = 180},
	{"naf", "code_naf ape code_ape naf_ape activite code_activite", false, CELL_TEXT, AT(company, naf)},
	{"headcount", "effectif effectifs effectif_total nombre_salaries nb_salaries salaries nombre_employes", REQUIRED, CELL_INT,
		AT(company, headcount), .max = 10000000},
	{"regime", "regime_social", false, CELL_WORD, AT(company, regime), .words = company_regime_names, .also = company_regime_also,
		.fallback = REGIME_GENERAL},
	{"kind", "type nature type_entreprise categorie", false, CELL_WORD, AT(company, kind), .words = company_kind_names, .also = company_kind_also,
		.fallback = COMPANY_PLAIN},
	{"works_at", "siret_hote siret_accueil siret_donneur_ordre intervient_chez travaille_chez", false, CELL_SIRET, AT(company, works_at)},
	{"can_host", "accueil peut_accueillir accueille", false, CELL_BOOL, AT(company, can_host)},
	{"expected_takers", "volontaires volontaires_attendus nombre_volontaires", false, CELL_INT, AT(company, expected_takers), .max = 10000000,
		.fallback = -1},
	{"contact_email", "email " ALSO_MAIL, false, CELL_TEXT, AT(company, contact_email)},
};

static const struct register_column people[] = {
	{"person_ref", ALSO_PERSON, REQUIRED, CELL_TEXT, AT(person, person_ref)},
	{"service_id", ALSO_SERVICE, REQUIRED, CELL_KEY, AT(person, service_id)},
	{"siret", ALSO_SIRET " siret_entreprise siret_employeur employeur entreprise", false, CELL_SIRET, AT(person, siret)},
	{"birth_date", "date_naissance naissance date_naiss ddn ne_le nee_le ne_e_le dob birthdate", REQUIRED, CELL_DATE, AT(person, birth)},
	{"sex", "sexe genre civilite", false, CELL_SEX, AT(person, sex)},
	{"kind", "type type_personne categorie statut qualite", REQUIRED, CELL_WORD, AT(person, kind), .words = person_kind_names, .also = person_kind_also},
	{"flags", "indicateurs drapeaux risques marqueurs", false, CELL_FLAGS, .offset = 0},
	{"relative_of", "proche_de conjoint_de parent_de ref_proche", false, CELL_TEXT, AT(person, relative_of)},
	{"priority", "priorite niveau_priorite", false, CELL_INT, AT(person, priority), .min = 1, .max = 9},
	{"history_as_of", "historique_au historique_connu_au historique_complet_au date_historique", false, CELL_DATE, AT(person, history_as_of)},
};

static const struct register_column history[] = {
	{"person_ref", ALSO_PERSON, REQUIRED, CELL_TEXT, AT(history_event, person_ref)},
	{"date", "date_vaccination date_injection date_acte date_evenement date_dose le", REQUIRED, CELL_DATE, AT(history_event, date)},
	{"code", "cvx code_cvx code_vaccin vaccin produit", REQUIRED, CELL_TEXT, AT(history_event, code)},
	{"lot", ALSO_LOT, false, CELL_TEXT, AT(history_event, lot)},
};

static const struct register_column stock[] = {
	{"centre_id", ALSO_CENTRE, false, CELL_TEXT, AT(stock_lot, centre_id)},
	{"service_id", ALSO_SERVICE, false, CELL_KEY, AT(stock_lot, service_id)},
	{"product", "produit vaccin nom_vaccin code_produit cvx", REQUIRED, CELL_TEXT, AT(stock_lot, product)},
	{"delivered_on", "date_livraison livraison livre_le date_reception recu_le", REQUIRED, CELL_DATE, AT(stock_lot, delivered_on)},
	{"vials", "flacons nombre_flacons nb_flacons quantite", REQUIRED, CELL_INT, AT(stock_lot, vials), .max = 1000000},
	{"lot", ALSO_LOT, false, CELL_TEXT, AT(stock_lot, lot)},
	{"expires_on", "peremption date_peremption expiration date_expiration perime_le dlu", false, CELL_DATE, AT(stock_lot, expires_on)},
};

static const struct register_column partners[] = {
	{"name", "nom association organisme structure denomination", REQUIRED, CELL_TEXT, AT(partner, name)},
	{"region", "reg code_region", REQUIRED, CELL_AREA, AT(partner, region)},
	{"insee", ALSO_INSEE, false, CELL_INSEE, AT(partner, insee)},
	{"audience", "public publics public_cible", false, CELL_TEXT, AT(partner, audience)},
	{"languages", ALSO_LANGUAGES, false, CELL_TEXT, AT(partner, languages)},
	{"email", ALSO_MAIL, false, CELL_TEXT, AT(partner, email)},
};

static const struct register_column visits[] = {
	{"visit_id", "id_visite numero_visite reference_visite visite id_rdv numero_rdv reference_rdv rdv id_rendez_vous "
		"numero_rendez_vous reference_rendez_vous rendez_vous", REQUIRED, CELL_TEXT,
		AT(register_visit, visit.visit_id)},
	{"service_id", ALSO_SERVICE, REQUIRED, CELL_KEY, AT(register_visit, visit.service_id)},
	{"staff_id", "personnel id_personnel professionnel medecin intervenant praticien agenda", REQUIRED, CELL_TEXT, AT(register_visit, visit.staff_id)},
	{"start", "debut date_debut date_heure date_heure_debut date_visite date_rdv date_rendez_vous date jour", REQUIRED, CELL_TEXT,
		AT(register_visit, start_text)},
	{"time", "heure heure_debut heure_visite heure_rdv heure_rendez_vous", false, CELL_TEXT, AT(register_visit, time_text)},
	{"end", "fin date_fin heure_fin date_heure_fin", false, CELL_TEXT, AT(register_visit, end_text)},
	{"minutes", "duree duree_minutes duree_min duree_en_minutes", false, CELL_INT, AT(register_visit, minutes), .min = 1, .max = 1440},
	{"person_ref", ALSO_PERSON, REQUIRED, CELL_TEXT, AT(register_visit, visit.person_ref)},
	{"type", "type_visite motif nature code_visite type_examen", REQUIRED, CELL_TEXT, AT(register_visit, visit.type)},
	{"due", "echeance date_echeance date_limite limite", false, CELL_DATE, AT(register_visit, visit.due)},
	{"postponed_before", "reportee deja_reportee reportee_avant report", false, CELL_BOOL, AT(register_visit, visit.postponed_before)},
	{"centre_id", ALSO_CENTRE " lieu site", false, CELL_TEXT, AT(register_visit, visit.place)},
	{"status", "statut etat", false, CELL_WORD, AT(register_visit, status), .words = visit_status_names, .also = visit_status_also},
};

#undef AT
#undef REQUIRED
#undef ALSO_SERVICE
#undef ALSO_CENTRE
#undef ALSO_INSEE
#undef ALSO_LAT
#undef ALSO_LON
#undef ALSO_MAIL
#undef ALSO_SIRET
#undef ALSO_HOURS
#undef ALSO_POSTS
#undef ALSO_PERSON
#undef ALSO_LOT
#undef ALSO_LANGUAGES

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
