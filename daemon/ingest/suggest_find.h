/* SPDX-License-Identifier: Apache-2.0 */
/* suggest_find: where a sample tells person, type, staff, place and due date: makes
 * candidates from what stands there, measures them, keeps the best. */
#ifndef PLANVAX_INGEST_SUGGEST_FIND_H
#define PLANVAX_INGEST_SUGGEST_FIND_H

#include <planvax/ingest/mapping.h>

#include "suggest_sample.h"

/* The best sources of a role: the first, and what adds to it. */
struct suggest_choice {
	struct suggest_measure list[MAPPING_SOURCE_MAX];
	size_t n;
	size_t covered;        /* wanted events that one of them covers (of the type: knows) */
};

/* Where types are told, as the lexicon reads them. */
void suggest_find_type(const struct suggest_sample *s, struct mapping *lexicon, struct suggest_choice *out);

/* Where persons are numbered; visits (by event) are those that need one. */
void suggest_find_person(const struct suggest_sample *s, unsigned char *visits, struct suggest_choice *out);

/* Who holds the agenda; known tells registered members (NULL: no register). */
void suggest_find_staff(const struct suggest_sample *s, suggest_measure_test known, void *arg, struct suggest_choice *out);

/* Where it is; and until when. */
void suggest_find_place(const struct suggest_sample *s, const unsigned char *visits, struct suggest_choice *out);
void suggest_find_due(const struct suggest_sample *s, const unsigned char *visits, struct suggest_choice *out);

/* Events that hold 13 or 15 digits as a French social security number has, in any property. */
size_t suggest_find_nir(const struct suggest_sample *s);

/* Frees what it holds. */
void suggest_find_release(struct suggest_choice *c);

#endif
