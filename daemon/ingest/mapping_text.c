/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_text: see mapping_text.h. */
#include "mapping_text.h"

#include <string.h>

/* U+00C0 to U+017F without accents, one character each but for the few letters below; '?' is none of ours. */
static const char latin[] =
	"aaaaaa?ceeeeiiii"  /* C0 */
	"dnooooo ouuuuy??"  /* D0: D7 is the multiplication sign */
	"aaaaaa?ceeeeiiii"  /* E0 */
	"dnooooo ouuuuy?y"  /* F0 */
	"aaaaaaccccccccdd"  /* 100 */
	"ddeeeeeeeeeegggg"  /* 110 */
	"gggghhhhiiiiiiii"  /* 120 */
	"ii??jjkkklllllll"  /* 130 */
	"lllnnnnnnnnnoooo"  /* 140 */
	"oo??rrrrrrssssss"  /* 150 */
	"ssttttttuuuuuuuu"  /* 160 */
	"uuuuwwyyyzzzzzzs"; /* 170 */

/* Letters that are two. */
static const char *pair_of(unsigned code)
{
	switch (code) {
	case 0xc6:
	case 0xe6:
		return "ae";
	case 0xde:
	case 0xfe:
		return "th";
	case 0xdf:
		return "ss";
	case 0x132:
	case 0x133:
		return "ij";
	case 0x152:
	case 0x153:
		return "oe";
	default:
		return NULL;
	}
}

static void put_blank(struct buf *out, size_t start)
{
	if (out->len > start && out->data[out->len - 1] != ' ')
		buf_putc(out, ' ');
}

/* A character of two bytes. */
static void fold_two(unsigned code, const char *bytes, size_t start, struct buf *out)
{
	if (code >= 0x300 && code < 0x370) /* an accent that stands alone, after its letter */
		return;
	if (code < 0xc0 || code == 0xd7 || code == 0xf7) {
		if (code != 0xad) /* a soft hyphen is nothing */
			put_blank(out, start);
	} else if (code >= 0x180) {
		buf_put(out, bytes, 2);
	} else if (latin[code - 0xc0] == '?') {
		const char *pair = pair_of(code);
		buf_puts(out, pair != NULL ? pair : "?");
	} else {
		buf_putc(out, latin[code - 0xc0]);
	}
}

void mapping_text_fold(const char *text, size_t len, struct buf *out)
{
	size_t start = out->len;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c < 0x80) {
			if (c >= 'A' && c <= 'Z')
				buf_putc(out, (char)(c - 'A' + 'a'));
			else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
				buf_putc(out, (char)c);
			else
				put_blank(out, start);
		} else if (c < 0xe0 && i + 1 < len) {
			fold_two(((c & 0x1fu) << 6) | ((unsigned char)text[i + 1] & 0x3fu), text + i, start, out);
			i++;
		} else if (c == 0xe2 && i + 2 < len && (unsigned char)text[i + 1] <= 0x81) { /* general punctuation */
			put_blank(out, start);
			i += 2;
		} else {
			buf_putc(out, (char)c);
		}
	}
	while (out->len > start && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
}

bool mapping_text_holds(const char *text, const char *words, bool open)
{
	size_t len = strlen(words);

	for (const char *at = strstr(text, words); at != NULL; at = strstr(at + 1, words)) {
		if ((at == text || at[-1] == ' ') && (open || at[len] == '\0' || at[len] == ' '))
			return true;
	}
	return false;
}

size_t mapping_text_cut(const char *text, size_t len, size_t max)
{
	if (len <= max)
		return len;
	len = max;
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	return len;
}
