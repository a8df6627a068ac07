/* SPDX-License-Identifier: Apache-2.0 */
/* row_index: one register file, read once, that knows where the rows of each
 * service stand, so that a service's rows can be read later without the rest.
 * The text is mapped; what is not UTF-8 is converted to a nameless file in $TMPDIR (/tmp) first, and that is mapped. One thread. */
#ifndef PLANVAX_INGEST_ROW_INDEX_H
#define PLANVAX_INGEST_ROW_INDEX_H

#include <planvax/base/fault.h>
#include "register_header.h"

#include <planvax/ingest/register_read.h>
#include <stddef.h>
#include <stdint.h>

#define ROW_INDEX_MAX_BYTES (INT64_C(8) << 30)

struct row_index;

struct row_index_options {
	struct register_options read; /* name, kind, report and arg count here; arg goes to services too */
	/* Services (indexes) to which the current row of csv belongs: up to max into out, their number; 0: none, f says why. */
	size_t (*services)(void *arg, const struct csv *csv, const struct register_header *header, uint32_t *out, struct fault *f);
	size_t n_services;
};

#define ROW_INDEX_MAX_OWNERS 8

/* Reads the file and indexes its rows. What is rejected already is reported and counted (read counts every row).
 * *index is owned by the caller. 0; ERR_NOT_FOUND: no such file; ERR_IO, ERR_LIMIT (f). */
int row_index_open(const char *path, const struct row_index_options *options, struct register_counts *counts,
	struct row_index **index, struct fault *f);

/* Frees it; NULL allowed. */
void row_index_free(struct row_index *index);

/* Reads one service's rows, in file order; taken and rejected are added to counts, read is not. */
void row_index_read(struct row_index *index, uint32_t service, const struct register_options *options,
	struct register_counts *counts);

/* Reads a whole file with register_read. As row_index_open. */
int row_index_read_all(const char *path, const struct register_options *options, struct register_counts *counts, struct fault *f);

#endif
