/* SPDX-License-Identifier: Apache-2.0 */
/* option: tables of options: one row gives the INI key, the JSON key, the
 * commented sample and the man page, and fills a member of a plain struct.
 * Each layer owns its struct and its rows; `config` concatenates them. */
#ifndef PLANVAX_BASE_OPTION_H
#define PLANVAX_BASE_OPTION_H

#include <planvax/base/arena.h>
#include <planvax/base/buf.h>
#include <planvax/base/fault.h>
#include <planvax/base/names.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_type {
	OPTION_INT,      /* int64_t, min..max */
	OPTION_BOOL,     /* bool; 0, 1, yes, no, true, false */
	OPTION_TEXT,     /* const char *, NULL or "" when unset */
	OPTION_PATH,     /* const char *, a file name */
	OPTION_LIST,     /* struct option_list, comma-separated */
	OPTION_WORD,     /* int, from names */
	OPTION_DURATION, /* int64_t milliseconds, min..max */
	OPTION_BYTES     /* int64_t bytes, min..max */
};

enum {
	OPTION_RELOADABLE = 1, /* a reload may change it */
	OPTION_SECRET = 2,     /* never printed */
	OPTION_ADVANCED = 4    /* last in the sample */
};

struct option_list {
	const char *const *items; /* owned by the arena of the parse */
	size_t len;
};

struct option_row {
	const char *section;     /* INI section, without brackets; a named section's kind for [kind.NAME] */
	const char *key;
	enum option_type type;
	size_t offset;           /* of the member in the layer's struct */
	const char *fallback;    /* default, in INI form; NULL: unset */
	int64_t min, max;        /* for numbers, in the stored unit */
	const char *unit;        /* for people ("days"), or NULL */
	unsigned flags;          /* OPTION_RELOADABLE ... */
	const struct name *names;/* words of OPTION_WORD */
	const char *help;        /* one or more sentences */
};

/* Parses text into the member of base that row names; texts are copied into the arena.
 * 0; ERR_INVALID with what and hint (range, words) in f. */
int option_set(const struct option_row *row, void *base, const char *text, struct arena *arena, struct fault *f);

/* Sets all n rows' defaults in base. A bad default is a programming error (asserts). */
void option_defaults(const struct option_row *rows, size_t n, void *base, struct arena *arena);

/* Appends the member's value in INI form; secrets as "(secret)". */
void option_print(const struct option_row *row, const void *base, struct buf *out);

/* Whether the member has its default value. */
bool option_is_default(const struct option_row *row, const void *base);

/* Key of the n rows of that section nearest to a misspelt one, or NULL. */
const char *option_nearest(const struct option_row *rows, size_t n, const char *section, const char *key);

#endif
