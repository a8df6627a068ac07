/* SPDX-License-Identifier: Apache-2.0 */
/* register_header: which column of a file holds which column of its register: by name or alias, without
 * regard to case, accents, blanks and signs. */
#ifndef PLANVAX_INGEST_REGISTER_HEADER_H
#define PLANVAX_INGEST_REGISTER_HEADER_H

#include <planvax/ingest/register_read.h>

#define REGISTER_HEADER_MAX 32

struct register_header {
	const struct register_column *columns; /* of the register */
	size_t n;
	int at[REGISTER_HEADER_MAX];           /* column of the file; -1: not there */
};

/* Finds the columns of a register in csv's header. */
void register_header_find(struct register_header *h, const struct csv *csv, enum register_kind kind);

/* Tells of required columns that are missing and of doubled ones. The number of such faults: with any, no row can be read. */
size_t register_header_faults(const struct register_header *h, const struct csv *csv, const struct register_options *options);

/* Tells of columns that are ignored, once each, with the name that was meant perhaps. */
void register_header_notes(const struct register_header *h, const struct csv *csv, const struct register_options *options);

/* Index in columns of the one of that name, which the register has. */
size_t register_header_index(const struct register_header *h, const char *name);

/* Cell of csv's current row in the register's column of that name; "" without. */
const char *register_header_cell(const struct register_header *h, const struct csv *csv, const char *name);

#endif
