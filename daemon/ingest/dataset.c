/* SPDX-License-Identifier: Apache-2.0 */
/* dataset: see dataset.h. Opening reads the small registers whole and indexes
 * the large ones; loading fills a snapshot builder with one service's rows. */
#include <planvax/ingest/dataset.h>

#include <planvax/base/alloc.h>
#include <planvax/base/arena.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <planvax/base/vec.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dataset_calendars.h"
#include "row_index.h"

/* Which service a person belongs to, by hash of the reference: 16 bytes a person. */
struct owner {
	uint64_t hash;
	uint32_t service;
};

struct dataset {
	char *directory;
	struct dataset_options options;
	struct mapping *own_mapping;      /* where options give none */
	const struct mapping *mapping;
	struct arena arena;               /* services and communes */
	VEC(struct service) services;     /* by service_id */
	struct map service_at;
	VEC(struct commune) communes;
	struct map commune_at;
	struct map centre_service;        /* centre_id -> service */
	VEC(struct owner) owners;         /* sorted by hash, then service, once people are read */
	struct row_index *files[REGISTER_KINDS];
	struct dataset_counts counts;
};

/* What loading one service carries. */
struct loading {
	struct dataset *d;
	const struct service *service;
	struct snapshot_builder *builder;
	struct zone *zone;
	struct arena arena;
	struct map people;       /* person_ref of the rows taken -> day of birth, less INT32_MIN */
	struct map insee;        /* communes named */
	struct map in_calendars; /* ids of visits that a calendar holds or cancels */
	int64_t doubles;         /* visits of visits.csv among them */
	struct dataset_staff staff;
	VEC(const char *) staff_ids;
};

/* ---- opening ---- */

