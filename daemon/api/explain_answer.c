/* SPDX-License-Identifier: Apache-2.0 */
/* explain_answer: what the plan document says, told for people. */
#include "explain_answer.h"

#include <planvax/rules/postponement.h>

#include <string.h>

static const struct name status_texts[] = {
	{"une dose est proposée", PROPOSAL_PROPOSE},
	{"le schéma est à vérifier avec la personne", PROPOSAL_VERIFY},
	{"une dose lui est proposée à un autre rendez-vous", PROPOSAL_PROPOSED_ELSEWHERE},
	{"aucune dose n'est due à cette date", PROPOSAL_NOT_DUE},
	{"la personne n'est pas éligible à cette date", PROPOSAL_INELIGIBLE},
	{"le schéma vaccinal est complet", PROPOSAL_COMPLETE},
	{"on ne peut pas conclure : un renseignement manque", PROPOSAL_UNDETERMINED},
	{"une dose est due, mais le centre n'en a plus pour ce jour", PROPOSAL_NO_DOSE},
	{"une dose est due, mais la visite n'en laisse pas le temps", PROPOSAL_NO_TIME},
	{NULL, 0},
};

static const struct name kind_texts[] = {
	{"primovaccination", DOSE_PRIMARY}, {"dose additionnelle", DOSE_ADDITIONAL}, {"rappel", DOSE_BOOSTER}, {NULL, 0},
};

static const struct name reason_texts[] = {
	{"aucun lieu d'accueil à distance acceptable", UNSERVED_DISTANCE},
	{"les séances possibles sont complètes", UNSERVED_CAPACITY},
	{"il manque des doses", UNSERVED_DOSES},
	{"il manque du personnel disponible", UNSERVED_STAFF},
	{"aucun créneau ne tient dans les heures d'ouverture", UNSERVED_HOURS},
	{"le délai de prévenance ne peut plus être tenu", UNSERVED_NOTICE},
	{"des séances épinglées prennent la place", UNSERVED_PINNED},
	{"l'entreprise est trop petite pour recevoir une séance", UNSERVED_TOO_SMALL},
	{"aucune entreprise proche ne peut accueillir", UNSERVED_NO_HOST},
	{"la demande attendue ne justifie pas un déplacement", UNSERVED_NOT_WORTH},
	{NULL, 0},
};

const char *explain_answer_reason(enum unserved_reason reason)
{
	return names_word(reason_texts, (int)reason);
}

/* ---- small parts ---- */

/* "12/01/2022" */
static void put_day(struct buf *out, struct date day)
{
	struct date_parts p;

	if (date_is_none(day))
		return;
	p = date_split(day);
	buf_printf(out, "%02d/%02d/%04d", p.day, p.month, p.year);
}

/* "12/01/2022 à 09:30" */
static void put_moment(struct buf *out, const struct zone *zone, struct instant at)
{
	struct zone_local local = zone_to_local(zone, at);

	put_day(out, local.date);
	buf_printf(out, " à %02d:%02d", local.second / 3600, local.second / 60 % 60);
}

/* "3,4 km" */
static void put_km(struct buf *out, int32_t metres)
{
	buf_printf(out, "%d,%d km", metres / 1000, metres % 1000 / 100);
}

static void put_clock(struct buf *out, const struct zone *zone, struct instant at)
{
	struct zone_local local = zone_to_local(zone, at);

	buf_printf(out, "%02d:%02d", local.second / 3600, local.second / 60 % 60);
}

static void date_member(struct json_writer *w, const char *key, struct date day)
{
	char text[11];

	json_text_member(w, key, date_is_none(day) ? NULL : date_format(day, text));
}

static void instant_member(struct json_writer *w, const char *key, const struct zone *zone, struct instant at)
{
	char text[26];

	json_text_member(w, key, instant_format_offset(at, zone_offset_s(zone, at), text));
}

static const struct plan_offer *find_offer(const struct plan_service *plan, const char *id)
{
	for (size_t i = 0; i < plan->n_days; i++)
		if (!strcmp(plan->days[i].id, id))
			return &plan->days[i];
	for (size_t i = 0; i < plan->n_sessions; i++)
		if (!strcmp(plan->sessions[i].id, id))
			return &plan->sessions[i];
	return NULL;
}

