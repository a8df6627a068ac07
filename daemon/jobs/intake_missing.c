/* SPDX-License-Identifier: Apache-2.0 */
/* intake_register: rows that were known before and that a file does not name. */
#include "intake_register.h"

#include "intake_calendar.h"

#include <planvax/base/alloc.h>
#include <planvax/base/vec.h>
#include <planvax/store/register_gone.h>
#include <planvax/store/visit_store.h>

#include <stdlib.h>

/* As for calendars: a file that would take out more than half of at least so many rows is held. */
#define HOLD_FROM 20

/* Keys of a service that are to go, and where the next chunk of them begins. */
struct removal {
	struct register_scope scope;
	const struct register_keys *keys;
	VEC(char *) gone;
	size_t next, end;
	const struct intake_file *file; /* for telling of links */
	struct intake_result *result;
};

static bool table_of(enum register_kind kind, enum register_table *table)
{
	switch (kind) {
	case REGISTER_CENTRES:
		return *table = REGISTER_TABLE_CENTRES, true;
	case REGISTER_STAFF:
		return *table = REGISTER_TABLE_STAFF, true;
	case REGISTER_VEHICLES:
		return *table = REGISTER_TABLE_VEHICLES, true;
	case REGISTER_COMPANIES:
		return *table = REGISTER_TABLE_COMPANIES, true;
	case REGISTER_PEOPLE:
		return *table = REGISTER_TABLE_PEOPLE, true;
	case REGISTER_HISTORY:
		return *table = REGISTER_TABLE_HISTORY, true;
	case REGISTER_STOCK:
		return *table = REGISTER_TABLE_STOCK, true;
	case REGISTER_VISITS:
		return *table = REGISTER_TABLE_VISITS, true;
	case REGISTER_COMMUNES:
	case REGISTER_SERVICES:
	case REGISTER_PARTNERS:
		break;
	}
	return false;
}

int64_t intake_register_known(struct tx *tx, enum register_kind kind, const char *service_id, struct instant now)
{
	struct register_scope scope = {.service_id = service_id, .now = now};
	int64_t n = 0;

	if (table_of(kind, &scope.table))
		register_gone_count(tx, &scope, &n);
	return n;
}

static void hear_key(void *arg, const char *key)
{
	struct removal *r = arg;

	if (!register_keys_has(r->keys, r->scope.service_id, key))
		VEC_PUSH(&r->gone, xstrdup(key));
}

static int find_gone(struct tx *tx, void *arg)
{
	struct removal *r = arg;

	return register_gone_keys(tx, &r->scope, hear_key, r);
}

static int remove_chunk(struct tx *tx, void *arg)
{
	struct removal *r = arg;

	for (size_t i = r->next; i < r->end; i++)
		register_gone_remove(tx, &r->scope, r->gone.items[i]);
	return tx_error(tx);
}

static void tell_link(void *arg, const char *what, int64_t n)
{
	const struct removal *r = arg;

	if (intake_calendar_has_room(r->result))
		buf_printf(&r->result->report, "note: %s: %lld %s of %s name a row that is not there (any more)\n", r->file->name, (long long)n, what,
			r->scope.service_id);
}

static int find_links(struct tx *tx, void *arg)
{
	struct removal *r = arg;

	return register_gone_links(tx, &r->scope, tell_link, r);
}

static void release(struct removal *r)
{
	for (size_t i = 0; i < r->gone.len; i++)
		free(r->gone.items[i]);
	VEC_RELEASE(&r->gone);
}

/* Takes out what is gone, and tells what it leaves behind. */
static int remove_gone(const struct intake *in, struct removal *r)
{
	int rc = 0;

	while (rc == 0 && r->next < r->gone.len) {
		r->end = r->next + REGISTER_CHUNK_ROWS < r->gone.len ? r->next + REGISTER_CHUNK_ROWS : r->gone.len;
		rc = writer_call(in->writer, remove_chunk, r);
		r->result->removed += rc == 0 ? (int64_t)(r->end - r->next) : 0;
		r->next = r->end;
	}
	return rc == 0 ? writer_call(in->writer, find_links, r) : rc;
}

