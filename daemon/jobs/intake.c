/* SPDX-License-Identifier: Apache-2.0 */
/* intake: registers. Rows are copied in batches, each batch is one job of the writer. */
#include "intake_calendar.h"

#include <planvax/base/alloc.h>
#include <planvax/base/arena.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/ingest/register_read.h>
#include <planvax/jobs/moves.h>
#include <planvax/rules/vials.h>
#include <planvax/store/audit_store.h>
#include <planvax/store/register_store.h>
#include <planvax/store/visit_store.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX_BYTES ((size_t)4 << 30)
#define REPORT_MAX_BYTES ((size_t)16 << 20)

/* One file being taken. */
struct taking {
	const struct intake *in;
	const struct intake_file *file;
	struct intake_result *result;
	struct register_counts counts;
	enum register_kind kind;
	struct arena arena;              /* of the batch's texts */
	VEC(struct register_row) batch;
	struct register_ordinals *ordinals;
	const struct service *services;  /* with their zones beside, for local times */
	struct zone **zones;
	size_t n_services;
	struct arena services_arena;
	int rc;                          /* first error of the writer */
};

bool intake_calendar_has_room(struct intake_result *result)
{
	if (result->report.len < REPORT_MAX_BYTES)
		return true;
	if (!result->report_full)
		buf_puts(&result->report, "note: too many problems: those that follow are counted, but not listed\n");
	result->report_full = true;
	return false;
}

static void tell(struct taking *t, const struct fault *f, const char *severity)
{
	if (!intake_calendar_has_room(t->result))
		return;
	buf_puts(&t->result->report, severity);
	fault_format(f, &t->result->report);
	buf_putc(&t->result->report, '\n');
}

static void hear(void *arg, enum register_severity severity, const struct fault *f)
{
	struct taking *t = arg;

	if (severity == REGISTER_NOTE)
		t->result->warnings++;
	tell(t, f, severity == REGISTER_NOTE ? "note: " : "");
}

/* Copies the texts that a row points to, by the table of its columns. */
static struct register_row copy_row(const struct register_row *row, struct arena *arena)
{
	struct register_row copy = *row;
	size_t n = 0;
	const struct register_column *columns = register_columns_of(row->kind, &n);
	char *base = (char *)&copy.commune; /* all members of the union begin there */

	for (size_t i = 0; i < n; i++) {
		const char *text;

		switch (columns[i].type) {
		case CELL_TEXT:
		case CELL_MAIL:
		case CELL_KEY:
		case CELL_SIRET:
		case CELL_RPPS:
		case CELL_INSEE:
		case CELL_AREA:
		case CELL_ZONE:
			if (row->kind == REGISTER_VISITS && columns[i].offset >= sizeof(struct visit))
				break; /* a cell that only became part of the visit's times */
			memcpy(&text, base + columns[i].offset, sizeof(text));
			text = arena_strdup(arena, text);
			memcpy(base + columns[i].offset, &text, sizeof(text));
			break;
		case CELL_FLAGS:
			copy.person.other_flags = arena_strdup(arena, copy.person.other_flags);
			break;
		case CELL_INT:
		case CELL_LEVEL:
		case CELL_BOOL:
		case CELL_DATE:
		case CELL_WORD:
		case CELL_DEGREES:
		case CELL_HOURS:
		case CELL_WEEKDAYS:
		case CELL_SEX:
			break;
		}
	}
	return copy;
}

