/* SPDX-License-Identifier: Apache-2.0 */
/* intake_merge: two sorted streams, one step a key. */
#include "intake_merge.h"

#include <planvax/base/alloc.h>
#include <planvax/base/arena.h>
#include <planvax/base/buf.h>
#include <planvax/store/register_store.h>
#include <planvax/store/visit_store.h>

#include "intake_gone.h"
#include "intake_stage.h"

#include <stdlib.h>
#include <string.h>

#define DELTA_PAGE_ROWS 64 /* a file of changes looks at the UIDs that it names alone */

/* All that the file says of one key: of several versions the newest. */
struct group {
	bool there, rejected, has_entry;
	struct intake_stage best; /* its texts lie in bytes */
	struct buf bytes;
	int64_t unchanged, ignored; /* versions beside the best */
};

/* What is known of the UID as a whole, once recurrence "" has been passed. */
struct series {
	struct buf uid;
	bool rejected;    /* the file has components of it that nobody could read */
	bool has, in_file, keep;
	struct reconcile_version version;
};

struct counts {
	int64_t read, created, changed, unchanged, cancelled, ignored, known;
};

struct merging {
	struct intake_merge *m;
	struct group group;
	struct sorter_record ahead; /* the record behind the group */
	bool has_ahead;
	struct series series;
	struct agenda_known rows[REGISTER_CHUNK_ROWS];
	size_t n_rows, row;
	bool rows_end;             /* there are none behind them */
	struct buf from_uid, from_recurrence; /* where the next page begins */
	struct arena arena;        /* of rows */
	struct buf scratch;
	struct counts counts;      /* of a job */
	bool done;
	int rc;
};

/* ---- the file ---- */

static void copy_best(struct group *g, const struct sorter_record *record)
{
	struct sorter_record copy = {.key_len = record->key_len, .len = record->len};

	buf_reset(&g->bytes);
	buf_put(&g->bytes, record->key, record->key_len);
	buf_put(&g->bytes, record->value, record->len);
	copy.key = g->bytes.data;
	copy.value = g->bytes.data + record->key_len;
	intake_stage_read(&copy, &g->best);
}

static struct reconcile_version version_of(const struct agenda_version *v)
{
	struct reconcile_version out = {
		.sequence = v->sequence, .stamp = v->stamp, .cancelled = v->status == AGENDA_CANCELLED, .gone = v->status == AGENDA_GONE,
	};

	memcpy(out.digest, v->digest, DIGEST_BYTES);
	return out;
}

/* Adds one more record of the group's key. */
static void fold(struct group *g, const struct sorter_record *record)
{
	struct intake_stage next;

	intake_stage_read(record, &next);
	if (next.kind == STAGE_REJECTED) {
		g->rejected = true;
		return;
	}
	if (!g->has_entry) {
		g->has_entry = true;
		copy_best(g, record);
		return;
	}

	struct reconcile_version a = version_of(&g->best.version), b = version_of(&next.version);
	int order = reconcile_compare(&b, &a);
	/* The rule's own version is no event: it is not counted, and gives way to one that is equal. */
	const struct intake_stage *loser = order > 0 || (order == 0 && g->best.kind == STAGE_SERIES) ? &g->best : &next;

	if (loser->kind == STAGE_ENTRY && order == 0)
		g->unchanged++;
	else if (loser->kind == STAGE_ENTRY)
		g->ignored++;
	if (loser == &g->best)
		copy_best(g, record);
}

static void next_group(struct merging *g)
{
	struct group *group = &g->group;

	group->there = g->has_ahead;
	group->rejected = group->has_entry = false;
	group->unchanged = group->ignored = 0;
	if (!g->has_ahead)
		return;
	copy_best(group, &g->ahead);
	fold(group, &g->ahead);

	size_t key_len = g->ahead.key_len;

	for (;;) {
		g->has_ahead = sorter_next(g->m->staged, &g->ahead);
		if (!g->has_ahead || g->ahead.key_len != key_len || memcmp(g->ahead.key, group->bytes.data, key_len) != 0)
			return;
		fold(group, &g->ahead);
	}
}

/* ---- what is known ---- */

