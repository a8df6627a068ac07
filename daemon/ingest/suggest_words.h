/* SPDX-License-Identifier: Apache-2.0 */
/* suggest_words: how French services write the types of visit, and which words of an
 * agenda are surely nobody's name. Constant tables; pure. */
#ifndef PLANVAX_INGEST_SUGGEST_WORDS_H
#define PLANVAX_INGEST_SUGGEST_WORDS_H

#include <planvax/base/buf.h>
#include <stdbool.h>

/* Appends the words that mean a type, separated by ", ": those that vendors write, else from its code and French name. */
void suggest_words_of(const char *code, const char *name, struct buf *out);

/* Whether a folded word is of the common vocabulary of agendas. */
bool suggest_words_common(const char *folded);

/* What a folded label before a number says: > 0 the number of a person, < 0 of something else, 0 nothing. */
int suggest_words_label(const char *folded);

#endif
