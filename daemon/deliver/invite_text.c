/* SPDX-License-Identifier: Apache-2.0 */
/* invite_text: rows of label and value first, then the same rows as plain text, HTML and DESCRIPTION. */
#include "invite_text.h"

#include <planvax/base/buf.h>
#include <planvax/base/text.h>

#include <string.h>

#define ROWS_MAX 12
#define NAME_MAX_BYTES 120

struct row {
	const char *label, *value;
};

struct rows {
	struct row items[ROWS_MAX];
	size_t n;
};

static char *take(struct buf *b, struct arena *arena)
{
	char *text = arena_strdup(arena, buf_str(b));

	buf_release(b);
	return text;
}

/* "vendredi 14 janvier 2022" */
static void put_date(struct date day, struct buf *out)
{
	static const char *const days[] = {"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"};
	static const char *const months[] = {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
		"septembre", "octobre", "novembre", "décembre"};
	struct date_parts p = date_split(day);

	buf_printf(out, "%s %d%s %s %d", days[date_weekday(day)], p.day, p.day == 1 ? "er" : "", months[p.month - 1], p.year);
}

/* "14/01/2022" */
static void put_short_date(struct date day, struct buf *out)
{
	struct date_parts p = date_split(day);

	buf_printf(out, "%02d/%02d/%04d", p.day, p.month, p.year);
}

/* "de 09:00 à 12:30" */
static void put_hours(const struct zone *zone, const struct plan_offer *o, struct buf *out)
{
	struct zone_local from = zone_to_local(zone, o->start), to = zone_to_local(zone, o->end);

	buf_printf(out, "de %02d:%02d à %02d:%02d", from.second / 3600, from.second / 60 % 60, to.second / 3600, to.second / 60 % 60);
}

static const char *commune_name(const struct snapshot *s, const char *insee)
{
	for (size_t i = 0; insee && i < s->n_communes; i++)
		if (!strcmp(s->communes[i].insee, insee))
			return s->communes[i].name;
	return NULL;
}

/* Appends a name on one line, of bounded length. */
static void put_name(const char *name, struct buf *out)
{
	size_t len = strlen(name);

	if (len > NAME_MAX_BYTES)
		for (len = NAME_MAX_BYTES; len > 0 && ((unsigned char)name[len] & 0xc0) == 0x80;)
			len--;
	for (size_t i = 0; i < len; i++)
		buf_putc(out, (unsigned char)name[i] < 0x20 || name[i] == 0x7f ? ' ' : name[i]);
}

static const char *commune_of(const struct snapshot *s, const struct plan_offer *o)
{
	int32_t centre = o->centre_id ? snapshot_find_centre(s, o->centre_id) : -1;
	int32_t company = o->siret ? snapshot_find_company(s, o->siret) : -1;
	const char *name = commune_name(s, o->insee);

	if (!name && centre >= 0)
		name = commune_name(s, s->centres[centre].insee);
	if (!name && company >= 0)
		name = commune_name(s, s->companies[company].insee);
	return name;
}

/* "Centre de Rennes, Rennes"; what left the registers goes by its identifier. */
static char *place_of(const struct snapshot *s, const struct plan_offer *o, struct arena *arena)
{
	int32_t centre = o->centre_id ? snapshot_find_centre(s, o->centre_id) : -1;
	int32_t company = o->siret ? snapshot_find_company(s, o->siret) : -1;
	const char *name = centre >= 0 ? s->centres[centre].name : company >= 0 ? s->companies[company].name : NULL;
	const char *commune = commune_of(s, o);
	struct buf b = BUF_INIT;

	if (!name)
		name = o->centre_id ? o->centre_id : o->siret;
	if (name)
		put_name(name, &b);
	if (commune && (!name || strcmp(commune, name) != 0)) {
		buf_puts(&b, name ? ", " : "");
		put_name(commune, &b);
	}
	if (b.len == 0)
		buf_puts(&b, "lieu à préciser");
	return take(&b, arena);
}

static const char *noun_of(const struct plan_offer *o)
{
	return o->type == OFFER_DAY ? "journée de vaccination" : o->vehicle_id ? "arrêt du vaccibus" : "séance de vaccination";
}

static const char *role_word(enum staff_role role, bool several)
{
	switch (role) {
	case STAFF_PHYSICIAN:
		return several ? "médecins" : "médecin";
	case STAFF_NURSE:
		return several ? "infirmiers" : "infirmier";
	case STAFF_ASSISTANT:
		return several ? "assistants" : "assistant";
	case STAFF_DRIVER:
		return several ? "conducteurs" : "conducteur";
	case STAFF_MEDIATOR:
		return several ? "médiateurs" : "médiateur";
	case STAFF_INTERPRETER:
		return several ? "interprètes" : "interprète";
	}
	return "";
}

