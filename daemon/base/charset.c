/* SPDX-License-Identifier: Apache-2.0 */
/* charset: see charset.h. One engine, the stream; whole texts are one block. */
#include <planvax/base/charset.h>

#include <assert.h>
#include <planvax/base/names.h>
#include <planvax/base/text.h>
#include <stdint.h>
#include <string.h>

#define REPLACEMENT 0xfffdU

static const struct name charset_names[] = {
	{"utf-8", CHARSET_UTF8},
	{"utf-16le", CHARSET_UTF16LE},
	{"utf-16be", CHARSET_UTF16BE},
	{"windows-1252", CHARSET_WINDOWS_1252},
	{"iso-8859-15", CHARSET_ISO_8859_15},
	/* further spellings, read only */
	{"utf8", CHARSET_UTF8},
	{"us-ascii", CHARSET_UTF8},
	{"ascii", CHARSET_UTF8},
	{"utf-16", CHARSET_UTF16BE},
	{"cp1252", CHARSET_WINDOWS_1252},
	{"iso-8859-1", CHARSET_WINDOWS_1252},
	{"iso8859-1", CHARSET_WINDOWS_1252},
	{"iso_8859-1", CHARSET_WINDOWS_1252},
	{"latin1", CHARSET_WINDOWS_1252},
	{"iso8859-15", CHARSET_ISO_8859_15},
	{"iso_8859-15", CHARSET_ISO_8859_15},
	{"latin-9", CHARSET_ISO_8859_15},
	{"latin9", CHARSET_ISO_8859_15},
	{NULL, 0},
};

/* Bytes 0x80 to 0x9f of Windows-1252; 0: not assigned. */
static const uint16_t windows_1252_high[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

const char *charset_name(enum charset set)
{
	const char *word = names_word(charset_names, (int)set);

	return word != NULL ? word : "unknown";
}

enum charset charset_of_name(const char *name, size_t len)
{
	char lower[24];
	int value;

	if (len >= sizeof(lower))
		return CHARSET_UNKNOWN;
	memcpy(lower, name, len);
	lower[len] = '\0';
	text_lower(lower);
	return names_value(charset_names, lower, len, &value) ? (enum charset)value : CHARSET_UNKNOWN;
}

/* Charset that a BOM tells, and its length in bytes. */
static enum charset bom_of(const unsigned char *bytes, size_t len, size_t *bom_len)
{
	*bom_len = 0;
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		*bom_len = 3;
		return CHARSET_UTF8;
	}
	if (len >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe) {
		*bom_len = 2;
		return CHARSET_UTF16LE;
	}
	if (len >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff) {
		*bom_len = 2;
		return CHARSET_UTF16BE;
	}
	return CHARSET_UNKNOWN;
}

/* UTF-16 without BOM begins with two ASCII characters in every text that we read. */
static enum charset utf16_by_nuls(const unsigned char *bytes, size_t len)
{
	if (len < 4)
		return CHARSET_UNKNOWN;
	if (bytes[0] != 0 && bytes[1] == 0 && bytes[2] != 0 && bytes[3] == 0)
		return CHARSET_UTF16LE;
	if (bytes[0] == 0 && bytes[1] != 0 && bytes[2] == 0 && bytes[3] != 0)
		return CHARSET_UTF16BE;
	return CHARSET_UNKNOWN;
}

/* Length of the leading bytes below 0x80, eight at a time. */
static size_t ascii_run(const unsigned char *bytes, size_t len)
{
	size_t i = 0;

	for (; i + 8 <= len; i += 8) {
		uint64_t eight;
		memcpy(&eight, bytes + i, 8);
		if (eight & UINT64_C(0x8080808080808080))
			break;
	}
	while (i < len && bytes[i] < 0x80)
		i++;
	return i;
}

enum seq { SEQ_WHOLE, SEQ_BROKEN, SEQ_CUT };

/* Judges the UTF-8 sequence at the start of bytes (len >= 1, first byte >= 0x80).
 * *used: its bytes if whole; else those that a decoder replaces by one U+FFFD
 * (the longest part that could have begun a character, Unicode 15 3.9). */
