/* SPDX-License-Identifier: Apache-2.0 */
/* splitter: see splitter.h. Lines are unfolded as bytes and only then read as
 * UTF-8, since a fold may cut a character. Each byte is looked at a bounded
 * number of times, whatever the line ends are. */
#include "splitter.h"

#include <planvax/base/text.h>
#include <planvax/ical/event.h>
#include <string.h>

void splitter_init(struct splitter *s, void (*line)(void *arg, const struct splitter_line *line), void *arg)
{
	*s = (struct splitter){.line = line, .arg = arg, .number = 1, .at_start = true};
}

void splitter_ask(struct splitter *s, bool (*wanted)(void *arg, const char *text, size_t len))
{
	s->wanted = wanted;
}

void splitter_release(struct splitter *s)
{
	buf_release(&s->head);
	buf_release(&s->decoded);
	buf_release(&s->logical);
	buf_release(&s->repaired);
	VEC_RELEASE(&s->folds);
}

static size_t sequence_len(const unsigned char *p, size_t left)
{
	size_t n = p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : p[0] >= 0xe0 && p[0] < 0xf0 ? 3 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2 : 0;

	return n > 0 && n <= left && text_is_utf8((const char *)p, n) ? n : 0;
}

/* Copies a line that is not UTF-8: valid sequences stay, other bytes are read as Windows-1252, NUL becomes U+FFFD. */
static void repair(struct splitter *s, const char *text, size_t len)
{
	const unsigned char *data = (const unsigned char *)text;

	buf_reset(&s->repaired);
	for (size_t i = 0; i < len;) {
		size_t n = sequence_len(data + i, len - i);
		if (data[i] == 0) {
			buf_puts(&s->repaired, "\xef\xbf\xbd");
			i++;
		} else if (data[i] < 0x80) {
			buf_putc(&s->repaired, (char)data[i++]);
		} else if (n > 0) {
			buf_put(&s->repaired, data + i, n);
			i += n;
		} else {
			charset_to_utf8(CHARSET_WINDOWS_1252, (const char *)data + i, 1, &s->repaired);
			i++;
		}
	}
}

/* ASCII without NUL: nothing to clean. Eight bytes at a time. */
static bool is_plain(const char *text, size_t len)
{
	const uint64_t high = UINT64_C(0x8080808080808080);
	const uint64_t low = UINT64_C(0x0101010101010101);
	size_t i = 0;
	uint64_t bad = 0;

	for (; i + 8 <= len; i += 8) {
		uint64_t eight;
		memcpy(&eight, text + i, 8);
		bad |= (eight | (eight - low)) & high; /* below it a borrow: a zero byte */
	}
	if (i < len && len >= 8) { /* the last eight again */
		uint64_t eight;
		memcpy(&eight, text + len - 8, 8);
		return ((bad | eight | (eight - low)) & high) == 0;
	}
	for (; i < len; i++)
		bad |= (unsigned char)text[i] == 0 || (unsigned char)text[i] >= 0x80 ? high : 0;
	return bad == 0;
}

/* Characters of UTF-8: bytes that continue none. */
static int32_t count_characters(const char *text, size_t len)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	size_t i = 0;
	int32_t n = (int32_t)len;

	for (; i + 8 <= len; i += 8) {
		uint64_t eight;
		memcpy(&eight, text + i, 8);
		n -= (int32_t)(((eight >> 7 & ~(eight >> 6)) & ones) * ones >> 56); /* the sum of the bytes */
	}
	for (; i < len; i++)
		n -= ((unsigned char)text[i] & 0xc0) == 0x80;
	return n;
}

/* A byte that the cap cut from a character would look like a broken one. */
static void drop_cut_sequence(struct buf *b)
{
	size_t back = 0;

	while (back < 3 && back < b->len && ((unsigned char)b->data[b->len - 1 - back] & 0xc0) == 0x80)
		back++;
	if (back < b->len && (unsigned char)b->data[b->len - 1 - back] >= 0xc0)
		buf_truncate(b, b->len - 1 - back);
}

