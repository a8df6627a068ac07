/* SPDX-License-Identifier: Apache-2.0 */
/* move_sheet: moved visits as a table and as a calendar. */
#include "mime_part.h"

#include <planvax/base/alloc.h>
#include <planvax/base/text.h>
#include <planvax/deliver/move_sheet.h>

#include <stdlib.h>
#include <string.h>

#define SUMMARY "Visite médicale" /* never what it is for */
#define EXTRAS 5

/* ---- table ---- */

/* A spreadsheet must not take a cell for a formula. */
static void put_cell(const char *text, struct buf *out)
{
	bool formula = text && *text && strchr("=+-@\t\r", *text);

	if (!text)
		return;
	if (!formula && !strpbrk(text, ";\"\r\n")) {
		buf_puts(out, text);
		return;
	}
	buf_putc(out, '"');
	if (formula)
		buf_putc(out, '\'');
	for (; *text; text++) {
		if (*text == '"')
			buf_putc(out, '"');
		buf_putc(out, *text);
	}
	buf_putc(out, '"');
}

static void put_date(struct date day, struct buf *out)
{
	if (!date_is_none(day)) {
		struct date_parts p = date_split(day);

		buf_printf(out, "%02d/%02d/%04d", p.day, p.month, p.year);
	}
}

/* Two cells: date and time. */
static void put_moment(const struct zone *zone, struct instant at, struct buf *out)
{
	if (at.utc_s) {
		struct zone_local local = zone_to_local(zone, at);

		put_date(local.date, out);
		buf_printf(out, ";%02d:%02d", local.second / 3600, local.second / 60 % 60);
	} else {
		buf_putc(out, ';');
	}
}

static const char *state_word(const struct move_sheet_table *t, const struct move *m)
{
	switch (m->state) {
	case MOVE_OPEN:
		return move_is_overdue(m, t->now, t->after_s) ? "en retard" : "à faire";
	case MOVE_CLOSED:
		return m->reason == MOVE_REASON_CANCELLED ? "visite annulée" : "fait";
	case MOVE_WITHDRAWN:
		return "retiré : ne plus déplacer";
	case MOVE_STALE:
		return "périmé";
	case MOVE_CONFLICT:
		return "autre heure dans l'agenda";
	}
	return "";
}

static void put_why(const struct move *m, struct buf *out)
{
	struct buf why = BUF_INIT;

	if (m->kind == MOVE_POSTPONED)
		buf_printf(&why, "report possible (%s), le médecin décide", m->regime ? m->regime : "");
	else
		buf_puts(&why, "vaccination");
	if (m->offer_id)
		buf_printf(&why, ", %s", m->offer_id);
	put_cell(buf_str(&why), out);
	buf_release(&why);
}

static void put_line(const struct move_sheet_table *t, const struct move *m, struct buf *out)
{
	put_cell(m->visit_id, out);
	buf_putc(out, ';');
	put_cell(m->source, out);
	buf_putc(out, ';');
	put_cell(m->staff_id, out);
	buf_putc(out, ';');
	put_moment(t->zone, m->from, out);
	buf_putc(out, ';');
	put_moment(t->zone, m->to, out);
	buf_putc(out, ';');
	put_cell(m->to_staff_id, out);
	buf_putc(out, ';');
	put_date(m->new_due, out);
	buf_putc(out, ';');
	if (m->end.utc_s > m->start.utc_s)
		buf_put_int(out, (m->end.utc_s - m->start.utc_s) / 60);
	buf_putc(out, ';');
	put_cell(m->place, out);
	buf_putc(out, ';');
	put_cell(m->person_ref, out);
	buf_putc(out, ';');
	put_why(m, out);
	buf_printf(out, ";%d;", (int)m->version);
	put_cell(state_word(t, m), out);
	buf_putc(out, ';');
	put_moment(t->zone, m->before, out);
	buf_puts(out, "\r\n");
}

void move_sheet_csv(const struct move_sheet_table *t, struct buf *out)
{
	buf_puts(out, "\xEF\xBB\xBF"
		"visite;agenda;praticien;date actuelle;heure actuelle;nouvelle date;nouvelle heure;nouveau praticien;nouvelle échéance;"
		"durée (min);lieu;personne;motif;version du plan;état;date annoncée avant;heure annoncée avant\r\n");
	for (size_t i = 0; i < t->n; i++)
		put_line(t, &t->moves[i], out);
}

