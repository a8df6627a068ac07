/* SPDX-License-Identifier: Apache-2.0 */
/* publish: one transaction = version + documents + changes + moves + letters + audit. */
#include "publish.h"

#include <planvax/store/audit_store.h>
#include <planvax/store/fact_store.h>
#include <planvax/store/move_store.h>
#include <planvax/store/outbox_store.h>

static void put_audit(struct tx *tx, const struct publication *p, enum audit_action action)
{
	struct buf detail = BUF_INIT;

	buf_printf(&detail, "version %d, %s", p->base + 1, p->plan_digest);
	audit_store_put(tx, &(struct audit_line){.actor = p->actor, .action = action, .service_id = p->service_id,
		.subject = p->month, .detail = buf_str(&detail)});
	buf_release(&detail);
}

/* Writer thread; the writer commits on 0, else undoes. */
static int write_plan(struct tx *tx, void *arg)
{
	const struct publication *p = arg;
	const struct outbox_origin origin = {p->service_id, p->month, p->base + 1};

	plan_store_advance(tx, p); /* compare and set */
	plan_store_put(tx, p);
	plan_store_put_items(tx, p);
	plan_store_put_changes(tx, p);
	move_store_publish(tx, p);
	fact_store_planned(tx, p->service_id, p->month, p->revision);
	outbox_store_supersede(tx, &origin);
	for (size_t i = 0; i < p->n_letters; i++)
		outbox_store_put(tx, &origin, &p->letters[i]);
	put_audit(tx, p, AUDIT_PUBLISHED);
	return tx_error(tx);
}

static int write_draft(struct tx *tx, void *arg)
{
	const struct publication *p = arg;

	plan_store_put_draft(tx, p);
	fact_store_planned(tx, p->service_id, p->month, p->revision);
	put_audit(tx, p, AUDIT_DRAFTED);
	return tx_error(tx);
}

static int write_nothing(struct tx *tx, void *arg)
{
	const struct publication *p = arg;

	/* The published plan stands: a draft that waits tells of facts that are gone. */
	plan_store_drop_draft(tx, p->service_id, p->month);
	move_store_publish(tx, p); /* a visit that was gone from its agenda for a while is back */
	fact_store_planned(tx, p->service_id, p->month, p->revision);
	return tx_error(tx);
}

/* The writer's jobs take void *; they do not change what they are given. */
static int call(struct writer *writer, writer_job job, const struct publication *p)
{
	struct publication copy = *p;

	return writer_call(writer, job, &copy);
}

int publish_plan(struct writer *writer, const struct publication *p)
{
	return call(writer, write_plan, p);
}

int publish_draft(struct writer *writer, const struct publication *p)
{
	return call(writer, write_draft, p);
}

int publish_nothing(struct writer *writer, const struct publication *p)
{
	return call(writer, write_nothing, p);
}
