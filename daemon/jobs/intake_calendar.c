/* SPDX-License-Identifier: Apache-2.0 */
/* intake_calendar: occurrences are copied in batches; each batch is one job of the
 * writer, which compares versions and stores. A file is a full snapshot of its source:
 * what it no longer holds is cancelled, unless suspiciously much is gone. */
#include "intake_calendar.h"

#include <planvax/base/alloc.h>
#include <planvax/base/arena.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/ingest/calendar_read.h>
#include <planvax/ingest/reconcile.h>
#include <planvax/store/register_store.h>
#include <planvax/store/visit_store.h>

#include <stdlib.h>
#include <string.h>

/* Recurring events are expanded from a week before the planned month to three months after it: the file is gone
 * when the next month is planned. */
#define DAYS_BEFORE 7
#define DAYS_AFTER 92

struct pending {
	struct agenda_entry entry;
	struct reconcile_version seen;
	bool series;
};

struct taking {
	const struct intake *in;
	const struct intake_file *file;
	struct intake_result *result;
	const char *service_id, *source;
	const struct staff *staff;      /* of the service */
	size_t n_staff;
	struct map places;              /* ids and names of the service's centres */
	struct map by_mail, by_name;    /* lower-case mailbox, id or name -> index of staff */
	struct arena registers;
	struct arena batch_arena;
	VEC(struct pending) batch;
	struct map seen;                /* keys of this file */
	struct map rejected;            /* UIDs of this file's rejects: what is known of them stays */
	bool cut;                       /* the file ends too early: it does not tell what is gone */
	struct date from, to;
	int rc;
};