static int put_visit(struct tx *tx, const struct register_row *row, enum row_verdict *verdict, struct fault *f)
{
	const struct visit *v = &row->visit;
	const char *staff[1] = {v->staff_id};
	struct agenda_entry entry = {
		.key = {v->service_id, AGENDA_SOURCE_TABLE, v->visit_id, ""},
		.version = {.status = row->cancelled ? AGENDA_CANCELLED : AGENDA_VISIT},
		.visit = *v, .staff = staff, .n_staff = v->staff_id ? 1 : 0,
	};
	struct digest *d = digest_new();

	digest_add_int(d, row->cancelled);
	digest_add_text(d, v->staff_id);
	digest_add_text(d, v->person_ref);
	digest_add_text(d, v->type);
	digest_add_text(d, v->place);
	digest_add_int(d, v->start.utc_s);
	digest_add_int(d, v->end.utc_s);
	digest_add_int(d, v->due.days);
	digest_add_int(d, v->postponed_before);
	digest_finish(d, entry.version.digest);
	return visit_store_put(tx, &entry, verdict, f);
}

static int put_commune(struct taking *t, struct tx *tx, const struct commune *row, enum row_verdict *verdict, struct fault *f)
{
	struct commune known;

	if (t->file->only_new && register_store_commune(tx, row->insee, &t->arena, &known) == 0) {
		*verdict = ROW_UNCHANGED;
		return 0;
	}
	return register_store_put_commune(tx, row, verdict, f);
}

static int put_row(struct taking *t, struct tx *tx, const struct register_row *row, enum row_verdict *verdict, struct fault *f)
{
	switch (row->kind) {
	case REGISTER_COMMUNES:
		return put_commune(t, tx, &row->commune, verdict, f);
	case REGISTER_SERVICES:
		return register_store_put_service(tx, &row->service, verdict, f);
	case REGISTER_CENTRES:
		return register_store_put_centre(tx, &row->centre, verdict, f);
	case REGISTER_STAFF:
		return register_store_put_staff(tx, &row->staff, verdict, f);
	case REGISTER_VEHICLES:
		return register_store_put_vehicle(tx, &row->vehicle, verdict, f);
	case REGISTER_COMPANIES:
		return register_store_put_company(tx, &row->company, verdict, f);
	case REGISTER_PEOPLE:
		return register_store_put_person(tx, &row->person, verdict, f);
	case REGISTER_HISTORY:
		return register_store_put_event(tx, &row->event, verdict, f);
	case REGISTER_STOCK:
		return register_store_put_stock(tx, &row->stock, register_store_ordinal(t->ordinals, &row->stock), verdict, f);
	case REGISTER_PARTNERS:
		return register_store_put_partner(tx, &row->partner, verdict, f);
	case REGISTER_VISITS:
		return put_visit(tx, row, verdict, f);
	}
	return ERR_UNSUPPORTED;
}

/* Writes the batch. A row that the store refuses is told and left out; a real error undoes the batch. */
static int write_batch(struct tx *tx, void *arg)
{
	struct taking *t = arg;
	int64_t verdicts[ROW_VERDICTS] = {0}, refused = 0;

	for (size_t i = 0; i < t->batch.len; i++) {
		const struct register_row *row = &t->batch.items[i];
		enum row_verdict verdict = ROW_UNCHANGED;
		struct fault f = FAULT_NONE;

		if (put_row(t, tx, row, &verdict, &f) == 0) {
			verdicts[verdict]++;
			continue;
		}
		if (tx_error(tx) < 0)
			return tx_error(tx);
		fault_at(&f, "%s:%d", t->file->name, row->line);
		tell(t, &f, "");
		refused++;
	}
	t->result->created += verdicts[ROW_CREATED];
	t->result->changed += verdicts[ROW_CHANGED];
	t->result->unchanged += verdicts[ROW_UNCHANGED];
	t->result->rejected += refused;
	return t->file->dry_run ? ERR_STOPPED : 0; /* undone, but counted */
}

static void flush(struct taking *t)
{
	int rc = t->batch.len && t->rc == 0 ? writer_call(t->in->writer, write_batch, t) : 0;

	if (rc < 0 && !(t->file->dry_run && rc == ERR_STOPPED))
		t->rc = rc;
	VEC_CLEAR(&t->batch);
	arena_reset(&t->arena);
}

