/* SPDX-License-Identifier: Apache-2.0 */
/* fold: what people write, made comparable: "Date de naissance", "DATE_NAISSANCE" and
 * "date naissance" are one. Pure; any thread. */
#ifndef PLANVAX_INGEST_FOLD_H
#define PLANVAX_INGEST_FOLD_H

#include <planvax/base/buf.h>
#include <stddef.h>

#define FOLD_MAX_BYTES 96

/* Appends len bytes of UTF-8 folded to words: lower case, Latin letters without accents, all else that is no letter or digit
 * as one blank; no blank at either end. */
void fold_words(const char *text, size_t len, struct buf *out);

/* Writes the key of len bytes of UTF-8: the ASCII letters and digits of its folded words; blanks dropped, and the
 * small words of French (de, du, la, le ...) unless nothing else is there; n, no and num are numero. Cut at FOLD_MAX_BYTES - 1. Returns out. */
char *fold_key(const char *text, size_t len, char out[FOLD_MAX_BYTES]);

#endif
