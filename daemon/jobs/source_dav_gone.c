/* SPDX-License-Identifier: Apache-2.0 */
/* source_dav_gone: what no resource of a collection holds any more is taken out; much of it at once waits for the operator. Events go
 * before what is known of their resources does, so that a run that was cut off repeats it. Prefix: source_dav_. */
#include "source_dav.h"

#include <planvax/ingest/reconcile.h>
#include <planvax/store/held_store.h>
#include <planvax/store/register_store.h>
#include <planvax/store/visit_store.h>

#include <string.h>

#define PAGE 100

/* UIDs that are gone, and what is live of them. */
struct gone {
	struct source_run *run;
	const char **uids;
	size_t n_uids, n_live_uids;
	VEC(struct agenda_known) live;  /* texts in the run's arena */
	size_t from, to;                /* of a job */
	bool more;
	struct held_run held;
};

void source_dav_add_stale(struct source_dav *d, const char *key)
{
	size_t at;

	if (!map_get_str(&d->known, key, &at))
		return;
	for (; at < d->n_items && !strcmp(d->items[at].href, key); at++)
		if (*d->items[at].uid)
			VEC_PUSH(&d->stale, d->items[at].uid);
}

/* Marks what a whole listing does not name. */
static void find_gone(struct source_dav *d)
{
	for (size_t i = 0; d->full && i < d->n_items; i++) {
		struct source_dav_member one = {.key = d->items[i].href, .gone = true};

		if (map_get_str(&d->named, one.key, NULL))
			continue;
		map_put_str(&d->named, one.key, d->members.len);
		VEC_PUSH(&d->members, one);
	}
	for (size_t i = 0; i < d->members.len; i++)
		d->n_gone += d->members.items[i].gone && map_get_str(&d->known, d->members.items[i].key, NULL);
}

/* UIDs that no resource holds any more. */
static void list_uids(struct gone *g)
{
	struct source_dav *d = g->run->dav;
	size_t at;

	for (size_t i = 0; i < d->members.len; i++)
		if (d->members.items[i].gone)
			source_dav_add_stale(d, d->members.items[i].key);
	for (size_t i = 0; i < d->n_items; i++)
		if (!map_get_str(&d->named, d->items[i].href, &at) || (!d->members.items[at].gone && !d->members.items[at].fetched))
			map_put_str(&d->held_uids, d->items[i].uid, 1);
	g->uids = ARENA_NEW(&g->run->arena, const char *, d->stale.len + 1);
	for (size_t i = 0; i < d->stale.len; i++)
		if (!map_get_str(&d->held_uids, d->stale.items[i], NULL)) {
			map_put_str(&d->held_uids, d->stale.items[i], 0);
			g->uids[g->n_uids++] = d->stale.items[i];
		}
}

static bool is_live(enum agenda_status status)
{
	return status == AGENDA_VISIT || status == AGENDA_BUSY || status == AGENDA_FREE;
}

/* The live entries of one UID. */
static int read_uid(struct gone *g, struct tx *tx, const char *uid)
{
	struct agenda_known rows[PAGE];
	struct agenda_page page = {.rows = rows, .limit = PAGE, .arena = &g->run->arena};
	struct agenda_key from = {g->run->key.service_id, g->run->key.name, uid, ""};
	size_t n = PAGE, before = g->live.len;
	int rc = 0;

	while (rc == 0 && n == PAGE) {
		rc = visit_store_page(tx, &from, &page);
		n = rc == 0 ? page.n : 0;
		for (size_t i = 0; rc == 0 && i < n; i++) {
			if (strcmp(rows[i].uid, uid) != 0) {
				n = 0;
				break;
			}
			if (is_live(rows[i].version.status))
				VEC_PUSH(&g->live, rows[i]);
			/* The next key after this one. */
			from.recurrence = arena_printf(&g->run->arena, "%s ", rows[i].recurrence);
		}
	}
	g->n_live_uids += g->live.len > before;
	return rc;
}

static int read_live(struct gone *g)
{
	struct source_run *run = g->run;
	struct db *db = NULL;
	int rc = g->n_uids ? readers_take(run->parts->readers, &db, &run->fault) : 0;

	if (rc < 0 || !db)
		return rc;
	struct tx *tx = db_read(db);
	for (size_t i = 0; rc == 0 && i < g->n_uids; i++)
		rc = read_uid(g, tx, g->uids[i]);
	tx_end(tx);
	readers_give(run->parts->readers, db);
	return rc;
}