static void copy_texts(struct arena *arena, const char **texts[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		*texts[i] = arena_strdup(arena, *texts[i]);
}

static int take_service(struct dataset *d, const struct service *row)
{
	struct service s = *row;
	const char **texts[] = {&s.service_id, &s.name, &s.siret, &s.region, &s.timezone, &s.contact_email};

	copy_texts(&d->arena, texts, sizeof(texts) / sizeof(texts[0]));
	map_put_str(&d->service_at, s.service_id, d->services.len);
	VEC_PUSH(&d->services, s);
	return 0;
}

static int take_commune(struct dataset *d, const struct commune *row)
{
	struct commune c = *row;
	const char **texts[] = {&c.insee, &c.name, &c.departement, &c.region};

	copy_texts(&d->arena, texts, sizeof(texts) / sizeof(texts[0]));
	map_put_str(&d->commune_at, c.insee, d->communes.len);
	VEC_PUSH(&d->communes, c);
	return 0;
}

/* Rows of the registers that are read whole. */
static int take_whole(void *arg, const struct register_row *row, struct fault *f)
{
	(void)f;
	if (row->kind == REGISTER_SERVICES)
		return take_service(arg, &row->service);
	if (row->kind == REGISTER_COMMUNES)
		return take_commune(arg, &row->commune);
	return 0; /* partners: checked and counted, no plan needs them */
}

static void report(void *arg, enum register_severity severity, const struct fault *fault)
{
	const struct dataset *d = arg;

	if (d->options.report != NULL)
		d->options.report(d->options.arg, severity, fault);
}

static char *path_of(const struct dataset *d, const char *file)
{
	struct buf path = BUF_INIT;

	buf_printf(&path, "%s/%s", d->directory, file);
	return buf_detach(&path);
}

static void file_name(enum register_kind kind, char name[32])
{
	snprintf(name, 32, "%s.csv", names_word(register_columns_kinds, (int)kind));
}

/* Reads a register whole. ERR_NOT_FOUND: it is not there. */
static int read_whole(struct dataset *d, enum register_kind kind, const char *path, struct fault *f)
{
	char name[32];

	file_name(kind, name);
	const struct register_options options = {.name = name, .kind = kind, .row = take_whole, .report = report, .arg = d};
	int rc = row_index_read_all(path, &options, &d->counts.registers[kind], f);
	if (rc == 0)
		d->counts.present[kind] = true;
	return rc;
}

static uint64_t hash_of(const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a, then mixed */

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	return h ^ h >> 33;
}

static size_t no_service(struct fault *f, const struct csv *csv, const struct register_header *header, const char *column)
{
	const char *text = register_header_cell(header, csv, column);

	if (text[0] == '\0') {
		fault_set(f, ERR_INVALID, "the cell is blank");
		fault_hint(f, "%s is required", column);
	} else if (strcmp(column, "service_id") == 0) {
		fault_set(f, ERR_NOT_FOUND, "service %.64s is not in services.csv", text);
	} else {
		fault_set(f, ERR_NOT_FOUND, "%.64s is on no register", text);
	}
	csv_fault_at(csv, header->at[register_header_index(header, column)], f);
	return 0;
}

/* Owner of a row that names its service. */
static size_t own_by_service(void *arg, const struct csv *csv, const struct register_header *header, uint32_t *out, struct fault *f)
{
	struct dataset *d = arg;
	const char *id = register_header_cell(header, csv, "service_id");
	size_t at;

	if (!map_get_str(&d->service_at, id, &at))
		return no_service(f, csv, header, "service_id");
	out[0] = (uint32_t)at;
	return 1;
}

static size_t own_centre(void *arg, const struct csv *csv, const struct register_header *header, uint32_t *out, struct fault *f)
{
	struct dataset *d = arg;
	size_t n = own_by_service(arg, csv, header, out, f);

	if (n == 1)
		map_put_str(&d->centre_service, register_header_cell(header, csv, "centre_id"), out[0]);
	return n;
}

static size_t own_person(void *arg, const struct csv *csv, const struct register_header *header, uint32_t *out, struct fault *f)
{
	struct dataset *d = arg;
	size_t n = own_by_service(arg, csv, header, out, f);

	if (n == 1)
		VEC_PUSH(&d->owners, ((struct owner){hash_of(register_header_cell(header, csv, "person_ref")), out[0]}));
	return n;
}

/* A lot of a centre belongs to the centre's service, unless it names one. */
static size_t own_stock(void *arg, const struct csv *csv, const struct register_header *header, uint32_t *out, struct fault *f)
{
	struct dataset *d = arg;
	const char *service = register_header_cell(header, csv, "service_id");
	const char *centre = register_header_cell(header, csv, "centre_id");
	size_t at;

	if (service[0] != '\0' || centre[0] == '\0')
		return own_by_service(arg, csv, header, out, f);
	if (!map_get_str(&d->centre_service, centre, &at))
		return no_service(f, csv, header, "centre_id");
	out[0] = (uint32_t)at;
	return 1;
}

/* History belongs to every service that has the person. */
static size_t own_history(void *arg, const struct csv *csv, const struct register_header *header, uint32_t *out, struct fault *f)
{
	struct dataset *d = arg;
	const char *ref = register_header_cell(header, csv, "person_ref");
	uint64_t hash = hash_of(ref);
	size_t lo = 0;
	size_t hi = d->owners.len;
	size_t n = 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (d->owners.items[mid].hash < hash)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < d->owners.len && d->owners.items[lo].hash == hash && n < ROW_INDEX_MAX_OWNERS; lo++) {
		if (n == 0 || out[n - 1] != d->owners.items[lo].service)
			out[n++] = d->owners.items[lo].service;
	}
	return n > 0 ? n : no_service(f, csv, header, "person_ref");
}

static int compare_owners(const void *a, const void *b)
{
	const struct owner *x = a;
	const struct owner *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->service > y->service) - (x->service < y->service);
}

static int open_index(struct dataset *d, enum register_kind kind, struct fault *f)
{
	char name[32];
	char *path;
	struct row_index_options o = {
		.read = {.kind = kind, .row = take_whole, .report = report, .arg = d},
		.services = own_by_service,
		.n_services = d->services.len,
	};
	int rc;

	if (kind == REGISTER_CENTRES)
		o.services = own_centre;
	else if (kind == REGISTER_PEOPLE)
		o.services = own_person;
	else if (kind == REGISTER_STOCK)
		o.services = own_stock;
	else if (kind == REGISTER_HISTORY)
		o.services = own_history;
	file_name(kind, name);
	o.read.name = name;
	path = path_of(d, name);
	rc = row_index_open(path, &o, &d->counts.registers[kind], &d->files[kind], f);
	free(path);
	if (rc == 0)
		d->counts.present[kind] = true;
	if (kind == REGISTER_PEOPLE && d->owners.len > 0)
		qsort(d->owners.items, d->owners.len, sizeof(d->owners.items[0]), compare_owners);
	if (rc == ERR_NOT_FOUND) {
		fault_clear(f);
		return 0;
	}
	return rc;
}

static int compare_services(const void *a, const void *b)
{
	return strcmp(((const struct service *)a)->service_id, ((const struct service *)b)->service_id);
}

