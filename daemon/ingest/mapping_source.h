/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_source: one place where a calendar tells something: PROPERTY,
 * PROPERTY;PARAMETER, either with ~ REGEX (or ~* REGEX, any case), and the
 * alternatives of a key, separated by " || ". Built by one thread, read by any. */
#ifndef PLANVAX_INGEST_MAPPING_SOURCE_H
#define PLANVAX_INGEST_MAPPING_SOURCE_H

#include <planvax/base/arena.h>
#include <planvax/base/fault.h>
#include <planvax/ical/event.h>
#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#define MAPPING_SOURCE_MAX 6             /* alternatives of a key */
#define MAPPING_SOURCE_TEXT_BYTES 4096   /* of a value are looked at by an expression */
#define MAPPING_SOURCE_PATTERN_BYTES 400

struct mapping_source {
	char *text;      /* as it was written */
	char *property;  /* upper case; "VCALENDAR.NAME" for the calendar's own */
	char *parameter; /* upper case, or NULL */
	bool has_regex;
	size_t group;    /* that holds what is meant */
	regex_t regex;
	size_t rank;     /* which alternative; equal ranks are read in file order */
	size_t wish;     /* 1 + the index of property in mapping_properties */
};

/* Reads one alternative of len bytes; *out is the caller's to release. 0; ERR_INVALID (f). */
int mapping_source_parse(const char *text, size_t len, struct mapping_source *out, struct fault *f);

/* Frees what it holds. */
void mapping_source_release(struct mapping_source *s);

/* Why a source finds nothing in a property. */
enum mapping_source_miss { MAPPING_SOURCE_FOUND, MAPPING_SOURCE_NO_PARAMETER, MAPPING_SOURCE_EMPTY, MAPPING_SOURCE_NO_MATCH };

/* The text that a source finds in a property of its name, trimmed, of the arena; NULL: none (*miss says why; may be NULL). */
const char *mapping_source_find(const struct mapping_source *s, const struct event_property *p, struct arena *arena,
	enum mapping_source_miss *miss);

#endif
