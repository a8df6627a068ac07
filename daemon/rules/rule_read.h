/* SPDX-License-Identifier: Apache-2.0 */
/* rule_read: checked reading of rule files. Every error is reported as
 * FILE:LINE: POINTER: what, hint, and reading goes on, so that one run tells
 * them all. Texts are copied to the ruleset's arena. One thread. */
#ifndef RULE_READ_H
#define RULE_READ_H

#include "age_span.h"

#include <planvax/base/arena.h>
#include <planvax/base/json.h>
#include <planvax/base/names.h>
#include <planvax/rules/ruleset.h>

struct rule_read {
	ruleset_report report; /* NULL: errors are only counted */
	void *arg;
	struct arena *arena;   /* of the ruleset */
	const char *file;      /* name of the file being read; lives in arena */
	size_t n_errors;
	bool blind;            /* the schedule could not be read: whether names are declared is not judged */
};

/* What a value must be. LIST has at least one item, LIST_ANY may be empty. */
enum rule_type { RULE_TEXT, RULE_BOOL, RULE_INT, RULE_LIST, RULE_LIST_ANY, RULE_OBJECT };

/* A key of an object; a table ends with {NULL, ...}. */
struct rule_key {
	const char *key;
	enum rule_type type;
	bool required;
};

/* Reports an error at value v (NULL: at line 1 of the file), with a hint (NULL: none). */
void rule_read_error(struct rule_read *r, const struct json_value *v, const char *hint, const char *what, ...)
	__attribute__((format(printf, 4, 5)));

/* Reports an error without a place in a file. */
void rule_read_fail(struct rule_read *r, enum err code, const char *where, const char *what, const char *hint);

/* Checks that v is an object with these keys only, all required ones, each of its type. False if v is no object. */
bool rule_read_object(struct rule_read *r, const struct json_value *v, const struct rule_key *keys);

/* Text of a member, copied; NULL if absent or no text. An empty one is an error. */
const char *rule_read_text(struct rule_read *r, const struct json_value *object, const char *key);

/* Date of a member; DATE_NONE if absent or wrong (reported). */
struct date rule_read_date(struct rule_read *r, const struct json_value *object, const char *key);

/* Duration of a member; AGE_SPAN_NONE if absent or wrong (reported). */
struct age_span rule_read_span(struct rule_read *r, const struct json_value *object, const char *key);

struct rule_range {
	int32_t min, max;
	int32_t fallback; /* of a member that is absent or wrong */
};

/* Integer of a member within a range; its fallback if absent or wrong (reported). */
int32_t rule_read_int(struct rule_read *r, const struct json_value *object, const char *key, struct rule_range range);

/* Value of a member's word by a names table; fallback if absent or wrong (reported). */
int rule_read_word(struct rule_read *r, const struct json_value *object, const char *key, const struct name *table, int fallback);

/* As rule_read_word for a text value itself, in any case. */
int rule_read_anycase(struct rule_read *r, const struct json_value *v, const struct name *table, int fallback);

/* Texts of a list member, copied; *n is their number. NULL if absent. Items that are no text are reported. */
const char *const *rule_read_texts(struct rule_read *r, const struct json_value *object, const char *key, size_t *n);

/* A JSON file of a rule directory, read and parsed; NULL if that failed (reported). Sets r->file. The caller frees it. */
struct json_doc *rule_read_file(struct rule_read *r, const char *directory, const char *name);

/* Names of the *.json files of a directory, sorted by bytes, in the arena. 0; ERR_NOT_FOUND: no such directory; ERR_IO. */
int rule_read_list(struct rule_read *r, const char *directory, const char *const **names, size_t *n);

#endif
