/* SPDX-License-Identifier: Apache-2.0 */
/* fold: what people write, made comparable: "Date de naissance", "DATE_NAISSANCE" and
 * "date naissance" are one. Pure; any thread. */
#ifndef PLANVAX_INGEST_FOLD_H
#define PLANVAX_INGEST_FOLD_H

#include <stddef.h>

#define FOLD_MAX_BYTES 96

/* Writes the folded form of len bytes of UTF-8: letters without case and accents, digits; blanks and signs dropped, and the
 * small words of French (de, du, la, le ...) unless nothing else is there; n, no and num are numero. Cut at FOLD_MAX_BYTES - 1. Returns out. */
char *fold_key(const char *text, size_t len, char out[FOLD_MAX_BYTES]);

#endif