static int read_services(struct dataset *d, struct fault *f)
{
	char *path = path_of(d, "services.csv");
	int rc = read_whole(d, REGISTER_SERVICES, path, f);

	free(path);
	if (rc == ERR_NOT_FOUND)
		return ERR_IO;
	if (rc < 0)
		return rc;
	if (d->services.len == 0) {
		fault_set(f, ERR_INVALID, "no service could be read");
		fault_at(f, "%s/services.csv", d->directory);
		fault_hint(f, "columns service_id, name, kind and region are required");
		return ERR_INVALID;
	}
	qsort(d->services.items, d->services.len, sizeof(d->services.items[0]), compare_services);
	for (size_t i = 0; i < d->services.len; i++)
		map_put_str(&d->service_at, d->services.items[i].service_id, i);
	return 0;
}

static int read_communes(struct dataset *d, struct fault *f)
{
	char *path = path_of(d, "communes.csv");
	int rc = read_whole(d, REGISTER_COMMUNES, path, f);

	free(path);
	if (rc != ERR_NOT_FOUND)
		return rc;
	fault_clear(f);
	if (d->options.communes == NULL)
		return 0;
	return read_whole(d, REGISTER_COMMUNES, d->options.communes, f);
}

static int read_partners(struct dataset *d, struct fault *f)
{
	char *path = path_of(d, "partners.csv");
	int rc = read_whole(d, REGISTER_PARTNERS, path, f);

	free(path);
	if (rc != ERR_NOT_FOUND)
		return rc;
	fault_clear(f);
	return 0;
}

/* Tells of calendar folders that belong to no service. */
static void check_calendar_folders(struct dataset *d)
{
	char *path = path_of(d, "calendars");
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort);

	free(path);
	for (int i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.' && !map_get_str(&d->service_at, names[i]->d_name, NULL)) {
			struct fault f = FAULT_NONE;
			fault_set(&f, ERR_NOT_FOUND, "no service of that name; it is not read");
			fault_at(&f, "calendars/%.100s", names[i]->d_name);
			fault_hint(&f, "calendars lie in calendars/SERVICE_ID/");
			report(d, REGISTER_NOTE, &f);
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

static int open_all(struct dataset *d, struct fault *f)
{
	static const enum register_kind indexed[] = {
		REGISTER_CENTRES, REGISTER_STAFF, REGISTER_VEHICLES, REGISTER_COMPANIES,
		REGISTER_PEOPLE, REGISTER_HISTORY, REGISTER_STOCK, REGISTER_VISITS,
	};
	int rc = read_services(d, f);

	if (rc == 0)
		rc = read_communes(d, f);
	if (rc == 0)
		rc = read_partners(d, f);
	for (size_t i = 0; i < sizeof(indexed) / sizeof(indexed[0]) && rc == 0; i++)
		rc = open_index(d, indexed[i], f);
	if (rc == 0)
		check_calendar_folders(d);
	return rc;
}

/* The caller's codes need not outlive the call. */
static void copy_types(struct dataset *d, const struct dataset_options *o)
{
	const char **codes = ARENA_NEW(&d->arena, const char *, o->n_visit_types + 1);

	for (size_t i = 0; i < o->n_visit_types; i++)
		codes[i] = arena_strdup(&d->arena, o->visit_types[i]);
	if (o->visit_types != NULL)
		d->options.visit_types = codes;
}

int dataset_open(const char *directory, const struct dataset_options *options, struct dataset **dataset, struct fault *f)
{
	struct dataset *d = xcalloc(1, sizeof(*d));
	int rc;

	d->directory = xstrdup(directory);
	d->options = *options;
	copy_types(d, options);
	d->mapping = options->mapping;
	if (d->mapping == NULL) {
		d->own_mapping = mapping_new();
		if (options->visit_types != NULL)
			mapping_set_types(d->own_mapping, options->visit_types, options->n_visit_types);
		d->mapping = d->own_mapping;
	}
	rc = open_all(d, f);
	VEC_RELEASE(&d->owners);
	if (rc < 0)
		dataset_free(d);
	else
		*dataset = d;
	return rc;
}

void dataset_free(struct dataset *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < REGISTER_KINDS; i++)
		row_index_free(d->files[i]);
	mapping_free(d->own_mapping);
	VEC_RELEASE(&d->services);
	VEC_RELEASE(&d->communes);
	VEC_RELEASE(&d->owners);
	map_release(&d->service_at);
	map_release(&d->commune_at);
	map_release(&d->centre_service);
	arena_release(&d->arena);
	free(d->directory);
	free(d);
}

