/* SPDX-License-Identifier: Apache-2.0 */
/* store_temp: stores for tests. */
#include "store_temp.h"

#include <planvax/store/register_store.h>
#include <planvax/store/visit_store.h>

#include "db_connection.h"

#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void open_store(struct store_temp *t)
{
	struct fault f = FAULT_NONE;
	struct db *db = NULL;
	int rc = db_open_writer(t->path, &db, &f);

	if (rc < 0)
		fprintf(stderr, "store_temp: %s: %s\n", f.where, f.what);
	assert(rc == 0);
	t->writer = writer_new(db, 0, 1);
	t->readers = readers_new(t->path, 4);
}

void store_temp_open(struct store_temp *t)
{
	const char *tmp = getenv("TMPDIR");

	*t = (struct store_temp){.directory = ""};
	snprintf(t->directory, sizeof(t->directory), "%s/planvax-store-XXXXXX", tmp != NULL && strlen(tmp) < 30 ? tmp : "/tmp");

	char *made = mkdtemp(t->directory);

	assert(made != NULL);
	snprintf(t->path, sizeof(t->path), "%s/planvax.db", t->directory);
	open_store(t);
}

static void shut(struct store_temp *t)
{
	readers_free(t->readers);
	writer_free(t->writer);
}

void store_temp_reopen(struct store_temp *t)
{
	shut(t);
	open_store(t);
}

void store_temp_close(struct store_temp *t)
{
	DIR *d;

	shut(t);
	d = opendir(t->directory);
	for (struct dirent *e = d != NULL ? readdir(d) : NULL; e != NULL; e = readdir(d))
		if (e->d_name[0] != '.')
			unlinkat(dirfd(d), e->d_name, 0);
	if (d != NULL)
		closedir(d);
	rmdir(t->directory);
}


struct wrapped {
	writer_job job;
	void *arg;
	int rc;
};

static int run_wrapped(struct tx *tx, void *arg)
{
	struct wrapped *w = arg;

	return w->job(tx, w->arg);
}

static void take_outcome(void *arg, int rc)
{
	struct wrapped *w = arg;

	w->rc = rc;
}

int store_temp_run(struct store_temp *t, writer_job job, void *arg)
{
	struct wrapped w = {.job = job, .arg = arg};
	int rc = writer_run(t->writer, run_wrapped, take_outcome, &w);

	return rc < 0 ? rc : w.rc;
}

struct tx *store_temp_read(struct store_temp *t)
{
	struct fault f = FAULT_NONE;
	struct db *db = NULL;
	int rc = readers_take(t->readers, &db, &f);

	assert(rc == 0);
	return db_read(db);
}

int store_temp_end(struct store_temp *t, struct tx *tx)
{
	struct db *db = tx->db;
	int rc = tx_end(tx);

	readers_give(t->readers, db);
	return rc;
}

#define PUT_ALL(kind, rows, n) \
	do { \
		for (size_t i_ = 0; i_ < (n) && rc == 0; i_++) \
			rc = register_store_put_##kind(tx, &(rows)[i_], &verdict, &f); \
	} while (0)

static int put_agenda(struct tx *tx, const struct model_sample *s)
{
	enum row_verdict verdict;
	int rc = 0;

	for (size_t i = 0; i < 16 && rc == 0; i++) {
		const char *staff[] = {s->visits[i].staff_id};
		struct agenda_entry e = {.key = {"S001", "sample.ics", s->visits[i].visit_id, ""},
			.version = {.status = AGENDA_VISIT}, .visit = s->visits[i], .staff = staff, .n_staff = 1};

		rc = visit_store_put(tx, &e, &verdict, NULL);
	}
	for (size_t i = 0; i < 3 && rc == 0; i++) {
		const char *staff[] = {s->busy[i].staff_id};
		struct agenda_entry e = {.key = {"S001", s->busy[i].staff_id, s->busy[i].uid, ""},
			.version = {.status = AGENDA_BUSY}, .staff = staff, .n_staff = 1};

		e.visit = (struct visit){.visit_id = s->busy[i].uid, .start = s->busy[i].start, .end = s->busy[i].end, .due = DATE_NONE};
		rc = visit_store_put(tx, &e, &verdict, NULL);
	}
	return rc;
}

static int put_sample(struct tx *tx, void *arg)
{
	const struct model_sample *s = arg;
	enum row_verdict verdict;
	struct fault f = FAULT_NONE;
	struct register_ordinals *ordinals = register_store_ordinals_new();
	int rc = register_store_put_service(tx, &s->service, &verdict, &f);

	PUT_ALL(commune, s->communes, 4);
	PUT_ALL(centre, s->centres, 2);
	PUT_ALL(staff, s->staff, 6);
	PUT_ALL(vehicle, s->vehicles, 1);
	PUT_ALL(company, s->companies, 5);
	PUT_ALL(person, s->people, 40);
	PUT_ALL(event, s->events, s->n_events);
	for (size_t i = 0; i < 4 && rc == 0; i++)
		rc = register_store_put_stock(tx, &s->stock[i], register_store_ordinal(ordinals, &s->stock[i]), &verdict, &f);
	register_store_ordinals_free(ordinals);
	return rc < 0 ? rc : put_agenda(tx, s);
}

void store_temp_fill(struct store_temp *t, const struct model_sample *sample)
{
	struct model_sample copy = *sample;
	int rc = store_temp_run(t, put_sample, &copy);

	assert(rc == 0);
}