static const char *type_word(const struct plan_offer *o)
{
	return o->type == OFFER_DAY ? "day" : o->vehicle_id ? "stop" : "session";
}

/* "Journée D1 du 12/01/2022, 09:00-17:00, centre C1" */
static void tell_offer(struct explain_answer *a, const struct plan_offer *o)
{
	buf_printf(a->text, "%s %s du ", o->type == OFFER_DAY ? "Journée de vaccination" : o->vehicle_id ? "Étape du vaccibus" : "Séance sur site", o->id);
	put_day(a->text, o->date);
	buf_puts(a->text, ", ");
	put_clock(a->text, a->zone, o->start);
	buf_putc(a->text, '-');
	put_clock(a->text, a->zone, o->end);
	if (o->centre_id)
		buf_printf(a->text, ", centre %s", o->centre_id);
	else if (o->siret)
		buf_printf(a->text, ", entreprise %s", o->siret);
}

static void put_offer(struct explain_answer *a, const struct plan_offer *o)
{
	struct json_writer *w = a->w;

	json_begin_object(w);
	json_text_member(w, "id", o->id);
	json_text_member(w, "type", type_word(o));
	date_member(w, "date", o->date);
	instant_member(w, "start", a->zone, o->start);
	instant_member(w, "end", a->zone, o->end);
	json_text_member(w, "centre_id", o->centre_id);
	json_text_member(w, "siret", o->siret);
	json_text_member(w, "vehicle", o->vehicle_id);
	json_int_member(w, "capacity", o->capacity);
	json_int_member(w, "expected", o->expected);
	json_int_member(w, "people", (int64_t)o->n_people);
	json_int_member(w, "companies", (int64_t)o->n_companies);
	json_bool_member(w, "pinned", o->pinned);
	json_end_object(w);
}

/* ---- proposals ---- */

/* The dose after this one, which nothing reserves. */
static void tell_next(struct explain_answer *a, const struct plan_next *next)
{
	const struct plan_offer *o = next->offer_id ? find_offer(a->plan, next->offer_id) : NULL;

	buf_printf(a->text, "  Dose suivante : dose %d (%s), à partir du ", next->dose, names_word(kind_texts, (int)next->dose_kind));
	put_day(a->text, next->from);
	if (!date_is_none(next->to)) {
		buf_puts(a->text, " et jusqu'au ");
		put_day(a->text, next->to);
	}
	buf_puts(a->text, o ? " ; possible (sans réservation) : " : " ; ailleurs que dans les offres de ce plan");
	if (o)
		tell_offer(a, o);
	buf_puts(a->text, ".\n");
}

/* The legal ground, of what is proposed alone: who may be offered nothing has it among the reasons. */
static bool find_ground(const struct explain_answer *a, const struct plan_proposal *p, struct plan_why *ground)
{
	return a->ground && p->person_ref && p->antigen && a->ground(a->arg, p, ground);
}

static void tell_proposal(struct explain_answer *a, const struct plan_proposal *p)
{
	struct plan_why ground;

	buf_printf(a->text, "Visite %s du ", p->visit_id);
	put_day(a->text, p->date);
	buf_printf(a->text, " : %s", names_word(status_texts, (int)p->status));
	if (p->antigen)
		buf_printf(a->text, " : %s", p->antigen);
	if (p->product)
		buf_printf(a->text, ", %s", p->product);
	if (p->dose)
		buf_printf(a->text, ", dose %d (%s)", p->dose, names_word(kind_texts, (int)p->dose_kind));
	buf_puts(a->text, p->place == PLACE_VISIT ? ", pendant la visite.\n" : ".\n");
	const struct plan_offer *o = p->offer_id ? find_offer(a->plan, p->offer_id) : NULL;
	if (o) {
		buf_puts(a->text, "  Lieu : ");
		tell_offer(a, o);
		buf_puts(a->text, ".\n");
	}
	for (size_t i = 0; i < p->n_why; i++) {
		buf_printf(a->text, "  - %s", p->why[i].rule);
		if (!date_is_none(p->why[i].date)) {
			buf_puts(a->text, ", ");
			put_day(a->text, p->why[i].date);
		}
		if (p->why[i].source)
			buf_printf(a->text, " (%s)", p->why[i].source);
		buf_putc(a->text, '\n');
	}
	if (find_ground(a, p, &ground)) {
		buf_printf(a->text, "  Fondement : %s (règle %s", ground.source, ground.rule);
		if (!date_is_none(ground.date)) {
			buf_puts(a->text, ", depuis le ");
			put_day(a->text, ground.date);
		}
		buf_puts(a->text, ").\n");
	}
	if (p->next)
		tell_next(a, p->next);
}

