/* SPDX-License-Identifier: Apache-2.0 */
/* normal_pack: an event in order as one piece of bytes, for the time until its
 * series is expanded, and back. Of this process only: zones stay pointers. */
#ifndef PLANVAX_ICAL_NORMAL_PACK_H
#define PLANVAX_ICAL_NORMAL_PACK_H

#include "normal.h"

/* Appends n to out. */
void normal_pack(const struct normal *n, struct buf *out);

/* Its numbers alone: line, sequence, stamp; pointers are not valid. */
struct normal normal_pack_head(const char *bytes);

/* The event that was packed; arena owns what it points to. */
struct normal normal_pack_read(const char *bytes, size_t len, struct arena *arena);

#endif
