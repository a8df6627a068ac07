/* SPDX-License-Identifier: Apache-2.0 */
/* scanner: one unfolded content line to name, parameters and value (RFC 5545
 * 3.1, RFC 6868). Tolerant where real exports are: quotes in the wrong place,
 * parameters without a value, lower case. One thread a scanner. */
#ifndef PLANVAX_ICAL_SCANNER_H
#define PLANVAX_ICAL_SCANNER_H

#include <planvax/base/buf.h>
#include <planvax/ical/event.h>
#include <stdbool.h>
#include <stddef.h>

#define SCANNER_MAX_PARAMS 256 /* further ones are dropped */

/* A content line; name and values are NUL-terminated, valid until the next scan. */
struct scanner_line {
	const char *name;          /* upper case */
	size_t name_len;
	const struct event_param *params;
	size_t n_params;
	const char *texts;         /* in which names and values of the parameters lie */
	size_t texts_len;
	const char *value;         /* raw, as it stands in the line */
	size_t value_len;
	size_t value_offset;       /* of the value in the line */
};

struct scanner {
	struct buf name;
	struct buf texts;          /* names and values of the parameters, each with its NUL */
	struct event_param params[SCANNER_MAX_PARAMS];
	size_t starts[2 * SCANNER_MAX_PARAMS]; /* of name and value, in texts */
};

/* Makes an empty scanner. */
void scanner_init(struct scanner *s);

/* Frees its memory. */
void scanner_release(struct scanner *s);

/* Name alone, in upper case, for who wants few lines: its length, or 0 if the line has none; cut to room. */
size_t scanner_name(const char *text, size_t len, char *name, size_t room);

/* Length of the name, or 0 if the line has none. */
size_t scanner_name_len(const char *text, size_t len);

/* Cuts a line of len bytes. 0; ERR_INVALID: no name or no colon. */
int scanner_scan(struct scanner *s, const char *text, size_t len, struct scanner_line *out);

/* The same where the name is known to have name_len bytes (more than 0): out->name is not set. */
int scanner_scan_rest(struct scanner *s, const char *text, size_t len, size_t name_len, struct scanner_line *out);

/* Value of a parameter by upper-case name, or NULL. */
const char *scanner_param(const struct scanner_line *line, const char *name);

#endif
