/* SPDX-License-Identifier: Apache-2.0 */
/* names: one table per enum, word <-> value, for database, JSON, CSV and logs. */
#ifndef PLANVAX_BASE_NAMES_H
#define PLANVAX_BASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* A table ends with {NULL, 0}. */
struct name {
	const char *word;
	int value;
};

/* The word of a value; NULL if the table has none. Static text. */
const char *names_word(const struct name *table, int value);

/* True and *value if the table holds the word of len bytes, byte by byte. */
bool names_value(const struct name *table, const char *word, size_t len, int *value);

/* The table's word nearest to a misspelt one (edit distance at most 2, or a third of its length), or NULL. */
const char *names_nearest(const struct name *table, const char *word);

#endif