static void put_next(struct json_writer *w, const struct plan_next *next)
{
	json_put_key(w, "next");
	json_begin_object(w);
	date_member(w, "from", next->from);
	date_member(w, "to", next->to);
	json_int_member(w, "dose", next->dose);
	json_text_member(w, "dose_kind", names_word(dose_kind_names, (int)next->dose_kind));
	json_text_member(w, "offer", next->offer_id);
	json_end_object(w);
}

static void put_why(struct json_writer *w, const struct plan_why *why)
{
	json_begin_object(w);
	json_text_member(w, "rule", why->rule);
	json_text_member(w, "source", why->source);
	date_member(w, "date", why->date);
	json_end_object(w);
}

static void put_proposal(struct explain_answer *a, const struct plan_proposal *p)
{
	struct json_writer *w = a->w;
	struct plan_why ground;
	static const char *const places[] = {[PLACE_VISIT] = "visit", [PLACE_DAY] = "day:", [PLACE_SESSION] = "session:"};

	json_begin_object(w);
	json_text_member(w, "visit", p->visit_id);
	json_text_member(w, "person", p->person_ref);
	date_member(w, "date", p->date);
	json_text_member(w, "status", names_word(proposal_status_names, (int)p->status));
	json_text_member(w, "antigen", p->antigen);
	json_text_member(w, "product", p->product);
	if (p->dose) {
		json_int_member(w, "dose", p->dose);
		json_text_member(w, "dose_kind", names_word(dose_kind_names, (int)p->dose_kind));
	}
	if (p->place != PLACE_NONE) {
		struct buf place = BUF_INIT;

		buf_printf(&place, "%s%s", places[p->place], p->offer_id && p->place != PLACE_VISIT ? p->offer_id : "");
		json_text_member(w, "place", buf_str(&place));
		buf_release(&place);
	}
	json_put_key(w, "why");
	json_begin_array(w);
	for (size_t i = 0; i < p->n_why; i++)
		put_why(w, &p->why[i]);
	json_end_array(w);
	if (find_ground(a, p, &ground)) {
		json_put_key(w, "ground");
		put_why(w, &ground);
	}
	if (p->next)
		put_next(w, p->next);
	json_end_object(w);
}

/* What employer and worker are told once the physician has decided. */
static void tell_notices(struct explain_answer *a, const struct plan_postponed *p)
{
	static const char *const labels[] = {[POSTPONEMENT_EMPLOYER] = "à l'employeur", [POSTPONEMENT_WORKER] = "au salarié"};
	const struct postponement_notice notice = {NULL, p->due, p->new_due, p->regime, false};

	for (int reader = POSTPONEMENT_EMPLOYER; reader <= POSTPONEMENT_WORKER; reader++) {
		buf_printf(a->text, "  Si le médecin du travail le décide, avis %s : ", labels[reader]);
		postponement_tell(&notice, (enum postponement_reader)reader, a->text);
		buf_putc(a->text, '\n');
	}
}

