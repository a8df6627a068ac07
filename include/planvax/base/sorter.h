/* SPDX-License-Identifier: Apache-2.0 */
/* sorter: records in the order of their keys, however many, in bounded memory: what
 * does not fit is sorted in parts, written to a nameless file (in TMPDIR, else
 * /var/tmp) and merged while it is read. First all adds, then all reads. One
 * thread at a time. */
#ifndef PLANVAX_BASE_SORTER_H
#define PLANVAX_BASE_SORTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SORTER_RECORD_MAX_BYTES ((size_t)64 << 20) /* key and value */

struct sorter;

/* One record; valid until the next call. */
struct sorter_record {
	const char *key;
	size_t key_len;
	const char *value;
	size_t len;
};

/* An empty one that keeps about memory_bytes in memory. Owned by the caller. */
struct sorter *sorter_new(size_t memory_bytes);

/* Frees it; NULL allowed. */
void sorter_free(struct sorter *s);

/* Adds a copy of a record. 0; ERR_LIMIT: larger than SORTER_RECORD_MAX_BYTES; ERR_IO: the file cannot be written. */
int sorter_add(struct sorter *s, const struct sorter_record *record);

/* Ends the adding. 0; ERR_IO. */
int sorter_sort(struct sorter *s);

/* The next record by key (bytes compared, the shorter first), records of one key as they were added. True and *out; false:
 * there is none, or the file could not be read (sorter_error). */
bool sorter_next(struct sorter *s, struct sorter_record *out);

/* ERR_IO once reading failed; 0. */
int sorter_error(const struct sorter *s);

/* Number of records added. */
int64_t sorter_count(const struct sorter *s);

#endif
