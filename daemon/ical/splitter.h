/* SPDX-License-Identifier: Apache-2.0 */
/* splitter: bytes in blocks of any size to unfolded lines of UTF-8 (RFC 5545
 * 3.1): CRLF, LF and lone CR, mixed; folds inside a character; BOM, UTF-16,
 * Windows-1252; NUL. Equal rows for any block size. One thread. */
#ifndef PLANVAX_ICAL_SPLITTER_H
#define PLANVAX_ICAL_SPLITTER_H

#include <planvax/base/buf.h>
#include <planvax/base/charset.h>
#include <planvax/base/vec.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a physical line begins in an unfolded one. */
struct splitter_fold {
	uint32_t offset;
	uint32_t skip;   /* characters of the physical line before it: 1 after a fold */
	int64_t line;
};

/* An unfolded line; valid until the callback returns. Empty lines are not given. */
struct splitter_line {
	const char *text; /* UTF-8, no NUL inside, none behind */
	size_t len;
	bool cut;         /* longer than EVENT_MAX_LINE_BYTES: the rest was dropped */
	bool terminated;  /* a line end followed; false: the text ends here */
	bool plain;       /* known to be ASCII: characters are bytes */
	const struct splitter_fold *folds; /* the first is that of the line itself */
	size_t n_folds;
};

struct splitter {
	void (*line)(void *arg, const struct splitter_line *line);
	bool (*wanted)(void *arg, const char *text, size_t len); /* of the raw text; NULL: each line is */
	void *arg;
	bool started;          /* the encoding is known */
	bool wide;             /* UTF-16, decoded before splitting */
	bool after_cr;         /* the last byte was a CR: an LF belongs to it */
	bool pending;          /* a line is complete but for a fold that may follow */
	bool in_line;          /* bytes of the current physical line have come */
	bool cut;
	bool ending;           /* no more bytes will come */
	int64_t dropped;       /* bytes of the current physical line beyond the cap */
	int32_t last_column;   /* where the text ends, once it did */
	struct buf head;       /* first bytes, until the encoding is known */
	struct charset_stream charset;
	struct buf decoded;    /* UTF-16: the block as UTF-8 */
	struct buf logical;    /* the line so far, raw */
	struct buf repaired;   /* the line as UTF-8 */
	VEC(struct splitter_fold) folds;
	struct splitter_fold single; /* of a line that is not folded */
	int64_t number;        /* of the current physical line, from 1 */
	bool at_start;         /* nothing stands on line `number` yet */
	int64_t bytes;         /* fed so far */
};

/* Starts a text; line hears of each unfolded line. */
void splitter_init(struct splitter *s, void (*line)(void *arg, const struct splitter_line *line), void *arg);

/* Asks before a line is cleaned and given: most lines of a calendar matter to nobody. */
void splitter_ask(struct splitter *s, bool (*wanted)(void *arg, const char *text, size_t len));

/* Takes the next len bytes. */
void splitter_feed(struct splitter *s, const char *bytes, size_t len);

/* Ends the text: gives the last line. */
void splitter_finish(struct splitter *s);

/* Frees its memory. */
void splitter_release(struct splitter *s);

/* Number of the last physical line that has begun, from 1. */
int64_t splitter_last_line(const struct splitter *s);

/* After the end: the column behind the last character of that line. */
int32_t splitter_last_column(const struct splitter *s);

/* Line and column (characters, from 1) of an offset in an unfolded line. */
void splitter_place(const struct splitter_line *line, size_t offset, int64_t *number, int32_t *column);

#endif
