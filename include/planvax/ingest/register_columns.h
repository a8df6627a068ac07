/* SPDX-License-Identifier: Apache-2.0 */
/* register_columns: the registers of a data set (INTERFACE.md 2), one table of
 * columns a file: names, French aliases, what a cell holds and where it goes in
 * the row's struct. Constant data; any thread. */
#ifndef PLANVAX_INGEST_REGISTER_COLUMNS_H
#define PLANVAX_INGEST_REGISTER_COLUMNS_H

#include <planvax/base/names.h>
#include <planvax/model/registers.h>
#include <planvax/model/visit.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order in which rows refer to each other: parents first. */
enum register_kind {
	REGISTER_COMMUNES, REGISTER_SERVICES, REGISTER_CENTRES, REGISTER_STAFF, REGISTER_VEHICLES,
	REGISTER_COMPANIES, REGISTER_PEOPLE, REGISTER_HISTORY, REGISTER_STOCK, REGISTER_PARTNERS, REGISTER_VISITS
};
#define REGISTER_KINDS 11

/* Words of the kinds ("communes"): file names without ".csv". */
extern const struct name register_columns_kinds[];

/* A row of visits.csv: the visit, and the cells from which its times come. */
struct register_visit {
	struct visit visit;
	const char *start_text;
	const char *time_text; /* or NULL: time of day, where start holds a date alone */
	const char *end_text;  /* or NULL */
	int32_t minutes;       /* 0: not given */
	int32_t status;        /* enum register_visit_status */
};

enum register_visit_status { REGISTER_VISIT_PLANNED, REGISTER_VISIT_CANCELLED };

enum register_type {
	CELL_TEXT,      /* const char *; NULL when blank */
	CELL_MAIL,      /* const char *; a mailbox, NAME@DOMAIN */
	CELL_KEY,       /* const char *; a key that stands in paths and addresses (ids_key) */
	CELL_SIRET,     /* const char *; zeros that a spreadsheet ate are put back */
	CELL_RPPS,      /* const char * */
	CELL_INSEE,     /* const char *; commune code, zeros put back */
	CELL_AREA,      /* const char *; region or departement code, zero put back */
	CELL_ZONE,      /* const char *; IANA time zone */
	CELL_INT,       /* int32_t, min to max */
	CELL_LEVEL,     /* int8_t, min to max */
	CELL_BOOL,      /* bool */
	CELL_DATE,      /* struct date */
	CELL_WORD,      /* int-sized enum, of words */
	CELL_DEGREES,   /* double, -max to max; decimal point or comma */
	CELL_HOURS,     /* struct hours */
	CELL_WEEKDAYS,  /* unsigned mask */
	CELL_FLAGS,     /* struct person: flags and other_flags */
	CELL_SEX        /* char */
};

struct register_column {
	const char *name;         /* as INTERFACE.md writes it */
	const char *aliases;      /* French names, separated by blanks, or NULL; case, accents, blanks and signs do not matter */
	bool required;            /* column and cell must be there */
	enum register_type type;
	size_t offset;            /* of the member in the row's struct */
	int32_t min, max;         /* of numbers */
	int32_t fallback;         /* of a blank cell: number, bool or word */
	const struct name *words; /* of CELL_WORD */
	const struct name *also;  /* of CELL_WORD: what people write besides, in French; or NULL */
};

/* Columns of a register; *n is their number (at most 32). */
const struct register_column *register_columns_of(enum register_kind kind, size_t *n);

/* True and *kind if a file of that name (a path is allowed, any case) is a register. */
bool register_columns_kind(const char *file_name, enum register_kind *kind);

#endif
