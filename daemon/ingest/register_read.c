/* SPDX-License-Identifier: Apache-2.0 */
/* register_read: see register_read.h. The column tables drive it: one function
 * a type of cell, one loop a row, a few rules across cells. */
#include <planvax/ingest/register_read.h>

#include <planvax/base/alloc.h>
#include <planvax/base/arena.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <planvax/model/ids.h>
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"

#define MAX_COLUMNS 32

struct reader {
	const struct register_options *options;
	struct csv *csv;
	const struct register_column *columns;
	size_t n_columns;
	int at[MAX_COLUMNS];     /* column of the file, -1: not there */
	struct arena arena;      /* texts of the current row */
	struct map known_flags;  /* unknown flags told already */
	size_t n_bad;            /* bad cells of the current row */
};

int register_read_column(const struct csv *csv, const struct register_column *column)
{
	int found = csv_column(csv, column->name);
	const char *alias = column->aliases;

	while (found < 0 && alias != NULL && *alias != '\0') {
		size_t len = strcspn(alias, " ");
		char name[64];
		assert(len < sizeof(name));
		memcpy(name, alias, len);
		name[len] = '\0';
		found = csv_column(csv, name);
		alias += len + strspn(alias + len, " ");
	}
	return found;
}

static void tell(const struct register_options *options, enum register_severity severity, const struct fault *f)
{
	if (options->report != NULL)
		options->report(options->arg, severity, f);
}

void register_read_header(const struct csv *csv, const struct register_options *options)
{
	size_t n;
	const struct register_column *columns = register_columns_of(options->kind, &n);

	for (size_t i = 0; i < csv_columns(csv); i++) {
		const char *name = csv_column_name(csv, i);
		bool known = name[0] == '\0';
		for (size_t c = 0; c < n && !known; c++)
			known = register_read_column(csv, &columns[c]) == (int)i;
		if (known)
			continue;
		struct fault f = FAULT_NONE;
		fault_set(&f, ERR_UNSUPPORTED, "unknown column %s is ignored", name);
		fault_at(&f, "%s:1", options->name);
		tell(options, REGISTER_NOTE, &f);
	}
}

/* Reports a bad cell of the current row; f has its text. */
static void bad_cell(struct reader *r, size_t column, struct fault *f)
{
	if (r->at[column] >= 0)
		csv_fault_at(r->csv, r->at[column], f);
	else
		fault_at(f, "%s:%d: column %s", r->options->name, csv_line(r->csv), r->columns[column].name);
	tell(r->options, REGISTER_REJECTED, f);
	r->n_bad++;
}

/* Index of a column of the table by name. */
static size_t column_named(const struct reader *r, const char *name)
{
	size_t i = 0;

	while (strcmp(r->columns[i].name, name) != 0)
		i++;
	return i;
}

static const char *cell_at(const struct reader *r, size_t column)
{
	return csv_cell(r->csv, r->at[column]);
}

static void put_flags(struct reader *r, size_t column, const char *text, struct person *person)
{
	struct buf others = BUF_INIT;

	while (*text != '\0') {
		size_t len = strcspn(text, "|");
		const char *word = text;
		size_t word_len = len;
		int bit;
		text_trim(&word, &word_len);
		if (cell_word(person_flag_names, word, word_len, &bit)) {
			person->flags |= UINT64_C(1) << bit;
		} else if (word_len > 0) {
			buf_printf(&others, "%s%.*s", others.len > 0 ? "|" : "", (int)word_len, word);
			if (map_put(&r->known_flags, word, word_len, 0)) {
				struct fault f = FAULT_NONE;
				fault_set(&f, ERR_UNSUPPORTED, "unknown flag \"%.*s\" is kept without effect", (int)word_len, word);
				csv_fault_at(r->csv, r->at[column], &f);
				tell(r->options, REGISTER_NOTE, &f);
			}
		}
		text += len + (text[len] == '|');
	}
	if (others.len > 0)
		person->other_flags = arena_strdup(&r->arena, buf_str(&others));
	buf_release(&others);
}