size_t dataset_services(const struct dataset *d)
{
	return d->services.len;
}

const struct service *dataset_service(const struct dataset *d, size_t i)
{
	return &d->services.items[i];
}

int32_t dataset_find(const struct dataset *d, const char *service_id)
{
	size_t at;

	return map_get_str(&d->service_at, service_id, &at) ? (int32_t)at : -1;
}

const struct dataset_counts *dataset_counts(const struct dataset *d)
{
	return &d->counts;
}

/* ---- loading ---- */

static const struct zone *zone_of(void *arg, const char *service_id)
{
	const struct loading *l = arg;

	(void)service_id; /* its rows alone are read */
	return l->zone;
}

static void name_staff(struct loading *l, const char *text, size_t index, bool lower)
{
	char key[256];
	size_t len = text != NULL ? strlen(text) : sizeof(key);

	if (len >= sizeof(key) || len == 0)
		return;
	memcpy(key, text, len + 1);
	if (lower)
		text_lower(key);
	if (!map_get(&l->staff.by_text, key, len, NULL))
		map_put(&l->staff.by_text, key, len, index);
}

static void take_staff(struct loading *l, const struct staff *row)
{
	VEC_PUSH(&l->staff_ids, arena_strdup(&l->arena, row->staff_id));
	l->staff.ids = l->staff_ids.items;
	name_staff(l, row->staff_id, l->staff_ids.len - 1, false);
	name_staff(l, row->email, l->staff_ids.len - 1, true);
	name_staff(l, row->name, l->staff_ids.len - 1, true);
	snapshot_add_staff(l->builder, row);
}

static int take_event(struct loading *l, const struct history_event *row, struct fault *f)
{
	size_t birth = 0;

	if (!map_get_str(&l->people, row->person_ref, &birth)) {
		fault_set(f, ERR_NOT_FOUND, "person %.64s was not taken", row->person_ref);
		fault_hint(f, "mend its row in people.csv");
		return ERR_NOT_FOUND;
	}
	if ((int64_t)row->date.days - INT32_MIN < (int64_t)birth) {
		fault_set(f, ERR_INVALID, "the date is before the birth of %.64s", row->person_ref);
		fault_hint(f, "look for a mistyped year, here or in people.csv");
		return ERR_INVALID;
	}
	snapshot_add_event(l->builder, row);
	return 0;
}

/* City of an arrondissement of Paris, Lyon or Marseille, or NULL. */
static const char *city_of(const char *insee)
{
	if (strncmp(insee, "751", 3) == 0)
		return "75056";
	if (strncmp(insee, "6938", 4) == 0)
		return "69123";
	if (strncmp(insee, "132", 3) == 0)
		return "13055";
	return NULL;
}

/* Adds a commune that a row names, and the city of an arrondissement. */
static void name_commune(struct loading *l, const char *insee)
{
	const struct dataset *d = l->d;
	size_t at;

	if (!map_put_str(&l->insee, insee, 0))
		return;
	if (map_get_str(&d->commune_at, insee, &at))
		snapshot_add_commune(l->builder, &d->communes.items[at]);
	if (city_of(insee) != NULL)
		name_commune(l, city_of(insee));
}

/* A calendar's word on a visit counts before the table's. */
static void take_visit(struct loading *l, const struct register_row *row)
{
	struct visit v = row->visit;

	v.from_table = true;
	if (map_get_str(&l->in_calendars, v.visit_id, NULL))
		l->doubles++;
	else if (!row->cancelled)
		snapshot_add_visit(l->builder, &v);
}

static int take_row(void *arg, const struct register_row *row, struct fault *f)
{
	struct loading *l = arg;

	switch (row->kind) {
	case REGISTER_CENTRES:
		name_commune(l, row->centre.insee);
		snapshot_add_centre(l->builder, &row->centre);
		break;
	case REGISTER_STAFF:
		take_staff(l, &row->staff);
		break;
	case REGISTER_VEHICLES:
		snapshot_add_vehicle(l->builder, &row->vehicle);
		break;
	case REGISTER_COMPANIES:
		name_commune(l, row->company.insee);
		snapshot_add_company(l->builder, &row->company);
		break;
	case REGISTER_PEOPLE:
		map_put_str(&l->people, row->person.person_ref, (size_t)((int64_t)row->person.birth.days - INT32_MIN));
		snapshot_add_person(l->builder, &row->person);
		break;
	case REGISTER_HISTORY:
		return take_event(l, &row->event, f);
	case REGISTER_STOCK:
		snapshot_add_stock(l->builder, &row->stock);
		break;
	case REGISTER_VISITS:
		take_visit(l, row);
		break;
	case REGISTER_COMMUNES:
	case REGISTER_SERVICES:
	case REGISTER_PARTNERS:
		break;
	}
	return 0;
}