static enum seq utf8_sequence(const unsigned char *bytes, size_t len, size_t *used)
{
	unsigned char first = bytes[0];
	unsigned char low = 0x80;
	unsigned char high = 0xbf;
	size_t need;

	*used = 1;
	if (first >= 0xc2 && first <= 0xdf)
		need = 2;
	else if (first >= 0xe0 && first <= 0xef)
		need = 3;
	else if (first >= 0xf0 && first <= 0xf4)
		need = 4;
	else
		return SEQ_BROKEN;
	if (first == 0xe0)
		low = 0xa0; /* shorter forms */
	else if (first == 0xed)
		high = 0x9f; /* surrogates */
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f; /* beyond U+10FFFF */
	for (; *used < need; (*used)++) {
		if (*used >= len)
			return SEQ_CUT;
		if (bytes[*used] < low || bytes[*used] > high)
			return SEQ_BROKEN;
		low = 0x80;
		high = 0xbf;
	}
	return SEQ_WHOLE;
}

static void put_utf8(struct buf *out, uint32_t c)
{
	char bytes[4];
	size_t n = 0;

	if (c < 0x80) {
		bytes[n++] = (char)c;
	} else if (c < 0x800) {
		bytes[n++] = (char)(0xc0 | c >> 6);
		bytes[n++] = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		bytes[n++] = (char)(0xe0 | c >> 12);
		bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		bytes[n++] = (char)(0x80 | (c & 0x3f));
	} else {
		bytes[n++] = (char)(0xf0 | c >> 18);
		bytes[n++] = (char)(0x80 | (c >> 12 & 0x3f));
		bytes[n++] = (char)(0x80 | (c >> 6 & 0x3f));
		bytes[n++] = (char)(0x80 | (c & 0x3f));
	}
	buf_put(out, bytes, n);
}

/* Counts a broken sequence that is about to be put. */
static void count_broken(struct charset_stream *s, const struct buf *out)
{
	if (!s->marked)
		s->mark = out->len;
	s->marked = true;
	s->broken++;
}

static void put_broken(struct charset_stream *s, struct buf *out)
{
	count_broken(s, out);
	put_utf8(out, REPLACEMENT);
}

/* Character of a byte; U+FFFD where none is assigned. */
static uint32_t windows_1252(unsigned char byte)
{
	if (byte < 0x80 || byte > 0x9f)
		return byte;
	return windows_1252_high[byte - 0x80] != 0 ? windows_1252_high[byte - 0x80] : REPLACEMENT;
}

static void put_single_byte(struct charset_stream *s, unsigned char byte, struct buf *out)
{
	static const unsigned char latin9_bytes[] = {0xa4, 0xa6, 0xa8, 0xb4, 0xb8, 0xbc, 0xbd, 0xbe};
	static const uint16_t latin9_chars[] = {0x20ac, 0x160, 0x161, 0x17d, 0x17e, 0x152, 0x153, 0x178};
	uint32_t c = byte;

	if (s->from == CHARSET_WINDOWS_1252)
		c = windows_1252(byte);
	for (size_t i = 0; s->from == CHARSET_ISO_8859_15 && i < sizeof(latin9_bytes); i++) {
		if (byte == latin9_bytes[i])
			c = latin9_chars[i];
	}
	if (c == REPLACEMENT)
		count_broken(s, out);
	put_utf8(out, c);
}

/* A UTF-8 letter or mark of French in a text that was detected as single bytes, where its bytes would be letters that
 * French has not: Ã (é, à, ç ...), Å (œ), â followed by the euro sign (’). Returns its bytes, 0: it is none; *cut: it may become one. */
static size_t stray_letter(const struct charset_stream *s, const unsigned char *in, size_t len, bool *cut)
{
	size_t used;

	*cut = false;
	if (!s->detect || (in[0] != 0xc3 && in[0] != 0xc5 && (in[0] != 0xe2 || (len > 1 && in[1] != 0x80))))
		return 0;
	switch (utf8_sequence(in, len, &used)) {
	case SEQ_WHOLE:
		return used;
	case SEQ_CUT:
		*cut = true;
		return 0;
	case SEQ_BROKEN:
		return 0;
	}
	return 0;
}