/* Sets what a blank cell means. */
static void put_blank(const struct register_column *c, void *base)
{
	char *to = (char *)base + c->offset;

	switch (c->type) {
	case CELL_INT:
	case CELL_WORD:
		memcpy(to, &c->fallback, sizeof(int32_t));
		break;
	case CELL_BOOL:
		*(bool *)to = c->fallback != 0;
		break;
	case CELL_DATE:
		*(struct date *)to = DATE_NONE;
		break;
	case CELL_DEGREES:
		*(double *)to = (double)NAN;
		break;
	case CELL_HOURS:
		hours_parse("", 0, (struct hours *)to, NULL);
		break;
	case CELL_WEEKDAYS:
		*(unsigned *)to = 0x1f;
		break;
	case CELL_SEX:
		*to = 'U';
		break;
	case CELL_TEXT:
	case CELL_MAIL:
	case CELL_KEY:
	case CELL_SIRET:
	case CELL_RPPS:
	case CELL_INSEE:
	case CELL_AREA:
	case CELL_ZONE:
	case CELL_LEVEL:
	case CELL_FLAGS:
		break; /* NULL, 0: base is zeroed */
	}
}

static int put_text(struct reader *r, const struct register_column *c, const char *text, const char **to, struct fault *f)
{
	switch (c->type) {
	case CELL_KEY:
		return cell_key(text, to, f);
	case CELL_SIRET:
		return cell_siret(text, &r->arena, to, f);
	case CELL_RPPS:
		return cell_rpps(text, to, f);
	case CELL_INSEE:
		return cell_insee(text, &r->arena, to, f);
	case CELL_AREA:
		return cell_area(text, &r->arena, to, f);
	case CELL_ZONE:
		return cell_zone(text, to, f);
	case CELL_MAIL:
		return cell_mail(text, to, f);
	case CELL_TEXT:
	case CELL_INT:
	case CELL_LEVEL:
	case CELL_BOOL:
	case CELL_DATE:
	case CELL_WORD:
	case CELL_DEGREES:
	case CELL_HOURS:
	case CELL_WEEKDAYS:
	case CELL_FLAGS:
	case CELL_SEX:
		break;
	}
	return cell_text(text, to, f);
}

static int put_number(const struct register_column *c, const char *text, char *to, struct fault *f)
{
	int32_t number = 0;
	int rc = cell_int(text, c->min, c->max, &number, f);

	if (rc < 0)
		return rc;
	if (c->type == CELL_LEVEL)
		*(int8_t *)to = (int8_t)number;
	else
		memcpy(to, &number, sizeof(number));
	return 0;
}

static int put_word(const struct register_column *c, const char *text, char *to, struct fault *f)
{
	int value;

	if (!cell_word(c->words, text, strlen(text), &value))
		return cell_word_fault(c->words, text, f);
	memcpy(to, &value, sizeof(value));
	return 0;
}

/* Reads one cell that is not blank into its member. */
static int put_cell(struct reader *r, size_t column, const char *text, void *base, struct fault *f)
{
	const struct register_column *c = &r->columns[column];
	char *to = (char *)base + c->offset;

	switch (c->type) {
	case CELL_TEXT:
	case CELL_MAIL:
	case CELL_KEY:
	case CELL_SIRET:
	case CELL_RPPS:
	case CELL_INSEE:
	case CELL_AREA:
	case CELL_ZONE:
		return put_text(r, c, text, (const char **)(void *)to, f);
	case CELL_INT:
	case CELL_LEVEL:
		return put_number(c, text, to, f);
	case CELL_BOOL:
		return cell_bool(text, (bool *)to, f);
	case CELL_DATE:
		return cell_date(text, (struct date *)(void *)to, f);
	case CELL_WORD:
		return put_word(c, text, to, f);
	case CELL_DEGREES:
		return cell_degrees(text, c->max, (double *)(void *)to, f);
	case CELL_HOURS:
		return hours_parse(text, strlen(text), (struct hours *)(void *)to, f);
	case CELL_WEEKDAYS:
		return hours_parse_weekdays(text, strlen(text), (unsigned *)(void *)to, f);
	case CELL_FLAGS:
		put_flags(r, column, text, base);
		return 0;
	case CELL_SEX:
		return cell_sex(text, to, f);
	}
	return 0;
}

static void put_row(struct reader *r, void *base)
{
	for (size_t i = 0; i < r->n_columns; i++) {
		const char *text = cell_at(r, i);
		struct fault f = FAULT_NONE;
		int rc = 0;
		if (text[0] != '\0')
			rc = put_cell(r, i, text, base, &f);
		else if (r->columns[i].required) {
			rc = fault_set(&f, ERR_INVALID, "the cell is blank");
			fault_hint(&f, "%s is required", r->columns[i].name);
		} else
			put_blank(&r->columns[i], base);
		if (rc < 0)
			bad_cell(r, i, &f);
	}
}

