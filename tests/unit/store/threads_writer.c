/* SPDX-License-Identifier: Apache-2.0 */
/* threads_writer: many threads hand jobs to one writer thread while readers
 * read; a plain program, so that ThreadSanitizer can watch it. */
#include <planvax/base/pool.h>
#include <planvax/store/register_store.h>

#include "store_temp.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { CALLERS = 4, JOBS = 40 };

struct caller {
	struct store_temp *store;
	int number;
	atomic_int *errors;
};

static int put_one(struct tx *tx, void *arg)
{
	struct service s = model_build_service(arg);
	enum row_verdict v;

	return register_store_put_service(tx, &s, &v, NULL);
}

/* Puts services; after each, a reader of its own must see it and all before it. */
static void call(void *arg)
{
	struct caller *c = arg;

	for (int i = 0; i < JOBS; i++) {
		struct arena arena = ARENA_INIT;
		struct service back;
		char id[16];

		snprintf(id, sizeof(id), "S%d-%03d", c->number, i);
		if (writer_call(c->store->writer, put_one, id) < 0)
			atomic_fetch_add(c->errors, 1);

		struct tx *tx = store_temp_read(c->store);

		if (register_store_service(tx, id, &arena, &back) < 0)
			atomic_fetch_add(c->errors, 1);
		if (store_temp_end(c->store, tx) < 0)
			atomic_fetch_add(c->errors, 1);
		arena_release(&arena);
	}
}

int main(void)
{
	struct store_temp store;
	struct fault f = FAULT_NONE;
	struct db *db = NULL;
	struct pool *pool = pool_new(CALLERS, CALLERS);
	struct caller callers[CALLERS];
	atomic_int errors = 0;
	struct writer_counts counts;

	store_temp_open(&store);
	writer_free(store.writer);
	if (db_open_writer(store.path, &db, &f) < 0) {
		fprintf(stderr, "threads_writer: %s\n", f.what);
		return 1;
	}
	store.writer = writer_new(db, 1, 8);
	for (int i = 0; i < CALLERS; i++) {
		callers[i] = (struct caller){&store, i, &errors};
		pool_run(pool, call, &callers[i]);
	}
	pool_free(pool);
	writer_count(store.writer, &counts);
	store_temp_close(&store);
	if (atomic_load(&errors) != 0 || counts.jobs != CALLERS * JOBS || counts.failed != 0) {
		fprintf(stderr, "threads_writer: %d errors, %llu jobs, %llu failed\n", atomic_load(&errors),
			(unsigned long long)counts.jobs, (unsigned long long)counts.failed);
		return 1;
	}
	puts("threads_writer: 1 passed, 0 failed");
	return 0;
}
