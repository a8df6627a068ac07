/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_parts: what a mapping is made of, for the modules that apply and explain
 * it. Plain values. */
#ifndef PLANVAX_INGEST_MAPPING_PARTS_H
#define PLANVAX_INGEST_MAPPING_PARTS_H

#include <planvax/base/map.h>
#include <planvax/base/vec.h>
#include <planvax/ingest/mapping.h>

#include "mapping_source.h"

#define MAPPING_PARTS_KEPT 4 /* properties that are kept besides */

/* Words that mean a type. */
struct mapping_phrase {
	char *words;   /* folded */
	char *written; /* as configured */
	size_t len;    /* of words */
	bool open;     /* ended by *: the last word may go on */
	size_t code;
};

/* A source by the property that it reads. */
struct mapping_use {
	enum mapping_role role;
	size_t source; /* index in its role */
};

#define MAPPING_PARTS_SOURCES (MAPPING_ROLES * (MAPPING_SOURCE_MAX + 1))

struct mapping {
	struct mapping_source sources[MAPPING_ROLES][MAPPING_SOURCE_MAX + 1]; /* by rank */
	size_t n_sources[MAPPING_ROLES];
	VEC(char *) codes;
	struct map code_at;
	bool any_type;             /* no codes were given: every category is a type */
	VEC(struct mapping_phrase) phrases; /* longest first */
	const char *kept[MAPPING_PARTS_KEPT];
	size_t n_kept;
	const char *names[MAPPING_PARTS_SOURCES + MAPPING_PARTS_KEPT];
	size_t n_names;
	/* Of roles whose alternatives all count alike: those of names[i] are uses[first_use[i]] to before first_use[i + 1]. */
	struct mapping_use uses[MAPPING_PARTS_SOURCES];
	size_t first_use[MAPPING_PARTS_SOURCES + MAPPING_PARTS_KEPT + 1];
};

#endif
