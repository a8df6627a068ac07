/* SPDX-License-Identifier: Apache-2.0 */
/* mime_part: the encodings of a mail (RFC 2045, 2047, 5322). Pure; any thread. */
#ifndef PLANVAX_DELIVER_MIME_PART_H
#define PLANVAX_DELIVER_MIME_PART_H

#include <planvax/base/buf.h>
#include <planvax/base/clock.h>
#include <stdbool.h>
#include <stddef.h>

/* Whether text is a mailbox that may stand in a header: printable ASCII without blanks and specials, one '@', at most 254 bytes. */
bool mime_part_is_mailbox(const char *text);

/* Appends a header line "Name: value" of UTF-8 text; encoded words where it is not short plain ASCII. Controls become blanks. */
void mime_part_text_header(const char *name, const char *value, struct buf *out);

/* Appends "Name: display <mailbox>", or "Name: mailbox" where display is NULL or "". */
void mime_part_address_header(const char *name, const char *display, const char *mailbox, struct buf *out);

/* Appends "Date: ..." in UTC. */
void mime_part_date_header(struct instant at, struct buf *out);

/* Appends text, whose lines end in "\n" or CRLF, as quoted-printable with CRLF, ended by a line end. */
void mime_part_quoted(const char *text, size_t len, struct buf *out);

/* Appends bytes as base64 in lines of 76, each ended by CRLF. */
void mime_part_base64(const void *bytes, size_t len, struct buf *out);

#endif