/* Remembers where the text ends: behind the last physical line of this one. */
static void note_end(struct splitter *s, const struct splitter_line *line)
{
	int64_t number;
	int32_t column;

	if (!s->ending)
		return;
	splitter_place(line, line->len, &number, &column);
	s->last_column = s->dropped < INT32_MAX - column ? column + (int32_t)s->dropped : INT32_MAX;
}

/* Gives an unfolded line, cleaned, if it is wanted. */
static void give(struct splitter *s, struct splitter_line *line)
{
	if (!s->ending && s->wanted != NULL && !s->wanted(s->arg, line->text, line->len))
		return;
	line->plain = is_plain(line->text, line->len);
	if (!line->plain && !text_is_utf8(line->text, line->len)) {
		repair(s, line->text, line->len); /* may shift offsets after the first broken byte: columns there are near, lines exact */
		line->text = buf_str(&s->repaired);
		line->len = s->repaired.len;
	}
	note_end(s, line);
	if (!s->ending || s->wanted == NULL || s->wanted(s->arg, line->text, line->len))
		s->line(s->arg, line);
}

/* Gives the line that was gathered, if it is not empty. */
static void emit(struct splitter *s, bool terminated)
{
	if (s->logical.len > 0) {
		if (s->cut)
			drop_cut_sequence(&s->logical);
		struct splitter_line line = {
			.text = s->logical.data, .len = s->logical.len, .cut = s->cut, .terminated = terminated,
			.folds = s->folds.items, .n_folds = s->folds.len,
		};
		give(s, &line);
	}
	buf_reset(&s->logical);
	VEC_CLEAR(&s->folds);
	s->cut = false;
	s->pending = false;
}

/* Begins a physical line whose first byte is c. Returns how many bytes the fold takes (0 or 1). */
static size_t begin_line(struct splitter *s, char c)
{
	bool fold = s->pending && (c == ' ' || c == '\t');

	if (s->pending && !fold)
		emit(s, true);
	if (!fold || !s->cut) {
		struct splitter_fold place = {(uint32_t)s->logical.len, fold ? 1 : 0, s->number};
		if (s->folds.len < EVENT_MAX_LINE_BYTES / 8)
			VEC_PUSH(&s->folds, place);
	}
	s->pending = false;
	s->in_line = true;
	s->at_start = false;
	s->dropped = 0;
	return fold ? 1 : 0;
}

static void append(struct splitter *s, const char *bytes, size_t len)
{
	size_t room = EVENT_MAX_LINE_BYTES - s->logical.len;

	if (len > room) {
		s->dropped += (int64_t)(len - room);
		len = room;
		s->cut = true;
	}
	buf_put(&s->logical, bytes, len);
}

/* Ends the current physical line. An empty one ends what came before it. */
static void end_line(struct splitter *s)
{
	if (!s->in_line && s->pending)
		emit(s, true);
	s->pending = s->in_line;
	s->in_line = false;
	s->number++;
	s->at_start = true;
}

/* What follows the line end at stop; end: not known yet. */
static const char *behind(const char *stop, const char *end)
{
	if (*stop == '\r' && stop + 1 < end && stop[1] == '\n')
		stop++;
	return *stop == '\r' && stop + 1 == end ? end : stop + 1;
}

/* Gives a physical line that is known not to be folded, where it lies. False: it must be gathered. */
static bool give_whole(struct splitter *s, const char *p, const char *stop, const char *end)
{
	const char *next;

	if (s->in_line || stop - p > EVENT_MAX_LINE_BYTES || (s->pending && (*p == ' ' || *p == '\t')))
		return false;
	next = behind(stop, end);
	if (next >= end || *next == ' ' || *next == '\t')
		return false;
	if (s->pending)
		emit(s, true);
	s->single = (struct splitter_fold){0, 0, s->number};
	struct splitter_line line = {.text = p, .len = (size_t)(stop - p), .terminated = true, .folds = &s->single, .n_folds = 1};
	give(s, &line);
	return true;
}

