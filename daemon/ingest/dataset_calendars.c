/* SPDX-License-Identifier: Apache-2.0 */
/* dataset_calendars: see dataset_calendars.h. */
#include "dataset_calendars.h"

#include <planvax/base/alloc.h>
#include <planvax/base/arena.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <planvax/ingest/reconcile.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A component's newest version so far. */
struct entry {
	enum calendar_status status;
	struct reconcile_version version;
	const char *id;
	const char *uid;
	uint32_t file;
	bool series;
	struct visit visit;              /* of CALENDAR_VISIT; its times serve CALENDAR_BUSY too */
	const char *const *staff;
	size_t n_staff;
};

struct collector {
	const struct dataset_calendars *c;
	struct arena arena;
	VEC(struct entry) entries;
	struct map by_key;               /* "FILE ID" -> entry */
	struct map series;               /* "FILE UID" -> entry that cancels all of them */
	struct map visits;               /* id -> entry, over all files */
	struct buf key;
	struct digest *digest;           /* tools of reconcile_version_of */
	struct buf scratch;
	const char *file_name;           /* of the current file, for reports */
	uint32_t file;
};

const char *dataset_calendars_staff(void *arg, const char *text)
{
	const struct dataset_staff *staff = arg;
	size_t at;
	char lower[256];
	size_t len = strlen(text);

	if (map_get(&staff->by_text, text, len, &at))
		return staff->ids[at];
	if (len >= sizeof(lower))
		return NULL;
	memcpy(lower, text, len + 1);
	text_lower(lower);
	return map_get(&staff->by_text, lower, len, &at) ? staff->ids[at] : NULL;
}

static void tell(struct collector *k, enum register_severity severity, const struct event_problem *p)
{
	const struct dataset_options *o = k->c->options;
	struct fault f = FAULT_NONE;

	if (o->report == NULL)
		return;
	fault_set(&f, p->code, "%s", p->what);
	if (p->column > 0)
		fault_at(&f, "%s/%s:%lld:%d", k->c->name, k->file_name, (long long)p->line, (int)p->column);
	else
		fault_at(&f, "%s/%s:%lld", k->c->name, k->file_name, (long long)p->line);
	if (p->hint[0] != '\0')
		fault_hint(&f, "%s", p->hint);
	o->report(o->arg, severity, &f);
}

static void warn(void *arg, const struct event_problem *problem)
{
	tell(arg, REGISTER_NOTE, problem);
}

static size_t key_of(struct collector *k, uint32_t file, const char *id)
{
	buf_reset(&k->key);
	buf_printf(&k->key, "%u ", file);
	buf_puts(&k->key, id);
	return k->key.len;
}

static void fill_visit(struct collector *k, const struct calendar_row *row, struct entry *e)
{
	const char **staff = ARENA_NEW(&k->arena, const char *, row->n_staff + 1);

	for (size_t i = 0; i < row->n_staff; i++)
		staff[i] = arena_strdup(&k->arena, row->staff[i]);
	e->staff = staff;
	e->n_staff = row->n_staff;
	e->visit = (struct visit){
		.visit_id = e->id,
		.service_id = k->c->service->service_id,
		.staff_id = row->n_staff > 0 ? staff[0] : NULL,
		.person_ref = arena_strdup(&k->arena, row->person),
		.type = arena_strdup(&k->arena, row->type),
		.place = arena_strdup(&k->arena, row->place),
		.start = row->start,
		.end = row->end,
		.due = row->due,
		.staff = -1,
		.person = -1,
		.centre = -1,
	};
}

/* True if the seen version of another file takes the place of the known one; of two alike the later file's does. */
static bool replaces(const struct reconcile_version *known, const struct reconcile_version *seen)
{
	int order = reconcile_order(seen, known);

	return order > 0 || (order == 0 && !known->cancelled);
}

static void put_entry(struct collector *k, struct map *map, const struct calendar_row *row, const char *id)
{
	struct entry e = {
		.status = row->status,
		.id = arena_strdup(&k->arena, id),
		.uid = arena_strdup(&k->arena, row->uid),
		.file = k->file,
		.series = row->series,
	};
	size_t at;
	size_t len = key_of(k, k->file, id);

	reconcile_version_of(row, k->digest, &k->scratch, &e.version);
	if (row->has_time)
		fill_visit(k, row, &e);
	if (!map_get(map, k->key.data, len, &at)) {
		map_put(map, k->key.data, len, k->entries.len);
		VEC_PUSH(&k->entries, e);
	} else if (reconcile_compare(&e.version, &k->entries.items[at].version) > 0) {
		k->entries.items[at] = e;
	}
}

static void take_row(void *arg, const struct calendar_row *row)
{
	struct collector *k = arg;

	switch (row->status) {
	case CALENDAR_REJECTED:
		tell(k, REGISTER_REJECTED, row->problem);
		break;
	case CALENDAR_CANCELLED:
		put_entry(k, &k->by_key, row, row->id);
		if (row->series)
			put_entry(k, &k->series, row, row->uid);
		break;
	case CALENDAR_VISIT:
	case CALENDAR_BUSY:
	case CALENDAR_FREE:
		put_entry(k, &k->by_key, row, row->id);
		break;
	}
}

