/* SPDX-License-Identifier: Apache-2.0 */
/* register_read: see register_read.h. The column tables drive it: one function
 * a type of cell, one loop a row, a few rules across cells. */
#include <planvax/ingest/register_read.h>

#include <planvax/base/alloc.h>
#include <planvax/base/arena.h>
#include <planvax/base/map.h>
#include <planvax/base/text.h>
#include <planvax/model/ids.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "register_check.h"
#include "register_header.h"

struct reader {
	const struct register_options *options;
	struct csv *csv;
	struct register_header header;
	struct register_keys *keys; /* of the rows taken */
	struct arena arena;      /* texts of the current row */
	struct map known_flags;  /* unknown flags told already */
	size_t n_bad;            /* bad cells of the current row */
	struct fault fault;      /* unset between cells: setting one up for each takes longer than reading it */
};

static void tell(const struct register_options *options, enum register_severity severity, const struct fault *f)
{
	if (options->report != NULL)
		options->report(options->arg, severity, f);
}

/* Reports a bad cell of the current row; r->fault has its text. */
static void bad_cell(struct reader *r, size_t column)
{
	struct fault *f = &r->fault;

	if (r->header.at[column] >= 0)
		csv_fault_at(r->csv, r->header.at[column], f);
	else
		fault_at(f, "%s:%d: column %s", r->options->name, csv_line(r->csv), r->header.columns[column].name);
	tell(r->options, REGISTER_REJECTED, f);
	fault_clear(f);
	r->n_bad++;
}

/* The cell of a column; an apostrophe that a spreadsheet keeps text by is none of it. */
static const char *cell_at(const struct reader *r, size_t column)
{
	const char *text = csv_cell(r->csv, r->header.at[column]);

	return text[0] == '\'' && text[1] >= '0' && text[1] <= '9' ? text + 1 : text;
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
				csv_fault_at(r->csv, r->header.at[column], &f);
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
		return cell_rpps(text, &r->arena, to, f);
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

	if (!cell_word(c->words, text, strlen(text), &value) && !cell_word_folded(c->words, text, &value) &&
		!cell_word_folded(c->also, text, &value))
		return cell_word_fault(c->words, text, f);
	memcpy(to, &value, sizeof(value));
	return 0;
}

/* Reads one cell that is not blank into its member. */
static int put_cell(struct reader *r, size_t column, const char *text, void *base, struct fault *f)
{
	const struct register_column *c = &r->header.columns[column];
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
	for (size_t i = 0; i < r->header.n; i++) {
		const char *text = cell_at(r, i);
		int rc = 0;
		if (text[0] != '\0')
			rc = put_cell(r, i, text, base, &r->fault);
		else if (r->header.columns[i].required) {
			rc = fault_set(&r->fault, ERR_INVALID, "the cell is blank");
			fault_hint(&r->fault, "%s is required", r->header.columns[i].name);
		} else
			put_blank(&r->header.columns[i], base);
		if (rc < 0)
			bad_cell(r, i);
		else if (r->fault.code != ERR_NONE)
			fault_clear(&r->fault); /* what was tried first did not fit, another did */
	}
}

static void bad_named(struct reader *r, const char *column)
{
	bad_cell(r, register_header_index(&r->header, column));
}

/* Rules across the cells of a row whose cells are good. */
static void check_row(struct reader *r, struct register_row *row, struct register_visit *visit)
{
	const char *column = NULL;
	int rc = 0;

	if (r->n_bad > 0)
		return;
	if (visit != NULL)
		rc = register_check_visit(r->options, visit, &column, &r->fault);
	else
		rc = register_check_row(r->options, row, &column, &r->fault);
	if (rc < 0)
		bad_named(r, column);
}

static void read_values(struct reader *r, struct register_row *row)
{
	row->kind = r->options->kind;
	row->line = csv_line(r->csv);
	if (row->kind == REGISTER_VISITS) {
		struct register_visit v = {.visit = {.staff = -1, .person = -1, .centre = -1}};
		put_row(r, &v);
		check_row(r, row, &v);
		row->visit = v.visit;
		row->cancelled = v.status == REGISTER_VISIT_CANCELLED;
		return;
	}
	put_row(r, &row->commune); /* the members of the union share their address */
	check_row(r, row, NULL);
}

const char *register_row_key(const struct register_row *row, const char **scope, const char **column)
{
	switch (row->kind) {
	case REGISTER_COMMUNES:
		return *scope = "", *column = "insee", row->commune.insee;
	case REGISTER_SERVICES:
		return *scope = "", *column = "service_id", row->service.service_id;
	case REGISTER_CENTRES:
		return *scope = row->centre.service_id, *column = "centre_id", row->centre.centre_id;
	case REGISTER_STAFF:
		return *scope = row->staff.service_id, *column = "staff_id", row->staff.staff_id;
	case REGISTER_VEHICLES:
		return *scope = row->vehicle.service_id, *column = "vehicle_id", row->vehicle.vehicle_id;
	case REGISTER_COMPANIES:
		return *scope = row->company.service_id, *column = "siret", row->company.siret;
	case REGISTER_PEOPLE:
		return *scope = row->person.service_id, *column = "person_ref", row->person.person_ref;
	case REGISTER_PARTNERS:
		return *scope = row->partner.region, *column = "name", row->partner.name;
	case REGISTER_VISITS:
		return *scope = row->visit.service_id, *column = "visit_id", row->visit.visit_id;
	case REGISTER_HISTORY:
	case REGISTER_STOCK:
		break;
	}
	return NULL;
}

