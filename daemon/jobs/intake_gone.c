/* SPDX-License-Identifier: Apache-2.0 */
/* intake_gone: see intake_gone.h. */
#include "intake_gone.h"

#include <planvax/base/alloc.h>
#include <planvax/store/held_store.h>
#include <planvax/store/register_store.h>
#include <planvax/store/visit_store.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct work {
	struct intake_gone_run *run;
	struct held_run held;
	int64_t removed;    /* by a job */
	bool more;
};

/* The next entry of the list. */
static bool next(struct work *w, struct agenda_key *key, struct intake_gone *gone)
{
	struct sorter_record r;

	w->more = sorter_next(w->run->gone, &r);
	if (!w->more)
		return false;
	*key = (struct agenda_key){w->run->service_id, w->run->source, r.key, r.key + strlen(r.key) + 1};
	memcpy(gone, r.value, sizeof(*gone));
	return true;
}

static int remove_some(struct tx *tx, void *arg)
{
	struct work *w = arg;
	struct agenda_key key;
	struct intake_gone gone;

	w->removed = 0;
	for (int i = 0; i < REGISTER_CHUNK_ROWS && tx_error(tx) == 0 && next(w, &key, &gone); i++)
		visit_store_gone(tx, &key, &w->removed);
	return sorter_error(w->run->gone) < 0 ? sorter_error(w->run->gone) : tx_error(tx);
}

static int forget_some(struct tx *tx, void *arg)
{
	struct work *w = arg;

	return held_store_drop(tx, w->run->service_id, w->run->source, REGISTER_CHUNK_ROWS, &w->more);
}

static int forget_held(struct work *w)
{
	int rc;

	do {
		rc = writer_call(w->run->in->writer, forget_some, w);
	} while (rc == 0 && w->more);
	return rc;
}

int intake_gone_remove(struct intake_gone_run *run)
{
	struct work w = {.run = run, .more = sorter_count(run->gone) > 0};
	struct agenda_key key;
	struct intake_gone gone;
	int rc = 0;

	run->removed = 0;
	if (run->file->dry_run) {
		while (next(&w, &key, &gone))
			run->removed++;
		return sorter_error(run->gone);
	}
	while (rc == 0 && w.more) {
		rc = writer_call(run->in->writer, remove_some, &w);
		run->removed += rc == 0 ? w.removed : 0;
	}
	return rc == 0 ? forget_held(&w) : rc;
}

/* ---- held ---- */

static int put_run(struct tx *tx, void *arg)
{
	struct work *w = arg;

	w->held.held_at = tx_now(tx);
	return held_store_put(tx, &w->held);
}

static int put_some(struct tx *tx, void *arg)
{
	struct work *w = arg;
	struct agenda_key key;
	struct intake_gone gone;

	for (int i = 0; i < REGISTER_CHUNK_ROWS && tx_error(tx) == 0 && next(w, &key, &gone); i++) {
		struct agenda_version version = {.sequence = gone.sequence, .stamp = gone.stamp};

		memcpy(version.digest, gone.digest, DIGEST_BYTES);
		held_store_put_entry(tx, &key, &version);
	}
	return sorter_error(w->run->gone) < 0 ? sorter_error(w->run->gone) : tx_error(tx);
}

/* Digest of the file's bytes, which are read once more. One that cannot be read again has that of what it gave. */
static void digest_file(const struct intake_file *file, unsigned char out[DIGEST_BYTES])
{
	struct digest *d = digest_new();
	char *block = xmalloc(65536);
	off_t at = 0;
	ssize_t n = 0;

	if (file->text != NULL)
		digest_add(d, file->text, file->len);
	while (file->text == NULL && ((n = pread(file->fd, block, 65536, at)) > 0 || (n < 0 && errno == EINTR))) {
		if (n > 0)
			digest_add(d, block, (size_t)n);
		at += n > 0 ? n : 0;
	}
	free(block);
	digest_finish(d, out);
}

int intake_gone_keep(struct intake_gone_run *run)
{
	struct work w = {.run = run, .held = {.service_id = run->service_id, .source = run->source, .file = run->file->name, .known = run->known,
		.gone = sorter_count(run->gone)}};
	int rc;

	run->removed = 0;
	if (run->file->dry_run)
		return 0;
	digest_file(run->file, w.held.digest);
	rc = forget_held(&w);
	if (rc == 0)
		rc = writer_call(run->in->writer, put_run, &w);
	w.more = true;
	while (rc == 0 && w.more)
		rc = writer_call(run->in->writer, put_some, &w);
	return rc;
}
