/* SPDX-License-Identifier: Apache-2.0 */
/* mapping: which calendar properties tell a visit's person, type, staff, place
 * and due date ([mapping.NAME] of the configuration; INTERFACE.md 2 and 7). The
 * caller passes the visit type codes. Built by one thread, then read by any.
 *
 * A role is told by PROPERTY, by PROPERTY;PARAMETER, or by either ~ REGEX with one
 * group (POSIX extended; ~* in any case; \d, \s, \n and (?: ) are understood; ^ and
 * $ are ends of a line; expressions see the first 4 KiB of a value). Alternatives
 * stand with " || " between them: the first that tells something counts; of staff
 * all count, the first one's first. "VCALENDAR.NAME" is a property of the calendar
 * itself, such as X-WR-CALNAME (whose prefix may be left out).
 *
 * The words of a type are compared without case, accents and punctuation, whole words
 * but where they end in *, and the longest that fit win. */
#ifndef PLANVAX_INGEST_MAPPING_H
#define PLANVAX_INGEST_MAPPING_H

#include <planvax/base/arena.h>
#include <planvax/base/buf.h>
#include <planvax/base/fault.h>
#include <planvax/base/names.h>
#include <planvax/ical/event.h>
#include <planvax/ingest/mapping_options.h>
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

/* Sets a key of a [mapping.NAME] section: a role ("person", see above) or "type.CODE" = words that mean it, separated by
 * commas. 0; ERR_NOT_FOUND: no such key; ERR_INVALID: bad value (what and hint in f). */
int mapping_set(struct mapping *m, const char *key, const char *value, struct fault *f);

/* Hears of each key of a section that cannot be used; its place is "[mapping.NAME] key". */
typedef void (*mapping_report)(void *arg, const struct fault *f);

/* Sets all that a section says; a role left at its default keeps all of its default places. 0; ERR_INVALID: something was
 * reported (the rest is set). */
int mapping_configure(struct mapping *m, const struct mapping_options *options, mapping_report report, void *arg);

/* Also reads a property that no role needs (a literal, at most 4), so that mapping_properties names it. */
void mapping_keep(struct mapping *m, const char *property);

/* Names of the properties that it reads, for event_reader_options.keep; *n is their number. */
const char *const *mapping_properties(const struct mapping *m, size_t *n);

/* The known code nearest to a misspelt one (at most 3 changes, and no more than a third of it), or NULL. */
const char *mapping_nearest_code(const struct mapping *m, const char *text);

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

/* Applies m to an event that was read with its properties to keep, or whose properties have no wish. 0; ERR_INVALID: a due date that is none (f; *at is its property). */
int mapping_apply(const struct mapping *m, const struct event *event, struct arena *arena, struct mapping_result *out,
	const struct event_property **at);

/* One sentence of an explanation, of a role; valid until the call returns. */
typedef void (*mapping_say)(void *arg, enum mapping_role role, const char *sentence);

/* Tells in words how m reads an event: for each role which property told it through which key, or why none did. Shows of
 * values only what is taken from them, never the texts around: those may name a person. */
void mapping_explain(const struct mapping *m, const struct event *event, mapping_say say, void *arg);

/* The type that words in text mean, NULL: none; *words (may be NULL) are those of the key, NULL where text is the code. */
const char *mapping_type_of(const struct mapping *m, const char *text, const char **words);

#endif