/* Returns the bytes used: all, but for what may be the start of a stray letter. */
static size_t feed_single(struct charset_stream *s, const unsigned char *in, size_t len, struct buf *out)
{
	size_t i = 0;

	while (i < len) {
		bool cut;
		size_t run = ascii_run(in + i, len - i);
		buf_put(out, in + i, run);
		i += run;
		if (i == len)
			break;
		size_t letter = stray_letter(s, in + i, len - i, &cut);
		if (cut)
			break;
		if (letter > 0) {
			count_broken(s, out);
			buf_put(out, in + i, letter);
			i += letter;
		} else {
			put_single_byte(s, in[i++], out);
		}
	}
	return i;
}

/* A byte that is not UTF-8 in a text that should be. Returns the bytes used. */
static size_t mend_utf8(struct charset_stream *s, const unsigned char *in, size_t used, struct buf *out)
{
	if (!s->detect) {
		put_broken(s, out);
		return used;
	}
	if (!s->seen_utf8) {
		s->from = CHARSET_WINDOWS_1252; /* the caller goes on with the single bytes */
		return 0;
	}
	count_broken(s, out);
	put_utf8(out, windows_1252(in[0]));
	return 1;
}

/* Returns the bytes used: all, but for a sequence cut at the end or a change of charset. */
static size_t feed_utf8(struct charset_stream *s, const unsigned char *in, size_t len, struct buf *out)
{
	size_t i = 0;

	while (i < len && s->from == CHARSET_UTF8) {
		size_t used;
		size_t run = ascii_run(in + i, len - i);
		buf_put(out, in + i, run);
		i += run;
		if (i == len)
			break;
		switch (utf8_sequence(in + i, len - i, &used)) {
		case SEQ_WHOLE:
			s->seen_utf8 = true;
			buf_put(out, in + i, used);
			i += used;
			break;
		case SEQ_BROKEN:
			i += mend_utf8(s, in + i, used, out);
			break;
		case SEQ_CUT:
			return i;
		}
	}
	return i;
}

static uint32_t utf16_unit(const struct charset_stream *s, const unsigned char *in)
{
	return s->from == CHARSET_UTF16LE ? (uint32_t)in[1] << 8 | in[0] : (uint32_t)in[0] << 8 | in[1];
}

static size_t feed_utf16(struct charset_stream *s, const unsigned char *in, size_t len, struct buf *out)
{
	size_t i = 0;

	while (i + 2 <= len) {
		uint32_t unit = utf16_unit(s, in + i);
		if (unit < 0xd800 || unit > 0xdfff) {
			put_utf8(out, unit);
			i += 2;
			continue;
		}
		if (unit >= 0xdc00) {
			put_broken(s, out);
			i += 2;
			continue;
		}
		if (i + 4 > len)
			break;
		uint32_t second = utf16_unit(s, in + i + 2);
		i += 2;
		if (second < 0xdc00 || second > 0xdfff) {
			put_broken(s, out);
			continue;
		}
		put_utf8(out, 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00));
		i += 2;
	}
	return i;
}

static size_t feed_some(struct charset_stream *s, const unsigned char *in, size_t len, struct buf *out)
{
	switch (s->from) {
	case CHARSET_UTF8:
		return feed_utf8(s, in, len, out);
	case CHARSET_UTF16LE:
	case CHARSET_UTF16BE:
		return feed_utf16(s, in, len, out);
	case CHARSET_WINDOWS_1252:
	case CHARSET_ISO_8859_15:
		return feed_single(s, in, len, out);
	case CHARSET_UNKNOWN:
		break;
	}
	assert(false && "the charset of a started stream is known");
	return len;
}

