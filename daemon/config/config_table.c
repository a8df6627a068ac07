/* SPDX-License-Identifier: Apache-2.0 */
/* config_table: the layers' option tables, put together. */
#include "config_table.h"

#include <planvax/base/text.h>

#include <string.h>

const struct config_table config_tables[] = {
	{store_options_rows, &store_options_n_rows, offsetof(struct config, store)},
	{http_options_rows, &http_options_n_rows, offsetof(struct config, http)},
	{mail_options_rows, &mail_options_n_rows, offsetof(struct config, mail)},
	{job_options_rows, &job_options_n_rows, offsetof(struct config, jobs)},
	{plan_options_rows, &plan_options_n_rows, offsetof(struct config, plan)},
	{privacy_options_rows, &privacy_options_n_rows, offsetof(struct config, privacy)},
};
const size_t config_tables_n = sizeof(config_tables) / sizeof(config_tables[0]);

const struct config_kind_table config_kinds[CONFIG_KINDS] = {
	[CONFIG_AUTHORITY] = {"authority", authority_options_rows, &authority_options_n_rows, sizeof(struct authority_options),
		"One section a regional authority, named by its INSEE region code; [authority.default] serves the others.", "11"},
	[CONFIG_MAPPING] = {"mapping", mapping_options_rows, &mapping_options_n_rows, sizeof(struct mapping_options),
		"How a vendor's calendars are read; type.CODE = words lists the words that mean a type of visit.", "default"},
	[CONFIG_SOURCE] = {"source", source_options_rows, &source_options_n_rows, sizeof(struct source_options),
		"One section a source of calendars besides the drop folder.", "agenda"},
};

const struct option_row *config_table_row(const char *section, const char *key, const struct config_table **table)
{
	for (size_t t = 0; t < config_tables_n; t++) {
		for (size_t i = 0; i < *config_tables[t].n_rows; i++) {
			const struct option_row *row = &config_tables[t].rows[i];

			if (!strcmp(row->section, section) && !strcmp(row->key, key)) {
				*table = &config_tables[t];
				return row;
			}
		}
	}
	return NULL;
}

bool config_table_section(const char *section)
{
	for (size_t t = 0; t < config_tables_n; t++)
		for (size_t i = 0; i < *config_tables[t].n_rows; i++)
			if (!strcmp(config_tables[t].rows[i].section, section))
				return true;
	return false;
}

static bool is_near(const char *wrong, const char *word, int *best)
{
	int distance = text_distance(wrong, word), limit = (int)strlen(word) / 3;

	if (distance > (limit > 2 ? limit : 2) || distance >= *best)
		return false;
	*best = distance;
	return true;
}

const char *config_table_nearest_key(const char *section, const char *key)
{
	const char *nearest = NULL;
	int best = 100;

	for (size_t t = 0; t < config_tables_n; t++)
		for (size_t i = 0; i < *config_tables[t].n_rows; i++)
			if (!strcmp(config_tables[t].rows[i].section, section) && is_near(key, config_tables[t].rows[i].key, &best))
				nearest = config_tables[t].rows[i].key;
	return nearest;
}

const char *config_table_nearest_section(const char *section)
{
	const char *nearest = NULL;
	int best = 100;

	for (size_t t = 0; t < config_tables_n; t++)
		for (size_t i = 0; i < *config_tables[t].n_rows; i++)
			if (is_near(section, config_tables[t].rows[i].section, &best))
				nearest = config_tables[t].rows[i].section;
	for (size_t k = 0; k < CONFIG_KINDS; k++)
		if (is_near(section, config_kinds[k].word, &best))
			nearest = config_kinds[k].word;
	return nearest;
}
