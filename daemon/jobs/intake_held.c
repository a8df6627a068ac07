/* SPDX-License-Identifier: Apache-2.0 */
/* intake_held: see intake_held.h. */
#include <planvax/jobs/intake_held.h>

#include <planvax/jobs/moves.h>
#include <planvax/store/audit_store.h>
#include <planvax/store/held_store.h>
#include <planvax/store/register_store.h>

struct work {
	const struct intake_held *held;
	bool release;      /* else dismiss */
	bool left;
	int64_t removed;
};

static int audit(struct tx *tx, const struct work *w, const struct held_run *run)
{
	struct buf detail = BUF_INIT;

	buf_printf(&detail, "%s: %lld of %lld gone", w->release ? "released" : "dismissed", (long long)run->gone, (long long)run->known);
	audit_store_put(tx, &(struct audit_line){.actor = w->held->actor, .action = w->release ? AUDIT_RELEASED : AUDIT_DISMISSED,
		.service_id = w->held->service_id, .subject = w->held->source, .detail = buf_str(&detail)});
	buf_release(&detail);
	return tx_error(tx);
}

/* Says who decided what, before anything is done. */
static int begin(struct tx *tx, void *arg)
{
	struct work *w = arg;
	struct arena arena = ARENA_INIT;
	struct held_run run;
	int rc = held_store_get(tx, w->held->service_id, w->held->source, &arena, &run);

	if (rc == 0)
		rc = audit(tx, w, &run);
	arena_release(&arena);
	return rc;
}

static int part(struct tx *tx, void *arg)
{
	struct work *w = arg;

	w->removed = 0;
	if (w->release)
		return held_store_release(tx, &(struct held_run){.service_id = w->held->service_id, .source = w->held->source},
			REGISTER_CHUNK_ROWS, &w->removed, &w->left);
	return held_store_drop(tx, w->held->service_id, w->held->source, REGISTER_CHUNK_ROWS, &w->left);
}

static int run(const struct intake *in, struct work *w, int64_t *removed)
{
	int64_t sum = 0;
	int rc = writer_call(in->writer, begin, w);

	w->left = true;
	while (rc == 0 && w->left) {
		rc = writer_call(in->writer, part, w);
		sum += rc == 0 ? w->removed : 0;
	}
	if (rc == 0)
		*removed = sum;
	return rc;
}

int intake_held_release(const struct intake *in, const struct intake_held *held, int64_t *removed)
{
	struct work w = {.held = held, .release = true};
	int rc = run(in, &w, removed);

	/* Moved visits that went with it are settled; what still stands was in no new export. */
	if (rc == 0)
		rc = moves_after_intake(in->writer, &(struct moves_export){.service_id = held->service_id, .source = held->source, .partial = true}, NULL);
	return rc;
}

int intake_held_dismiss(const struct intake *in, const struct intake_held *held)
{
	struct work w = {.held = held};
	int64_t removed;

	return run(in, &w, &removed);
}
