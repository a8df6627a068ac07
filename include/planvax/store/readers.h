/* SPDX-License-Identifier: Apache-2.0 */
/* readers: reading connections kept for reuse, so that a job on any thread of
 * the pool takes one, reads, and gives it back. Any thread. */
#ifndef PLANVAX_STORE_READERS_H
#define PLANVAX_STORE_READERS_H

#include <planvax/store/db.h>
#include <stddef.h>

struct readers;

/* None open yet; at most `keep` are kept while nobody uses them. Owned by the caller. */
struct readers *readers_new(const char *path, size_t keep);

/* Closes those kept; all taken ones were given back. NULL allowed. */
void readers_free(struct readers *r);

/* A connection for the caller's use until readers_give; opened if none is kept. 0; as db_open_reader. */
int readers_take(struct readers *r, struct db **db, struct fault *f);

/* Gives it back; its transaction has ended. */
void readers_give(struct readers *r, struct db *db);

#endif