/* What else became of the visit: moved, displaced by an offer, postponed. */
static void add_fate(struct explain_answer *a, const char *visit_id)
{
	for (size_t i = 0; i < a->plan->n_moves; i++) {
		const struct plan_move *m = &a->plan->moves[i];

		if (strcmp(m->visit_id, visit_id) != 0)
			continue;
		buf_puts(a->text, "  Visite déplacée du ");
		put_moment(a->text, a->zone, m->from);
		buf_puts(a->text, " au ");
		put_moment(a->text, a->zone, m->to);
		buf_printf(a->text, " (%s).\n", m->staff_id);
		json_put_key(a->w, "moved");
		json_begin_object(a->w);
		instant_member(a->w, "from", a->zone, m->from);
		instant_member(a->w, "to", a->zone, m->to);
		json_text_member(a->w, "staff", m->staff_id);
		json_end_object(a->w);
	}
	for (size_t i = 0; i < a->plan->n_postponed; i++) {
		const struct plan_postponed *p = &a->plan->postponed[i];

		if (strcmp(p->visit_id, visit_id) != 0)
			continue;
		buf_puts(a->text, "  Visite reportée : échéance du ");
		put_day(a->text, p->due);
		buf_puts(a->text, " portée au ");
		put_day(a->text, p->new_due);
		buf_printf(a->text, " (%s).\n", p->regime);
		tell_notices(a, p);
		json_put_key(a->w, "postponed");
		json_begin_object(a->w);
		date_member(a->w, "due", p->due);
		date_member(a->w, "new_due", p->new_due);
		json_text_member(a->w, "regime", p->regime);
		json_end_object(a->w);
	}
}

bool explain_answer_visit(struct explain_answer *a, const char *visit_id, const struct visit *known)
{
	const struct plan_proposal *found = NULL;

	for (size_t i = 0; i < a->plan->n_proposals; i++)
		if (!strcmp(a->plan->proposals[i].visit_id, visit_id))
			found = &a->plan->proposals[i];
	if (known) {
		json_put_key(a->w, "visit");
		json_begin_object(a->w);
		json_text_member(a->w, "type", known->type);
		json_text_member(a->w, "staff", known->staff_id);
		instant_member(a->w, "start", a->zone, known->start);
		instant_member(a->w, "end", a->zone, known->end);
		date_member(a->w, "due", known->due);
		json_end_object(a->w);
	}
	json_put_key(a->w, "proposal");
	if (found) {
		tell_proposal(a, found);
		put_proposal(a, found);
	} else {
		json_put_null(a->w);
		buf_printf(a->text, "Visite %s : elle n'est pas dans la période planifiée.\n", visit_id);
	}
	add_fate(a, visit_id);
	return found || known;
}

bool explain_answer_person(struct explain_answer *a, const char *person_ref)
{
	bool found = false;

	json_put_key(a->w, "proposals");
	json_begin_array(a->w);
	for (size_t i = 0; i < a->plan->n_proposals; i++) {
		const struct plan_proposal *p = &a->plan->proposals[i];

		if (!p->person_ref || strcmp(p->person_ref, person_ref) != 0)
			continue;
		tell_proposal(a, p);
		put_proposal(a, p);
		found = true;
	}
	json_end_array(a->w);
	json_put_key(a->w, "offers");
	json_begin_array(a->w);
	for (size_t i = 0; i < a->plan->n_days + a->plan->n_sessions; i++) {
		const struct plan_offer *o = i < a->plan->n_days ? &a->plan->days[i] : &a->plan->sessions[i - a->plan->n_days];
		bool named = false;

		for (size_t k = 0; k < o->n_people; k++)
			named = named || !strcmp(o->people[k], person_ref);
		if (!named)
			continue;
		buf_puts(a->text, "Attendu(e) : ");
		tell_offer(a, o);
		buf_puts(a->text, ".\n");
		put_offer(a, o);
		found = true;
	}
	json_end_array(a->w);
	return found;
}

/* ---- companies and offers ---- */

static const struct plan_line *line_of(const struct plan_offer *o, const char *siret)
{
	for (size_t i = 0; i < o->n_companies; i++)
		if (!strcmp(o->companies[i].siret, siret))
			return &o->companies[i];
	return NULL;
}

