/* SPDX-License-Identifier: Apache-2.0 */
/* intake_remove: events that a source says it no longer has. Prefix: intake_. */
#include <planvax/jobs/intake.h>

#include <planvax/store/audit_store.h>
#include <planvax/store/fact_store.h>
#include <planvax/store/register_store.h>
#include <planvax/store/visit_store.h>

/* A part of the removal: one job of the writer. */
struct part {
	const struct intake_removal *removal;
	size_t from, to;
	int64_t removed;
	struct fault *f;
};

static int remove_part(struct tx *tx, void *arg)
{
	struct part *p = arg;
	const struct intake_removal *r = p->removal;
	int rc = fact_store_service(tx, r->service_id, p->f);

	p->removed = 0;
	for (size_t i = p->from; rc == 0 && i < p->to; i++) {
		const struct agenda_key key = {r->service_id, r->source, r->uids[i], ""};

		rc = visit_store_gone_uid(tx, &key, &p->removed);
	}
	return rc;
}

static int write_audit(struct tx *tx, void *arg)
{
	audit_store_put(tx, arg);
	return tx_error(tx);
}

static void audit(const struct intake *in, const struct intake_removal *r, int64_t removed)
{
	struct buf detail = BUF_INIT;

	buf_printf(&detail, "deleted at the source: %lld", (long long)removed);
	struct audit_line line = {.actor = r->actor, .action = AUDIT_IMPORTED, .service_id = r->service_id, .subject = r->source,
		.detail = buf_str(&detail)};
	writer_call(in->writer, write_audit, &line);
	buf_release(&detail);
}

int intake_remove(const struct intake *in, const struct intake_removal *removal, int64_t *removed, struct fault *f)
{
	int64_t sum = 0;
	int rc = 0;

	for (size_t at = 0; rc == 0 && at < removal->n_uids; at += REGISTER_CHUNK_ROWS) {
		size_t left = removal->n_uids - at;
		struct part part = {.removal = removal, .from = at, .to = at + (left < REGISTER_CHUNK_ROWS ? left : REGISTER_CHUNK_ROWS), .f = f};

		rc = writer_call(in->writer, remove_part, &part);
		sum += rc == 0 ? part.removed : 0;
	}
	if (sum > 0)
		audit(in, removal, sum);
	if (rc == 0)
		*removed = sum;
	else if (rc != ERR_NOT_FOUND)
		fault_set(f, (enum err)rc, "the store refused it: %s", err_name(rc));
	return rc;
}
