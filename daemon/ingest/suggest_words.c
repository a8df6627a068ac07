/* SPDX-License-Identifier: Apache-2.0 */
/* suggest_words: see suggest_words.h. */
#include "suggest_words.h"

#include <stddef.h>
#include <string.h>

#include "mapping_text.h"

static const struct {
	const char *code, *words;
} types[] = {
	{"VIP_INITIALE", "visite d'information et de prévention initiale, visite d'information et de prévention (VIP) initiale, VIP initiale, VIP initial, "
		"VIPI, VIP I, VIP embauche, visite d'embauche, visite médicale d'embauche, visite initiale, première visite, embauche"},
	{"VIP_PERIODIQUE", "visite d'information et de prévention périodique, visite d'information et de prévention, VIP périodique, VIPP, VIP P, "
		"VIP renouvellement, renouvellement VIP, visite périodique, visite médicale périodique, entretien infirmier, entretien santé travail, ESTI, VIP, périodique"},
	{"VIP_PERIODIQUE_SIA", "suivi individuel adapté, suivi adapté, VIP périodique SIA, VIP SIA, visite SIA, VIP adaptée, VIP nuit, travailleur de nuit, SIA"},
	{"APTITUDE_INITIAL_SIR", "examen médical d'aptitude à l'embauche, examen d'aptitude à l'embauche, examen médical d'aptitude initial, "
		"examen d'aptitude initial, EMA initial, EMA initiale, EMAI, EMA embauche, aptitude initiale, aptitude embauche, SIR initial, SIR embauche, "
		"embauche SIR, embauche SMR, visite d'embauche SIR"},
	{"APTITUDE_PERIODIQUE_SIR", "examen médical d'aptitude périodique, examen d'aptitude périodique, examen médical d'aptitude, examen d'aptitude, "
		"EMA périodique, EMAP, EMA renouvellement, renouvellement EMA, aptitude périodique, visite périodique SIR, visite périodique SMR, SIR périodique, "
		"visite SIR, EMA, SIR, SMR"},
	{"APTITUDE_ANNUEL_CAT_A", "rayonnements ionisants catégorie A, aptitude annuelle catégorie A, annuelle catégorie A, catégorie A, cat A"},
	{"INTERMEDIAIRE_SIR", "visite intermédiaire SIR, visite intermédiaire, entretien intermédiaire, intermédiaire SIR, intermédiaire"},
	{"PREREPRISE", "visite de pré-reprise, visite de préreprise, examen de pré-reprise, examen de préreprise, pré-reprise, préreprise"},
	{"REPRISE", "visite de reprise, examen de reprise, reprise du travail, reprise"},
	{"MI_CARRIERE", "visite médicale de mi-carrière, visite de mi-carrière, mi-carrière"},
	{"POST_EXPOSITION", "visite post-exposition, visite post-professionnelle, visite de fin de carrière, post-exposition, fin de carrière, fin d'exposition"},
	{"A_LA_DEMANDE", "visite à la demande, à la demande, demande du salarié, demande salarié, demande de l'employeur, demande employeur, demande du médecin, "
		"demande médecin, visite occasionnelle, occasionnelle"},
	{"SAISONNIER_EMBAUCHE", "examen d'embauche saisonnier, embauche saisonnier, saisonnier, saisonnière"},
	{"INTERIM_VIP", "visite de travailleur temporaire, VIP intérim, VIP intérimaire, visite intérimaire, travailleur temporaire, intérimaire, intérim"},
};

/* Words of a name that end it: what follows explains. */
static size_t name_length(const char *name)
{
	return strcspn(name, ",;(");
}

void suggest_words_of(const char *code, const char *name, struct buf *out)
{
	size_t len = name != NULL ? name_length(name) : 0;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].code, code) == 0) {
			buf_puts(out, types[i].words);
			return;
		}
	}
	while (len > 0 && name[len - 1] == ' ')
		len--;
	buf_put(out, name, len);
	if (len > 0)
		buf_puts(out, ", ");
	for (const char *c = code; *c != '\0'; c++)
		buf_putc(out, *c == '_' ? ' ' : *c);
}

static bool in_list(const char *const *list, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i], word) == 0)
			return true;
	}
	return false;
}

bool suggest_words_common(const char *folded)
{
	static const char *const words[] = {
		"absence", "absent", "absente", "action", "administratif", "administrative", "adaptation", "agenda", "annuel", "annuelle", "annule", "annulee", "apres",
		"aptitude", "atelier", "audiogramme", "audiometrie", "avec", "avant", "bilan", "busy", "bureau", "cabinet", "cellule", "centre", "chsct", "clinique", "commission",
		"conge", "conges", "conseil", "consultation", "controle", "cse", "cssct", "dejeuner", "deplacement", "deplacements", "des", "disponible", "dossier", "dossiers", "double", "due",
		"echange", "embauche", "employeur", "entreprise", "entretien", "equipe", "ergonomie", "ergonome", "etude", "examen", "examens", "exterieur", "ferie", "ferme", "formation", "formations",
		"groupe", "individuel", "individuelle", "indisponible", "infirmier", "infirmiere", "initial", "initiale", "inaptitude", "intermediaire", "intervention", "jour", "libre", "lieu", "lot", "matin",
		"maternite", "medecin", "medical", "medicale", "medicaux", "meeting", "midi", "mobile", "motif", "nuit", "occupe", "out", "pause", "periodique", "permanence", "plage", "planning", "point", "poste",
		"preparation", "prevention", "prive", "psychologue", "rappel", "rdv", "redaction", "rendez", "repas", "repos", "reprise", "reserve", "reservee", "reunion", "reunions", "risque", "risques",
		"salarie", "salle", "sante", "sans", "secretariat", "seance", "seminaire", "service", "site", "soir", "sortie", "staff", "stage", "suivi", "sur", "teleconsultation", "telephone", "telephonique", "teletravail",
		"temporaire", "test", "trajet", "travail", "urgence", "urgent", "vacances", "vaccination", "vaccin", "vide", "visio", "visite", "visites", "visiotest", "vous",
	};

	return in_list(words, sizeof(words) / sizeof(words[0]), folded);
}

int suggest_words_label(const char *folded)
{
	static const char *const person[] = {
		"dossier", "matricule", "salarie", "salariee", "patient", "patiente", "personne", "person", "beneficiaire", "travailleur", "agent", "ref", "reference", "id", "identifiant", "numero",
		"num", "n", "no", "nip", "ipp", "employee", "code salarie", "id salarie", "sal", "pat", "dos", "mat",
	};
	static const char *const other[] = {
		"siret", "siren", "rpps", "adeli", "finess", "tel", "telephone", "mobile", "fixe", "port", "portable", "fax", "adherent", "entreprise", "societe", "client", "facture", "nir", "nss", "ss",
		"insee", "secu", "securite sociale", "salle", "porte", "bureau", "code", "digicode", "cp", "duree", "minutes", "min", "naissance", "ne le", "nee le", "ddn", "reunion", "meeting", "conference",
		"poste", "etage", "box", "cabinet", "rdv", "rue", "avenue", "bp", "cedex", "lot", "page", "version", "echeance",
	};

	if (in_list(other, sizeof(other) / sizeof(other[0]), folded))
		return -1;
	return in_list(person, sizeof(person) / sizeof(person[0]), folded);
}