static const char *source_of(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

static const char *find_staff(void *arg, const char *text)
{
	struct taking *t = arg;
	size_t at;

	if (map_get_str(&t->by_mail, text, &at) || map_get_str(&t->by_name, text, &at))
		return t->staff[at].staff_id;
	return NULL;
}

static int load_registers(struct taking *t, struct zone **zone, struct fault *f)
{
	struct db *db = NULL;
	struct service service;
	const struct centre *centres = NULL;
	size_t n_centres = 0;
	int rc = readers_take(t->in->readers, &db, f);

	if (rc < 0)
		return rc;
	struct tx *tx = db_read(db);
	rc = register_store_service(tx, t->service_id, &t->registers, &service);
	if (rc == 0)
		rc = register_store_staff(tx, t->service_id, &t->registers, &t->staff, &t->n_staff);
	if (rc == 0)
		rc = register_store_centres(tx, t->service_id, &t->registers, &centres, &n_centres);
	tx_end(tx);
	readers_give(t->in->readers, db);
	if (rc == ERR_NOT_FOUND) {
		fault_set(f, ERR_NOT_FOUND, "the register has no service \"%s\"", t->service_id);
		fault_hint(f, "import services.csv first, and name the folder by its service_id");
		return rc;
	}
	if (rc < 0)
		return fault_set(f, (enum err)rc, "the store cannot be read: %s", err_name(rc));
	for (size_t i = 0; i < n_centres; i++) {
		map_put_str(&t->places, centres[i].centre_id, i);
		map_put_str(&t->places, centres[i].name, i);
	}
	for (size_t i = 0; i < t->n_staff; i++) {
		map_put_str(&t->by_name, t->staff[i].name, i);
		if (t->staff[i].email) {
			char *mail = text_lower(arena_strdup(&t->registers, t->staff[i].email));

			map_put_str(&t->by_mail, mail, i);
		}
	}
	for (size_t i = 0; i < t->n_staff; i++)
		map_put_str(&t->by_name, t->staff[i].staff_id, i);
	rc = zone_load(service.timezone ? service.timezone : registers_region_zone(service.region), zone);
	if (rc < 0)
		fault_set(f, (enum err)rc, "the time zone of service %s is unknown", t->service_id);
	return rc;
}

static void make_key(const char *uid, const char *recurrence, struct buf *key)
{
	buf_reset(key);
	buf_puts(key, uid);
	buf_putc(key, '\0');
	buf_puts(key, recurrence);
}

static enum agenda_status status_of(enum calendar_status status)
{
	switch (status) {
	case CALENDAR_VISIT:
		return AGENDA_VISIT;
	case CALENDAR_BUSY:
		return AGENDA_BUSY;
	case CALENDAR_FREE:
		return AGENDA_FREE;
	case CALENDAR_CANCELLED:
	case CALENDAR_REJECTED:
		break;
	}
	return AGENDA_CANCELLED;
}

static struct pending copy_row(struct taking *t, const struct calendar_row *row)
{
	struct arena *a = &t->batch_arena;
	char recurrence[17] = "";
	const char **staff = ARENA_NEW(a, const char *, row->n_staff + 1);
	struct pending p = {.series = row->series};

	/* A text that names no centre may say where a person lives: it is not stored. */
	const char *place = row->place && map_get_str(&t->places, row->place, NULL) ? arena_strdup(a, row->place) : NULL;

	if (row->has_recurrence_id || row->recurring)
		instant_format_ical(row->recurrence_id, recurrence);
	for (size_t i = 0; i < row->n_staff; i++)
		staff[i] = arena_strdup(a, row->staff[i]);
	reconcile_version_of(row, &p.seen);
	p.entry = (struct agenda_entry){
		.key = {t->service_id, t->source, arena_strdup(a, row->uid), arena_strdup(a, recurrence)},
		.version = {.status = status_of(row->status), .sequence = p.seen.sequence, .stamp = p.seen.stamp},
		.visit = {
			.visit_id = arena_strdup(a, row->id), .service_id = t->service_id, .staff_id = row->n_staff ? staff[0] : NULL,
			.person_ref = arena_strdup(a, row->person), .type = arena_strdup(a, row->type), .start = row->start, .end = row->end,
			.due = row->due, .place = place, .staff = -1, .person = -1, .centre = -1,
		},
		.staff = staff, .n_staff = row->n_staff,
	};
	memcpy(p.entry.version.digest, p.seen.digest, DIGEST_BYTES);
	return p;
}

/* Counts of a batch, added once it is known to be kept. */
struct batch_counts {
	int64_t created, changed, unchanged, cancelled, ignored, rejected;
};

static int put_entry(struct tx *tx, const struct pending *p, enum reconcile_verdict verdict, struct batch_counts *c, struct fault *f)
{
	enum row_verdict row = ROW_UNCHANGED;
	int rc;

	if (verdict == RECONCILE_CANCELLED && p->series) {
		c->cancelled++;
		return visit_store_cancel_series(tx, &p->entry.key, &p->entry.version, NULL);
	}
	rc = visit_store_put(tx, &p->entry, &row, f);
	if (rc < 0)
		return rc;
	if (verdict == RECONCILE_CANCELLED)
		c->cancelled++;
	else if (row == ROW_CREATED)
		c->created++;
	else if (row == ROW_CHANGED)
		c->changed++;
	else
		c->unchanged++;
	return 0;
}

/* Whether a cancelled entry only was gone from an earlier export: it keeps the digest of what it was then, which a
 * cancellation that came never has; and its series was not cancelled since. */
static bool is_back(struct tx *tx, const struct pending *p, const struct agenda_version *stored)
{
	struct agenda_key series = p->entry.key;
	struct agenda_version mark;
	struct reconcile_version of_series;

	if (stored->status != AGENDA_CANCELLED || p->seen.cancelled || memcmp(stored->digest, p->seen.digest, DIGEST_BYTES) != 0)
		return false;
	series.recurrence = "";
	if (!*p->entry.key.recurrence || visit_store_known(tx, &series, &mark) < 0 || mark.status != AGENDA_CANCELLED)
		return true;
	of_series = (struct reconcile_version){.sequence = mark.sequence, .stamp = mark.stamp, .cancelled = true};
	return reconcile_order(&p->seen, &of_series) > 0;
}

static int take_pending(struct tx *tx, const struct pending *p, struct batch_counts *c, struct fault *f)
{
	struct agenda_version stored;
	struct reconcile_version known;
	int rc = visit_store_known(tx, &p->entry.key, &stored);

	if (rc < 0 && rc != ERR_NOT_FOUND)
		return rc;
	if (rc == 0) {
		if (is_back(tx, p, &stored))
			return put_entry(tx, p, RECONCILE_CHANGED, c, f);
		known = (struct reconcile_version){.sequence = stored.sequence, .stamp = stored.stamp, .cancelled = stored.status == AGENDA_CANCELLED};
		memcpy(known.digest, stored.digest, DIGEST_BYTES);
	}
	enum reconcile_verdict verdict = reconcile_decide(rc == 0 ? &known : NULL, &p->seen);
	switch (verdict) {
	case RECONCILE_IGNORED:
		c->ignored++;
		return 0;
	case RECONCILE_UNCHANGED:
		c->unchanged++;
		/* Only a newer version number is worth a write. */
		if (reconcile_order(&known, &p->seen) != 0) {
			enum row_verdict row;

			return visit_store_put(tx, &p->entry, &row, f);
		}
		return 0;
	case RECONCILE_CREATED:
	case RECONCILE_CHANGED:
	case RECONCILE_CANCELLED:
		return put_entry(tx, p, verdict, c, f);
	}
	return 0;
}

static int write_batch(struct tx *tx, void *arg)
{
	struct taking *t = arg;
	struct batch_counts c = {0};

	for (size_t i = 0; i < t->batch.len; i++) {
		struct fault f = FAULT_NONE;

		if (take_pending(tx, &t->batch.items[i], &c, &f) == 0)
			continue;
		if (tx_error(tx) < 0)
			return tx_error(tx);
		c.rejected++;
		if (!intake_calendar_has_room(t->result))
			continue;
		fault_at(&f, "%s: %s", t->file->name, t->batch.items[i].entry.key.uid);
		fault_format(&f, &t->result->report);
		buf_putc(&t->result->report, '\n');
	}
	t->result->created += c.created;
	t->result->changed += c.changed;
	t->result->unchanged += c.unchanged;
	t->result->cancelled += c.cancelled;
	t->result->ignored += c.ignored;
	t->result->rejected += c.rejected;
	return 0;
}

static void flush(struct taking *t)
{
	int rc = t->batch.len && t->rc == 0 ? writer_call(t->in->writer, write_batch, t) : 0;

	if (rc < 0)
		t->rc = rc;
	VEC_CLEAR(&t->batch);
	arena_reset(&t->batch_arena);
}

static void hear_problem(struct taking *t, const struct event_problem *problem, const char *severity)
{
	t->cut = t->cut || problem->code == ERR_TRUNCATED;
	if (!intake_calendar_has_room(t->result))
		return;
	buf_printf(&t->result->report, "%s%s:%lld:%lld: %s", severity, t->file->name, (long long)problem->line,
		(long long)problem->column, problem->what);
	if (*problem->hint)
		buf_printf(&t->result->report, ", %s", problem->hint);
	buf_putc(&t->result->report, '\n');
}

static void take_row(void *arg, const struct calendar_row *row)
{
	struct taking *t = arg;
	struct buf key = BUF_INIT;

	if (row->status == CALENDAR_REJECTED) {
		t->result->rejected++;
		if (row->uid)
			map_put_str(&t->rejected, row->uid, 1);
		if (row->problem)
			hear_problem(t, row->problem, "");
		return;
	}
	struct pending p = copy_row(t, row);
	make_key(p.entry.key.uid, p.entry.key.recurrence, &key);
	map_put(&t->seen, key.data, key.len, 1);
	buf_release(&key);
	VEC_PUSH(&t->batch, p);
	if (t->batch.len >= REGISTER_CHUNK_ROWS)
		flush(t);
}

static void take_warning(void *arg, const struct event_problem *problem)
{
	struct taking *t = arg;

	t->result->warnings++;
	hear_problem(t, problem, "note: ");
}

/* What is known of the source and was not in this file. */
struct gone {
	struct taking *taking;
	struct reconcile_run run;
	struct arena arena;
	VEC(struct agenda_key) keys;
};

static void look_for_gone(void *arg, const struct agenda_key *key, const struct agenda_version *version)
{
	struct gone *g = arg;
	struct taking *t = g->taking;
	struct buf text = BUF_INIT;
	struct date day;

	if (version->status == AGENDA_CANCELLED)
		return;
	/* An instance outside the window was not looked for. */
	if (*key->recurrence && date_parse(key->recurrence, 8, &day) == 0 && (day.days < t->from.days || day.days > t->to.days))
		return;
	g->run.known++;
	make_key(key->uid, key->recurrence, &text);
	if (!map_get(&t->seen, text.data, text.len, NULL) && !map_get_str(&t->rejected, key->uid, NULL)) {
		struct agenda_key gone = {t->service_id, t->source, arena_strdup(&g->arena, key->uid), arena_strdup(&g->arena, key->recurrence)};

		g->run.gone++;
		VEC_PUSH(&g->keys, gone);
	}
	buf_release(&text);
}

static int cancel_gone(struct tx *tx, void *arg)
{
	struct gone *g = arg;

	for (size_t i = 0; i < g->keys.len; i++)
		visit_store_cancel(tx, &g->keys.items[i]);
	return tx_error(tx);
}

/* Cancels what the file no longer holds; not if it was cut, or suspiciously much is gone. */
static int remove_gone(struct taking *t, struct fault *f)
{
	struct gone g = {.taking = t, .arena = ARENA_INIT};
	struct db *db = NULL;
	int rc = readers_take(t->in->readers, &db, f);

	if (rc < 0)
		return rc;
	struct tx *tx = db_read(db);
	rc = visit_store_each(tx, t->service_id, t->source, look_for_gone, &g);
	tx_end(tx);
	readers_give(t->in->readers, db);
	if (rc == 0 && reconcile_suspicious(&g.run))
		t->result->held = true;
	else if (rc == 0 && g.keys.len) {
		rc = writer_call(t->in->writer, cancel_gone, &g);
		t->result->cancelled += rc == 0 ? (int64_t)g.keys.len : 0;
		t->result->read += rc == 0 ? (int64_t)g.keys.len : 0;
	}
	if (rc < 0)
		fault_set(f, (enum err)rc, "the store refused it: %s", err_name(rc));
	VEC_RELEASE(&g.keys);
	arena_release(&g.arena);
	return rc;
}

static int read_calendar(struct taking *t, const struct zone *zone, struct fault *f)
{
	const struct intake_file *file = t->file;
	struct calendar_counts counts = {0};
	struct settings_month month;
	char *stem = arena_strdup(&t->registers, source_of(file->name));
	size_t at;
	int rc = 0;

	settings_month(t->in->settings, &month);
	t->from = date_add_days(month.first, -DAYS_BEFORE);
	t->to = date_add_days(month.last, DAYS_AFTER);
	if (text_ends(stem, ".ics"))
		stem[strlen(stem) - strlen(".ics")] = '\0';
	struct calendar_options options = {
		.mapping = settings_mapping(t->in->settings, file->mapping), .zone = zone, .from = t->from, .to = t->to, .staff = find_staff, .staff_arg = t,
		.default_staff = map_get_str(&t->by_name, stem, &at) ? t->staff[at].staff_id : NULL,
		.row = take_row, .warning = take_warning, .arg = t,
	};
	if (file->text)
		calendar_read_text(file->text, file->len, &options, &counts);
	else
		rc = calendar_read_fd(file->fd, &options, &counts, f);
	flush(t);
	t->result->read += counts.occurrences + counts.rejected;
	if (rc == 0 && counts.bytes == 0) { /* no export without events: those have a frame */
		rc = fault_set(f, ERR_TRUNCATED, "the file is empty");
		fault_hint(f, "export the calendar again; what is known of it stays");
	}
	return rc;
}

int intake_calendar(const struct intake *in, const struct intake_file *file, const char *service_id, struct intake_result *result,
	struct fault *f)
{
	struct taking t = {.in = in, .file = file, .result = result, .service_id = service_id,
		.source = file->source ? file->source : source_of(file->name)};
	struct zone *zone = NULL;
	int rc = load_registers(&t, &zone, f);

	result->unstored = rc == ERR_IO || rc == ERR_BUSY;
	if (rc == 0)
		rc = read_calendar(&t, zone, f);
	if (rc == 0 && t.rc < 0) {
		rc = fault_set(f, (enum err)t.rc, "the store refused it: %s", err_name(t.rc));
		result->unstored = t.rc == ERR_IO || t.rc == ERR_BUSY;
	}
	if (rc == 0 && result->read == 0 && result->rejected == 0 && result->report.len)
		rc = fault_set(f, ERR_INVALID, "no event could be read");
	if (rc == 0 && t.cut) {
		buf_printf(&result->report, "note: %s: the file is cut: what it no longer holds was not removed\n", file->name);
	} else if (rc == 0 && !file->delta) {
		rc = remove_gone(&t, f);
		result->unstored = rc == ERR_IO || rc == ERR_BUSY;
	}
	zone_free(zone);
	map_release(&t.places);
	map_release(&t.by_mail);
	map_release(&t.by_name);
	map_release(&t.seen);
	map_release(&t.rejected);
	VEC_RELEASE(&t.batch);
	arena_release(&t.batch_arena);
	arena_release(&t.registers);
	return rc;
}