/* "1 médecin, 2 infirmiers" */
static char *team_of(const struct snapshot *s, const struct plan_offer *o, struct arena *arena)
{
	int counts[STAFF_INTERPRETER + 1] = {0};
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < o->n_staff; i++) {
		int32_t at = snapshot_find_staff(s, o->staff[i]);

		if (at >= 0)
			counts[s->staff[at].role]++;
	}
	for (int role = 0; role <= STAFF_INTERPRETER; role++)
		if (counts[role] > 0)
			buf_printf(&b, "%s%d %s", b.len > 0 ? ", " : "", counts[role], role_word((enum staff_role)role, counts[role] > 1));
	return take(&b, arena);
}

/* "COMIRNATY rappel : 12 ; SPIKEVAX primo-vaccination : 3" */
static char *doses_of(const struct plan_offer *o, struct arena *arena)
{
	static const char *const kinds[] = {"primo-vaccination", "dose complémentaire", "rappel"};
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < o->n_doses; i++) {
		const char *key = o->doses[i].key, *slash = strchr(key, '/');
		int kind;

		if (o->doses[i].doses <= 0)
			continue;
		buf_puts(&b, b.len > 0 ? " ; " : "");
		buf_put(&b, key, slash ? (size_t)(slash - key) : strlen(key));
		if (slash && names_value(dose_kind_names, slash + 1, strlen(slash + 1), &kind))
			buf_printf(&b, " %s", kinds[kind]);
		buf_printf(&b, " : %d", o->doses[i].doses);
	}
	return take(&b, arena);
}

static const char *to_bring(const struct plan_offer *o)
{
	if (o->type == OFFER_DAY)
		return "votre carte professionnelle (CPS)";
	if (o->vehicle_id)
		return "votre carte professionnelle (CPS) ; doses, matériel et trousse d'urgence sont à bord du vaccibus";
	return "les doses en glacière (2 à 8 °C, relevé de température), le matériel d'injection, la trousse d'urgence, un poste de "
		"saisie et votre carte professionnelle (CPS)";
}

static void add_row(struct rows *rows, const char *label, const char *value)
{
	if (value[0] && rows->n < ROWS_MAX)
		rows->items[rows->n++] = (struct row){label, value};
}

static char *when_text(const struct snapshot *s, const struct plan_offer *o, struct arena *arena)
{
	struct buf b = BUF_INIT;

	put_hours(s->zone, o, &b);
	buf_printf(&b, " (heure locale, %s)", zone_name(s->zone));
	return take(&b, arena);
}

static char *date_text(struct date day, struct arena *arena)
{
	struct buf b = BUF_INIT;

	put_date(day, &b);
	return take(&b, arena);
}

/* Where and when it was before. */
static char *before_text(const struct invite_text_input *in, struct arena *arena)
{
	struct buf b = BUF_INIT;

	put_date(in->before->date, &b);
	buf_puts(&b, ", ");
	put_hours(in->snapshot->zone, in->before, &b);
	buf_printf(&b, ", %s", place_of(in->snapshot, in->before, arena));
	return take(&b, arena);
}

static char *expected_text(const struct invite_text_input *in, struct arena *arena)
{
	struct buf b = BUF_INIT;

	if (in->offer->expected > 0) {
		buf_printf(&b, "%d (prévision du ", in->offer->expected);
		put_short_date(zone_to_local(in->snapshot->zone, in->now).date, &b);
		buf_puts(&b, ")");
	}
	return take(&b, arena);
}

static void fill_rows(const struct invite_text_input *in, const char *place, struct arena *arena, struct rows *rows)
{
	const struct plan_offer *o = in->offer;

	add_row(rows, "Objet", noun_of(o));
	add_row(rows, "Date", date_text(o->date, arena));
	add_row(rows, "Horaire", when_text(in->snapshot, o, arena));
	add_row(rows, "Lieu", place);
	if (in->kind == INVITE_TEXT_CHANGED && in->before)
		add_row(rows, "Auparavant", before_text(in, arena));
	add_row(rows, "Votre rôle", in->role == STAFF_NURSE ? "infirmier ou infirmière" : role_word(in->role, false));
	if (in->kind == INVITE_TEXT_REMOVED || in->kind == INVITE_TEXT_LEFT)
		return;
	add_row(rows, "Équipe", team_of(in->snapshot, o, arena));
	if (o->posts > 0)
		add_row(rows, "Postes de vaccination", arena_printf(arena, "%d", o->posts));
	add_row(rows, "Personnes attendues", expected_text(in, arena));
	add_row(rows, "Doses prévues", doses_of(o, arena));
	add_row(rows, "À apporter", to_bring(o));
}

