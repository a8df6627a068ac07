/* SPDX-License-Identifier: Apache-2.0 */
/* mapping: which calendar properties tell a visit's person, type, staff, place
 * and due date ([mapping.NAME] of the configuration; INTERFACE.md 2 and 7). The
 * caller passes the visit type codes. Built by one thread, then read by any. */
#ifndef PLANVAX_INGEST_MAPPING_H
#define PLANVAX_INGEST_MAPPING_H

#include <planvax/base/arena.h>
#include <planvax/base/fault.h>
#include <planvax/base/names.h>
#include <planvax/ical/event.h>
#include <stdbool.h>
#include <stddef.h>

enum mapping_role { MAPPING_PERSON, MAPPING_TYPE, MAPPING_STAFF, MAPPING_PLACE, MAPPING_DUE };
#define MAPPING_ROLES 5
extern const struct name mapping_role_names[];

struct mapping;

/* The defaults: ATTENDEE and ORGANIZER are staff, X-PLANVAX-PERSON, CATEGORIES, LOCATION, X-PLANVAX-DUE. Owned by the caller. */
struct mapping *mapping_new(void);

/* Frees it; NULL allowed. */
void mapping_free(struct mapping *m);

/* Makes the visit type codes known (copied); without any, every category is a type. */
void mapping_set_types(struct mapping *m, const char *const *codes, size_t n);

/* Sets a key of a [mapping.NAME] section: a role ("person" = PROPERTY, PROPERTY;PARAMETER or PROPERTY ~ REGEX with one
 * group, POSIX extended) or "type.CODE" = words that mean it, separated by commas. 0; ERR_NOT_FOUND: no such key;
 * ERR_INVALID: bad value (what and hint in f). */
int mapping_set(struct mapping *m, const char *key, const char *value, struct fault *f);

/* Names of the properties that it reads, for event_reader_options.keep; *n is their number. */
const char *const *mapping_properties(const struct mapping *m, size_t *n);

/* What an event says, as text; arena owns it. NULL where it says nothing. */
struct mapping_result {
	const char *person;
	const char *type;             /* a known code */
	const char *place;
	const char *const *staff;     /* each named once, in the order of the properties; "mailto:" dropped, lower case */
	size_t n_staff;
	struct date due;              /* DATE_NONE */
	const struct event_property *type_property;   /* where an unknown type stands; NULL */
	const struct event_property *person_property; /* where the person stands; NULL */
};

/* Applies m to an event. 0; ERR_INVALID: a due date that is none (f; *at is its property). */
int mapping_apply(const struct mapping *m, const struct event *event, struct arena *arena, struct mapping_result *out,
	const struct event_property **at);

#endif
