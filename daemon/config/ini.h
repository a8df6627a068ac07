/* SPDX-License-Identifier: Apache-2.0 */
/* ini: sections, keys and values of one INI text, with positions. Private to config. */
#ifndef PLANVAX_CONFIG_INI_H
#define PLANVAX_CONFIG_INI_H

#include <planvax/base/fault.h>
#include <stddef.h>

/* One setting, or a fault of form. Texts are valid during the call. */
struct ini_item {
	const char *section; /* "mail", "authority.11"; "" before the first heading */
	const char *key;     /* NULL: the section's heading alone */
	const char *value;   /* without quotes and trailing comment */
	const char *line;    /* the whole line, for a caret */
	int line_number, key_column, value_column; /* from 1, in bytes */
	const struct fault *fault; /* NULL: well-formed */
};

typedef void (*ini_visit)(void *arg, const struct ini_item *item);

/* Reads len bytes and calls visit for each heading, setting and malformed line, in order. */
void ini_read(const char *text, size_t len, ini_visit visit, void *arg);

#endif
