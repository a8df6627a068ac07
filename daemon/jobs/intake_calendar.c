/* SPDX-License-Identifier: Apache-2.0 */
/* intake_calendar: a file's events are staged, sorted by key, and merged with what is known of their source. What a
 * full export no longer holds is removed, unless suspiciously much is gone: then the run is held for the operator.
 * Memory does not grow with the file. */
#include "intake_calendar.h"

#include <planvax/base/alloc.h>
#include <planvax/base/arena.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <planvax/ingest/calendar_read.h>
#include <planvax/ingest/source_name.h>
#include <planvax/store/register_store.h>
#include <planvax/store/visit_store.h>

#include "intake_gone.h"
#include "intake_merge.h"
#include "intake_stage.h"

#include <stdlib.h>
#include <string.h>

/* Recurring events are expanded from a week before the planned month to three months after it: the file is gone
 * when the next month is planned. */
#define DAYS_BEFORE 7
#define DAYS_AFTER 92

#define STAGE_BYTES ((size_t)16 << 20)
#define GONE_BYTES ((size_t)2 << 20)

struct taking {
	const struct intake *in;
	const struct intake_file *file;
	struct intake_result *result;
	const char *service_id;
	struct buf source;
	const struct staff *staff;      /* of the service */
	size_t n_staff;
	struct map places;              /* ids and names of the service's centres */
	struct map by_mail, by_name;    /* lower-case mailbox, id or name -> index of staff */
	struct arena registers;
	struct sorter *staged;
	struct digest *digest;
	struct buf scratch, staff_list;
	struct buf rule_uid;            /* of the rule whose version was staged last */
	bool cut;                       /* the file ends too early: it does not tell what is gone */
	struct date from, to;
	int rc;
};

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

static void stage(struct taking *t, const struct intake_stage *s)
{
	int rc = intake_stage_add(t->staged, s, &t->scratch);

	t->rc = t->rc < 0 ? t->rc : rc;
}

/* The version of a rule, once for all its instances, which come one after the other. */
static void stage_rule(struct taking *t, const struct calendar_row *row, const struct reconcile_version *version)
{
	struct intake_stage s = {.kind = STAGE_SERIES, .uid = row->uid, .recurrence = "", .due = DATE_NONE,
		.version = {.status = AGENDA_SERIES, .sequence = version->sequence, .stamp = version->stamp}};

	if (t->rule_uid.data != NULL && !strcmp(t->rule_uid.data, row->uid))
		return;
	buf_reset(&t->rule_uid);
	buf_puts(&t->rule_uid, row->uid);
	stage(t, &s);
}

static void stage_row(struct taking *t, const struct calendar_row *row)
{
	char recurrence[17] = "";
	struct reconcile_version version;

	if (row->has_recurrence_id || row->recurring)
		instant_format_ical(row->recurrence_id, recurrence);
	else
		buf_reset(&t->rule_uid);
	buf_reset(&t->staff_list);
	for (size_t i = 0; i < row->n_staff; i++) {
		if (i > 0)
			buf_putc(&t->staff_list, ' ');
		buf_puts(&t->staff_list, row->staff[i]);
	}
	reconcile_version_of(row, t->digest, &t->scratch, &version);
	if (row->recurring)
		stage_rule(t, row, &version);
	struct intake_stage s = {
		.kind = STAGE_ENTRY, .uid = row->uid, .recurrence = recurrence, .instance = row->recurring, .start = row->start, .end = row->end,
		.version = {.status = status_of(row->status), .sequence = version.sequence, .stamp = version.stamp},
		.due = row->due, .staff = buf_str(&t->staff_list), .person = row->person, .type = row->type, .place = row->place,
	};
	memcpy(s.version.digest, version.digest, DIGEST_BYTES);
	stage(t, &s);
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

	if (row->status != CALENDAR_REJECTED) {
		struct calendar_row kept = *row;

		/* A text that names no centre may say where a person lives: it is not stored. */
		if (kept.place != NULL && !map_get_str(&t->places, kept.place, NULL))
			kept.place = NULL;
		stage_row(t, &kept);
		return;
	}
	t->result->rejected++;
	if (row->uid) {
		struct intake_stage s = {.kind = STAGE_REJECTED, .uid = row->uid, .recurrence = "", .due = DATE_NONE};

		buf_reset(&t->rule_uid);
		stage(t, &s);
	}
	if (row->problem)
		hear_problem(t, row->problem, "");
}

static void take_warning(void *arg, const struct event_problem *problem)
{
	struct taking *t = arg;

	t->result->warnings++;
	hear_problem(t, problem, "note: ");
}

/* What is gone goes, or is held. */
static int remove_gone(struct taking *t, struct intake_merge *m)
{
	struct intake_gone_run run = {.in = t->in, .file = t->file, .service_id = t->service_id, .source = buf_str(&t->source), .gone = m->gone,
		.known = m->run.known};
	int rc;

	t->result->held = reconcile_suspicious(&m->run);
	if (t->result->held) {
		buf_printf(&t->result->report, "note: %s: %lld of %lld known events are gone: the removal is held for \"planvaxctl sources release\"\n",
			t->file->name, (long long)m->run.gone, (long long)m->run.known);
		return intake_gone_keep(&run);
	}
	rc = intake_gone_remove(&run);
	t->result->cancelled += run.removed;
	t->result->read += run.removed;
	return rc;
}

