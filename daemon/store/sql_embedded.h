/* SPDX-License-Identifier: Apache-2.0 */
/* sql_embedded: the migrations of daemon/sql, compiled in.
 *
 * The build writes sql_embedded.c from daemon/sql/NNNN_what.sql. */
#ifndef PLANVAX_STORE_SQL_EMBEDDED_H
#define PLANVAX_STORE_SQL_EMBEDDED_H

#include <stddef.h>

struct sql_migration {
	const char *name; /* file name without ".sql": "0001_registers" */
	const char *text; /* whole file, ends with NUL */
};

/* In order of their names; sql_embedded[sql_embedded_count] is { NULL, NULL }. */
extern const struct sql_migration sql_embedded[];
extern const size_t sql_embedded_count;

#endif
