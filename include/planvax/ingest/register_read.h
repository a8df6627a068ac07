/* SPDX-License-Identifier: Apache-2.0 */
/* register_read: rows of a register file (INTERFACE.md 2) to the structs of
 * model, row by row through a callback. Every bad cell is reported with its
 * place and a hint, its row is rejected, the rest is taken; the counts add up.
 * Serves the offline data set and the daemon's import alike. One thread.
 * Prefixes: register_read, register_row_. */
#ifndef PLANVAX_INGEST_REGISTER_READ_H
#define PLANVAX_INGEST_REGISTER_READ_H

#include <planvax/base/csv.h>
#include <planvax/base/zone.h>
#include <planvax/ingest/register_columns.h>
#include <planvax/ingest/register_keys.h>

/* One good row. Texts are valid until the callback returns; links are unset (-1). */
struct register_row {
	enum register_kind kind;
	int line;               /* in its file */
	bool cancelled;         /* visits.csv: status cancelled, the visit is to be removed */
	union {
		struct commune commune;
		struct service service;
		struct centre centre;
		struct staff staff;
		struct vehicle vehicle;
		struct company company;
		struct person person;
		struct history_event event;
		struct stock_lot stock;
		struct partner partner;
		struct visit visit;
	};
};

enum register_severity {
	REGISTER_NOTE,    /* told, nothing lost: an unknown column or flag */
	REGISTER_REJECTED /* a row (or the file) is left out; a row may have several */
};

struct register_header; /* private to ingest */

/* rows: read = taken + rejected, always. */
struct register_counts {
	int64_t read, taken, rejected;
};

struct register_options {
	const char *name;                /* what reports call the file ("people.csv") */
	enum register_kind kind;
	const char *const *visit_types;  /* codes that visits.csv may name; NULL: any */
	size_t n_visit_types;
	bool (*known_product)(const void *arg, const char *code); /* products that stock.csv may name; NULL: any */
	const void *product_arg;
	struct date today;               /* births, doses and infections of later days are refused; 0: none are */
	struct register_keys *keys;      /* of rows taken so far, added to; a key that is there is refused. NULL: of this reading alone */
	const struct register_header *header; /* columns found before, for who reads rows of one file in many pieces; NULL: to be found */
	/* Zone of a service, for local times; NULL result: the service is unknown, the row is rejected. */
	const struct zone *(*zone)(void *arg, const char *service_id);
	/* Takes a row. 0; ERR_*: refused, with its reason in f, which counts as rejected. */
	int (*row)(void *arg, const struct register_row *row, struct fault *f);
	/* Hears of each problem; NULL: nobody does. */
	void (*report)(void *arg, enum register_severity severity, const struct fault *fault);
	void *arg;
};

/* Reads a whole file of len bytes; counts are added to. 0, also when rows were rejected; ERR_INVALID:
 * no header, not text, or a required column is missing or doubled (reported; every row counts as rejected). */
int register_read(const char *text, size_t len, const struct register_options *options, struct register_counts *counts);

/* As register_read, block by block from a source: memory does not grow with the file, but for the keys. ERR_IO: the source
 * failed; what came before was taken (reported). */
int register_read_source(const struct csv_source *source, const struct register_options *options, struct register_counts *counts);

/* Reads the rows that csv still has; for who opened the file himself. As register_read. */
int register_read_rows(struct csv *csv, const struct register_options *options, struct register_counts *counts);

/* Key of a row, within *scope (its service or region; "" for communes and services) and the column that holds it.
 * NULL: rows of its register have none (history, stock). Borrowed from row. */
const char *register_row_key(const struct register_row *row, const char **scope, const char **column);

#endif
