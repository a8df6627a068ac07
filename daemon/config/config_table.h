/* SPDX-License-Identifier: Apache-2.0 */
/* config_table: the layers' option tables, put together. Private to config.
 * Prefixes: config_table_, config_tables, config_kinds. */
#ifndef PLANVAX_CONFIG_CONFIG_TABLE_H
#define PLANVAX_CONFIG_CONFIG_TABLE_H

#include <planvax/config/config.h>

/* A layer's rows and where its struct lies in struct config. */
struct config_table {
	const struct option_row *rows;
	const size_t *n_rows;
	size_t offset;
};

extern const struct config_table config_tables[];
extern const size_t config_tables_n;

/* Kinds of sections that have a name of their own: [authority.11]. */
enum config_kind { CONFIG_AUTHORITY, CONFIG_MAPPING, CONFIG_SOURCE };
#define CONFIG_KINDS 3

struct config_kind_table {
	const char *word;           /* "authority" */
	const struct option_row *rows;
	const size_t *n_rows;
	size_t size;                /* of its struct, whose first member is the name */
	const char *what;           /* one sentence for the sample */
	const char *example;        /* name in the sample */
};

extern const struct config_kind_table config_kinds[CONFIG_KINDS];

/* The row of a plain section's key, its table in *table; NULL: none. */
const struct option_row *config_table_row(const char *section, const char *key, const struct config_table **table);

/* Whether a plain section of that name exists. */
bool config_table_section(const char *section);

/* The section's key nearest to a misspelt one; the section nearest to a misspelt one; NULL: none. */
const char *config_table_nearest_key(const char *section, const char *key);
const char *config_table_nearest_section(const char *section);

#endif