static void read_page(struct merging *g, struct tx *tx, size_t limit)
{
	const struct agenda_key from = {g->m->service_id, g->m->source, buf_str(&g->from_uid), buf_str(&g->from_recurrence)};

	if (!g->m->whole && limit > DELTA_PAGE_ROWS)
		limit = DELTA_PAGE_ROWS;
	arena_reset(&g->arena);
	g->row = 0;
	struct agenda_page page = {.rows = g->rows, .limit = limit, .arena = &g->arena};
	g->n_rows = visit_store_page(tx, &from, &page) < 0 ? 0 : page.n;
	g->rows_end = g->n_rows < limit;
}

static void begin_at(struct merging *g, const char *uid, const char *recurrence, bool after)
{
	buf_reset(&g->from_uid);
	buf_reset(&g->from_recurrence);
	buf_puts(&g->from_uid, uid);
	buf_puts(&g->from_recurrence, recurrence);
	if (after)
		buf_putc(&g->from_recurrence, ' '); /* no key lies between */
}

/* Passes the current row. */
static void pass_row(struct merging *g)
{
	if (++g->row == g->n_rows)
		begin_at(g, g->rows[g->row - 1].uid, g->rows[g->row - 1].recurrence, true);
}

/* The next known entry that matters, or NULL. */
static const struct agenda_known *peek(struct merging *g, struct tx *tx, size_t limit)
{
	const char *uid = g->group.there ? g->group.best.uid : NULL;

	for (;;) {
		if (g->row == g->n_rows) {
			if (g->rows_end || tx_error(tx) < 0)
				return NULL;
			if (!g->m->whole && uid != NULL && strcmp(buf_str(&g->from_uid), uid) < 0 &&
				(g->series.uid.len == 0 || strcmp(buf_str(&g->from_uid), buf_str(&g->series.uid)) != 0))
				begin_at(g, uid, "", false);
			read_page(g, tx, limit);
			continue;
		}
		const struct agenda_known *k = &g->rows[g->row];

		if (g->m->whole || strcmp(k->uid, buf_str(&g->series.uid)) == 0)
			return k;
		if (uid == NULL || strcmp(k->uid, uid) > 0)
			return NULL;
		if (strcmp(k->uid, uid) == 0)
			return k;
		pass_row(g);
	}
}

/* ---- one key ---- */

static bool is_live(enum agenda_status status)
{
	switch (status) {
	case AGENDA_VISIT:
	case AGENDA_BUSY:
	case AGENDA_FREE:
		return true;
	case AGENDA_CANCELLED:
	case AGENDA_GONE:
	case AGENDA_SERIES:
		break;
	}
	return false;
}

static struct agenda_key key_of(const struct merging *g, const char *uid, const char *recurrence)
{
	return (struct agenda_key){g->m->service_id, g->m->source, uid, recurrence};
}

static void enter_uid(struct merging *g, const char *uid)
{
	struct series *s = &g->series;

	if (s->uid.data != NULL && strcmp(s->uid.data, uid) == 0)
		return;
	buf_reset(&s->uid);
	buf_puts(&s->uid, uid);
	s->rejected = s->has = s->in_file = s->keep = false;
}

static void set_series(struct merging *g, const struct reconcile_version *version, bool in_file)
{
	g->series.has = true;
	g->series.in_file = in_file;
	g->series.version = *version;
}

static void write_entry(struct merging *g, struct tx *tx, const struct intake_stage *s, const struct agenda_known *k)
{
	struct agenda_entry e = {
		.key = key_of(g, s->uid, s->recurrence), .version = s->version, .staff_list = s->staff != NULL ? s->staff : "",
		.visit = {.service_id = g->m->service_id, .person_ref = s->person, .type = s->type, .start = s->start, .end = s->end, .due = s->due,
			.place = s->place, .staff = -1, .person = -1, .centre = -1},
	};

	if (g->m->dry_run)
		return;
	buf_reset(&g->scratch);
	buf_puts(&g->scratch, s->uid);
	if (*s->recurrence != '\0') {
		buf_putc(&g->scratch, '/');
		buf_puts(&g->scratch, s->recurrence);
	}
	e.visit.visit_id = buf_str(&g->scratch);
	visit_store_write(tx, &e, k != NULL ? &k->version : NULL);
}