/* ---- held ---- */

static int forget_some(struct tx *tx, void *arg)
{
	struct gone *g = arg;

	return held_store_drop(tx, g->run->key.service_id, g->run->key.name, REGISTER_CHUNK_ROWS, &g->more);
}

static int forget_held(struct gone *g)
{
	int rc;

	do {
		rc = writer_call(g->run->parts->writer, forget_some, g);
	} while (rc == 0 && g->more);
	return rc;
}

static int put_held(struct tx *tx, void *arg)
{
	struct gone *g = arg;

	g->held.held_at = tx_now(tx);
	return held_store_put(tx, &g->held);
}

static int put_some(struct tx *tx, void *arg)
{
	struct gone *g = arg;

	for (size_t i = g->from; i < g->to && tx_error(tx) == 0; i++) {
		const struct agenda_known *k = &g->live.items[i];
		const struct agenda_key key = {g->run->key.service_id, g->run->key.name, k->uid, k->recurrence};

		held_store_put_entry(tx, &key, &k->version);
	}
	return tx_error(tx);
}

/* Keeps the list for the operator. */
static int hold(struct gone *g)
{
	struct source_run *run = g->run;
	struct digest *d = digest_new();
	int rc = forget_held(g);

	for (size_t i = 0; i < g->n_uids; i++)
		digest_add_text(d, g->uids[i]);
	g->held = (struct held_run){.service_id = run->key.service_id, .source = run->key.name, .file = run->key.name,
		.known = (int64_t)run->dav->n_known, .gone = (int64_t)g->live.len};
	digest_finish(d, g->held.digest);
	if (rc == 0)
		rc = writer_call(run->parts->writer, put_held, g);
	for (size_t at = 0; rc == 0 && at < g->live.len; at += REGISTER_CHUNK_ROWS) {
		g->from = at;
		g->to = at + REGISTER_CHUNK_ROWS < g->live.len ? at + REGISTER_CHUNK_ROWS : g->live.len;
		rc = writer_call(run->parts->writer, put_some, g);
	}
	run->held = true;
	fault_set(&run->note, ERR_CONFLICT, "%zu of %zu resources are gone: none was removed", g->n_live_uids, run->dav->n_known);
	fault_hint(&run->note, "planvaxctl sources release removes them, dismiss keeps them");
	return rc;
}

/* ---- removing ---- */

static int drop_items(struct tx *tx, void *arg)
{
	struct gone *g = arg;
	const struct source_dav *d = g->run->dav;

	for (size_t i = g->from; i < g->to; i++)
		if (d->members.items[i].gone)
			source_store_drop_item(tx, &g->run->key, d->members.items[i].key);
	return tx_error(tx);
}

static int take_out(struct gone *g)
{
	struct source_run *run = g->run;
	struct source_dav *d = run->dav;
	const struct intake_removal removal = {.service_id = run->key.service_id, .source = run->key.name, .uids = g->uids, .n_uids = g->n_uids,
		.actor = "source"};
	int64_t removed = 0;
	int rc = g->n_uids ? intake_remove(&run->intake, &removal, &removed, &run->fault) : 0;

	run->counts.cancelled += removed;
	run->counts.read += removed;
	for (size_t at = 0; rc == 0 && d->n_gone && at < d->members.len; at += REGISTER_CHUNK_ROWS) {
		g->from = at;
		g->to = at + REGISTER_CHUNK_ROWS < d->members.len ? at + REGISTER_CHUNK_ROWS : d->members.len;
		rc = writer_call(run->parts->writer, drop_items, g);
	}
	return rc == 0 && run->before.held ? forget_held(g) : rc;
}

int source_dav_remove(struct source_run *run)
{
	struct source_dav *d = run->dav;
	struct gone g = {.run = run};
	int rc;

	find_gone(d);
	list_uids(&g);
	rc = read_live(&g);
	/* What the operator released is no longer live, and held no more. */
	const struct reconcile_run seen = {.known = (int64_t)d->n_known, .gone = (int64_t)g.n_live_uids,
		.empty = d->full && d->n_gone == (int64_t)d->n_known};
	if (rc == 0)
		rc = reconcile_suspicious(&seen) ? hold(&g) : take_out(&g);
	VEC_RELEASE(&g.live);
	run->stopped = run->stopped || rc == ERR_CLOSED;
	return rc < 0 ? fault_set(&run->fault, (enum err)rc, "the store refused it: %s", err_name(rc)) : 0;
}
