/* SPDX-License-Identifier: Apache-2.0 */
/* json: a reader over jansson that knows where each value stands, and an
 * appending writer that gives equal bytes for equal calls. No name here is one
 * of jansson's functions, macros or types. One thread at a time; a parsed
 * document is immutable and may be read by many. */
#ifndef PLANVAX_BASE_JSON_H
#define PLANVAX_BASE_JSON_H

#include <planvax/base/buf.h>
#include <planvax/base/fault.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- reading ---- */

struct json_doc;

/* A value inside a document; borrowed, valid while the document lives. NULL is "absent". */
struct json_value;

enum json_kind { JSON_NULL_VALUE, JSON_BOOL, JSON_NUMBER, JSON_TEXT, JSON_ARRAY_VALUE, JSON_OBJECT_VALUE };

#define JSON_MAX_DEPTH 64

/* Parses len bytes of UTF-8 (a BOM is skipped) as one JSON value; a key twice in one object is an
 * error; so are an integer beyond int64_t, U+0000 and a depth of more than JSON_MAX_DEPTH.
 * `name` (file name) is what faults call it. *doc is owned by the caller. 0; ERR_INVALID with f
 * ("name:line:column: what"). */
int json_parse(const char *text, size_t len, const char *name, struct json_doc **doc, struct fault *f);

/* Frees a document and its values; NULL allowed. */
void json_free(struct json_doc *doc);

/* Its top value. */
const struct json_value *json_root(const struct json_doc *doc);

/* Kind of a value; JSON_NULL_VALUE for NULL. */
enum json_kind json_kind(const struct json_value *v);

/* Line of the value in the text, from 1; 0 for NULL. */
int json_line(const struct json_value *v);

/* Column of the value's first character, in characters from 1; 0 for NULL. */
int json_column(const struct json_value *v);

/* Appends its RFC 6901 pointer ("/series/0/name"; "" for the top). */
void json_pointer(const struct json_value *v, struct buf *out);

/* Sets f's place to "name:line:column (/series/0/name)" of v (not NULL); its text was set by fault_set. f may be NULL. */
void json_fault_at(const struct json_value *v, struct fault *f);

/* Member of an object by key; NULL if absent or v is no object. */
const struct json_value *json_get(const struct json_value *v, const char *key);

/* Members of an array or object; 0 for other kinds. */
size_t json_len(const struct json_value *v);

/* The i-th item of an array, or the i-th member of an object in file order; NULL beyond the end. */
const struct json_value *json_at(const struct json_value *v, size_t i);

/* Key of the i-th member of an object; NULL for other kinds and beyond the end. */
const char *json_key(const struct json_value *v, size_t i);

/* Text of a JSON_TEXT; NULL for other kinds. NUL-terminated, contains no NUL. */
const char *json_text(const struct json_value *v);

/* True and *out if v is an integer within min..max. */
bool json_int(const struct json_value *v, int64_t min, int64_t max, int64_t *out);

/* True and *out if v is a number. */
bool json_double(const struct json_value *v, double *out);

/* Whether v is the literal true; false for NULL and every other value. */
bool json_bool(const struct json_value *v);

/* ---- writing ---- */

/* Appends compact JSON to a buffer; commas are put where needed. */
struct json_writer {
	struct buf *out;   /* borrowed */
	uint64_t has_item; /* one bit per open level: something was written */
	int depth;         /* open levels, at most 63 */
	bool after_key;
};

/* Starts writing to out (borrowed). */
void json_writer_init(struct json_writer *w, struct buf *out);

/* Opens and closes objects and arrays. */
void json_begin_object(struct json_writer *w);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w);
void json_end_array(struct json_writer *w);

/* Writes a member's key; a value must follow. */
void json_put_key(struct json_writer *w, const char *key);

/* Writes a value (an item, or after a key). NULL text is null. Text must be UTF-8. A double is written with the
 * fewest digits that read back the same; it must be finite. */
void json_put_text(struct json_writer *w, const char *text);
void json_put_int(struct json_writer *w, int64_t value);
void json_put_double(struct json_writer *w, double value);
void json_put_bool(struct json_writer *w, bool value);
void json_put_null(struct json_writer *w);

/* Writes len bytes that are one JSON value already. */
void json_put_raw(struct json_writer *w, const char *json, size_t len);

/* Key and value in one. */
void json_text_member(struct json_writer *w, const char *key, const char *text);
void json_int_member(struct json_writer *w, const char *key, int64_t value);
void json_double_member(struct json_writer *w, const char *key, double value);
void json_bool_member(struct json_writer *w, const char *key, bool value);

#endif