bool explain_answer_company(struct explain_answer *a, const char *siret)
{
	bool found = false;

	json_put_key(a->w, "offers");
	json_begin_array(a->w);
	for (size_t i = 0; i < a->plan->n_days + a->plan->n_sessions; i++) {
		const struct plan_offer *o = i < a->plan->n_days ? &a->plan->days[i] : &a->plan->sessions[i - a->plan->n_days];
		const struct plan_line *line = line_of(o, siret);

		if (!line)
			continue;
		tell_offer(a, o);
		buf_printf(a->text, " : %d personnes attendues de l'entreprise, à ", line->expected);
		put_km(a->text, line->distance_m);
		buf_puts(a->text, ".\n");
		json_begin_object(a->w);
		json_int_member(a->w, "expected", line->expected);
		json_int_member(a->w, "distance_m", line->distance_m);
		json_put_key(a->w, "offer");
		put_offer(a, o);
		json_end_object(a->w);
		found = true;
	}
	json_end_array(a->w);
	json_put_key(a->w, "unserved");
	for (size_t i = 0; i < a->plan->n_unserved; i++) {
		const struct plan_unserved *u = &a->plan->unserved[i];

		if (strcmp(u->siret, siret) != 0)
			continue;
		buf_printf(a->text, "%d personnes attendues sans offre : %s.", u->expected, explain_answer_reason(u->reason));
		if (u->detail)
			buf_printf(a->text, " %s", u->detail);
		buf_putc(a->text, '\n');
		json_begin_object(a->w);
		json_int_member(a->w, "expected", u->expected);
		json_text_member(a->w, "reason", names_word(unserved_reason_names, (int)u->reason));
		json_text_member(a->w, "reason_text", explain_answer_reason(u->reason));
		json_text_member(a->w, "detail", u->detail);
		json_end_object(a->w);
		return true;
	}
	json_put_null(a->w);
	if (!found)
		buf_printf(a->text, "Entreprise %s : aucune demande attendue dans la période planifiée.\n", siret);
	return found;
}

static void put_tour(struct explain_answer *a, const struct plan_offer *o)
{
	for (size_t i = 0; i < a->plan->n_tours; i++) {
		const struct plan_tour *t = &a->plan->tours[i];

		for (size_t k = 0; k < t->n_stops; k++) {
			if (strcmp(t->stops[k].session_id, o->id) != 0)
				continue;
			buf_printf(a->text, "  Tournée du véhicule %s : étape %zu sur %zu, départ ", t->vehicle_id, k + 1, t->n_stops);
			put_clock(a->text, a->zone, t->depart);
			buf_puts(a->text, ", ");
			put_km(a->text, t->distance_m);
			buf_puts(a->text, " en tout.\n");
			json_put_key(a->w, "tour");
			json_begin_object(a->w);
			json_text_member(a->w, "vehicle", t->vehicle_id);
			json_int_member(a->w, "stop", (int64_t)k + 1);
			json_int_member(a->w, "stops", (int64_t)t->n_stops);
			instant_member(a->w, "depart", a->zone, t->depart);
			instant_member(a->w, "return", a->zone, t->back);
			json_int_member(a->w, "distance_m", t->distance_m);
			json_end_object(a->w);
		}
	}
}

bool explain_answer_offer(struct explain_answer *a, const char *offer_id)
{
	const struct plan_offer *o = find_offer(a->plan, offer_id);

	if (!o)
		return false;
	tell_offer(a, o);
	buf_printf(a->text, " : %d personnes attendues pour %d places, %zu entreprise(s), équipe de %zu.\n", o->expected, o->capacity,
		o->n_companies, o->n_staff);
	json_put_key(a->w, "offer");
	put_offer(a, o);
	json_put_key(a->w, "staff");
	json_begin_array(a->w);
	for (size_t i = 0; i < o->n_staff; i++)
		json_put_text(a->w, o->staff[i]);
	json_end_array(a->w);
	json_put_key(a->w, "lines");
	json_begin_array(a->w);
	for (size_t i = 0; i < o->n_companies; i++) {
		const struct plan_line *line = &o->companies[i];

		buf_printf(a->text, "  - %s : %d attendues, à ", line->siret, line->expected);
		put_km(a->text, line->distance_m);
		buf_putc(a->text, '\n');
		json_begin_object(a->w);
		json_text_member(a->w, "siret", line->siret);
		json_int_member(a->w, "expected", line->expected);
		json_int_member(a->w, "distance_m", line->distance_m);
		json_end_object(a->w);
	}
	json_end_array(a->w);
	for (size_t i = 0; i < o->n_doses; i++)
		buf_printf(a->text, "  - %s : %d doses\n", o->doses[i].key, o->doses[i].doses);
	if (o->n_displaced)
		buf_printf(a->text, "  Visites déplacées pour elle : %zu.\n", o->n_displaced);
	if (o->pinned)
		buf_puts(a->text, "  Épinglée.\n");
	put_tour(a, o);
	return true;
}
