/* SPDX-License-Identifier: Apache-2.0 */
/* mapping_text: looking for words in folded texts (fold.h), so that "Visite de PRÉ-REPRISE" holds "pre reprise". Pure. */
#ifndef PLANVAX_INGEST_MAPPING_TEXT_H
#define PLANVAX_INGEST_MAPPING_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Whether folded text holds folded words, not inside longer ones; open: the last word may go on. */
bool mapping_text_holds(const char *text, const char *words, bool open);

/* Length of the UTF-8 text, at most max bytes, cut between characters. */
size_t mapping_text_cut(const char *text, size_t len, size_t max);

#endif