static int take_row(void *arg, const struct register_row *row, struct fault *f)
{
	struct taking *t = arg;

	(void)f;
	VEC_PUSH(&t->batch, copy_row(row, &t->arena));
	/* A dry run is one job, so that later rows see earlier ones. */
	if (t->batch.len >= REGISTER_CHUNK_ROWS && !t->file->dry_run)
		flush(t);
	return 0;
}

static const struct zone *zone_of(void *arg, const char *service_id)
{
	const struct taking *t = arg;

	for (size_t i = 0; i < t->n_services; i++)
		if (!strcmp(t->services[i].service_id, service_id))
			return t->zones[i];
	return NULL;
}

static int load_services(struct taking *t, struct fault *f)
{
	struct db *db = NULL;
	int rc = readers_take(t->in->readers, &db, f);

	if (rc < 0)
		return rc;
	struct tx *tx = db_read(db);
	rc = register_store_services(tx, &t->services_arena, &t->services, &t->n_services);
	tx_end(tx);
	readers_give(t->in->readers, db);
	if (rc < 0)
		return fault_set(f, (enum err)rc, "the store cannot be read: %s", err_name(rc));
	t->zones = xcalloc(t->n_services + 1, sizeof(struct zone *));
	for (size_t i = 0; i < t->n_services; i++) {
		const struct service *s = &t->services[i];

		if (zone_load(s->timezone ? s->timezone : registers_region_zone(s->region), &t->zones[i]) < 0)
			t->zones[i] = NULL;
	}
	return 0;
}