static void report_row(void *arg, enum register_severity severity, const struct fault *fault)
{
	const struct loading *l = arg;

	report(l->d, severity, fault);
}

static void load_register(struct loading *l, uint32_t service, enum register_kind kind)
{
	struct dataset *d = l->d;
	char name[32];
	struct register_options options = {
		.kind = kind,
		.visit_types = d->options.visit_types,
		.n_visit_types = d->options.n_visit_types,
		.known_product = d->options.known_product,
		.product_arg = d->options.product_arg,
		.today = d->options.today,
		.zone = zone_of,
		.row = take_row,
		.report = report_row,
		.arg = l,
	};

	if (d->files[kind] == NULL)
		return;
	file_name(kind, name);
	options.name = name;
	row_index_read(d->files[kind], service, &options, &d->counts.registers[kind]);
}

static void load_registers(struct loading *l, uint32_t service)
{
	static const enum register_kind order[] = {
		REGISTER_CENTRES, REGISTER_STAFF, REGISTER_VEHICLES, REGISTER_COMPANIES, REGISTER_PEOPLE, REGISTER_HISTORY, REGISTER_STOCK,
	};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		load_register(l, service, order[i]);
}

static int load_calendars(struct loading *l, struct fault *f)
{
	struct dataset *d = l->d;
	struct buf directory = BUF_INIT;
	struct buf name = BUF_INIT;
	int rc;

	buf_printf(&name, "calendars/%s", l->service->service_id);
	buf_printf(&directory, "%s/%s", d->directory, buf_str(&name));
	const struct dataset_calendars c = {
		.directory = buf_str(&directory),
		.name = buf_str(&name),
		.service = l->service,
		.zone = l->zone,
		.staff = &l->staff,
		.ids = &l->in_calendars,
		.options = &d->options,
		.mapping = d->mapping,
		.counts = &d->counts,
	};
	rc = l->service->service_id[0] == '.' ? 0 : dataset_calendars_read(&c, l->builder, f);
	buf_release(&directory);
	buf_release(&name);
	return rc;
}

static void report_unplaced(void *arg, const struct fault *fault)
{
	struct loading *l = arg;

	l->d->counts.unplaced++;
	report(l->d, REGISTER_REJECTED, fault);
}

static void tell_doubles(struct loading *l, int64_t n)
{
	struct fault note = FAULT_NONE;

	if (n == 0)
		return;
	fault_set(&note, ERR_EXISTS, "%lld visits of service %s are in a calendar too: the calendar counts", (long long)n, l->service->service_id);
	fault_at(&note, "visits.csv");
	report(l->d, REGISTER_NOTE, &note);
}

static int load_zone(struct loading *l, struct fault *f)
{
	const char *name = l->service->timezone != NULL ? l->service->timezone : registers_region_zone(l->service->region);

	if (zone_load(name, &l->zone) == 0)
		return 0;
	fault_set(f, ERR_NOT_FOUND, "time zone %s of service %s is unknown", name, l->service->service_id);
	fault_hint(f, "install tzdata");
	return ERR_NOT_FOUND;
}

int dataset_load(struct dataset *d, size_t i, const struct snapshot **snapshot, struct fault *f)
{
	struct loading l = {.d = d, .service = &d->services.items[i], .arena = ARENA_INIT};
	int rc = load_zone(&l, f);

	if (rc < 0)
		return rc;
	l.builder = snapshot_builder_new();
	snapshot_add_service(l.builder, l.service);
	snapshot_set_window(l.builder, d->options.from, d->options.to);
	load_registers(&l, (uint32_t)i);
	rc = load_calendars(&l, f);
	if (rc == 0)
		load_register(&l, (uint32_t)i, REGISTER_VISITS);
	if (rc == 0)
		rc = snapshot_seal(l.builder, report_unplaced, &l, snapshot, f);
	else
		snapshot_builder_free(l.builder);
	if (rc == 0)
		tell_doubles(&l, l.doubles);
	zone_free(l.zone);
	map_release(&l.in_calendars);
	map_release(&l.people);
	map_release(&l.insee);
	map_release(&l.staff.by_text);
	VEC_RELEASE(&l.staff_ids);
	arena_release(&l.arena);
	return rc;
}
