/* SPDX-License-Identifier: Apache-2.0 */
/* source_forget: see source_forget.h. */
#include <planvax/jobs/source_forget.h>

#include <planvax/base/text.h>
#include <planvax/jobs/moves.h>
#include <planvax/store/audit_store.h>
#include <planvax/store/held_store.h>
#include <planvax/store/source_store.h>

#include <string.h>

struct work {
	const struct source_forget *what;
	struct visit_totals found;
	int64_t removed;
};

static int count(struct tx *tx, void *arg)
{
	struct work *w = arg;

	return visit_store_source_totals(tx, w->what->service_id, w->what->name, &w->found);
}

/* Says who forgets what, before anything is done. */
static int begin(struct tx *tx, void *arg)
{
	const struct work *w = arg;
	struct buf detail = BUF_INIT;

	buf_printf(&detail, "forgotten: %lld visits, %lld busy, %lld entries in all", (long long)w->found.visits, (long long)w->found.busy,
		(long long)w->found.entries);
	audit_store_put(tx, &(struct audit_line){.actor = w->what->actor, .action = AUDIT_FORGOTTEN, .service_id = w->what->service_id,
		.subject = w->what->name, .detail = buf_str(&detail)});
	buf_release(&detail);
	return tx_error(tx);
}

static int part(struct tx *tx, void *arg)
{
	struct work *w = arg;

	w->removed = 0;
	return visit_store_drop_source(tx, w->what->service_id, w->what->name, REGISTER_CHUNK_ROWS, &w->removed);
}

/* Whether a run is held of the source, or of a file of its folder. */
static bool is_of(const char *source, const char *name)
{
	return text_starts(source, name) && (source[strlen(name)] == '\0' || source[strlen(name)] == '/');
}

static int drop_held(struct tx *tx, void *arg)
{
	const struct work *w = arg;
	struct arena arena = ARENA_INIT;
	const struct held_run *runs = NULL;
	size_t n = 0;
	int rc = held_store_runs(tx, w->what->service_id, &arena, &runs, &n);

	for (size_t i = 0; rc == 0 && i < n; i++)
		for (bool left = is_of(runs[i].source, w->what->name); rc == 0 && left;)
			rc = held_store_drop(tx, runs[i].service_id, runs[i].source, REGISTER_CHUNK_ROWS, &left);
	arena_release(&arena);
	return rc;
}

static int end(struct tx *tx, void *arg)
{
	const struct work *w = arg;

	return source_store_drop(tx, &(struct source_key){w->what->service_id, w->what->name});
}

int source_forget_run(const struct intake *in, const struct source_forget *what, struct source_forgotten *out)
{
	struct work w = {.what = what, .removed = 1};
	int rc = writer_call(in->writer, count, &w);

	if (rc == 0 && !what->dry_run) {
		rc = writer_call(in->writer, begin, &w);
		while (rc == 0 && w.removed > 0)
			rc = writer_call(in->writer, part, &w);
		if (rc == 0)
			rc = writer_call(in->writer, drop_held, &w);
		if (rc == 0)
			rc = moves_after_intake(in->writer, &(struct moves_export){.service_id = what->service_id, .source = what->name, .partial = true},
				NULL);
		if (rc == 0)
			rc = writer_call(in->writer, end, &w);
	}
	if (rc == 0)
		*out = (struct source_forgotten){w.found.visits, w.found.busy, w.found.entries};
	return rc;
}
