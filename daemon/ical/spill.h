/* SPDX-License-Identifier: Apache-2.0 */
/* spill: records sorted by key in bounded memory. What does not fit lies as sorted
 * runs in an unlinked temporary file ($TMPDIR, else /var/tmp, else /tmp) and is
 * merged when it is read back. Keys compare as bytes, a shorter one first. One thread. */
#ifndef PLANVAX_ICAL_SPILL_H
#define PLANVAX_ICAL_SPILL_H

#include <planvax/base/buf.h>
#include <planvax/base/vec.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPILL_MAX_KEY_BYTES 1024

/* Where a record lies in the buffer. */
struct spill_place {
	size_t at;
	uint32_t key_len, len;
};

/* A sorted run of the file. Runs of a level follow those of higher ones. */
struct spill_run {
	int64_t from, to;
	int level;             /* how often its records were merged */
};

/* A run while it is merged. */
struct spill_cursor {
	int64_t at, end;       /* next byte to load; end of the run */
	char *window;          /* owned; NULL once the run is empty */
	size_t used, len;      /* of the window */
};

struct spill {
	size_t limit_bytes;    /* of the buffer */
	struct buf bytes;      /* records: key, then value */
	VEC(struct spill_place) places;
	size_t next;           /* of places, while they are read back */
	int fd;                /* -1: nothing was spilled */
	int64_t file_bytes;
	int error;             /* errno of what failed; 0 */
	VEC(struct spill_run) runs;
	VEC(struct spill_cursor) cursors; /* a heap, smallest key first */
	struct buf value;      /* of the record read last */
};

/* A record; valid until the next call. */
struct spill_record {
	const char *key;
	size_t key_len;
	const char *value;
	size_t len;
};

/* Empty, with a buffer of about limit_bytes. */
void spill_init(struct spill *s, size_t limit_bytes);

/* Frees memory and file. */
void spill_release(struct spill *s);

/* Adds a record. 0; ERR_IO: the file cannot be written (error says why), the record is not taken. */
int spill_put(struct spill *s, const char *key, size_t key_len, const struct buf *value);

/* Ends putting and begins reading from the smallest key on. 0; ERR_IO. */
int spill_rewind(struct spill *s);

/* The next record, equal keys in no fixed order. 1; 0: no more; ERR_IO. */
int spill_next(struct spill *s, struct spill_record *out);

/* Whether a file is in use. */
bool spill_is_on_disk(const struct spill *s);

/* Without a file: which record is next, from 0; and back to it. */
size_t spill_tell(const struct spill *s);
void spill_seek(struct spill *s, size_t next);

#endif
