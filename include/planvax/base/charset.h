/* SPDX-License-Identifier: Apache-2.0 */
/* charset: text of unknown or declared encoding to UTF-8, as a whole or block by
 * block with state between blocks. Line breaks, NULs and control characters pass
 * unchanged: what is text is the caller's to judge. Any thread; a stream belongs to one. */
#ifndef PLANVAX_BASE_CHARSET_H
#define PLANVAX_BASE_CHARSET_H

#include <planvax/base/buf.h>
#include <stdbool.h>
#include <stddef.h>

enum charset {
	CHARSET_UNKNOWN,      /* to be detected */
	CHARSET_UTF8,         /* with or without BOM; US-ASCII is a part of it */
	CHARSET_UTF16LE,
	CHARSET_UTF16BE,
	CHARSET_WINDOWS_1252, /* ISO 8859-1 is read as it, as browsers do */
	CHARSET_ISO_8859_15   /* Latin-9, in older French mail */
};

/* Name as MIME writes it ("utf-8"); "unknown" for CHARSET_UNKNOWN. Static text. */
const char *charset_name(enum charset set);

/* Charset of a MIME name of len bytes, any case ("ISO-8859-1", "latin1", "us-ascii");
 * CHARSET_UNKNOWN for others. "utf-16" alone is big-endian (RFC 2781) unless a BOM says otherwise. */
enum charset charset_of_name(const char *name, size_t len);

/* Charset of a whole text: by BOM; else UTF-16 by the NULs of its first four bytes; else UTF-8
 * if valid; else Windows-1252. Never CHARSET_UNKNOWN. */
enum charset charset_detect(const char *bytes, size_t len);

/* Appends the text (len bytes, encoded as from, CHARSET_UNKNOWN: detected) as UTF-8 to out, without
 * BOM. Returns the number of sequences that were broken: each became U+FFFD. */
size_t charset_to_utf8(enum charset from, const char *bytes, size_t len, struct buf *out);

/* A text that comes in blocks. Without a declared charset it is detected as charset_detect does, but
 * as it flows: UTF-8 until the first byte that is not; if no character beyond ASCII came before, the rest
 * is Windows-1252, else single broken bytes are read as Windows-1252 and counted. In such a rest, bytes that make up
 * a French letter in UTF-8 are that letter, and counted too: two texts were joined. */
struct charset_stream {
	enum charset from;         /* CHARSET_UNKNOWN until the first bytes tell */
	bool detect;               /* no charset was declared */
	bool started;              /* the BOM has been looked for */
	bool seen_utf8;            /* a valid character beyond ASCII came */
	unsigned char pending[4];  /* start of a sequence that a block cut */
	size_t n_pending;
	size_t broken;             /* sequences replaced or repaired so far */
	bool marked;               /* one came since the caller last cleared this; then */
	size_t mark;               /* length of out where the first of them stands */
};

/* Starts a text of that charset (CHARSET_UNKNOWN: detect). A BOM wins over the declaration of a UTF. */
void charset_start(struct charset_stream *s, enum charset declared);

/* Appends the next len bytes as UTF-8 to out. May hold back up to 3 bytes. */
void charset_feed(struct charset_stream *s, const char *bytes, size_t len, struct buf *out);

/* Ends the text: appends U+FFFD for what was cut. s may be started again. */
void charset_finish(struct charset_stream *s, struct buf *out);

#endif
