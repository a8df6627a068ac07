/* SPDX-License-Identifier: Apache-2.0 */
/* move_letter: a plain text; what is late comes first. */
#include "mime_part.h"

#include <planvax/base/digest.h>
#include <planvax/base/text.h>
#include <planvax/deliver/move_letter.h>

#include <string.h>

#define ID_DIGITS 32
#define NOWHERE "planvax.invalid"

enum part { PART_OVERDUE, PART_CHANGED, PART_WITHDRAWN, PART_CONFLICT, PARTS };

static const char *const headings[PARTS] = {
	[PART_OVERDUE] = "À déplacer dans l'agenda (le dernier export reçu montre encore l'ancienne heure)",
	[PART_CHANGED] = "Nouvelle heure depuis la dernière liste (celle-ci remplace l'ancienne)",
	[PART_WITHDRAWN] = "À ne plus déplacer (le plan laisse la visite à son heure)",
	[PART_CONFLICT] = "À une autre heure que prévu (l'agenda fait foi, le plan en tient compte)",
};

/* Which part tells a move; PARTS: none. */
static enum part part_of(const struct move_letter_input *in, const struct move *m)
{
	if (m->state == MOVE_OPEN && m->announce)
		return PART_CHANGED;
	if (move_is_overdue(m, in->now, in->after_s))
		return PART_OVERDUE;
	if (!m->announce)
		return PARTS;
	return m->state == MOVE_CONFLICT ? PART_CONFLICT : m->state == MOVE_WITHDRAWN ? PART_WITHDRAWN : PARTS;
}

static void put_moment(const struct zone *zone, struct instant at, struct buf *out)
{
	struct zone_local local = zone_to_local(zone, at);
	struct date_parts p = date_split(local.date);

	buf_printf(out, "%02d/%02d/%04d %02d:%02d", p.day, p.month, p.year, local.second / 3600, local.second / 60 % 60);
}

static void put_move(const struct move_letter_input *in, const struct move *m, enum part part, struct buf *out)
{
	struct date_parts due = date_split(date_is_none(m->new_due) ? (struct date){0} : m->new_due);

	buf_printf(out, "- visite %s, agenda %s, du ", m->visit_id, m->source);
	put_moment(in->zone, m->from, out);
	if (part == PART_CONFLICT) {
		buf_puts(out, ", maintenant le ");
		put_moment(in->zone, m->start.utc_s ? m->start : m->from, out);
	} else if (part != PART_WITHDRAWN && m->kind == MOVE_POSTPONED) {
		buf_printf(out, ", report possible jusqu'au %02d/%02d/%04d si le médecin en décide ainsi", due.day, due.month, due.year);
	} else if (part != PART_WITHDRAWN) {
		buf_puts(out, " au ");
		put_moment(in->zone, m->to, out);
		if (m->to_staff_id && strcmp(m->to_staff_id, m->staff_id) != 0)
			buf_printf(out, " chez %s", m->to_staff_id);
	}
	if (part == PART_CHANGED && m->before.utc_s) {
		buf_puts(out, " (annoncé auparavant : ");
		put_moment(in->zone, m->before, out);
		buf_putc(out, ')');
	}
	buf_printf(out, ", plan version %d\n", (int)m->version);
}

static size_t put_part(const struct move_letter_input *in, enum part part, struct buf *out)
{
	size_t n = 0;

	for (size_t i = 0; i < in->n; i++) {
		if (part_of(in, &in->moves[i]) != part)
			continue;
		if (n++ == 0)
			buf_printf(out, "\n%s :\n", headings[part]);
		if (n <= MOVE_LETTER_MAX_LINES)
			put_move(in, &in->moves[i], part, out);
	}
	if (n > MOVE_LETTER_MAX_LINES)
		buf_printf(out, "- et %zu autres\n", n - MOVE_LETTER_MAX_LINES);
	return n;
}

static const char *message_id(const struct move_letter_input *in, const struct buf *text, struct arena *arena)
{
	struct digest *d = digest_new();
	unsigned char sum[DIGEST_BYTES];
	char hex[DIGEST_TEXT_BYTES];
	const char *at = strchr(in->from, '@');

	digest_add_text(d, "planvax moves");
	digest_add_text(d, in->service->service_id);
	digest_add_int(d, in->now.utc_s);
	digest_add_text(d, buf_str(text));
	digest_finish(d, sum);
	digest_text(sum, hex);
	return arena_printf(arena, "%.*s@%s", ID_DIGITS, hex + strlen("sha256:"), at && at[1] && mime_part_is_mailbox(in->from) ? at + 1 : NOWHERE);
}

static void put_message(const struct move_letter_input *in, const char *id, const struct buf *text, struct buf *out)
{
	mime_part_address_header("From", in->from_name && *in->from_name ? in->from_name : NULL, in->from, out);
	mime_part_address_header("To", NULL, in->service->contact_email, out);
	mime_part_text_header("Subject", "Visites déplacées : votre agenda est à mettre à jour", out);
	mime_part_date_header(in->now, out);
	buf_printf(out, "Message-ID: <%s>\r\n", id);
	buf_puts(out, "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\nContent-Language: fr\r\n"
		"Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
	mime_part_quoted(buf_str(text), text->len, out);
}

bool move_letter_seal(const struct move_letter_input *in, struct arena *arena, struct letter *out)
{
	struct buf text = BUF_INIT, bytes = BUF_INIT;
	size_t n = 0;

	if (!in->service->contact_email || !mime_part_is_mailbox(in->service->contact_email))
		return false;
	buf_puts(&text, "Bonjour,\n\nle plan de vaccination de votre service déplace des visites médicales. Elles sont à reporter dans les agendas\n"
		"d'où elles viennent ; le prochain export de l'agenda le confirme, rien d'autre n'est à faire.\n");
	for (int part = 0; part < PARTS; part++)
		n += put_part(in, (enum part)part, &text);
	buf_printf(&text, "\nListe complète : planvaxctl moves list --service %s ; fichiers pour l'agenda ou le tableur :\n"
		"planvaxctl moves export --service %s --format ics (ou csv).\n", in->service->service_id, in->service->service_id);
	if (n > 0) {
		const char *id = message_id(in, &text, arena);

		put_message(in, id, &text, &bytes);
		*out = (struct letter){.letter_id = id, .kind = LETTER_MAIL, .recipient = text_lower(arena_strdup(arena, in->service->contact_email)),
			.topic = arena_printf(arena, "moves %s: %zu", in->service->service_id, n),
			.bytes = arena_memdup(arena, bytes.data, bytes.len), .len = bytes.len};
	}
	buf_release(&text);
	buf_release(&bytes);
	return n > 0;
}
