/* SPDX-License-Identifier: Apache-2.0 */
/* fold: see fold.h. */
#include "fold.h"

#include <stdbool.h>
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

void fold_words(const char *text, size_t len, struct buf *out)
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

/* A key as it grows. */
struct key {
	char *out;
	size_t len;
};

static void put(struct key *k, const char *word, size_t len)
{
	size_t room = FOLD_MAX_BYTES - 1 - k->len;

	len = len < room ? len : room;
	memcpy(k->out + k->len, word, len);
	k->len += len;
}

static bool is_one_of(const char *const *list, size_t n, const char *word, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (len == strlen(list[i]) && memcmp(word, list[i], len) == 0)
			return true;
	return false;
}

/* Joins the words; what is not ASCII parts them. */
static size_t join(struct key *k, const char *words, bool keep_all)
{
	static const char *const small[] = {"de", "du", "des", "d", "la", "le", "les", "l", "et", "au", "en", "un", "une"};
	static const char *const number[] = {"n", "no", "num"};

	k->len = 0;
	for (const char *at = words; *at != '\0';) {
		size_t len = 0;

		while ((at[len] >= 'a' && at[len] <= 'z') || (at[len] >= '0' && at[len] <= '9'))
			len++;
		if (is_one_of(number, sizeof(number) / sizeof(number[0]), at, len))
			put(k, "numero", 6);
		else if (keep_all || !is_one_of(small, sizeof(small) / sizeof(small[0]), at, len))
			put(k, at, len);
		at += len + (at[len] != '\0');
	}
	return k->len;
}

char *fold_key(const char *text, size_t len, char out[FOLD_MAX_BYTES])
{
	struct buf words = BUF_INIT;
	struct key k = {.out = out};

	fold_words(text, len, &words);
	if (join(&k, buf_str(&words), false) == 0)
		join(&k, buf_str(&words), true);
	out[k.len] = '\0';
	buf_release(&words);
	return out;
}
