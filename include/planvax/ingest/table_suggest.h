/* SPDX-License-Identifier: Apache-2.0 */
/* table_suggest: looks at a table of visits that software exported and says how to make
 * it visits.csv (INTERFACE.md 2): which columns are known, which to rename, what the words of
 * its types mean. Values are never shown. Pure; any thread. */
#ifndef PLANVAX_INGEST_TABLE_SUGGEST_H
#define PLANVAX_INGEST_TABLE_SUGGEST_H

#include <planvax/base/buf.h>
#include <planvax/base/fault.h>
#include <planvax/ingest/mapping.h>

/* What was seen of a table. */
struct table_suggest_counts {
	size_t rows;    /* read */
	size_t broken;  /* that could not be */
	size_t missing; /* required columns that were neither named nor guessed */
};

/* A table to look at. */
struct table_suggest_input {
	const char *name;              /* of the file */
	const char *text;
	size_t len;
	const struct mapping *lexicon; /* knows the words of the visit types */
};

/* Appends what is to be done with a table. 0; ERR_INVALID, ERR_LIMIT: it is no table (f). */
int table_suggest_text(const struct table_suggest_input *in, struct buf *out, struct table_suggest_counts *counts, struct fault *f);

#endif