/* What ended before this is past. A month that is over is replayed: then nothing of it is past. */
static struct instant past_until(const struct settings *s)
{
	struct instant now = settings_now(s);
	struct settings_month month;

	settings_month(s, &month);
	if (instant_utc_date(now).days > month.last.days)
		now.utc_s = (int64_t)month.first.days * 86400;
	return now;
}

/* Merges what was staged. */
static int merge(struct taking *t)
{
	const struct intake_file *file = t->file;
	struct intake_merge m = {
		.in = t->in, .service_id = t->service_id, .source = buf_str(&t->source), .staged = t->staged, .whole = !file->delta && !t->cut,
		.dry_run = file->dry_run, .tie = file->delta && !file->latest ? RECONCILE_BY_DIGEST : RECONCILE_BY_ARRIVAL,
		.from = t->from, .to = t->to, .past = past_until(t->in->settings), .result = t->result,
		.gone = sorter_new(GONE_BYTES), .run = {.empty = sorter_count(t->staged) == 0},
	};
	int rc = t->rc < 0 ? t->rc : sorter_sort(t->staged);

	if (rc == 0)
		rc = intake_merge_run(&m);
	if (rc == 0)
		rc = sorter_sort(m.gone);
	if (rc == 0 && m.whole)
		rc = remove_gone(t, &m);
	if (rc == 0 && t->cut)
		buf_printf(&t->result->report, "note: %s: the file is cut: what it no longer holds was not removed\n", file->name);
	sorter_free(m.gone);
	return rc;
}

/* The member whose calendar the file is by its name; or NULL. */
static const char *member_of(struct taking *t)
{
	const char *slash = strrchr(t->file->name, '/');
	struct buf source = BUF_INIT;
	const char *names[] = {slash ? slash + 1 : t->file->name, NULL};
	const char *found = NULL;
	size_t at;

	source_name(t->file->name, &source);
	names[1] = buf_str(&source);
	for (size_t i = 0; i < 2 && !found; i++) {
		char *stem = arena_strdup(&t->registers, names[i]);

		if (text_ends(stem, ".ics"))
			stem[strlen(stem) - strlen(".ics")] = '\0';
		if (map_get_str(&t->by_name, stem, &at))
			found = t->staff[at].staff_id;
	}
	buf_release(&source);
	return found;
}

static int read_calendar(struct taking *t, const struct zone *zone, struct fault *f)
{
	const struct intake_file *file = t->file;
	struct calendar_counts counts = {0};
	struct settings_month month;
	int rc = 0;

	settings_month(t->in->settings, &month);
	t->from = date_add_days(month.first, -DAYS_BEFORE);
	t->to = date_add_days(month.last, DAYS_AFTER);
	struct calendar_options options = {
		.mapping = settings_mapping(t->in->settings, file->mapping), .zone = zone, .from = t->from, .to = t->to, .staff = find_staff, .staff_arg = t,
		.default_staff = member_of(t), .row = take_row, .warning = take_warning, .arg = t,
	};
	if (file->text)
		calendar_read_text(file->text, file->len, &options, &counts);
	else
		rc = calendar_read_fd(file->fd, &options, &counts, f);
	t->result->read += counts.occurrences + counts.rejected;
	if (rc == 0 && counts.bytes == 0) { /* no export without events: those have a frame */
		rc = fault_set(f, ERR_TRUNCATED, "the file is empty");
		fault_hint(f, "export the calendar again; what is known of it stays");
	}
	if (rc == 0 && t->result->read == 0 && t->result->rejected == 0 && t->result->report.len)
		rc = fault_set(f, ERR_INVALID, "no event could be read");
	return rc;
}

static void end_taking(struct taking *t)
{
	sorter_free(t->staged);
	digest_free(t->digest);
	map_release(&t->places);
	map_release(&t->by_mail);
	map_release(&t->by_name);
	buf_release(&t->source);
	buf_release(&t->scratch);
	buf_release(&t->staff_list);
	buf_release(&t->rule_uid);
	arena_release(&t->registers);
}

int intake_calendar(const struct intake *in, const struct intake_file *file, const char *service_id, struct intake_result *result,
	struct fault *f)
{
	struct taking t = {.in = in, .file = file, .result = result, .service_id = service_id, .staged = sorter_new(STAGE_BYTES),
		.digest = digest_new()};
	struct zone *zone = NULL;
	int rc = load_registers(&t, &zone, f);

	result->unstored = rc == ERR_IO || rc == ERR_BUSY;
	if (file->source)
		buf_puts(&t.source, file->source);
	else
		source_name(file->name, &t.source);
	if (rc == 0)
		rc = read_calendar(&t, zone, f);
	if (rc == 0) {
		rc = merge(&t);
		if (rc < 0)
			fault_set(f, (enum err)rc, "the store refused it: %s", err_name(rc));
		result->unstored = rc == ERR_IO || rc == ERR_BUSY;
	}
	result->cut = t.cut;
	zone_free(zone);
	end_taking(&t);
	return rc;
}
