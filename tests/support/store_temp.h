/* SPDX-License-Identifier: Apache-2.0 */
/* store_temp: a real store in a directory of its own, for tests. */
#ifndef PLANVAX_TESTS_STORE_TEMP_H
#define PLANVAX_TESTS_STORE_TEMP_H

#include <planvax/store/db.h>
#include <planvax/store/readers.h>
#include <planvax/store/writer.h>

#include "model_build.h"

struct store_temp {
	char directory[64];
	char path[80];         /* of the store, in that directory */
	struct writer *writer; /* inline */
	struct readers *readers;
};

/* Makes a directory with an empty store; aborts if it cannot. */
void store_temp_open(struct store_temp *t);

/* Closes the store and opens it again, as a restart does. */
void store_temp_reopen(struct store_temp *t);

/* Closes the store and removes the directory. */
void store_temp_close(struct store_temp *t);

/* Runs a job in the writer; returns its outcome. */
int store_temp_run(struct store_temp *t, writer_job job, void *arg);

/* Opens a read transaction; end it with store_temp_end. */
struct tx *store_temp_read(struct store_temp *t);

/* Ends it and gives its reader back. Returns its error. */
int store_temp_end(struct store_temp *t, struct tx *tx);

/* Stores all rows of a sample; aborts if one is refused. */
void store_temp_fill(struct store_temp *t, const struct model_sample *sample);

#endif
