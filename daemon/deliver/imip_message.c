/* SPDX-License-Identifier: Apache-2.0 */
/* imip_message: headers and parts. */
#include "imip_message.h"
#include "mime_part.h"

#include <planvax/base/digest.h>

#include <stdio.h>
#include <string.h>

#define BOUNDARY_BYTES 48

struct boundaries {
	char mixed[BOUNDARY_BYTES], alternative[BOUNDARY_BYTES];
};

/* From the Message-ID, so that sealing again gives the same bytes; "=_" never occurs in quoted-printable or base64. */
static struct boundaries boundaries_of(const char *message_id)
{
	unsigned char digest[DIGEST_BYTES];
	char text[DIGEST_TEXT_BYTES];
	struct boundaries b;

	digest_sha256(message_id, strlen(message_id), digest);
	digest_text(digest, text);
	snprintf(b.mixed, sizeof(b.mixed), "=_m_%.24s", text + strlen("sha256:"));
	snprintf(b.alternative, sizeof(b.alternative), "=_a_%.24s", text + strlen("sha256:"));
	return b;
}

static void put_headers(const struct imip_message *m, const struct boundaries *b, struct buf *out)
{
	mime_part_address_header("From", m->event->organizer_name, m->event->organizer, out);
	mime_part_address_header("To", NULL, m->event->attendee, out);
	mime_part_text_header("Subject", m->subject, out);
	mime_part_date_header(m->event->stamp, out);
	buf_printf(out, "Message-ID: <%s>\r\n", m->message_id);
	if (m->previous) {
		buf_printf(out, "In-Reply-To: <%s>\r\n", m->previous);
		buf_puts(out, "References:");
		if (m->first && strcmp(m->first, m->previous) != 0)
			buf_printf(out, " <%s>\r\n", m->first);
		buf_printf(out, " <%s>\r\n", m->previous);
	}
	buf_puts(out, "MIME-Version: 1.0\r\n"
		"Auto-Submitted: auto-generated\r\n"
		"Content-Language: fr\r\n");
	buf_printf(out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n", b->mixed);
}

static void put_quoted_part(const char *boundary, const char *type, const char *text, struct buf *out)
{
	buf_printf(out, "--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", boundary, type);
	mime_part_quoted(text, strlen(text), out);
	buf_puts(out, "\r\n"); /* belongs to the delimiter that follows */
}

void imip_message_write(const struct imip_message *m, struct buf *out)
{
	const struct boundaries b = boundaries_of(m->message_id);
	const char *method = names_word(ical_write_method_names, (int)m->method);
	struct buf calendar = BUF_INIT, type = BUF_INIT;

	ical_write_calendar(m->method, m->event, 1, &calendar);
	buf_printf(&type, "text/calendar; charset=UTF-8; method=%s", method);
	put_headers(m, &b, out);
	buf_printf(out, "--%s\r\nContent-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n", b.mixed, b.alternative);
	put_quoted_part(b.alternative, "text/plain; charset=UTF-8", m->plain, out);
	put_quoted_part(b.alternative, "text/html; charset=UTF-8", m->html, out);
	put_quoted_part(b.alternative, buf_str(&type), buf_str(&calendar), out);
	buf_printf(out, "--%s--\r\n\r\n--%s\r\n", b.alternative, b.mixed);
	buf_puts(out, "Content-Type: application/ics; name=\"invite.ics\"\r\n"
		"Content-Disposition: attachment; filename=\"invite.ics\"\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\n");
	mime_part_base64(calendar.data, calendar.len, out);
	buf_printf(out, "--%s--\r\n", b.mixed);
	buf_release(&calendar);
	buf_release(&type);
}
