/* SPDX-License-Identifier: Apache-2.0 */
/* fault: what a person or a peer did wrong, told so that they can mend it:
 * code, where (file:line:column, cell, JSON pointer), what, hint.
 * Set once, at the origin. A plain value; any thread. */
#ifndef PLANVAX_BASE_FAULT_H
#define PLANVAX_BASE_FAULT_H

#include <planvax/base/buf.h>
#include <planvax/base/err.h>

struct fault {
	enum err code;   /* ERR_NONE while unset */
	char where[192]; /* "people.csv:1204: column birth_date (cell D1204)"; may be empty */
	char what[320];  /* "\"31/02/1980\" is not a date" */
	char hint[192];  /* "expected YYYY-MM-DD"; may be empty */
};

/* An unset fault. */
#define FAULT_NONE {.code = ERR_NONE}

/* Clears f. */
void fault_clear(struct fault *f);

/* Sets code and what (printf form; cut when too long), unless f is NULL or set
 * already: the origin wins. Clears where and hint. Returns code, so that
 * `return fault_set(f, ERR_INVALID, ...)` reads well. */
int fault_set(struct fault *f, enum err code, const char *what, ...) __attribute__((format(printf, 3, 4)));

/* Sets the place, if it is empty still; printf form. f may be NULL. */
void fault_at(struct fault *f, const char *where, ...) __attribute__((format(printf, 2, 3)));

/* Sets the hint, if it is empty still; printf form. f may be NULL. */
void fault_hint(struct fault *f, const char *hint, ...) __attribute__((format(printf, 2, 3)));

/* Appends "where: what, hint" (parts that are empty left out) to out. */
void fault_format(const struct fault *f, struct buf *out);

#endif
