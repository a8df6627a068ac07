/* SPDX-License-Identifier: Apache-2.0 */
/* imip_message: the bytes of a mail that carries a calendar object (RFC 6047), for one
 * recipient. From is the event's organizer, To its attendee, Date its stamp. Pure; any thread. */
#ifndef PLANVAX_DELIVER_IMIP_MESSAGE_H
#define PLANVAX_DELIVER_IMIP_MESSAGE_H

#include <planvax/base/buf.h>
#include <planvax/ical/ical_write.h>

struct imip_message {
	const char *message_id; /* without angle brackets, as those below */
	const char *previous;   /* of the mail that this one follows; NULL: it is the first */
	const char *first;      /* of the first mail about the event; NULL with previous */
	const char *subject;    /* UTF-8, as the texts; their lines end in '\n' */
	const char *plain, *html;
	enum ical_write_method method;
	const struct ical_write_event *event;
};

/* Appends the message: multipart/mixed [ multipart/alternative [ text/plain, text/html, text/calendar ], application/ics ].
 * Lines end in CRLF and are of at most 998 bytes. Equal input gives equal bytes. */
void imip_message_write(const struct imip_message *m, struct buf *out);

#endif
