/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ingest_lines: occurrences and summary as the JSON lines of INTERFACE.md 5. */
#ifndef PLANVAX_CTL_CTL_INGEST_LINES_H
#define PLANVAX_CTL_CTL_INGEST_LINES_H

#include <planvax/base/buf.h>
#include <planvax/ingest/calendar_read.h>

/* Appends the line of an occurrence or reject of a file, with a member "explain" of n sentences unless it is NULL. */
void ctl_ingest_lines_row(const char *file, const struct calendar_row *row, const char *const *explain, size_t n, struct buf *out);

/* Appends the summary's line. */
void ctl_ingest_lines_summary(const struct calendar_counts *counts, struct buf *out);

#endif
