/* SPDX-License-Identifier: Apache-2.0 */
/* fold: see fold.h. */
#include "fold.h"

#include <stdbool.h>
#include <string.h>

/* Letters of U+00C0 to U+00FF without accent, in lower case; '-': no letter, '2': two letters (ae). */
static const char latin1[] = "aaaaaa2ceeeeiiiidnooooo-ouuuuy-saaaaaa2ceeeeiiiidnooooo-ouuuuy-y";

struct folding {
	char *out;
	size_t len;
	size_t word;   /* where the current word begins */
	bool keep_all; /* small words too */
};

static void put(struct folding *f, char c)
{
	if (f->len < FOLD_MAX_BYTES - 1)
		f->out[f->len++] = c;
}

static void replace_word(struct folding *f, const char *word)
{
	f->len = f->word;
	for (; *word != '\0'; word++)
		put(f, *word);
}

static void end_word(struct folding *f)
{
	static const char *const small[] = {"de", "du", "des", "d", "la", "le", "les", "l", "et", "au", "en", "un", "une"};
	size_t len = f->len - f->word;

	for (size_t i = 0; i < sizeof(small) / sizeof(small[0]) && !f->keep_all; i++) {
		if (len == strlen(small[i]) && memcmp(f->out + f->word, small[i], len) == 0)
			f->len = f->word;
	}
	if ((len == 1 && f->out[f->word] == 'n') || (len == 2 && memcmp(f->out + f->word, "no", 2) == 0) ||
		(len == 3 && memcmp(f->out + f->word, "num", 3) == 0))
		replace_word(f, "numero");
	f->word = f->len;
}

/* Folds a character beyond ASCII; returns its bytes. */
static size_t fold_wide(struct folding *f, const unsigned char *in, size_t len)
{
	if (len >= 2 && in[0] == 0xc3) {
		char c = latin1[in[1] & 0x3f];
		if (c == '2') {
			put(f, 'a');
			put(f, 'e');
		} else if (c != '-') {
			put(f, c);
		}
		return 2;
	}
	if (len >= 2 && in[0] == 0xc5 && (in[1] == 0x92 || in[1] == 0x93)) {
		put(f, 'o');
		put(f, 'e');
		return 2;
	}
	if (len >= 2 && (in[0] == 0xcc || (in[0] == 0xcd && in[1] < 0xb0)))
		return 2; /* an accent of its own */
	end_word(f);
	return 1;
}

static size_t fold_all(struct folding *f, const unsigned char *in, size_t len)
{
	for (size_t i = 0; i < len;) {
		unsigned char c = in[i];
		if (c >= 0x80) {
			i += fold_wide(f, in + i, len - i);
			continue;
		}
		i++;
		if (c >= 'A' && c <= 'Z')
			put(f, (char)(c - 'A' + 'a'));
		else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			put(f, (char)c);
		else
			end_word(f);
	}
	end_word(f);
	return f->len;
}

char *fold_key(const char *text, size_t len, char out[FOLD_MAX_BYTES])
{
	struct folding f = {.out = out};

	if (fold_all(&f, (const unsigned char *)text, len) == 0) {
		f = (struct folding){.out = out, .keep_all = true};
		fold_all(&f, (const unsigned char *)text, len);
	}
	out[f.len] = '\0';
	return out;
}