static int read_file(struct collector *k, const char *path, const char *name, struct fault *f)
{
	struct calendar_counts counts = {0};
	char stem[256];
	size_t len = strlen(name) - 4;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0) {
		fault_set(f, ERR_IO, "%s", strerror(errno));
		fault_at(f, "%s", path);
		return ERR_IO;
	}
	memcpy(stem, name, len);
	stem[len] = '\0';
	const struct calendar_options options = {
		.mapping = k->c->mapping,
		.zone = k->c->zone,
		.from = k->c->options->from,
		.to = k->c->options->to,
		.staff = dataset_calendars_staff,
		.default_staff = dataset_calendars_staff(k->c->staff, stem),
		.staff_arg = k->c->staff,
		.row = take_row,
		.warning = warn,
		.arg = k,
	};
	k->file_name = name;
	rc = calendar_read_fd(fd, &options, &counts, f);
	close(fd);
	k->c->counts->calendar_files++;
	k->c->counts->calendars.read += counts.components;
	k->c->counts->calendars.rejected += counts.rejected;
	k->c->counts->calendars.taken += counts.components - counts.rejected;
	return rc;
}

static int is_calendar(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 4 && text_same_nocase(entry->d_name + len - 4, ".ics");
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_files(struct collector *k, struct fault *f)
{
	struct dirent **names;
	int n = scandir(k->c->directory, &names, is_calendar, compare_names);
	struct buf path = BUF_INIT;
	int rc = 0;

	if (n < 0)
		return 0;
	for (int i = 0; i < n; i++) {
		if (rc == 0) {
			buf_reset(&path);
			buf_printf(&path, "%s/%s", k->c->directory, names[i]->d_name);
			k->file = (uint32_t)i;
			rc = read_file(k, buf_str(&path), names[i]->d_name, f);
		}
		free(names[i]);
	}
	free(names);
	buf_release(&path);
	return rc;
}

/* Whether a cancellation of the whole UID in the same file removes the entry. */
static bool is_gone(struct collector *k, const struct entry *e)
{
	size_t len = key_of(k, e->file, e->uid);
	size_t at;

	return map_get(&k->series, k->key.data, len, &at) && reconcile_order(&k->entries.items[at].version, &e->version) >= 0;
}

static void add_busy(struct collector *k, const struct entry *e, size_t first, struct snapshot_builder *builder)
{
	for (size_t i = first; i < e->n_staff; i++) {
		struct busy busy = {
			.uid = e->id,
			.service_id = k->c->service->service_id,
			.staff_id = e->staff[i],
			.start = e->visit.start,
			.end = e->visit.end,
			.staff = -1,
		};
		snapshot_add_busy(builder, &busy);
		k->c->counts->busy++;
	}
}

/* Of visits with one id in several files the newest counts, and a newer cancellation removes them all. */
static void choose_visits(struct collector *k)
{
	for (size_t i = 0; i < k->entries.len; i++) {
		const struct entry *e = &k->entries.items[i];
		size_t at;
		if ((e->status != CALENDAR_VISIT && e->status != CALENDAR_CANCELLED) || (e->status == CALENDAR_VISIT && is_gone(k, e)))
			continue;
		map_put_str(k->c->ids, e->id, 0);
		if (!map_get_str(&k->visits, e->id, &at) || replaces(&k->entries.items[at].version, &e->version))
			map_put_str(&k->visits, e->id, i);
	}
}

static void add_entries(struct collector *k, struct snapshot_builder *builder)
{
	choose_visits(k);
	for (size_t i = 0; i < k->entries.len; i++) {
		const struct entry *e = &k->entries.items[i];
		size_t at;
		if ((e->status != CALENDAR_VISIT && e->status != CALENDAR_BUSY) || is_gone(k, e))
			continue;
		if (e->status == CALENDAR_BUSY) {
			add_busy(k, e, 0, builder);
			continue;
		}
		if (!map_get_str(&k->visits, e->id, &at) || at != i)
			continue;
		snapshot_add_visit(builder, &e->visit);
		k->c->counts->visits++;
		add_busy(k, e, 1, builder);
	}
}

int dataset_calendars_read(const struct dataset_calendars *c, struct snapshot_builder *builder, struct fault *f)
{
	struct collector k = {.c = c, .arena = ARENA_INIT, .by_key = MAP_INIT, .series = MAP_INIT, .visits = MAP_INIT, .key = BUF_INIT,
		.digest = digest_new()};
	int rc = read_files(&k, f);

	if (rc == 0)
		add_entries(&k, builder);
	map_release(&k.by_key);
	map_release(&k.series);
	map_release(&k.visits);
	buf_release(&k.key);
	buf_release(&k.scratch);
	digest_free(k.digest);
	VEC_RELEASE(&k.entries);
	arena_release(&k.arena);
	return rc;
}
