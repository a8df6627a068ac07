/* SPDX-License-Identifier: Apache-2.0 */
/* ctl_ingest_explain: what each event of a file became and why, in sentences. One file
 * a state; memory grows with the events that have versions to compare. */
#ifndef PLANVAX_CTL_CTL_INGEST_EXPLAIN_H
#define PLANVAX_CTL_CTL_INGEST_EXPLAIN_H

#include "ctl_ingest_lines.h"

#include <planvax/base/vec.h>
#include <planvax/ingest/calendar_read.h>

struct ctl_ingest_explain;

/* Starts a file. options (borrowed) are those that it is read with; register: staff were looked up. Owned by the caller. */
struct ctl_ingest_explain *ctl_ingest_explain_new(const struct calendar_options *options);

/* Frees it; NULL allowed. */
void ctl_ingest_explain_free(struct ctl_ingest_explain *x);

/* Takes an event as calendar_options.seen gives it. */
void ctl_ingest_explain_seen(struct ctl_ingest_explain *x, const struct event *event);

/* Sentences about the row that comes after it, *n of them; valid until the next call. */
const char *const *ctl_ingest_explain_row(struct ctl_ingest_explain *x, const struct calendar_row *row, size_t *n);

/* Appends a row for people: a line, and the sentences below it. */
void ctl_ingest_explain_text(struct ctl_ingest_explain *x, const char *file, const struct calendar_row *row, struct buf *out);

#endif