static int read_fd(int fd, struct buf *out, struct fault *f)
{
	for (;;) {
		ssize_t n = read(fd, buf_reserve(out, 1 << 20), 1 << 20);

		if (n == 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return fault_set(f, ERR_IO, "cannot be read: %s", strerror(errno));
		out->len += n > 0 ? (size_t)n : 0;
		if (out->len > FILE_MAX_BYTES)
			return fault_set(f, ERR_LIMIT, "is larger than 4 GiB");
	}
}

static void end_taking(struct taking *t)
{
	for (size_t i = 0; t->zones && i < t->n_services; i++)
		zone_free(t->zones[i]);
	free(t->zones);
	register_store_ordinals_free(t->ordinals);
	arena_release(&t->services_arena);
	arena_release(&t->arena);
	VEC_RELEASE(&t->batch);
}

static int take_register(const struct intake *in, const struct intake_file *file, enum register_kind kind,
	struct intake_result *result, struct fault *f)
{
	struct taking t = {.in = in, .file = file, .result = result, .kind = kind, .ordinals = register_store_ordinals_new()};
	struct buf bytes = BUF_INIT;
	int rc = kind == REGISTER_VISITS ? load_services(&t, f) : 0;
	result->unstored = rc == ERR_IO || rc == ERR_BUSY;
	struct register_options options = {
		.name = file->name, .kind = kind, .visit_types = in->settings->visit_types, .n_visit_types = in->settings->n_visit_types,
		.known_product = vials_known, .product_arg = in->settings->rules,
		.zone = zone_of, .row = take_row, .report = hear, .arg = &t,
	};

	if (rc == 0 && !file->text)
		rc = read_fd(file->fd, &bytes, f);
	if (rc == 0) {
		rc = register_read(file->text ? file->text : buf_str(&bytes), file->text ? file->len : bytes.len, &options, &t.counts);
		if (rc < 0)
			fault_set(f, (enum err)rc, "nothing could be read");
		fault_at(f, "%s", file->name);
	}
	flush(&t);
	result->read += t.counts.read;
	result->rejected += t.counts.rejected;
	if (rc == 0 && t.rc < 0) {
		rc = fault_set(f, (enum err)t.rc, "the store refused it: %s", err_name(t.rc));
		result->unstored = t.rc == ERR_IO || t.rc == ERR_BUSY;
	}
	buf_release(&bytes);
	end_taking(&t);
	return rc;
}

/* The folder of "S001/agenda.ics" in arena, or NULL. */
static char *folder_of(const char *name, struct arena *arena)
{
	const char *slash = strrchr(name, '/');
	const char *start = slash;

	if (!slash)
		return NULL;
	while (start > name && start[-1] != '/')
		start--;
	return arena_strndup(arena, start, (size_t)(slash - start));
}

static int write_audit(struct tx *tx, void *arg)
{
	audit_store_put(tx, arg);
	return tx_error(tx);
}

static void audit(const struct intake *in, const struct intake_file *file, const char *service_id, const struct intake_result *r)
{
	struct buf detail = BUF_INIT;

	buf_printf(&detail, "read %lld, created %lld, changed %lld, cancelled %lld, rejected %lld", (long long)r->read,
		(long long)r->created, (long long)r->changed, (long long)r->cancelled, (long long)r->rejected);
	struct audit_line line = {.actor = file->actor, .action = AUDIT_IMPORTED, .service_id = service_id, .subject = file->name,
		.detail = buf_str(&detail)};
	if (!file->dry_run && (r->created || r->changed || r->cancelled))
		writer_call(in->writer, write_audit, &line);
	buf_release(&detail);
}

/* Visits that plans moved are compared with the agenda that came. */
static void settle_moves(const struct intake *in, const struct intake_file *file, const char *service_id, struct intake_result *r)
{
	const char *slash = strrchr(file->name, '/');
	const struct moves_export taken = {
		.service_id = service_id, .partial = r->held,
		.source = !r->calendar ? AGENDA_SOURCE_TABLE : file->source ? file->source : slash ? slash + 1 : file->name,
	};

	moves_after_intake(in->writer, &taken, &r->report);
}

int intake_run(const struct intake *in, const struct intake_file *file, struct intake_result *result, struct fault *f)
{
	struct arena arena = ARENA_INIT;
	enum register_kind kind;
	const char *service_id = file->service_id;
	int rc;

	*result = (struct intake_result){.calendar = text_ends(file->name, ".ics")};
	if (!service_id)
		service_id = folder_of(file->name, &arena);
	if (result->calendar) {
		if (service_id) {
			rc = intake_calendar(in, file, service_id, result, f);
		} else {
			rc = fault_set(f, ERR_NOT_FOUND, "a calendar belongs to a service");
			fault_hint(f, "put it into a folder named by the service_id");
		}
	} else if (register_columns_kind(file->name, &kind)) {
		rc = take_register(in, file, kind, result, f);
	} else {
		rc = fault_set(f, ERR_UNSUPPORTED, "is neither a register nor a calendar");
		fault_hint(f, "names are services.csv, centres.csv, staff.csv, vehicles.csv, companies.csv, people.csv, history.csv, stock.csv, "
			"partners.csv, communes.csv, visits.csv and *.ics");
	}
	if (rc < 0)
		fault_at(f, "%s", file->name);
	else
		audit(in, file, result->calendar ? service_id : NULL, result);
	if (rc == 0 && !file->dry_run && (result->calendar || kind == REGISTER_VISITS))
		settle_moves(in, file, result->calendar ? service_id : NULL, result);
	arena_release(&arena);
	return rc;
}

int intake_order(const char *name)
{
	enum register_kind kind;

	if (text_ends(name, ".ics"))
		return REGISTER_KINDS;
	return register_columns_kind(name, &kind) ? (int)kind : -1;
}

void intake_format(const struct intake_file *file, const struct intake_result *r, struct buf *out)
{
	buf_printf(out, "%s: read %lld, created %lld, changed %lld, unchanged %lld, cancelled %lld, rejected %lld, older than known %lld\n",
		file->name, (long long)r->read, (long long)r->created, (long long)r->changed, (long long)r->unchanged,
		(long long)r->cancelled, (long long)r->rejected, (long long)r->ignored);
	if (r->held)
		buf_printf(out, "%s: more than half of the known events are gone: none was removed; import a complete export, or cancel them\n", file->name);
	buf_puts(out, buf_str(&r->report));
}