static const char *opening(enum invite_text_kind kind)
{
	switch (kind) {
	case INVITE_TEXT_NEW:
		return "Votre participation est demandée. Merci d'accepter ou de refuser cette invitation depuis votre agenda.";
	case INVITE_TEXT_CHANGED:
		return "La date, l'horaire ou le lieu ont changé. Merci de confirmer votre participation depuis votre agenda.";
	case INVITE_TEXT_REMOVED:
		return "Ce rendez-vous est annulé et peut être retiré de votre agenda.";
	case INVITE_TEXT_LEFT:
		return "Votre participation n'est plus demandée ; ce rendez-vous peut être retiré de votre agenda.";
	}
	return "";
}

static const char *prefix_of(enum invite_text_kind kind)
{
	switch (kind) {
	case INVITE_TEXT_NEW:
		return "Invitation";
	case INVITE_TEXT_CHANGED:
		return "Modification";
	case INVITE_TEXT_REMOVED:
	case INVITE_TEXT_LEFT:
		return "Annulation";
	}
	return "";
}

#define CLOSING "Message automatique, sans donnée nominative."

static char *plain_text(const struct invite_text_input *in, const struct rows *rows, struct arena *arena)
{
	struct buf b = BUF_INIT;

	buf_printf(&b, "Bonjour,\n\n%s\n\n", opening(in->kind));
	for (size_t i = 0; i < rows->n; i++)
		buf_printf(&b, "%s : %s\n", rows->items[i].label, rows->items[i].value);
	buf_puts(&b, "\n");
	if (in->snapshot->service->name) {
		put_name(in->snapshot->service->name, &b);
		buf_puts(&b, "\n");
	}
	buf_puts(&b, CLOSING "\n");
	return take(&b, arena);
}

static char *html_text(const struct invite_text_input *in, const char *subject, const struct rows *rows, struct arena *arena)
{
	struct buf b = BUF_INIT;

	buf_puts(&b, "<!DOCTYPE html>\n<html lang=\"fr\">\n<head><meta charset=\"utf-8\"><title>");
	buf_put_markup(&b, subject);
	buf_puts(&b, "</title></head>\n<body>\n<p>Bonjour,</p>\n<p>");
	buf_put_markup(&b, opening(in->kind));
	buf_puts(&b, "</p>\n<table cellpadding=\"4\">\n");
	for (size_t i = 0; i < rows->n; i++) {
		buf_puts(&b, "<tr><th align=\"left\" valign=\"top\" scope=\"row\">");
		buf_put_markup(&b, rows->items[i].label);
		buf_puts(&b, "</th><td>");
		buf_put_markup(&b, rows->items[i].value);
		buf_puts(&b, "</td></tr>\n");
	}
	buf_puts(&b, "</table>\n<p>");
	if (in->snapshot->service->name) {
		struct buf name = BUF_INIT;

		put_name(in->snapshot->service->name, &name);
		buf_put_markup(&b, buf_str(&name));
		buf_puts(&b, "<br>\n");
		buf_release(&name);
	}
	buf_puts(&b, CLOSING "</p>\n</body>\n</html>\n");
	return take(&b, arena);
}

static char *description_text(const struct invite_text_input *in, const struct rows *rows, struct arena *arena)
{
	struct buf b = BUF_INIT;

	buf_puts(&b, opening(in->kind));
	for (size_t i = 0; i < rows->n; i++)
		buf_printf(&b, "\n%s : %s", rows->items[i].label, rows->items[i].value);
	return take(&b, arena);
}

void invite_text_write(const struct invite_text_input *in, struct arena *arena, struct invite_text *out)
{
	const char *place = place_of(in->snapshot, in->offer, arena), *commune = commune_of(in->snapshot, in->offer);
	struct buf subject = BUF_INIT, summary = BUF_INIT;
	struct rows rows = {.n = 0};

	fill_rows(in, place, arena, &rows);
	buf_printf(&subject, "%s : %s du ", prefix_of(in->kind), noun_of(in->offer));
	put_short_date(in->offer->date, &subject);
	buf_puts(&subject, ", ");
	put_name(commune ? commune : place, &subject);
	/* The word that calendars show is that of a medical visit (collective here). */
	buf_printf(&summary, "Visite médicale : %s, ", noun_of(in->offer));
	put_name(commune ? commune : place, &summary);
	out->subject = take(&subject, arena);
	out->summary = take(&summary, arena);
	out->location = place;
	out->plain = plain_text(in, &rows, arena);
	out->html = html_text(in, out->subject, &rows, arena);
	out->description = description_text(in, &rows, arena);
}
