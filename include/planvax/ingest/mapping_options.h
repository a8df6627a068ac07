/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_options: sections [mapping.NAME] and [source.NAME]. Plain values.
 * Prefixes: mapping_options_, source_options_, source_kind_. */
#ifndef PLANVAX_INGEST_MAPPING_OPTIONS_H
#define PLANVAX_INGEST_MAPPING_OPTIONS_H

#include <planvax/base/names.h>
#include <planvax/base/option.h>

/* type.CODE = words that mean it. */
struct mapping_word {
	const char *code;
	const char *words; /* comma-separated */
};

struct mapping_options {
	const char *name;
	const char *person, *type, *staff, *place, *due; /* PROPERTY, PROPERTY;PARAMETER, PROPERTY ~ REGEX */
	const struct mapping_word *words;
	size_t n_words;
};

enum source_kind { SOURCE_FOLDER, SOURCE_HTTP, SOURCE_CALDAV };
extern const struct name source_kind_names[];

struct source_options {
	const char *name;
	int kind;               /* enum source_kind */
	const char *service;    /* service_id */
	const char *path;       /* of a folder */
	const char *url;        /* of a feed */
	const char *mapping;    /* a [mapping.NAME]; NULL: "default" */
	bool complete;          /* each run is a full snapshot */
	const char *username, *password_file;
	int64_t every_ms;       /* between two looks; 0: by kind */
	int64_t max_bytes;      /* of one answer or file */
	int64_t timeout_ms;     /* of one answer */
	bool allow_private;     /* private, loopback and link-local addresses too */
	bool allow_http;        /* without TLS too */
	const char *ca_file;    /* trust these authorities only; NULL: the system's */
};

/* Rows of such sections; `name` comes from the heading. */
extern const struct option_row mapping_options_rows[];
extern const size_t mapping_options_n_rows;
extern const struct option_row source_options_rows[];
extern const size_t source_options_n_rows;

#endif
