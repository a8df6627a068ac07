/* SPDX-License-Identifier: Apache-2.0 */
/* mime_part: quoted-printable, base64, encoded words, dates. */
#include "mime_part.h"

#include <planvax/base/civil.h>
#include <planvax/base/digest.h>
#include <planvax/base/text.h>

#include <string.h>

#define LINE_MAX_BYTES 76
#define WORD_BYTES 39      /* 52 of base64 and 12 around them; "Subject: " still fits before */
#define PLAIN_MAX_BYTES 60
#define MAILBOX_MAX_BYTES 254
#define BASE64_LINE_BYTES 57

bool mime_part_is_mailbox(const char *text)
{
	size_t len = strlen(text);
	const char *at = strchr(text, '@');

	if (len > MAILBOX_MAX_BYTES || !at || at == text || !at[1] || strchr(at + 1, '@'))
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] <= 0x20 || text[i] >= 0x7f || strchr("<>()[],;:\\\"", text[i]))
			return false;
	return true;
}

/* A copy without controls, of valid UTF-8, in clean. */
static void put_clean(const char *text, struct buf *clean)
{
	bool utf8 = text_is_utf8(text, strlen(text));

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		buf_putc(clean, c < 0x20 || c == 0x7f ? ' ' : c >= 0x80 && !utf8 ? '?' : *text);
	}
}

static bool is_plain(const struct buf *text)
{
	if (text->len > PLAIN_MAX_BYTES || strstr(buf_str(text), "=?"))
		return false;
	for (size_t i = 0; i < text->len; i++)
		if ((unsigned char)text->data[i] >= 0x80)
			return false;
	return true;
}

/* Encoded words of at most 64 characters, one a line, never cut inside a character. */
static void put_words(const struct buf *text, struct buf *out)
{
	for (size_t at = 0; at < text->len;) {
		size_t n = text->len - at > WORD_BYTES ? WORD_BYTES : text->len - at;

		while (at + n < text->len && n > 1 && ((unsigned char)text->data[at + n] & 0xc0) == 0x80)
			n--;
		if (at > 0)
			buf_puts(out, "\r\n ");
		buf_puts(out, "=?UTF-8?B?");
		base64_encode(text->data + at, n, out);
		buf_puts(out, "?=");
		at += n;
	}
}

void mime_part_text_header(const char *name, const char *value, struct buf *out)
{
	struct buf clean = BUF_INIT;

	put_clean(value, &clean);
	buf_printf(out, "%s: ", name);
	if (is_plain(&clean))
		buf_puts(out, buf_str(&clean));
	else
		put_words(&clean, out);
	buf_puts(out, "\r\n");
	buf_release(&clean);
}

void mime_part_address_header(const char *name, const char *display, const char *mailbox, struct buf *out)
{
	struct buf clean = BUF_INIT;

	buf_printf(out, "%s: ", name);
	if (display)
		put_clean(display, &clean);
	if (clean.len > 0 && is_plain(&clean)) {
		buf_putc(out, '"');
		for (size_t i = 0; i < clean.len; i++) {
			if (clean.data[i] == '"' || clean.data[i] == '\\')
				buf_putc(out, '\\');
			buf_putc(out, clean.data[i]);
		}
		buf_puts(out, "\"\r\n ");
	} else if (clean.len > 0) {
		put_words(&clean, out);
		buf_puts(out, "\r\n ");
	}
	buf_printf(out, clean.len > 0 ? "<%s>\r\n" : "%s\r\n", mailbox);
	buf_release(&clean);
}

void mime_part_date_header(struct instant at, struct buf *out)
{
	static const char days[7][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct date day = instant_utc_date(at);
	struct date_parts p = date_split(day);
	int second = (int)(at.utc_s - (int64_t)day.days * 86400);

	buf_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n", days[date_weekday(day)], p.day, months[p.month - 1], p.year,
		second / 3600, second / 60 % 60, second % 60);
}

/* Whether the byte may stand for itself; a blank at the end of a line may not. */
static bool is_literal(unsigned char c, bool at_end)
{
	if (c == ' ' || c == '\t')
		return !at_end;
	return c > 0x20 && c < 0x7f && c != '=';
}

void mime_part_quoted(const char *text, size_t len, struct buf *out)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t column = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\n' || (c == '\r' && i + 1 < len && text[i + 1] == '\n')) {
			i += c == '\r';
			buf_puts(out, "\r\n");
			column = 0;
			continue;
		}
		bool at_end = i + 1 == len || text[i + 1] == '\n' || text[i + 1] == '\r';
		/* A '.' or "From " at the start of a line would tempt mail programs. */
		bool tempting = column == 0 && (c == '.' || (c == 'F' && len - i >= 5 && !memcmp(text + i, "From ", 5)));
		bool literal = is_literal(c, at_end) && !tempting;

		if (column + (literal ? 1 : 3) > LINE_MAX_BYTES - 1) {
			buf_puts(out, "=\r\n");
			column = 0;
		}
		if (literal) {
			buf_putc(out, (char)c);
			column++;
		} else {
			buf_putc(out, '=');
			buf_putc(out, hex[c >> 4]);
			buf_putc(out, hex[c & 15]);
			column += 3;
		}
	}
	if (column > 0)
		buf_puts(out, "\r\n");
}

void mime_part_base64(const void *bytes, size_t len, struct buf *out)
{
	const char *at = bytes;

	while (len > 0) {
		size_t n = len > BASE64_LINE_BYTES ? BASE64_LINE_BYTES : len;

		base64_encode(at, n, out);
		buf_puts(out, "\r\n");
		at += n;
		len -= n;
	}
}