/* A key that stands twice in a file: the first row counts. */
static void check_key(struct reader *r, const struct register_row *row)
{
	const char *column;
	const char *scope = NULL;
	const char *key = r->n_bad == 0 ? register_row_key(row, &scope, &column) : NULL;
	int first = key != NULL ? register_keys_put(r->keys, scope, key, row->line) : 0;

	if (first == 0 || first == row->line)
		return;
	fault_set(&r->fault, ERR_CONFLICT, "\"%.80s\" stands on line %d already", key, first);
	fault_hint(&r->fault, "that row counts; remove one of them");
	bad_named(r, column);
}

static void read_row(struct reader *r, struct register_counts *counts)
{
	struct register_row row;

	memset(&row, 0, sizeof(row)); /* every member of the union */
	r->n_bad = 0;
	read_values(r, &row);
	check_key(r, &row);
	if (r->n_bad == 0 && r->options->row(r->options->arg, &row, &r->fault) < 0) {
		csv_fault_at(r->csv, -1, &r->fault);
		tell(r->options, REGISTER_REJECTED, &r->fault);
		fault_clear(&r->fault);
		r->n_bad++;
	}
	if (r->n_bad == 0)
		counts->taken++;
	else
		counts->rejected++;
	arena_reset(&r->arena);
}

/* Tells, once, where the text ceases to be of one encoding. */
static void note_broken(const struct reader *r)
{
	if (!csv_row_broken(r->csv))
		return;
	struct fault f = FAULT_NONE;
	fault_set(&f, ERR_INVALID, "bytes that do not fit the encoding of the text before");
	fault_at(&f, "%s:%d", r->options->name, csv_line(r->csv) > 0 ? csv_line(r->csv) : 1);
	fault_hint(&f, "they are read as Windows-1252 or UTF-8, letter by letter; check the accents of this row");
	tell(r->options, REGISTER_NOTE, &f);
}

static void note_end(const struct reader *r)
{
	struct fault f = FAULT_NONE;

	if (csv_broken(r->csv) > 1) {
		fault_set(&f, ERR_INVALID, "%zu letters in all do not fit its encoding", csv_broken(r->csv));
		fault_at(&f, "%s", r->options->name);
		fault_hint(&f, "export it in one encoding, UTF-8 at best");
		tell(r->options, REGISTER_NOTE, &f);
	}
	if (r->options->keys == NULL && register_keys_full(r->keys)) {
		fault_clear(&f);
		fault_set(&f, ERR_LIMIT, "keys that stand twice were looked for in the first %d rows", REGISTER_KEYS_MAX);
		fault_at(&f, "%s", r->options->name);
		tell(r->options, REGISTER_NOTE, &f);
	}
}

/* Reads all rows; with faults in the header they are counted only. */
static int read_rows(struct reader *r, size_t header_faults, struct register_counts *counts)
{
	struct fault f = FAULT_NONE;
	int rc;

	while ((rc = csv_next(r->csv, &f)) != ERR_CLOSED) {
		if (rc == ERR_IO) {
			tell(r->options, REGISTER_REJECTED, &f);
			return ERR_IO;
		}
		counts->read++;
		note_broken(r);
		if (rc == 0 && header_faults == 0) {
			read_row(r, counts);
			continue;
		}
		counts->rejected++;
		if (header_faults == 0)
			tell(r->options, REGISTER_REJECTED, &f);
		fault_clear(&f);
	}
	return header_faults > 0 ? ERR_INVALID : 0;
}

int register_read_rows(struct csv *csv, const struct register_options *options, struct register_counts *counts)
{
	struct reader r = {.options = options, .csv = csv, .arena = ARENA_INIT, .known_flags = MAP_INIT, .keys = options->keys};
	int rc;

	if (r.keys == NULL)
		r.keys = register_keys_new();
	if (options->header != NULL)
		r.header = *options->header;
	else
		register_header_find(&r.header, csv, options->kind);
	rc = read_rows(&r, options->header != NULL ? 0 : register_header_faults(&r.header, csv, options), counts);
	note_end(&r);
	if (options->keys == NULL)
		register_keys_free(r.keys);
	arena_release(&r.arena);
	map_release(&r.known_flags);
	return rc;
}

static int read_table(struct csv *csv, const struct register_options *options, struct register_counts *counts)
{
	struct reader r = {.options = options, .csv = csv};
	int rc;

	note_broken(&r);
	register_header_find(&r.header, csv, options->kind);
	register_header_notes(&r.header, csv, options);
	rc = register_read_rows(csv, options, counts);
	csv_close(csv);
	return rc;
}

int register_read(const char *text, size_t len, const struct register_options *options, struct register_counts *counts)
{
	struct csv *csv;
	struct fault f = FAULT_NONE;

	if (csv_open(text, len, options->name, &csv, &f) < 0) {
		tell(options, REGISTER_REJECTED, &f);
		return ERR_INVALID;
	}
	return read_table(csv, options, counts);
}

int register_read_source(const struct csv_source *source, const struct register_options *options, struct register_counts *counts)
{
	struct csv *csv;
	struct fault f = FAULT_NONE;
	int rc = csv_open_source(source, options->name, &csv, &f);

	if (rc < 0) {
		tell(options, REGISTER_REJECTED, &f);
		return rc == ERR_IO ? ERR_IO : ERR_INVALID;
	}
	return read_table(csv, options, counts);
}