static void mark(struct merging *g, struct tx *tx, const struct agenda_known *k, enum agenda_status status)
{
	const struct agenda_key key = key_of(g, k->uid, k->recurrence);

	if (!g->m->dry_run)
		visit_store_mark(tx, &key, &k->version, status);
}

/* Cancels a known entry whose series is cancelled. True if it was. */
static bool overrule(struct merging *g, struct tx *tx, const struct agenda_known *k, const struct reconcile_version *known)
{
	if (!g->series.has || !g->series.version.cancelled || !is_live(k->version.status) || !reconcile_blocked(known, false, &g->series.version))
		return false;
	mark(g, tx, k, AGENDA_CANCELLED);
	return true;
}

static void count(struct counts *c, enum reconcile_verdict verdict)
{
	switch (verdict) {
	case RECONCILE_CREATED:
		c->created++;
		break;
	case RECONCILE_CHANGED:
		c->changed++;
		break;
	case RECONCILE_UNCHANGED:
		c->unchanged++;
		break;
	case RECONCILE_CANCELLED:
		c->cancelled++;
		break;
	case RECONCILE_IGNORED:
		c->ignored++;
		break;
	}
}

static void take_entry(struct merging *g, struct tx *tx, const struct agenda_known *k)
{
	const struct intake_stage *s = &g->group.best;
	struct reconcile_version seen = version_of(&s->version), known = {.sequence = 0};
	bool whole_uid = *s->recurrence == '\0';

	if (k != NULL)
		known = version_of(&k->version);
	/* Beside its series in one file an override may be older; as a message that comes after a newer series it is out of date. */
	bool follows = s->instance || (g->m->tie == RECONCILE_BY_DIGEST && !g->series.in_file);
	if (!whole_uid && g->series.has && reconcile_blocked(&seen, follows, &g->series.version)) {
		g->counts.ignored++;
		if (k != NULL)
			overrule(g, tx, k, &known);
		return;
	}

	enum reconcile_verdict verdict = reconcile_decide(k != NULL ? &known : NULL, &seen, g->m->tie);

	if (whole_uid) {
		set_series(g, verdict == RECONCILE_IGNORED ? &known : &seen, verdict != RECONCILE_IGNORED);
		g->series.keep = verdict == RECONCILE_IGNORED;
	}
	if (s->kind == STAGE_ENTRY)
		count(&g->counts, verdict);
	switch (verdict) {
	case RECONCILE_CREATED:
	case RECONCILE_CHANGED:
	case RECONCILE_CANCELLED:
		write_entry(g, tx, s, k);
		break;
	case RECONCILE_UNCHANGED:
		if (reconcile_order(&known, &seen) != 0 && !g->m->dry_run) {
			const struct agenda_key key = key_of(g, s->uid, s->recurrence);

			visit_store_renew(tx, &key, &s->version);
		}
		break;
	case RECONCILE_IGNORED:
		break;
	}
}

/* Whether rules were expanded over the day of an instance; of other entries true. */
static bool was_looked_for(const struct merging *g, const struct agenda_known *k)
{
	struct date day;

	return *k->recurrence == '\0' || date_parse(k->recurrence, 8, &day) < 0 || (day.days >= g->m->from.days && day.days <= g->m->to.days);
}

static void list_gone(struct merging *g, const struct agenda_known *k)
{
	struct intake_gone gone;

	memset(&gone, 0, sizeof(gone));
	gone.sequence = k->version.sequence;
	gone.stamp = k->version.stamp;
	memcpy(gone.digest, k->version.digest, DIGEST_BYTES);
	buf_reset(&g->scratch);
	buf_put(&g->scratch, k->uid, strlen(k->uid) + 1);
	buf_put(&g->scratch, k->recurrence, strlen(k->recurrence) + 1);
	int rc = sorter_add(g->m->gone, &(struct sorter_record){g->scratch.data, g->scratch.len, (const char *)&gone, sizeof(gone)});
	g->rc = g->rc < 0 ? g->rc : rc;
	g->m->run.gone++;
}

