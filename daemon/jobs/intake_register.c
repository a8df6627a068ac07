/* SPDX-License-Identifier: Apache-2.0 */
/* intake_register: see intake_register.h. Rows are copied in batches, each batch is one job of the writer. Problems
 * are kept until their batch is written, so that the report tells them in the order of the file. */
#include "intake_register.h"

#include "intake_calendar.h"

#include <planvax/base/alloc.h>
#include <planvax/base/arena.h>
#include <planvax/base/map.h>
#include <planvax/base/vec.h>
#include <planvax/ingest/register_read.h>
#include <planvax/rules/vials.h>
#include <planvax/store/register_gone.h>
#include <planvax/store/visit_store.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX_BYTES ((int64_t)64 << 30)
#define MAX_PROBLEMS 1000

/* A line of the report, in t->told. */
struct problem {
	size_t order; /* of the batch's row before which it stands, twice; odd: of that row */
	size_t at, len;
};

/* One file being taken. */
struct taking {
	const struct intake *in;
	const struct intake_file *file;
	struct intake_result *result;
	struct register_counts counts;
	enum register_kind kind;
	struct arena arena;              /* of the batch's texts */
	VEC(struct register_row) batch;
	VEC(struct problem) problems;    /* of the batch */
	struct buf told;
	int64_t verdicts[ROW_VERDICTS], refused; /* of the batch */
	struct map service_at;
	VEC(struct intake_register_service) named; /* services that the file names */
	struct register_keys *keys;
	struct register_ordinals *ordinals;
	struct buf key;                  /* of the row that is put */
	int64_t matched;                 /* rows taken that were known */
	const struct service *services;  /* with their zones beside, for local times */
	struct zone **zones;
	size_t n_services;
	struct arena services_arena;
	int64_t bytes;                   /* read from fd */
	size_t given;                    /* of file->text */
	int rc;                          /* first error of the writer: no more rows are asked for */
};