/* ---- calendar ---- */

static const struct move_sheet_names defaults = {.person = "X-PLANVAX-PERSON", .type = "CATEGORIES", .place = "LOCATION", .due = "X-PLANVAX-DUE"};

/* The original start of an instance from its text; false: it is a single event. */
static bool recurrence_of(const struct move *m, struct instant *at)
{
	struct date day;
	int64_t time;

	if (strlen(m->recurrence) != 16 || date_parse(m->recurrence, 8, &day) < 0 || text_int(m->recurrence + 9, 6, 0, 235959, &time) < 0)
		return false;
	at->utc_s = (int64_t)day.days * 86400 + time / 10000 * 3600 + time / 100 % 100 * 60 + time % 100;
	return true;
}

static bool is_writable(const struct move_sheet_calendar *c, const struct move *m)
{
	return m->state == MOVE_OPEN && m->kind == MOVE_MOVED && !m->from_table && m->end.utc_s > m->start.utc_s && m->person_ref &&
		(c->method == ICAL_WRITE_PUBLISH || (m->to_mail && mime_part_is_mailbox(m->to_mail)));
}

/* What an event borrows while it is written. */
struct borrowed {
	struct instant recurrence;
	struct ical_write_extra extra[EXTRAS];
	char due[11];
};

/* Puts a value where the property of that role is: one that ical_write knows, or an extra one. */
static void put_role(const char *property, const char *value, struct ical_write_event *e, struct borrowed *b)
{
	if (!strcmp(property, "CATEGORIES"))
		e->categories = value;
	else if (!strcmp(property, "LOCATION"))
		e->location = value;
	else if (!strcmp(property, "SUMMARY"))
		e->summary = value;
	else if (!strcmp(property, "DESCRIPTION"))
		e->description = value;
	else if (value)
		b->extra[e->n_extra++] = (struct ical_write_extra){property, value};
}

static void fill_event(const struct move_sheet_calendar *c, const struct move *m, struct ical_write_event *e, struct borrowed *b)
{
	const struct move_sheet_names *names = c->names ? c->names(c->arg, m) : NULL;

	if (!names)
		names = &defaults;
	*b = (struct borrowed){.recurrence = {0}};
	*e = (struct ical_write_event){
		.uid = m->uid, .sequence = m->sequence + 1 + m->updates, .stamp = c->now, .start = m->to,
		.end = {m->to.utc_s + m->end.utc_s - m->start.utc_s}, .summary = SUMMARY, .extra = b->extra,
		.organizer = c->method == ICAL_WRITE_PUBLISH ? m->to_mail : c->organizer, .attendee = m->to_mail,
	};
	if (recurrence_of(m, &b->recurrence))
		e->recurrence = &b->recurrence;
	put_role(names->person, m->person_ref, e, b);
	put_role(names->type, m->type && names->type_word ? names->type_word(names->arg, m->type) : m->type, e, b);
	put_role(names->place, m->place, e, b);
	if (names->staff)
		put_role(names->staff, m->to_mail, e, b);
	if (!date_is_none(m->due))
		put_role(names->due, date_format(m->due, b->due), e, b);
}

void move_sheet_ics(struct move_sheet_calendar *c, struct buf *out)
{
	struct ical_write_event *events = xcalloc(c->n + 1, sizeof(*events));
	struct borrowed *borrowed = xcalloc(c->n + 1, sizeof(*borrowed)); /* events point into it */
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (!is_writable(c, &c->moves[i]))
			continue;
		fill_event(c, &c->moves[i], &events[n], &borrowed[n]);
		n++;
	}
	if (c->method == ICAL_WRITE_PUBLISH || n == 0)
		ical_write_calendar(ICAL_WRITE_PUBLISH, events, n, out);
	for (size_t i = 0; c->method != ICAL_WRITE_PUBLISH && i < n; i++)
		ical_write_calendar(c->method, &events[i], 1, out);
	c->n_written = n;
	c->n_left = c->n - n;
	free(events);
	free(borrowed);
}