static void bad_named(struct reader *r, const char *column, struct fault *f)
{
	bad_cell(r, column_named(r, column), f);
}

/* A position needs both coordinates; with neither, the commune's counts. */
static void finish_position(struct reader *r, bool *has, struct geo_point *at)
{
	bool lat = !isnan(at->lat_deg);
	bool lon = !isnan(at->lon_deg);
	struct fault f = FAULT_NONE;

	*has = lat && lon;
	if (lat == lon)
		return;
	*at = (struct geo_point){0, 0};
	if (r->n_bad > 0)
		return;
	fault_set(&f, ERR_INVALID, "the cell is blank, but %s is given", lat ? "lat" : "lon");
	fault_hint(&f, "give both, or neither: then the commune's position counts");
	bad_named(r, lat ? "lon" : "lat", &f);
}

static bool known_type(const struct register_options *o, const char *type)
{
	for (size_t i = 0; i < o->n_visit_types; i++) {
		if (strcmp(o->visit_types[i], type) == 0)
			return true;
	}
	return o->visit_types == NULL;
}

/* A delivery is of a product that the rules know. */
static void check_product(struct reader *r, const struct stock_lot *lot)
{
	const struct register_options *o = r->options;
	struct fault f = FAULT_NONE;

	if (r->n_bad > 0 || o->known_product == NULL || o->known_product(o->product_arg, lot->product))
		return;
	fault_set(&f, ERR_INVALID, "\"%s\" is no vaccine product", lot->product);
	fault_hint(&f, "use a name such as COMIRNATY, or its CVX code");
	bad_named(r, "product", &f);
}

/* Times and type of a row of visits.csv. */
static void finish_visit(struct reader *r, struct register_visit *v)
{
	struct fault f = FAULT_NONE;
	const struct zone *zone;

	if (r->n_bad > 0)
		return;
	zone = r->options->zone != NULL ? r->options->zone(r->options->arg, v->visit.service_id) : zone_utc();
	if (zone == NULL) {
		fault_set(&f, ERR_NOT_FOUND, "service %s is not in services.csv", v->visit.service_id);
		bad_named(r, "service_id", &f);
		return;
	}
	if (!known_type(r->options, v->visit.type)) {
		fault_set(&f, ERR_INVALID, "\"%s\" is no type of visit", v->visit.type);
		fault_hint(&f, "use a code such as VIP_PERIODIQUE");
		bad_named(r, "type", &f);
	} else if (cell_local_time(v->start_text, zone, &v->visit.start, &f) < 0) {
		bad_named(r, "start", &f);
	} else if (v->end_text != NULL && cell_local_time(v->end_text, zone, &v->visit.end, &f) < 0) {
		bad_named(r, "end", &f);
	} else if (v->end_text == NULL && v->minutes == 0) {
		fault_set(&f, ERR_INVALID, "neither end nor minutes is given");
		bad_named(r, "minutes", &f);
	} else if (v->end_text == NULL) {
		v->visit.end.utc_s = v->visit.start.utc_s + 60 * (int64_t)v->minutes;
	}
	if (r->n_bad == 0 && v->visit.end.utc_s <= v->visit.start.utc_s) {
		fault_set(&f, ERR_INVALID, "the visit ends before it starts");
		bad_named(r, "end", &f);
	}
}

static void finish_open_days(struct reader *r, const struct centre *c)
{
	struct fault f = FAULT_NONE;

	if (r->n_bad > 0 || date_is_none(c->opens_on) || date_is_none(c->closes_on) || c->opens_on.days <= c->closes_on.days)
		return;
	fault_set(&f, ERR_INVALID, "closes_on is before opens_on");
	bad_named(r, "closes_on", &f);
}

static void finish_stock(struct reader *r, const struct stock_lot *lot)
{
	struct fault f = FAULT_NONE;

	if (lot->centre_id != NULL || lot->service_id != NULL)
		return;
	fault_set(&f, ERR_INVALID, "neither centre_id nor service_id is given");
	fault_hint(&f, "name the centre that holds the lot, or the service");
	bad_named(r, "centre_id", &f);
}