static void split(struct splitter *s, const char *p, size_t len)
{
	const char *end = p + len;
	const char *newline = NULL; /* next LF at or after p; end: none */

	while (p < end) {
		if (s->after_cr && *p == '\n') {
			s->after_cr = false;
			p++;
			continue;
		}
		s->after_cr = false;
		if (newline == NULL || newline < p) {
			newline = memchr(p, '\n', (size_t)(end - p));
			if (newline == NULL)
				newline = end;
		}
		const char *stop = memchr(p, '\r', (size_t)(newline - p));
		if (stop == NULL)
			stop = newline;
		if (stop > p && stop < end && give_whole(s, p, stop, end)) {
			s->after_cr = *stop == '\r';
			s->number++;
			s->at_start = true;
			p = stop + 1;
			continue;
		}
		if (stop > p) {
			if (!s->in_line)
				p += begin_line(s, *p);
			append(s, p, (size_t)(stop - p));
		}
		if (stop == end)
			return;
		s->after_cr = *stop == '\r';
		end_line(s);
		p = stop + 1;
	}
}

static void split_wide(struct splitter *s, const char *bytes, size_t len)
{
	buf_reset(&s->decoded);
	charset_feed(&s->charset, bytes, len, &s->decoded);
	split(s, buf_str(&s->decoded), s->decoded.len);
}

/* Decides on the encoding by the first four bytes, or fewer if there are no more. */
static void start(struct splitter *s)
{
	enum charset set = charset_detect(buf_str(&s->head), s->head.len);
	size_t skip = 0;

	s->started = true;
	s->wide = set == CHARSET_UTF16LE || set == CHARSET_UTF16BE;
	if (s->wide) {
		charset_start(&s->charset, set);
		split_wide(s, s->head.data, s->head.len);
	} else {
		if (s->head.len >= 3 && memcmp(s->head.data, "\xef\xbb\xbf", 3) == 0)
			skip = 3;
		split(s, buf_str(&s->head) + skip, s->head.len - skip);
	}
}

void splitter_feed(struct splitter *s, const char *bytes, size_t len)
{
	s->bytes += (int64_t)len;
	if (!s->started) {
		size_t take = 4 - s->head.len < len ? 4 - s->head.len : len;
		buf_put(&s->head, bytes, take);
		bytes += take;
		len -= take;
		if (s->head.len < 4)
			return;
		start(s);
	}
	if (s->wide)
		split_wide(s, bytes, len);
	else
		split(s, bytes, len);
}

void splitter_finish(struct splitter *s)
{
	if (!s->started)
		start(s);
	if (s->wide) {
		buf_reset(&s->decoded);
		charset_finish(&s->charset, &s->decoded);
		split(s, buf_str(&s->decoded), s->decoded.len);
	}
	s->ending = true;
	s->last_column = 1;
	emit(s, s->pending);
}

int32_t splitter_last_column(const struct splitter *s)
{
	return s->last_column;
}

int64_t splitter_last_line(const struct splitter *s)
{
	return s->at_start && s->number > 1 ? s->number - 1 : s->number;
}

void splitter_place(const struct splitter_line *line, size_t offset, int64_t *number, int32_t *column)
{
	size_t lo = 0;
	size_t hi = line->n_folds;
	int32_t characters = 1;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;
		if (line->folds[mid].offset <= offset)
			lo = mid;
		else
			hi = mid;
	}
	*number = line->folds[lo].line;
	if (offset > line->len)
		offset = line->len;
	if (offset > line->folds[lo].offset && line->plain)
		characters += (int32_t)(offset - line->folds[lo].offset);
	else if (offset > line->folds[lo].offset)
		characters += count_characters(line->text + line->folds[lo].offset, offset - line->folds[lo].offset);
	*column = characters + (int32_t)line->folds[lo].skip;
}
