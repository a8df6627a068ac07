/* SPDX-License-Identifier: Apache-2.0 */
/* readers: idle reading connections wait in a bounded queue. */
#include <planvax/store/readers.h>

#include <planvax/base/alloc.h>
#include <planvax/base/queue.h>

#include <stdlib.h>

struct readers {
	char *path;
	struct queue *idle;
};

struct readers *readers_new(const char *path, size_t keep)
{
	struct readers *r = xcalloc(1, sizeof(*r));

	r->path = xstrdup(path);
	r->idle = queue_new(keep > 0 ? keep : 1);
	return r;
}

void readers_free(struct readers *r)
{
	void *db;

	if (r == NULL)
		return;
	queue_close(r->idle);
	while (queue_try_take(r->idle, &db) == 0)
		db_close(db);
	queue_free(r->idle);
	free(r->path);
	free(r);
}

int readers_take(struct readers *r, struct db **db, struct fault *f)
{
	void *idle;

	if (queue_try_take(r->idle, &idle) == 0) {
		*db = idle;
		return 0;
	}
	return db_open_reader(r->path, db, f);
}

void readers_give(struct readers *r, struct db *db)
{
	if (db != NULL && queue_try_put(r->idle, db) < 0)
		db_close(db);
}