/* A known entry that the file does not hold. */
static void take_absent(struct merging *g, struct tx *tx, const struct agenda_known *k)
{
	struct reconcile_version known = version_of(&k->version);
	bool whole_uid = *k->recurrence == '\0', past = k->end.utc_s <= g->m->past.utc_s;

	if (whole_uid && k->version.status != AGENDA_GONE)
		set_series(g, &known, false);
	if (!is_live(k->version.status) || overrule(g, tx, k, &known) || g->series.rejected || g->series.keep || past || !was_looked_for(g, k))
		return;
	if (g->m->whole) {
		list_gone(g, k);
	} else if (!whole_uid && g->series.in_file && reconcile_dropped(&known, &g->series.version, g->m->tie)) {
		mark(g, tx, k, AGENDA_GONE);
		g->counts.read++;
		g->counts.cancelled++;
	}
}

static void step(struct merging *g, struct tx *tx, size_t limit)
{
	const struct agenda_known *k = peek(g, tx, limit);
	int order = 0;

	if (k == NULL && !g->group.there) {
		g->done = true;
		return;
	}
	if (k != NULL && g->group.there) {
		order = strcmp(g->group.best.uid, k->uid);
		order = order != 0 ? order : strcmp(g->group.best.recurrence, k->recurrence);
	} else {
		order = k != NULL ? 1 : -1;
	}
	enter_uid(g, order > 0 ? k->uid : g->group.best.uid);
	if (k != NULL && order >= 0 && is_live(k->version.status) && k->end.utc_s > g->m->past.utc_s && was_looked_for(g, k))
		g->counts.known++;
	if (order <= 0) {
		g->series.rejected = g->series.rejected || g->group.rejected;
		g->counts.unchanged += g->group.unchanged;
		g->counts.ignored += g->group.ignored;
		if (g->group.has_entry)
			take_entry(g, tx, order == 0 ? k : NULL);
		else if (order == 0)
			take_absent(g, tx, k);
		next_group(g);
	} else {
		take_absent(g, tx, k);
	}
	if (k != NULL && order >= 0)
		pass_row(g);
}

static int run_job(struct tx *tx, void *arg)
{
	struct merging *g = arg;
	size_t steps = 0;

	g->counts = (struct counts){.read = 0};
	/* What was read before this transaction may be old: from here on it is read again, but not what was written meanwhile. */
	if (g->row < g->n_rows)
		begin_at(g, g->rows[g->row].uid, g->rows[g->row].recurrence, false);
	else if (g->rows_end && g->group.there)
		begin_at(g, g->group.best.uid, g->group.best.recurrence, false);
	g->rows_end = g->rows_end && g->row == g->n_rows && !g->group.there;
	g->row = g->n_rows = 0;
	while (!g->done && steps < REGISTER_CHUNK_ROWS && tx_error(tx) == 0 && g->rc == 0) {
		step(g, tx, REGISTER_CHUNK_ROWS - steps);
		steps++;
	}
	if (sorter_error(g->m->staged) < 0)
		g->rc = sorter_error(g->m->staged);
	return g->rc < 0 ? g->rc : tx_error(tx);
}

/* Reads only: the same on a reader. */
static int try_job(struct merging *g)
{
	struct db *db = NULL;
	struct fault f = FAULT_NONE;
	int rc = readers_take(g->m->in->readers, &db, &f);

	if (rc < 0)
		return rc;
	struct tx *tx = db_read(db);
	rc = run_job(tx, g);
	int end = tx_end(tx);
	readers_give(g->m->in->readers, db);
	return rc < 0 ? rc : end;
}

static void add_counts(struct intake_merge *m, const struct counts *c)
{
	m->result->read += c->read;
	m->result->created += c->created;
	m->result->changed += c->changed;
	m->result->unchanged += c->unchanged;
	m->result->cancelled += c->cancelled;
	m->result->ignored += c->ignored;
	m->run.known += c->known;
}

int intake_merge_run(struct intake_merge *m)
{
	struct merging *g = xcalloc(1, sizeof(*g));
	int rc = 0;

	g->m = m;
	g->has_ahead = sorter_next(m->staged, &g->ahead);
	next_group(g);
	while (rc == 0 && !g->done) {
		rc = m->dry_run ? try_job(g) : writer_call(m->in->writer, run_job, g);
		if (rc == 0)
			add_counts(m, &g->counts);
	}
	buf_release(&g->group.bytes);
	buf_release(&g->series.uid);
	buf_release(&g->from_uid);
	buf_release(&g->from_recurrence);
	buf_release(&g->scratch);
	arena_release(&g->arena);
	free(g);
	return rc;
}
