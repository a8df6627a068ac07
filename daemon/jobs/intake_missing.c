/* SPDX-License-Identifier: Apache-2.0 */
/* intake_register: rows that were known before and that a file does not name. */
#include "intake_register.h"

#include "intake_calendar.h"

#include <planvax/base/alloc.h>
#include <planvax/base/vec.h>
#include <planvax/store/register_store.h>

#include <stdlib.h>

/* As for calendars: a file that would take out more than half of at least so many rows is held. */
#define HOLD_FROM 20

/* Keys of a service that are to go, and where the next chunk of them begins. */
struct removal {
	const char *service_id;
	const struct register_keys *keys;
	enum register_table table;
	VEC(char *) gone;
	size_t next, end;
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
	case REGISTER_COMMUNES:
	case REGISTER_SERVICES:
	case REGISTER_HISTORY:
	case REGISTER_STOCK:
	case REGISTER_PARTNERS:
	case REGISTER_VISITS:
		break;
	}
	return false;
}

static void count_key(void *arg, const char *key)
{
	(void)key;
	++*(int64_t *)arg;
}

int64_t intake_register_known(struct tx *tx, enum register_kind kind, const char *service_id)
{
	enum register_table table;
	int64_t n = 0;

	if (table_of(kind, &table))
		register_store_keys(tx, table, service_id, count_key, &n);
	return n;
}

static void hear_key(void *arg, const char *key)
{
	struct removal *r = arg;

	if (!register_keys_has(r->keys, r->service_id, key))
		VEC_PUSH(&r->gone, xstrdup(key));
}

static int find_gone(struct tx *tx, void *arg)
{
	struct removal *r = arg;

	return register_store_keys(tx, r->table, r->service_id, hear_key, r);
}

static int remove_chunk(struct tx *tx, void *arg)
{
	struct removal *r = arg;

	for (size_t i = r->next; i < r->end; i++)
		register_store_remove(tx, r->table, r->service_id, r->gone.items[i]);
	return tx_error(tx);
}

/* Takes out what the file does not name; *removed rows. */
static int remove_gone(const struct intake *in, struct removal *r, int64_t *removed)
{
	int rc = writer_call(in->writer, find_gone, r);

	while (rc == 0 && r->next < r->gone.len) {
		r->end = r->next + REGISTER_CHUNK_ROWS < r->gone.len ? r->next + REGISTER_CHUNK_ROWS : r->gone.len;
		rc = writer_call(in->writer, remove_chunk, r);
		*removed += rc == 0 ? (int64_t)(r->end - r->next) : 0;
		r->next = r->end;
	}
	for (size_t i = 0; i < r->gone.len; i++)
		free(r->gone.items[i]);
	VEC_RELEASE(&r->gone);
	return rc;
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

int intake_register_missing(const struct intake *in, const struct intake_file *file, const struct intake_register_named *named,
	struct intake_result *result)
{
	enum register_table table;
	int rc = 0;

	if (!table_of(named->kind, &table))
		return 0;
	for (size_t i = 0; i < named->n && rc == 0; i++) {
		const struct intake_register_service *s = &named->services[i];
		int64_t missing = s->known - s->matched;
		const char *reason;

		if (missing <= 0)
			continue;
		reason = reason_to_stay(file, s, missing, named->keys, result);
		if (reason == NULL && file->dry_run)
			reason = "they would be removed";
		if (reason != NULL) {
			result->missing += missing;
			if (intake_calendar_has_room(result))
				buf_printf(&result->report, "note: %s: %lld rows of %s known before are not in this file: %s\n", file->name,
					(long long)missing, s->id, reason);
			continue;
		}
		struct removal r = {.keys = named->keys, .table = table, .service_id = s->id};
		rc = remove_gone(in, &r, &result->removed);
	}
	return rc;
}