/* Looks at the first bytes; returns how many of them are a BOM. */
static size_t begin(struct charset_stream *s, const unsigned char *in, size_t len)
{
	size_t bom_len;
	enum charset bom = bom_of(in, len, &bom_len);

	s->started = true;
	if (s->from == CHARSET_WINDOWS_1252 || s->from == CHARSET_ISO_8859_15)
		return 0;
	if (bom != CHARSET_UNKNOWN) {
		s->from = bom;
		return bom_len;
	}
	if (s->from == CHARSET_UNKNOWN)
		s->from = utf16_by_nuls(in, len);
	if (s->from == CHARSET_UNKNOWN)
		s->from = CHARSET_UTF8;
	return 0;
}

/* As feed_some, but goes on where the charset turns out to be another. */
static size_t feed_all(struct charset_stream *s, const unsigned char *in, size_t len, struct buf *out)
{
	enum charset before;
	size_t used = 0;

	do {
		before = s->from;
		used += feed_some(s, in + used, len - used, out);
	} while (s->from != before);
	return used;
}

static void drop_pending(struct charset_stream *s, size_t used)
{
	s->n_pending -= used;
	memmove(s->pending, s->pending + used, s->n_pending);
}

static void start_text(struct charset_stream *s, struct buf *out)
{
	drop_pending(s, begin(s, s->pending, s->n_pending));
	drop_pending(s, feed_all(s, s->pending, s->n_pending, out));
}

void charset_start(struct charset_stream *s, enum charset declared)
{
	*s = (struct charset_stream){.from = declared, .detect = declared == CHARSET_UNKNOWN};
}

void charset_feed(struct charset_stream *s, const char *bytes, size_t len, struct buf *out)
{
	const unsigned char *in = (const unsigned char *)bytes;

	if (!s->started) {
		for (; s->n_pending < sizeof(s->pending) && len > 0; len--)
			s->pending[s->n_pending++] = *in++;
		if (s->n_pending < sizeof(s->pending))
			return;
		start_text(s, out);
	}
	for (; s->n_pending > 0 && len > 0; len--) { /* four bytes always hold a character or a fault */
		s->pending[s->n_pending++] = *in++;
		drop_pending(s, feed_all(s, s->pending, s->n_pending, out));
	}
	if (len == 0)
		return;
	size_t used = feed_all(s, in, len, out);
	s->n_pending = len - used;
	memcpy(s->pending, in + used, s->n_pending);
}

/* A text of single bytes ends: what may have begun a letter is single bytes. Returns the bytes used. */
static size_t finish_single(struct charset_stream *s, struct buf *out)
{
	for (size_t i = 0; i < s->n_pending; i++)
		put_single_byte(s, s->pending[i], out);
	return s->n_pending;
}

void charset_finish(struct charset_stream *s, struct buf *out)
{
	if (!s->started)
		start_text(s, out);
	while (s->n_pending > 0) {
		size_t used = s->n_pending;
		if (s->from == CHARSET_UTF8)
			used = mend_utf8(s, s->pending, used, out);
		else if (s->from == CHARSET_UTF16LE || s->from == CHARSET_UTF16BE)
			put_broken(s, out);
		else
			used = finish_single(s, out);
		drop_pending(s, used);
	}
}

static bool is_utf8(const unsigned char *in, size_t len)
{
	size_t used;

	for (size_t i = ascii_run(in, len); i < len; i += ascii_run(in + i, len - i)) {
		if (utf8_sequence(in + i, len - i, &used) != SEQ_WHOLE)
			return false;
		i += used;
	}
	return true;
}

enum charset charset_detect(const char *bytes, size_t len)
{
	const unsigned char *in = (const unsigned char *)bytes;
	size_t bom_len;
	enum charset set = bom_of(in, len, &bom_len);

	if (set == CHARSET_UNKNOWN)
		set = utf16_by_nuls(in, len);
	if (set == CHARSET_UNKNOWN)
		set = is_utf8(in, len) ? CHARSET_UTF8 : CHARSET_WINDOWS_1252;
	return set;
}

size_t charset_to_utf8(enum charset from, const char *bytes, size_t len, struct buf *out)
{
	struct charset_stream s;

	charset_start(&s, from == CHARSET_UNKNOWN ? charset_detect(bytes, len) : from);
	buf_reserve(out, len);
	charset_feed(&s, bytes, len, out);
	charset_finish(&s, out);
	return s.broken;
}