static void tell(struct taking *t, size_t order, const struct fault *f, const char *severity)
{
	struct problem p = {order, t->told.len, 0};

	buf_puts(&t->told, severity);
	fault_format(f, &t->told);
	buf_putc(&t->told, '\n');
	p.len = t->told.len - p.at;
	VEC_PUSH(&t->problems, p);
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

/* A service that the file names: counts what it had before. -1: its id is none. */
static int name_service(struct taking *t, struct tx *tx, const char *id)
{
	struct intake_register_service one = {.known = 0};
	size_t at;

	if (id[0] == '\0' || strlen(id) >= sizeof(one.id))
		return -1;
	if (map_get_str(&t->service_at, id, &at))
		return (int)at;
	memcpy(one.id, id, strlen(id) + 1);
	one.known = intake_register_known(tx, t->kind, id, settings_now(t->in->settings));
	map_put_str(&t->service_at, id, t->named.len);
	VEC_PUSH(&t->named, one);
	return (int)t->named.len - 1;
}

/* The service of a batch's row as the file names it. -1: none is. */
static int service_of(struct taking *t, struct tx *tx, const struct register_row *row)
{
	const char *scope = "", *column;

	if (t->kind == REGISTER_PARTNERS || register_row_key(row, &scope, &column) == NULL)
		return -1;
	return name_service(t, tx, scope);
}

/* Counts a row of history or stock whose service shows only now; its key is kept where the file is complete. */
static void count_row(struct taking *t, int service, const char *key, bool created)
{
	if (service < 0)
		return;
	if (t->file->complete && register_keys_put(t->keys, t->named.items[service].id, key, 1) != 0)
		return; /* stands twice in the file */
	t->named.items[service].matched += !created;
}

static int put_event(struct taking *t, struct tx *tx, const struct history_event *row, enum row_verdict *verdict, struct fault *f)
{
	struct register_owners owners;
	int rc = register_store_put_owned(tx, row, &owners, verdict, f);

	buf_reset(&t->key);
	if (rc == 0 && t->file->complete)
		register_gone_event_key(row, &t->key);
	for (size_t i = 0; rc == 0 && i < owners.n; i++) {
		size_t n = t->named.len;
		int at = name_service(t, tx, owners.ids[i]);

		if (t->named.len > n)
			t->named.items[at].known -= owners.created[i]; /* the row itself was counted */
		count_row(t, at, buf_str(&t->key), owners.created[i]);
	}
	return rc;
}

static int put_stock(struct taking *t, struct tx *tx, const struct stock_lot *row, enum row_verdict *verdict, struct fault *f)
{
	int32_t ordinal = register_store_ordinal(t->ordinals, row);
	char service[REGISTER_OWNER_BYTES];
	int rc = register_store_stock_service(tx, row, service, f), at = rc == 0 ? name_service(t, tx, service) : -1;

	if (rc == 0)
		rc = register_store_put_stock(tx, row, ordinal, verdict, f);
	buf_reset(&t->key);
	if (rc == 0)
		register_gone_stock_key(row, ordinal, &t->key);
	if (rc == 0)
		count_row(t, at, buf_str(&t->key), *verdict == ROW_CREATED);
	return rc;
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
		return put_event(t, tx, &row->event, verdict, f);
	case REGISTER_STOCK:
		return put_stock(t, tx, &row->stock, verdict, f);
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
	struct fault f = FAULT_NONE;

	for (size_t i = 0; i < t->batch.len; i++) {
		const struct register_row *row = &t->batch.items[i];
		enum row_verdict verdict = ROW_UNCHANGED;
		int service = service_of(t, tx, row);

		if (put_row(t, tx, row, &verdict, &f) == 0) {
			t->verdicts[verdict]++;
			if (service >= 0)
				t->named.items[service].matched += verdict != ROW_CREATED;
			t->matched += verdict != ROW_CREATED;
			continue;
		}
		if (tx_error(tx) < 0)
			return tx_error(tx);
		fault_at(&f, "%s:%d", t->file->name, row->line);
		tell(t, 2 * i + 1, &f, "");
		fault_clear(&f);
		t->refused++;
	}
	return t->file->dry_run ? ERR_STOPPED : 0; /* undone, but counted */
}

static int compare_problems(const void *a, const void *b)
{
	const struct problem *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

static void report_problems(struct taking *t)
{
	if (t->problems.len)
		qsort(t->problems.items, t->problems.len, sizeof(*t->problems.items), compare_problems);
	for (size_t i = 0; i < t->problems.len; i++) {
		const struct problem *p = &t->problems.items[i];

		if (intake_calendar_has_room(t->result))
			buf_put(&t->result->report, t->told.data + p->at, p->len);
	}
	VEC_CLEAR(&t->problems);
	buf_reset(&t->told);
}

static void flush(struct taking *t)
{
	int rc = t->batch.len && t->rc == 0 ? writer_call(t->in->writer, write_batch, t) : t->rc;

	if (rc == 0 || (t->file->dry_run && rc == ERR_STOPPED)) {
		t->result->created += t->verdicts[ROW_CREATED];
		t->result->changed += t->verdicts[ROW_CHANGED];
		t->result->unchanged += t->verdicts[ROW_UNCHANGED];
		t->result->rejected += t->refused;
	} else {
		t->rc = rc;
	}
	memset(t->verdicts, 0, sizeof(t->verdicts));
	t->refused = 0;
	report_problems(t);
	VEC_CLEAR(&t->batch);
	arena_reset(&t->arena);
}

static void hear(void *arg, enum register_severity severity, const struct fault *f)
{
	struct taking *t = arg;

	if (severity == REGISTER_NOTE)
		t->result->warnings++;
	tell(t, 2 * t->batch.len, f, severity == REGISTER_NOTE ? "note: " : "");
	if (t->problems.len >= MAX_PROBLEMS)
		flush(t);
}

static int take_row(void *arg, const struct register_row *row, struct fault *f)
{
	struct taking *t = arg;

	(void)f;
	VEC_PUSH(&t->batch, copy_row(row, &t->arena));
	if (t->batch.len >= REGISTER_CHUNK_ROWS)
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

/* What is read next of a file; nothing more once the store failed. */
static int read_file(void *arg, char *out, size_t size, size_t *n)
{
	struct taking *t = arg;
	ssize_t got = 0;

	*n = 0;
	if (t->rc < 0)
		return 0;
	if (t->file->text) {
		*n = t->file->len - t->given < size ? t->file->len - t->given : size;
		memcpy(out, t->file->text + t->given, *n);
		t->given += *n;
		return 0;
	}
	do {
		got = read(t->file->fd, out, size);
	} while (got < 0 && errno == EINTR);
	t->bytes += got > 0 ? got : 0;
	if (got < 0 || t->bytes > FILE_MAX_BYTES)
		return ERR_IO;
	*n = (size_t)got;
	return 0;
}

static void end_taking(struct taking *t)
{
	for (size_t i = 0; t->zones && i < t->n_services; i++)
		zone_free(t->zones[i]);
	free(t->zones);
	register_keys_free(t->keys);
	register_store_ordinals_free(t->ordinals);
	arena_release(&t->services_arena);
	arena_release(&t->arena);
	map_release(&t->service_at);
	buf_release(&t->told);
	buf_release(&t->key);
	VEC_RELEASE(&t->named);
	VEC_RELEASE(&t->problems);
	VEC_RELEASE(&t->batch);
}

/* Reads the whole file into the store; counts are in the result afterwards. */
static int read_register(struct taking *t, struct fault *f)
{
	const struct csv_source source = {read_file, t};
	const struct settings *s = t->in->settings;
	struct instant real = clock_now(), planning = settings_now(s);
	const struct register_options options = {
		.name = t->file->name, .kind = t->kind, .visit_types = s->visit_types, .n_visit_types = s->n_visit_types,
		.known_product = vials_known, .product_arg = s->rules,
		/* Facts are of days up to today, or up to the planning clock where that goes before; a day more for zones. */
		.today = date_add_days(instant_utc_date(planning.utc_s > real.utc_s ? planning : real), 1),
		.keys = t->keys, .zone = zone_of, .row = take_row, .report = hear, .arg = t,
	};
	int rc = register_read_source(&source, &options, &t->counts);

	flush(t);
	t->result->read += t->counts.read;
	t->result->rejected += t->counts.rejected;
	if (rc == ERR_IO)
		fault_set(f, ERR_IO, "cannot be read to its end: what came before was taken");
	else if (rc < 0)
		fault_set(f, (enum err)rc, "nothing could be read");
	return rc;
}

int intake_register(const struct intake *in, const struct intake_file *file, enum register_kind kind, struct intake_result *result,
	struct fault *f)
{
	struct taking t = {
		.in = in, .file = file, .result = result, .kind = kind, .ordinals = register_store_ordinals_new(), .keys = register_keys_new(),
	};
	int rc = kind == REGISTER_VISITS ? load_services(&t, f) : 0;

	result->unstored = rc == ERR_IO || rc == ERR_BUSY;
	if (rc == 0)
		rc = read_register(&t, f);
	if (rc == 0 && t.rc == 0)
		t.rc = intake_register_missing(in, file, &(struct intake_register_named){kind, t.named.items, t.named.len, t.matched, t.keys}, result);
	if (t.rc < 0 && rc != ERR_IO) {
		fault_clear(f);
		rc = fault_set(f, (enum err)t.rc, "the store refused it: %s", err_name(t.rc));
		result->unstored = t.rc == ERR_IO || t.rc == ERR_BUSY;
	}
	end_taking(&t);
	return rc;
}
