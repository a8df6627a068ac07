/* SPDX-License-Identifier: Apache-2.0 */
/* cell: what a cell of a register may hold, read strictly, told kindly. Each
 * returns 0, or ERR_INVALID with what and hint in f. Texts are NUL-terminated,
 * trimmed and not empty. */
#ifndef PLANVAX_INGEST_CELL_H
#define PLANVAX_INGEST_CELL_H

#include <planvax/base/arena.h>
#include <planvax/base/civil.h>
#include <planvax/base/fault.h>
#include <planvax/base/names.h>
#include <planvax/base/zone.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text without control characters, at most 400 bytes. */
int cell_text(const char *text, const char **out, struct fault *f);

/* A mailbox NAME@DOMAIN, without blanks and brackets. */
int cell_mail(const char *text, const char **out, struct fault *f);

/* A key as ids_key has it. */
int cell_key(const char *text, const char **out, struct fault *f);

/* A SIRET; blanks dropped, eaten zeros put back where the check digit agrees. */
int cell_siret(const char *text, struct arena *arena, const char **out, struct fault *f);

/* An RPPS number; blanks dropped, and the 8 before it. */
int cell_rpps(const char *text, struct arena *arena, const char **out, struct fault *f);

/* A commune code, an eaten zero put back. */
int cell_insee(const char *text, struct arena *arena, const char **out, struct fault *f);

/* A region or departement code, an eaten zero put back. */
int cell_area(const char *text, struct arena *arena, const char **out, struct fault *f);

/* A time zone that the system knows. */
int cell_zone(const char *text, const char **out, struct fault *f);

/* An integer; blanks between thousands and decimals that are zero dropped. */
int cell_int(const char *text, int32_t min, int32_t max, int32_t *out, struct fault *f);

/* 0, 1, and the words people write. */
int cell_bool(const char *text, bool *out, struct fault *f);

/* YYYY-MM-DD, YYYYMMDD or DD/MM/YYYY, also followed by midnight. */
int cell_date(const char *text, struct date *out, struct fault *f);

/* Degrees within -max..max. */
int cell_degrees(const char *text, int32_t max, double *out, struct fault *f);

/* F, M or U, and the words people write. */
int cell_sex(const char *text, char *out, struct fault *f);

/* A date and time of day in a zone: "2022-01-03T08:30", "03/01/2022 08:30:00", "03/01/2022 8h30", or an instant with its
 * offset. A time that the clocks skip is refused; of two the first is meant. */
int cell_local_time(const char *text, const struct zone *zone, struct instant *out, struct fault *f);

/* As cell_local_time; a time of day alone is of the day on which start lies. */
int cell_end_time(const char *text, const struct zone *zone, struct instant start, struct instant *out, struct fault *f);

/* True and *out if the table (NULL: an empty one) has the word but for case, accents, blanks and signs. */
bool cell_word_folded(const struct name *table, const char *word, int *out);

/* True and *out if the table has the word, in any case. */
bool cell_word(const struct name *table, const char *word, size_t len, int *out);

/* Says which words the table has. ERR_INVALID. */
int cell_word_fault(const struct name *table, const char *word, struct fault *f);

#endif