/* Why a service's missing rows stay; NULL: they go. */
static const char *reason_to_stay(const struct intake_file *file, const struct intake_register_service *s, int64_t missing,
	const struct register_keys *keys, struct intake_result *result)
{
	if (!file->complete)
		return "they stay";
	if (result->rejected > 0)
		return "they stay, since rows of the file were rejected";
	if (register_keys_full(keys))
		return "they stay, since the file has too many rows to tell";
	if (s->known < HOLD_FROM || 2 * missing <= s->known)
		return NULL;
	result->held = true;
	return "that is more than half: they stay; remove the others first, or import a complete export";
}

static void tell_missing(const struct intake_file *file, const char *service_id, int64_t missing, const char *reason, struct intake_result *result)
{
	result->missing += missing;
	if (intake_calendar_has_room(result))
		buf_printf(&result->report, "note: %s: %lld rows of %s known before are not in this file: %s\n", file->name, (long long)missing,
			service_id, reason);
}

/* One service of the file. */
static int miss_rows(const struct intake *in, const struct intake_file *file, const struct intake_register_named *named,
	const struct intake_register_service *s, struct intake_result *result)
{
	struct removal r = {.keys = named->keys, .scope = {.service_id = s->id, .now = settings_now(in->settings)}, .file = file, .result = result};
	int64_t missing = s->known - s->matched;
	bool by_keys = named->kind == REGISTER_VISITS && !register_keys_full(named->keys); /* a row that was gone is no known one */
	const char *reason;
	int rc = 0;

	if (!table_of(named->kind, &r.scope.table))
		return 0;
	if (by_keys || (missing > 0 && file->complete))
		rc = writer_call(in->writer, find_gone, &r);
	if (by_keys)
		missing = (int64_t)r.gone.len;
	if (rc == 0 && missing > 0) {
		reason = reason_to_stay(file, s, missing, named->keys, result);
		if (reason == NULL && file->dry_run)
			reason = "they would be removed";
		if (reason != NULL)
			tell_missing(file, s->id, missing, reason, result);
		else
			rc = remove_gone(in, &r);
	}
	release(&r);
	return rc;
}

struct service_count {
	int64_t n;
};

static int count_services(struct tx *tx, void *arg)
{
	struct service_count *count = arg;
	struct arena arena = ARENA_INIT;
	const struct service *rows = NULL;
	size_t n = 0;
	int rc = register_store_services(tx, &arena, &rows, &n);

	count->n = (int64_t)n;
	arena_release(&arena);
	return rc;
}

/* Services are never taken out by a file: plans and letters hang on them. */
static int miss_services(const struct intake *in, const struct intake_file *file, const struct intake_register_named *named,
	struct intake_result *result)
{
	struct service_count count = {0};
	int rc = writer_call(in->writer, count_services, &count);
	int64_t missing = count.n - named->matched - (file->dry_run ? 0 : result->created);

	if (rc == 0 && missing > 0) {
		result->missing += missing;
		buf_printf(&result->report, "note: %s: %lld services known before are not in this file: they stay; mobilised = 0 leaves one out of plans\n",
			file->name, (long long)missing);
	}
	return rc;
}

int intake_register_missing(const struct intake *in, const struct intake_file *file, const struct intake_register_named *named,
	struct intake_result *result)
{
	int rc = 0;

	if (named->kind == REGISTER_SERVICES && result->read > 0)
		return miss_services(in, file, named, result);
	for (size_t i = 0; i < named->n && rc == 0; i++)
		rc = miss_rows(in, file, named, &named->services[i], result);
	return rc;
}

/* ---- visits of the table that a calendar has too ---- */

struct doubles {
	const char *service_id; /* NULL: of all */
	int64_t n;
};

static int count_doubles(struct tx *tx, void *arg)
{
	struct doubles *d = arg;

	return visit_store_doubles(tx, d->service_id, &d->n);
}

int intake_register_doubles(const struct intake *in, const struct intake_file *file, const char *service_id, struct intake_result *result)
{
	struct doubles d = {.service_id = service_id};
	int rc = writer_call(in->writer, count_doubles, &d);

	if (rc == 0 && d.n > 0)
		buf_printf(&result->report, "note: %s: %lld visits of %s are in a calendar too: the calendar counts\n", file->name, (long long)d.n,
			AGENDA_SOURCE_TABLE);
	return rc;
}