/* Rules across the cells of a row; links unset. */
static void finish_row(struct reader *r, struct register_row *row)
{
	switch (r->options->kind) {
	case REGISTER_CENTRES:
		row->centre.commune = -1;
		finish_position(r, &row->centre.has_position, &row->centre.at);
		finish_open_days(r, &row->centre);
		break;
	case REGISTER_STAFF:
		row->staff.centre = -1;
		break;
	case REGISTER_VEHICLES:
		row->vehicle.centre = -1;
		break;
	case REGISTER_COMPANIES:
		row->company.host = -1;
		row->company.commune = -1;
		finish_position(r, &row->company.has_position, &row->company.at);
		break;
	case REGISTER_PEOPLE:
		row->person.company = -1;
		break;
	case REGISTER_STOCK:
		row->stock.centre = -1;
		finish_stock(r, &row->stock);
		check_product(r, &row->stock);
		break;
	case REGISTER_COMMUNES:
	case REGISTER_SERVICES:
	case REGISTER_HISTORY:
	case REGISTER_PARTNERS:
	case REGISTER_VISITS:
		break;
	}
}

static void read_values(struct reader *r, struct register_row *row)
{
	row->kind = r->options->kind;
	row->line = csv_line(r->csv);
	if (row->kind == REGISTER_VISITS) {
		struct register_visit v = {.visit = {.staff = -1, .person = -1, .centre = -1}};
		put_row(r, &v);
		finish_visit(r, &v);
		row->visit = v.visit;
		row->cancelled = v.status == REGISTER_VISIT_CANCELLED;
		return;
	}
	put_row(r, &row->commune); /* the members of the union share their address */
	finish_row(r, row);
}

static void read_row(struct reader *r, struct register_counts *counts)
{
	struct register_row row = {.line = 0};
	struct fault f = FAULT_NONE;

	memset(&row, 0, sizeof(row)); /* every member of the union */
	r->n_bad = 0;
	read_values(r, &row);
	if (r->n_bad == 0 && r->options->row(r->options->arg, &row, &f) < 0) {
		csv_fault_at(r->csv, -1, &f);
		tell(r->options, REGISTER_REJECTED, &f);
		r->n_bad++;
	}
	if (r->n_bad == 0)
		counts->taken++;
	else
		counts->rejected++;
	arena_reset(&r->arena);
}

/* Finds the columns. The number of required ones that are missing. */
static size_t find_columns(struct reader *r)
{
	size_t missing = 0;

	r->columns = register_columns_of(r->options->kind, &r->n_columns);
	assert(r->n_columns <= MAX_COLUMNS);
	for (size_t i = 0; i < r->n_columns; i++) {
		r->at[i] = register_read_column(r->csv, &r->columns[i]);
		if (r->at[i] >= 0 || !r->columns[i].required)
			continue;
		struct fault f = FAULT_NONE;
		const char *alias = r->columns[i].aliases;
		fault_set(&f, ERR_INVALID, "required column %s is missing", r->columns[i].name);
		fault_at(&f, "%s:1", r->options->name);
		if (alias != NULL)
			fault_hint(&f, "it may also be called %.*s", (int)strcspn(alias, " "), alias);
		tell(r->options, REGISTER_REJECTED, &f);
		missing++;
	}
	return missing;
}

int register_read_rows(struct csv *csv, const struct register_options *options, struct register_counts *counts)
{
	struct reader r = {.options = options, .csv = csv, .arena = ARENA_INIT, .known_flags = MAP_INIT};
	size_t missing = find_columns(&r);
	struct fault f = FAULT_NONE;
	int rc;

	while ((rc = csv_next(csv, &f)) != ERR_CLOSED) {
		counts->read++;
		if (rc == 0 && missing == 0) {
			read_row(&r, counts);
			continue;
		}
		counts->rejected++;
		if (missing == 0)
			tell(options, REGISTER_REJECTED, &f);
		fault_clear(&f);
	}
	arena_release(&r.arena);
	map_release(&r.known_flags);
	return missing > 0 ? ERR_INVALID : 0;
}

int register_read(const char *text, size_t len, const struct register_options *options, struct register_counts *counts)
{
	struct csv *csv;
	struct fault f = FAULT_NONE;
	int rc = csv_open(text, len, options->name, &csv, &f);

	if (rc < 0) {
		tell(options, REGISTER_REJECTED, &f);
		return ERR_INVALID;
	}
	register_read_header(csv, options);
	rc = register_read_rows(csv, options, counts);
	csv_close(csv);
	return rc;
}
