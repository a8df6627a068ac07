/* SPDX-License-Identifier: Apache-2.0 */
/* suggest_token: numbers in a text that may be a person's reference, each with the
 * sources that would find it. Pure. */
#ifndef PLANVAX_INGEST_SUGGEST_TOKEN_H
#define PLANVAX_INGEST_SUGGEST_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

/* Hears of the pattern that would find a number; quality is what speaks for it besides its numbers. */
typedef void (*suggest_token_fn)(void *arg, const char *pattern, double quality);

/* Tells the patterns of each number in a text; fn may hear of one several times. */
void suggest_token_patterns(const char *text, suggest_token_fn fn, void *arg);

/* Whether a whole value looks like a reference: no blanks, at most 40 bytes, a digit, no date, address or phone number. */
bool suggest_token_is_reference(const char *text);

/* Whether a text holds 13 or 15 digits as a French social security number has. */
bool suggest_token_holds_nir(const char *text);

#endif
