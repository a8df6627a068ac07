/* SPDX-License-Identifier: Apache-2.0 */
/* text: strict numbers, words and small text tools; ASCII unless said. Pure; any thread. */
#ifndef PLANVAX_BASE_TEXT_H
#define PLANVAX_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A decimal integer of exactly len bytes, optional '-', no blanks, no '+'. 0; ERR_INVALID; ERR_LIMIT: outside min..max. */
int text_int(const char *text, size_t len, int64_t min, int64_t max, int64_t *out);

/* A decimal number with '.' or ',' (len bytes), no exponent, at most 15 digits. 0; ERR_INVALID. */
int text_decimal(const char *text, size_t len, double *out);

/* "30s", "5 min", "2 h", "90 days", "100ms": a duration in milliseconds; "0" needs no unit. 0; ERR_INVALID; ERR_LIMIT. */
int text_duration_ms(const char *text, size_t len, int64_t *out);

/* "64 KiB", "2MiB", "1000": bytes. 0; ERR_INVALID; ERR_LIMIT. */
int text_bytes(const char *text, size_t len, int64_t *out);

/* Whether text starts with prefix. */
bool text_starts(const char *text, const char *prefix);

/* Whether text ends with suffix. */
bool text_ends(const char *text, const char *suffix);

/* Whether two NUL-terminated ASCII texts are equal, any case. */
bool text_same_nocase(const char *a, const char *b);

/* Whether the len bytes at text equal the NUL-terminated word. */
bool text_is(const char *text, size_t len, const char *word);

/* Lowers ASCII letters in place. Returns text. */
char *text_lower(char *text);

/* Drops ASCII blanks at both ends of the len bytes at text, by moving both (no copy). */
void text_trim(const char **text, size_t *len);

/* Edit distance (insert, delete, replace, swap) of two texts of at most 64 bytes each; longer: 64. */
int text_distance(const char *a, const char *b);

/* Whether len bytes are valid UTF-8 without NUL. */
bool text_is_utf8(const char *text, size_t len);

/* Compares two NUL-terminated texts by bytes; NULL sorts first. */
int text_compare(const char *a, const char *b);

#endif
